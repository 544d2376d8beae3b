import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { runAgent } from './agent';
import { sendEvals } from './evals';
import {
  actAs,
  enterDemo,
  expectAccessible,
  expectFitAndAccessible,
  expect as expectSoon,
  NARROW,
  test,
  WIDE,
} from './fixtures';
import { createKeyInTheBrowser } from './keys';

// A step that finds nothing to act on says so, not the end of the journey.
test.use({ actionTimeout: 30_000 });
const expect = expectSoon.configure({ timeout: 30_000 });

const AT = '/agents/claims-processor';
const SPONSOR = 'Miriam Osei';
const ENGINEER = 'Tomas Brandt';
const QA = 'Adaeze Nwosu';
const GRC = 'Rasmus Lindqvist';
const OPERATOR = 'Dana Whitfield';
const SRE = 'Idris Kane';
const NOTE = 'Nobody foresaw that a body shop writes its bank details on an invoice.';
/** What the amended version is called: the next label that no journey before has taken. */
let amended = '';

test.describe
  .serial('from the one bad run of the claims processor to its contract signed again', () => {
    test.describe.configure({ timeout: 180_000 });

    test('the operator is paged by name with the diff, and puts the last good version back in force', async ({
      page,
    }) => {
      await enterDemo(page);
      await actAs(page, OPERATOR);
      await page.goto('/incidents/1');
      await expect(page.getByRole('heading', { level: 1 })).toContainText('bank');
      // By name, also where earlier journeys handed it on.
      const pages = page.getByRole('region', { name: 'Pages' });
      await expect(pages.getByText(OPERATOR).first()).toBeVisible();
      await expect(page.getByRole('region', { name: 'v1.3 against last known-good v1.2' })).toBeVisible();
      // Whoever tried this before has taken it already.
      const acknowledge = page.getByRole('button', { name: 'Acknowledge' });
      if (await acknowledge.isVisible()) {
        await acknowledge.click();
        await expect(acknowledge).toHaveCount(0);
      }
      const back = page.getByRole('button', { name: 'Put version 1.2 back in force' });
      if (await back.isVisible()) {
        await back.click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Reason').fill('Neither run nor claimant may wait for a verdict.');
        await dialog.getByRole('button', { name: 'Put back in force' }).click();
        await expect(dialog).toBeHidden();
      }
      await page.goto(`${AT}/lifecycle`);
      await expect(page.getByText('v1.2 in force')).toBeVisible();
    });

    test('sponsor and GRC find in their inbox that a verdict waits, and say that the contract was wrong', async ({
      page,
    }) => {
      await enterDemo(page);
      for (const [who, as] of [
        [SPONSOR, 'sponsor'],
        [GRC, 'GRC'],
      ] as const) {
        await actAs(page, who);
        await page.goto('/inbox');
        await page
          .getByRole('link', { name: `Say as ${as} what was wrong in INC-1 of Claims processor` })
          .click();
        await page.getByRole('button', { name: 'Give your verdict' }).click();
        const dialog = page.getByRole('dialog');
        await expect(dialog.getByLabel('Clause')).toHaveValue('tools/documents.ocr/categories');
        await dialog.getByRole('radio', { name: /The contract was wrong/ }).check();
        await dialog.getByLabel('Note').fill(NOTE);
        await expectAccessible(page);
        await dialog.getByRole('button', { name: 'Give verdict' }).click();
        await expect(dialog).toBeHidden();
      }
      const verdict = page.getByRole('region', { name: 'Verdict' });
      await expect(verdict.getByText('both agree')).toBeVisible();
      await expect(verdict.getByText(/That goes back to Scoping/)).toBeVisible();
      await expectFitAndAccessible(page);
    });

    test('the sponsor amends it with the filter that is offered, sees that it goes back to Scoping, and what it would have changed', async ({
      page,
    }) => {
      await enterDemo(page);
      await actAs(page, SPONSOR);
      await page.goto('/incidents/1');
      await page.getByRole('button', { name: 'Amend the contract' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Why').fill('Bank details are masked before the agent sees them.');
      await dialog.getByRole('button', { name: 'Begin amendment' }).click();
      await expect(page).toHaveURL(/\/amendments\/\d+$/);

      const offered = page.getByRole('region', { name: 'Offered because of INC-1' });
      await expect(offered.getByText('not in the draft yet')).toBeVisible();
      await offered.getByRole('button', { name: 'Take it into the draft' }).click();
      await expect(offered).toHaveCount(0);
      const changes = page.getByRole('region', { name: /^What AMD-\d+ changes of v1\.3$/ });
      await expect(changes.getByText('tools/documents.ocr/filter/bank-account')).toBeVisible();
      const way = page.getByRole('region', { name: 'The way back' });
      await expect(way.getByText('Re-scope: G2 to G5 are signed again')).toBeVisible();
      await expect(way.getByText(/“the contract was wrong”, asks for the same/)).toBeVisible();

      const replay = page.getByRole('region', { name: 'Backtest' });
      await replay.getByRole('button', { name: 'Run backtest' }).click();
      await expect(replay.getByRole('button', { name: 'Run again' })).toBeVisible();
      // Runs that earlier journeys added stay as they were too.
      const unchanged = replay.getByText('unchanged', { exact: true }).locator('..');
      const count = /\d[\d,]*/.exec((await unchanged.textContent()) ?? '')?.[0] ?? '';
      expect(Number(count.replaceAll(',', ''))).toBeGreaterThanOrEqual(731);
      await expect(replay.getByText('CLM-209117').first()).toBeVisible();
      await expectFitAndAccessible(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize(NARROW);
      await expectFitAndAccessible(page);
      await page.setViewportSize(WIDE);

      await page.getByRole('button', { name: 'Submit amendment' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Submit amendment' }).click();
      const gates = page.getByRole('region', { name: 'Who signs again' });
      await expect(gates.getByText('0 of 4 gates passed')).toBeVisible();
      await expect(gates.getByText('superseded', { exact: true })).toHaveCount(4);
      await expect(page.getByText('stands in Scoping, while v1.2 goes on in Production')).toBeVisible();
      const title = await page.getByRole('heading', { level: 1 }).textContent();
      amended = /v[\d.]+$/.exec(title ?? '')?.[0] ?? '';
      expect(amended).toMatch(/^v1\.\d+$/);
      await expect(replay.getByText('Its digest is bound into the signature at G4.')).toBeVisible();
      await page.goto('/amendments');
      await expect(page.getByRole('link', { name: 'AMD-1' })).toBeVisible();
      await expectFitAndAccessible(page);
    });

    test('G2 and G3 are signed again', async ({ page }) => {
      await enterDemo(page);
      await actAs(page, ENGINEER);
      await compute(page, 'Lint', 'Contract lint');
      const scoped = await send(page, 'G2');
      await expect(page.getByText('G2 of v1.3, superseded here').first()).toBeVisible();
      await sign(page, ENGINEER, 'engineering lead');
      await signAs(page, SPONSOR, scoped, 'sponsor');

      await actAs(page, QA);
      await page.goto(`${AT}/scenarios`);
      await page.getByRole('button', { name: 'Record as evidence' }).click();
      await expect(page.getByText('✓ Passed').first()).toBeVisible();
      await page.goto(`${AT}/evidence`);
      await sendEvals(page, 'extraction');
      await actAs(page, ENGINEER);
      const built = await send(page, 'G3');
      await sign(page, ENGINEER, 'engineering lead');
      await signAs(page, QA, built, 'QA');
    });

    test('G4 is signed again on the replay of the draft, the drills and a review of risk', async ({
      page,
    }) => {
      await enterDemo(page);
      await actAs(page, SRE);
      await drill(page, 'Failure paths');
      await actAs(page, OPERATOR);
      await drill(page, 'Rollback');
      await actAs(page, GRC);
      await page.goto(`${AT}/evidence`);
      await page.getByRole('button', { name: 'Review', exact: true }).click();
      const risk = page.getByRole('dialog');
      await risk
        .getByLabel('What you looked at and what you found')
        .fill('A masked account number weighs nothing.');
      await risk.getByLabel('The risk profile').selectOption('stands');
      await risk.getByRole('button', { name: 'Record review' }).click();
      await expect(risk).toBeHidden();
      await actAs(page, ENGINEER);
      const review = await send(page, 'G4');
      await actAs(page, GRC);
      await page.goto(review);
      await expect(page.getByRole('link', { name: /^AMD-\d+$/ })).toBeVisible();
      await expect(page.getByRole('region', { name: 'Replayed over what really happened' })).toBeVisible();
      await expectFitAndAccessible(page);
      await sign(page, GRC, 'GRC');
      await page.goto(`${AT}/lifecycle`);
      await expect(page.getByRole('heading', { level: 1, name: 'Claims processor: Rollout' })).toBeVisible();
      await expect(page.getByText(`${amended} in force`)).toBeVisible();
      // What was signed for the version before counts no longer, and stays to be read.
      await expect(page.getByText('counts no longer').first()).toBeVisible();
    });

    test('its first runs under it stay silent, G5 is signed again, and it is back in Production', async ({
      page,
    }) => {
      await enterDemo(page);
      const key = await createKeyInTheBrowser(page, 'Claims agents, amended');
      for (let at = 0; at < 60; at += 10)
        await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            runAgent(key, {
              agent: 'claims-processor',
              conversation: `after-amendment-${at + n}`,
              call: {
                tool: 'claims.read',
                arguments: { claim_id: `CLM-${400_000 + at + n}` },
                result: { cause: 'hail' },
              },
            }),
          ),
        );
      await actAs(page, SRE);
      await compute(page, 'Compute', 'Rollout statistics');
      await actAs(page, ENGINEER);
      const live = await send(page, 'G5');
      await signAs(page, OPERATOR, live, 'operator');
      await signAs(page, SRE, live, 'SRE');
      await page.goto(`${AT}/lifecycle`);
      await expect(
        page.getByRole('heading', { level: 1, name: 'Claims processor: Production' }),
      ).toBeVisible();
      await page.goto('/amendments');
      const row = page.getByRole('listitem').filter({ hasText: 'AMD-1' });
      await expect(row.getByText('in force', { exact: true })).toBeVisible();
      await page.goto('/incidents/1');
      await expect(page.getByText(/AMD-1/).first()).toBeVisible();
      await expectFitAndAccessible(page);
    });

    test('the exported record of it verifies with the file alone', async ({ page }) => {
      await enterDemo(page);
      await actAs(page, GRC);
      const folder = await mkdtemp(join(tmpdir(), 'countersign-amendment-'));
      try {
        await page.goto('/settings/audit');
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: 'Export record' }).click();
        const file = join(folder, 'record.jsonl');
        await (await download).saveAs(file);
        const { code, said } = await verify(file);
        expect(said).toContain('Meridian');
        expect(code).toBe(0);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  });

/** Sends the agent for a gate and returns the address of its page. */
async function send(page: Page, gate: string): Promise<string> {
  await page.goto(`${AT}/lifecycle`);
  await page
    .getByRole('button', { name: `Send for ${gate}` })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: `Send for ${gate}` }).click();
  await expect(page).toHaveURL(/\/review\/[0-9a-f-]{36}/);
  return new URL(page.url()).pathname;
}

/** Signs the gate that is on screen; in the demo by typing one's name. */
async function sign(page: Page, name: string, role: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: `Sign as ${role}` }).click();
  await expect(page.getByRole('heading', { name: 'You signed' })).toBeVisible();
}

