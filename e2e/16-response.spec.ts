import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { aContract } from '@/lib/services/testing/a-contract';
import { type Received, startReceiver } from '@/runtime/testing/receiver';
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

test('what a run did is undone by a receiver or by hand as the operator decides, its runs go on, the agent comes back when what must hold does, and the postmortem tells it', async ({
  page,
}, testInfo) => {
  test.setTimeout(180_000);
  const stamp = `${Date.now().toString(36)}${testInfo.retry}`;
  const agent = `refund-desk-${stamp}`;
  const name = `Refund desk ${stamp}`;
  const receiver = await startReceiver();
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, `Refund agents ${stamp}`, ['decide']);
  await addWebhook(page, `${receiver.url}/undo`, `Payments ${stamp}`);

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
  const incident = new URL(page.url()).pathname;
  const undo = page.getByRole('region', { name: 'Compensations' });
  const of = (order: string) => undo.getByRole('listitem').filter({ hasText: order });
  await expect(of('A-1').getByText('proposed', { exact: true })).toBeVisible();
  await expectAllLooks(page, { again: true });

  // One is done by the receiver, who reports it; of the other it is decided again, it fails, and is done by hand.
  await of('A-1').getByRole('button', { name: 'Approve' }).click();
  await expect(of('A-1').getByText('asked for', { exact: true })).toBeVisible();
  const report = askedFor(receiver.received, 'A-1');
  const told = await fetch(report, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ state: 'done', detail: 'Reversal RV-17' }),
  });
  expect(told.status).toBeLessThan(300);
  await expect(of('A-1').getByText('done', { exact: true })).toBeVisible();
  await expect(of('A-1').getByText('Reversal RV-17')).toBeVisible();
  await of('A-2').getByRole('button', { name: 'Decline' }).click();
  await reason(page, 'Decline', 'The customer was right.');
  await of('A-2').getByRole('button', { name: 'Take decision back' }).click();
  await reason(page, 'Take back', 'They were not.');
  await expect(of('A-2').getByText('proposed', { exact: true })).toBeVisible();
  await of('A-2').getByRole('button', { name: 'Approve' }).click();
  await expect(of('A-2').getByText('asked for', { exact: true })).toBeVisible();
  await of('A-2').getByRole('button', { name: 'It failed' }).click();
  await reason(page, 'It failed', 'The bank was closed.');
  await expect(of('A-2').getByText('failed', { exact: true })).toBeVisible();
  await of('A-2').getByRole('button', { name: 'It is done' }).click();
  await reason(page, 'It is done', 'Transferred by hand.');
  await expect(of('A-2').getByText('done', { exact: true })).toBeVisible();

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

  // It is told as it was, on screen and in files to send on.
  await page.goto(`${incident}/postmortem`);
  await expect(page.getByText('Transferred by hand.').first()).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Markdown' }).click();
  expect(await readFile(await (await download).path(), 'utf8')).toContain('Transferred by hand.');
  const opened = page.context().waitForEvent('response', (answer) => answer.url().endsWith('format=pdf'));
  await page.getByRole('link', { name: 'PDF' }).click();
  const answer = await opened;
  expect(answer.headers()['content-type']).toBe('application/pdf');
  const file = await page.request.get(answer.url());
  expect((await file.body()).subarray(0, 5).toString()).toBe('%PDF-');
  await receiver.close();
});

async function addWebhook(page: Page, url: string, name: string): Promise<void> {
  await page.goto('/settings/channels');
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('URL').fill(url);
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  await dialog.getByRole('button', { name: 'Done, I have it' }).click();
}

const requestSchema = z.object({
  type: z.literal('compensation.requested'),
  data: z.object({
    compensation: z.object({ report: z.url() }),
    call: z.object({ idempotencyKey: z.object({ value: z.string() }) }),
  }),
});

/** Where the receiver is to report what became of the compensation for an order, once it was asked for it. */
function askedFor(received: readonly Received[], order: string): string {
  for (const { body } of received) {
    const request = requestSchema.safeParse(JSON.parse(body));
    if (request.success && request.data.data.call.idempotencyKey.value === order)
      return request.data.data.compensation.report;
  }
  throw new Error(`The compensation of ${order} was not asked for.`);
}

/** Fills the dialog's reason and confirms. */
async function reason(page: Page, confirm: string, why: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill(why);
  await dialog.getByRole('button', { name: confirm }).click();
  await expect(dialog).toBeHidden();
}
