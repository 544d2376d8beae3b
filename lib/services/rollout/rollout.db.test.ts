import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { recordSignals } from '@/lib/services/signals/record-signals';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { computeDrift } from './compute-drift';
import { computeRollout } from './compute-rollout';
import { computeSignals } from './compute-signals';

type Person = Awaited<ReturnType<typeof givenPerson>>;
const NOW = new Date('2026-06-30T12:00:00Z');
const DAY = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY).toISOString();

let workspace: GivenWorkspace;
let agent: GivenAgent;
let operator: Person;
beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  agent = await givenAgent(workspace);
  operator = await givenPerson(workspace, ['operator']);
});

const runs = async (count: number, over: Parameters<typeof givenRun>[2] = {}) => {
  for (let index = 0; index < count; index += 1) await givenRun(workspace, agent, over);
};
const reachedRollout = (at: string) =>
  db().query(
    `INSERT INTO stage_change (id, workspace_id, agent_id, from_stage, to_stage, kind, gate, at)
     VALUES ($1, $2, $3, 'review', 'rollout', 'gate', 'G4', $4)`,
    [newId(), workspace.id, agent.id, at],
  );
const signed = (gate: string, at: string) =>
  db().query(
    `INSERT INTO gate_review (id, workspace_id, agent_id, gate, contract_version_id, subject_digest, state, opened_at,
       expires_at, closed_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'passed', $7, $7, $7)`,
    [newId(), workspace.id, agent.id, gate, agent.version.id, agent.version.digest, at],
  );

