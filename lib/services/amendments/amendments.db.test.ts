import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { putInForce } from '@/lib/services/contracts/put-in-force';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { listDrafts } from '@/lib/services/drafts/list-drafts';
import { submitDraft } from '@/lib/services/drafts/submit-draft';
import { getLifecycle } from '@/lib/services/gates/get-lifecycle';
import { openReview } from '@/lib/services/gates/open-review';
import { passGate, signAs } from '@/lib/services/gates/testing/given-gates';
import { AGENT, type Desk, givenDesk } from '@/lib/services/gates/testing/refund-desk';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { giveVerdict } from '@/lib/services/verdicts/give-verdict';
import { answerLowering, chooseRoute } from './decide-route';
import { endAmendment } from './end-amendment';
import { expireEmergencies } from './expire-emergencies';
import { getAmendment } from './get-amendment';
import { listAmendments } from './list-amendments';
import { putInForceAtOnce } from './put-in-force-at-once';
import { rebaseAmendment } from './rebase-amendment';
import { adoptDraft, startAmendment } from './start-amendment';
import {
  amended,
  inProduction,
  NARROWER,
  OWNERS,
  submitted,
  versionOf,
  WIDER,
} from './testing/given-amendment';

describe('an amendment', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await inProduction();
  });

  it('goes from its draft through exactly the gates of its route into force, beside the version that works', async () => {
    const number = await submitted(desk, WIDER, '1.1');
    const before = await getAmendment(desk.team.grc, number);
    expect(before).toMatchObject({
      state: 'open',
      route: 'scoping',
      computed: 'scoping',
      standsAt: 'scoping',
    });
    expect(before.gates.map((gate) => [gate.gate, gate.state])).toEqual([
      ['G2', 'due'],
      ['G3', 'ahead'],
      ['G4', 'ahead'],
      ['G5', 'ahead'],
    ]);
    expect(before.holding).toEqual(['G1']);
    expect(before.gates[0]?.superseded?.version.label).toBe('1.0');
    expect(before.gates[0]?.superseded?.signatures.map((signature) => signature.role)).toEqual([
      'engineer',
      'sponsor',
    ]);
    // The agent stays where it is, and so does what decides.
    expect(await desk.stage()).toEqual({ stage: 'production', inForce: 1 });
    const about = await versionOf(desk, number);
    await desk.walk(about, 'G2');
    expect(await getAmendment(desk.team.grc, number)).toMatchObject({
      state: 'in-review',
      standsAt: 'build',
    });
    await desk.walk(about, 'G3', 'G4');
    expect(await desk.stage()).toEqual({ stage: 'rollout', inForce: 2 });
    await desk.walk(about, 'G5');
    expect(await desk.stage()).toEqual({ stage: 'production', inForce: 2 });
    const after = await getAmendment(desk.team.grc, number);
    expect(after).toMatchObject({ state: 'in-force', standsAt: null });
    expect(after.gates.every((gate) => gate.state === 'passed')).toBe(true);
    expect(after.activity.map((entry) => entry.action).toReversed()).toEqual([
      'amendment.started',
      'amendment.submitted',
      'amendment.in-force',
    ]);
  });

  it('takes a shorter way only by a reason and the consent of somebody else of GRC', async () => {
    const number = await submitted(desk, { ...WIDER, ...NARROWER }, '1.2');
    expect((await getAmendment(desk.team.grc, number)).route).toBe('build');
    const noReason = await refusal(chooseRoute(desk.team.sponsor, { number, route: 'g6' }));
    expect(noReason.code).toBe('invalid');
    expect(await chooseRoute(desk.team.sponsor, { number, route: 'g6', reason: 'It only loses data.' })).toBe(
      'lowering-asked',
    );
    const asked = await getAmendment(desk.team.grc, number);
    expect(asked.route).toBe('build');
    expect(asked.asked?.people.map((person) => person.name)).toEqual(['The grc']);
    expect(asked.may.consent).toBe(true);
    const seen = asked.asked?.seen ?? '';
    const notGrc = await refusal(
      answerLowering(desk.team.sponsor, { number, consent: true, reason: 'Yes.', seen }),
    );
    expect(notGrc.code).toBe('forbidden');
    const unseen = await refusal(
      answerLowering(desk.team.grc, { number, consent: true, reason: 'Yes.', seen: 'another' }),
    );
    expect(unseen.code).toBe('conflict');
    await answerLowering(desk.team.grc, { number, consent: true, reason: 'G6 is enough for that.', seen });
    const after = await getAmendment(desk.team.grc, number);
    expect(after).toMatchObject({ route: 'g6', computed: 'build' });
    expect(after.gates.map((gate) => gate.gate)).toEqual(['G6']);
    // Raised again, freely.
    expect(await chooseRoute(desk.team.engineer, { number, route: 'scoping' })).toBe('raised');
    const raised = await getAmendment(desk.team.grc, number);
    expect(raised.gates.map((gate) => gate.gate)).toEqual(['G2', 'G3', 'G4', 'G5']);
    const { next } = await getLifecycle(desk.team.grc, AGENT);
    expect(next?.gate).toBe('G2');
    await endAmendment(desk.team.sponsor, { number, as: 'withdrawn', reason: 'Not now.' });
    expect((await getLifecycle(desk.team.grc, AGENT)).next?.gate).toBe('G6');
  });

  it('that GRC asks to shorten waits for another one of GRC', async () => {
    const number = await submitted(desk, NARROWER, '1.3');
    await chooseRoute(desk.team.grc, { number, route: 'g6', reason: 'Small.' });
    const seen = (await getAmendment(desk.team.grc, number)).asked?.seen ?? '';
    const own = await refusal(
      answerLowering(desk.team.grc, { number, consent: true, reason: 'Mine.', seen }),
    );
    expect(own.code).toBe('forbidden');
    expect((await getAmendment(desk.team.grc, number)).may.consent).toBe(false);
    await endAmendment(desk.team.grc, { number, as: 'refused', reason: 'No.' });
    const late = await refusal(chooseRoute(desk.team.sponsor, { number, route: 'scoping' }));
    expect(late.message).toContain('refused');
  });
});

