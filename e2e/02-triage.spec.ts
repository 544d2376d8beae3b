import { Countersign } from '../sdk/client';
import {
  actAs,
  enterDemo,
  expect,
  expectAccessible,
  expectListed,
  expectNoSidewaysScroll,
  runtimeUrl,
  test,
} from './fixtures';
import { createKeyInTheBrowser } from './keys';

test('the demo shows 732 claims runs, of which 731 stayed silent and one waits for the operator', async ({
  page,
}) => {
  await enterDemo(page);
  await page.goto('/agents/claims-processor');
  await expect(page.getByRole('heading', { level: 1, name: 'Claims processor' })).toBeVisible();
  await expect(page.getByText('731 of 732').first()).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/need/i);
  await expect(page.getByRole('link', { name: /INC-1/ }).first()).toBeVisible();
});

test('whoever may not act on an incident is told who may', async ({ page }) => {
  await enterDemo(page);
  await actAs(page, 'Adaeze Nwosu');
  await page.goto('/incidents/1');
  await expect(page.getByRole('button', { name: 'Acknowledge' })).toHaveCount(0);
  await expect(page.getByText(/Operator/).first()).toBeVisible();
});

test('the operator triages the breach to its end: what the run did, which clause, acknowledge, stop with a reason', async ({
  page,
}) => {
  await enterDemo(page);
  await page.goto('/incidents');
  await page
    .getByRole('link', { name: /INC-1|bank/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('bank');
  await expect(page.getByText('tools/documents.ocr/categories').first()).toBeVisible();
  await expect(page.getByText('execute_tool documents.ocr').first()).toBeVisible();
  // What was found is told masked, and whom the contract wants told next.
  await expect(page.getByText('DE89…3000')).toBeVisible();
  await expect(page.getByText(/Next: Idris Kane in|path is due|Next: Helena Marsh in/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Put version 1.2 back in force' })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByText('by Dana').first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Acknowledge' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Stop run' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Stop run' }).click();
  await expect(dialog).toBeVisible(); // A reason is asked for.
  await dialog.getByLabel('Reason').fill('Bank details of a body shop; GRC decides on the clause first.');
  await dialog.getByRole('button', { name: 'Stop run' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Run stopped').first()).toBeVisible();

  await actAs(page, 'Rasmus Lindqvist');
  await page.goto('/settings/audit');
  for (const action of ['Incident acknowledged', 'Stop of run requested'])
    await expect(page.getByRole('cell', { name: action }).first()).toBeVisible();
});

test('an agent that asks learns of the pause, waits, and goes on when the operator resumes its run', async ({
  page,
}) => {
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Claims agent under test');
  const agent = new Countersign({ endpoint: runtimeUrl(), key });
  const runKey = `e2e-${Date.now()}`;
  const run = agent.run(runKey, { agent: 'claims-processor' });

  const small = await run.ask({
    tool: 'payments.release',
    arguments: { claim_id: 'CLM-900001', amount: 1200, currency: 'USD' },
  });
  expect(small.lane).toBe('allow');
  const large = await run.ask({
    tool: 'payments.release',
    arguments: { claim_id: 'CLM-900002', amount: 12400, currency: 'USD' },
  });
  expect(large.lane).not.toBe('allow');
  expect(large.clauses.map((clause) => clause.clause)).toContain('authority/large-payments');
  const forbidden = await run.ask({ tool: 'claims.deny', arguments: { claim_id: 'CLM-900001' } });
  expect(forbidden.lane).toBe('block');
  expect((await run.status()).status).toBe('running');

  // Nothing was recorded of this run, and what was refused is found all the same.
  const listed = page.getByRole('link', { name: runKey });
  await page.goto('/runs?askedOnly=1&lane=block');
  await expectListed(page, listed);
  await listed.click();
  await expect(page.getByText('Decisions only').first()).toBeVisible();
  await expect(page.getByText('scope/forbidden').first()).toBeVisible();
  await page.getByRole('button', { name: 'Pause run' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Payments are looked at first.');
  await dialog.getByRole('button', { name: 'Pause run' }).click();
  await expect(page.getByText('Paused by Helena Marsh')).toBeVisible();
  expect(await run.status()).toMatchObject({ status: 'paused' });
  const meanwhile = await run.ask({
    tool: 'payments.release',
    arguments: { claim_id: 'CLM-900001', amount: 1200, currency: 'USD' },
  });
  expect(meanwhile.clauses.map((clause) => clause.clause)).toContain('run/status');
  await page.getByRole('button', { name: 'Resume run' }).click();
  await dialog.getByLabel('Reason').fill('They are fine.');
  await dialog.getByRole('button', { name: 'Resume run' }).click();
  await expect(dialog).toBeHidden();
  expect((await run.status()).status).toBe('running');
  await expectNoSidewaysScroll(page);
});
