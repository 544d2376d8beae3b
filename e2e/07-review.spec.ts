import { actAs, enterDemo, expect, expectAccessible, expectAllLooks, test } from './fixtures';

const CONTRACT = '/contracts/invoice-reconciliation';

test('GRC asks for a change of a clause and names the sponsor, who answers; the change settled, both are told', async ({
  page,
}) => {
  test.setTimeout(120_000);
  await enterDemo(page);
  await actAs(page, 'Rasmus Lindqvist');
  await page.goto(CONTRACT);
  const clause = page.locator('[id="cost/perDay"]');
  await clause.getByRole('button', { name: 'Comment on cost/perDay' }).click();
  const field = page.getByRole('textbox', { name: /on cost\/perDay/ });
  await field.pressSequentially('Why so much, @pet');
  // The keyboard alone names somebody.
  await expect(page.getByRole('option', { name: /Petra Haas/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(field).toHaveValue('Why so much, @Petra Haas ');
  await field.pressSequentially('? See https://example.com/pilot.');
  await clause.getByRole('checkbox', { name: 'Request a change' }).check();
  await page.getByRole('button', { name: 'Request change' }).click();
  const thread = clause.getByRole('article', { name: 'Requested change on cost/perDay' });
  await expect(thread).toContainText('change requested');
  await expect(thread.getByRole('link', { name: 'https://example.com/pilot' })).toBeVisible();
  await expectAccessible(page);

  // Who was named finds it in the inbox, and is led to the clause.
  await actAs(page, 'Petra Haas');
  await page.goto('/inbox');
  await expectAccessible(page);
  await page
    .getByRole('link', { name: /Rasmus Lindqvist named you on cost\/perDay/ })
    .first()
    .click();
  await expect(page).toHaveURL(/thread=.*#cost\/perDay/);
  await thread.getByRole('button', { name: 'Answer' }).click();
  await page
    .getByRole('textbox', { name: 'Answer on cost/perDay' })
    .fill('Month end has three times the invoices.');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(thread).toContainText('Month end has three times the invoices.');
  // A requested change is not hers to lift.
  await expect(thread.getByRole('button', { name: 'Resolve' })).toHaveCount(0);

  // It stands in the way of a new version until who asked resolves it.
  await actAs(page, 'Rasmus Lindqvist');
  await page.goto(`${CONTRACT}?tab=review`);
  await expect(page.getByText('1 change requested')).toBeVisible();
  await page.getByRole('button', { name: 'Resolve' }).click();
  await expect(page.getByText('Everything that was said is resolved.')).toBeVisible();
  await expect(page.getByText('resolved the requested change of')).toBeVisible();
  await expectAccessible(page);
});

test('a sponsor answers GRC’s comment and resolves it; it stays to be read', async ({ page }) => {
  await enterDemo(page);
  await actAs(page, 'Rasmus Lindqvist');
  await page.goto(CONTRACT);
  const clause = page.locator('[id="failure/critical"]');
  await clause.getByRole('button', { name: 'Comment on failure/critical' }).click();
  await page
    .getByRole('textbox', { name: /on failure\/critical/ })
    .fill('Who is paged at night?\nAnd at weekends?');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await expect(clause.getByText('And at weekends?')).toBeVisible();

  await actAs(page, 'Petra Haas');
  await page.goto(CONTRACT);
  await clause.getByRole('button', { name: 'Resolve' }).click();
  await clause.getByRole('button', { name: '1 resolved comment' }).click();
  await expect(clause.getByText('resolved by Petra Haas')).toBeVisible();
});

test('who had a contract open is listed as its reader, and who had not is named', async ({ page }) => {
  await enterDemo(page);
  await actAs(page, 'Adaeze Nwosu');
  const noted = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.goto(`${CONTRACT}/read`);
  await noted;
  await page.goto(`${CONTRACT}?tab=review`);
  const readers = page.getByRole('region', { name: 'Who has read it' });
  await expect(readers.getByRole('listitem').filter({ hasText: 'Adaeze Nwosu' })).not.toContainText(
    'not yet',
  );
  await expect(readers.getByText('not yet').first()).toBeVisible();
});

test('a contract is read on one page and downloaded as PDF', async ({ page }) => {
  await enterDemo(page);
  await page.goto('/contracts/claims-processor');
  await page.getByRole('link', { name: 'Read and print' }).click();
  await expect(page.getByText('What it may never do')).toBeVisible();
  await expectAccessible(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText('What it may never do')).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Download PDF' })).toBeHidden();
  await page.emulateMedia({ media: 'screen' });
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download PDF' }).click();
  expect((await download).suggestedFilename()).toMatch(/^claims-processor-.*\.pdf$/);
});

test('coverage tells what no clause speaks of and which clauses no run exercised', async ({ page }) => {
  await enterDemo(page);
  await page.goto('/contracts/claims-processor');
  const exercised = page.getByText(/Reads personal and vehicle data from documents/);
  await expect(exercised).toBeVisible();
  await page.getByRole('checkbox', { name: /Only the \d+ clauses? that no run exercised/ }).check();
  await expect(exercised).toBeHidden();
  await page.getByRole('link', { name: 'Coverage' }).click();
  await expect(
    page.getByRole('region', { name: 'What it did that no clause speaks of' }).first(),
  ).toContainText('bank account');
  await page.getByRole('link', { name: 'CLM-209117' }).first().click();
  await expect(page).toHaveURL(/\/runs\//);
});

test('the palette leads to a clause, a tool and a person by a few letters', async ({ page }) => {
  await enterDemo(page);
  await page.goto('/');
  await page.keyboard.press('ControlOrMeta+k');
  const letters = page.getByRole('combobox');
  await letters.fill('medical');
  await expect(page.getByRole('group', { name: 'Clauses' }).getByRole('option').first()).toBeVisible();
  await letters.fill('payments.rel');
  await expect(page.getByRole('group', { name: 'Tools' }).getByRole('option')).toHaveCount(1);
  await letters.fill('adaeze');
  await page.getByRole('group', { name: 'People' }).getByRole('option').first().click();
  await expect(page).toHaveURL(/\/settings\/people/);
});

test('the screens of a review pass axe and fit their width, in light and dark', async ({ page }) => {
  test.setTimeout(120_000);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await enterDemo(page);
  for (const screen of [
    '/inbox',
    '/contracts/claims-processor?tab=review',
    '/contracts/claims-processor?tab=coverage',
    '/contracts/claims-processor/read',
    '/contracts/defaults/read',
  ])
    await test.step(screen, async () => {
      await page.goto(screen);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await expectAllLooks(page);
    });
});
