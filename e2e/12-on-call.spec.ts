import { actAs, enterDemo, expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures';

test('a team gets a schedule, a shift of it is taken, and everybody sees who is on call', async ({
  page,
}) => {
  test.slow();
  const name = `Refund desk ${Date.now()}`;
  await enterDemo(page);
  await page.goto('/on-call');
  await expect(page.getByRole('link', { name: 'Motor claims operations' })).toBeVisible();
  await page.getByRole('link', { name: 'New schedule' }).click();

  await test.step('what is missing or taken is said at its field, and nothing is lost', async () => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Address').fill('idris.kane@meridian.example');
    await page.getByRole('button', { name: 'Make the schedule' }).click();
    await expect(page.getByText('A rotation needs at least one person.')).toBeVisible();
    await page.getByLabel('Add a person').selectOption({ label: 'Idris Kane' });
    await expect(page.getByRole('region', { name: 'As edited' })).toContainText('Idris Kane');
    await page.getByRole('button', { name: 'Make the schedule' }).click();
    await expect(page.getByText('This is Idris Kane’s own address.')).toBeVisible();
    await expect(page.getByLabel('Name', { exact: true })).toHaveValue(name);
    await expectAccessible(page);
  });

  await page.getByLabel('Address').fill(`refund-desk-${Date.now()}@meridian.example`);
  await page.getByRole('button', { name: 'Make the schedule' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Idris Kane for the next 28 days at least');

  await test.step('a shift that is taken goes before the rotation until it ends', async () => {
    await page.getByRole('button', { name: 'Take a shift' }).click();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('Until').fill(`${tomorrow}T09:00`);
    await page.getByLabel('Reason').fill('Idris is travelling.');
    await page.getByRole('button', { name: 'Take the shift' }).click();
    await expect(page.getByRole('region', { name: 'Overrides' })).toContainText('Dana Whitfield');
    await expect(page.getByRole('main')).toContainText(/Dana Whitfield until .*09:00.*then Idris Kane/);
    await expectAccessible(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScroll(page);
    await expect(page.getByRole('region', { name: 'Shifts' })).toContainText('override');
    await page.setViewportSize({ width: 1320, height: 900 });
  });

  await test.step('whoever is away is passed over, and that nobody is on call is said ahead', async () => {
    await page.getByRole('button', { name: 'Enter an absence' }).click();
    await page.getByLabel('Who is away').selectOption({ label: 'Idris Kane' });
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('From').fill(`${day(10)}T00:00`);
    await page.getByLabel('Until').fill(`${day(12)}T00:00`);
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await expect(page.getByText('Nobody is on call 1 time in the next four weeks')).toBeVisible();
    await page.getByRole('region', { name: 'Away' }).getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await expect(page.getByText('Nobody is on call 1 time')).toHaveCount(0);
  });

  await test.step('who may not make schedules sees them all the same', async () => {
    await actAs(page, 'Miriam Osei');
    await page.goto('/on-call');
    await expect(page.getByRole('link', { name })).toBeVisible();
    await expect(page.getByRole('link', { name: 'New schedule' })).toHaveCount(0);
    await expectAccessible(page);
  });

  await actAs(page, 'Dana Whitfield');
  await page.goto('/on-call');
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page).toHaveURL(/\/on-call$/);
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});
