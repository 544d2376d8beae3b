import type { Browser, Page } from '@playwright/test';
import { actAs, enterDemo, expect, expectAccessible, expectAllLooks, patient, test } from './fixtures';

/** A draft of the claims processor's next version, open in the editor as this person. */
async function newDraft(page: Page, person: string): Promise<string> {
  await enterDemo(page);
  await actAs(page, person);
  await page.goto('/contracts/claims-processor');
  await page
    .getByRole('button', { name: /next version/i })
    .first()
    .click();
  await expect(page).toHaveURL(/\/contracts\/drafts\/[0-9a-f-]{36}/);
  await saved(page);
  return new URL(page.url()).pathname;
}

async function saved(page: Page): Promise<void> {
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
}

async function section(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible();
}

async function asAnother(browser: Browser, person: string, path: string): Promise<Page> {
  const page = patient(await (await browser.newContext()).newPage());
  await enterDemo(page);
  await actAs(page, person);
  await page.goto(path);
  await saved(page);
  return page;
}

test('a sponsor without YAML and an engineer with it write one draft at once, and a conflict asks', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const draft = await newDraft(page, 'Miriam Osei');
  const engineer = await asAnother(browser, 'Tomas Brandt', `${draft}?view=yaml&section=cost`);
  await expect(page.getByRole('list', { name: 'Also here' })).toContainText('Tomas Brandt');

  await test.step('what one writes in the form, the other sees in the YAML', async () => {
    await section(page, 'Cost');
    await page.getByLabel('Per day', { exact: false }).first().fill('350');
    await expect(engineer.getByRole('textbox', { name: 'Contract as YAML' })).toContainText('identity:');
    await engineer.getByRole('button', { name: 'Form', exact: true }).click();
    await expect(engineer.getByLabel('Per day').first()).toHaveValue('350');
    await expect(engineer.getByText('Changed by Miriam Osei').first()).toBeVisible();
  });

  await test.step('both write at once at different clauses, and both are kept', async () => {
    await Promise.all([
      page.getByLabel('Per month').first().fill('5000'),
      engineer.getByLabel('Tokens per run').first().fill('99000'),
    ]);
    for (const each of [page, engineer]) {
      await expect(each.getByLabel('Per month').first()).toHaveValue('5000');
      await expect(each.getByLabel('Tokens per run').first()).toHaveValue('99000');
      await saved(each);
    }
  });

  await test.step('a stale tab saving over a newer draft shows both values and asks', async () => {
    await engineer.context().setOffline(true);
    await engineer.getByLabel('Per day').first().fill('111');
    await expect(engineer.getByText(/^Offline/)).toBeVisible();
    await page.getByLabel('Per day').first().fill('222');
    await saved(page);
    await engineer.context().setOffline(false);
    const dialog = engineer.getByRole('dialog');
    await expect(dialog).toContainText('cost/perDay');
    await expect(dialog).toContainText('222');
    await expectAccessible(engineer);
    await dialog.getByLabel('Miriam Osei').check();
    await dialog.getByRole('button', { name: 'Go on with these' }).click();
    for (const each of [page, engineer]) await expect(each.getByLabel('Per day').first()).toHaveValue('222');
  });
  await engineer.context().close();
});

