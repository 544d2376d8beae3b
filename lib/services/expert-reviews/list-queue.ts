import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { buildersOf } from './may-rate';

/**
 * A run that waits for the reader's rating. Nothing here tells why it was drawn, how it was scored or what others said: whoever
 * knows does not rate what they see.
 */
export interface QueuedRun {
  /** Of the review. */
  id: string;
  agent: { name: string; displayName: string };
  /** What the agent calls the run. */
  key: string;
  startedAt: string;
  drawnAt: string;
  dueAt: string;
  overdue: boolean;
}

export interface ReviewQueue {
  /** Whether the reader rates runs at all. */
  mayRate: boolean;
  /** Oldest first; at most 200, `total` counts all. */
  runs: QueuedRun[];
  total: number;
  overdue: number;
  /** How many the reader has rated in the last 30 days. */
  rated: number;
}

const SHOWN = 200;

/** Waiting, of a run that is still there, and neither rated nor passed on by person $2. */
const MINE = `q.workspace_id = $1 AND q.state = 'waiting' AND q.run_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM run_rating g WHERE g.review_id = q.id AND g.person_id = $2)
  AND NOT EXISTS (SELECT FROM run_review_skip s WHERE s.review_id = q.id AND s.person_id = $2)`;

/** What waits for the reader's rating, oldest first: runs of agents they did not build, and have not rated or passed on. */
export async function listQueue(actor: Actor, now: Date): Promise<ReviewQueue> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  if (actor.kind !== 'person' || !can(actor, 'expert-review.rate', { workspaceId }))
    return { mayRate: false, runs: [], total: 0, overdue: 0, rated: 0 };
  const agentIds = await agentsToRate(actor);
  const { rows } = await db().query<{
    id: string;
    name: string;
    display_name: string;
    key: string;
    started_at: Date;
    drawn_at: Date;
    due_at: Date;
    total: number;
    overdue: number;
  }>(
    `SELECT q.id, a.name, a.display_name, r.key, r.started_at, q.drawn_at, q.due_at, count(*) OVER () AS total,
            count(*) FILTER (WHERE q.due_at < $4) OVER () AS overdue
       FROM run_review q JOIN run r ON r.id = q.run_id JOIN agent a ON a.id = q.agent_id
      WHERE ${MINE} AND q.agent_id = ANY($3::uuid[])
      ORDER BY q.drawn_at, q.draw LIMIT ${SHOWN}`,
    [workspaceId, actor.personId, agentIds, now],
  );
  const rated = await db().query<{ rated: number }>(
    `SELECT count(*) AS rated FROM run_rating
      WHERE workspace_id = $1 AND person_id = $2 AND criterion = '' AND at > $3::timestamptz - interval '30 days'`,
    [workspaceId, actor.personId, now],
  );
  return {
    mayRate: true,
    runs: rows.map((row) => ({
      id: row.id,
      agent: { name: row.name, displayName: row.display_name },
      key: row.key,
      startedAt: row.started_at.toISOString(),
      drawnAt: row.drawn_at.toISOString(),
      dueAt: row.due_at.toISOString(),
      overdue: row.due_at.getTime() < now.getTime(),
    })),
    total: rows[0]?.total ?? 0,
    overdue: rows[0]?.overdue ?? 0,
    rated: rated.rows[0]?.rated ?? 0,
  };
}

/** What waits for the reader, by agent: for the inbox. */
export async function reviewsWaiting(
  actor: Actor,
): Promise<{ agentId: string; displayName: string; runs: number; since: Date }[]> {
  const { workspaceId } = actor;
  if (actor.kind !== 'person' || !can(actor, 'expert-review.rate', { workspaceId })) return [];
  const { rows } = await db().query<{ agent_id: string; display_name: string; runs: number; since: Date }>(
    `SELECT q.agent_id, a.display_name, count(*) AS runs, min(q.drawn_at) AS since
       FROM run_review q JOIN agent a ON a.id = q.agent_id
      WHERE ${MINE} AND q.agent_id = ANY($3::uuid[]) GROUP BY q.agent_id, a.display_name`,
    [workspaceId, actor.personId, await agentsToRate(actor)],
  );
  return rows.map((row) => ({
    agentId: row.agent_id,
    displayName: row.display_name,
    runs: row.runs,
    since: row.since,
  }));
}

/** Agents of which anything waits, without those the reader built. */
async function agentsToRate(actor: Actor): Promise<string[]> {
  const { workspaceId } = actor;
  const { rows } = await db().query<{ agent_id: string }>(
    `SELECT DISTINCT agent_id FROM run_review WHERE workspace_id = $1 AND state = 'waiting'`,
    [workspaceId],
  );
  const ids = rows.map((row) => row.agent_id);
  const builders = await buildersOf(db(), workspaceId, ids);
  return ids.filter((agentId) =>
    can(actor, 'expert-review.rate', { workspaceId, builders: builders.get(agentId) ?? [] }),
  );
}
