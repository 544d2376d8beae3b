import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import {
  checkPeople,
  claimAddress,
  readScheduleInput,
  rotaInWords,
  type ScheduleInput,
} from './schedule-input';

/**
 * Makes a schedule; from then on its address leads to whoever is on call. Throws `invalid` naming what is wrong at which field,
 * an address that a member or another schedule has among it.
 */
export async function createSchedule(actor: Actor, input: ScheduleInput): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'on-call.manage', { workspaceId });
  const { name, address, timeZone, layers } = readScheduleInput(input);
  return transact(async (client) => {
    await claimAddress(client, workspaceId, address, null);
    const names = await checkPeople(client, workspaceId, layers);
    const id = newId();
    await client.query(
      `INSERT INTO on_call_schedule (id, workspace_id, address, name, time_zone, layers)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, workspaceId, address, name, timeZone, JSON.stringify(layers)],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'on-call.schedule-created',
        subject: `on-call-schedule:${id}`,
        detail: { name, address, timeZone, rotations: rotaInWords({ timeZone, layers }, names) },
      },
    ]);
    await notify(client, { workspaceId, topic: 'on-call', id });
    return { id };
  });
}
