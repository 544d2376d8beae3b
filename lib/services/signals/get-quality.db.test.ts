import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { recordEvals } from '@/lib/services/evidence/record-evals';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { getQuality } from './get-quality';
import { getRunSignals } from './get-run-signals';
import { listSignals, signalFacets, signalFilterSchema } from './list-signals';
import { recordSignals } from './record-signals';
import type { SignalInput } from './signal-input';

const criterion = { comparison: '>=' as const, windowDays: 30, leastSamples: 20, freshnessDays: 14 };
type Person = Awaited<ReturnType<typeof givenPerson>>;
let workspace: GivenWorkspace;
let person: Person;
beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  person = await givenPerson(workspace, ['qa'], { name: 'Quinn', email: `qa-${workspace.slug}@example.com` });
});
const agentWith = (quality: NonNullable<ContractChanges['quality']>) =>
  givenAgent(workspace, aContract({ quality, ownership: { qa: `qa-${workspace.slug}@example.com` } }));
const send = (signals: readonly SignalInput[]) =>
  transact((client) => recordSignals(client, workspace.system, signals, { source: 'api', now: new Date() }));
const many = (count: number, signal: SignalInput): SignalInput[] =>
  Array.from({ length: count }, () => signal);

describe('the quality of an agent', () => {
  it('shows the insurer 53% against its 80%, missed, from the eval file its team uploaded', async () => {
    const agent = await agentWith({
      criteria: [
        {
          id: 'confidence',
          statement: 'Claims are settled as an adjuster would.',
          signal: 'eval',
          metric: 'settled-right',
          target: 0.8,
          ...criterion,
        },
      ],
    });
    const cases = Array.from({ length: 100 }, (_, index) => `settled-right,case ${index},${index < 53}`);
    await recordEvals(person, {
      agent: agent.name,
      bytes: Buffer.from(['criterion,case,passed', ...cases].join('\n')),
    });
    const { criteria, pillar } = await getQuality(person, { agent: agent.name });
    expect(criteria).toMatchObject([
      {
        state: 'known',
        value: 0.53,
        target: 0.8,
        met: false,
        score: 66.25,
        samples: 100,
        latest: { source: 'file' },
        owner: { role: 'QA', person: { name: 'Quinn' } },
      },
    ]);
    expect(pillar).toMatchObject({ score: 66.3, low: 66.3, high: 66.3, coverage: 1 });
  });

  it('shows the data team its 90% by experts met, and the other three families unbound', async () => {
    const agent = await agentWith({
      criteria: [
        {
          id: 'accuracy',
          statement: 'Experts call it right.',
          signal: 'sme',
          metric: 'sme-accuracy',
          target: 0.9,
          ...criterion,
        },
      ],
    });
    const rated = { agentId: agent.id, family: 'sme', metric: 'sme-accuracy' } as const;
    const longAgo = new Date(Date.now() - 60 * 86_400_000);
    await send([
      ...many(46, { ...rated, value: true }),
      ...many(4, { ...rated, value: false }),
      { ...rated, value: false, at: longAgo },
    ]);
    const page = await getQuality(person, { agent: agent.name });
    // The list that its value and its samples lead to holds exactly these.
    for (const { family, keys, since, samples } of page.criteria) {
      const filters = { agent: agent.name, family, metric: keys, state: 'current', since };
      const { rows, total } = await listSignals(person, signalFilterSchema.parse(filters));
      expect([total, rows.length]).toEqual([samples, 50]);
      expect((await listSignals(person, signalFilterSchema.parse({ ...filters, since: '' }))).total).toBe(51);
    }
    expect(page.criteria).toMatchObject([
      { state: 'known', value: 0.92, met: true, score: 100, samples: 50 },
    ]);
    expect(page.unbound).toEqual(['technical', 'eval', 'feedback', 'outcome']);
    expect(page).toMatchObject({ technical: null, loose: [], pillar: { score: 100, coverage: 1 } });
  });

  it('says which criteria are silent or unbound, which signals nobody reads, and which wait for their run', async () => {
    const agent = await agentWith({
      technical: { latencyMs: 1000, errorRate: 0.1 },
      criteria: [
        { id: 'kept', statement: 'Promises are kept.', signal: 'outcome', target: 0.9, ...criterion },
        { id: 'tone', statement: 'It is polite.', target: 0.9, ...criterion },
      ],
    });
    await send([
      { agentId: agent.id, family: 'feedback', metric: 'tone', value: true },
      { agentId: agent.id, family: 'feedback', metric: 'csat', value: 4, unit: 'stars', run: 'nobody-yet' },
    ]);
    const page = await getQuality(person, { agent: agent.name });
    expect(page.criteria.map(({ id, state, why, family }) => [id, state, why, family])).toEqual([
      ['kept', 'unknown', 'silent', 'outcome'],
      ['tone', 'unknown', 'unbound', null],
    ]);
    expect(page.loose.map(({ metric, why }) => [metric, why]).sort()).toEqual([
      ['csat', 'No criterion goes by this name.'],
      ['tone', 'The criterion tone is bound to no signal.'],
    ]);
    expect(page.waiting).toBe(1);
    expect(page.pillar).toMatchObject({ score: null, low: 0, high: 100, coverage: 0 });
  });

  it('of a criterion whose metric was renamed goes unknown, and the old signals are listed as read by nobody', async () => {
    const before = {
      id: 'a',
      statement: 'S.',
      signal: 'outcome' as const,
      metric: 'kept',
      target: 0.9,
      ...criterion,
    };
    const agent = await agentWith({ criteria: [before] });
    await send(many(30, { agentId: agent.id, family: 'outcome', metric: 'kept', value: true }));
    expect((await getQuality(person, { agent: agent.name })).criteria).toMatchObject([
      { state: 'known', met: true },
    ]);
    const version = await givenVersion(
      workspace,
      agent,
      aContract({ quality: { criteria: [{ ...before, metric: 'held' }] } }),
    );
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, version.id]);
    const page = await getQuality(person, { agent: agent.name });
    expect(page.criteria).toMatchObject([{ state: 'unknown', why: 'silent' }]);
    expect(page.loose).toMatchObject([{ metric: 'kept', signals: 30 }]);
  });
});

