import { defineConfig } from '@playwright/test';
import { BROWSER_FLAGS, findBrowser } from './scripts/browser.mjs';

const executablePath = await findBrowser();

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/instance.ts',
  // One instance for all journeys, and journeys change it: one after the other, in the order of their names.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  timeout: 60_000,
  // Where other work shares the machine a journey may run out of time once; one that fails twice is broken.
  retries: process.env.CI === undefined ? 0 : 1,
  expect: { timeout: 10_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE === undefined ? 'list' : [['list'], ['json']],
  use: {
    // Set by the global setup, which picks the ports.
    baseURL: process.env.E2E_DASHBOARD_URL,
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { args: BROWSER_FLAGS, ...(executablePath === null ? {} : { executablePath }) },
  },
});
