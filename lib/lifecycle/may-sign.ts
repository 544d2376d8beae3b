import { GATES, type GateId, type SigningRole } from './gates';

/** How roles are called within a sentence. */
export const ROLE_IN_WORDS: Readonly<Record<SigningRole, string>> = {
  'head-of-ai': 'head of AI',
  sponsor: 'sponsor',
  engineer: 'engineering lead',
  qa: 'QA',
  grc: 'GRC',
  operator: 'operator',
  sre: 'SRE',
};

/** A member of the workspace. */
export interface Member {
  id: string;
  name: string;
  roles: readonly string[];
}

/** Somebody signs in another's place, in one role; times in ms since 1970. */
export interface GivenDelegation {
  id: string;
  fromId: string;
  toId: string;
  role: string;
  /** Null: for all agents. */
  agentId: string | null;
  startsAt: number;
  endsAt: number;
  revokedAt: number | null;
}

/** What decides who may sign a review, apart from its evidence. */
export interface SigningContext {
  gate: GateId;
  agentId: string;
  /** Members whose access is not ended. */
  members: readonly Member[];
  /** The member whom the contract names for a role; roles it names nobody of the workspace for are absent. */
  named: Readonly<Partial<Record<SigningRole, string>>>;
  /** Who has signed this review; `forId` where somebody stood in. */
  signatures: readonly { role: SigningRole; personId: string; forId: string | null }[];
  /** Who wrote the version: created it, or changed its draft. */
  authors: readonly string[];
  /** Who signed this version as engineering lead, and for whom. */
  builders: readonly string[];
  delegations: readonly GivenDelegation[];
}

/** One person in one role, for themselves or by a delegation. */
export interface Signing {
  personId: string;
  role: SigningRole;
  delegationId: string | null;
}

export type Verdict = { ok: true; forId: string | null } | { ok: false; reason: string };

/**
 * Whether a person may sign a review in a role, or why not. One person signs once, in one role; who wrote the version may
 * not sign it as GRC or operator; who signed it as engineering lead may not sign it at G4 or G5. A delegate needs
 * the role as little as the delegator needs time, and is bound by both persons' restrictions. Where the contract names a
 * member for the role, it is they who sign, unless they are barred themselves. `now` in ms since 1970.
 */
export function maySign(signing: Signing, context: SigningContext, now: number): Verdict {
  const { role } = signing;
  if (!GATES[context.gate].roles.includes(role))
    return no(`${context.gate} is not signed as ${ROLE_IN_WORDS[role]}.`);
  const person = context.members.find((member) => member.id === signing.personId);
  if (person === undefined) return no('You are not a member of this workspace any more.');
  const taken = context.signatures.find((signature) => signature.role === role);
  if (taken !== undefined)
    return no(
      taken.personId === person.id
        ? `You have signed as ${ROLE_IN_WORDS[role]} already.`
        : `${nameOf(context, taken.personId)} has signed as ${ROLE_IN_WORDS[role]} already.`,
    );
  if (signing.delegationId !== null) return mayStandIn(person, signing.delegationId, role, context, now);
  if (!person.roles.includes(role))
    return no(`Only somebody with the role ${ROLE_IN_WORDS[role]} signs here; you do not have it.`);
  const bar = barOf(person, role, context);
  if (bar !== null) return no(bar);
  const named = namedFor(role, context);
  if (named !== null && named.id !== person.id)
    return no(
      `The contract names ${named.name} as ${ROLE_IN_WORDS[role]}. ${named.name} signs, or lets you stand in.`,
    );
  return { ok: true, forId: null };
}

function mayStandIn(
  person: Member,
  delegationId: string,
  role: SigningRole,
  context: SigningContext,
  now: number,
): Verdict {
  const delegation = context.delegations.find((each) => each.id === delegationId);
  if (
    delegation === undefined ||
    delegation.toId !== person.id ||
    delegation.role !== role ||
    delegation.fromId === person.id
  )
    return no('There is no such delegation to you.');
  if (delegation.revokedAt !== null && delegation.revokedAt <= now)
    return no('This delegation was taken back.');
  if (delegation.endsAt <= now) return no('This delegation has ended.');
  if (delegation.startsAt > now) return no('This delegation has not begun yet.');
  if (delegation.agentId !== null && delegation.agentId !== context.agentId)
    return no('This delegation is for another agent.');
  const from = context.members.find((member) => member.id === delegation.fromId);
  if (from === undefined || !from.roles.includes(role))
    return no(
      `${from?.name ?? 'Who delegated'} no longer has the role ${ROLE_IN_WORDS[role]}, so nobody can stand in for them.`,
    );
  const bar = barOf(person, role, context) ?? barOf(from, role, context);
  if (bar !== null) return no(bar);
  const named = namedFor(role, context);
  if (named !== null && named.id !== from.id)
    return no(`The contract names ${named.name} as ${ROLE_IN_WORDS[role]}, not ${from.name}.`);
  return { ok: true, forId: from.id };
}

/** What a person did that keeps them from a role at this gate; null when nothing does. */
function barOf(person: Member, role: SigningRole, context: SigningContext): string | null {
  const already = context.signatures.find(
    (signature) => signature.personId === person.id || signature.forId === person.id,
  );
  if (already !== undefined)
    return `${person.name} has a signature at this gate as ${ROLE_IN_WORDS[already.role]}: one person, one signature.`;
  if ((role === 'grc' || role === 'operator') && context.authors.includes(person.id))
    return `${person.name} wrote this version, so cannot sign it as ${ROLE_IN_WORDS[role]}.`;
  if ((context.gate === 'G4' || context.gate === 'G5') && context.builders.includes(person.id))
    return `${person.name} signed this version as engineering lead, so cannot sign it at ${context.gate}.`;
  return null;
}

/** The member the contract names for a role, while they have it and nothing bars them. */
function namedFor(role: SigningRole, context: SigningContext): Member | null {
  const named = context.members.find((member) => member.id === context.named[role]);
  return named?.roles.includes(role) && barOf(named, role, context) === null ? named : null;
}

/** Everybody who may sign a role now, those who hold it themselves first. */
export function signersFor(
  role: SigningRole,
  context: SigningContext,
  now: number,
): (Signing & { forId: string | null })[] {
  const ways: Signing[] = [
    ...context.members.map((member) => ({ personId: member.id, role, delegationId: null })),
    ...context.delegations
      .filter((delegation) => delegation.role === role)
      .map((delegation) => ({ personId: delegation.toId, role, delegationId: delegation.id })),
  ];
  return ways.flatMap((way) => {
    const verdict = maySign(way, context, now);
    return verdict.ok ? [{ ...way, forId: verdict.forId }] : [];
  });
}

/** Why nobody at all may sign a role, and what to do about it; null when somebody may, or has. */
export function whyNobody(role: SigningRole, context: SigningContext, now: number): string | null {
  if (context.signatures.some((signature) => signature.role === role)) return null;
  if (signersFor(role, context, now).length > 0) return null;
  const holders = context.members.filter((member) => member.roles.includes(role));
  const words = ROLE_IN_WORDS[role];
  if (holders.length === 0)
    return `Nobody in this workspace has the role ${words}. Give it to somebody in Settings, People.`;
  const bars = holders.flatMap((holder) => barOf(holder, role, context) ?? []);
  return `Nobody who has the role ${words} may sign. ${bars.join(' ')} Give the role to somebody else in Settings, People.`;
}

function nameOf(context: Pick<SigningContext, 'members'>, id: string): string {
  return context.members.find((member) => member.id === id)?.name ?? 'Somebody who has left';
}

function no(reason: string): Verdict {
  return { ok: false, reason };
}
