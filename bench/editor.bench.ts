/**
 * Typing in the contract editor: from the key's event to the frame that shows it, in a real browser on a production
 * build, in a contract of 200 tools and 100 criteria beside one of ten tools. Reading and saving go on meanwhile.
 */
import { type Browser, chromium, type Page } from '@playwright/test';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { startInstance } from '@/e2e/instance';
import { BROWSER_FLAGS, findBrowser } from '@/scripts/browser.mjs';
import type { Line } from './support/line';

const TOOLS = 200;
const CRITERIA = 100;
const ROUNDS = 3;
const KEYS = 'Reads the claim and its attachments, then says what is missing. ';
const BETWEEN_KEYS_MS = 40;
const PAINT_GOAL_MS = 50;
const RATIO_GOAL = 1.5;

/** Of the instance that E2E_DASHBOARD_URL names, else of one of its own. */
async function run(): Promise<Line[]> {
  const given = process.env.E2E_DASHBOARD_URL;
  const { dashboardUrl, stop } =
    given === undefined ? await startInstance() : { dashboardUrl: given, stop: async () => {} };
  const executablePath = await findBrowser();
  const browser = await chromium.launch({
    args: BROWSER_FLAGS,
    ...(executablePath === null ? {} : { executablePath }),
  });
  try {
    return await measureTyping(browser, dashboardUrl);
  } finally {
    await browser.close();
    await stop();
  }
}

async function measureTyping(browser: Browser, baseURL: string): Promise<Line[]> {
  const context = await browser.newContext({ baseURL, viewport: { width: 1320, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watchPaint);
  await page.goto('/welcome');
  await page.getByRole('button', { name: 'Explore the demo workspace' }).click();
  const sponsor = page.getByRole('region', { name: 'Act as' }).getByRole('button', { name: 'Miriam Osei' });
  await sponsor.click();
  await page.locator('[aria-pressed=true]', { hasText: 'Miriam Osei' }).waitFor();
  const drafts = { small: await newDraft(page), large: await newDraft(page, enlarged) };

  const lines: Line[] = [];
  for (const view of ['form', 'yaml'] as const) {
    const waits = { small: [] as number[], large: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1)
      for (const size of ['small', 'large'] as const)
        waits[size].push(...(await (view === 'form' ? typeInForm : typeInYaml)(page, drafts[size])));
    const [small, large] = [percentile(waits.small, 0.95), percentile(waits.large, 0.95)];
    const worst = percentile(waits.large, 0.99);
    lines.push(
      {
        what: `${view}: p95 from key to paint at ${TOOLS} tools and ${CRITERIA} criteria beside a small contract (medians ${ms(waits.large)} and ${ms(waits.small)})`,
        ours: large,
        reference: small,
        unit: 'ms',
        ratio: (small / large) * RATIO_GOAL,
        goal: 1,
      },
      {
        what: `${view}: p99 from key to paint at ${TOOLS} tools, ${waits.large.length} keys`,
        ours: worst,
        reference: PAINT_GOAL_MS,
        unit: 'ms',
        // Over 1 when it is quicker than it must be.
        ratio: PAINT_GOAL_MS / worst,
        goal: 1,
      },
    );
  }
  return lines;
}

/** A draft of the demo's claims processor, its text changed by `change`; its address. */
async function newDraft(page: Page, change?: (source: string) => string): Promise<string> {
  await page.goto('/contracts/claims-processor');
  await page
    .getByRole('button', { name: /next version/i })
    .first()
    .click();
  await page.waitForURL(/\/contracts\/drafts\/[0-9a-f-]{36}/);
  const { pathname } = new URL(page.url());
  if (change === undefined) return pathname;
  const path = `/api/drafts/${pathname.split('/').at(-1)}`;
  const { source, revision } = z
    .object({ source: z.string(), revision: z.number() })
    .parse(await (await page.request.get(path)).json());
  // The tab that is open there must not take part.
  await page.goto('/contracts');
  const kept = await page.request.put(path, { data: { revision, source: change(source) } });
  if (!kept.ok()) throw new Error(`The large contract was not kept: ${await kept.text()}`);
  return pathname;
}

const shape = z.looseObject({
  tools: z.record(z.string(), z.unknown()),
  quality: z.looseObject({ criteria: z.array(z.looseObject({ id: z.string() })) }),
});

function enlarged(source: string): string {
  const contract = shape.parse(parse(source));
  for (let index = Object.keys(contract.tools).length; index < TOOLS; index += 1)
    contract.tools[`archive.read-${index}`] = {
      server: `archive-${index % 9}`,
      description: `Reads the archive of year ${1800 + index} with everything that was filed in it.`,
      action: 'read',
      categories: ['personal', 'vehicle'],
      arguments: {
        type: 'object',
        properties: { claim_id: { type: 'string', minLength: 3 }, page: { type: 'integer', minimum: 1 } },
        required: ['claim_id'],
      },
      rateLimit: { calls: 5, per: 'run' },
      timeoutSeconds: 20,
    };
  const [first] = contract.quality.criteria;
  for (let index = contract.quality.criteria.length; index < CRITERIA; index += 1)
    contract.quality.criteria.push({ ...first, id: `criterion-${index}` });
  return stringify(contract, { lineWidth: 0, aliasDuplicateObjects: false });
}

async function typeInForm(page: Page, draft: string): Promise<number[]> {
  await page.goto(`${draft}?section=tools`);
  await page.getByText('Saved', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^payments\.release/ }).click();
  const field = page.getByRole('textbox', { name: /^Description/ });
  await field.focus();
  return typed(page);
}

async function typeInYaml(page: Page, draft: string): Promise<number[]> {
  await page.goto(`${draft}?view=yaml&section=identity`);
  const text = page.getByRole('textbox', { name: 'Contract as YAML' });
  await text.press('ControlOrMeta+Home');
  // In a comment at its head, so that the text reads as a contract throughout.
  await page.keyboard.type('#');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('End');
  return typed(page);
}

async function typed(page: Page): Promise<number[]> {
  await page.waitForTimeout(500);
  await page.evaluate(() => window.paints.splice(0));
  await page.keyboard.type(KEYS, { delay: BETWEEN_KEYS_MS });
  await page.waitForTimeout(300);
  const waits = await page.evaluate(() => window.paints);
  if (waits.length < KEYS.length)
    throw new Error(`${KEYS.length} keys were typed and ${waits.length} painted.`);
  // What was typed goes, and the draft with it to the server, before the next round.
  await page.keyboard.press('Shift+Home');
  await page.keyboard.press('Delete');
  await page.getByText('Saved', { exact: true }).waitFor();
  return waits;
}

declare global {
  interface Window {
    /** Milliseconds from each key's event to the frame that shows it. */
    paints: number[];
  }
}

/** In the page: a frame is painted when the task behind its animation frame runs. */
function watchPaint(): void {
  window.paints = [];
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key.length !== 1) return;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.paints.push(performance.now() - event.timeStamp);
        port2.postMessage(null);
      });
    },
    true,
  );
}

function ms(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(1)} ms`;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const measure = { name: 'editor', run };
