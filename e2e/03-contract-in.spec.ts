import { readFile } from 'node:fs/promises';
import { runAgent } from './agent';
import { actAs, enterDemo, expect, expectAccessible, openWithoutScript, test } from './fixtures';
import { createKeyInTheBrowser } from './keys';

async function invoiceContract(): Promise<string> {
  const text = await readFile(
    new URL('../scripts/demo/contracts/invoice-reconciliation.yaml', import.meta.url),
    'utf8',
  );
  return text
    .replace(/\$\{\d+ days ago\}/g, '2026-06-01')
    .replace('agent: invoice-reconciliation', 'agent: invoice-checker')
    .replace('name: Invoice reconciliation', 'name: Invoice checker');
}

test('a sponsor pastes a contract with faults, reads line and expectation of each, mends it and sees it as a document', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Petra Haas');
  const good = await invoiceContract();
  await page.goto('/contracts/import');
  const text = page.getByRole('textbox', { name: 'Contract' });
  await text.fill(good.replace('perRun: 1.25', 'perRunn: "1.25"'));
  const line = good.split('\n').findIndex((row) => row.includes('perRun: 1.25')) + 1;
  const fault = page.getByRole('listitem').filter({ hasText: 'did you mean "perRun"?' });
  await expect(fault).toContainText(new RegExp(`\\b${line}\\b`));
  await expect(page.getByRole('button', { name: 'Import contract' })).toBeDisabled();
  await expect(text).toHaveValue(/perRunn/);

  await text.fill(good);
  await expect(page.getByText('This is a contract').first()).toBeVisible();
  await page.getByRole('button', { name: 'Import contract' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Invoice checker' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'In short' })).toBeVisible();
  await expectAccessible(page);
});

test('an operator cannot import a contract and is told who can', async ({ page }) => {
  await enterDemo(page);
  await page.goto('/contracts/import');
  await expect(page.getByText(/sponsor/i).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Import contract' })).toHaveCount(0);
});

test('an imported version decides nothing until someone allowed puts it in force; the agent’s next run is held to it', async ({
  page,
}) => {
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Invoice agent');
  await actAs(page, 'Tomas Brandt');
  await page.goto('/contracts/import');
  await page
    .getByRole('textbox', { name: 'Contract' })
    .fill(
      (await invoiceContract())
        .replace('agent: invoice-checker', 'agent: invoice-poster')
        .replace('name: Invoice checker', 'name: Invoice poster'),
    );
  await page.getByRole('button', { name: 'Import contract' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Invoice poster' })).toBeVisible();
  await expect(page.getByText('No version of this contract is in force')).toBeVisible();
  // An engineering lead imports; letting it decide is for others.
  await expect(page.getByRole('button', { name: 'Put in force' })).toHaveCount(0);

  const post = (conversation: string) =>
    runAgent(key, {
      agent: 'invoice-poster',
      conversation,
      call: {
        tool: 'erp.create_journal_entry',
        arguments: { vendor: 'V-204', amount: 31_000, account: '4400' },
        result: { entry: 'JE-1' },
      },
    });
  const before = `before-${Date.now()}`;
  await post(before);
  await page.goto(`/runs/${before}`);
  await expect(page.getByText('large-entries')).toHaveCount(0);

  await actAs(page, 'Petra Haas');
  await page.goto('/contracts/invoice-poster');
  await page.getByRole('button', { name: 'Put in force' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
  await expect(page.getByText('No version of this contract is in force')).toHaveCount(0);

  // An entry of $31,000 without a controller's approval is what this contract forbids and the defaults did not know.
  const after = `after-${Date.now()}`;
  await post(after);
  await page.goto(`/runs/${after}`);
  await expect(page.getByText(/large-entries/).first()).toBeVisible();
});

test('a contract that is pasted before the page’s script has come is read once it has', async ({ page }) => {
  await enterDemo(page);
  await actAs(page, 'Petra Haas');
  const arrive = await openWithoutScript(page, '/contracts/import');
  await page.getByRole('textbox', { name: 'Contract' }).fill(await invoiceContract());
  await expect(page.getByRole('button', { name: 'Import contract' })).toBeDisabled();
  arrive();
  await expect(page.getByText('This is a contract').first()).toBeVisible();
});
