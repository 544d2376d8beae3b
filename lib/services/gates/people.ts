import type { Actor } from '@/lib/auth/actor';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { formatList } from '@/lib/format';
import type { GateId, SigningRole } from '@/lib/lifecycle/gates';
import { maySign, type Signing, type SigningContext, signersFor, whyNobody } from '@/lib/lifecycle/may-sign';
import { holdsOf } from '@/lib/lifecycle/passages';
import type { PersonDto, RoleDto, SignatureDto, WaitingDto } from './dto';
import type { AgentFacts, GateFacts } from './facts';

/** What a passage of a gate is about, and who has signed it so far. */
export interface Passing {
  gate: GateId;
  versionId: string | null;
  roles: readonly SigningRole[];
  signatures: readonly SignatureDto[];
}

/** What decides who may sign it. */
export function signingContext(facts: GateFacts, agent: AgentFacts, passing: Passing): SigningContext {
  const version = agent.versions.find((each) => each.id === passing.versionId);
  // Before there is a version to pass, whoever began to write one has said whose agent it is.
  const naming = version ?? agent.versions.toSorted((a, b) => b.number - a.number)[0];
  const named: Partial<Record<SigningRole, string>> = {};
  for (const role of passing.roles) {
    const member = facts.members.find((each) =>
      naming === undefined && role === 'sponsor'
        ? each.id === agent.proposedSponsorId
        : each.email === naming?.named[role],
    );
    if (member !== undefined) named[role] = member.id;
  }
  return {
    gate: passing.gate,
    agentId: agent.id,
    members: facts.members,
    named,
    signatures: passing.signatures.map((signature) => ({
      role: signature.role,
      personId: signature.person.id,
      forId: signature.onBehalfOf?.id ?? null,
    })),
    authors: version?.authors ?? [],
    builders: buildersOf(agent, passing.versionId),
    delegations: facts.delegations,
  };
}

/** Who signed the version as engineering lead, or an earlier one whose passage counts for it; and whom they stood in for. */
function buildersOf(agent: AgentFacts, versionId: string | null): string[] {
  if (versionId === null) return [];
  const counting = Object.values(holdsOf(agent.past, versionId)).flatMap(
    (hold) => hold.passage?.reviewId ?? [],
  );
  return agent.reviews
    .filter((review) => review.versionId === versionId || counting.includes(review.id))
    .flatMap((review) => review.signatures)
    .filter((signature) => signature.role === 'engineer')
    .flatMap((signature) => [
      signature.person.id,
      ...(signature.onBehalfOf === null ? [] : [signature.onBehalfOf.id]),
    ]);
}

/** Each role of a passage: who signed it, or who may. */
export function rolesOf(facts: GateFacts, context: SigningContext, passing: Passing, now: number): RoleDto[] {
  return passing.roles.map((role) => ({
    role,
    title: ROLE_TITLES[role],
    signature: passing.signatures.find((signature) => signature.role === role) ?? null,
    may: signersFor(role, context, now).map((signer) => ({
      person: personOf(facts, signer.personId),
      onBehalfOf: signer.forId === null ? null : personOf(facts, signer.forId),
    })),
    nobody: whyNobody(role, context, now),
  }));
}

/** A way for the reader to sign, and whether they may. */
export interface MyWay extends Signing {
  forId: string | null;
  whyNot: string | null;
}

/** The reader's ways to sign a passage: in roles of their own, and in place of others; those possible first. */
export function waysOfReader(
  actor: Actor,
  context: SigningContext,
  roles: readonly SigningRole[],
  now: number,
): MyWay[] {
  if (actor.kind !== 'person') return [];
  const ways: Signing[] = [
    ...roles
      .filter((role) => actor.roles.includes(role))
      .map((role) => ({ personId: actor.personId, role, delegationId: null })),
    ...context.delegations.flatMap((delegation) => {
      const role = roles.find((each) => each === delegation.role);
      const open = delegation.revokedAt === null && delegation.endsAt > now;
      const here = delegation.agentId === null || delegation.agentId === context.agentId;
      return role === undefined || delegation.toId !== actor.personId || !open || !here
        ? []
        : [{ personId: actor.personId, role, delegationId: delegation.id }];
    }),
  ];
  return ways
    .map((way): MyWay => {
      const verdict = maySign(way, context, now);
      const from = context.delegations.find((each) => each.id === way.delegationId)?.fromId ?? null;
      return { ...way, forId: from, whyNot: verdict.ok ? null : verdict.reason };
    })
    .sort((a, b) => Number(a.whyNot !== null) - Number(b.whyNot !== null));
}

/** On whom a passage waits, in the order of its roles: who signs by themselves, else who may stand in. */
export function awaitedOf(
  facts: GateFacts,
  context: SigningContext,
  roles: readonly SigningRole[],
  now: number,
): PersonDto[] {
  const ids = roles.flatMap((role) => {
    const signers = signersFor(role, context, now);
    const own = signers.filter((signer) => signer.delegationId === null);
    return (own.length > 0 ? own : signers).map((signer) => signer.personId);
  });
  return [...new Set(ids)].map((id) => personOf(facts, id));
}

const MOST_NAMES = 3;

/** "on you and Miriam Osei", "on evidence: Backtest and Rollback drill", "on somebody who may sign". */
export function waitingOf(
  actor: Actor,
  at: {
    since: number;
    missing: readonly string[];
    /** Who is to bring it. */
    from?: readonly PersonDto[];
    on: readonly PersonDto[];
    obstacle: string | null;
  },
): WaitingDto {
  const since = new Date(at.since).toISOString();
  const names = (people: readonly PersonDto[]) => namesOf(actor, people);
  if (at.missing.length > 0) {
    const from = at.from ?? [];
    return {
      since,
      on: [],
      words: `on evidence: ${formatList(at.missing)}${from.length === 0 ? '' : `, from ${names(from)}`}`,
    };
  }
  if (at.obstacle !== null) return { since, on: [], words: `on what is in the way: ${at.obstacle}` };
  if (at.on.length === 0)
    return { since, on: [], words: 'on nobody: none of those who have the role may sign' };
  return { since, on: [...at.on], words: `on ${names(at.on)}` };
}

/** "you, Miriam Osei and 2 more". */
function namesOf(actor: Actor, people: readonly PersonDto[]): string {
  const self = actor.kind === 'person' ? actor.personId : undefined;
  const names = people.map((person) => (person.id === self ? 'you' : person.name));
  const shown = names.toSorted((a, b) => Number(b === 'you') - Number(a === 'you'));
  const rest = shown.length - MOST_NAMES;
  return formatList(rest > 0 ? [...shown.slice(0, MOST_NAMES), `${rest} more`] : shown);
}

export function personOf(facts: Pick<GateFacts, 'members' | 'delegations'>, id: string): PersonDto {
  const name =
    facts.members.find((member) => member.id === id)?.name ??
    facts.delegations.find((delegation) => delegation.fromId === id)?.fromName ??
    'Somebody who has left';
  return { id, name };
}
