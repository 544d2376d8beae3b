import type { Actor } from '@/lib/auth/actor';
import { ROLES, type Role } from '@/lib/auth/roles';
import { config } from '@/lib/config';
import { prisma } from '@/lib/db/prisma';
import { passwordProof } from './password';

export const SIGN_IN_WAYS = ['password', 'passkey', 'oidc', 'demo'] as const;
export type SignInWay = (typeof SIGN_IN_WAYS)[number];

/** What a session cookie says; everything else is read anew on each request. */
export interface SessionClaim {
  personId: string;
  workspaceId: string;
  via: SignInWay;
  /** What must still hold: `passwordProof` at sign-in, the passkey's id, the subject at the sign-in service; empty in the demo. */
  proof: string;
}

export interface Session {
  /** What it was opened with, to look again later. */
  claim: SessionClaim;
  actor: Extract<Actor, { kind: 'person' }>;
  person: { email: string; jobTitle: string | null };
  workspace: { id: string; name: string; slug: string; timeZone: string; isDemo: boolean };
}

/**
 * The person behind a claim with the roles they have now, or null when the claim no longer holds: disabled, removed from
 * the workspace, password changed or passkey revoked since, or a demo session where there is no demo.
 */
export async function loadSession(claim: SessionClaim): Promise<Session | null> {
  const membership = await prisma().membership.findUnique({
    where: { workspaceId_personId: { workspaceId: claim.workspaceId, personId: claim.personId } },
    include: { person: true, workspace: true },
  });
  if (membership === null || membership.person.disabledAt !== null) return null;
  const { person, workspace } = membership;
  if (!(await stillHolds(claim, workspace, person))) return null;
  return {
    claim,
    actor: {
      kind: 'person',
      workspaceId: workspace.id,
      personId: person.id,
      name: person.name,
      roles: knownRoles(membership.roles),
    },
    person: { email: person.email, jobTitle: membership.jobTitle },
    workspace: {
      id: workspace.id,
      name: workspace.name,
      slug: workspace.slug,
      timeZone: workspace.timeZone,
      isDemo: workspace.isDemo,
    },
  };
}

/** The stored names that are roles; a name of a later or earlier release gives no right. */
export function knownRoles(names: readonly string[]): Role[] {
  return ROLES.filter((role) => names.includes(role));
}

async function stillHolds(
  { via, proof, personId }: SessionClaim,
  workspace: { isDemo: boolean },
  person: { passwordHash: string | null },
): Promise<boolean> {
  if (via === 'demo') return config().demo && workspace.isDemo;
  if (workspace.isDemo) return false;
  if (via === 'password') return person.passwordHash !== null && passwordProof(person.passwordHash) === proof;
  if (via === 'passkey') {
    const passkey = await prisma().passkey.findUnique({ where: { id: proof } });
    return passkey !== null && passkey.personId === personId && passkey.revokedAt === null;
  }
  const issuer = config().oidc?.issuer;
  if (issuer === undefined) return false;
  const identity = await prisma().personIdentity.findUnique({
    where: { issuer_subject: { issuer, subject: proof } },
  });
  return identity?.personId === personId;
}
