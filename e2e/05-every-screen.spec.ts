import { actAs, enterDemo, expect, expectAllLooks, test } from './fixtures';

const SCREENS = {
  'the agents': [
    '/agents',
    '/agents/claims-processor',
    '/agents/claims-processor?days=180',
    '/agents/claims-processor/versions',
    '/agents/claims-processor/risk',
    '/agents/claims-processor/cost',
    '/agents/claims-processor/scenarios',
    '/agents/claims-processor/quality',
  ],
  'the contracts and reviews': [
    '/contracts',
    '/contracts/claims-processor',
    '/contracts/claims-processor?tab=lint',
    '/contracts/claims-processor/compare?from=1&to=2',
    '/contracts/claims-processor/compare?from=1&to=2&view=yaml',
    '/contracts/defaults',
    '/contracts/import',
    '/review/expert',
  ],
  'the runs and signals': [
    '/runs',
    '/runs?cols=agent,unit,contract,risk-score,quality-score,cost-score,score',
    '/runs/compare',
    '/runs/compare?a=CLM-209117&b=CLM-209110',
    '/signals',
    '/signals/import',
    '/signals/sources',
  ],
  'the overviews, incidents and schedules': [
    '/',
    '/overview/estate',
    '/incidents',
    '/incidents/1',
    '/incidents/1/postmortem',
    '/on-call',
    '/on-call/new',
  ],
  'the settings': [
    '/settings',
    '/settings/people',
    '/settings/keys',
    '/settings/channels',
    '/settings/prices',
    '/settings/audit',
    '/settings/you',
  ],
};

for (const [area, screens] of Object.entries(SCREENS))
  test(`every screen of ${area} has a title and one first heading, passes axe and fits its width, in light and dark`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await enterDemo(page);
    await actAs(page, 'Helena Marsh');
    for (const screen of screens)
      await test.step(screen, async () => {
        await page.goto(screen);
        await expect(page).toHaveTitle(/.+ · Countersign|Countersign/);
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        await expectAllLooks(page);
      });
  });

test('the keyboard alone leads from the first page into a run and back', async ({ page }) => {
  await enterDemo(page);
  await page.goto('/runs');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await page.keyboard.press('Enter');
  const first = page.getByRole('table').getByRole('link').first();
  await first.focus();
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/\/runs$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/runs$/);
});

test('the palette finds a page and a run by a few letters', async ({ page }) => {
  await enterDemo(page);
  await page.goto('/');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('combobox').fill('CLM-2091');
  await expect(page.getByRole('option').filter({ hasText: 'CLM-209117' })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('what does not exist says so, to programs by its status, and keeps the way back', async ({ page }) => {
  await enterDemo(page);
  for (const missing of [
    '/runs/00000000-0000-7000-8000-000000000000',
    '/agents/nobody',
    '/contracts/nobody',
    '/contracts/claims-processor?version=99',
    '/incidents/9999',
    '/nowhere',
  ]) {
    const response = await page.goto(missing);
    expect(response?.status(), missing).toBe(404);
    await expect(page.getByText('Nothing stands at this address')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  }
});
