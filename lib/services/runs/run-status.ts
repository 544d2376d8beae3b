import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { readSwitches, stoppedBy } from '@/lib/services/kill-switches/switches-on';
import { ladderOf } from '@/lib/services/ladder/standing';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { runEvent } from '@/lib/services/outbox/incident-event';

/** What a running agent is told about its run. Times are ISO 8601. */
export interface RunStatus {
  id: string;
  key: string;
  agent: string;
  status: 'running' | 'paused' | 'stopping' | 'stopped' | 'finished';
  /** What the agent does next: `continue`, `wait` (paused: ask again later) or `stop`. */
  instruction: 'continue' | 'wait' | 'stop';
  /** What a kill switch that is on stops ("this agent"): it blocks every call, and the agent waits. Null: none is on. */
  killSwitch: string | null;
  /** The step of the ladder that holds the agent back; in recovery what remediation needs still passes. Null: none does. */
  held: { step: 'pause' | 'recertify'; recovery: boolean } | null;
  /** Set while the run is paused, and kept afterwards. */
  pause: { pausedAt: string; acknowledgedAt: string | null } | null;
  /** Stopping is three facts: asked for, heard by the agent, done. */
  stop: { requestedAt: string; acknowledgedAt: string | null; confirmedAt: string | null } | null;
  /** Null when the run is held to none. */
  contract: { version: number; digest: string } | null;
}

const rowSchema = z.object({
  id: z.string(),
  key: z.string(),
  agent_id: z.string(),
  agent_name: z.string(),
  business_unit: z.string().nullable(),
  status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']),
  paused_at: z.date().nullable(),
  pause_acked_at: z.date().nullable(),
  stop_requested_at: z.date().nullable(),
  stop_acked_at: z.date().nullable(),
  stopped_at: z.date().nullable(),
  version: z.int().nullable(),
  digest: z.string().nullable(),
});
type Row = z.output<typeof rowSchema>;

const TRACE_ID = /^[0-9a-f]{32}$/;

/**
 * Whether a run may go on. An agent that reads that it is paused or shall stop has heard it: the first such reading by
 * a key that asks decisions is kept as the acknowledgement, with the key that made it. Others may look without that.
 * Throws `not_found`.
 */
export async function runStatus(actor: Actor, input: { key: string }): Promise<RunStatus> {
  authorize(actor, 'run.status', { workspaceId: actor.workspaceId });
  await readSwitches();
  const row = await find(db(), actor.workspaceId, input.key, false);
  authorize(actor, 'run.status', { workspaceId: actor.workspaceId, agentId: row.agent_id });
  const speaksForIt = actor.kind === 'key' && actor.scopes.includes('decide');
  if (!speaksForIt || !(hearsPause(row) || hearsStop(row))) return statusOf(actor.workspaceId, row);
  return transact(async (client) => {
    const current = await find(client, actor.workspaceId, input.key, true);
    if (hearsPause(current))
      await acknowledge(client, actor, current, 'pause_acked_at', 'run.pause-acknowledged');
    if (hearsStop(current))
      await acknowledge(client, actor, current, 'stop_acked_at', 'run.stop-acknowledged');
    return statusOf(actor.workspaceId, await find(client, actor.workspaceId, input.key, false));
  });
}

/**
 * The agent says that it has stopped. Saying it again changes nothing. Throws `not_found`, or `conflict` when nobody
 * asked the run to stop (a run that ends by itself says so with its root span).
 */
export async function confirmStopped(actor: Actor, input: { key: string }): Promise<RunStatus> {
  authorize(actor, 'run.decide', { workspaceId: actor.workspaceId });
  await readSwitches();
  return transact(async (client) => {
    const row = await find(client, actor.workspaceId, input.key, true);
    authorize(actor, 'run.decide', { workspaceId: actor.workspaceId, agentId: row.agent_id });
    if (row.status === 'stopped') return statusOf(actor.workspaceId, row);
    if (row.stop_requested_at === null || row.status !== 'stopping')
      throw new AppError(
        'conflict',
        'Nobody has asked this run to stop. A run that ends by itself says so by ending its root span.',
      );
    await client.query(
      `UPDATE run SET status = 'stopped', stopped_at = clock_timestamp(), revision = revision + 1,
         stop_acked_at = COALESCE(stop_acked_at, clock_timestamp()) WHERE id = $1`,
      [row.id],
    );
    await tellStopped(client, actor, row.id, 'The agent confirmed it.');
    return statusOf(actor.workspaceId, await find(client, actor.workspaceId, input.key, false));
  });
}

