import { startReceiver } from '@/runtime/testing/receiver';
import { readAttachment, runAgent } from './agent';
import { actAs, enterDemo, expect, expectListed, runtimeUrl, test } from './fixtures';
import { createKeyInTheBrowser } from './keys';

test('a run of an unmodified OpenTelemetry client shows in the open list without a reload', async ({
  page,
}) => {
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Live agent');
  await page.goto('/runs');
  await expect(page.getByRole('link', { name: 'CLM-209117' })).toBeVisible();
  const conversation = `live-${Date.now()}`;
  await runAgent(key, {
    agent: 'claims-processor',
    conversation,
    call: readAttachment(conversation, 'Estimate. Total 812.40.'),
  });
  await expectListed(page, page.getByRole('link', { name: conversation }));
});

test('a breach reaches the operator in the app at once, and resuming the run says so to the agent', async ({
  page,
}) => {
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Breaching agent');
  await actAs(page, 'Dana Whitfield');
  await page.goto('/agents');
  const conversation = `breach-${Date.now()}`;
  // What it may never do. An agent of which no incident waits: a breach that comes again joins that, and calls nobody anew.
  await runAgent(key, {
    agent: 'refund-decisioning',
    conversation,
    call: { tool: 'policy.reinstate', arguments: { policy_number: 'P-77' }, result: { done: true } },
  });
  const call = page.getByRole('button', { name: /Open INC-\d+/ });
  await expect(call).toBeVisible();
  await call.click();
  await expect(page.getByText(conversation).first()).toBeVisible();

  const state = async () => {
    const response = await fetch(`${runtimeUrl()}/v1/runs/${conversation}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'status' in body ? body.status : null;
  };
  expect(await state()).toBe('paused');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByText('by Dana').first()).toBeVisible();
  await page.getByRole('button', { name: 'Resume run' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('It was ordered in writing.');
  await page.getByRole('dialog').getByRole('button', { name: 'Resume run' }).click();
  await expect(page.getByText('Run resumed').first()).toBeVisible();
  expect(await state()).toBe('finished');
});

test('an endpoint that was added in the browser receives what it can verify, and the list says that it was delivered', async ({
  page,
}) => {
  const receiver = await startReceiver();
  await enterDemo(page);
  await actAs(page, 'Helena Marsh');
  await page.goto('/settings/channels');
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('URL').fill(`${receiver.url}/pager`);
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  const secret =
    (await dialog
      .locator('code')
      .filter({ hasText: /^whsec_/ })
      .first()
      .textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done, I have it' }).click();
  await page.getByRole('button', { name: `Send test to ${new URL(receiver.url).host}` }).click();
  await expect.poll(() => receiver.received.length).toBe(1);
  const [delivery] = receiver.received;
  if (delivery === undefined) throw new Error('Nothing was received.');
  expect(receiver.verified(delivery, secret.trim())).toMatchObject({ type: 'webhook.test' });
  const row = page.getByRole('region', { name: 'Deliveries' }).getByRole('row', { name: /webhook\.test/ });
  await expect(row).toContainText('Delivered');
  await receiver.close();
});

test('a price of one’s own goes before the shipped one, and removing it brings that back', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Tomas Brandt');
  await page.goto('/settings/prices');
  const rows = page.getByRole('row', { name: /^claude-sonnet-4-6 / });
  await expect(rows).toHaveCount(1);
  await page.getByRole('button', { name: 'Override the price of claude-sonnet-4-6' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Input', { exact: true }).fill('1.0375');
  await dialog.getByLabel('Source').fill('our contract of 2026');
  await dialog.getByRole('button', { name: 'Enter price' }).click();
  const own = rows.filter({ hasText: 'yours' });
  await expect(own).toContainText('$1.0375');
  await expect(own).toContainText('our contract of 2026, entered by Tomas Brandt');
  await own.getByRole('button', { name: /Remove/ }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('A trial.');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Remove/ })
    .click();
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('$3.00');
});
