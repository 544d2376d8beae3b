import { beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { type GivenWorkspace, givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun, givenSpan } from '@/lib/services/testing/given-run';
import { listObservedAgents } from './list-observed-agents';
import { proposeContract } from './propose-contract';
import { startFromObserved } from './start-from-observed';

let workspace: GivenWorkspace;
let engineer: Awaited<ReturnType<typeof givenPerson>>;
let agent: { id: string };
const TODAY = '2026-11-21';
const FORM = { name: 'Mail desk', agent: 'mail-desk', businessUnit: 'Care' };

beforeEach(async () => {
  workspace = await givenWorkspace();
  engineer = await givenPerson(workspace, ['engineer']);
  agent = { id: newId() };
  await db().query(
    `INSERT INTO agent (id, workspace_id, name, display_name, discovered, last_run_at)
     VALUES ($1, $2, 'Mail Desk', 'Mail Desk', true, now())`,
    [agent.id, workspace.id],
  );
});

/** A run that looked a customer up `calls` times and cost so much. */
async function aRun(calls: number, costUsd: number, over: { tool?: string; unpricedCalls?: number } = {}) {
  const tool = over.tool ?? 'customers.find';
  const run = await givenRun(workspace, agent, {
    costUsd,
    unpricedCalls: over.unpricedCalls ?? 0,
    callsByTool: { [tool]: calls },
    startedAt: new Date(Date.now() - 60_000).toISOString(),
  });
  await db().query(
    `UPDATE run SET tool_calls = $2, facts = facts || '{"repeats": {"customers.find": {"digest": 2}}}' WHERE id = $1`,
    [run.id, calls],
  );
  for (let call = 0; call < calls; call += 1) {
    const span = await givenSpan(workspace, run, {
      tool,
      body: {
        kind: 1,
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': tool,
          'gen_ai.tool.call.arguments': JSON.stringify({ email: `p${call}@example.com` }),
        },
        events: [],
        links: [],
        resource: {},
        scope: { name: '', version: '' },
        faults: [],
      },
    });
    await db().query(
      `UPDATE span SET categories = '{bank-account}', clauses = '{}' WHERE span_id = decode($1, 'hex') AND workspace_id = $2`,
      [span, workspace.id],
    );
  }
  return run;
}

it('proposes tools, data, arguments and ceilings from what runs did, each with the runs that show it', async () => {
  const runs = [];
  for (let n = 0; n < 6; n += 1) runs.push(await aRun(4, 0.25));
  await aRun(1, 0, { unpricedCalls: 1 });
  const { proposals, notes, observed, base } = await proposeContract(engineer, 'Mail Desk', new Date());
  expect(base).toBeNull();
  expect(observed).toMatchObject({ runs: 7, sampledRuns: 7, unpricedRuns: 1 });
  expect(proposals.map((each) => each.id)).toEqual([
    'tools/customers.find',
    'tools/customers.find/categories/bank-account',
    'tools/customers.find/categories/contact',
    'tools/customers.find/categories/personal',
    'tools/customers.find/arguments',
    'tools/customers.find/rateLimit',
    'cost/perRun',
    'cost/callsPerRun',
    'cost/repeatedCalls',
  ]);
  expect(proposals.find((each) => each.id === 'cost/perRun')).toMatchObject({ value: 0.5 });
  const seen = proposals.find((each) => each.id.endsWith('bank-account'));
  expect(seen?.reasons[0]).toBe('Seen in 25 of 25 calls: sent with the call or found in its content.');
  expect(runs.map((run) => run.id)).toContain(seen?.examples[0]?.id);
  expect(notes.join()).toContain('1 run called a model without a price');
});

it('makes a draft of what was ticked and of nothing else, under the name the agent sends', async () => {
  for (let n = 0; n < 5; n += 1) await aRun(4, 0.25);
  const asOf = new Date();
  const { proposals } = await proposeContract(engineer, 'Mail Desk', asOf);
  const taken = proposals
    .filter((each) =>
      ['tools/customers.find', 'tools/customers.find/categories/contact', 'cost/perRun'].includes(each.id),
    )
    .map((each) => each.mark);
  const input = { observed: 'Mail Desk', asOf: asOf.toISOString(), taken };
  const { id } = await startFromObserved(engineer, input, FORM, TODAY);
  const draft = await getDraft(engineer, id);
  expect(draft).toMatchObject({ origin: 'observed', agentId: agent.id });
  expect(parse(draft.source)).toMatchObject({
    identity: { agent: 'mail-desk', aliases: ['Mail Desk'] },
    tools: { 'customers.find': { action: 'read', categories: ['contact'] } },
    cost: { perRun: 0.5 },
    risk: { categories: { contact: 2 } },
  });
  expect(draft.source).not.toContain('callsPerRun');
  expect(draft.source).toContain('# acts that stay with people');
});

it('refuses what reads differently by now, and an empty choice', async () => {
  for (let n = 0; n < 5; n += 1) await aRun(4, 0.25);
  const { proposals } = await proposeContract(engineer, 'Mail Desk', new Date());
  const taken = proposals.filter((each) => each.id === 'cost/perRun').map((each) => each.mark);
  await aRun(4, 9);
  const later = { observed: 'Mail Desk', asOf: new Date().toISOString(), taken };
  await expect(startFromObserved(engineer, later, FORM, TODAY)).rejects.toMatchObject({ code: 'conflict' });
  await expect(startFromObserved(engineer, { ...later, taken: [] }, FORM, TODAY)).rejects.toMatchObject({
    code: 'invalid',
  });
});

it('of an agent with a contract changes the text of that contract', async () => {
  const written = await givenAgent(workspace);
  await givenRun(workspace, written, { callsByTool: { 'mail.send': 1 } });
  const asOf = new Date(Date.now() + 1000);
  const { proposals, base } = await proposeContract(engineer, 'refund-desk', asOf);
  expect(base?.version.number).toBe(1);
  const allow = proposals.find((each) => each.id === 'tools/mail.send');
  const { id } = await startFromObserved(
    engineer,
    { observed: 'refund-desk', asOf: asOf.toISOString(), taken: [allow?.mark ?? ''] },
    {},
    TODAY,
  );
  const draft = await getDraft(engineer, id);
  expect(draft.base).toMatchObject({ number: 1 });
  expect(parse(draft.source)).toMatchObject({
    identity: { agent: 'refund-desk' },
    tools: { 'mail.send': { action: 'write', egress: true }, 'orders.get': { action: 'read' } },
  });
});

it('knows agents by their runs and shows nobody those of another workspace', async () => {
  await aRun(1, 0);
  expect((await listObservedAgents(engineer)).map((each) => [each.name, each.written])).toEqual([
    ['Mail Desk', false],
  ]);
  const stranger = await givenPerson(await givenWorkspace(), ['engineer']);
  expect(await listObservedAgents(stranger)).toEqual([]);
  await expect(proposeContract(stranger, 'Mail Desk', new Date())).rejects.toMatchObject({
    code: 'not_found',
  });
});
