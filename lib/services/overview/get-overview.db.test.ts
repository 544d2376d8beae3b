import { expect, test } from 'vitest';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { getOverview } from './get-overview';

const now = new Date('2026-11-21T12:00:00Z');

test('a new workspace is told what its first steps are', async () => {
  const workspace = await givenWorkspace();
  const reader = await givenPerson(workspace, ['head-of-ai']);
  const empty = await getOverview(reader, 30, now);
  expect(empty.firstSteps).toEqual({ contract: false, key: false, run: false });
  expect(empty).toMatchObject({ runs: 0, silentRuns: 0, needs: [], needsTotal: 0, incidentsInWindow: 0 });
  expect(empty.byDay).toHaveLength(30);
  expect(empty.slowest.breachToPageMs).toBeNull();

  const agent = await givenAgent(workspace);
  await givenKey(workspace, ['ingest']);
  await givenRun(workspace, agent, { startedAt: '2026-11-21T09:00:00Z' });
  expect((await getOverview(reader, 30, now)).firstSteps).toEqual({ contract: true, key: true, run: true });
});

test('the overview counts silent and paged runs by day, and names the slowest page', async () => {
  const workspace = await givenWorkspace();
  const reader = await givenPerson(workspace, ['operator']);
  const agent = await givenAgent(workspace);
  await givenRun(workspace, agent, { startedAt: '2026-11-20T09:00:00Z' });
  await givenRun(workspace, agent, { startedAt: '2026-11-21T09:00:00Z' });
  for (const [seconds, state] of [
    [2, 'acknowledged'],
    [50, 'open'],
  ] as const) {
    const run = await givenRun(workspace, agent, { startedAt: '2026-11-21T10:00:00Z' });
    await givenIncident(workspace, agent, run, {
      state,
      breachedAt: '2026-11-21T10:00:01Z',
      openedAt: '2026-11-21T10:00:02Z',
      pagedAt: new Date(Date.parse('2026-11-21T10:00:01Z') + seconds * 1000).toISOString(),
    });
  }
  await givenRun(workspace, agent, { startedAt: '2026-10-01T10:00:00Z' });
  const next = await givenVersion(workspace, agent, aContract({ versioning: { contract: '1.3' } }));
  await givenRun(workspace, { id: agent.id, version: next }, { startedAt: '2026-11-19T10:00:00Z' });

  const overview = await getOverview(reader, 7, now);
  expect(overview.byDay).toHaveLength(7);
  expect(overview.byDay.slice(-3)).toEqual([
    { day: '2026-11-19', silent: 1, paged: 0 },
    { day: '2026-11-20', silent: 1, paged: 0 },
    { day: '2026-11-21', silent: 1, paged: 2 },
  ]);
  expect(overview).toMatchObject({ runs: 5, silentRuns: 3, incidentsInWindow: 2, unacknowledged: 1 });
  expect(overview.needs.map((row) => row.state)).toEqual(['open', 'acknowledged']);
  expect(overview.slowest).toMatchObject({ breachToPageMs: 50_000, openedToPageMs: 49_000 });
  expect(overview.marks).toEqual([{ day: '2026-11-19', label: 'Refund desk v1.3' }]);
});

test('the overview shows nothing of another workspace', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  await givenIncident(workspace, agent, await givenRun(workspace, agent));
  const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
  const overview = await getOverview(stranger, 30, new Date());
  expect(overview).toMatchObject({ runs: 0, needsTotal: 0, agents: [], agentsTotal: 0 });
});
