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
});

/** An incident somebody is about to act on, locked until the transaction ends. */
export type IncidentForAction = z.output<typeof rowSchema>;

/** Throws `not_found` for a number the workspace has not given. */
export async function lockIncident(
  client: PoolClient,
  workspaceId: string,
  number: number,
): Promise<IncidentForAction> {
  const missing = new AppError('not_found', 'There is no such incident in this workspace.');
  if (!z.int().min(1).max(2_147_483_647).safeParse(number).success) throw missing;
  // The run first, in the order intake locks them: it opens incidents while it holds their runs.
  await client.query(
    `SELECT 1 FROM run WHERE id = (SELECT run_id FROM incident WHERE workspace_id = $1 AND number = $2) FOR NO KEY UPDATE`,
    [workspaceId, number],
  );
  const result = await client.query(
    `SELECT i.id, i.number, i.run_id, i.agent_id, i.state, i.resolution, i.acknowledged_at,
       a.name AS acknowledged_by, i.resolved_at, p.name AS resolved_by, w.time_zone
     FROM incident i JOIN workspace w ON w.id = i.workspace_id
       LEFT JOIN person a ON a.id = i.acknowledged_by_id LEFT JOIN person p ON p.id = i.resolved_by_id
     WHERE i.workspace_id = $1 AND i.number = $2 FOR UPDATE OF i`,
    [workspaceId, number],
  );
  if (result.rows[0] === undefined) throw missing;
  return rowSchema.parse(result.rows[0]);
}

/** Throws `conflict` that says who resolved it, how and when. */
export function refuseResolved(incident: IncidentForAction): void {
  if (incident.state !== 'resolved') return;
  const how = incident.resolution === 'stopped' ? 'by stopping the run' : 'by resuming the run';
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
