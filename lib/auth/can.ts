import { AppError } from '@/lib/errors';
import type { Actor, KeyScope } from './actor';
import type { Role } from './roles';

interface Row {
  roles: readonly Role[] | 'everyone';
  scopes: readonly KeyScope[];
  /** A contract may name further roles for it (`failure.killSwitch`); they are given with the subject. */
  contractMayName?: true;
  /** Whoever built the agent (given with the subject) may not, whatever else they are. */
  notByBuilders?: true;
}

/**
 * The one table of who may do what. A row names the roles of people and the scopes of keys that may.
 * The system may do everything: it acts only where a service already decided.
 */
const TABLE = {
  'agent.read': { roles: 'everyone', scopes: ['read'] },
  'agent.propose': { roles: ['head-of-ai', 'sponsor', 'engineer'], scopes: [] },
  'contract.read': { roles: 'everyone', scopes: ['read', 'author'] },
  'contract.import': { roles: ['head-of-ai', 'sponsor', 'engineer', 'grc'], scopes: ['author'] },
  'draft.read': { roles: 'everyone', scopes: ['read', 'author'] },
  'draft.write': { roles: ['head-of-ai', 'sponsor', 'engineer', 'grc'], scopes: ['author'] },
  'contract.put-in-force': { roles: ['head-of-ai', 'sponsor', 'grc'], scopes: [] },
  'comment.write': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'change-request.settle': { roles: ['head-of-ai', 'grc'], scopes: [] },
  'catalogue.read': { roles: 'everyone', scopes: ['read', 'author'] },
  'catalogue.import': { roles: ['head-of-ai', 'engineer'], scopes: ['author'] },
  'catalogue.decide': { roles: ['head-of-ai', 'engineer', 'grc'], scopes: [] },
  'run.read': { roles: 'everyone', scopes: ['read'] },
  'receipt.make': { roles: 'everyone', scopes: [] },
  'run.ingest': { roles: [], scopes: ['ingest'] },
  'run.decide': { roles: [], scopes: ['decide'] },
  'signal.read': { roles: 'everyone', scopes: ['read'] },
  /** Measurements of quality; a signed webhook of a source acts for the product itself. */
  'signal.record': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'operator', 'sre', 'sme'],
    scopes: ['ingest', 'signals'],
  },
  /**
   * Signals of the family `sme`, what subject experts find: from themselves, of what others built, or from a system that was given a
   * key for measurements. Not with a key that agents and gateways send spans with: no agent rates itself.
   */
  'signal.rate': { roles: ['sme'], scopes: ['signals'], notByBuilders: true },
  'signal-source.manage': { roles: ['head-of-ai', 'engineer', 'operator', 'sre'], scopes: [] },
  'run.status': { roles: 'everyone', scopes: ['decide', 'read'] },
  'run.resume': { roles: ['head-of-ai', 'operator'], scopes: [] },
  'run.stop': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [], contractMayName: true },
  'run.pause': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [], contractMayName: true },
  'kill-switch.use': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [], contractMayName: true },
  'kill-switch.release': { roles: ['head-of-ai', 'grc', 'operator'], scopes: [] },
  'drill.run': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  'incident.read': { roles: 'everyone', scopes: ['read'] },
  'incident.acknowledge': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  /** Hand on, put off, escalate. */
  'incident.page': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  /** Its ratings: of runs that somebody else built. */
  'expert-review.rate': { roles: ['sme'], scopes: [], notByBuilders: true },
  /** By the runtime plane, as the system. */
  'expert-review.draw': { roles: [], scopes: [] },
  'incident.note': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'incident.roll-back': { roles: ['head-of-ai', 'sponsor', 'grc', 'operator'], scopes: [] },
  'compensation.decide': { roles: ['head-of-ai', 'operator'], scopes: [] },
  // By whoever did it, with a key, or by a person who knows.
  'compensation.report': { roles: ['head-of-ai', 'operator'], scopes: ['ingest', 'decide'] },
  'code-rollback.report': {
    roles: ['head-of-ai', 'engineer', 'operator', 'sre'],
    scopes: ['ingest', 'decide'],
  },
  // Whoever stands in for sponsor or GRC may lack the role, as at gates.
  'verdict.give': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'verdict.decide': { roles: ['head-of-ai'], scopes: [] },
  'amendment.read': { roles: 'everyone', scopes: ['read'] },
  'amendment.write': { roles: ['head-of-ai', 'sponsor', 'engineer', 'grc'], scopes: [] },
  'amendment.consent': { roles: ['grc'], scopes: [] },
  'amendment.refuse': { roles: ['head-of-ai', 'sponsor', 'grc'], scopes: [] },
  'amendment.put-in-force-at-once': { roles: ['head-of-ai', 'operator'], scopes: [] },
  'on-call.read': { roles: 'everyone', scopes: ['read'] },
  'on-call.manage': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  /** To be on call oneself in the rotation's place. */
  'on-call.take-shift': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'absence.write': { roles: 'everyone', scopes: [] },
  'absence.write-for-others': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  'ladder.intervene': { roles: ['head-of-ai', 'grc', 'operator', 'sre'], scopes: [] },
  'ladder.lift': { roles: ['head-of-ai', 'grc', 'operator'], scopes: [] },
  'ladder.mark-recovered': { roles: ['head-of-ai', 'sponsor', 'grc', 'operator', 'sre'], scopes: [] },
  'evidence.read': { roles: 'everyone', scopes: ['read', 'author'] },
  'evidence.add': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: ['author'],
  },
  'evidence.state-case': { roles: ['head-of-ai', 'sponsor', 'engineer'], scopes: [] },
  'evidence.review-risk': { roles: ['head-of-ai', 'grc'], scopes: [] },
  'gate.read': { roles: 'everyone', scopes: ['read'] },
  'gate.open': { roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre'], scopes: [] },
  // Whoever stands in for somebody may lack the role: lib/lifecycle/may-sign.ts decides about the person.
  'gate.sign': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'gate.decline': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'gate.withdraw': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre'],
    scopes: [],
  },
  'gate.fall-back': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre'],
    scopes: [],
  },
  'agent.adopt': { roles: [], scopes: [] },
  'delegation.read': { roles: 'everyone', scopes: [] },
  'delegation.grant': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre'],
    scopes: [],
  },
  'delegation.grant-for-others': { roles: ['head-of-ai'], scopes: [] },
  'signer-habits.read': { roles: ['head-of-ai', 'grc', 'auditor'], scopes: [] },
  'record.read': { roles: 'everyone', scopes: [] },
  'scenario.write': { roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc'], scopes: ['author'] },
  'backtest.run': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre'],
    scopes: [],
  },
  // Views of lists: one's own, and those the workspace shares.
  'view.read': { roles: 'everyone', scopes: [] },
  'view.save': { roles: 'everyone', scopes: [] },
  'view.share': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'view.manage-shared': { roles: ['head-of-ai'], scopes: [] },
  'price.read': { roles: 'everyone', scopes: ['read'] },
  'price.edit': { roles: ['head-of-ai', 'engineer'], scopes: [] },
  'key.manage': { roles: ['head-of-ai', 'engineer'], scopes: [] },
  'webhook.manage': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  'person.manage': { roles: ['head-of-ai'], scopes: [] },
  'person.read': { roles: 'everyone', scopes: [] },
  /** One's own: passkeys, standing-in, proving that it is oneself. */
  'self.manage': { roles: 'everyone', scopes: [] },
  'audit.read': { roles: ['head-of-ai', 'grc', 'auditor', 'operator', 'sre'], scopes: ['read'] },
  'instance-key.rotate': { roles: ['head-of-ai'], scopes: [] },
  'workspace.manage': { roles: ['head-of-ai'], scopes: [] },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof TABLE;
