import { beforeEach, describe, expect, test } from 'vitest';
import { db } from '@/lib/db/pool';
import { importContract } from '@/lib/services/contracts/import-contract';
import { aContract } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenWorkspace } from '@/lib/services/testing/given';
import { declineReview } from './decline-review';
import { openReview } from './open-review';
import {
  givenAllEvidence,
  givenSigner,
  givenTeam,
  type PersonActor,
  signAs,
  type Team,
} from './testing/given-gates';

const AGENT = 'refund-desk';
let workspace: GivenWorkspace;
let team: Team;
let other: PersonActor;
let people = 0;

/** The contract names `other` as its sponsor; the team has a sponsor too. */
beforeEach(async () => {
  workspace = await givenWorkspace();
  team = await givenTeam(workspace);
  people += 1;
  const email = `petra-${people}@example.com`;
  other = await givenSigner(workspace, ['sponsor'], { name: 'Petra Haas', email });
  const contract = aContract();
  const source = JSON.stringify({
    ...contract,
    ownership: { ...contract.ownership, sponsor: email },
  });
  await importContract(other, { source, format: 'json', putInForce: false });
  const { rows } = await db().query<{ agentId: string }>(
    'SELECT agent_id AS "agentId" FROM contract_version WHERE workspace_id = $1',
    [workspace.id],
  );
  await givenAllEvidence(workspace, { agentId: rows[0]?.agentId ?? '', versionId: null }, 'G1');
});

const unread = async (person: PersonActor) =>
  (
    await db().query<{ kind: string }>(
      `SELECT kind FROM notification WHERE person_id = $1 AND read_at IS NULL AND kind LIKE 'gate.re%'`,
      [person.personId],
    )
  ).rows.length;

describe('who is asked to sign', () => {
  test('is whom the contract names, at the gate before there is a version to pass too', async () => {
    await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
    expect(await unread(other)).toBe(1);
    expect(await unread(team.sponsor)).toBe(0);
  });

  test('is asked no more once they signed, nor anybody once the review is closed', async () => {
    const { id } = await openReview(team.engineer, { agent: AGENT, gate: 'G1' });
    await signAs(other, id, 'sponsor');
    expect(await unread(other)).toBe(0);
    expect(await unread(team['head-of-ai'])).toBe(1);
    await declineReview(team['head-of-ai'], { reviewId: id, reason: 'The baseline is a guess.' });
    expect(await unread(team['head-of-ai'])).toBe(0);
  });
});
