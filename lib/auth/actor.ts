import type { Role } from './roles';

export const KEY_SCOPES = ['ingest', 'decide', 'read', 'author', 'signals'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Who is doing something, always inside one workspace. */
export type Actor =
  | { kind: 'person'; workspaceId: string; personId: string; name: string; roles: readonly Role[] }
  | {
      kind: 'key';
      workspaceId: string;
      keyId: string;
      name: string;
      scopes: readonly KeyScope[];
      /** When set, the key speaks for this agent only. */
      agentId: string | null;
    }
  /** The product itself: a timer, the outbox, the seeding of the demo. */
  | { kind: 'system'; workspaceId: string };

/** How the audit log names an actor. */
export function actorId(actor: Actor): string {
  if (actor.kind === 'person') return `person:${actor.personId}`;
  if (actor.kind === 'key') return `key:${actor.keyId}`;
  return 'system';
}

export function actorName(actor: Actor): string {
  return actor.kind === 'system' ? 'Countersign' : actor.name;
}
