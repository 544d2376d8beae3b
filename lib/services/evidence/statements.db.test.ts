import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { refusal } from '@/lib/services/testing/refusal';
import { aContract } from '../testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '../testing/given';
import { evidencePage } from './evidence-page';
import { getEvidence } from './get-evidence';
import { recordEvals } from './record-evals';
import { recordLint } from './record-lint';
import { reviewRisk, riskSince } from './review-risk';
import { type CaseKind, stateCase } from './state-case';

let workspace: GivenWorkspace;
let agent: GivenAgent;
let grc: Actor;
let sponsor: Actor;

beforeAll(async () => {
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace);
  grc = await givenPerson(workspace, ['grc'], { name: 'Miriam', email: 'grc@example.com' });
  sponsor = await givenPerson(workspace, ['sponsor'], { email: 'sponsor@example.com' });
});

const baseline = {
  work: 'Reading refund requests',
  casesPerMonth: { value: 1200, source: 'Service desk' },
  minutesPerCase: { value: 14, source: 'Time study' },
  costPerCase: { value: 9.3, source: 'Controlling' },
  errorRate: { value: 0.04, source: 'Sample' },
};
const state = (kind: CaseKind, form: unknown, actor = sponsor) =>
  stateCase(actor, { agent: agent.name, kind, form });

describe('the case for an agent', () => {
  it('is kept with its totals, and is not of any version', async () => {
    const { id, summary } = await state('baseline', baseline);
    expect(summary).toContain('$11,160 a month');
    expect(await getEvidence(sponsor, id)).toMatchObject({
      kind: 'baseline',
      outcome: 'given',
      version: null,
      detail: { ...baseline, totals: { hoursPerMonth: 280 } },
    });
  });

  it('names each field that is missing or wrong', async () => {
    const error = await refusal(
      state('baseline', { ...baseline, work: undefined, errorRate: { value: 4, source: '' } }),
    );
    expect(error.issues.map(({ path }) => path).sort()).toEqual([
      'errorRate/source',
      'errorRate/value',
      'work',
    ]);
    expect((await refusal(state('value', {}))).issues.length).toBeGreaterThan(4);
    expect((await refusal(state('autonomy-readiness', 'nonsense'))).code).toBe('invalid');
  });

  it('is for the head of AI, the sponsor and engineers to state', async () => {
    expect((await refusal(state('baseline', baseline, grc))).code).toBe('forbidden');
  });
});

describe('lint as evidence', () => {
  it('fails with the clause of its first finding, and keeps every one', async () => {
    const bare = await givenAgent(
      workspace,
      aContract({
        identity: { agent: 'bare-desk' },
        quality: {
          criteria: [
            {
              id: 'right-amount',
              statement: 'The refund is what the policy says.',
              comparison: '>=',
              target: 0.98,
              windowDays: 30,
              leastSamples: 50,
              freshnessDays: 7,
            },
          ],
        },
      }),
    );
    const { id, outcome, summary } = await recordLint(grc, { agent: bare.name });
    expect(outcome).toBe('failed');
    const stored = await getEvidence(grc, id);
    expect(stored).toMatchObject({ kind: 'lint', origin: 'computed', version: { number: 1 } });
    expect(summary).toContain(`(${stored.clause})`);
    expect(JSON.stringify(stored.detail)).toContain('quality/criteria/right-amount');
  });
});

describe('a review of the risk profile', () => {
  const review = (finding: 'stands' | 'needs-change', over: { version?: number; actor?: Actor } = {}) =>
    reviewRisk(over.actor ?? grc, {
      agent: agent.name,
      version: over.version,
      finding,
      statement: 'I compared the weights with the policy on data.',
    });

  it('says what changed since the last one', async () => {
    expect(await riskSince(grc, { agent: agent.name })).toMatchObject({ last: null, changes: [] });
    expect((await review('stands')).summary).toBe('The risk profile stands (the first review of it).');
    const next = aContract({
      risk: { thresholds: { medium: 10, high: 35, critical: 60 } },
      versioning: { contract: '1.1' },
      cost: { perRun: 9 },
    });
    await givenVersion(workspace, agent, next);
    const since = await riskSince(grc, { agent: agent.name });
    expect(since.last).toMatchObject({ by: 'Miriam', version: { label: '1.0' } });
    expect(since.changes).toEqual([
      { clause: 'risk/thresholds/high', kind: 'changed', before: 30, after: 35, direction: 'wider' },
    ]);
    const { id, summary } = await review('stands');
    expect(summary).toBe('The risk profile stands (1 clause has changed since v1.0).');
    expect((await getEvidence(grc, id)).detail).toMatchObject({ changes: since.changes });
    expect((await riskSince(grc, { agent: agent.name })).changes).toEqual([]);
  });

  it('fails when it needs a change, and the next is still held against the last that stood', async () => {
    const { id } = await review('needs-change', { version: 1 });
    expect(await getEvidence(grc, id)).toMatchObject({ outcome: 'failed', clause: 'risk' });
    expect((await riskSince(grc, { agent: agent.name })).last?.version.number).toBe(2);
  });

  it('is GRC’s to make, with a statement', async () => {
    expect((await refusal(review('stands', { actor: sponsor }))).code).toBe('forbidden');
    const empty = reviewRisk(grc, { agent: agent.name, finding: 'stands', statement: ' ' });
    expect((await refusal(empty)).issues).toEqual([{ path: 'statement', message: expect.any(String) }]);
    expect((await refusal(review('stands', { version: 9 }))).code).toBe('not_found');
  });
});

describe('the page of an agent’s evidence', () => {
  it('tells by gate what is present, missing and failed, for the version that is looked at', async () => {
    const { name } = await givenAgent(workspace, aContract({ identity: { agent: 'page-desk' } }));
    await stateCase(sponsor, { agent: name, kind: 'baseline', form: baseline });
    await recordEvals(grc, {
      agent: name,
      bytes: Buffer.from('criterion,score,samples\ncorrect amount,0.53,100'),
    });
    const page = await evidencePage(grc, { agent: name });
    const states = page.gates.flatMap(({ gate, evidence }) =>
      evidence.map(({ kind, state: at }) => `${gate} ${kind} ${at}`),
    );
    expect(states).toEqual(
      expect.arrayContaining([
        'G1 baseline present',
        'G1 value missing',
        'G2 lint missing',
        'G3 evals failed',
      ]),
    );
    expect(page).toMatchObject({
      version: { number: 1 },
      baseline,
      may: { add: true, stateCase: false, reviewRisk: true },
      history: { next: null },
    });
    expect(page.history.evidence.map(({ kind }) => kind).sort()).toEqual(['baseline', 'evals']);
    expect((await refusal(evidencePage(grc, { agent: name, version: 7 }))).code).toBe('not_found');
  });

  it('is there for an agent without a contract of its own', async () => {
    await db().query(
      `INSERT INTO agent (id, workspace_id, name, display_name, stage)
       VALUES (gen_random_uuid(), $1, 'found-agent', 'Found agent', 'discovery')`,
      [workspace.id],
    );
    const page = await evidencePage(grc, { agent: 'found-agent' });
    expect(page).toMatchObject({ version: null, attachments: [], baseline: null });
    expect(page.gates[0]).toMatchObject({ gate: 'G1', next: true, proposal: true });
    expect((await refusal(recordLint(grc, { agent: 'found-agent' }))).message).toContain(
      'no contract of its own yet',
    );
  });
});
