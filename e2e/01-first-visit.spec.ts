import {
  actAs,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  exploreDemo,
  openWithoutScript,
  patient,
  test,
} from './fixtures';

test('a first visitor is offered their own workspace or the demo, and no password that exists already', async ({
  page,
}) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/(welcome|sign-in)/);
  await page.goto('/welcome');
  await expect(page.getByRole('heading', { name: 'Create your workspace' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Explore the demo workspace' })).toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
});

test('whoever explores the demo can act as each of its people with one click, each with their own rights', async ({
  page,
}) => {
  await exploreDemo(page);
  await actAs(page, 'Helena Marsh');
  await page.goto('/settings/keys');
  await expect(page.getByRole('button', { name: /create/i }).first()).toBeVisible();
  await actAs(page, 'Dana Whitfield');
  await page.goto('/settings/keys');
  await expect(page.getByText('API keys are not part of your role')).toBeVisible();
});

test('a short password is refused, what was typed stays, and a good one opens the workspace', async ({
  page,
}) => {
  await page.goto('/welcome');
  await page.getByLabel('Company or team').fill('Northwind Freight');
  await page.getByLabel('Your name').fill('Ana Ferreira');
  await page.getByLabel('Your e-mail').fill('ana@northwind.example');
  await page.getByLabel('Password').fill('too short');
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await expect(page).toHaveURL(/welcome/);
  await expect(page.getByLabel('Company or team')).toHaveValue('Northwind Freight');
  await page.getByLabel('Password').fill('four plain words here');
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await expect(page).toHaveURL(/\/settings\/keys/);
  await expect(page.getByText('Your workspace is ready')).toBeVisible();
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  // The list behind it is no longer empty; the key is still shown, for there is no second time.
  await expect(page.getByRole('dialog').locator('code').filter({ hasText: /^cs_/ }).first()).toBeVisible();
  await page.waitForTimeout(1500);
  await page.getByRole('dialog').getByRole('button', { name: 'Done, I have it' }).click();
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.context().clearCookies();

  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('ana@northwind.example');
  await page.getByLabel('Password').fill('wrong words entirely');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('This e-mail address and password do not go together.')).toBeVisible();
  await page.getByLabel('Password').fill('four plain words here');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
});

test('a person who was added sets a password by the link they were handed, once, and signs in with it', async ({
  page,
  browser,
}) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('ana@northwind.example');
  await page.getByLabel('Password').fill('four plain words here');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.goto('/settings/people');
  await page.getByRole('button', { name: 'Add person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Bo Lind');
  await dialog.getByLabel('E-mail').fill('bo@northwind.example');
  await dialog.getByRole('checkbox', { name: /Operator/ }).check();
  await dialog.getByRole('button', { name: 'Add person' }).click();
  const link = (await dialog.locator('code').filter({ hasText: '/set-password#' }).textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row', { name: /Bo Lind/ })).toContainText('No password yet');

  const theirs = await browser.newContext();
  const other = patient(await theirs.newPage());
  await other.goto(link.trim());
  await expect(other.getByText('For Bo Lind, bo@northwind.example.')).toBeVisible();
  await other.getByLabel('Password').fill('bo@northwind.example');
  await other.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(other.getByLabel('Password')).toHaveAttribute('aria-invalid', 'true');
  await other.getByLabel('Password').fill('quiet harbour at noon');
  await other.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(other.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await expect(other.getByText('Operator · Northwind Freight').first()).toBeVisible();

  // The link is used up, and the password opens the door again.
  await theirs.clearCookies();
  await other.goto('/sign-in');
  await other.goto(link.trim());
  await expect(other.getByText('This link has been used or is too old')).toBeVisible();
  await other.goto('/sign-in');
  await other.getByLabel('E-mail').fill('bo@northwind.example');
  await other.getByLabel('Password').fill('quiet harbour at noon');
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await theirs.close();
});

test('a head of AI opens another workspace, goes on in it, and switches back in the account menu', async ({
  page,
}) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('ana@northwind.example');
  await page.getByLabel('Password').fill('four plain words here');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Create another workspace' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Northwind Sea');
  await page.getByRole('dialog').getByRole('button', { name: 'Create workspace' }).click();
  const account = page.getByRole('button', { name: /Ana Ferreira/ });
  await expect(account).toContainText('Northwind Sea');
  await page.goto('/settings/keys');
  await expect(page.getByText('No keys yet')).toBeVisible();

  await account.click();
  await page.getByRole('menuitemradio', { name: 'Northwind Freight' }).click();
  await expect(account).toContainText('Northwind Freight');
  await page.goto('/settings/keys');
  await expect(page.getByRole('row', { name: /First agent/ })).toBeVisible();
});

test('on a slow line nothing is sent before the page is ready, nothing moves, and what was typed stays', async ({
  page,
}) => {
  const arrive = await openWithoutScript(page, '/sign-in');
  const button = page.getByRole('button', { name: 'Sign in' });
  await page.getByLabel('E-mail').fill('ana@northwind.example');
  await page.getByLabel('Password').fill('four plain words here');
  await page.keyboard.press('Enter');
  await expect(button).toBeDisabled();
  await expect(page).toHaveURL(/\/sign-in$/);
  const before = await button.boundingBox();
  arrive();
  await expect(button).toBeEnabled();
  expect(await button.boundingBox()).toEqual(before);
  await button.click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
});
