import { beforeEach, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { importContract } from '@/lib/services/contracts/import-contract';
import { aContract } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenWorkspace } from '@/lib/services/testing/given';
import { expireReviews } from './expire-reviews';
import { getLifecycle } from './get-lifecycle';
import { getReview } from './get-review';
import { openReview } from './open-review';
import { beginAs, givenAllEvidence, givenTeam, passGate, signAs, type Team } from './testing/given-gates';

const DAY = 86_400_000;
const AGENT = 'refund-desk';
let workspace: GivenWorkspace;
let team: Team;
let about: { agent: string; agentId: string; versionId: string };

beforeEach(async () => {
  workspace = await givenWorkspace();
  team = await givenTeam(workspace);
  const source = JSON.stringify(aContract());
  await importContract(team.sponsor, { source, format: 'json', putInForce: false });
  const { rows } = await db().query<{ agentId: string; versionId: string }>(
    'SELECT agent_id AS "agentId", id AS "versionId" FROM contract_version WHERE workspace_id = $1',
    [workspace.id],
  );
  about = { agent: AGENT, agentId: rows[0]?.agentId ?? '', versionId: rows[0]?.versionId ?? '' };
});

const inDays = (days: number) => new Date(Date.now() + days * DAY);
const toldOf = async (personId: string, kind: string) =>
  (
    await db().query<{ title: string }>(
      'SELECT title FROM notification WHERE person_id = $1 AND kind = $2 ORDER BY created_at',
      [personId, kind],
    )
  ).rows.map((row) => row.title);

describe('a review that waits', () => {
  test('reminds those it waits on, once in two days, and only of what they can do', async () => {
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
    await expireReviews(inDays(3));
    expect(await toldOf(team.sponsor.personId, 'gate.reminder')).toEqual([]);
    await givenAllEvidence(workspace, { ...about, versionId: null }, 'G1');
    await signAs(team['head-of-ai'], id, 'head-of-ai');
    await expireReviews(inDays(3));
    await expireReviews(inDays(3.5));
    expect(await toldOf(team.sponsor.personId, 'gate.reminder')).toEqual([
      'G1 of Refund desk still waits for your signature',
    ]);
    expect(await toldOf(team['head-of-ai'].personId, 'gate.reminder')).toEqual([]);
    await expireReviews(inDays(5.1));
    expect(await toldOf(team.sponsor.personId, 'gate.reminder')).toHaveLength(2);
  });

  test('expires, tells who opened and signed it, and takes no signature any more', async () => {
    await givenAllEvidence(workspace, { ...about, versionId: null }, 'G1');
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
    await signAs(team['head-of-ai'], id, 'head-of-ai');
    const finish = await beginAs(team.sponsor, id, 'sponsor');
    await db().query("UPDATE gate_review SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);
    // Even before the timer has looked.
    await expect(finish()).rejects.toThrow(/^This review expired on/);
    await Promise.all([expireReviews(new Date()), expireReviews(new Date()), expireReviews(new Date())]);
    expect(await getReview(team.sponsor, id)).toMatchObject({ state: 'expired', closedBy: null });
    expect(await toldOf(team.engineer.personId, 'gate.closed')).toEqual([
      'G1 of Refund desk expired before everybody signed',
    ]);
    await expect(finish()).rejects.toThrow(/This review expired/);
    const { rows } = await db().query(
      "SELECT FROM audit_entry WHERE workspace_id = $1 AND action = 'gate.expired'",
      [workspace.id],
    );
    expect(rows).toHaveLength(1);
    // It can be opened again.
    await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
  });
});

test('an attestation that comes due is opened in time, once, and again after one that led to nothing', async () => {
  for (const gate of ['G1', 'G2', 'G3', 'G4', 'G5'] as const)
    await passGate(workspace, team, gate === 'G1' ? { ...about, versionId: null } : about, gate);
  const open = async () =>
    (await getLifecycle(team.grc, AGENT)).reviews.filter(
      (each) => each.gate === 'G6' && each.state === 'open',
    );
  await expireReviews(inDays(75));
  expect(await open()).toEqual([]);
  await Promise.all([expireReviews(inDays(77)), expireReviews(inDays(77))]);
  expect(await open()).toMatchObject([{ openedBy: null, version: { number: 1 } }]);
  await expireReviews(inDays(78));
  expect(await open()).toHaveLength(1);
  expect(await toldOf(team.operator.personId, 'gate.requested')).toContain(
    'G6 of Refund desk v1.0 asks for your signature as operator',
  );
});

test('one workspace in trouble does not keep the others from their turn', async () => {
  const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
  const other = await givenWorkspace();
  const others = await givenTeam(other);
  await importContract(others.sponsor, {
    source: JSON.stringify(aContract()),
    format: 'json',
    putInForce: false,
  });
  const second = await openReview(others.engineer, { agent: AGENT, gate: 'G1' });
  await db().query(
    `CREATE FUNCTION fail_one() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN IF NEW.id = '${id}' THEN RAISE 'trouble'; END IF; RETURN NEW; END $$`,
  );
  await db().query(
    'CREATE TRIGGER trouble BEFORE UPDATE ON gate_review FOR EACH ROW EXECUTE FUNCTION fail_one()',
  );
  const failures: unknown[] = [];
  await expireReviews(inDays(40), (error) => failures.push(error));
  await db().query('DROP TRIGGER trouble ON gate_review; DROP FUNCTION fail_one()');
  expect(failures).toHaveLength(1);
  expect(await getReview(others.grc, second.id)).toMatchObject({ state: 'expired' });
  expect(await getReview(team.grc, id)).toMatchObject({ state: 'open' });
});
