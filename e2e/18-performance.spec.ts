import { readFile } from 'node:fs/promises';
import { actAs, enterDemo, expect, expectAccessible, test } from './fixtures';

test('from an agent’s trend to a run, beside another, and to a view that everybody has, with its file', async ({
  page,
}) => {
  // Its own: a name is one view.
  const view = `Claims by risk ${Date.now()}`;
  await enterDemo(page);
  await actAs(page, 'Dana Whitfield');

  await test.step('the agent page says which runs need eyes, and how it went', async () => {
    await page.goto('/agents/claims-processor');
    const eyes = page.getByRole('region', { name: 'Runs that need eyes' });
    // Which comes first depends on what journeys before this one left unresolved.
    await expect(eyes.getByRole('row').first()).toContainText(
      /INC-\d+ is not|broke \d+ clause|waits for a person|critical risk/,
    );
    await page.getByRole('navigation', { name: 'Days shown' }).getByRole('link', { name: '90 days' }).click();
    await expect(page).toHaveURL(/days=90/);
    const chart = page.getByRole('slider', { name: /scored .* Enter opens the runs/ });
    await chart.focus();
    await chart.press('End');
    // Today may have no run yet; yesterday has.
    await expect(chart).toHaveAttribute('aria-valuetext', /score (\d|unknown)/);
    await chart.press('ArrowLeft');
    await expect(chart).toHaveAttribute('aria-valuetext', /score \d/);
    await chart.press('Enter');
    await expect(page).toHaveURL(/\/runs\?agent=claims-processor&from=\d{4}-\d{2}-\d{2}&to=/);
  });

  await test.step('a run stands beside another, what differs first on top', async () => {
    await page.goto('/runs/CLM-209117');
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await page.getByRole('region', { name: 'Runs' }).getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Two runs side by side');
    // Which runs are the latest depends on who went before; one of the demo's own is always the same.
    await page.goto('/runs/compare?a=CLM-209117&b=CLM-209110');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Two runs side by side');
    await expect(page.getByText(/Step \d+ is the first that differs/)).toBeVisible();
    await expect(page.getByRole('row', { name: /^Band differs critical low/ })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step('filters and columns are kept as a view that others find', async () => {
    await page.goto('/runs?agent=claims-processor&sort=risk&cols=agent,band,risk,score');
    const heads = page.getByRole('region', { name: 'Runs' }).getByRole('columnheader');
    await expect(heads).toContainText(['Run', 'Agent', 'Band', 'Risk', 'Score']);
    await page.getByRole('button', { name: 'Save view' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save this view' });
    await dialog.getByLabel('Name').fill(view);
    await dialog.getByLabel('Who sees it').selectOption('Everybody in the workspace');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('button', { name: view })).toHaveAttribute('aria-pressed', 'true');
    await actAs(page, 'Miriam Osei');
    await page.goto('/runs');
    await page.getByRole('button', { name: view }).click();
    await expect(page).toHaveURL(/agent=claims-processor/);
    await expect(heads).toContainText(['Run', 'Agent', 'Band', 'Risk', 'Score']);
  });

  await test.step('the file has the rows, the order and the columns of the screen', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    const [head, first] = (await readFile(await download.path(), 'utf8')).split('\r\n');
    expect(head).toBe('run,id,agent,band,risk,score');
    expect(first).toMatch(/^CLM-209117,[0-9a-f-]{36},claims-processor,critical,/);
  });

  await test.step('two versions are told apart only as far as their runs go', async () => {
    await page.goto('/agents/claims-processor/versions');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('against');
    await expect(page.getByRole('region', { name: 'Figures of both versions' })).toContainText(
      'Mean score of runs',
    );
  });

  await test.step('the estate leads to the agents of a unit', async () => {
    await page.goto('/overview/estate');
    await page.getByRole('button', { name: 'Spent' }).click();
    await expect(page).toHaveURL(/sort=cost/);
    await page.getByRole('region', { name: 'Business units' }).getByRole('link').first().click();
    await expect(page).toHaveURL(/\/agents\?unit=/);
  });
});
