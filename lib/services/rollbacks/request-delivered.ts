import type { PoolClient } from 'pg';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import { noteStep } from '@/lib/services/compensations/compensation-row';

/** Writes down that a receiver has taken what a delivery asked for, in the transaction that records it. The first one counts. */
export async function requestDelivered(
  client: Pick<PoolClient, 'query'>,
  message: { id: string; workspaceId: string; type: string },
): Promise<void> {
  const { workspaceId } = message;
  const system = { kind: 'system', workspaceId } as const;
  if (message.type === 'compensation.requested') {
    const { rows } = await client.query<{
      id: string;
      incident_id: string;
      number: number;
      tool: string;
      by: string;
    }>(
      // One that was given up is wanted no less: somebody has it delivered again.
      `UPDATE compensation c SET state = 'sent', sent_at = clock_timestamp(), ended_at = NULL, ended_by = NULL, detail = NULL
         FROM outbox_message m, incident i
        WHERE m.id = $1 AND c.id = m.request_id AND i.id = c.incident_id
          AND (c.state = 'approved' OR (c.state = 'expired' AND c.sent_at IS NULL AND c.decided_at IS NOT NULL))
        RETURNING c.id, c.incident_id, i.number, c.tool, c.by`,
      [message.id],
    );
    for (const row of rows) await noteStep(client, system, row, { action: 'sent' });
    return;
  }
  if (message.type !== 'code.rollback-requested') return;
  const { rows } = await client.query<{ id: string; incident_id: string; hook: string }>(
    `UPDATE code_rollback c SET state = 'sent', sent_at = clock_timestamp() FROM outbox_message m
      WHERE m.id = $1 AND c.id = m.request_id AND c.state = 'approved' RETURNING c.id, c.incident_id, c.hook`,
    [message.id],
  );
  for (const row of rows) {
    await appendAudit(client, [
      {
        workspaceId,
        actor: system,
        action: 'code-rollback.sent',
        subject: `incident:${row.incident_id}`,
        detail: { codeRollback: row.id, hook: row.hook },
      },
    ]);
    await notify(client, { workspaceId, topic: 'incident', id: row.incident_id });
  }
}
