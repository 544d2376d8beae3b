import { createHash } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { actAs, enterDemo, expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures';

// In Build: G3 is the gate it comes to, and asks for eval results of at least 80%.
const AT = '/agents/settlement-information';
const CRITERION = 'quality/criteria/advice-boundary';
const WIDE = { width: 1320, height: 900 };
const NARROW = { width: 360, height: 740 };

const attached = (page: Page) => page.getByRole('region', { name: 'Attached' });
const g3 = (page: Page) => page.getByRole('region', { name: /^G3 / });

/** A test set of 100 cases, of which so many went well. */
function results(passed: number): Buffer {
  const rows = Array.from({ length: 100 }, (_, n) => `advice-boundary,case-${n},${n < passed}`);
  return Buffer.from(`criterion,case,passed\n${rows.join('\n')}\n`);
}

async function sendResults(page: Page, passed: number): Promise<Locator> {
  await page.getByRole('button', { name: 'Send results' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByLabel('File of eval results')
    .setInputFiles({ name: `of-${passed}.csv`, mimeType: 'text/csv', buffer: results(passed) });
  return dialog;
}

async function beginAttaching(page: Page, kind: 'File' | 'Link' | 'Note'): Promise<Locator> {
  await attached(page).getByRole('button', { name: 'Attach' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: kind }).check();
  return dialog;
}

test('eval results of 53% against a target of 80% fail G3 and name the clause; better ones take their place', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Adaeze Nwosu');
  await page.goto(`${AT}/evidence`);
  const better = await sendResults(page, 92);
  await expect(better.getByText('Passed', { exact: true })).toBeVisible();
  await better.getByRole('button', { name: 'Close' }).last().click();
  const evals = g3(page).getByRole('listitem').filter({ hasText: 'Eval results' });
  await expect(evals.getByText('present:', { exact: true })).toBeAttached();

  const worse = await sendResults(page, 53);
  await expect(worse.getByText('Not passed')).toBeVisible();
  await expect(worse.getByText(`53% against the 80% target of ${CRITERION}`)).toBeVisible();
  await expectAccessible(page);
  await worse.getByRole('button', { name: 'Close' }).last().click();
  // A newer failure is not outlived by an older pass.
  await expect(evals.getByText('failed:', { exact: true })).toBeAttached();
  await expect(evals.getByText(`53% against the 80% target of ${CRITERION}`)).toBeVisible();

  await evals.getByRole('button', { name: 'Eval results' }).click();
  const panel = page.getByRole('dialog');
  await expect(panel.getByText('53%', { exact: true })).toBeVisible();
  await panel.getByText(/cases? furthest from it/).click();
  await expect(panel.getByText('case-53')).toBeVisible();
  await expect(panel.getByRole('link', { name: CRITERION }).first()).toHaveAttribute(
    'href',
    new RegExp(`#${CRITERION}$`),
  );
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await actAs(page, 'Tomas Brandt');
  await page.goto(`${AT}/lifecycle`);
  await expect(
    page.getByText(new RegExp(`53% against the 80% target of ${CRITERION}`)).first(),
  ).toBeVisible();
});

test('a file, a link and a note are attached and kept as they were; a file that lies about what it is, is refused', async ({
  page,
}) => {
  await enterDemo(page);
  await actAs(page, 'Tomas Brandt');
  await page.goto(`${AT}/evidence`);
  const text = 'Pen test of 12 May: nothing open.\n';
  const file = await beginAttaching(page, 'File');
  await file.getByLabel('Title').fill('Pen test, May');
  await file
    .getByLabel('File', { exact: true })
    .last()
    .setInputFiles({
      name: 'report.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from(text),
    });
  await file.getByRole('button', { name: 'Attach' }).click();
  await expect(file.getByText(/report\.pdf says "\.pdf", and its content is plain text/)).toBeVisible();
  await expectAccessible(page);
  // What was typed is still there for the file that was meant.
  await expect(file.getByLabel('Title')).toHaveValue('Pen test, May');
  await file
    .getByLabel('File', { exact: true })
    .last()
    .setInputFiles({
      name: '../../etc/report.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(text),
    });
  await file.getByRole('button', { name: 'Attach' }).click();
  await expect(file).toBeHidden();
  await expect(page.getByText('report.txt attached.')).toBeVisible();
  await attached(page).getByRole('button', { name: 'Pen test, May' }).first().click();
  const panel = page.getByRole('dialog');
  await expect(panel.getByTitle(createHash('sha256').update(text).digest('hex'))).toBeVisible();
  const coming = page.waitForEvent('download');
  await panel.getByRole('link', { name: /^Download/ }).click();
  const download = await coming;
  expect(download.suggestedFilename()).not.toContain('/');
  const saved: Buffer[] = [];
  for await (const part of await download.createReadStream()) saved.push(Buffer.from(part));
  expect(Buffer.concat(saved).toString()).toBe(text);
  await page.keyboard.press('Escape');

  const link = await beginAttaching(page, 'Link');
  await link.getByLabel('Address').fill('http://tickets.meridian.example/RISK-12');
  await link.getByLabel('Title').fill('Risk ticket');
  await link.getByRole('button', { name: 'Attach' }).click();
  await expect(link.getByText(/https:\/\//).last()).toBeVisible();
  await expect(link.getByLabel('Title')).toHaveValue('Risk ticket');
  await link.getByLabel('Address').fill('https://tickets.meridian.example/RISK-12');
  await link.getByRole('button', { name: 'Attach' }).click();
  await expect(link).toBeHidden();

  const note = await beginAttaching(page, 'Note');
  await note.getByLabel('Note', { exact: true }).last().fill('Legal has read the hand-over wording.');
  await note.getByLabel('Title').fill('Legal');
  await note.getByRole('button', { name: 'Attach' }).click();
  await expect(note).toBeHidden();
  for (const title of ['Pen test, May', 'Risk ticket', 'Legal'])
    await expect(attached(page).getByRole('button', { name: title }).first()).toBeVisible();
  await attached(page).getByRole('button', { name: 'Risk ticket' }).first().click();
  await expect(page.getByText('Leads to tickets.meridian.example')).toBeVisible();
  await page.keyboard.press('Escape');
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
});

test('the case is stated anew in words and figures, by those who may', async ({ page }) => {
  await enterDemo(page);
  await actAs(page, 'Dana Whitfield');
  await page.goto(`${AT}/evidence`);
  await expect(page.getByRole('button', { name: 'Baseline', exact: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^State / })).toHaveCount(0);
  await actAs(page, 'Helena Marsh');
  const g1 = page.getByRole('region', { name: /^G1 / });
  await g1.getByRole('button', { name: 'State anew' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('The work as it is done today').fill('Service agents read the letter aloud.');
  for (const [label, value] of [
    ['Cases a month', '430'],
    ['Minutes for each', '9'],
    ['US$ for each', '5'],
    ['Wrong, %', '3'],
  ] as const)
    await dialog.getByLabel(label, { exact: true }).fill(value);
  for (const source of await dialog.getByLabel('Where it comes from').all())
    await source.fill('Call statistics, this quarter');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Keep as evidence' }).click();
  await expect(dialog).toBeHidden();
  await expect(g1.getByText(/^430 cases a month/)).toBeVisible();
  await g1.getByRole('button', { name: 'Baseline', exact: true }).click();
  const panel = page.getByRole('dialog');
  await expect(panel.getByText('Service agents read the letter aloud.')).toBeVisible();
  await expect(panel.getByText('430').first()).toBeVisible();
  await page.keyboard.press('Escape');
});