describe('two amendments in flight', () => {
  it('go side by side; the second is brought up to the first, and signed anew', async () => {
    const desk = await inProduction();
    const first = await submitted(desk, OWNERS, '1.1');
    const second = await submitted(desk, NARROWER, '1.2');
    const aboutSecond = await versionOf(desk, second);
    await desk.walk(aboutSecond, 'G3');
    const aboutFirst = await versionOf(desk, first);
    await desk.walk(aboutFirst, 'G6');
    expect(await desk.stage()).toMatchObject({ inForce: aboutFirst.number });
    const stale = await getAmendment(desk.team.grc, second);
    expect(stale).toMatchObject({ outdated: true, newer: { label: '1.1' } });
    const told = await refusal(
      openReview(desk.team.engineer, { agent: AGENT, gate: 'G4', version: aboutSecond.number }),
    );
    expect(told.message).toContain('AMD-2 changes v1.0, and v1.1 has come into force since');
    const done = await rebaseAmendment(desk.team.sponsor, { number: second });
    expect(done).toMatchObject({ status: 'rebased', onto: '1.1' });
    const rebased = await getAmendment(desk.team.grc, second);
    expect(rebased).toMatchObject({
      state: 'drafting',
      base: { label: '1.1' },
      route: 'build',
      outdated: false,
    });
    expect(rebased.changes.map((change) => change.clause)).toEqual([
      'tools/orders.get/categories',
      'versioning/contract',
    ]);
    const { draftId } = rebased;
    const { revision } = await getDraft(desk.team.sponsor, draftId ?? '');
    await submitDraft(desk.team.sponsor, draftId ?? '', { revision });
    const again = await getAmendment(desk.team.grc, second);
    expect(again.gates.map((gate) => [gate.gate, gate.state])).toEqual([
      ['G3', 'due'],
      ['G4', 'ahead'],
      ['G5', 'ahead'],
    ]);
    // What it was before is signed no more.
    const old = await refusal(
      openReview(desk.team.engineer, { agent: AGENT, gate: 'G4', version: aboutSecond.number }),
    );
    expect(old.message).toContain('brought up to a newer version');
  });

  it('that change the same clause are refused with both sides, until somebody says which holds', async () => {
    const desk = await inProduction();
    const cost = (perRun: number): ContractChanges => ({ cost: { ...aContract().cost, perRun } });
    const first = await submitted(desk, cost(3), '1.1');
    const { number: second, draftId } = await amended(desk, cost(4), '1.2');
    expect((await getDraft(desk.team.engineer, draftId)).amendment).toEqual({
      number: second,
      incident: null,
    });
    expect((await listDrafts(desk.team.engineer)).rows).toContainEqual(
      expect.objectContaining({ id: draftId, amendment: second }),
    );
    const about = await versionOf(desk, first);
    await desk.walk(about, 'G6');
    const stale = await refusal(
      submitDraft(desk.team.sponsor, draftId, {
        revision: (await getDraft(desk.team.sponsor, draftId)).revision,
      }),
    );
    expect(stale.message).toContain('Bring it up to v1.1 first');
    const clash = await rebaseAmendment(desk.team.sponsor, { number: second });
    expect(clash).toMatchObject({
      status: 'clash',
      conflicts: [{ clause: 'cost/perRun', mine: 4, theirs: 3 }],
    });
    expect((await getAmendment(desk.team.grc, second)).outdated).toBe(true);
    const done = await rebaseAmendment(desk.team.sponsor, {
      number: second,
      keep: { 'cost/perRun': 'mine' },
    });
    expect(done.status).toBe('rebased');
    const changed = (await getAmendment(desk.team.grc, second)).changes;
    expect(changed.find((change) => change.clause === 'cost/perRun')).toMatchObject({ before: 3, after: 4 });
  });
});

