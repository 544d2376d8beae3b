import type { Locator } from '@playwright/test';
import { enterDemo, expect, expectAccessible, expectAllLooks, test } from './fixtures';

test('an agent’s score is worked out again from what its page shows, and every count leads to as many runs', async ({
  page,
}) => {
  await enterDemo(page);
  const main = page.getByRole('main');
  // What a link counts is what the list it leads to tells.
  const leadsTo = async (link: Locator, told: (count: string) => RegExp) => {
    await expect(link).toHaveText(/\d/);
    const [count = ''] = /[\d,]+/.exec((await link.textContent()) ?? '') ?? [];
    const path = (await link.getAttribute('href')) ?? '';
    await link.click();
    await expect(page).toHaveURL((url) => url.pathname === path.split('?')[0]);
    await expect(main.getByText(told(count)).first()).toBeVisible();
    await page.goBack();
  };

  await page.goto('/agents/claims-processor');
  const terms = page.getByRole('dialog');
  // Until the page listens, a click says nothing.
  await expect(async () => {
    if (!(await terms.isVisible()))
      await page.getByRole('button', { name: 'How it was worked out' }).click({ timeout: 1000 });
    await expect(terms).toBeVisible({ timeout: 1000 });
  }).toPass();
  const [, sum = '', by = '', result = ''] =
    /\((.+)\) ÷ ([\d.]+) = ([\d.]+)/.exec((await terms.textContent()) ?? '') ?? [];
  const weighed = sum
    .split(' + ')
    .map((term) => term.split(' × ').map(Number))
    .reduce((all, [score = 0, weight = 0]) => all + score * weight, 0);
  // Each term and the result are rounded to a tenth: twice half of one, and what binary fractions add.
  expect(Math.abs(weighed / Number(by) - Number(result))).toBeLessThanOrEqual(0.1001);
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  const silence = page.getByRole('region', { name: 'Silence' });
  const figure = (name: string) =>
    silence
      .locator('dl > div')
      .filter({ has: page.getByRole('term').filter({ hasText: name }) })
      .getByRole('link')
      .first();
  await leadsTo(figure('Wholly silent runs'), (runs) => new RegExp(`^${runs} runs?\\b`));
  await leadsTo(figure('Reviewed'), (runs) => new RegExp(`^Reviewed: ${runs} runs?$`));
  await page.goto('/agents/claims-processor/silence');
  await expectAllLooks(page);

  await page.goto('/agents/claims-processor/risk');
  const exposure = page.getByRole('region', { name: 'Exposure by data category' });
  await leadsTo(
    exposure.getByRole('row').nth(1).getByRole('link').first(),
    (runs) => new RegExp(`^${runs} runs? that touched `),
  );
  await page.goto('/agents/claims-processor/risk/runs?category=bank-account');
  await expectAllLooks(page);
});
