import { readFile } from 'node:fs/promises';
import { actAs, enterDemo, expect, expectAccessible, test } from './fixtures';

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