async function signAs(page: Page, name: string, review: string, role: string): Promise<void> {
  await actAs(page, name);
  await page.goto(review);
  await sign(page, name, role);
}

async function compute(page: Page, verb: string, title: string): Promise<void> {
  await page.goto(`${AT}/evidence`);
  await page.getByRole('button', { name: new RegExp(`^${verb}( again)?\\s*: ${title}`) }).click();
  await expect(page.getByRole('button', { name: new RegExp(`^${verb} again\\s*: ${title}`) })).toBeVisible();
}

/** Runs a drill for the newest version. */
async function drill(page: Page, title: string): Promise<void> {
  await page.goto(`${AT}/drills`);
  const card = page.getByRole('region', { name: title, exact: true }).filter({ hasText: 'evidence at G4' });
  await card.getByRole('button', { name: 'Run drill' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Run drill' })).toBeVisible();
  const live = dialog.getByRole('checkbox');
  if ((await live.count()) > 0) await live.check();
  await dialog.getByRole('button', { name: 'Run drill' }).click();
  await expect(dialog).toBeHidden();
  await expect(card.getByText(`${amended} `).first()).toBeVisible();
  await expect(card.getByText('passed', { exact: true })).toBeVisible();
}

/** Runs the command line on an exported record. */
function verify(path: string): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    execFile(process.execPath, ['cli/bin.mjs', 'verify', path], (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, said: `${out}${err}` }),
    );
  });
}
