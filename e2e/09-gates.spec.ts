import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { runAgent, sendOutcomes } from './agent';
import { sendEvals } from './evals';
import {
  actAs,
  enterDemo,
  expectAccessible,
  expectAllLooks,
  expectFitAndAccessible,
  expect as expectSoon,
  NARROW,
  test,
  WIDE,
  watchFaults,
} from './fixtures';
import { givePasskeyDevice } from './passkey-device';
import { PASSWORD, type SevenPeople, sevenPeople } from './seven-people';

// A step that finds nothing to act on says so, not the end of the journey.
test.use({ actionTimeout: 30_000 });
// Seven browsers, of which each shows what the others do, take longer than one where other work shares the machine.
const expect = expectSoon.configure({ timeout: 30_000 });

const AGENT = 'dock-invoices';
const AT = `/agents/${AGENT}`;
const DECLINED_BECAUSE = 'Say why 180 a day is enough.';

/** The demo's contract of an agent that matches invoices, with the seven as its people. */
async function contract({ emails }: SevenPeople, version: string, perDay: number): Promise<string> {
  const text = await readFile(
    new URL('../scripts/demo/contracts/invoice-reconciliation.yaml', import.meta.url),
    'utf8',
  );
  const day = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
  return text
    .replace(/\$\{\d+ days ago\}/g, day)
    .replace('agent: invoice-reconciliation', `agent: ${AGENT}`)
    .replace('name: Invoice reconciliation', 'name: Dock invoices')
    .replace('contract: "3.1"', `contract: "${version}"`)
    .replace('perDay: 200', `perDay: ${perDay}`)
    .replaceAll('petra.haas@meridian.example', emails.sponsor)
    .replaceAll('helena.marsh@meridian.example', emails['head-of-ai'])
    .replaceAll('tomas.brandt@meridian.example', emails.engineer)
    .replaceAll('adaeze.nwosu@meridian.example', emails.qa)
    .replaceAll('rasmus.lindqvist@meridian.example', emails.grc)
    .replaceAll('dana.whitfield@meridian.example', emails.operator)
    .replaceAll('idris.kane@meridian.example', emails.sre);
}

