import { beforeEach, describe, expect, test, vi } from 'vitest';
import { db } from '@/lib/db/pool';
import type { AppError } from '@/lib/errors';
import { importContract } from '@/lib/services/contracts/import-contract';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { grantDelegation } from '@/lib/services/delegations/grant-delegation';
import { revokeDelegation } from '@/lib/services/delegations/revoke-delegation';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenWorkspace } from '@/lib/services/testing/given';
import { declineReview } from './decline-review';
import { fallBack } from './fall-back';
import { getBoard } from './get-board';
import { getLifecycle } from './get-lifecycle';
import { getReview } from './get-review';
import { getSignature } from './get-signature';
import { fallbackPattern } from './list-fallbacks';
import { noteVisit } from './note-visit';
import { openReview } from './open-review';
import { recordOfDay } from './record-of-day';
import { signerHabits } from './signer-habits';
import {
  beginAs,
  givenAllEvidence,
  givenEvidence,
  givenSigner,
  givenTeam,
  passGate,
  signAs,
  type Team,
} from './testing/given-gates';
import { reviewsWaitingFor } from './waiting-for';
import { withdrawReview } from './withdraw-review';

const AGENT = 'refund-desk';
let workspace: GivenWorkspace;
let team: Team;

interface About {
  agent: string;
  agentId: string;
  versionId: string;
  number: number;
}

beforeEach(async () => {
  workspace = await givenWorkspace();
  team = await givenTeam(workspace);
});

/** Submits a version; the sponsor writes it unless somebody else does. */
async function submit(changes: ContractChanges = {}, by = team.sponsor): Promise<About> {
  const source = JSON.stringify(aContract(changes));
  const { number } = await importContract(by, { source, format: 'json', putInForce: false });
  const { rows } = await db().query<{ agentId: string; versionId: string }>(
    `SELECT v.agent_id AS "agentId", v.id AS "versionId" FROM contract_version v JOIN agent a ON a.id = v.agent_id
      WHERE a.workspace_id = $1 AND a.name = $2 AND v.number = $3`,
    [workspace.id, AGENT, number],
  );
  return { agent: AGENT, agentId: rows[0]?.agentId ?? '', versionId: rows[0]?.versionId ?? '', number };
}

async function walk(about: About, ...gates: ('G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6')[]): Promise<void> {
  for (const gate of gates)
    await passGate(workspace, team, gate === 'G1' ? { ...about, versionId: null } : about, gate);
}

async function stage(): Promise<{ stage: string; inForce: number | null }> {
  const { agent, versionInForce } = await getLifecycle(team.grc, AGENT);
  return { stage: agent.stage, inForce: versionInForce?.number ?? null };
}

const refusal = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => {
      throw new Error('was not refused');
    },
    (error: AppError) => error,
  );

