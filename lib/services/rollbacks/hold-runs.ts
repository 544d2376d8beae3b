import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import { RUNS_OF_DAYS } from '@/lib/services/kill-switches/stop-runs';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import type { RollbackEvent, RunBatchEvent } from '@/lib/services/webhooks/events';

/** A rollback, as those need it who hold or release runs for it. */
export interface HoldingRollback {
  id: string;
  workspaceId: string;
  agentId: string;
  incidentId: string;
  fromVersionId: string;
  /** What the failure clause does to runs under way. */
  runningRuns: 'finish' | 'pause' | 'stop';
  /** What receivers are told of the rollback. */
  told: Pick<RollbackEvent, 'agent' | 'incident' | 'from' | 'to'>;
}

/** Runs under way: running, and begun so lately that they have not just failed to say that they ended. */
const UNDER_WAY = `workspace_id = $1 AND agent_id = $2 AND contract_version_id = $3 AND status = 'running'
  AND started_at > now() - interval '${RUNS_OF_DAYS} days'`;

/** Runs under way that are held to a version. */
export async function countUnderWay(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  agentId: string,
  versionId: string,
): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*) AS n FROM run WHERE ${UNDER_WAY}`, [
    workspaceId,
    agentId,
    versionId,
  ]);
  return rows[0]?.n ?? 0;
}

/**
 * Pauses the runs under way that are held to the version gone back from, or asks them to stop, as the clause says; each is
 * audited, and receivers are told of all of them together. A run that somebody else is writing to at this moment is left to
 * the runtime planes, which come back to it (`holdStragglers`): waiting for it could wait in a circle.
 *
 * @returns how many were held
 */
export async function holdRuns(client: PoolClient, actor: Actor, rollback: HoldingRollback): Promise<number> {
  const { id, workspaceId, incidentId, runningRuns } = rollback;
  if (runningRuns === 'finish') return 0;
  const set =
    runningRuns === 'pause'
      ? `status = 'paused', paused_at = clock_timestamp(), pause_acked_at = NULL`
      : `status = 'stopping', stop_requested_at = clock_timestamp()`;
  const { rows } = await client.query<{ id: string; key: string }>(
    `WITH found AS (
       SELECT id FROM run WHERE ${UNDER_WAY}
          AND NOT EXISTS (SELECT FROM rollback_run x WHERE x.rollback_id = $4 AND x.run_id = run.id)
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
     ), held AS (
       UPDATE run r SET ${set}, revision = r.revision + 1 FROM found f WHERE r.id = f.id RETURNING r.id, r.key
     ), noted AS (
       INSERT INTO rollback_run (rollback_id, run_id, held) SELECT $4, id, $5 FROM held
     )
     SELECT id, key FROM held ORDER BY id`,
    [workspaceId, rollback.agentId, rollback.fromVersionId, id, runningRuns],
  );
  if (rows.length === 0) return 0;
  const reason = `Rolled back from version ${rollback.told.from.name} to ${rollback.told.to.name}.`;
  await appendAudit(
    client,
    rows.map((run) => ({
      workspaceId,
      actor,
      action: runningRuns === 'pause' ? 'run.paused' : 'run.stop-requested',
      subject: `run:${run.id}`,
      detail: { run: run.key, reason, rollback: id, incident: rollback.told.incident.number },
    })),
  );
  await tellOfRuns(client, actor, rollback, {
    type: runningRuns === 'pause' ? 'runs.paused' : 'runs.stop-requested',
    keys: rows.map((run) => run.key),
    reason,
  });
  // One word for all of them: planes read what they know of this workspace's runs again.
  await notify(client, { workspaceId, topic: 'run', id: '' });
  await notify(client, { workspaceId, topic: 'incident', id: incidentId });
  return rows.length;
}

/** Keys that go into one delivery: its body stays below what receivers should be asked to take. */
const MAX_KEYS_BYTES = 12_000;
/** What an agent calls a run may be long; nobody's delivery fails of it. */
const MAX_KEY_CHARS = 1000;

/** Tells receivers of many runs by as few deliveries as they fit into, each run in one of them. */
export async function tellOfRuns(
  client: PoolClient,
  actor: Actor,
  rollback: Pick<HoldingRollback, 'workspaceId' | 'incidentId' | 'told'>,
  about: {
    type: 'runs.paused' | 'runs.stop-requested' | 'runs.resumed';
    keys: readonly string[];
    reason: string;
  },
): Promise<void> {
  const parts: string[][] = [];
  let room = 0;
  for (const whole of about.keys) {
    const key = whole.slice(0, MAX_KEY_CHARS);
    const size = Buffer.byteLength(JSON.stringify(key)) + 1;
    if (size > room) {
      parts.push([]);
      room = MAX_KEYS_BYTES;
    }
    parts.at(-1)?.push(key);
    room -= size;
  }
  const { agent, incident, from, to } = rollback.told;
  for (const [index, runs] of parts.entries()) {
    const data: RunBatchEvent = {
      agent,
      incident,
      from,
      to,
      runs,
      part: index + 1,
      parts: parts.length,
      total: about.keys.length,
      by: actor.kind === 'system' ? null : actorName(actor),
      reason: about.reason,
    };
    await enqueueWebhooks(client, {
      workspaceId: rollback.workspaceId,
      type: about.type,
      incidentId: rollback.incidentId,
      data,
      at: new Date(),
    });
  }
}

/**
 * Of `rollback b`, `rollback_run h` and its `run r`: still in the pause that the rollback put it in, and waits for nothing else.
 * One that was let go on since and paused again is in a pause of somebody's own.
 */
export const STILL_HELD = `h.held = 'pause' AND h.released_at IS NULL AND r.status = 'paused'
  AND NOT EXISTS (SELECT FROM incident_run w WHERE w.run_id = r.id AND w.closed_at IS NULL)
  AND NOT EXISTS (SELECT FROM jsonb_array_elements(r.pauses) ended
    WHERE (ended->>0)::float8 >= floor(extract(epoch FROM b.at) * 1000))`;
