import type { Page } from '@playwright/test';
import { aContract } from '@/lib/services/testing/a-contract';
import { runAgent } from './agent';
import { actAs, enterDemo, expect, expectAllLooks, test } from './fixtures';
import { createKeyInTheBrowser } from './keys';

const OPERATOR = 'Dana Whitfield';
const SPONSOR = 'Petra Haas';

/** A desk that pays refunds, whose payments another tool takes back and that is held after a severe incident. */
function contract(agent: string, name: string): string {
  const at = (who: string) => `${who}@meridian.example`;
  return JSON.stringify(
    aContract({
      identity: {
        agent,
        name,
        owner: at('petra.haas'),
        delegation: { by: at('petra.haas'), on: '2026-01-15', environments: ['production'] },
      },
      authority: { defaults: { read: 'alone', write: 'alone', transact: 'alone' }, rules: [] },
      evidence: [],
      ownership: {
        sponsor: at('petra.haas'),
        engineeringLead: at('tomas.brandt'),
        qa: at('adaeze.nwosu'),
        grc: at('rasmus.lindqvist'),
        operator: at('dana.whitfield'),
        sre: at('idris.kane'),
        escalation: [{ to: at('idris.kane'), afterMinutes: 10 }],
      },
      failure: {
        high: ['page', 'pause'],
        critical: ['page', 'pause'],
        compensations: [
          { id: 'take-back', tool: 'refunds.pay', by: 'refunds.reverse', approval: 'operator' },
        ],
        ladder: [{ id: 'severe', when: { breaches: 1, withinDays: 1, severity: 'critical' }, step: 'pause' }],
        recovery: [
          { id: 'cause', statement: 'The cause is known.' },
          { id: 'undone', statement: 'What was done is undone.' },
        ],
      },
    }),
  );
}

test('what a run did is undone as the operator decides, its runs go on, and the agent comes back when what must hold does', async ({
  page,
}, testInfo) => {
  test.setTimeout(180_000);
  const stamp = `${Date.now().toString(36)}${testInfo.retry}`;
  const agent = `refund-desk-${stamp}`;
  const name = `Refund desk ${stamp}`;
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, `Refund agents ${stamp}`, ['decide']);

  await actAs(page, SPONSOR);
  await page.goto('/contracts/import');
  await page.getByRole('textbox', { name: 'Contract' }).fill(contract(agent, name));
  await page.getByRole('button', { name: 'Import contract' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('button', { name: 'Put in force' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();

  // Two runs pay, and then delete an account, which they never may.
  for (const order of ['A-1', 'A-2']) {
    const conversation = `${stamp}-${order}`;
    const pay = { tool: 'refunds.pay', arguments: { orderId: order, amount: 40 }, result: { paid: true } };
    const erase = { tool: 'accounts.delete', arguments: { account: order }, result: {} };
    await runAgent(key, { agent, conversation, call: pay });
    await runAgent(key, { agent, conversation, call: erase });
  }

  await actAs(page, OPERATOR);
  await page.goto('/incidents?view=unresolved');
  await page.getByRole('link').filter({ hasText: 'accounts.delete' }).first().click();
  await expect(page.getByText(name).first()).toBeVisible();
  const undo = page.getByRole('region', { name: 'Compensations' });
  const of = (order: string) => undo.getByRole('listitem').filter({ hasText: order });
  await expect(of('A-1').getByText('proposed', { exact: true })).toBeVisible();
  await expectAllLooks(page, { again: true });

  // It is decided, and decided again.
  await of('A-2').getByRole('button', { name: 'Decline' }).click();
  await reason(page, 'Decline', 'The customer was right.');
  await of('A-2').getByRole('button', { name: 'Take decision back' }).click();
  await reason(page, 'Take back', 'They were not.');
  await expect(of('A-2').getByText('proposed', { exact: true })).toBeVisible();

  // Both runs at once.
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await page.getByRole('button', { name: 'Resume 2 runs' }).click();
  await expectAllLooks(page);
  await reason(page, 'Resume 2 runs', 'Nothing was lost.');
  await expect(page.getByRole('button', { name: 'Resume 2 runs' })).toHaveCount(0);

  // The agent is held until its recovery is shown.
  await page.goto(`/agents/${agent}`);
  const ladder = page.getByRole('region', { name: 'Ladder' });
  const must = ladder.getByRole('list', { name: 'What must hold before it is back' });
  await expect(must.getByRole('listitem')).toHaveCount(2);
  // Nobody lifts it before.
  await expect(ladder.getByRole('button', { name: 'Lift pause' })).toHaveCount(0);
  for (const [statement, why] of [
    ['The cause is known.', 'A prompt of an old version.'],
    ['What was done is undone.', 'Both payments are back.'],
  ] as const) {
    await must
      .getByRole('listitem')
      .filter({ hasText: statement })
      .getByRole('button', { name: 'Mark as met' })
      .click();
    await reason(page, 'Mark as met', why);
    await expect(must.getByText(why)).toBeVisible();
  }
  await expectAllLooks(page);
  await ladder.getByRole('button', { name: 'Lift pause' }).click();
  await reason(page, 'Lift pause', 'All is well.');
  await expect(must).toHaveCount(0);
});

/** Fills the dialog's reason and confirms. */
async function reason(page: Page, confirm: string, why: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill(why);
  await dialog.getByRole('button', { name: confirm }).click();
  await expect(dialog).toBeHidden();
}