describe('an emergency amendment', () => {
  it('that lets the agent do anything more is refused by its clauses', async () => {
    const desk = await inProduction();
    const number = await submitted(desk, WIDER, '1.1');
    const refused = await refusal(putInForceAtOnce(desk.team.operator, { number, reason: 'Now.' }));
    expect(refused.code).toBe('conflict');
    expect(refused.message).toContain('tools/orders.get/categories');
    expect(await desk.stage()).toEqual({ stage: 'production', inForce: 1 });
  });

  it('that narrows takes effect at once, by the operator, and is signed after', async () => {
    const desk = await inProduction();
    const number = await submitted(desk, NARROWER, '1.1');
    expect((await refusal(putInForceAtOnce(desk.team.sponsor, { number, reason: 'Now.' }))).code).toBe(
      'forbidden',
    );
    await putInForceAtOnce(desk.team.operator, { number, reason: 'It reads what it must not.' });
    expect(await desk.stage()).toEqual({ stage: 'production', inForce: 2 });
    const owed = await getAmendment(desk.team.grc, number);
    expect(owed).toMatchObject({ state: 'in-force', emergency: true, standsAt: 'build' });
    const about = await versionOf(desk, number);
    const { next } = await getLifecycle(desk.team.grc, AGENT);
    expect(next).toMatchObject({ gate: 'G3', version: { number: 2 } });
    await desk.walk(about, 'G3', 'G4', 'G5');
    expect(await desk.stage()).toEqual({ stage: 'production', inForce: 2 });
    const signed = await getAmendment(desk.team.grc, number);
    expect(signed.atOnce?.signedAt).not.toBeNull();
    expect(signed.standsAt).toBeNull();
    expect(await expireEmergencies(new Date(Date.now() + 30 * 86_400_000))).toBe(0);
  });

  it('that nobody signs in time sends its agent back, and stays in force', async () => {
    const desk = await inProduction();
    const number = await submitted(desk, NARROWER, '1.1');
    await putInForceAtOnce(desk.team.operator, { number, reason: 'It reads what it must not.' });
    // Once rolled back, it is not to be had again without its gates.
    await putInForce(desk.team['head-of-ai'], { agent: AGENT, number: 1 });
    const again = await refusal(putInForce(desk.team['head-of-ai'], { agent: AGENT, number: 2 }));
    expect(again.message).toContain('must pass');
    await db().query(`UPDATE amendment SET state = 'open' WHERE workspace_id = $1`, [desk.workspace.id]);
    await putInForceAtOnce(desk.team.operator, { number, reason: 'Again.' });
    expect(await expireEmergencies(new Date())).toBe(0);
    const late = new Date(Date.now() + 8 * 86_400_000);
    expect(await Promise.all([expireEmergencies(late), expireEmergencies(late)])).toContain(1);
    expect(await desk.stage()).toEqual({ stage: 'build', inForce: 2 });
    expect((await getLifecycle(desk.team.grc, AGENT)).history[0]).toMatchObject({
      kind: 'fallback',
      to: 'build',
      reason: expect.stringContaining('was not signed by'),
    });
  });
});

