import { actAs, enterDemo, expect, expectAllLooks, test } from './fixtures';

test('53% against 80% is missed in plain sight, and a figure leads to its signals and from there to a run', async ({
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
  const rework = page.getByRole('row').filter({ hasText: 'quality/criteria/no-rework' });
  await rework.getByRole('link', { name: 'the signals behind it' }).click();
  await expect(page.getByRole('heading', { name: 'Signals', level: 1 })).toBeVisible();
  const run = page.getByRole('table').getByRole('link', { name: /^CLM-/ }).first();
  const key = await run.textContent();
  await run.click();
  await expect(page).toHaveURL(new RegExp(`/runs/${key}`));
});

test('an export of Zendesk is recognised, previewed and imported; sent again it adds nothing', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Dana Whitfield');
  await page.goto('/signals/import');
  const at = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
  const text = `\ufeffId;Satisfaction Score;Updated at\r\n900001;Good;${at}\r\n900002;Bad;${at}\r\n900003;Offered;${at}\r\n`;
  const choose = () =>
    page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'tickets.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await choose();
  await expect(page.getByText('recognised as an export of Zendesk')).toBeVisible();
  await page.getByLabel('Agent', { exact: true }).selectOption({ label: 'Claims processor' });
  await expect(page.getByRole('cell', { name: 'csat = 1 share, claims-processor' })).toBeVisible();
  await expectAllLooks(page);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: '3 rows read' })).toContainText(
    '2 recorded, 1 without a rating',
  );
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: '3 rows read' })).toContainText('2 there already');
});
