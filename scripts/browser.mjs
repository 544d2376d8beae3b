// @ts-check
/** Which Chromium the journeys of e2e/ run in. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What lets it run in a container, as root, and without asking the internet for anything. */
export const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** PLAYWRIGHT_CHROMIUM, else an installed Chromium or Chrome, else Playwright's own; null when there is none. */
export async function findBrowser() {
  const chosen = process.env.PLAYWRIGHT_CHROMIUM;
  if (chosen) {
    if (canRun(chosen)) return chosen;
    throw new Error(`PLAYWRIGHT_CHROMIUM: ${chosen} is not a program.`);
  }
  const paths = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const installed = [...paths, ...ELSEWHERE].find(canRun);
  if (installed !== undefined) return installed;
  const { chromium } = await import('@playwright/test');
  const own = chromium.executablePath();
  return canRun(own) ? own : null;
}

/** As findBrowser, and gets one when there is none: Playwright's download, else (as root) Debian's package. */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found !== null) return found;
  const attempts = [['npx', 'playwright', 'install', 'chromium']];
  if (process.getuid?.() === 0)
    attempts.push(['apt-get', 'update'], ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium']);
  for (const [command = '', ...args] of attempts) {
    console.log(`No browser yet: ${[command, ...args].join(' ')}`);
    spawnSync(command, args, {
      stdio: 'ignore',
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    const browser = await findBrowser();
    if (browser !== null) return browser;
  }
  throw new Error('The journeys need Chromium: install it, or name one in PLAYWRIGHT_CHROMIUM.');
}

/** @param {string} file */
function canRun(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
