import { defineConfig } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './scripts/browser.mjs';

const executablePath = await findBrowser();

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/build.ts',
  // A worker has an instance of its own (e2e/fixtures.ts), and what was retried begins on a fresh one. Journeys change it: those of
  // a file go one after the other, and the files in the order of their names, each on whichever of the two is free. A browser waits
  // for the server and the server for the browser, so that two go side by side in little more than the time of one.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  // What does not come is found by its own wait; this ends what hangs.
  timeout: 120_000,
  // Where other work shares the machine a journey may run out of time once; one that fails twice is broken.
  retries: process.env.CI === undefined ? 0 : 1,
  expect: { timeout: 15_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE === undefined ? 'list' : [['list'], ['json']],
  use: {
    locale: 'en-US',
    timezoneId: 'UTC',
    // A trace of everything takes a third of the time: only of what failed and is tried again (`--trace on` where it is not).
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
    launchOptions: { args: BROWSER_FLAGS, ...(executablePath === null ? {} : { executablePath }) },
  },
});
