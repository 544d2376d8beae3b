import type { PoolClient } from 'pg';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { type Rota, scheduleSchema } from '@/lib/response/on-call';

export interface ScheduleRow {
  id: string;
  name: string;
  address: string;
  revision: number;
  rota: Rota;
}

const missing = () =>
  new AppError('not_found', 'There is no such schedule in this workspace, or it was archived.');

/** A schedule that is not archived, its row locked with `forUpdate`. Throws `not_found`. */
export async function findSchedule(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  id: string,
  { forUpdate = false } = {},
): Promise<ScheduleRow> {
  if (!z.uuid().safeParse(id).success) throw missing();
  const { rows } = await client.query<StoredSchedule>(
    `SELECT ${SCHEDULE_COLUMNS} FROM on_call_schedule s
      WHERE s.workspace_id = $1 AND s.id = $2 AND s.archived_at IS NULL${forUpdate ? ' FOR UPDATE' : ''}`,
    [workspaceId, id],
  );
  if (rows[0] === undefined) throw missing();
  return scheduleOf(rows[0]);
}

export interface StoredSchedule {
  id: string;
  name: string;
  address: string;
  revision: number;
  timeZone: string;
  layers: unknown;
}
export const SCHEDULE_COLUMNS = 's.id, s.name, s.address, s.revision, s.time_zone AS "timeZone", s.layers';

export function scheduleOf({ timeZone, layers, ...row }: StoredSchedule): ScheduleRow {
  return { ...row, rota: scheduleSchema.parse({ timeZone, layers }) };
}

/**
 * Agents whose contract in force, or the defaults they run under, names an address where pages go: while there are any, it must
 * lead to somebody.
 */
export async function agentsThatPage(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  address: string,
): Promise<{ name: string; displayName: string }[]> {
  const { rows } = await client.query<{ name: string; displayName: string }>(
    `SELECT a.name, a.display_name AS "displayName" FROM agent a
       JOIN contract_version v ON v.id = coalesce(a.contract_version_id,
              (SELECT d.id FROM contract_version d WHERE d.workspace_id = a.workspace_id AND d.agent_id IS NULL
                ORDER BY d.number DESC LIMIT 1))
      WHERE a.workspace_id = $1
        AND (lower(v.document #>> '{ownership,operator}') = $2
             OR EXISTS (SELECT FROM jsonb_array_elements(v.document #> '{ownership,escalation}') step
                         WHERE lower(step ->> 'to') = $2))
      ORDER BY lower(a.display_name), a.name`,
    [workspaceId, address],
  );
  return rows;
}
