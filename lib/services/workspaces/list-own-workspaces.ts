import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';

/** The workspaces a signed-in person belongs to, by name: their own memberships, so no right of any of them is needed. */
export async function listOwnWorkspaces(actor: Actor): Promise<{ id: string; name: string }[]> {
  if (actor.kind !== 'person') return [];
  const { rows } = await db().query<{ id: string; name: string }>(
    `SELECT w.id, w.name FROM membership m JOIN workspace w ON w.id = m.workspace_id
      WHERE m.person_id = $1 ORDER BY lower(w.name), w.id`,
    [actor.personId],
  );
  return rows;
}
