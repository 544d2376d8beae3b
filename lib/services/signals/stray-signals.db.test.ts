import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson, type TestSpan } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { getQuality } from './get-quality';
import { listSignals, signalFilterSchema } from './list-signals';
import { recordSignals } from './record-signals';
import type { SignalInput } from './signal-input';

const criterion = {
  ...{ id: 'task-done', statement: 'The task is done.', signal: 'outcome' as const, target: 0.8 },
  ...{ comparison: '>=' as const, windowDays: 30, leastSamples: 1, freshnessDays: 14 },
};
const quality = { technical: { latencyMs: 30_000, errorRate: 0.2 }, criteria: [criterion] };

let workspace: GivenWorkspace;
let ours: GivenAgent;
let theirs: GivenAgent;
/** Speaks for `ours` alone. */
let bound: Actor;
let intake: Actor;
beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  ours = await givenAgent(workspace, aContract({ quality }));
  theirs = await givenAgent(workspace, aContract({ quality, identity: { agent: 'other' } }));
  ({ actor: bound } = await givenKey(workspace, ['signals'], ours));
  ({ actor: intake } = await givenKey(workspace, ['ingest']));
});

const send = (signals: readonly SignalInput[], as: Actor) =>
  transact((client) => recordSignals(client, as, signals, { source: 'api', now: new Date() }));
const wrong = (over: Partial<SignalInput> = {}): SignalInput => ({
  ...{ metric: 'task-done', family: 'outcome', value: false, run: 'c-1', externalId: 'T-1' },
  ...over,
});
const spans = (list: readonly TestSpan[], service: string) =>
  recordSpans(intake, decodeTraces(Buffer.from(otlpJson(list, service)), 'json', Date.now()).spans);
const start = () => Date.now() - 60_000;
const run = (service: string, traceId = hex(16)) =>
  spans(
    [
      agentSpan(
        {
          traceId,
          start: start(),
          end: start() + 500,
          attributes: { 'gen_ai.conversation.id': 'c-1' },
        },
        service,
      ),
    ],
    service,
  );
const stored = async () =>
  (
    await db().query(
      `SELECT s.stray, s.run_id IS NOT NULL AS joined, a.name AS agent FROM signal s LEFT JOIN agent a ON a.id = s.agent_id
        WHERE s.workspace_id = $1`,
      [workspace.id],
    )
  ).rows;
const days = async () =>
  (await db().query('SELECT agent_id, rows FROM signal_day WHERE workspace_id = $1', [workspace.id])).rows;
const qualityOfRun = async () =>
  (await db().query('SELECT quality_score AS q FROM run WHERE workspace_id = $1', [workspace.id])).rows;

describe('a signal for a run that turns out to be another agent’s', () => {
  it('sent with a key that speaks for one agent, counts for nobody once that run comes', async () => {
    expect(await send([wrong()], bound)).toMatchObject([{ result: 'recorded', waitsFor: 'run' }]);
    expect(await days()).toEqual([{ agent_id: ours.id, rows: 1 }]);
    await run('other');
    expect(await stored()).toEqual([{ stray: true, joined: false, agent: ours.name }]);
    expect(await qualityOfRun()).toEqual([{ q: 100 }]);
    expect(await days()).toEqual([]);
    const { rows } = await db().query(
      `SELECT detail FROM audit_entry WHERE workspace_id = $1 AND action = 'signal.strayed'`,
      [workspace.id],
    );
    expect(rows).toEqual([{ detail: { count: 1, agents: [ours.id] } }]);
  });

  it('is shown as such, and neither as waiting nor as counting', async () => {
    const person = await givenPerson(workspace, ['qa']);
    await send([wrong()], bound);
    await run('other');
    const list = async (state: string) =>
      (await listSignals(person, signalFilterSchema.parse({ state }))).rows;
    expect(await list('stray')).toMatchObject([{ stray: true, run: { id: null, key: 'c-1' } }]);
    expect([await list('current'), await list('waiting')]).toEqual([[], []]);
    expect(await getQuality(person, { agent: ours.name })).toMatchObject({
      ...{ waiting: 0, stray: 1, loose: [] },
      criteria: [{ state: 'unknown', why: 'silent' }],
    });
    expect(await getQuality(person, { agent: theirs.name })).toMatchObject({ waiting: 0, stray: 0 });
  });

  it('is refused when it is sent again, by then with the run known', async () => {
    await send([wrong()], bound);
    await run('other');
    expect(await send([wrong()], bound)).toMatchObject([
      { result: 'refused', reason: 'This key speaks for one agent, and this is of another.' },
    ]);
  });

  it('counts neither when its sender named the wrong agent, whatever key it used', async () => {
    await send([wrong({ agent: ours.name })], intake);
    await run('other');
    expect(await stored()).toMatchObject([{ stray: true, joined: false }]);
  });

  it('counts after all when the run turns out to be its agent’s in the end', async () => {
    const traceId = hex(16);
    const attributes = { 'gen_ai.conversation.id': 'c-1' };
    await send([wrong()], bound);
    // The gateway's spans come first, and the agent says later that the work is its own.
    await spans([modelCall({ traceId, start: start(), attributes }, 'gpt-4o', 10, 1)], 'gateway');
    expect(await stored()).toMatchObject([{ stray: true, joined: false }]);
    await run(ours.name, traceId);
    expect(await stored()).toEqual([{ stray: false, joined: true, agent: ours.name }]);
    expect(await qualityOfRun()).toEqual([{ q: 50 }]);
    expect(await days()).toEqual([{ agent_id: ours.id, rows: 1 }]);
  });
});
