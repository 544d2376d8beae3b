import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

/**
 * Takes an override back: from now on the rotation counts again. Whoever is on call by it may, and whoever manages schedules.
 * Throws `not_found`, `forbidden`, `conflict` when it is over or was taken back.
 */
export async function cancelOverride(actor: Actor, { id }: { id: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'on-call.read', { workspaceId });
  await transact(async (client) => {
    const { rows } = await client.query<{
      scheduleId: string;
      schedule: string;
      personId: string;
      person: string;
      from: Date;
      to: Date;
      over: boolean;
    }>(
      `SELECT o.schedule_id AS "scheduleId", s.name AS schedule, o.person_id AS "personId", p.name AS person,
              o.starts_at AS "from", o.ends_at AS "to", o.cancelled_at IS NOT NULL OR o.ends_at <= now() AS over
         FROM on_call_override o JOIN on_call_schedule s ON s.id = o.schedule_id JOIN person p ON p.id = o.person_id
        WHERE o.workspace_id = $1 AND o.id::text = $2 FOR UPDATE OF o`,
      [workspaceId, id],
    );
    const [override] = rows;
    if (override === undefined) throw new AppError('not_found', 'There is no such override here.');
    const own = actor.kind === 'person' && actor.personId === override.personId;
    authorize(actor, own ? 'on-call.take-shift' : 'on-call.manage', { workspaceId });
    if (override.over) throw new AppError('conflict', 'This override is over already.');
    await client.query('UPDATE on_call_override SET cancelled_at = now() WHERE id = $1', [id]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'on-call.override-cancelled',
        subject: `on-call-schedule:${override.scheduleId}`,
        detail: {
          schedule: override.schedule,
          person: override.person,
          from: override.from.toISOString(),
          to: override.to.toISOString(),
        },
      },
    ]);
    await notify(client, { workspaceId, topic: 'on-call', id: override.scheduleId });
  });
}