const count = async (table: string) =>
  (
    await db().query<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE workspace_id = $1`, [
      workspace.id,
    ])
  ).rows[0]?.n;

describe('an agent on its way to Production', () => {
  test('goes through every gate by the people it names, and its version is in force from Rollout on', async () => {
    const about = await submit();
    expect(await stage()).toEqual({ stage: 'discovery', inForce: null });
    await walk(about, 'G1');
    expect((await stage()).stage).toBe('scoping');
    await walk(about, 'G2', 'G3');
    expect(await stage()).toEqual({ stage: 'review', inForce: null });
    await walk(about, 'G4');
    expect(await stage()).toEqual({ stage: 'rollout', inForce: 1 });
    await walk(about, 'G5');
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
    await walk(about, 'G6');
    const lifecycle = await getLifecycle(team.sponsor, AGENT);
    expect(lifecycle.steps.map((step) => step.state)).toEqual([
      'done',
      'done',
      'done',
      'done',
      'done',
      'done',
    ]);
    expect(lifecycle.adopted).toBe(false);
    expect(lifecycle.attestation).toMatchObject({ overdue: false, everyDays: 90, inDays: 90 });
    const [row] = (await getBoard(team.sponsor)).stages[5]?.agents ?? [];
    expect(row).toMatchObject({ next: null, waiting: null, attestation: { inDays: 90 } });
    expect(lifecycle.history.map((move) => `${move.from} ${move.to}`)).toEqual([
      'rollout production',
      'review rollout',
      'build review',
      'scoping build',
      'discovery scoping',
    ]);
  });

  test('is asked at each gate for what is missing, and cannot be signed before it is there', async () => {
    await submit();
    const { id } = await openReview(team['head-of-ai'], { agent: AGENT, gate: 'G1', message: 'Worth it?' });
    const before = await getReview(team.sponsor, id);
    expect(before).toMatchObject({ ready: false, message: 'Worth it?', waiting: { on: [] } });
    expect(before.evidence.map((each) => each.state)).toEqual(['missing', 'missing', 'missing']);
    expect(before.obstacle).toBe(
      'G1 cannot be signed yet: Baseline (missing), Value (missing) and Autonomy readiness (missing).',
    );
    expect((await refusal(signAs(team.sponsor, id, 'sponsor'))).message).toBe(before.obstacle);
    const { rows } = await db().query<{ id: string }>('SELECT id FROM agent WHERE workspace_id = $1', [
      workspace.id,
    ]);
    await givenAllEvidence(workspace, { agentId: rows[0]?.id ?? '', versionId: null }, 'G1');
    const after = await getReview(team.sponsor, id);
    expect(after).toMatchObject({
      ready: true,
      obstacle: null,
      waiting: { words: 'on you and The head-of-ai' },
    });
    expect(after.mine.roles).toMatchObject([{ role: 'sponsor', whyNot: null }]);
    expect((await reviewsWaitingFor(team.sponsor)).map((review) => review.id)).toEqual([id]);
    expect(await reviewsWaitingFor(team.qa)).toEqual([]);
  });

  test('refuses a gate before its turn, twice at once, and for a version that is not the latest', async () => {
    const first = await submit();
    expect((await refusal(openReview(team.engineer, { agent: AGENT, gate: 'G3' }))).message).toBe(
      'G1 and G2 must be passed first for v1.0.',
    );
    await walk(first, 'G1');
    await openReview(team.engineer, { agent: AGENT, gate: 'G2' });
    expect(await refusal(openReview(team.engineer, { agent: AGENT, gate: 'G2' }))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('G2 is open for Refund desk v1.0 already'),
    });
    await submit({ versioning: { contract: '1.1' } });
    expect(
      (await refusal(openReview(team.engineer, { agent: AGENT, gate: 'G2', version: 1 }))).message,
    ).toContain('v1.1 has been submitted since v1.0');
  });

  test('closes an open review when a later version is submitted', async () => {
    const about = await submit();
    await walk(about, 'G1');
    await givenAllEvidence(workspace, about, 'G2');
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G2' });
    const finish = await beginAs(team.engineer, id, 'engineer');
    await submit({ versioning: { contract: '1.1' } });
    expect(await refusal(finish())).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('v1.1 was submitted'),
    });
    expect(await getReview(team.engineer, id)).toMatchObject({ state: 'superseded' });
    expect(await count('signature')).toBe(2);
  });
});

describe('a signature', () => {
  let about: About;
  let id: string;
  beforeEach(async () => {
    about = await submit();
    await walk(about, 'G1', 'G2');
    await givenAllEvidence(workspace, about, 'G3');
    ({ id } = await openReview(team.engineer, { agent: AGENT, gate: 'G3' }));
  });

  test('binds person, role, gate, digest, meaning and evidence, and its envelope verifies', async () => {
    const { signatureId } = await signAs(team.qa, id, 'qa', { note: 'All green.' });
    const signature = await getSignature(team.grc, signatureId);
    const review = await getReview(team.grc, id);
    expect(signature.statement).toMatchObject({
      agent: AGENT,
      gate: 'G3',
      review: id,
      role: 'qa',
      meaning: 'I tested the agent against Refund desk v1.0, and it honours it.',
      note: 'All green.',
      subject: { name: 'Refund desk v1.0', digest: { sha256: review.version?.digest } },
      evidence: review.evidence.map((each) => ({ kind: each.kind, digest: each.evidence?.digest })),
      signer: { name: 'The qa' },
      method: 'password',
    });
    expect(signature.verification).toEqual({ ok: true, words: 'Countersigned by this instance.' });
    expect(signature.evidence.every((each) => each.summary !== null)).toBe(true);
  });

  test('is given once by one person, in one role', async () => {
    const both = await givenSigner(workspace, ['engineer', 'qa'], { name: 'Both' });
    await signAs(both, id, 'qa');
    expect((await refusal(signAs(both, id, 'engineer'))).message).toContain('one person, one signature');
    expect(await refusal(signAs(both, id, 'qa'))).toMatchObject({
      code: 'conflict',
      message: 'You have signed as QA already.',
    });
    expect((await refusal(signAs(team.qa, id, 'qa'))).message).toBe('Both has signed as QA already.');
    expect(await refusal(signAs(team.sponsor, id, 'sponsor'))).toMatchObject({ code: 'forbidden' });
  });

  test('is refused when evidence went stale, failed or was renewed between looking and signing', async () => {
    const finish = await beginAs(team.qa, id, 'qa');
    await givenEvidence(workspace, about, 'evals', {
      outcome: 'failed',
      summary: '53% against a target of 80%',
    });
    const failed = await refusal(finish());
    expect(failed.message).toBe('G3 cannot be signed yet. Eval results failed: 53% against a target of 80%.');
    await givenEvidence(workspace, about, 'evals');
    expect((await refusal(finish())).message).toContain('What you agreed to has changed meanwhile');
    const { seen } = await getReview(team.qa, id);
    expect(seen.evidence).toHaveLength(2);
    await signAs(team.qa, id, 'qa');
  });

  test('cannot be given twice with one proof', async () => {
    const finish = await beginAs(team.qa, id, 'qa');
    await finish();
    expect((await refusal(finish())).code).toBe('conflict');
    expect(await count('signature')).toBe(5);
  });

  test('cannot be given after somebody declined, which takes a reason', async () => {
    const finish = await beginAs(team.engineer, id, 'engineer');
    expect((await refusal(declineReview(team.qa, { reviewId: id, reason: '  ' }))).issues[0]?.path).toBe(
      'reason',
    );
    expect((await refusal(declineReview(team.sponsor, { reviewId: id, reason: 'No.' }))).code).toBe(
      'forbidden',
    );
    await declineReview(team.qa, {
      reviewId: id,
      reason: 'The loop is not caught.',
      clause: 'failure/kinds/loop',
    });
    expect((await refusal(finish())).message).toMatch(/^This review was declined by The qa/);
    expect(await getReview(team.sponsor, id)).toMatchObject({
      state: 'declined',
      closeReason: 'The loop is not caught.',
      closeClause: 'failure/kinds/loop',
      mine: { roles: [], mayDecline: false, mayWithdraw: false },
    });
    await walk(about, 'G3');
    expect((await stage()).stage).toBe('review');
  });

  test('may be asked for no longer by whoever opened the review, until the gate closes', async () => {
    expect((await refusal(withdrawReview(team.qa, { reviewId: id }))).code).toBe('forbidden');
    await withdrawReview(team.engineer, { reviewId: id, reason: 'Too early.' });
    expect((await refusal(withdrawReview(team.engineer, { reviewId: id }))).code).toBe('conflict');
  });

  test('of two who sign the last slot at once is one; the other is told', async () => {
    const other = await givenSigner(workspace, ['qa'], { name: 'Other qa' });
    await signAs(team.engineer, id, 'engineer');
    const [one, two] = [await beginAs(team.qa, id, 'qa'), await beginAs(other, id, 'qa')];
    const ended = await Promise.allSettled([one(), two()]);
    const lost = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(lost).toMatchObject([
      { code: 'conflict', message: expect.stringMatching(/G3 was passed|has signed/) },
    ]);
    expect(await stage()).toMatchObject({ stage: 'review' });
    const { rows } = await db().query(
      "SELECT FROM stage_change WHERE workspace_id = $1 AND to_stage = 'review'",
      [workspace.id],
    );
    expect(rows).toHaveLength(1);
  });

  test('is of one transaction with what it brings about: a fault in between leaves nothing of it', async () => {
    await signAs(team.engineer, id, 'engineer');
    const finish = await beginAs(team.qa, id, 'qa');
    const before = [await count('signature'), await count('audit_entry')];
    await db().query(
      `CREATE FUNCTION fail_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'killed here'; END $$`,
    );
    await db().query(
      'CREATE TRIGGER fault BEFORE INSERT ON stage_change FOR EACH ROW EXECUTE FUNCTION fail_here()',
    );
    await expect(finish()).rejects.toThrow('killed here');
    await db().query('DROP TRIGGER fault ON stage_change; DROP FUNCTION fail_here()');
    expect([await count('signature'), await count('audit_entry')]).toEqual(before);
    expect(await getReview(team.qa, id)).toMatchObject({ state: 'open', agent: { stage: 'build' } });
    expect(await finish()).toMatchObject({ passed: true, stage: 'review' });
  });

  test('and its review are unknown in another workspace', async () => {
    const elsewhere = await givenTeam(await givenWorkspace());
    const { signatureId } = await signAs(team.qa, id, 'qa');
    expect((await refusal(getReview(elsewhere.qa, id))).code).toBe('not_found');
    expect((await refusal(getSignature(elsewhere.grc, signatureId))).code).toBe('not_found');
    expect((await refusal(declineReview(elsewhere.engineer, { reviewId: id, reason: 'No.' }))).code).toBe(
      'not_found',
    );
    expect((await refusal(withdrawReview(elsewhere['head-of-ai'], { reviewId: id }))).code).toBe('not_found');
    expect((await refusal(noteVisit(elsewhere.qa, { reviewId: id, seconds: 5, opened: [] }))).code).toBe(
      'not_found',
    );
    expect((await refusal(openReview(elsewhere.engineer, { agent: AGENT, gate: 'G3' }))).code).toBe(
      'not_found',
    );
    expect((await refusal(getReview(team.qa, 'no-such-id'))).code).toBe('not_found');
  });
});

describe('separation of duties', () => {
  test('keeps who wrote the version from approving it, and who built it from running it', async () => {
    const author = await givenSigner(workspace, ['grc'], { name: 'Author' });
    const about = await submit({}, author);
    const builder = await givenSigner(workspace, ['engineer', 'sre'], { name: 'Builder' });
    await walk(about, 'G1', 'G2');
    await givenAllEvidence(workspace, about, 'G3');
    const g3 = await openReview(builder, { agent: AGENT, gate: 'G3' });
    await signAs(builder, g3.id, 'engineer');
    await signAs(team.qa, g3.id, 'qa');
    await givenAllEvidence(workspace, about, 'G4');
    const g4 = await openReview(builder, { agent: AGENT, gate: 'G4' });
    expect((await refusal(signAs(author, g4.id, 'grc'))).message).toBe(
      'Author wrote this version, so cannot sign it as GRC.',
    );
    await signAs(team.grc, g4.id, 'grc');
    await givenAllEvidence(workspace, about, 'G5');
    const g5 = await openReview(builder, { agent: AGENT, gate: 'G5' });
    expect((await refusal(signAs(builder, g5.id, 'sre'))).message).toBe(
      'Builder signed this version as engineering lead, so cannot sign it at G5.',
    );
  });

  test('lets the person sign whom the contract names, and somebody else only in their place', async () => {
    const named = await givenSigner(workspace, ['qa'], { name: 'Adaeze', email: 'qa@example.com' });
    const about = await submit();
    await walk({ ...about }, 'G1', 'G2');
    await givenAllEvidence(workspace, about, 'G3');
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G3' });
    expect((await getReview(team.grc, id)).roles.find((role) => role.role === 'qa')?.may).toMatchObject([
      { person: { name: 'Adaeze' } },
    ]);
    expect((await refusal(signAs(team.qa, id, 'qa'))).message).toBe(
      'The contract names Adaeze as QA. Adaeze signs, or lets you stand in.',
    );
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const delegation = await grantDelegation(named, {
      toId: team.qa.personId,
      role: 'qa',
      reason: 'On leave.',
      endsAt: tomorrow,
    });
    const mine = (await getReview(team.qa, id)).mine.roles;
    expect(mine[0]).toMatchObject({ role: 'qa', onBehalfOf: { name: 'Adaeze' }, whyNot: null });
    const finish = await beginAs(team.qa, id, 'qa', { delegationId: delegation.id });
    await revokeDelegation(named, delegation.id);
    expect((await refusal(finish())).message).toBe('This delegation was taken back.');
    const again = await grantDelegation(named, {
      toId: team.qa.personId,
      role: 'qa',
      reason: 'On leave.',
      endsAt: tomorrow,
    });
    const { signatureId } = await signAs(team.qa, id, 'qa', { delegationId: again.id });
    expect(await getSignature(team.grc, signatureId)).toMatchObject({
      person: { name: 'The qa' },
      onBehalfOf: { name: 'Adaeze' },
      statement: { onBehalfOf: { email: 'qa@example.com' } },
    });
    expect((await refusal(signAs(named, id, 'qa'))).code).toBe('conflict');
  });

  test('does not end with a delegation: whoever stands in is bound by both', async () => {
    const author = await givenSigner(workspace, ['grc'], { name: 'Author' });
    const about = await submit({}, author);
    await walk(about, 'G1', 'G2', 'G3');
    await givenAllEvidence(workspace, about, 'G4');
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G4' });
    const helper = await givenSigner(workspace, ['sme'], { name: 'Helper' });
    const endsAt = new Date(Date.now() + 86_400_000).toISOString();
    const fromAuthor = await grantDelegation(author, {
      toId: helper.personId,
      role: 'grc',
      reason: 'x',
      endsAt,
    });
    expect((await refusal(signAs(helper, id, 'grc', { delegationId: fromAuthor.id }))).message).toBe(
      'Author wrote this version, so cannot sign it as GRC.',
    );
    const toBuilder = await grantDelegation(team.grc, {
      toId: team.engineer.personId,
      role: 'grc',
      reason: 'x',
      endsAt,
    });
    expect((await refusal(signAs(team.engineer, id, 'grc', { delegationId: toBuilder.id }))).message).toBe(
      'The engineer signed this version as engineering lead, so cannot sign it at G4.',
    );
    const fromGrc = await grantDelegation(team.grc, {
      toId: helper.personId,
      role: 'grc',
      reason: 'x',
      endsAt,
    });
    expect(await signAs(helper, id, 'grc', { delegationId: fromGrc.id })).toMatchObject({ passed: true });
  });
});

describe('an agent that was agreed on', () => {
  let first: About;
  beforeEach(async () => {
    first = await submit();
    await walk(first, 'G1', 'G2', 'G3', 'G4', 'G5');
  });

  test('lets no version begin to decide that has not passed its gates', async () => {
    await submit({ versioning: { contract: '1.1' }, authority: { level: 'continuous' } });
    expect(await refusal(putInForce(team.sponsor, { agent: AGENT, number: 2 }))).toMatchObject({
      code: 'conflict',
      message:
        'Refund desk stands in Production: v1.1 must pass G2, G3, G4 and G5 before it can be in force there.',
    });
    expect((await getLifecycle(team.grc, AGENT)).next).toMatchObject({
      gate: 'G2',
      way: 'scoping',
      version: { number: 2 },
    });
  });

  test('takes a change of figures by G6 alone', async () => {
    const second = await submit({ versioning: { contract: '1.1', lastReviewed: '2026-11-01' } });
    expect((await getLifecycle(team.grc, AGENT)).next).toMatchObject({
      gate: 'G6',
      way: 'g6',
      version: { number: 2 },
    });
    expect((await refusal(putInForce(team.sponsor, { agent: AGENT, number: 2 }))).message).toContain(
      'must pass G6',
    );
    const { id } = await openReview(team.operator, { agent: AGENT, gate: 'G6' });
    expect(await getReview(team.grc, id)).toMatchObject({
      version: { number: 2 },
      diff: { since: { number: 1 }, why: 'v1.0, which is in force', routed: { route: 'g6' } },
    });
    await withdrawReview(team.operator, { reviewId: id });
    await walk(second, 'G6');
    expect(await stage()).toEqual({ stage: 'production', inForce: 2 });
    // Going back to what was in force needs nobody's signature.
    await putInForce(team.sponsor, { agent: AGENT, number: 1 });
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
  });

  test('begins a wider version with a rollout, while what was agreed before holds', async () => {
    const second = await submit({ versioning: { contract: '2.0' }, authority: { level: 'continuous' } });
    const { steps } = await getLifecycle(team.grc, AGENT);
    expect(steps.map((step) => step.state)).toEqual(['done', 'next', 'ahead', 'ahead', 'ahead', 'ahead']);
    await walk(second, 'G2', 'G3');
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
    await walk(second, 'G4');
    expect(await stage()).toEqual({ stage: 'rollout', inForce: 2 });
    await walk(second, 'G5');
    expect(await stage()).toEqual({ stage: 'production', inForce: 2 });
  });

  test('falls back with a reason and passes its gates again', async () => {
    const open = await openReview(team.operator, { agent: AGENT, gate: 'G6' });
    const back = {
      agent: AGENT,
      to: 'build',
      cause: 'implementation',
      reason: 'Pays twice.',
      clause: 'tools/refunds.pay/idempotencyKey',
    } as const;
    expect((await refusal(fallBack(team.operator, { ...back, to: 'production' }))).code).toBe('conflict');
    expect((await refusal(fallBack(team.operator, { ...back, reason: '' }))).code).toBe('invalid');
    await fallBack(team.operator, back);
    expect(await stage()).toEqual({ stage: 'build', inForce: 1 });
    expect(await getReview(team.operator, open.id)).toMatchObject({ state: 'superseded' });
    const lifecycle = await getLifecycle(team.grc, AGENT);
    expect(lifecycle.steps.map((step) => step.state)).toEqual([
      'done',
      'done',
      'next',
      'ahead',
      'ahead',
      'ahead',
    ]);
    expect(
      lifecycle.reviews.filter((review) => review.supersededAt !== null).map((review) => review.gate),
    ).toEqual(['G5', 'G4', 'G3']);
    expect(lifecycle.history[0]).toMatchObject({
      kind: 'fallback',
      gate: 'G6',
      cause: 'implementation',
      reason: 'Pays twice.',
    });
    expect(await fallbackPattern(team.grc)).toMatchObject({
      counts: [{ gate: 'G6', cause: 'implementation', count: 1 }],
      fallbacks: [{ agent: { name: AGENT }, clause: 'tools/refunds.pay/idempotencyKey' }],
    });
    await walk(first, 'G3', 'G4', 'G5');
    expect(await stage()).toEqual({ stage: 'production', inForce: 1 });
  });

  test('falls back after what was passed even when the clock was set back in between', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    try {
      await fallBack(team.operator, {
        agent: AGENT,
        to: 'review',
        cause: 'operation',
        reason: 'Nobody is paged.',
      });
    } finally {
      vi.useRealTimers();
    }
    const { steps } = await getLifecycle(team.grc, AGENT);
    expect(steps.map((step) => step.state)).toEqual(['done', 'done', 'done', 'next', 'ahead', 'ahead']);
  });

  test('stands in the record of the day with who agreed to what, and on no day before', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { agents } = await recordOfDay(team.grc, today);
    expect(agents).toMatchObject([
      { stage: 'production', version: { number: 1 }, adopted: false, unsigned: [] },
    ]);
    const signatures = agents[0]?.signatures ?? [];
    expect(signatures.map((each) => `${each.gate} ${each.role}`)).toEqual([
      'G1 head-of-ai',
      'G1 sponsor',
      'G2 engineer',
      'G2 sponsor',
      'G3 engineer',
      'G3 qa',
      'G4 grc',
      'G5 operator',
      'G5 sre',
    ]);
    expect(signatures[6]).toMatchObject({
      evidence: [{ kind: 'backtest' }, {}, {}, {}, {}],
      version: { number: 1 },
    });
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect((await recordOfDay(team.grc, yesterday)).agents).toEqual([]);
    for (const day of ['2026-02-30', 'today', '2999-01-01'])
      expect((await refusal(recordOfDay(team.grc, day))).code).toBe('invalid');
  });
});

test('an agent that was at work before there were gates is shown as taken over, and goes on as before', async () => {
  const about = await submit();
  await putInForce(team.sponsor, { agent: AGENT, number: 1 });
  await db().query("UPDATE agent SET stage = 'production' WHERE id = $1", [about.agentId]);
  const lifecycle = await getLifecycle(team.grc, AGENT);
  expect(lifecycle.adopted).toBe(true);
  expect(lifecycle.steps.map((step) => step.state)).toEqual([
    'adopted',
    'adopted',
    'adopted',
    'adopted',
    'adopted',
    'next',
  ]);
  await submit({ versioning: { contract: '1.1' }, authority: { level: 'continuous' } });
  await putInForce(team.sponsor, { agent: AGENT, number: 2 });
  await walk({ ...about, number: 2 }, 'G6');
  expect((await getLifecycle(team.grc, AGENT)).adopted).toBe(false);
  await submit({ versioning: { contract: '2.0' }, scope: { actions: ['read'] } });
  expect((await refusal(putInForce(team.sponsor, { agent: AGENT, number: 3 }))).message).toContain(
    'must pass',
  );
});

test('habits of signers tell how long they looked and what they opened, to those who may ask', async () => {
  const about = await submit();
  await givenAllEvidence(workspace, { ...about, versionId: null }, 'G1');
  const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
  const opened = (await getReview(team.sponsor, id)).evidence.flatMap((each) => each.evidence?.id ?? []);
  await noteVisit(team.sponsor, { reviewId: id, seconds: 20, opened: opened.slice(0, 2) });
  await noteVisit(team.sponsor, { reviewId: id, seconds: 20, opened: [about.versionId] });
  const visit = (await getReview(team.sponsor, id)).mine;
  expect(visit.opened).toHaveLength(2);
  expect(visit.seconds).toBeLessThan(25);
  await signAs(team.sponsor, id, 'sponsor');
  await signAs(team['head-of-ai'], id, 'head-of-ai');
  const habits = await signerHabits(team.grc);
  const of = (name: string) => habits.find((habit) => habit.person.name === name);
  expect(of('The sponsor')).toMatchObject({ signed: 1, declined: 0, agreement: 1, unread: 0, opened: 2 / 3 });
  expect(of('The head-of-ai')).toMatchObject({ signed: 1, medianSeconds: 0, opened: 0, unread: 1 });
  expect((await refusal(signerHabits(team.engineer))).code).toBe('forbidden');
});

test('the board shows every agent at its stage with what it waits for and on whom', async () => {
  const about = await submit();
  await givenAllEvidence(workspace, { ...about, versionId: null }, 'G1');
  const before = await getBoard(team.sponsor);
  expect(before.stages[0]?.agents).toMatchObject([
    {
      agent: { name: AGENT },
      next: { gate: 'G1', missing: [], reviewId: null },
      waiting: { words: expect.stringContaining('nobody has opened') },
    },
  ]);
  const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
  await signAs(team.sponsor, id, 'sponsor');
  const board = await getBoard(team.sponsor);
  expect(board.open).toMatchObject([{ id, mine: false, waiting: { words: 'on The head-of-ai' } }]);
  expect(board.stages[0]?.agents[0]?.next).toMatchObject({
    signed: ['sponsor'],
    awaited: ['head-of-ai'],
    reviewId: id,
  });
});
