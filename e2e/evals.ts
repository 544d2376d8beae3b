import { expect, type Page } from '@playwright/test';

/** On an agent's evidence page: sends a test set of 60 cases that all went well by a criterion, and sees it pass. */
export async function sendEvals(page: Page, criterion: string): Promise<void> {
  await page.getByRole('button', { name: 'Send results' }).click();
  const cases = Array.from({ length: 60 }, (_, n) => `${criterion},case-${n},pass`).join('\n');
  await page.getByLabel('File of eval results').setInputFiles({
    name: 'results.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`criterion,case,passed\n${cases}\n`),
  });
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Passed', { exact: true })).toBeVisible({ timeout: 30_000 });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
}
