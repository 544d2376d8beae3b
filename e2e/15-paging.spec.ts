import { startReceiver } from '@/runtime/testing/receiver';
import { readAttachment, runAgent } from './agent';
import { actAs, enterDemo, expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures';
import { createKeyInTheBrowser } from './keys';

test('an incident is handed on, snoozed and escalated, a Slack channel is paged of it, and what that refuses is given up', async ({
  page,
}, testInfo) => {
  // Whoever tries again, on the same data too, has a channel of their own.
  const channel = `#claims-on-call-${Date.now().toString(36)}-${testInfo.retry}`;
  const slack = await startReceiver();
  slack.respond = (response) => response.writeHead(200).end('ok');
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Paging agent');

  await page.goto('/settings/channels');
  await page.getByRole('button', { name: 'Add Slack' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(channel);
  await dialog.getByLabel('Address of the incoming webhook').fill(`${slack.url}/services/T1/B2/very-secret`);
  await dialog.getByRole('button', { name: 'Add Slack channel' }).click();
  const channels = page.getByRole('region', { name: 'Channels' });
  await expect(channels.getByRole('row', { name: new RegExp(channel) })).toContainText('Slack');
  await expect(page.getByText('very-secret')).toHaveCount(0);
  await page.getByRole('button', { name: `Send test to ${channel}` }).click();
  await expect.poll(() => slack.received.length).toBe(1);
  expect(slack.received[0]?.path).toBe('/services/T1/B2/very-secret');
  const deliveries = page.getByRole('region', { name: 'Deliveries' });
  await expect(deliveries.getByRole('row', { name: new RegExp(channel) })).toContainText('Delivered');
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  const conversation = `paging-${Date.now()}`;
  await runAgent(key, {
    agent: 'claims-processor',
    conversation,
    call: readAttachment(conversation, 'Payee Kessler, IBAN GB82 WEST 1234 5698 7654 32.'),
  });
  await actAs(page, 'Dana Whitfield');
  await page.goto('/incidents?view=unresolved');
  // The run's own incident, or the one about the same clause that it joined; worded as the contract in force has it.
  await page
    .getByRole('link', { name: /^documents\.ocr (touched|returned) bank-account/ })
    .first()
    .click();
  const pages = page.getByRole('region', { name: 'Pages' });
  await pages.getByRole('button', { name: 'Hand on' }).click();
  await dialog.getByLabel('Person').selectOption({ label: 'Idris Kane, Site reliability' });
  await dialog.getByLabel('Note').fill('You know the OCR.');
  await dialog.getByRole('button', { name: 'Hand on' }).click();
  await expect(pages.getByText('Dana Whitfield handed it on: You know the OCR.')).toBeVisible();
  await expect(pages.getByText(new RegExp(`Slack ${channel}`)).first()).toBeVisible();
  await expect.poll(() => slack.received.some(({ body }) => body.includes('Paged: Idris Kane'))).toBe(true);

  await pages.getByRole('button', { name: 'Snooze' }).click();
  await dialog.getByRole('button', { name: 'Snooze' }).click();
  await expect(pages.getByText('Snoozed by Dana Whitfield')).toBeVisible();

  slack.respond = (response) => response.writeHead(404).end('no_service');
  await pages.getByRole('button', { name: 'Escalate now' }).click();
  await dialog.getByRole('button', { name: 'Escalate' }).click();
  await expect(pages.getByText('given up')).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page);

  await actAs(page, 'Helena Marsh');
  await page.goto('/settings/channels?state=dead');
  const given = deliveries.getByRole('row', { name: new RegExp(channel) });
  await expect(given).toContainText('no_service');
  await given.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('Nothing was given up')).toBeVisible();
  await slack.close();
});
