import { actAs, enterDemo, expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures';

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
  await enterDemo(page);
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