describe('rollout statistics', () => {
  it('pass with enough runs under the version, enough of them silent, and say which began before Rollout', async () => {
    await reachedRollout(ago(10));
    await runs(2, { startedAt: ago(20) });
    await runs(44, { startedAt: ago(5), costUsd: 0.2 });
    await runs(4, { startedAt: ago(4), lane: 'escalate', costUsd: 0.2 });
    await runs(2, { startedAt: ago(3), spanCount: 0 });
    const { statistics } = await computeRollout(operator, { agent: agent.name });
    expect(statistics).toMatchObject({
      runs: 50,
      askedOnly: 2,
      silent: 46,
      silentShare: 0.92,
      beforeRollout: 2,
      outcome: 'passed',
      reasons: [],
      breaches: { low: 0, medium: 0, high: 0, critical: 0 },
    });
    const { rows } = await db().query(
      `SELECT kind, outcome, summary, contract_version_id AS version FROM evidence`,
    );
    expect(rows).toMatchObject([
      {
        kind: 'rollout',
        outcome: 'passed',
        summary:
          '50 runs under v1.0, 92% wholly silent (95% interval 81% to 97%); 2 of them before Rollout began; no breach; no tool called; $0.19 a run.',
        version: agent.version.id,
      },
    ]);
  });

  it('fail, and say both what is missing and what is not good, when there are too few runs and too much noise', async () => {
    await runs(3, { startedAt: ago(5) });
    await runs(1, { startedAt: ago(5), lane: 'block' });
    const { statistics } = await computeRollout(operator, { agent: agent.name });
    expect(statistics.outcome).toBe('failed');
    expect(statistics.reasons).toEqual([
      '4 runs recorded, at least 50 are needed',
      '75% of runs were wholly silent, the target is 85%',
    ]);
  });

  it('of a version nobody ran fail', async () => {
    const { statistics } = await computeRollout(operator, { agent: agent.name });
    expect(statistics).toMatchObject({ outcome: 'failed', silentShare: null, silentBetween: null });
  });

  it('are refused to those who bring no evidence, and for a version there is not', async () => {
    const auditor = await givenPerson(workspace, ['auditor']);
    await expect(computeRollout(auditor, { agent: agent.name })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(computeRollout(operator, { agent: agent.name, version: 9 })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('drift', () => {
  it('is told since G6 was last signed, by figure, with what is new', async () => {
    await signed('G5', ago(60));
    await signed('G6', ago(20));
    await runs(40, { startedAt: ago(30), costUsd: 0.1 });
    await runs(40, { startedAt: ago(10), costUsd: 0.3, lane: 'escalate', band: 'high' });
    const { drift } = await computeDrift(operator, { agent: agent.name }, NOW);
    expect(drift.gate).toBe('G6');
    expect(drift.now).toMatchObject({ from: ago(20), runs: 40 });
    expect(drift.before).toMatchObject({ until: ago(20), runs: 40 });
    expect(drift.moves.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual([
      'wholly silent runs: moved',
      'lanes: moved',
      'risk bands: moved',
      'cost per run (US dollars): moved',
      'score: steady',
    ]);
    const { rows } = await db().query('SELECT kind, outcome, summary FROM evidence WHERE agent_id = $1', [
      agent.id,
    ]);
    expect(rows[0]).toMatchObject({ kind: 'drift', outcome: 'given' });
    expect(rows[0].summary).toContain(
      'Since G6 was last signed (40 runs, 40 before): moved: wholly silent runs, lanes, risk bands and cost per run',
    );
  });

  it('of too few runs is not told from none: nothing is called steady', async () => {
    await runs(5, { startedAt: ago(10) });
    const { drift } = await computeDrift(operator, { agent: agent.name }, NOW);
    expect(drift.gate).toBeNull();
    expect(new Set(drift.moves.map((move) => move.verdict))).toEqual(new Set(['too-few']));
    const { rows } = await db().query('SELECT outcome, summary FROM evidence WHERE agent_id = $1', [
      agent.id,
    ]);
    expect(rows[0].outcome).toBe('given');
    expect(rows[0].summary).toContain('too few runs to tell');
  });
});

describe('signals', () => {
  const contract = (freshnessDays = 7) => ({
    quality: {
      technical: { latencyMs: 30_000, errorRate: 0.2 },
      criteria: [
        {
          id: 'right-amount',
          statement: 'The refund is right.',
          signal: 'eval' as const,
          metric: 'correct amount',
          comparison: '>=' as const,
          target: 0.98,
          windowDays: 30,
          leastSamples: 50,
          freshnessDays,
        },
        {
          id: 'kept-promise',
          statement: 'Customers are content.',
          signal: 'feedback' as const,
          comparison: '>=' as const,
          target: 4,
          windowDays: 30,
          leastSamples: 5,
          freshnessDays: 30,
        },
      ],
    },
  });
  const evals = (value: number, samples: number, days: number) =>
    transact((client) =>
      recordSignals(
        client,
        workspace.system,
        [
          {
            ...{ agentId: agent.id, family: 'eval', metric: 'correct amount', value, samples, isSuite: true },
            at: new Date(ago(days)),
          },
        ],
        { source: 'file', now: NOW },
      ),
    );

  beforeEach(async () => {
    agent = await givenAgent(
      workspace,
      aContract({ identity: { agent: 'second-desk', aliases: [] }, ...contract() }),
    );
  });

  it('that nothing brought in are unknown, which is not good', async () => {
    const { signals } = await computeSignals(operator, { agent: agent.name }, NOW);
    expect(signals.map((each) => each.state)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    const { rows } = await db().query('SELECT outcome, summary FROM evidence WHERE agent_id = $1', [
      agent.id,
    ]);
    expect(rows[0]).toMatchObject({ outcome: 'failed' });
    expect(rows[0].summary).toContain('0 of 4 signals came in lately enough');
    expect(rows[0].summary).toContain('Unknown is not good.');
  });

  it('pass when each came in within its freshness, and say which misses its target', async () => {
    await runs(20, { startedAt: ago(2) });
    await evals(0.53, 100, 3);
    await recordEvidence(db(), operator, {
      agentId: agent.id,
      kind: 'attachment',
      title: 'June survey',
      outcome: 'given',
      summary: 'x',
      clause: 'quality/criteria/kept-promise',
      detail: {},
      producedAt: new Date(ago(5)),
      origin: 'attached',
    });
    const { signals } = await computeSignals(operator, { agent: agent.name }, NOW);
    expect(signals.map(({ clause, state, met }) => [clause, state, met])).toEqual([
      ['quality/technical', 'fresh', true],
      ['quality/technical', 'fresh', true],
      ['quality/criteria/right-amount', 'fresh', false],
      ['quality/criteria/kept-promise', 'fresh', null],
    ]);
    const { rows } = await db().query(
      `SELECT outcome, summary FROM evidence WHERE kind = 'signals' AND agent_id = $1`,
      [agent.id],
    );
    expect(rows).toEqual([
      { outcome: 'passed', summary: '4 of 4 signals came in lately enough. 1 signal misses the target.' },
    ]);
  });

  it('go stale by themselves, and too few samples do not count', async () => {
    await runs(20, { startedAt: ago(2) });
    await evals(0.99, 100, 8);
    let { signals } = await computeSignals(operator, { agent: agent.name }, NOW);
    expect(signals[2]).toMatchObject({
      state: 'stale',
      reason: 'The latest is 8 d old; it counts for 7 days.',
    });
    await evals(0.99, 10, 1);
    ({ signals } = await computeSignals(operator, { agent: agent.name }, NOW));
    expect(signals[2]).toMatchObject({
      state: 'too-few',
      reason: '10 samples in 30 days; at least 50 are needed.',
    });
  });
});
