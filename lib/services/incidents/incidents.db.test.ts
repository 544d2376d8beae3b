import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { getIncident } from './get-incident';
import { incidentFilterSchema } from './incident-filters';
import { listIncidents } from './list-incidents';

let reader: Actor;
let stranger: Actor;
const now = new Date('2026-11-21T12:00:00Z');

beforeAll(async () => {
  const workspace = await givenWorkspace();
  reader = await givenPerson(workspace, ['sponsor'], { name: 'Sam Sponsor', email: 'sponsor@example.com' });
  const operator = await givenPerson(workspace, ['operator'], {
    name: 'Olga Operator',
    email: 'operator@example.com',
  });
  stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
  const agent = await givenAgent(
    workspace,
    aContract({
      ownership: {
        sponsor: 'sponsor@example.com',
        operator: 'operator@example.com',
        grc: 'nobody-here@example.com',
        escalation: [{ to: 'operator@example.com', afterMinutes: 10 }],
      },
    }),
  );
  const opened = '2026-11-21T11:00:00Z';
  const states = ['resolved', 'open', 'acknowledged', 'open', 'resolved'] as const;
  for (const [index, state] of states.entries()) {
    const run = await givenRun(workspace, agent, {
      startedAt: '2026-11-21T10:59:00Z',
      score: 20 + index * 10,
      band: 'critical',
    });
    await givenIncident(workspace, agent, run, {
      state,
      title: index === 1 ? 'Bank details in an attachment' : `Breach ${index + 1}`,
      severity: index === 3 ? 'high' : 'critical',
      openedAt: opened,
      operatorId: operator.personId,
    });
  }
  await givenRun(workspace, agent, { startedAt: '2026-11-20T10:00:00Z', score: 90 });
});

const list = (over: Record<string, string> = {}, actor = reader) =>
  listIncidents(actor, incidentFilterSchema.parse(over));
const numbers = async (over: Record<string, string> = {}) => (await list(over)).rows.map((row) => row.number);

describe('the list of incidents', () => {
  test('puts open ones first, then acknowledged, then resolved, newest first in each', async () => {
    expect(await numbers()).toEqual([4, 2, 3, 5, 1]);
    expect((await list()).counts).toEqual({ open: 2, acknowledged: 1, resolved: 2 });
  });

  test.each([
    [{ view: 'unresolved' }, [4, 2, 3]],
    [{ view: 'resolved' }, [5, 1]],
    [{ severity: 'high' }, [4]],
    [{ q: 'bank details' }, [2]],
    [{ q: 'INC-3' }, [3]],
    [{ agent: 'nobody' }, []],
  ])('filtered by %j shows those that fit', async (over, expected) => {
    expect(await numbers(over)).toEqual(expected);
  });

  test('pages through every incident exactly once', async () => {
    const seen: number[] = [];
    let after = '';
    for (;;) {
      const page = await list({ limit: '2', after });
      seen.push(...page.rows.map((row) => row.number));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual([4, 2, 3, 5, 1]);
  });

  test('shows nothing of another workspace', async () => {
    expect(await list({}, stranger)).toEqual({
      rows: [],
      counts: { open: 0, acknowledged: 0, resolved: 0 },
      next: null,
    });
    await expect(getIncident(stranger, 1, now)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('an incident', () => {
  test('shows the score of its run beside that of the agent, and how many runs were silent', async () => {
    const incident = await getIncident(reader, 2, now);
    expect(incident.run.score).toBe(30);
    expect(incident.agentScore).toMatchObject({ runs: 6, silentRuns: 1, scoredRuns: 6 });
    // Risk and cost: (20 + 30 + 40 + 50 + 60 + 90) / 6. Quality: its runs are quick (100), its one criterion of the same weight is
    // unknown, so that half of 0.3 is known. (0.7 × 48.3 + 0.15 × 100) / 0.85, to one decimal as everybody is told it.
    expect(incident.agentScore.score).toBe(57.4);
  });

  test('names the people its contract names, and says when an address is unknown here', async () => {
    const { owners, operator } = await getIncident(reader, 2, now);
    expect(operator).toBe('Olga Operator');
    expect(owners?.sponsor).toEqual({ email: 'sponsor@example.com', name: 'Sam Sponsor' });
    expect(owners?.grc).toEqual({ email: 'nobody-here@example.com', name: null });
    expect(owners?.escalation).toEqual([
      { to: { email: 'operator@example.com', name: 'Olga Operator' }, afterMinutes: 10 },
    ]);
  });

  test('says who may act when the reader may not', async () => {
    const { may } = await getIncident(reader, 2, now);
    expect(may.acknowledge).toMatchObject({ allowed: false, people: ['Olga Operator'] });
    expect(may.resume.allowed).toBe(false);
  });

  test('that does not exist is said so', async () => {
    await expect(getIncident(reader, 99, now)).rejects.toMatchObject({ code: 'not_found' });
  });
});
