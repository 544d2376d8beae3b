import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures';
import { givePasskeyDevice } from './passkey-device';
import { enterAsHead, HEAD_EMAIL, PASSWORD } from './seven-people';

async function logInAtService(page: Page, account: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(account);
  await page.getByPlaceholder('and password').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
}

const passkeys = (page: Page) => page.getByRole('region', { name: 'Passkeys' });

test('a passkey is added after the password, signs in by itself, and no longer once it is revoked', async ({
  page,
}) => {
  await enterAsHead(page);
  const device = await givePasskeyDevice(page);
  await page.goto('/settings/you');
  await expect(passkeys(page).getByText('None yet.')).toBeVisible();
  await passkeys(page).getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('Name').fill('Work laptop');
  await dialog.getByLabel('Your password').fill('not the password');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByText('This is not your password.')).toBeVisible();
  await expect(dialog.getByLabel('Your password')).toBeFocused();
  await expectAccessible(page);
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(passkeys(page).getByRole('button', { name: 'Rename Work laptop' })).toBeVisible();
  await expect(passkeys(page).getByText('not used yet')).toBeVisible();
  await expectAccessible(page);

  await page.context().clearCookies();
  // The browser's own list at the e-mail field, from which this device picks at once.
  await page.goto('/sign-in?next=%2Fsettings%2Fyou');
  await expect(page).toHaveURL(/\/settings\/you/);
  await expect(passkeys(page).getByText(/last used/)).toBeVisible();

  await passkeys(page).getByRole('button', { name: 'Rename Work laptop' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Old laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await passkeys(page).getByRole('button', { name: 'Revoke Old laptop' }).click();
  await expect(page.getByRole('dialog').getByText(/this one too/)).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  // This session was opened with it.
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText('This passkey has been revoked. Use another.')).toBeVisible();
  await device.remove();
});

test('whoever has no passkey here is told so in words, and signs in by password after all', async ({
  page,
}) => {
  await givePasskeyDevice(page);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByText(/No passkey answered/)).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('E-mail').fill(HEAD_EMAIL);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
});

test('a member signs in with the company’s account, a stranger is told why not, and a fresh login confirms who adds a passkey', async ({
  page,
}) => {
  await enterAsHead(page);
  await page.context().clearCookies();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Continue with Acme ID' }).click();
  await logInAtService(page, 'stranger');
  await expect(page.getByText(/Nobody here has this account’s e-mail address/)).toBeVisible();
  await expectAccessible(page);

  await page.context().clearCookies();
  await page.goto('/sign-in?next=%2Fsettings%2Fyou');
  await page.getByRole('button', { name: 'Continue with Acme ID' }).click();
  await logInAtService(page, 'ana');
  await expect(page).toHaveURL(/\/settings\/you/);
  await expect(page.getByText(HEAD_EMAIL)).toBeVisible();

  await givePasskeyDevice(page);
  await passkeys(page).getByRole('button', { name: 'Add a passkey' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
  await dialog.getByLabel('Name').fill('Phone');
  await dialog.getByRole('button', { name: 'Log in at Acme ID' }).click();
  const opened = page.context().waitForEvent('page');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  const login = await opened;
  await expect(dialog.getByText(/Waiting for Acme ID/)).toBeVisible();
  // Logged in there a moment ago, and asked all the same.
  await logInAtService(login, 'ana');
  await expect(passkeys(page).getByRole('button', { name: 'Rename Phone' })).toBeVisible();
  await expect.poll(() => login.isClosed()).toBe(true);
  await passkeys(page).getByRole('button', { name: 'Revoke Phone' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(passkeys(page).getByText('None yet.')).toBeVisible();
});

test('the sign-in page fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Continue with Acme ID' })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
