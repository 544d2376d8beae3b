import { expect, test } from 'vitest';
import { givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun, givenSpan } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { compareRuns } from './compare-runs';

test('two runs are compared by key or id, each with its own spans', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  const a = await givenRun(workspace, agent, { key: 'a' });
  const b = await givenRun(workspace, agent, { key: 'b' });
  await givenSpan(workspace, a, { tool: 'orders.read' });
  await givenSpan(workspace, b, { tool: 'orders.read' });
  await givenSpan(workspace, b, { tool: 'orders.pay' });
  const compared = await compareRuns(workspace.system, 'a', b.id);
  expect(compared.a.run.key).toBe('a');
  expect(compared.a.spans.spans.map((span) => span.tool)).toEqual(['orders.read']);
  expect(compared.b.spans.spans.map((span) => span.tool).sort()).toEqual(['orders.pay', 'orders.read']);
  expect(compared.b.fingerprint.tools).toEqual([]);
});

test('nobody compares with a run of another workspace', async () => {
  const workspace = await givenWorkspace();
  await givenRun(workspace, await givenAgent(workspace), { key: 'a' });
  const elsewhere = await givenWorkspace();
  await givenRun(elsewhere, await givenAgent(elsewhere), { key: 'b' });
  const reader = await givenPerson(workspace, ['auditor']);
  expect(await refusal(compareRuns(reader, 'a', 'b'))).toMatchObject({ code: 'not_found' });
});
