import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { isDraftId, noSuchDraft } from './draft-row';

/** Who has not been heard of for so long no longer has it open; tabs say so every ten seconds. */
export const PRESENT_SECONDS = 30;

/**
 * Notes that a person has a draft open, at a clause or nowhere in particular; `false` when they leave. Others hear of it
 * only when something changed by it.
 */
export async function notePresence(
  actor: Actor,
  id: string,
  at: { clause: string | null } | false,
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.read', { workspaceId });
  if (!isDraftId(id)) throw noSuchDraft();
  if (actor.kind !== 'person') return;
  await transact(async (client) => {
    const found = await client.query<{ clause: string | null; present: boolean | null }>(
      `SELECT r.clause, r.seen_at > now() - make_interval(secs => $4) AS present
         FROM contract_draft d LEFT JOIN draft_presence r ON r.draft_id = d.id AND r.person_id = $3
        WHERE d.workspace_id = $1 AND d.id = $2`,
      [workspaceId, id, actor.personId, PRESENT_SECONDS],
    );
    const before = found.rows[0];
    if (before === undefined) throw noSuchDraft();
    if (at === false)
      await client.query('DELETE FROM draft_presence WHERE draft_id = $1 AND person_id = $2', [
        id,
        actor.personId,
      ]);
    else
      await client.query(
        `INSERT INTO draft_presence (draft_id, person_id, clause, seen_at) VALUES ($1, $2, $3, now())
         ON CONFLICT (draft_id, person_id) DO UPDATE SET clause = $3, seen_at = now()`,
        [id, actor.personId, at.clause],
      );
    const moved =
      at === false ? before.present === true : before.present !== true || before.clause !== at.clause;
    if (moved) await notify(client, { workspaceId, topic: 'draft', id });
  });
}
