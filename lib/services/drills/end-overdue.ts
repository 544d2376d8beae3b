import type { PoolClient } from 'pg';
import { z } from 'zod';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatDuration } from '@/lib/format';
import { release } from '@/lib/services/kill-switches/turn-off';
import { DRILL_KINDS, type DrillEnd, drillDetailSchema, endDrill } from './drill-row';
import { putBack } from './rollback-drill';

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    workspace_id: z.string(),
    agent_id: z.string(),
    kind: z.enum(DRILL_KINDS),
    contract_version_id: z.string().nullable(),
    detail: drillDetailSchema,
  }),
);

/**
 * Ends drills whose time is up: a page that nobody acknowledged has failed; what a process left behind that ended in the
 * midst of a drill is undone (the switch released, the version put back). Any number of planes may do it at once. Answers
 * how long it is until the next is due, in milliseconds; null: none is running.
 */
export async function endOverdueDrills(): Promise<number | null> {
  const due = await db().query(
    `SELECT d.id, d.workspace_id, d.agent_id, d.kind, a.contract_version_id, d.detail
       FROM drill d JOIN agent a ON a.id = d.agent_id
      WHERE d.state = 'running' AND d.due_at <= clock_timestamp() ORDER BY d.due_at LIMIT 100`,
  );
  for (const row of rowsSchema.parse(due.rows)) await endOne(row);
  const next = await db().query<{ ms: number | null }>(
    `SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::float8 AS ms FROM drill WHERE state = 'running'`,
  );
  const ms = next.rows[0]?.ms ?? null;
  return ms === null ? null : Math.max(0, ms);
}

async function endOne(row: z.output<typeof rowsSchema>[number]): Promise<void> {
  const actor = { kind: 'system', workspaceId: row.workspace_id } as const;
  const { detail } = row;
  await transact(async (client) => {
    // Closed meanwhile, by the person who answered or by another plane: theirs counts.
    const open = await client.query(
      `SELECT FROM drill WHERE id = $1 AND state = 'running' FOR UPDATE SKIP LOCKED`,
      [row.id],
    );
    if (open.rows.length === 0) return;
    const { switchId, restore } = detail;
    let left = 'Nothing was left behind.';
    if (row.kind === 'kill-switch' && switchId !== undefined)
      left = await undone(client, 'The switch was released.', () =>
        release(client, actor, { switchId, reason: 'The drill that turned it on broke off' }),
      );
    if (row.kind === 'rollback' && restore !== undefined)
      left = await undone(client, 'The version before was put back.', () =>
        putBack(client, actor, row.agent_id, restore),
      );
    const minutes = detail.minutes ?? 0;
    const end: DrillEnd =
      row.kind === 'paging'
        ? {
            state: 'failed',
            summary: `${detail.person ?? 'The operator'} did not acknowledge the page within ${formatDuration(minutes * 60_000)}.`,
            figures: { person: detail.person ?? null, minutes },
            contractVersionId: null,
            clause: 'ownership/operator',
          }
        : {
            state: 'failed',
            summary: `The drill broke off before it was done. ${left}`,
            figures: { steps: detail.steps },
            contractVersionId:
              row.kind === 'kill-switch' ? null : (restore?.versionId ?? row.contract_version_id),
          };
    await endDrill(client, actor, { id: row.id, kind: row.kind, agentId: row.agent_id }, end);
  });
}

/** What became of undoing: a person may have done it, or something stands in the way, which people must see. */
async function undone(client: PoolClient, done: string, work: () => Promise<unknown>): Promise<string> {
  await client.query('SAVEPOINT undoing');
  try {
    await work();
    return done;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT undoing');
    return error.message;
  }
}
