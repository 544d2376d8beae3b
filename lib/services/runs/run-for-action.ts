import type { PoolClient } from 'pg';
import { z } from 'zod';
import { AppError } from '@/lib/errors';

const rowSchema = z.object({
  id: z.string(),
  key: z.string(),
  agent_id: z.string(),
  status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']),
  root_ended: z.boolean(),
  contract_version_id: z.string().nullable(),
  stop_requested_at: z.date().nullable(),
  stopped_at: z.date().nullable(),
  /** The incident that a person has yet to resolve, if any. */
  incident_id: z.string().nullable(),
  incident_number: z.int().nullable(),
});

/** A run somebody is about to act on, locked until the transaction ends. */
export type RunForAction = z.output<typeof rowSchema>;

/** Throws `not_found` for a run that is not of the workspace. */
export async function lockRun(client: PoolClient, workspaceId: string, runId: string): Promise<RunForAction> {
  const missing = new AppError('not_found', 'There is no such run in this workspace.');
  if (!z.uuid().safeParse(runId).success) throw missing;
  const result = await client.query(
    `SELECT r.id, r.key, r.agent_id, r.status, r.root_ended, r.contract_version_id, r.stop_requested_at, r.stopped_at,
       i.id AS incident_id, i.number AS incident_number
     FROM run r LEFT JOIN incident_run t ON t.run_id = r.id AND t.closed_at IS NULL
       LEFT JOIN incident i ON i.id = t.incident_id
     WHERE r.id = $1 AND r.workspace_id = $2 FOR NO KEY UPDATE OF r`,
    [runId, workspaceId],
  );
  if (result.rows[0] === undefined) throw missing;
  return rowSchema.parse(result.rows[0]);
}

export const reasonSchema = z
  .string()
  .trim()
  .min(1, 'Say why: the reason is kept with the run.')
  .max(2000, 'At most 2,000 characters.');

/** The reason somebody gave. Throws `invalid` naming the field when there is none. */
export function requireReason(input: string): string {
  const reason = reasonSchema.safeParse(input);
  if (reason.success) return reason.data;
  const message = reason.error.issues[0]?.message ?? 'Say why.';
  throw new AppError('invalid', message, { issues: [{ path: 'reason', message }] });
}
