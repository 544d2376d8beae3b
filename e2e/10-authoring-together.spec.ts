import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { aToolServer, listenMcp } from '../lib/services/catalogue/testing/mcp-server';
import { actAs, enterDemo, expect, expectAccessible, patient, test } from './fixtures';
import { createKeyInTheBrowser } from './keys';

const saved = (page: Page) => expect(page.getByText('Saved', { exact: true })).toBeVisible();

async function section(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible();
}

async function submit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Submit as version' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Submit as version' }).click();
  await expect(page).toHaveURL(/\/contracts\/glass-claims\?version=\d+/);
}

test('sponsor, engineer and GRC write one contract together, and the diff of its versions names the route', async ({
  page,
  browser,
  baseURL,
}) => {
  test.setTimeout(240_000);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-together-'));
  const file = join(folder, 'glass.yaml');
  const mcp = await listenMcp(() => aToolServer());
  try {
    await enterDemo(page);
    const key = await createKeyInTheBrowser(page, 'glass repository', ['author']);
    const run = (...args: string[]) =>
      new Promise<string>((done) => {
        execFile(
          process.execPath,
          [join(process.cwd(), 'cli/bin.mjs'), ...args],
          { cwd: folder, env: { ...process.env, COUNTERSIGN_URL: baseURL, COUNTERSIGN_KEY: key } },
          (_, out, err) => done(`${out}${err}`),
        );
      });

    await test.step('a sponsor without YAML writes the contract from the template to a clean lint', async () => {
      await actAs(page, 'Miriam Osei');
      await page.goto('/contracts');
      await page.getByRole('link', { name: 'Write a contract' }).first().click();
      await page.getByRole('link', { name: 'Claims processing' }).click();
      await expect(page.getByText('Pays up to $1,000 by itself.').first()).toBeVisible();
      await expectAccessible(page);
      await page.getByLabel('Name', { exact: true }).fill('Glass claims');
      await page.getByLabel('Business unit').fill('Motor');
      // Whoever writes it is its owner and sponsor until they say otherwise.
      for (const seat of ['Owner', 'Sponsor'])
        await expect(page.getByLabel(seat, { exact: true })).toHaveValue('miriam.osei@meridian.example');
      // A name that has a contract is refused where it stands, and nothing typed is lost.
      await page.getByLabel('Name in telemetry').fill('claims-processor');
      await page.getByRole('button', { name: 'Make a draft' }).click();
      await expect(page.getByText('has a contract already').first()).toBeVisible();
      await expect(page.getByLabel('Business unit')).toHaveValue('Motor');
      await page.getByLabel('Name in telemetry').fill('glass-claims');
      await page.getByRole('button', { name: 'Make a draft' }).click();
      await expect(page).toHaveURL(/\/contracts\/drafts\/[0-9a-f-]{36}/);
      await section(page, 'Authority');
      await page.getByRole('button', { name: 'Move large-payments up' }).press('Enter');
      await expect(page.getByRole('button', { name: 'Move large-payments up' })).toBeFocused();
      // What it pays alone is raised, key by key; lint tells that the approval still begins where it began.
      const rule = (id: string) => page.locator(`[data-row="authority/${id}"]`);
      const figure = (id: string) => rule(id).getByLabel('Condition 1: against what');
      await page.getByRole('button', { name: /^small-payments/ }).click();
      await figure('small-payments').press('ControlOrMeta+a');
      await figure('small-payments').pressSequentially('2500.50');
      await expect(page.getByText('"small-payments" frees calls to 2,500.5')).toBeVisible();
      await rule('small-payments').getByLabel('Statement').fill('Pays up to $2,500.50 by itself.');
      await page.getByRole('button', { name: /^large-payments/ }).click();
      await figure('large-payments').fill('2500.50');
      await rule('large-payments').getByLabel('Statement').fill('Above $2,500.50 the operator approves.');
      await expect(page.getByText('Lint is clean')).toBeVisible();
      await saved(page);
      await expectAccessible(page);
      await submit(page);
      await expect(page.getByRole('main')).toContainText('Glass claims');
      await expect(page.getByRole('main')).toContainText('amount up to 2,500.5');
    });

    await page
      .getByRole('button', { name: /next version/i })
      .first()
      .click();
    await expect(page).toHaveURL(/\/contracts\/drafts\/[0-9a-f-]{36}/);
    await saved(page);
    const draft = new URL(page.url()).pathname;
    const engineer = patient(await (await browser.newContext()).newPage());

    await test.step('the sponsor raises a limit; an engineer sees it marked in the YAML and writes on', async () => {
      await enterDemo(engineer);
      await actAs(engineer, 'Tomas Brandt');
      await engineer.goto(`${draft}?view=yaml&section=cost`);
      const text = engineer.getByRole('textbox', { name: 'Contract as YAML' });
      await expect(text).toContainText('# A contract for an agent that settles claims.');
      await section(page, 'Cost');
      await page.getByLabel('Per run').first().fill('3');
      await engineer
        .getByRole('navigation', { name: 'Sections' })
        .getByRole('button', { name: 'Cost' })
        .click();
      await expect(engineer.getByTitle('Changed by Miriam Osei')).toContainText('perRun: 3');
      await text.press('ControlOrMeta+Home');
      await engineer.keyboard.type('# kept in the claims repository\n');
      await saved(engineer);
    });

    await test.step('he takes it to his repository and pushes the same draft back', async () => {
      const pulled = await run('pull', 'glass-claims', '--draft', '--out', 'glass.yaml');
      const onto = /--onto '([^']+)'/.exec(pulled)?.[1] ?? '';
      const text = await readFile(file, 'utf8');
      expect(text).toContain('# kept in the claims repository');
      expect(text).toContain('perRun: 3');
      await writeFile(
        file,
        text.replace('contract: "1.0"', 'contract: "1.1"').replace('callsPerRun: 30', 'callsPerRun: 25'),
      );
      const pushed = await run('push', 'glass.yaml', '--onto', onto);
      expect(pushed).toContain('the draft was changed');
      expect(pushed).toContain(draft);
      await expect(page.getByLabel('Calls per run').first()).toHaveValue('25');
    });

    await test.step('a tool of the catalogue is picked, and a limit is left to the workspace defaults', async () => {
      await actAs(engineer, 'Tomas Brandt');
      await engineer.goto('/settings/tools');
      await engineer.getByRole('button', { name: 'Import from an MCP server' }).click();
      const dialog = engineer.getByRole('dialog');
      await dialog.getByLabel('Address').fill(mcp.url);
      await dialog.getByLabel('Name').fill('glass desk');
      await dialog.getByRole('button', { name: 'Import tools' }).click();
      await expect(engineer.getByText('glass desk: 3 new.')).toBeVisible();
      await engineer.goto('/settings/tools?state=undecided&server=glass+desk');
      const row = engineer.getByRole('button', { name: /^payments_refund/ });
      await expect(row).toHaveAttribute('aria-expanded', 'true');
      await row.focus();
      await engineer.keyboard.press('Enter');
      await expect(row).toHaveCount(0);

      await engineer.goto(`${draft}?section=tools`);
      await saved(engineer);
      await engineer.getByRole('button', { name: 'From the catalogue' }).click();
      await expectAccessible(engineer);
      await dialog.getByRole('searchbox', { name: 'Search the catalogue' }).fill('glass desk');
      await dialog.getByRole('button', { name: 'Add payments_refund' }).click();
      await expect(dialog.getByRole('button', { name: 'Add payments_refund' })).toBeDisabled();
      await engineer.keyboard.press('Escape');
      await expect(engineer.getByRole('button', { name: /^payments_refund/ })).toContainText('glass desk');
      await engineer.getByRole('button', { name: 'Remove tool payments_refund' }).click();
      await expect(engineer.getByRole('button', { name: /^payments_refund/ })).toHaveCount(0);

      await section(engineer, 'Identity');
      const inherit = engineer.getByRole('checkbox', { name: /Inherit from the workspace defaults/ });
      await inherit.check();
      await section(engineer, 'Cost');
      await engineer.getByLabel('Same call again at most').fill('');
      await expect(engineer.getByText('inherited: 25')).toBeVisible();
      await saved(engineer);
    });

    await test.step('GRC comments on the clause and names the sponsor', async () => {
      await actAs(engineer, 'Rasmus Lindqvist');
      await engineer.goto(`${draft}?section=cost#cost/perRun`);
      const field = engineer.locator('[data-clause="cost/perRun"]');
      await field.getByRole('button', { name: 'Comment on cost/perRun' }).click();
      const words = engineer.getByRole('textbox', { name: /on cost\/perRun/ });
      await words.pressSequentially('Why three dollars, @mir');
      await expect(engineer.getByRole('option', { name: /Miriam Osei/ })).toHaveAttribute(
        'aria-selected',
        'true',
      );
      await engineer.keyboard.press('Enter');
      await expect(words).toHaveValue('Why three dollars, @Miriam Osei ');
      await engineer.getByRole('button', { name: 'Comment', exact: true }).click();
      await expect(field.getByText('Why three dollars')).toBeVisible();
      await page.goto('/inbox');
      await page
        .getByRole('link', { name: /Rasmus Lindqvist named you on cost\/perRun/ })
        .first()
        .click();
      await expect(page).toHaveURL(new RegExp(`${draft}`));
      await expect(page.getByText('Why three dollars').first()).toBeVisible();
    });

    await test.step('what it would change is compared from the draft, and once submitted the diff names its route', async () => {
      await page.getByRole('link', { name: 'Compare with the version in force' }).click();
      await expect(page.getByRole('main')).toContainText('cost/perRun');
      await page.goto(draft);
      await saved(page);
      await expect(page.getByText('Lint is clean')).toBeVisible();
      await submit(page);
      await expect(page.getByRole('main')).toContainText('from workspace defaults v1');
      await page.goto('/contracts/glass-claims/compare?from=1&to=2');
      const route = page.getByRole('region', { name: 'Route' });
      await expect(route).toContainText('signed again');
      await expect(page.getByRole('main')).toContainText('cost/perRun');
      await expect(page.getByRole('main')).toContainText('wider');
      await expect(page.getByRole('main')).toContainText('narrower');
    });

    await test.step('whom a change of the workspace defaults reaches is shown before it is made', async () => {
      await actAs(engineer, 'Helena Marsh');
      await engineer.goto('/contracts/defaults');
      await engineer.getByRole('button', { name: /next version/i }).click();
      await expect(engineer).toHaveURL(/\/contracts\/drafts\/[0-9a-f-]{36}/);
      await saved(engineer);
      await section(engineer, 'Cost');
      await engineer.getByLabel('Calls per run').first().fill('150');
      await engineer.getByRole('button', { name: 'Submit as version' }).click();
      const dialog = engineer.getByRole('dialog');
      await expect(dialog).toContainText('cost/callsPerRun');
      await expect(dialog.getByRole('link', { name: 'policy-research' })).toBeVisible();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
    });
    await engineer.context().close();
  } finally {
    await mcp.close();
    await rm(folder, { recursive: true, force: true });
  }
});
