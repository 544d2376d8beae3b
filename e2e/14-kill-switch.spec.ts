import { Countersign } from '../sdk/client';
import {
  actAs,
  enterDemo,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  runtimeUrl,
  test,
} from './fixtures';
import { createKeyInTheBrowser } from './keys';

const AGENT = 'refund-decisioning';
let calls = 0;
/** A call it may make, each another: the same again and again would be a loop. */
function call() {
  calls += 1;
  return { tool: 'ledger.balance', arguments: { policy_number: `P-${calls}` } };
}

test('a kill switch is turned on, stops calls at the runtime plane within a second, is seen wherever one looks, and is released', async ({
  page,
}) => {
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Refunds under a switch');
  const client = new Countersign({ endpoint: runtimeUrl(), key });
  const run = client.run(`switched-${Date.now()}`, { agent: AGENT });
  expect((await run.ask(call())).lane).not.toBe('block');

  await actAs(page, 'Dana Whitfield');
  await page.goto(`/agents/${AGENT}`);
  await page.getByRole('button', { name: 'Kill switch' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop Refund decisioning now?' });
  await expect(dialog.getByText(/blocked within a second/)).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Turn on kill switch' }).click();
  // A reason is asked for.
  await expect(dialog).toBeVisible();
  expect((await run.ask(call())).lane).not.toBe('block');
  await dialog.getByLabel('Reason').fill('Refunds went out twice this morning.');
  await dialog.getByRole('button', { name: 'Turn on kill switch' }).click();

  const banner = page.getByRole('region', { name: 'Kill switch for Refund decisioning' });
  await expect(banner).toContainText('Refund decisioning is stopped by a kill switch');
  await expect(banner).toContainText('“Refunds went out twice this morning.”');
  await expect(banner).toContainText('Turned on by Dana Whitfield');
  await expect(banner.getByText(/In force on (\d+) of \1 runtime plane/)).toBeVisible();
  const blocked = await run.ask(call());
  expect(blocked.lane).toBe('block');
  expect(blocked.clauses.map((clause) => clause.clause)).toContain('failure/killSwitch');
  expect(await run.status()).toMatchObject({ instruction: 'wait' });
  expect((await run.status()).killSwitch).not.toBeNull();
  // A run that begins now is stopped too; another agent goes on.
  expect((await client.run(`late-${Date.now()}`, { agent: AGENT }).ask(call())).lane).toBe('block');
  const other = client.run(`other-${Date.now()}`, { agent: 'claims-processor' });
  expect(
    (await other.ask({ tool: 'claims.lookup', arguments: { claim_id: 'CLM-1' } })).clauses,
  ).not.toContainEqual(expect.objectContaining({ clause: 'failure/killSwitch' }));
  for (const size of [
    { width: 360, height: 740 },
    { width: 1320, height: 900 },
  ]) {
    await page.setViewportSize(size);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }

  await page.goto('/agents');
  await expect(
    page.getByRole('row').filter({ hasText: 'Refund decisioning' }).getByText('stopped', { exact: true }),
  ).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('region', { name: 'Kill switch for Refund decisioning' })).toBeVisible();

  // Who turned it on need not be who releases it; an SRE may not.
  await actAs(page, 'Idris Kane');
  await expect(banner.getByRole('button', { name: 'Release' })).toHaveCount(0);
  await actAs(page, 'Rasmus Lindqvist');
  await banner.getByRole('button', { name: 'Release' }).click();
  const release = page.getByRole('dialog', { name: 'Release the kill switch for Refund decisioning?' });
  await release.getByLabel('Reason').fill('The ledger entry was shown twice, and booked once.');
  await release.getByRole('button', { name: 'Release' }).click();
  await expect(banner).toBeHidden();
  await expect.poll(async () => (await run.ask(call())).lane).not.toBe('block');
  expect((await run.status()).killSwitch).toBeNull();

  await page.goto('/settings/audit');
  for (const action of ['Kill switch turned on', 'Kill switch released'])
    await expect(page.getByRole('cell', { name: action }).first()).toBeVisible();
});