/** What follows from a run having stopped: audit, live screens, webhooks. The row says so already. */
export async function tellStopped(
  client: PoolClient,
  actor: Actor,
  runId: string,
  how: string,
): Promise<void> {
  const { workspaceId } = actor;
  await appendAudit(client, [
    { workspaceId, actor, action: 'run.stopped', subject: `run:${runId}`, detail: { how } },
  ]);
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'run.stopped',
    incidentId: null,
    data: await runEvent(client, runId, {
      by: actor.kind === 'system' ? 'Countersign' : actor.name,
      reason: how,
    }),
    at: new Date(),
  });
  await notify(client, { workspaceId, topic: 'run', id: runId });
}

function hearsPause(row: Row): boolean {
  return row.status === 'paused' && row.paused_at !== null && row.pause_acked_at === null;
}

function hearsStop(row: Row): boolean {
  return row.stop_requested_at !== null && row.stop_acked_at === null && row.status === 'stopping';
}

async function acknowledge(
  client: PoolClient,
  actor: Actor,
  row: Row,
  column: 'pause_acked_at' | 'stop_acked_at',
  action: string,
): Promise<void> {
  // No new revision: what may be decided stays as it is.
  await client.query(`UPDATE run SET ${column} = clock_timestamp() WHERE id = $1`, [row.id]);
  await appendAudit(client, [{ workspaceId: actor.workspaceId, actor, action, subject: `run:${row.id}` }]);
  await notify(client, { workspaceId: actor.workspaceId, topic: 'run', id: row.id });
}

async function find(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  key: string,
  lock: boolean,
): Promise<Row> {
  const select = `SELECT r.id, r.key, r.agent_id, a.name AS agent_name, a.business_unit, r.status, r.paused_at, r.pause_acked_at,
      r.stop_requested_at, r.stop_acked_at, r.stopped_at, v.number AS version, v.digest
    FROM run r JOIN agent a ON a.id = r.agent_id LEFT JOIN contract_version v ON v.id = r.contract_version_id`;
  const suffix = lock ? 'FOR NO KEY UPDATE OF r' : '';
  let result = await client.query(`${select} WHERE r.workspace_id = $1 AND r.key = $2 ${suffix}`, [
    workspaceId,
    key,
  ]);
  // A run that began under its trace id keeps answering to it when its conversation has become known.
  if (result.rows.length === 0 && TRACE_ID.test(key))
    result = await client.query(
      `${select} JOIN run_trace t ON t.run_id = r.id
       WHERE t.workspace_id = $1 AND t.trace_id = decode($2, 'hex') ${suffix}`,
      [workspaceId, key],
    );
  if (result.rows[0] === undefined)
    throw new AppError(
      'not_found',
      'There is no run under this key yet: it begins with its first span or decision.',
    );
  return rowSchema.parse(result.rows[0]);
}

function statusOf(workspaceId: string, row: Row): RunStatus {
  const killSwitch = stoppedBy(workspaceId, { id: row.agent_id, businessUnit: row.business_unit });
  const { held } = ladderOf(row.agent_id);
  return {
    id: row.id,
    key: row.key,
    agent: row.agent_name,
    status: row.status,
    instruction:
      row.status === 'stopping' || row.status === 'stopped'
        ? 'stop'
        : row.status === 'paused' ||
            (row.status === 'running' && (killSwitch !== null || held?.recover === false))
          ? 'wait'
          : 'continue',
    killSwitch,
    held: held === null ? null : { step: held.step, recovery: held.recover },
    pause:
      row.paused_at === null
        ? null
        : {
            pausedAt: row.paused_at.toISOString(),
            acknowledgedAt: row.pause_acked_at?.toISOString() ?? null,
          },
    stop:
      row.stop_requested_at === null
        ? null
        : {
            requestedAt: row.stop_requested_at.toISOString(),
            acknowledgedAt: row.stop_acked_at?.toISOString() ?? null,
            confirmedAt: row.stopped_at?.toISOString() ?? null,
          },
    contract:
      row.version === null || row.digest === null ? null : { version: row.version, digest: row.digest },
  };
}
