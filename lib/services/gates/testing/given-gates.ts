/** What tests of gates take as given: seven people, evidence, and a signature as a person gives it. */
import type { Actor } from '@/lib/auth/actor';
import type { Role } from '@/lib/auth/roles';
import { db, transact } from '@/lib/db/pool';
import { EVIDENCE_KINDS, type EvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import { GATES, type GateId, type SigningRole } from '@/lib/lifecycle/gates';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { hashPassword } from '@/lib/services/people/password';
import { type GivenWorkspace, givenPerson } from '@/lib/services/testing/given';
import { beginSigning } from '../begin-signing';
import { getReview } from '../get-review';
import { openReview } from '../open-review';
import { type Signed, signReview } from '../sign-review';

export type PersonActor = Extract<Actor, { kind: 'person' }>;
export type Team = Record<SigningRole, PersonActor>;

const PASSWORD = 'quiet-harbour-lantern-42';
let hash: Promise<string> | undefined;

/** A member who can prove who they are. */
export async function givenSigner(
  workspace: GivenWorkspace,
  roles: readonly Role[],
  over: { name?: string; email?: string } = {},
): Promise<PersonActor> {
  const person = await givenPerson(workspace, roles, over);
  hash ??= hashPassword(PASSWORD, []);
  await db().query('UPDATE person SET password_hash = $2 WHERE id = $1', [person.personId, await hash]);
  return person;
}

/** One person for each role that signs. They are not those a contract names unless `named` is given. */
export async function givenTeam(workspace: GivenWorkspace): Promise<Team> {
  const one = (role: SigningRole) => givenSigner(workspace, [role], { name: `The ${role}` });
  return {
    'head-of-ai': await one('head-of-ai'),
    sponsor: await one('sponsor'),
    engineer: await one('engineer'),
    qa: await one('qa'),
    grc: await one('grc'),
    operator: await one('operator'),
    sre: await one('sre'),
  };
}

export async function givenEvidence(
  workspace: GivenWorkspace,
  about: { agentId: string; versionId: string | null },
  kind: EvidenceKind,
  over: { outcome?: 'passed' | 'failed' | 'given'; producedAt?: Date; summary?: string } = {},
): Promise<{ id: string; digest: string }> {
  return transact((client) =>
    recordEvidence(client, workspace.system, {
      agentId: about.agentId,
      contractVersionId: EVIDENCE_KINDS[kind].speaksOf === 'version' ? about.versionId : null,
      kind,
      title: EVIDENCE_KINDS[kind].title,
      outcome: over.outcome ?? (EVIDENCE_KINDS[kind].must === 'pass' ? 'passed' : 'given'),
      summary: over.summary ?? `${EVIDENCE_KINDS[kind].title} is as it should be.`,
      detail: {},
      producedAt: over.producedAt ?? new Date(),
      origin: 'computed',
    }),
  );
}

/** All that a gate asks for. */
export async function givenAllEvidence(
  workspace: GivenWorkspace,
  about: { agentId: string; versionId: string | null },
  gate: GateId,
): Promise<void> {
  for (const { kind } of GATES[gate].evidence) await givenEvidence(workspace, about, kind);
}

/** Begins to sign: what comes back finishes it. */
export async function beginAs(
  actor: PersonActor,
  reviewId: string,
  role: SigningRole,
  over: { delegationId?: string; note?: string } = {},
): Promise<() => Promise<Signed>> {
  const { seen } = await getReview(actor, reviewId);
  const { challengeId } = await beginSigning(actor, { reviewId, role, method: 'password', seen, ...over });
  const proof = { method: 'password', challengeId, password: PASSWORD } as const;
  return () => signReview(actor, { reviewId, proof });
}

export async function signAs(
  actor: PersonActor,
  reviewId: string,
  role: SigningRole,
  over: { delegationId?: string; note?: string } = {},
): Promise<Signed> {
  return (await beginAs(actor, reviewId, role, over))();
}

/** Evidence, review and every signature of a gate. */
export async function passGate(
  workspace: GivenWorkspace,
  team: Team,
  about: { agent: string; agentId: string; versionId: string | null; number?: number },
  gate: GateId,
): Promise<string> {
  await givenAllEvidence(workspace, about, gate);
  const { id } = await openReview(team['head-of-ai'], {
    agent: about.agent,
    gate,
    ...(gate === 'G1' || about.number === undefined ? {} : { version: about.number }),
  });
  for (const role of GATES[gate].roles) await signAs(team[role], id, role);
  return id;
}
