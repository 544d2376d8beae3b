import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

/** Stops a backtest that is under way; it leaves no report. Throws `not_found`, and `conflict` when it has ended. */
export async function cancelBacktest(actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'backtest.run', { workspaceId });
  await transact(async (client) => {
    const { rows } = await client.query<{ agentId: string; state: string }>(
      `SELECT agent_id AS "agentId", state FROM backtest WHERE workspace_id = $1 AND id::text = $2 FOR NO KEY UPDATE`,
      [workspaceId, id],
    );
    const found = rows[0];
    if (found === undefined) throw new AppError('not_found', 'There is no such backtest in this workspace.');
    if (found.state !== 'running') throw new AppError('conflict', 'This backtest has ended already.');
    await client.query(
      `UPDATE backtest SET state = 'cancelled', cancelled_at = now(), ended_at = now() WHERE id::text = $1`,
      [id],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'backtest.cancelled',
        subject: `agent:${found.agentId}`,
        detail: { backtest: id },
      },
    ]);
    await notify(client, { workspaceId, topic: 'backtest', id });
  });
}
