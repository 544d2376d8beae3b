import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

/** Addresses of the product that the global setup started with its own ports, data and demo. */
function address(name: 'E2E_DASHBOARD_URL' | 'E2E_RUNTIME_URL'): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the journeys with npm test.`);
  return value;
}

export const runtimeUrl = () => address('E2E_RUNTIME_URL');

/** Enters the demo from the first page; one is its operator, Dana Whitfield. */
export async function enterDemo(page: Page): Promise<void> {
  await page.goto('/welcome');
  const explore = page.getByRole('button', { name: 'Explore the demo workspace' });
  const inside = page.getByRole('navigation', { name: 'Main' });
  // Whoever is in already is led on.
  await expect(explore.or(inside)).toBeVisible();
  if (await explore.isVisible()) await explore.click();
  await expect(inside).toBeVisible();
}

/** One click in the rail: from now on this person acts, with their own rights. */
export async function actAs(page: Page, name: string): Promise<void> {
  const person = page.getByRole('region', { name: 'Act as' }).getByRole('button', { name });
  await person.click();
  await expect(person).toHaveAttribute('aria-pressed', 'true');
}

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

/** No fault that axe can find, in WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const faults = found.violations.map(
    (violation) =>
      `${violation.id}: ${violation.help} (${violation.nodes.map((node) => node.target.join(' ')).join('; ')})`,
  );
  expect(faults).toEqual([]);
}

/** The page fits its width: nothing but regions made for it scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(excess).toBe(0);
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

/** A page whose errors fail the journey: they are defects wherever they happen. */
export const test = base.extend({
  page: async ({ page }, use) => {
    const faults: string[] = [];
    watchFaults(page, faults);
    await use(page);
    expect(faults).toEqual([]);
  },
});
export { expect };