async function importVersion(page: Page, text: string): Promise<void> {
  await page.goto('/contracts/import');
  await page.getByRole('textbox', { name: 'Contract' }).fill(text);
  await page.getByRole('button', { name: 'Import contract' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Dock invoices' })).toBeVisible();
  await page.getByRole('button', { name: 'Put in force' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByText('in force', { exact: true }).first()).toBeVisible();
}

/** Runs that look a vendor up, and nothing else: silent ones. */
async function sendRuns(key: string, count: number, name: string): Promise<void> {
  for (let at = 0; at < count; at += 10)
    await Promise.all(
      Array.from({ length: Math.min(10, count - at) }, (_, n) =>
        runAgent(key, {
          agent: AGENT,
          conversation: `${name}-${at + n}`,
          call: {
            tool: 'erp.lookup_vendor',
            arguments: { vendor: `V-${at + n}` },
            result: { known: true },
          },
        }),
      ),
    );
}

async function createKey(page: Page): Promise<string> {
  await page.goto('/settings/keys');
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Dock agents');
  await dialog.getByRole('button', { name: 'Create key' }).click();
  await dialog.getByText('Copy the key now').waitFor();
  const key = (await dialog.locator('code').filter({ hasText: /^cs_/ }).first().textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done, I have it' }).click();
  return key.trim();
}

/** Sends the agent for a gate and returns the address of its page. */
async function send(page: Page, gate: string, message = ''): Promise<string> {
  await page.goto(`${AT}/lifecycle`);
  await page.getByRole('button', { name: `Send for ${gate}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Message').fill(message);
  await dialog.getByRole('button', { name: `Send for ${gate}` }).click();
  await expect(page).toHaveURL(/\/review\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname;
}

/** Finds the gate among what waits, and signs it. Without a password the device answers. */
async function sign(
  page: Page,
  gate: string,
  role: string,
  password: string | null = PASSWORD,
): Promise<void> {
  await page.goto('/review?mine=1');
  await page
    .getByRole('region', { name: 'Open reviews', exact: true })
    .getByRole('link', { name: new RegExp(`^${gate} `) })
    .click();
  if (password !== null) await page.getByLabel('Your password').fill(password);
  await page.getByRole('button', { name: `Sign as ${role}` }).click();
  await expect(page.getByRole('heading', { name: 'You signed' })).toBeVisible();
}

/** Where the agent stands now. */
async function expectStage(page: Page, stage: string): Promise<void> {
  await page.goto(`${AT}/lifecycle`);
  await expect(page.getByRole('heading', { level: 1, name: `Dock invoices: ${stage}` })).toBeVisible();
}

const evidenceRow = (page: Page, title: string) =>
  page.getByRole('listitem').filter({ hasText: title }).first();

async function stateTheCase(page: Page): Promise<void> {
  await page.goto(`${AT}/evidence`);
  await page.getByRole('button', { name: 'State baseline' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('The work as it is done today').fill('Clerks match dock invoices with orders.');
  for (const [label, value] of [
    ['Cases a month', '900'],
    ['Minutes for each', '12'],
    ['US$ for each', '9'],
    ['Wrong, %', '4'],
  ] as const)
    await dialog.getByLabel(label, { exact: true }).fill(value);
  for (const field of await dialog.getByLabel('Where it comes from').all())
    await field.fill('Time study, May');
  await dialog.getByRole('button', { name: 'Keep as evidence' }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole('button', { name: 'State value' }).click();
  for (const [label, value] of [
    ['Cases a month it takes on', '800'],
    ['Minutes saved on each', '9'],
    ['US$ an hour of this work costs', '45'],
    ['US$ a month besides time', '0'],
    ['US$ a month it costs to run', '400'],
  ] as const)
    await dialog.getByLabel(label).fill(value);
  await dialog.getByLabel('How these figures were found').fill('Nine of ten invoices need no clerk.');
  await dialog.getByRole('button', { name: 'Keep as evidence' }).click();
  await expect(dialog).toBeHidden();

  await page.getByRole('button', { name: 'Answer' }).click();
  await expect(dialog.getByRole('button', { name: 'Keep as evidence' })).toBeVisible();
  for (const select of await dialog.getByRole('combobox').all()) await select.selectOption({ index: 1 });
  for (const why of await dialog.getByLabel('Why').all()) await why.fill('As it has been for years.');
  await dialog.getByRole('button', { name: 'Keep as evidence' }).click();
  await expect(dialog).toBeHidden();
}

async function compute(page: Page, verb: string, title: string): Promise<void> {
  await page.goto(`${AT}/evidence`);
  await page.getByRole('button', { name: new RegExp(`^${verb}\\s*: ${title}`) }).click();
  await expect(page.getByRole('button', { name: new RegExp(`^${verb} again\\s*: ${title}`) })).toBeVisible();
}

async function testIt(page: Page): Promise<void> {
  await page.goto(`${AT}/scenarios`);
  await page.getByRole('button', { name: 'Make them from the contract' }).click();
  await page.getByRole('button', { name: 'Save suite' }).click();
  await expect(page.getByText('The suite is saved.')).toBeVisible();
  await recordTests(page);
}

/** The suites as they are, and results of the test set. */
async function recordTests(page: Page): Promise<void> {
  await page.goto(`${AT}/scenarios`);
  await page.getByRole('button', { name: 'Record as evidence' }).click();
  await expect(page.getByText(/^Passed: /)).toBeVisible();
  await expect(page.getByText('✓ Passed')).toBeVisible();
  await page.goto(`${AT}/evidence`);
  await sendEvals(page, 'matching');
}

/** Replay, drills and a review of risk. */
async function showOperable({ engineer, sre, operator, grc }: SevenPeople['pages']): Promise<void> {
  await engineer.goto(`${AT}/evidence`);
  const g4 = engineer.getByRole('region', { name: /^G4 / });
  await engineer.getByRole('button', { name: /^Run (backtest|again)$/ }).click();
  await expect(
    g4.getByRole('listitem').filter({ hasText: 'Backtest' }).getByText('present:', { exact: true }),
  ).toBeAttached();
  await drill(sre, 'Kill switch');
  await drill(sre, 'Failure paths');
  await drill(operator, 'Rollback');
  await grc.goto(`${AT}/evidence`);
  await grc.getByRole('button', { name: 'Review', exact: true }).click();
  const risk = grc.getByRole('dialog');
  await risk.getByLabel('What you looked at and what you found').fill('Weights and thresholds hold.');
  await risk.getByLabel('The risk profile').selectOption('stands');
  await risk.getByRole('button', { name: 'Record review' }).click();
  await expect(risk).toBeHidden();
}

async function drill(page: Page, title: string): Promise<void> {
  await page.goto(`${AT}/drills`);
  const card = page.getByRole('region', { name: title, exact: true }).filter({ hasText: 'evidence at G4' });
  await card.getByRole('button', { name: 'Run drill' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Run drill' })).toBeVisible();
  const live = dialog.getByRole('checkbox');
  if ((await live.count()) > 0) await live.check();
  const version = dialog.getByLabel('Version');
  if ((await version.count()) > 0) await version.selectOption('2');
  await dialog.getByRole('button', { name: 'Run drill' }).click();
  await expect(dialog).toBeHidden();
  await expect(card.getByText('passed', { exact: true })).toBeVisible();
}

test.describe
  .serial('seven people walk an agent from Discovery to Production', () => {
    test.describe.configure({ timeout: 180_000 });
    let seven: SevenPeople;
    let key: string;
    const faults: string[] = [];

    test.beforeAll(async ({ browser }, testInfo) => {
      test.setTimeout(180_000);
      // Whoever tries again has people of their own.
      seven = await sevenPeople(browser, `Harbour Insurance ${testInfo.retry + 1}`, testInfo.retry + 1);
      for (const page of Object.values(seven.pages)) watchFaults(page, faults);
    });
    test.afterAll(async () => {
      for (const page of Object.values(seven.pages)) await page.context().close();
    });

    test('a contract and its next version decide for its first runs, in Discovery', async () => {
      const { sponsor, 'head-of-ai': head } = seven.pages;
      key = await createKey(head);
      await importVersion(sponsor, await contract(seven, '1.0', 200));
      await sendRuns(key, 5, 'before');
      await importVersion(sponsor, await contract(seven, '1.1', 180));
      await sendRuns(key, 60, 'after');
      await head.goto('/review');
      const discovery = head.getByRole('region', { name: /^Discovery/ });
      await expect(discovery.getByRole('link', { name: 'Dock invoices' })).toBeVisible();
      await expectAccessible(head);
    });

    test('G1: nobody can sign before the case is made, and then both do', async () => {
      const { sponsor, 'head-of-ai': head } = seven.pages;
      const review = await send(head, 'G1', 'Is this one for us?');
      await expect(head.getByText(/G1 cannot be signed yet/).first()).toBeVisible();
      await expect(head.getByRole('button', { name: 'Sign as head of AI' })).toBeDisabled();
      await expectAccessible(head);
      await stateTheCase(sponsor);
      await sign(head, 'G1', 'head of AI');
      await sponsor.goto(review);
      await sponsor.getByRole('button', { name: 'Baseline', exact: true }).click();
      const panel = sponsor.getByRole('dialog');
      await expect(panel.getByText('Clerks match dock invoices with orders.')).toBeVisible();
      await sponsor.keyboard.press('Escape');
      await expect(evidenceRow(sponsor, 'Baseline').getByText('opened')).toBeVisible();
      await sign(sponsor, 'G1', 'sponsor');
      await expectStage(sponsor, 'Scoping');
    });

    test('G2: a clean lint, a wrong password that keeps the note, two signatures', async () => {
      const { engineer, sponsor } = seven.pages;
      await compute(engineer, 'Lint', 'Contract lint');
      await send(engineer, 'G2');
      await engineer.getByLabel('Note').fill('Nothing in it surprises me.');
      await engineer.getByLabel('Your password').fill('not the password');
      await engineer.getByRole('button', { name: 'Sign as engineering lead' }).click();
      await expect(engineer.getByText('This is not your password.')).toBeVisible();
      await expect(engineer.getByLabel('Note')).toHaveValue('Nothing in it surprises me.');
      for (const colorScheme of ['dark', 'light'] as const)
        for (const size of [NARROW, WIDE]) {
          await engineer.emulateMedia({ colorScheme });
          await engineer.setViewportSize(size);
          await expectFitAndAccessible(engineer);
        }
      await engineer.getByLabel('Your password').fill(PASSWORD);
      await engineer.getByRole('button', { name: 'Sign as engineering lead' }).click();
      await expect(engineer.getByRole('heading', { name: 'You signed' })).toBeVisible();
      await expect(engineer.getByText('Nothing in it surprises me.').first()).toBeVisible();
      await sign(sponsor, 'G2', 'sponsor');
      await expectStage(sponsor, 'Build');
    });

    test('G3: scenarios and evals, then engineering lead and QA', async () => {
      const { engineer, qa } = seven.pages;
      await testIt(qa);
      // A page that hears no news, while QA shows other results than it has on screen.
      await engineer.route('**/api/events*', (route) => route.abort());
      const review = await send(engineer, 'G3');
      await engineer.goto(review);
      await engineer.getByLabel('Note').fill('As tested on Friday.');
      await recordTests(qa);
      await engineer.getByLabel('Your password').fill(PASSWORD);
      await engineer.getByRole('button', { name: 'Sign as engineering lead' }).click();
      await expect(engineer.getByText(/changed since you opened/).first()).toBeVisible();
      await expect(engineer.getByLabel('Note')).toHaveValue('As tested on Friday.');
      await expectAccessible(engineer);
      await engineer.unroute('**/api/events*');
      await engineer.getByLabel('Your password').fill(PASSWORD);
      await engineer.getByRole('button', { name: 'Sign as engineering lead' }).click();
      await expect(engineer.getByRole('heading', { name: 'You signed' })).toBeVisible();
      await expect(engineer.getByText('As tested on Friday.').first()).toBeVisible();
      await sign(qa, 'G3', 'QA');
      await expectStage(qa, 'Review');
    });

    test('G4: replay, drills and a review of risk; GRC declines with a clause, then sends it back to Build', async () => {
      const { engineer, grc } = seven.pages;
      await showOperable(seven.pages);

      await grc.goto(await send(engineer, 'G4', 'Drilled this morning.'));
      await grc.getByRole('button', { name: 'Decline' }).click();
      await grc.getByRole('dialog').getByLabel('Clause').fill('cost/perDay');
      await grc.getByRole('dialog').getByLabel('Reason').fill(DECLINED_BECAUSE);
      await grc.getByRole('dialog').getByRole('button', { name: 'Decline' }).click();
      await expect(grc.getByText(/Declined by Rolf Linde/)).toBeVisible();
      await expect(grc.getByRole('link', { name: 'cost/perDay' }).first()).toBeVisible();
      for (const size of [NARROW, WIDE]) {
        await grc.setViewportSize(size);
        await expectFitAndAccessible(grc);
      }

      await grc.goto(await send(engineer, 'G4', 'The budget is twice what the busiest day cost.'));
      await grc.getByRole('button', { name: 'Fall back to…' }).click();
      const dialog = grc.getByRole('dialog');
      await dialog.getByLabel('To', { exact: true }).selectOption('build');
      await dialog.getByLabel('What was wrong').selectOption('evidence');
      await dialog.getByLabel('Reason').fill('QA has a newer test set; sign on that one.');
      await dialog.getByRole('button', { name: 'Send back' }).click();
      await expect(dialog).toBeHidden();
      await expectStage(grc, 'Build');
      await expect(grc.getByText('Sent back from Review to Build')).toBeVisible();
      await expect(grc.getByText('counts no longer').first()).toBeVisible();
      await expectAccessible(grc);
    });

    test('G3 is signed again, and G4 with a passkey', async () => {
      const { engineer, qa, grc } = seven.pages;
      // What was shown before did not hold, so it is shown anew.
      await send(engineer, 'G3');
      await expect(engineer.getByText(/from before it fell back to Build/i).first()).toBeVisible();
      await expect(engineer.getByRole('button', { name: 'Sign as engineering lead' })).toBeDisabled();
      await recordTests(qa);
      await sign(engineer, 'G3', 'engineering lead');
      await sign(qa, 'G3', 'QA');
      await givePasskeyDevice(grc);
      await grc.goto('/settings/you');
      await grc.getByRole('button', { name: 'Add a passkey' }).click();
      const dialog = grc.getByRole('dialog');
      await dialog.getByLabel('Name').fill('Office key');
      await dialog.getByLabel('Your password').fill(PASSWORD);
      await grc.keyboard.press('Enter');
      await expect(grc.getByRole('button', { name: 'Rename Office key' })).toBeVisible();
      await showOperable(seven.pages);
      await send(engineer, 'G4');
      await sign(grc, 'G4', 'GRC', null);
      await expect(grc.getByText(/with a passkey/).first()).toBeVisible();
      await expectAccessible(grc);
      await expectStage(grc, 'Rollout');
    });

    test('G5: the rollout’s figures and a page that reached the operator; who built it cannot sign', async () => {
      const { engineer, sre, operator } = seven.pages;
      await compute(sre, 'Compute', 'Rollout statistics');
      await sre.goto(`${AT}/drills`);
      const card = sre.getByRole('region', { name: 'Paging', exact: true });
      await card.getByRole('button', { name: 'Page now' }).click();
      await sre.getByRole('dialog').getByRole('button', { name: 'Page now' }).click();
      await operator.goto(`${AT}/drills`);
      await operator.getByRole('button', { name: 'Acknowledge' }).click();
      await expect(card.getByText('passed', { exact: true })).toBeVisible();
      await send(engineer, 'G5');
      await expect(engineer.getByRole('button', { name: /^Sign as/ })).toHaveCount(0);
      await sign(operator, 'G5', 'operator');
      await sign(sre, 'G5', 'SRE');
      await expectStage(sre, 'Production');
    });

    test('G6: drift and signals, and it is attested', async () => {
      const { engineer, sre, operator, sponsor } = seven.pages;
      await compute(sre, 'Compute', 'Drift');
      await sendOutcomes(key, { agent: AGENT, metric: 'posted-unchanged', count: 30 });
      await compute(sre, 'Check', 'Signal freshness');
      await send(engineer, 'G6');
      await sign(operator, 'G6', 'operator');
      await sign(sponsor, 'G6', 'sponsor');
      await expectStage(sponsor, 'Production');
      await expect(sponsor.getByText(/Attestation in \d+ days/)).toBeVisible();
      await expectAccessible(sponsor);
    });

    test('GRC answers who agreed to what, when, on what evidence on a day in three clicks', async () => {
      const { grc } = seven.pages;
      await grc.goto('/');
      await grc
        .getByRole('navigation', { name: 'Main' })
        .getByRole('link', { name: /Review/ })
        .click();
      await grc.getByRole('navigation', { name: 'Review' }).getByRole('link', { name: 'Record' }).click();
      await expect(grc.getByRole('heading', { level: 1, name: /signatures counted today/ })).toBeVisible();
      const row = grc
        .getByRole('region', { name: 'Who had agreed to Dock invoices' })
        .getByRole('row')
        .filter({ hasText: 'GRC · G4' });
      await expect(row).toContainText('Kill-switch drill');
      await row.getByRole('button', { name: 'Rolf Linde' }).click();
      await expect(grc.getByText('It verifies')).toBeVisible();
      await expectAccessible(grc);
      await grc.goto('/review/record');
      await grc.getByRole('link', { name: 'Day before' }).click();
      await expect(grc.getByRole('heading', { level: 1, name: /No signature counted on/ })).toBeVisible();
      await grc.goto('/review/fallbacks');
      await expect(
        grc.getByRole('heading', { name: '1 fallback, before G4; contracts were right' }),
      ).toBeVisible();
      await expectAccessible(grc);
      await grc.goto('/review/signers');
      await expect(grc.getByRole('row', { name: /Dina West/ })).toBeVisible();
      await expectAccessible(grc);
    });

    test('the exported record verifies with the file alone, and not with one byte changed', async () => {
      const { grc } = seven.pages;
      const folder = await mkdtemp(join(tmpdir(), 'countersign-gates-'));
      try {
        await grc.goto('/settings/audit');
        const download = grc.waitForEvent('download');
        await grc.getByRole('link', { name: 'Export record' }).click();
        const file = join(folder, 'record.jsonl');
        await (await download).saveAs(file);
        const well = await verify(file);
        expect(well.said).toContain(seven.workspace);
        expect(well.code).toBe(0);
        const bytes = await readFile(file);
        const at = bytes.indexOf(DECLINED_BECAUSE);
        expect(at).toBeGreaterThan(0);
        bytes[at] = (bytes[at] ?? 0) + 1;
        const bent = join(folder, 'bent.jsonl');
        await writeFile(bent, bytes);
        const bad = await verify(bent);
        expect(bad.said).toContain('does NOT verify');
        expect(bad.code).toBe(1);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

    test('no browser of the seven met an error', () => {
      expect(faults).toEqual([]);
    });
  });

/** Runs the command line on an exported record. */
function verify(path: string): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['cli/bin.mjs', 'verify', path], (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, said: `${out}${err}` }),
    );
  });
}

test('the screens of gates pass axe and fit their width, in light and dark', async ({ page }) => {
  test.setTimeout(180_000);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await enterDemo(page);
  await actAs(page, 'Rasmus Lindqvist');
  for (const screen of [
    '/review',
    '/review?mine=1',
    '/review/record',
    '/review/fallbacks',
    '/review/signers',
    '/agents/claims-processor/lifecycle',
  ])
    await test.step(screen, async () => {
      await page.goto(screen);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await expectAllLooks(page, { again: true });
    });
});

test('a gate passes axe and fits its width, open, with each dialog, and closed, in light and dark', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await enterDemo(page);
  await actAs(page, 'Tomas Brandt');
  await page.goto('/agents/settlement-information/lifecycle');
  await page.getByRole('list', { name: 'Gates' }).getByRole('link', { name: /^G3/ }).click();
  await expect(page.getByRole('button', { name: 'Sign as engineering lead' })).toBeVisible();
  await expectAllLooks(page, { again: true });
  for (const act of ['Decline', 'Withdraw', 'Fall back to…'])
    await test.step(act, async () => {
      await page.getByRole('button', { name: act, exact: true }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAllLooks(page, { again: true });
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    });
  await page.goto('/agents/claims-processor/lifecycle');
  await page.getByRole('list', { name: 'Gates' }).getByRole('link', { name: /^G4/ }).click();
  await expect(page.getByText('This review is over')).toBeVisible();
  await expectAllLooks(page, { again: true });
});