export const ACTIONS = Object.keys(TABLE).filter((key): key is Action => key in TABLE);

/** What is acted on; its workspace decides first. `agentId` matters for keys bound to one agent. */
export interface Subject {
  workspaceId: string;
  agentId?: string;
  /** Roles that the agent's contract names for such an act; they count only where the table lets it name some. */
  named?: readonly Role[];
  /** Ids of the people who built the agent; they count only where the table keeps builders out. */
  builders?: readonly string[];
}

export function can(actor: Actor, action: Action, subject: Subject): boolean {
  if (actor.workspaceId !== subject.workspaceId) return false;
  if (actor.kind === 'system') return true;
  const row: Row = TABLE[action];
  if (actor.kind === 'person') {
    if (isKeptOut(actor, row, subject)) return false;
    const roles = rolesThatMay(action, subject.named);
    return roles === 'everyone' ? actor.roles.length > 0 : actor.roles.some((role) => roles.includes(role));
  }
  if (actor.agentId !== null && subject.agentId !== undefined && actor.agentId !== subject.agentId)
    return false;
  return actor.scopes.some((scope) => row.scopes.includes(scope));
}

/** Throws `forbidden` with what is missing. Every service calls it first. */
export function authorize(actor: Actor, action: Action, subject: Subject): void {
  if (can(actor, action, subject)) return;
  if (actor.workspaceId !== subject.workspaceId)
    throw new AppError('not_found', 'There is no such thing in this workspace.');
  const row: Row = TABLE[action];
  if (isKeptOut(actor, row, subject))
    throw new AppError('forbidden', 'You built this agent, so somebody else does that.');
  const roles = rolesThatMay(action, subject.named);
  throw new AppError(
    'forbidden',
    actor.kind === 'key'
      ? `This key may not do that: "${action}" needs a key with scope ${row.scopes.join(' or ') || 'of a person, not a key'}.`
      : `Your role may not do that: "${action}" is for ${roles === 'everyone' ? 'members' : roles.join(', ')}.`,
  );
}

function isKeptOut(actor: Actor, row: Row, { builders }: Subject): boolean {
  return row.notByBuilders === true && actor.kind === 'person' && builders?.includes(actor.personId) === true;
}

/** Who may, for a screen that explains why a button is not there. `named`: see `Subject`. */
export function rolesThatMay(action: Action, named: readonly Role[] = []): readonly Role[] | 'everyone' {
  const row: Row = TABLE[action];
  if (row.roles === 'everyone' || row.contractMayName !== true) return row.roles;
  return [...row.roles, ...named.filter((role) => !row.roles.includes(role))];
}