describe('an amendment that an incident gave rise to', () => {
  it('changes the version of its run, and is compared with what was found', async () => {
    const desk = await inProduction();
    const { rows } = await db().query<{ id: string; versionId: string; digest: string }>(
      `SELECT a.id, v.id AS "versionId", v.digest FROM agent a JOIN contract_version v ON v.id = a.contract_version_id
        WHERE a.workspace_id = $1`,
      [desk.workspace.id],
    );
    const row = rows[0];
    if (row === undefined) throw new Error('no agent');
    const agent = { id: row.id, version: { id: row.versionId, digest: row.digest } };
    const run = await givenRun(desk.workspace, agent);
    const incident = await givenIncident(desk.workspace, agent, run, {
      clause: 'tools/orders.get/categories',
    });
    const { number, clause } = await startAmendment(desk.team.sponsor, { incident: incident.number });
    expect(clause).toBe('tools/orders.get/categories');
    await giveVerdict(desk.team.grc, { incident: incident.number, role: 'grc', cause: 'contract' });
    await giveVerdict(desk.team.sponsor, { incident: incident.number, role: 'sponsor', cause: 'contract' });
    const amendment = await getAmendment(desk.team.grc, number);
    expect(amendment).toMatchObject({
      incident: incident.number,
      base: { number: 1 },
      label: '1.1',
      verdictRoute: 'scoping',
      route: 'g6',
      may: { whyNotSubmit: null },
    });
    const { rows: listed } = await listAmendments(desk.team.grc, { incident: incident.number });
    expect(listed.map((each) => each.number)).toEqual([number]);
  });

  it('says from its draft on that in Rollout a tweak passes G4 and G5 rather than G6', async () => {
    const desk = await givenDesk();
    const first = await desk.submit({ versioning: { contract: '1.0' } });
    await desk.walk(first, 'G1', 'G2', 'G3', 'G4');
    const { number, draftId } = await startAmendment(desk.team.sponsor, { agent: AGENT });
    const told = {
      route: 'g6',
      standsAt: 'review',
      gates: [
        { gate: 'G4', state: 'due' },
        { gate: 'G5', state: 'ahead' },
      ],
      holding: ['G1', 'G2', 'G3'],
      gatesByRoute: { g6: ['G4', 'G5'], build: ['G3', 'G4', 'G5'] },
    };
    expect(await getAmendment(desk.team.grc, number)).toMatchObject(told);
    const { revision } = await getDraft(desk.team.sponsor, draftId);
    await submitDraft(desk.team.sponsor, draftId, { revision });
    expect(await getAmendment(desk.team.grc, number)).toMatchObject(told);
  });

  it('or an open draft begins it, once', async () => {
    const desk = await inProduction();
    const one = await startAmendment(desk.team.sponsor, { agent: AGENT });
    const twice = await refusal(adoptDraft(desk.team.sponsor, { draft: one.draftId }));
    expect(twice.message).toContain(`AMD-${one.number}`);
    const other = await startAmendment(desk.team.sponsor, { agent: AGENT });
    const labels = await Promise.all(
      [one, other].map(async ({ number }) => (await getAmendment(desk.team.grc, number)).label),
    );
    expect(new Set(labels).size).toBe(2);
    expect((await refusal(startAmendment(desk.team.operator, { agent: AGENT }))).code).toBe('forbidden');
  });
});

it('signing of a gate for an amendment is refused on the review itself once its base is superseded', async () => {
  const desk = await inProduction();
  const first = await submitted(desk, OWNERS, '1.1');
  const second = await submitted(desk, NARROWER, '1.2');
  const about = await versionOf(desk, second);
  await desk.walk(about, 'G3');
  const { id } = await openReview(desk.team.engineer, { agent: AGENT, gate: 'G4', version: about.number });
  await passGate(desk.workspace, desk.team, await versionOf(desk, first), 'G6');
  const told = await refusal(signAs(desk.team.grc, id, 'grc'));
  expect(told.message).toContain('has come into force since');
});
