import { expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { agentScore } from '@/lib/services/agents/agent-score';
import { getOverview } from '@/lib/services/overview/get-overview';
import { givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { getRun } from './get-run';
import { listRuns } from './list-runs';
import { runFilterSchema, runPageSchema } from './run-filters';

it('a run that only asked for decisions has no band, and counts as neither silent nor paged', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  const reader = await givenPerson(workspace, ['auditor']);
  const startedAt = new Date(Date.now() - 60_000).toISOString();
  await givenRun(workspace, agent, { key: 'recorded', startedAt });
  const asked = await givenRun(workspace, agent, {
    key: 'asked-only',
    spanCount: 0,
    score: null,
    lane: 'block',
    startedAt,
  });

  expect(await getRun(reader, asked.id)).toMatchObject({ band: null, lane: 'block', score: null });
  const keys = async (filters: Record<string, string>) =>
    (await listRuns(reader, runFilterSchema.parse(filters), runPageSchema.parse({}))).rows.map(
      ({ key }) => key,
    );
  expect(await keys({ lane: 'block' })).toEqual(['asked-only']);
  expect(await keys({ askedOnly: '1' })).toEqual(['asked-only']);
  expect(await keys({ band: 'low' })).toEqual(['recorded']);

  const now = new Date();
  expect(await agentScore(db(), workspace.id, agent.id, now)).toMatchObject({
    runs: 1,
    silentRuns: 1,
    askedOnlyRuns: 1,
  });
  expect(await getOverview(reader, 7, now)).toMatchObject({ runs: 1, silentRuns: 1 });
});
