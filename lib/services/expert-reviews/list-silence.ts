import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { readSilences, type Silence } from './get-silence';

/** Most agents that are read at once; those with the most reviews come first. */
const MOST = 20;

/** The bound on wrong silent runs of every agent that runs were drawn of in the last 30 days; those that wait longest first. */
export async function listSilence(actor: Actor, now: Date): Promise<Silence[]> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const { rows } = await db().query<{ agent_id: string }>(
    `SELECT agent_id FROM run_review WHERE workspace_id = $1 AND drawn_at > $2::timestamptz - interval '30 days'
      GROUP BY agent_id ORDER BY count(*) DESC, agent_id LIMIT ${MOST}`,
    [workspaceId, now],
  );
  const all = await readSilences(
    workspaceId,
    rows.map(({ agent_id }) => agent_id),
    now,
  );
  return all.filter(({ share, reviewed, waiting }) => share !== null || reviewed + waiting > 0);
}
