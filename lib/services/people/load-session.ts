import type { Actor } from '@/lib/auth/actor';
import { ROLES, type Role } from '@/lib/auth/roles';
import { config } from '@/lib/config';
import { prisma } from '@/lib/db/prisma';
import { passwordProof } from './password';

/** What a session cookie says; everything else is read anew on each request. */
export interface SessionClaim {
  personId: string;
  workspaceId: string;
  via: 'password' | 'demo';
  /** `passwordProof` at sign-in; empty in the demo. */
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
 * The person behind a claim with the roles they have now, or null when the claim no longer holds: disabled,
 * removed from the workspace, password changed since, or a demo session where there is no demo.
 */
export async function loadSession(claim: SessionClaim): Promise<Session | null> {
  const membership = await prisma().membership.findUnique({
    where: { workspaceId_personId: { workspaceId: claim.workspaceId, personId: claim.personId } },
    include: { person: true, workspace: true },
  });
  if (membership === null || membership.person.disabledAt !== null) return null;
  const { person, workspace } = membership;
  if (claim.via === 'demo') {
    if (!config().demo || !workspace.isDemo) return null;
  } else if (
    workspace.isDemo ||
    person.passwordHash === null ||
    passwordProof(person.passwordHash) !== claim.proof
  ) {
    return null;
  }
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
