import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aToolServer, listenMcp } from '../lib/services/catalogue/testing/mcp-server';
import { actAs, enterDemo, expect, expectAccessible, expectNoSidewaysScroll, test } from './fixtures';
import { createKeyInTheBrowser } from './keys';

test('what an agent did is proposed with its runs, and only what is ticked is taken', async ({ page }) => {
  await enterDemo(page);
  await actAs(page, 'Petra Haas');
  await page.goto('/contracts/new?from=observed');
  await page.getByRole('link', { name: 'Claims processor' }).click();
  await expect(page.getByText('so nothing is ticked')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Make a draft' })).toBeDisabled();
  const fraud = page.getByRole('region', { name: 'fraud.score' });
  await expect(fraud.getByText(/99th percentile|the highest/)).toBeVisible();
  await fraud.getByRole('checkbox', { name: /calls? a run/ }).check();
  await expect(page.getByText(/^1 of \d+ proposals ticked$/)).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1320, height: 900 });
  await page.getByRole('button', { name: 'Make a draft' }).click();
  await expect(page).toHaveURL(/\/contracts\/drafts\/[0-9a-f-]{36}/);
});

test('an engineer imports the tools of a real MCP server and classifies them by keyboard', async ({
  page,
}) => {
  const mcp = await listenMcp(() => aToolServer());
  try {
    await enterDemo(page);
    await actAs(page, 'Tomas Brandt');
    await page.goto('/settings/tools');
    await page.getByRole('button', { name: 'Import from an MCP server' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill(`${mcp.url}nowhere`.replace(/:\d+\//, ':1/'));
    await dialog.getByRole('button', { name: 'Import tools' }).click();
    await expect(dialog.getByText('Nothing answers').first()).toBeVisible();
    await dialog.getByLabel('Address').fill(mcp.url);
    await dialog.getByLabel('Name').fill('journey desk');
    await dialog.getByRole('button', { name: 'Import tools' }).click();
    await expect(page.getByText('journey desk: 3 new.')).toBeVisible();

    await page.goto('/settings/tools?state=undecided&server=journey+desk');
    const row = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });
    await expect(row('payments_refund')).toHaveAttribute('aria-expanded', 'true');
    await expect(page.getByText('Its name says "refund".')).toBeVisible();
    await expectAccessible(page);
    await row('payments_refund').focus();
    await page.keyboard.press('Enter');
    await expect(row('tickets_delete')).toBeFocused();
    await expect(row('payments_refund')).toHaveCount(0);
    await page.keyboard.press('w');
    await page.keyboard.press('e');
    await expect(page.getByRole('checkbox', { name: 'A call can carry data out' })).toBeChecked();
    await page.keyboard.press('Enter');
    await expect(row('tickets_search')).toBeFocused();
    await page.goto('/settings/tools?server=journey+desk');
    await expect(row('tickets_delete')).toContainText('write, carries data out');
    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  } finally {
    await mcp.close();
  }
});

test('an engineer pushes a contract from a repository, and a person finds it as a draft', async ({
  page,
  baseURL,
}) => {
  test.setTimeout(120_000);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-repository-'));
  try {
    await enterDemo(page);
    const key = await createKeyInTheBrowser(page, 'repository', ['author']);
    const run = (...args: string[]) =>
      new Promise<{ code: number; out: string }>((done) => {
        execFile(
          process.execPath,
          [join(process.cwd(), 'cli/bin.mjs'), ...args],
          { cwd: folder, env: { ...process.env, COUNTERSIGN_URL: baseURL, COUNTERSIGN_KEY: key } },
          (error, out, err) =>
            done({ code: typeof error?.code === 'number' ? error.code : 0, out: `${out}${err}` }),
        );
      });
    const pulled = await run('pull', 'refund-decisioning', '--out', 'refunds.yaml');
    expect(pulled).toMatchObject({ code: 0 });
    expect((await run('push', 'refunds.yaml')).out).toContain('says this already');
    const text = await readFile(join(folder, 'refunds.yaml'), 'utf8');
    await writeFile(
      join(folder, 'refunds.yaml'),
      text
        .replace('perRun: 0.5', 'perRun: 0.75 # from the repository')
        .replace('contract: "2.0"', 'contract: "2.1"'),
    );
    expect((await run('diff', 'server:refund-decisioning', 'refunds.yaml')).out).toMatch(
      /wider +cost\/perRun/,
    );
    const pushed = await run('push', 'refunds.yaml');
    expect(pushed.out).toContain('a new draft');
    const draft = /\/contracts\/drafts\/[0-9a-f-]{36}/.exec(pushed.out)?.[0] ?? '';
    await actAs(page, 'Jonas Adeyemi');
    await page.goto(draft);
    await expect(page.getByRole('heading', { level: 1, name: /Refund decisioning/ })).toBeVisible();
    expect((await run('pull', 'refund-decisioning', '--draft')).out).toContain('# from the repository');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the JSON Schema is open to editors that are not signed in', async ({ request }) => {
  const response = await request.get('/schema/v1/contract.json');
  expect(response.headers()['content-type']).toContain('application/schema+json');
  expect(await response.json()).toMatchObject({ properties: { cost: { properties: { perRun: {} } } } });
});