describe('the list of signals', () => {
  it('leads from a figure to its signals and from those to their runs, page by page', async () => {
    const agent = await agentWith({ criteria: [] });
    const run = await givenRun(workspace, { id: agent.id });
    await send([
      ...Array.from(
        { length: 60 },
        (_, index): SignalInput => ({
          agentId: agent.id,
          family: 'outcome',
          metric: 'kept',
          value: index % 2 === 0,
          at: new Date(Date.now() - index * 1000),
          externalId: `k${index}`,
        }),
      ),
      { runId: run.id, family: 'feedback', metric: 'csat', value: 5 },
    ]);
    const filters = (over: object) => signalFilterSchema.parse({ agent: agent.name, ...over });
    const first = await listSignals(person, filters({ metric: ['Kept'] }));
    expect([first.rows.length, first.next === null]).toEqual([50, false]);
    const second = await listSignals(person, filters({ metric: ['Kept'], after: first.next }));
    expect([second.rows.length, second.next]).toEqual([10, null]);
    expect(new Set([...first.rows, ...second.rows].map(({ id }) => id)).size).toBe(60);
    expect((await listSignals(person, filters({ family: 'feedback' }))).rows).toMatchObject([
      { metric: 'csat', run: { id: run.id, key: run.key } },
    ]);
    expect(await getRunSignals(person, { runId: run.id })).toMatchObject({
      rows: [{ metric: 'csat' }],
      measured: [],
    });
    expect(await signalFacets(person)).toEqual({ sources: ['api'] });
  });

  it('of a run that has more than a page holds says so, leads to all of them, and counts all of them', async () => {
    const agent = await agentWith({
      criteria: [{ id: 'kept', statement: 'Kept.', signal: 'outcome', target: 0.9, ...criterion }],
    });
    const run = await givenRun(workspace, agent);
    await send(
      Array.from(
        { length: 240 },
        (_, index): SignalInput => ({
          ...{ runId: run.id, family: 'outcome', metric: 'kept', externalId: `k${index}` },
          // The forty oldest are the good ones.
          ...{ value: index >= 200, at: new Date(Date.now() - index * 1000) },
        }),
      ),
    );
    const page = await getRunSignals(person, { runId: run.id });
    expect([page.rows.length, page.total]).toEqual([200, 240]);
    expect(page.measured).toMatchObject([{ value: 40 / 240 }]);
    const all = signalFilterSchema.parse({ run: run.id });
    expect((await listSignals(person, all)).rows).toHaveLength(50);
    const none = signalFilterSchema.parse({ run: newId() });
    expect((await listSignals(person, none)).rows).toEqual([]);
  });

  it('is of one workspace alone, and of one agent for a key that speaks for it', async () => {
    const agent = await agentWith({ criteria: [] });
    const other = await givenAgent(workspace, aContract({ identity: { agent: 'other' } }));
    await send(
      [agent, other].map(({ id }) => ({ agentId: id, family: 'outcome', metric: 'kept', value: 1 })),
    );
    const all = signalFilterSchema.parse({});
    const { actor } = await givenKey(workspace, ['read'], agent);
    expect((await listSignals(actor, all)).rows).toMatchObject([{ agent: { name: agent.name } }]);
    const stranger = await givenPerson(await givenWorkspace(), ['qa']);
    expect((await listSignals(stranger, all)).rows).toEqual([]);
  });
});
