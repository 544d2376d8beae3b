import type { PoolClient } from 'pg';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { formatDateTime } from '@/lib/format';

const rowSchema = z.object({
  id: z.string(),
  number: z.int(),
  run_id: z.string(),
  agent_id: z.string(),
  state: z.enum(['open', 'acknowledged', 'resolved']),
  resolution: z.enum(['resumed', 'stopped']).nullable(),
  acknowledged_at: z.date().nullable(),
  acknowledged_by: z.string().nullable(),
  resolved_at: z.date().nullable(),
  resolved_by: z.string().nullable(),
  time_zone: z.string(),
  run_count: z.int(),
});

/** An incident somebody is about to act on, locked until the transaction ends. */
export interface IncidentForAction extends z.output<typeof rowSchema> {
  /** Runs that wait because of it, locked too, in the order they joined. */
  runs: { id: string; key: string }[];
}

/** Runs may join while their locks are waited for; so often the wait begins again. */
const MOST_ROUNDS = 20;

/**
 * Throws `not_found` for a number the workspace has not given.
 *
 * @param also.agent its agent is to be changed: it is locked too, where intake locks it, between the runs and the incident
 */
export async function lockIncident(
  client: PoolClient,
  workspaceId: string,
  number: number,
  also: { agent?: boolean } = {},
): Promise<IncidentForAction> {
  const missing = new AppError('not_found', 'There is no such incident in this workspace.');
  if (!z.int().min(1).max(2_147_483_647).safeParse(number).success) throw missing;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    // Runs first, in the order intake locks them: it opens incidents while it holds their runs.
    await client.query('SAVEPOINT locking');
    const before = await client.query<{ id: string }>(
      `SELECT r.id FROM incident i JOIN incident_run t ON t.incident_id = i.id AND t.closed_at IS NULL
         JOIN run r ON r.id = t.run_id
       WHERE i.workspace_id = $1 AND i.number = $2 ORDER BY r.id FOR NO KEY UPDATE OF r`,
      [workspaceId, number],
    );
    const agentId = also.agent === true ? await lockAgent(client, workspaceId, number) : null;
    const incident = await lockRow(client, workspaceId, number);
    if (incident === null) throw missing;
    const { rows: runs } = await client.query<{ id: string; key: string }>(
      `SELECT r.id, r.key FROM incident_run t JOIN run r ON r.id = t.run_id
       WHERE t.incident_id = $1 AND t.closed_at IS NULL ORDER BY t.joined_at, r.id`,
      [incident.id],
    );
    const locked = new Set(before.rows.map((row) => row.id));
    // Its runs may have turned out to be another agent's meanwhile.
    const rightAgent = also.agent !== true || agentId === incident.agent_id;
    if (rightAgent && runs.every((run) => locked.has(run.id))) {
      await client.query('RELEASE SAVEPOINT locking');
      return { ...incident, runs };
    }
    await client.query('ROLLBACK TO SAVEPOINT locking');
  }
  throw new AppError('unavailable', 'Runs keep joining this incident. Try again in a moment.', {
    retryAfterSeconds: 1,
  });
}

async function lockAgent(client: PoolClient, workspaceId: string, number: number): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT a.id FROM agent a WHERE a.id = (SELECT agent_id FROM incident WHERE workspace_id = $1 AND number = $2)
        FOR NO KEY UPDATE`,
    [workspaceId, number],
  );
  return rows[0]?.id ?? null;
}

async function lockRow(
  client: PoolClient,
  workspaceId: string,
  number: number,
): Promise<z.output<typeof rowSchema> | null> {
  const result = await client.query(
    `SELECT i.id, i.number, i.run_id, i.agent_id, i.state, i.resolution, i.acknowledged_at,
       a.name AS acknowledged_by, i.resolved_at, p.name AS resolved_by, w.time_zone, i.run_count
     FROM incident i JOIN workspace w ON w.id = i.workspace_id
       LEFT JOIN person a ON a.id = i.acknowledged_by_id LEFT JOIN person p ON p.id = i.resolved_by_id
     WHERE i.workspace_id = $1 AND i.number = $2 FOR UPDATE OF i`,
    [workspaceId, number],
  );
  return result.rows[0] === undefined ? null : rowSchema.parse(result.rows[0]);
}

/** Throws `conflict` that says who resolved it, how and when. */
export function refuseResolved(incident: IncidentForAction): void {
  if (incident.state !== 'resolved') return;
  const runs = incident.run_count === 1 ? 'the run' : 'its runs';
  const how = `by ${incident.resolution === 'stopped' ? 'stopping' : 'resuming'} ${runs}`;
  throw new AppError(
    'conflict',
    `INC-${incident.number} was resolved ${how} before: ${who(incident.resolved_by, incident.resolved_at, incident.time_zone)}.`,
  );
}

/** Throws `conflict` that says who acknowledged it and when. */
export function refuseAcknowledged(incident: IncidentForAction): void {
  if (incident.state !== 'acknowledged') return;
  throw new AppError(
    'conflict',
    `INC-${incident.number} was acknowledged before: ${who(incident.acknowledged_by, incident.acknowledged_at, incident.time_zone)}.`,
  );
}

function who(name: string | null, at: Date | null, zone: string): string {
  return `${name ?? 'Countersign'}${at === null ? '' : `, ${formatDateTime(at, zone)}`}`;
}
