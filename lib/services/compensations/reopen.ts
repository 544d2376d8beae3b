import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { lockCompensation, noteStep, STATE_WORDS } from './compensation-row';

/**
 * The operator takes a decision back that has not gone out: what waits in the outbox is withdrawn, and the compensation is
 * proposed again. Throws `not_found`, `forbidden`, `invalid` without a reason, or `conflict` when a receiver has it or is
 * being told at this moment.
 */
export async function reopenCompensation(actor: Actor, input: { id: string; reason: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'compensation.decide', { workspaceId });
  await transact(async (client) => {
    // Whoever writes down a delivery locks its row first, then what it asked for: the same order here.
    await withdraw(client, workspaceId, input.id);
    const row = await lockCompensation(client, workspaceId, input.id);
    authorize(actor, 'compensation.decide', { workspaceId, agentId: row.agent_id });
    const reason = requireReason(input.reason);
    if (row.state !== 'approved' && row.state !== 'declined')
      throw new AppError(
        'conflict',
        `This compensation ${STATE_WORDS[row.state]}: there is no decision to take back.`,
      );
    await client.query(
      `UPDATE compensation SET state = 'proposed', decided_at = NULL, decided_by_id = NULL, reason = NULL WHERE id = $1`,
      [row.id],
    );
    await noteStep(client, actor, row, { action: 'reopened', detail: { was: row.state, reason } });
    await notify(client, { workspaceId, topic: 'outbox', id: '' });
  });
}

/** Gives up the deliveries of it that nobody has taken. Throws `conflict` while one is under way. */
async function withdraw(client: PoolClient, workspaceId: string, id: string): Promise<void> {
  const { rows } = await client.query<{ under_way: boolean }>(
    `SELECT COALESCE(leased_until > now(), false) AS under_way FROM outbox_message
      WHERE workspace_id = $1 AND request_id::text = $2 AND delivered_at IS NULL AND dead_at IS NULL FOR UPDATE`,
    [workspaceId, id],
  );
  if (rows.some((row) => row.under_way))
    throw new AppError('conflict', 'It is being sent at this moment. Look again in a few seconds.');
  await client.query(
    `UPDATE outbox_message SET dead_at = clock_timestamp(), discarded_at = clock_timestamp(), leased_until = NULL,
       last_error = 'The decision to send it was taken back.'
     WHERE workspace_id = $1 AND request_id::text = $2 AND delivered_at IS NULL AND dead_at IS NULL`,
    [workspaceId, id],
  );
}
