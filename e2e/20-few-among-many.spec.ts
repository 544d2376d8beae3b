import { enterDemo, expect, expectAllLooks, test } from './fixtures';

/**
 * Where few runs fit among very many, a page ends before it is full, and says so. The demo has too few runs for that: the real
 * answers are cut here as that of a million runs is.
 */
test('a list that looked through as many runs as a page may says what it found so far, and leads on by the keyboard', async ({
  page,
}) => {
  await enterDemo(page);
  let found = 2;
  await page.route(
    (url) => url.pathname === '/api/runs' && url.searchParams.has('q') && !url.searchParams.has('after'),
    async (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('limit', '2');
      const response = await route.fetch({ url: url.href });
      const list = await response.json();
      await route.fulfill({
        response,
        json: { ...list, rows: list.rows.slice(0, found), count: found, exact: false, part: true },
      });
    },
  );
  const rows = page.getByRole('region', { name: 'Runs' }).getByRole('row');
  const notice = page.getByText(
    'Few runs fit, and this page shows those found so far. Next looks through more.',
  );
  const next = page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Next' });

  await page.goto('/runs');
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('CLM-209');
  await expect(notice).toBeVisible();
  await expect(page.getByText('2+ runs fit')).toBeVisible();
  await expect(rows).toHaveCount(3);
  const first = (await rows.nth(1).getByRole('link').textContent()) ?? '';
  await expectAllLooks(page);
  await next.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/after=/);
  await expect(notice).toHaveCount(0);
  await expect(rows.nth(1)).toBeVisible();
  await expect(rows.filter({ hasText: first })).toHaveCount(0);

  // None at all so far.
  found = 0;
  await page.goto('/runs');
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('CLM-209');
  await expect(page.getByText('None found so far', { exact: true })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'none found so far' })).toBeVisible();
  await expect(next).toBeEnabled();
  await expectAllLooks(page);
  await page.getByRole('button', { name: 'Look through more' }).press('Enter');
  await expect(page).toHaveURL(/after=/);
  await expect(rows.nth(1)).toBeVisible();
});
