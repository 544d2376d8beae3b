import type { Actor } from '@/lib/auth/actor';
import { type Action, can, rolesThatMay } from '@/lib/auth/can';
import { ROLE_TITLES, ROLES, type Role } from '@/lib/auth/roles';
import { db } from '@/lib/db/pool';

/** Whether the reader may take a step and, when not, who may: the screen then names them. */
export interface Permission {
  allowed: boolean;
  /** Titles of the roles that may. */
  roles: string[];
  /** Up to five people of those roles; empty when the reader may act. */
  people: string[];
}

/** @param named roles that the agent's contract names for the act */
export async function mayAct(actor: Actor, action: Action, named: readonly Role[] = []): Promise<Permission> {
  const may = rolesThatMay(action, named);
  const roles = ROLES.filter((role) => may === 'everyone' || may.includes(role));
  const titles = roles.map((role) => ROLE_TITLES[role]);
  if (can(actor, action, { workspaceId: actor.workspaceId, named }))
    return { allowed: true, roles: titles, people: [] };
  const { rows } = await db().query<{ name: string }>(
    `SELECT p.name FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.disabled_at IS NULL AND m.roles && $2::text[] ORDER BY p.name LIMIT 5`,
    [actor.workspaceId, roles],
  );
  return { allowed: false, roles: titles, people: rows.map((row) => row.name) };
}
