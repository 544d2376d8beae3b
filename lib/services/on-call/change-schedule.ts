import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatList } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { agentsThatPage, findSchedule } from './find-schedule';
import {
  checkPeople,
  claimAddress,
  notRight,
  readScheduleInput,
  rotaInWords,
  type ScheduleInput,
} from './schedule-input';

/**
 * Changes a schedule from now on. Throws `not_found`; `invalid` naming what is wrong at which field, among it a new address
 * while contracts in force name the old one; `conflict` when somebody changed it since `revision`.
 */
export async function changeSchedule(
  actor: Actor,
  { id, revision, ...input }: ScheduleInput & { id: string; revision: number },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'on-call.manage', { workspaceId });
  const { name, address, timeZone, layers } = readScheduleInput(input);
  await transact(async (client) => {
    const before = await findSchedule(client, workspaceId, id, { forUpdate: true });
    if (before.revision !== revision)
      throw new AppError(
        'conflict',
        'Somebody changed this schedule while you had it open. Open it again in another tab to see how, then change it there.',
      );
    if (address !== before.address) {
      const agents = await agentsThatPage(client, workspaceId, before.address);
      if (agents.length > 0)
        throw notRight([
          {
            path: 'address',
            message: `Contracts in force page ${before.address}: ${formatList(agents.map((each) => each.displayName))}. Keep the address, or change those contracts first.`,
          },
        ]);
      await claimAddress(client, workspaceId, address, id);
    }
    const names = await checkPeople(client, workspaceId, layers);
    await client.query(
      `UPDATE on_call_schedule SET name = $2, address = $3, time_zone = $4, layers = $5, revision = revision + 1
        WHERE id = $1`,
      [id, name, address, timeZone, JSON.stringify(layers)],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'on-call.schedule-changed',
        subject: `on-call-schedule:${id}`,
        detail: {
          name,
          address,
          timeZone,
          rotations: rotaInWords({ timeZone, layers }, names),
          ...(name === before.name ? {} : { nameBefore: before.name }),
          ...(address === before.address ? {} : { addressBefore: before.address }),
        },
      },
    ]);
    await notify(client, { workspaceId, topic: 'on-call', id });
  });
}
