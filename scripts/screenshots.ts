/**
 * `npm run screenshots [-- address]`: the pictures of README and docs, taken of a running instance with its demo
 * (http://localhost:3000 unless told), so that they show the product as it is.
 */
import { mkdir } from 'node:fs/promises';
import { chromium } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './browser.mjs';

const FOLDER = 'docs/screenshots';
const SHOTS = [
  { name: 'overview-light', path: '/', width: 1320, height: 760, scheme: 'light' },
  { name: 'overview-dark', path: '/', width: 1320, height: 760, scheme: 'dark' },
  { name: 'incident-light', path: '/incidents/1', width: 1320, height: 900, scheme: 'light' },
  { name: 'contract-light', path: '/contracts/claims-processor', width: 1320, height: 900, scheme: 'light' },
  { name: 'incident-phone', path: '/incidents/1', width: 390, height: 844, scheme: 'light' },
] as const;

const address = process.argv[2] ?? 'http://localhost:3000';
const executablePath = (await findBrowser()) ?? undefined;
const browser = await chromium.launch({
  args: BROWSER_FLAGS,
  ...(executablePath === undefined ? {} : { executablePath }),
});
await mkdir(FOLDER, { recursive: true });
try {
  for (const { name, path, width, height, scheme } of SHOTS) {
    const context = await browser.newContext({
      baseURL: address,
      viewport: { width, height },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Explore the demo workspace' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await page.goto(path, { waitUntil: 'load' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
    console.log(`${FOLDER}/${name}.png`);
    await context.close();
  }
} finally {
  await browser.close();
}
