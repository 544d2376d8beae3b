import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatList } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { agentsThatPage, findSchedule } from './find-schedule';

/**
 * Takes a schedule out of use; its address is free again. Throws `not_found`, or `conflict` while a contract in force pages it:
 * pages would lead nowhere.
 */
export async function archiveSchedule(actor: Actor, { id }: { id: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'on-call.manage', { workspaceId });
  await transact(async (client) => {
    const schedule = await findSchedule(client, workspaceId, id, { forUpdate: true });
    const agents = await agentsThatPage(client, workspaceId, schedule.address);
    if (agents.length > 0)
      throw new AppError(
        'conflict',
        `Contracts in force page this schedule: ${formatList(agents.map((each) => each.displayName))}. Name somebody else there first.`,
      );
    await client.query('UPDATE on_call_schedule SET archived_at = now() WHERE id = $1', [id]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'on-call.schedule-archived',
        subject: `on-call-schedule:${id}`,
        detail: { name: schedule.name, address: schedule.address },
      },
    ]);
    await notify(client, { workspaceId, topic: 'on-call', id });
  });
}
