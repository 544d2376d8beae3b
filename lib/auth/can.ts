import { AppError } from '@/lib/errors';
import type { Actor, KeyScope } from './actor';
import type { Role } from './roles';

/**
 * The one table of who may do what. A row names the roles of people and the scopes of keys that may.
 * The system may do everything: it acts only where a service already decided.
 */
const TABLE = {
  'agent.read': { roles: 'everyone', scopes: ['read'] },
  'contract.read': { roles: 'everyone', scopes: ['read', 'author'] },
  'contract.import': { roles: ['head-of-ai', 'sponsor', 'engineer', 'grc'], scopes: ['author'] },
  'contract.put-in-force': { roles: ['head-of-ai', 'sponsor', 'grc'], scopes: [] },
  'comment.write': {
    roles: ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre', 'sme'],
    scopes: [],
  },
  'change-request.settle': { roles: ['head-of-ai', 'grc'], scopes: [] },
  'run.read': { roles: 'everyone', scopes: ['read'] },
  'draft.read': { roles: 'everyone', scopes: ['read', 'author'] },
  'draft.write': { roles: ['head-of-ai', 'sponsor', 'engineer', 'grc'], scopes: ['author'] },
  'run.ingest': { roles: [], scopes: ['ingest'] },
  'run.decide': { roles: [], scopes: ['decide'] },
  'run.status': { roles: 'everyone', scopes: ['decide', 'read'] },
  'run.resume': { roles: ['head-of-ai', 'operator'], scopes: [] },
  'run.stop': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  'incident.read': { roles: 'everyone', scopes: ['read'] },
  'incident.acknowledge': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  'price.read': { roles: 'everyone', scopes: ['read'] },
  'price.edit': { roles: ['head-of-ai', 'engineer'], scopes: [] },
  'key.manage': { roles: ['head-of-ai', 'engineer'], scopes: [] },
  'webhook.manage': { roles: ['head-of-ai', 'operator', 'sre'], scopes: [] },
  'person.manage': { roles: ['head-of-ai'], scopes: [] },
  'person.read': { roles: 'everyone', scopes: [] },
  'audit.read': { roles: ['head-of-ai', 'grc', 'auditor', 'operator', 'sre'], scopes: ['read'] },
  'workspace.manage': { roles: ['head-of-ai'], scopes: [] },
} as const satisfies Record<string, { roles: readonly Role[] | 'everyone'; scopes: readonly KeyScope[] }>;

export type Action = keyof typeof TABLE;
export const ACTIONS = Object.keys(TABLE).filter((key): key is Action => key in TABLE);

/** What is acted on; its workspace decides first. `agentId` matters for keys bound to one agent. */
export interface Subject {
  workspaceId: string;
  agentId?: string;
}

export function can(actor: Actor, action: Action, subject: Subject): boolean {
  if (actor.workspaceId !== subject.workspaceId) return false;
  if (actor.kind === 'system') return true;
  const row: { roles: readonly Role[] | 'everyone'; scopes: readonly KeyScope[] } = TABLE[action];
  if (actor.kind === 'person') {
    return row.roles === 'everyone'
      ? actor.roles.length > 0
      : actor.roles.some((role) => row.roles.includes(role));
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
  const row: { roles: readonly Role[] | 'everyone'; scopes: readonly KeyScope[] } = TABLE[action];
  throw new AppError(
    'forbidden',
    actor.kind === 'key'
      ? `This key may not do that: "${action}" needs a key with scope ${row.scopes.join(' or ') || 'of a person, not a key'}.`
      : `Your role may not do that: "${action}" is for ${row.roles === 'everyone' ? 'members' : row.roles.join(', ')}.`,
  );
}

/** Who may, for a screen that explains why a button is not there. */
export function rolesThatMay(action: Action): readonly Role[] | 'everyone' {
  return TABLE[action].roles;
}
