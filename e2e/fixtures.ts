import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test';
import { START_MS, startInstance } from './instance';

/** The runtime plane of the instance that this worker's journeys are on. */
export function runtimeUrl(): string {
  const url = process.env.E2E_RUNTIME_URL;
  if (url === undefined) throw new Error('E2E_RUNTIME_URL is not set: run the journeys with npm test.');
  return url;
}

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;
/** The sessions of the demo's people that were opened on this worker's instance. */
const sessions = new Map<string, Cookies>();
const OPERATOR = 'Dana Whitfield';

/**
 * Enters the demo as its operator, Dana Whitfield. The first time on an instance from the first page; later the session is
 * there already, and no page is open yet: go to one. Whoever is in stays who they are.
 */
export async function enterDemo(page: Page): Promise<void> {
  if (!isBlank(page)) return exploreDemo(page);
  const known = sessions.get(OPERATOR);
  if (known === undefined) {
    await exploreDemo(page);
    sessions.set(OPERATOR, await page.context().cookies());
    await page.goto('about:blank');
  } else await page.context().addCookies(known);
}

/** Enters the demo from the first page, as anybody does. */
export async function exploreDemo(page: Page): Promise<void> {
  await page.goto('/welcome');
  const explore = page.getByRole('button', { name: 'Explore the demo workspace' });
  const inside = page.getByRole('navigation', { name: 'Main' });
  // Whoever is in already is led on.
  await expect(explore.or(inside)).toBeVisible();
  if (await explore.isVisible()) await explore.click();
  // The first page inside is the first that a fresh instance is asked for.
  await expect(inside).toBeVisible({ timeout: 30_000 });
}

/**
 * One click in the rail: from now on this person acts, with their own rights. Before a page is open there is no rail; then
 * it is the session of whoever clicked there before.
 */
export async function actAs(page: Page, name: string): Promise<void> {
  const blank = isBlank(page);
  const known = sessions.get(name);
  if (blank && known !== undefined) return page.context().addCookies(known);
  if (blank) await page.goto('/');
  const person = page.getByRole('region', { name: 'Act as' }).getByRole('button', { name });
  await person.click();
  await expect(person).toHaveAttribute('aria-pressed', 'true');
  if (!blank) return;
  sessions.set(name, await page.context().cookies());
  await page.goto('about:blank');
}

const isBlank = (page: Page) => page.url() === 'about:blank';

/** Opens a page whose scripts do not come before the returned function is called: what a slow line looks like. */
export async function openWithoutScript(page: Page, path: string): Promise<() => void> {
  let come = () => {};
  const arrival = new Promise<void>((done) => {
    come = done;
  });
  await page.route('**/*.js*', async (route) => {
    await arrival;
    await route.continue();
  });
  await page.goto(path, { waitUntil: 'commit' });
  return come;
}

/**
 * What has just come stands in the open list. New rows wait behind a pill, so that the list does not move under its reader; where
 * the page is read anew by itself meanwhile, the pill goes.
 */
export async function expectListed(page: Page, row: Locator): Promise<void> {
  const pill = page.getByRole('button', { name: /\d+ new/ });
  await expect(async () => {
    if (await pill.isVisible()) await pill.click({ timeout: 1000 });
    await expect(row).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });
}

/** No fault that axe can find, in WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page): Promise<void> {
  // Short news that fades while axe looks has little contrast for a moment.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expectNoFaults(
    new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']),
  );
}

export const WIDE = { width: 1320, height: 900 };
export const NARROW = { width: 360, height: 740 };

/** It passes axe and fits its width, as it is on screen now. */
export async function expectFitAndAccessible(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}

/**
 * The page as it is on screen holds in light and dark, on a desk and on a phone: it passes axe, and fits its width. What only
 * colours can change is looked at again in dark; all else is the same there. Leaves the page wide and light.
 *
 * @param again also the whole of axe on a phone, for pages that are laid out anew there
 */
export async function expectAllLooks(page: Page, { again = false }: { again?: boolean } = {}): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(WIDE);
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await picture(page, 'light');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  // The new colours come to what inherits them a frame after their elders.
  await page.waitForFunction(
    () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(() => done(document.getAnimations().length === 0)));
      }),
  );
  await expectNoFaults(new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']));
  await picture(page, 'dark');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(NARROW);
  await expectNoSidewaysScroll(page);
  await picture(page, 'phone');
  if (again) await expectAccessible(page);
  await page.setViewportSize(WIDE);
}

let pictures = 0;

/** For people to look at: where E2E_PICTURES names a folder, what is on screen is kept there. */
async function picture(page: Page, look: string): Promise<void> {
  const folder = process.env.E2E_PICTURES;
  if (folder === undefined) return;
  pictures += 1;
  const name = `${String(pictures).padStart(3, '0')}-${look}.png`;
  await page.screenshot({ path: `${folder}/${name}`, fullPage: true });
}

/** A fault is there to stay: colours that change, and news that come or go, are on their way for a moment. */
async function expectNoFaults(axe: AxeBuilder): Promise<void> {
  await expect(async () => {
    const found = await axe.analyze();
    const faults = found.violations.map(
      (violation) =>
        `${violation.id}: ${violation.help} (${violation.nodes.map((node) => node.target.join(' ')).join('; ')})`,
    );
    expect(faults).toEqual([]);
  }).toPass({ timeout: 10_000, intervals: [500] });
}

/** The page fits its width: nothing but regions made for it scrolls sideways. What is laid out by script may take a moment. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    )
    .toBe(0);
}

/**
 * A page that is gone to is open once its scripts have taken it over, as it is for a person, who is slower: what is pressed before
 * may be lost. (What it is like before that is seen by `openWithoutScript`.)
 */
export function patient(page: Page): Page {
  const goto = page.goto.bind(page);
  page.goto = async (url, options) => {
    const response = await goto(url, options);
    if (options?.waitUntil === undefined)
      await page.waitForFunction(
        () =>
          document.querySelector('script[src*="/_next/"]') === null ||
          Object.keys(document.documentElement).some((key) => key.startsWith('__react')),
      );
    return response;
  };
  return page;
}

/** Adds what goes wrong on a page from now on: uncaught exceptions, console errors and answers of 500 and above. */
export function watchFaults(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    // Chromium reports every 4xx as a console error; refusals are expected where a journey tries them.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`console: ${message.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
  });
}

interface Addresses {
  dashboardUrl: string;
}

/**
 * Journeys on an instance of their own for each worker: two go side by side and do not meet, and one that failed is tried again
 * on data that it has not touched. `page` fails the journey for errors in the browser: they are defects wherever they happen.
 */
export const test = base.extend<object, { instance: Addresses }>({
  instance: [
    async ({ browserName: _ }, use) => {
      const given = process.env.E2E_DASHBOARD_URL;
      if (given !== undefined) return use({ dashboardUrl: given });
      const { dashboardUrl, runtimeUrl: runtime, stop } = await startInstance();
      process.env.E2E_RUNTIME_URL = runtime;
      try {
        await use({ dashboardUrl });
      } finally {
        await stop();
      }
    },
    { scope: 'worker', auto: true, timeout: START_MS + 30_000 },
  ],
  baseURL: async ({ instance }, use) => use(instance.dashboardUrl),
  page: async ({ page }, use) => {
    const faults: string[] = [];
    watchFaults(page, faults);
    await use(patient(page));
    expect(faults).toEqual([]);
  },
});
export { expect };