test('the keyboard alone adds, removes and takes back, in both views with one history', async ({ page }) => {
  await newDraft(page, 'Miriam Osei');
  await section(page, 'Scope');
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page.getByRole('heading', { level: 2, name: 'Authority' })).toBeVisible();

  await page.getByRole('button', { name: 'Add rule' }).focus();
  await page.keyboard.press('Enter');
  const id = page.getByRole('group', { name: 'Rules' }).getByLabel('Id', { exact: true });
  await expect(id).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('night-shift');
  await expect(page.getByText('authority/night-shift/tier')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+z');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(id).toHaveCount(0);

  await page.getByRole('button', { name: 'Remove small-payments' }).click();
  await expect(page.getByRole('button', { name: 'Remove small-payments' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(page.getByRole('button', { name: 'Remove small-payments' })).toBeVisible();

  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Contract as YAML' });
  await expect(text).toContainText('# The worked example');
  await text.press('ControlOrMeta+Home');
  await page.keyboard.type('# by hand\n');
  await expect(text).toContainText('# by hand');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(text).not.toContainText('# by hand');
  await saved(page);
});

test('what is wrong is said at its field and at its line, and nothing typed is lost', async ({ page }) => {
  const draft = await newDraft(page, 'Tomas Brandt');
  await section(page, 'Cost');
  const perRun = page.getByLabel('Per run').first();
  await perRun.fill('two dollars');
  await expect(page.getByText('This is text. Expected a number (without quotes).').first()).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Sections' })).toContainText('1 error');
  await section(page, 'Identity');
  await page.getByRole('button', { name: /cost\/perRun/ }).click();
  await expect(perRun).toBeFocused();
  await perRun.fill('-2');
  await expect(page.getByText(/of at least 0/).first()).toBeVisible();
  await perRun.fill('2');
  await expect(page.getByText(/of at least 0/)).toHaveCount(0);

  await section(page, 'Identity');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('مُعالِج المطالبات 🧾');
  await saved(page);

  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Contract as YAML' });
  await expect(text).toContainText('مُعالِج المطالبات 🧾');
  await text.press('ControlOrMeta+Home');
  await page.keyboard.type('identity: [\n');
  await expect(page.getByRole('button', { name: /^The text/ }).first()).toBeVisible();
  await saved(page);
  await page.getByRole('button', { name: 'Form', exact: true }).click();
  await expect(page.getByText('The YAML cannot be read').first()).toBeVisible();
  await expect(name).toHaveValue('مُعالِج المطالبات 🧾');
  await page.goto(`${draft}?view=yaml`);
  await expect(text).toContainText('identity: [');
});

test('a finished draft becomes a version, a dropped one says why, and neither can be written on', async ({
  page,
}) => {
  await newDraft(page, 'Miriam Osei');
  await section(page, 'Cost');
  await page.getByLabel('Per run').first().fill('1.75');
  await page.getByRole('button', { name: 'Submit as version' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Submit as version' }).click();
  await expect(page).toHaveURL(/\/contracts\/claims-processor\?version=\d+/);
  await expect(page.getByRole('main')).toContainText('$1.75');

  const dropped = await newDraft(page, 'Miriam Osei');
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('Started from the wrong version.');
  await page.getByRole('dialog').getByRole('button', { name: 'Discard draft' }).click();
  await expect(page).toHaveURL(/\/contracts\/drafts$/);
  await page.goto(dropped);
  await expect(page.getByText('This draft was discarded')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Submit as version' })).toHaveCount(0);
});

test('every section of the editor, its YAML and the list of drafts pass axe and fit their width, in light and dark', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  const draft = await newDraft(page, 'Miriam Osei');
  const sections = page.getByRole('navigation', { name: 'Sections' }).getByRole('button');
  await expect(sections).toHaveCount(12);
  for (let index = 0; index < 12; index += 1) {
    await sections.nth(index).click();
    await expect(sections.nth(index)).toHaveAttribute('aria-current', 'true');
    // With an entry of a list open, where the section has one.
    const row = page.getByRole('main').locator('[data-row] button[aria-expanded="false"]').first();
    if ((await row.count()) > 0) await row.click();
    await expectAllLooks(page);
  }
  for (const [path, shown] of [
    [`${draft}?view=yaml`, page.getByRole('textbox', { name: 'Contract as YAML' })],
    ['/contracts/drafts', page.getByRole('main').getByRole('listitem').or(page.getByRole('row')).first()],
  ] as const) {
    await page.goto(path);
    await expect(shown).toBeVisible();
    await expectAllLooks(page);
  }
});

test('who may not write reads the draft, and the form says so', async ({ page }) => {
  const draft = await newDraft(page, 'Miriam Osei');
  await actAs(page, 'Dana Whitfield');
  await page.goto(draft);
  await expect(page.getByText('You read; you cannot change it.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveAttribute('readonly', '');
  await expect(page.getByRole('button', { name: 'Submit as version' })).toHaveCount(0);
});
