import { actAs, enterDemo, expect, expectAllLooks, test } from './fixtures';

test('a subject expert rates a run without its score by the keyboard, and passes another on', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Ines Falk');
  await page.goto('/review/expert');
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(/\d+ runs to rate/);
  // Not how many wait: runs of journeys before this one are drawn meanwhile.
  const rated = async () => {
    const told = await page.getByText(/rated by you in 30 days/).textContent();
    return Number(/(\d+) runs? rated/.exec(told ?? '')?.[1]);
  };
  const before = await rated();
  const rating = page.getByRole('region', { name: 'Your rating' });
  const run = page.getByRole('region', { name: /^(Claims processor|Settlement information), / });
  await expect(run).not.toContainText(/breach|risk|critical/i);
  await expectAllLooks(page);

  await page.keyboard.press('n');
  await expect(rating.getByRole('group', { name: 'Was the outcome right?' }).getByLabel('No')).toBeChecked();
  await page.keyboard.press('y');
  await rating.getByRole('group').first().getByLabel('Yes').check();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('Your rating is on the record.')).toBeVisible();
  await expect.poll(rated).toBe(before + 1);

  const key = (await run.locator('.code').first().textContent()) ?? '';
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Household claims are not my subject.');
  await dialog.getByRole('button', { name: 'Pass on' }).click();
  await expect(dialog).toBeHidden();
  await expect(run).not.toContainText(key);
});

test('silence is shown with its bound, and who is no expert rates nothing', async ({ page }) => {
  await enterDemo(page);
  await actAs(page, 'Helena Marsh');
  await page.goto('/review/expert');
  await expect(page.getByText('Subject experts rate runs here')).toBeVisible();
  const row = page
    .getByRole('region', { name: 'How far silence can be trusted' })
    .getByRole('row', { name: /Claims processor/ });
  await expect(row).toContainText(/%/);
});
