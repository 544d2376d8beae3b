import type { Page } from '@playwright/test';
import { actAs, enterDemo, expectAccessible, expect as expectSoon, NARROW, test, WIDE } from './fixtures';

// A step that finds nothing to act on says so, not the end of the journey.
test.use({ actionTimeout: 30_000 });
const expect = expectSoon.configure({ timeout: 30_000 });

const AGENT = 'invoice-reconciliation';
const SPONSOR = 'Petra Haas';
const ENGINEER = 'Tomas Brandt';
const GRC = 'Rasmus Lindqvist';
const HEAD_OF_AI = 'Helena Marsh';

test('of two amendments one takes effect in an emergency, the other is brought up to it clause by clause and goes a shorter way once GRC consents', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await enterDemo(page);
  await actAs(page, SPONSOR);
  const narrower = await begin(page, 'Each run costs too much.');
  await setPerRun(page, '0.11');
  await submit(page, narrower);
  await actAs(page, ENGINEER);
  const wider = await begin(page, 'Long invoices need more, and other code.');
  await setPerRun(page, '1.20');
  await section(page, 'Versioning');
  await page.getByLabel('Code version', { exact: true }).fill('invoice-reconciliation@9.9.9');
  await page.keyboard.press('Tab');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  // Before it is signed only what narrows takes effect, and by those who may.
  await actAs(page, HEAD_OF_AI);
  await page.goto(wider);
  const way = page.getByRole('region', { name: 'The way back' });
  await expect(way.getByText('computed from the changes')).toBeVisible();
  const atOnce = page.getByRole('button', { name: 'Put in force at once' });
  await expect(atOnce).toHaveCount(0);
  await page.goto(narrower);
  await atOnce.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What cannot wait').fill('It is spending now.');
  await dialog.getByRole('button', { name: 'Put in force at once' }).click();
  await expect(page.getByText('In force before it is signed')).toBeVisible();

  // Both changed the same clause: nothing is brought up before somebody says which holds.
  await actAs(page, ENGINEER);
  await page.goto(wider);
  await expect(page.getByText(/has come into force since/)).toBeVisible();
  await page.getByRole('button', { name: /^Bring up to v/ }).click();
  const clash = page.getByRole('region', { name: 'Clauses that clash' });
  await expect(clash.getByText('cost/perRun')).toBeVisible();
  await expect(clash.getByText('1.2', { exact: true })).toBeVisible();
  await expect(clash.getByText('0.11', { exact: true })).toBeVisible();
  await expectAccessible(page);
  await clash.getByRole('radio', { name: /^AMD-/ }).check();
  await page.getByRole('button', { name: 'Bring up with what I chose' }).click();
  await expect(page.getByText(/has come into force since/)).toHaveCount(0);

  // A shorter way is asked for with a reason. GRC refuses it, then consents; till then it goes the computed one.
  await expect(way.getByText(/G3, G4 and G5 are signed again/)).toBeVisible();
  await askForG6(page, 'One figure.');
  await answer(page, 'Do not consent', 'The code is other code.');
  await expect(way.getByText(/G3, G4 and G5 are signed again/)).toBeVisible();
  await actAs(page, ENGINEER);
  await page.goto(wider);
  await askForG6(page, 'The code was only renamed.');
  await answer(page, 'Consent', 'A new name is no new code.');
  await expect(way.getByText('lowered, GRC consented')).toBeVisible();
  // The agent is in Rollout, where G6 is not signed yet.
  await expect(way.getByText(/from Rollout it passes G4 and G5 instead/)).toBeVisible();
  await page.setViewportSize(NARROW);
  await expectAccessible(page);
  await page.setViewportSize(WIDE);

  // Exactly the gates of that way are open once it is submitted.
  await actAs(page, ENGINEER);
  await submit(page, wider);
  const gates = page.getByRole('region', { name: 'Who signs again' });
  await expect(gates.getByText('0 of 2 gates passed')).toBeVisible();
  await expect(gates.getByRole('paragraph').filter({ hasText: /^G[3-6] / })).toHaveText([/^G4/, /^G5/]);
});

/** Begins an amendment of the agent and answers the address of its page. */
async function begin(page: Page, why: string): Promise<string> {
  await page.goto(`/agents/${AGENT}/lifecycle`);
  await page.getByRole('button', { name: 'Amend the contract' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Clause').fill('cost/perRun');
  await dialog.getByLabel('Why').fill(why);
  await dialog.getByRole('button', { name: 'Begin amendment' }).click();
  await expect(page).toHaveURL(/\/amendments\/\d+$/);
  return new URL(page.url()).pathname;
}

/** In the draft of the amendment on screen. */
async function setPerRun(page: Page, value: string): Promise<void> {
  await page.getByRole('link', { name: 'Open the draft' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await section(page, 'Cost');
  await page.getByLabel('Per run').first().fill(value);
  await page.getByLabel('Per run').first().blur();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
}

async function section(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name }).click();
  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible();
}

async function submit(page: Page, amendment: string): Promise<void> {
  await page.goto(amendment);
  const submits = page.getByRole('button', { name: 'Submit amendment' });
  await submits.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Submit amendment' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(submits).toHaveCount(0);
}

async function askForG6(page: Page, why: string): Promise<void> {
  await page.getByRole('button', { name: 'Choose another way' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Back to').selectOption({ value: 'g6' });
  await expect(dialog.getByRole('option', { name: /^G6.*\(asks GRC\)$/ })).toHaveCount(1);
  await dialog.getByLabel('Reason').fill(why);
  await dialog.getByRole('button', { name: 'Choose' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(new RegExp(`^Waits for ${GRC}\\. Until then`))).toBeVisible();
}

/** As GRC, who finds it in their inbox. */
async function answer(page: Page, word: 'Consent' | 'Do not consent', why: string): Promise<void> {
  await actAs(page, GRC);
  await page.goto('/inbox');
  await page
    .getByRole('link', {
      name: /^Consent, or not, that AMD-\d+ of Invoice reconciliation goes back to G6 only/,
    })
    .first()
    .click();
  await page.getByRole('button', { name: word, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(why);
  await dialog.getByRole('button', { name: word, exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: word, exact: true })).toHaveCount(0);
}
