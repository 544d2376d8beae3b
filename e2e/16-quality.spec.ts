import { actAs, enterDemo, expect, expectAllLooks, test } from './fixtures';

test('53% against 80% is missed in plain sight, 90% by experts is met, and a figure leads to its signals and from there to a run', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Miriam Osei');
  await page.goto('/agents/settlement-information/quality');
  const criteria = page.getByRole('table').first();
  const boundary = criteria.getByRole('row').filter({ hasText: 'quality/criteria/advice-boundary' });
  await expect(boundary).toContainText('53%');
  await expect(boundary).toContainText('at least 80%');
  await expect(boundary).toContainText('Missed');
  await expectAllLooks(page);

  await page.goto('/agents/claims-processor/quality');
  const experts = page.getByRole('row').filter({ hasText: 'quality/criteria/adjuster-agrees' });
  await expect(experts).toContainText('at least 90%');
  await expect(experts).toContainText('Met');
  await experts.getByRole('link', { name: 'the signals behind it' }).click();
  await expect(page.getByRole('table').getByRole('link', { name: /^CLM-/ }).first()).toBeVisible();

  await page.goto('/agents/claims-processor/quality');
  const rework = page.getByRole('row').filter({ hasText: 'quality/criteria/no-rework' });
  await rework.getByRole('link', { name: 'the signals behind it' }).click();
  await expect(page.getByRole('heading', { name: 'Signals', level: 1 })).toBeVisible();
  const runs = page.getByRole('table').getByRole('link', { name: /^CLM-/ });
  const key = (await runs.first().textContent()) ?? '';
  await runs.filter({ hasText: key }).first().click();
  await expect(page).toHaveURL(new RegExp(`/runs/${key}`));
});

test('each figure of an agent’s score leads to its runs in two clicks', async ({ page }) => {
  await enterDemo(page);
  const open = async (name: RegExp) => {
    await page.goto('/agents/claims-processor');
    await page
      .locator('dl > div')
      .filter({ has: page.getByRole('term').filter({ hasText: name }) })
      .getByRole('link')
      .click();
  };
  // Which runs come first depends on what journeys before this one sent.
  const run = page.getByRole('region', { name: 'Runs' }).getByRole('row').getByRole('link').first();

  await open(/^Score, /);
  await expect(page).toHaveURL(/\/runs\?agent=claims-processor&.*scored=1/);
  await expect(run).toBeVisible();

  await open(/^Quality score/);
  await page
    .getByRole('link', { name: /the runs behind it/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/runs\?agent=claims-processor/);
  await expect(run).toBeVisible();

  for (const pillar of ['Risk', 'Cost']) {
    await open(new RegExp(`^${pillar} score`));
    await expect(page).toHaveURL(new RegExp(`/agents/claims-processor/${pillar.toLowerCase()}$`));
    const days = page.getByRole('slider', { name: /Enter opens the runs/ }).first();
    // Until the page listens, a key says nothing.
    await expect(async () => {
      await days.press('Home');
      await expect(days).toHaveAttribute('aria-valuenow', '1', { timeout: 1000 });
    }).toPass();
    await days.press('Enter');
    await expect(page).toHaveURL(/\/runs\?agent=claims-processor&from=/);
  }
});

test('an export with a mark at its head and semicolons is recognised, previewed and imported; what cannot be read is told by line, and sent again it adds nothing', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Dana Whitfield');
  await page.goto('/signals/import');
  const at = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
  const rows = [
    'Id;Satisfaction Score;Updated at',
    `900001;Good;${at}`,
    `900002;Bad;${at}`,
    `900003;Offered;${at}`,
    `900004;NaN;${at}`,
    `900005;53;${at}`,
    '900006;Good;2100-01-01 10:00:00',
  ];
  const buffer = Buffer.from(`\ufeff${rows.join('\r\n')}\r\n`);
  await page.getByLabel('CSV file').setInputFiles({ name: 'tickets.csv', mimeType: 'text/csv', buffer });
  await expect(page.getByText('recognised as an export of Zendesk')).toBeVisible();
  await page.getByLabel('Agent', { exact: true }).selectOption({ label: 'Claims processor' });
  await expect(page.getByRole('cell', { name: 'csat = 1 share, claims-processor' })).toBeVisible();
  await expectAllLooks(page);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const said = page.getByRole('alert').filter({ hasText: '6 rows read' });
  await expect(said).toContainText('2 recorded, 1 without a rating, 3 refused');
  const refused = page.getByRole('region', { name: 'Table of refused rows' });
  await expect(refused.getByRole('row').nth(1)).toContainText('"NaN" under "Satisfaction Score"');
  await expect(refused.getByRole('row').nth(2)).toContainText('53 is off the scale');
  await expect(refused.getByRole('row').nth(3)).toContainText('is in the future');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(said).toContainText('2 there already');
});
