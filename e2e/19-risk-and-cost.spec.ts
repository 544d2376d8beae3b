import { actAs, enterDemo, expect, test } from './fixtures';

test('a weight is moved, the runs that would change band are seen at once, and the profile goes into a draft', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Tomas Brandt');
  await page.goto('/agents/claims-processor/risk');
  const trial = page.getByRole('region', { name: 'Try another profile' });
  await expect(trial.getByRole('status')).toContainText(/None of the latest \d+ runs would change band/);
  await expect(trial.getByRole('button', { name: 'Put into a draft' })).toBeDisabled();

  // What keeps it from being a profile is said, and nothing is lost by it.
  await trial.getByRole('textbox', { name: 'Medium from' }).fill('90');
  await expect(trial.getByRole('alert')).toContainText('Thresholds rise strictly');
  await trial.getByRole('textbox', { name: 'Medium from' }).fill('23');

  const personal = trial.getByRole('textbox', { name: 'personal, as a number' });
  const before = await personal.inputValue();
  await personal.fill('6.5');
  await expect(trial.getByRole('status')).toContainText(
    /\d+ of the latest \d+ runs would change band: \d+ up/,
  );
  const moved = trial.getByRole('region', { name: 'Runs that would change band' });
  await expect(moved.getByRole('link').first()).toHaveAttribute('href', /\/runs\/CLM-/);

  // Not into a draft that another journey left open.
  const into = trial.getByLabel('Into');
  if (await into.isVisible()) await into.selectOption('');
  await trial.getByRole('button', { name: 'Put into a draft' }).click();
  await expect(page).toHaveURL(/\/contracts\/drafts\/.*section=risk/);
  await expect(page.getByRole('textbox', { name: 'personal', exact: true })).toHaveValue('6.5');
  const onRuns = page.getByRole('region', { name: 'On its recent runs' });
  await expect(onRuns.getByRole('status')).toContainText(/would change band: \d+ up/);
  // It follows what is written there, too.
  await page.getByRole('textbox', { name: 'personal', exact: true }).fill(before);
  await expect(onRuns.getByRole('status')).toContainText(/None of the latest \d+ runs would change band/);
});

test('the cost page tells what a piece of work costs, and how a run came to its figure', async ({ page }) => {
  await enterDemo(page);
  await page.goto('/agents/claims-processor/cost');
  const units = page.getByRole('region', { name: 'What a piece of work costs' });
  await expect(units.getByRole('row', { name: /^run .*\d+ priced runs/ })).toContainText('$');
  await expect(page.getByRole('region', { name: 'Ceilings', exact: true })).toContainText('$6,000');
  await page.goto('/runs/CLM-209117');
  await page.getByRole('button', { name: 'How it was worked out' }).click();
  await expect(page.getByRole('dialog')).toContainText('run risk');
  await expect(page.getByRole('dialog')).toContainText('Formula 2');
});
