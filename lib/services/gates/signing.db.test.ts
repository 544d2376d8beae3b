import { beforeEach, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { givenWorkspace } from '@/lib/services/testing/given';
import { refusal } from '@/lib/services/testing/refusal';
import { declineReview } from './decline-review';
import { getReview } from './get-review';
import { getSignature } from './get-signature';
import { noteVisit } from './note-visit';
import { openReview } from './open-review';
import { signerHabits } from './signer-habits';
import {
  beginAs,
  givenAllEvidence,
  givenEvidence,
  givenSigner,
  givenTeam,
  signAs,
} from './testing/given-gates';
import { type About, AGENT, type Desk, givenDesk } from './testing/refund-desk';
import { withdrawReview } from './withdraw-review';

let workspace: Desk['workspace'];
let team: Desk['team'];
let submit: Desk['submit'];
let walk: Desk['walk'];
let stage: Desk['stage'];
let count: Desk['count'];

beforeEach(async () => {
  ({ workspace, team, submit, walk, stage, count } = await givenDesk());
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
