import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { lockCompensation, noteStep } from './compensation-row';

/** What was sent and never answered is given up so many days after it was due, or sent. */
const SILENT_DAYS = 7;

/** What the outbox still tries to deliver may yet be taken: it is late, and not given up. */
const OVERDUE = `(state = 'proposed' AND due_at < now())
  OR (state = 'approved' AND due_at < now() AND NOT EXISTS (SELECT FROM outbox_message m
    WHERE m.request_id = compensation.id AND m.delivered_at IS NULL AND m.dead_at IS NULL))
  OR (state = 'sent' AND GREATEST(due_at, sent_at) < now() - interval '${SILENT_DAYS} days')`;

/**
 * Ends compensations whose time has passed: not sent before the call could be undone no longer and not being sent, or sent and
 * never answered.
 * Any number of planes may do so at once. Answers how many were ended.
 */
export async function expireCompensations(): Promise<number> {
  const { rows } = await db().query<{ id: string; workspace_id: string }>(
    `SELECT id, workspace_id FROM compensation WHERE ${OVERDUE} LIMIT 200`,
  );
  let ended = 0;
  for (const { id, workspace_id: workspaceId } of rows) {
    const system = { kind: 'system', workspaceId } as const;
    authorize(system, 'compensation.report', { workspaceId });
    await transact(async (client) => {
      const row = await lockCompensation(client, workspaceId, id);
      const changed = await client.query(
        `UPDATE compensation SET state = 'expired', ended_at = clock_timestamp(), ended_by = 'Countersign', detail = $2
          WHERE id = $1 AND (${OVERDUE})`,
        [
          id,
          row.state === 'sent'
            ? 'No receiver said how it ended.'
            : row.state === 'approved'
              ? 'No receiver took it before the call could be undone no longer.'
              : 'Nobody decided before the call could be undone no longer.',
        ],
      );
      if (changed.rowCount !== 1) return;
      ended += 1;
      await noteStep(client, system, row, {
        action: 'expired',
        detail: { was: row.state },
      });
    });
  }
  return ended;
}
