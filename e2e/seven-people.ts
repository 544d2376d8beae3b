import type { Browser, Page } from '@playwright/test';
import { expect as expectSoon, patient } from './fixtures';

const expect = expectSoon.configure({ timeout: 30_000 });
export const HEAD_EMAIL = 'ana@northwind.example';

/** One person for each role that signs at gates. */
const SEVEN = {
  'head-of-ai': { name: 'Ana Ferreira', title: 'Head of AI' },
  sponsor: { name: 'Ines Duarte', title: 'Sponsor' },
  engineer: { name: 'Tom Reyes', title: 'Engineering lead' },
  qa: { name: 'Ada Okoro', title: 'QA' },
  grc: { name: 'Rolf Linde', title: 'GRC' },
  operator: { name: 'Dina West', title: 'Operator' },
  sre: { name: 'Kit Hale', title: 'SRE' },
} as const;
type Role = keyof typeof SEVEN;
export const PASSWORD = 'four plain words here';

export interface SevenPeople {
  workspace: string;
  /** A browser of each one's own, where they are signed in. */
  pages: Record<Role, Page>;
  emails: Record<Role, string>;
}

const inside = (page: Page) => page.getByRole('navigation', { name: 'Main' });

/**
 * Makes a workspace whose head of AI adds the six others, each of whom signs in in a browser of their own.
 * `company` tells their addresses from those of an earlier attempt.
 */
export async function sevenPeople(
  browser: Browser,
  workspace: string,
  company: number,
): Promise<SevenPeople> {
  const head = patient(await (await browser.newContext()).newPage());
  await enterAsHead(head);
  await head.goto('/settings');
  await head.getByRole('button', { name: 'Create another workspace' }).click();
  await head.getByRole('dialog').getByLabel('Name').fill(workspace);
  await head.getByRole('dialog').getByRole('button', { name: 'Create workspace' }).click();
  await expect(head.getByRole('button', { name: /Ana Ferreira/ })).toContainText(workspace);
  await head.goto('/settings/people');
  const email = (role: Exclude<Role, 'head-of-ai'>) => `${role}@harbour-${company}.example`;
  const add = async (role: Exclude<Role, 'head-of-ai'>) => {
    const { name, title } = SEVEN[role];
    await head.getByRole('button', { name: 'Add person' }).click();
    const dialog = head.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    await dialog.getByLabel('E-mail').fill(email(role));
    await dialog.getByRole('checkbox', { name: new RegExp(`^${title}`) }).check();
    await dialog.getByRole('button', { name: 'Add person' }).click();
    const link = (await dialog.locator('code').filter({ hasText: '/set-password#' }).textContent()) ?? '';
    await dialog.getByRole('button', { name: 'Done' }).click();
    const page = patient(await (await browser.newContext()).newPage());
    await page.goto(link.trim());
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
    await expect(inside(page)).toBeVisible();
    return page;
  };
  return {
    workspace,
    pages: {
      'head-of-ai': head,
      sponsor: await add('sponsor'),
      engineer: await add('engineer'),
      qa: await add('qa'),
      grc: await add('grc'),
      operator: await add('operator'),
      sre: await add('sre'),
    },
    emails: {
      'head-of-ai': HEAD_EMAIL,
      sponsor: email('sponsor'),
      engineer: email('engineer'),
      qa: email('qa'),
      grc: email('grc'),
      operator: email('operator'),
      sre: email('sre'),
    },
  };
}

/** The first journey has made her workspace, unless this one runs alone. */
export async function enterAsHead(page: Page): Promise<void> {
  await page.goto('/welcome');
  const create = page.getByRole('heading', { name: 'Create your workspace' });
  const signIn = page.getByRole('heading', { name: 'Sign in' });
  await expect(create.or(signIn)).toBeVisible();
  if (await create.isVisible()) {
    await page.getByLabel('Company or team').fill('Northwind Freight');
    await page.getByLabel('Your name').fill(SEVEN['head-of-ai'].name);
    await page.getByLabel('Your e-mail').fill(HEAD_EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create workspace' }).click();
  } else {
    await page.getByLabel('E-mail').fill(HEAD_EMAIL);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await expect(inside(page)).toBeVisible();
}
