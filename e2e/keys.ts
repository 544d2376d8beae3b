import type { Page } from '@playwright/test';
import { actAs } from './fixtures';

/**
 * Makes a key as the head of AI would and reads it off the screen, where it is shown this once.
 *
 * @param more scopes besides those a new key starts with
 */
export async function createKeyInTheBrowser(
  page: Page,
  name: string,
  more: readonly string[] = [],
): Promise<string> {
  await actAs(page, 'Helena Marsh');
  await page.goto('/settings/keys');
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  for (const scope of more) await dialog.getByRole('checkbox', { name: scope }).check();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await dialog.getByText('Copy the key now').waitFor();
  const key = (await dialog.locator('code').filter({ hasText: /^cs_/ }).first().textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done, I have it' }).click();
  return key.trim();
}
