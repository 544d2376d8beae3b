import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { formatDateTime } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { findSchedule } from './find-schedule';
import { notRight } from './schedule-input';
import { memberOf, readSpan, type SpanInput } from './span-input';

export interface NewOverride extends SpanInput {
  scheduleId: string;
  /** Whoever is on call instead; oneself, or anybody for those who manage schedules. */
  personId: string;
  reason?: string;
}

/** What whoever made an override should know of it. */
export interface OverrideMade {
  id: string;
  /** Overrides of the same time that were made before: this one goes before them. */
  before: { name: string; from: string; to: string }[];
  /** Absences of the person in that time: then it does not hold. */
  away: { from: string; to: string }[];
}

const LONGEST_DAYS = 92;

/**
 * Puts a person on call in the rotation's place for a time; of several at once the one made last counts. What has begun begins
 * now. Throws `not_found`; `invalid` at `from`, `to` or `personId`; `forbidden` for others unless one manages schedules.
 */
export async function addOverride(actor: Actor, input: NewOverride, now = new Date()): Promise<OverrideMade> {
  const { workspaceId } = actor;
  const own = actor.kind === 'person' && actor.personId === input.personId;
  authorize(actor, own ? 'on-call.take-shift' : 'on-call.manage', { workspaceId });
  const { from, to } = readSpan(input, now, LONGEST_DAYS);
  const reason = input.reason?.trim() ?? '';
  if (reason.length > 500) throw notRight([{ path: 'reason', message: 'At most 500 characters.' }]);
  return transact(async (client) => {
    const schedule = await findSchedule(client, workspaceId, input.scheduleId, { forUpdate: true });
    const person = await memberOf(client, workspaceId, input.personId);
    const before = await client.query<{ name: string; from: Date; to: Date }>(
      `SELECT p.name, o.starts_at AS "from", o.ends_at AS "to"
         FROM on_call_override o JOIN person p ON p.id = o.person_id
        WHERE o.schedule_id = $1 AND o.cancelled_at IS NULL AND o.starts_at < $3 AND o.ends_at > $2
        ORDER BY o.starts_at, o.id`,
      [schedule.id, from, to],
    );
    const away = await client.query<{ from: Date; to: Date }>(
      `SELECT starts_at AS "from", ends_at AS "to" FROM absence
        WHERE workspace_id = $1 AND person_id = $2 AND cancelled_at IS NULL AND starts_at < $4 AND ends_at > $3
        ORDER BY starts_at, id`,
      [workspaceId, person.id, from, to],
    );
    const id = newId();
    await client.query(
      `INSERT INTO on_call_override
         (id, workspace_id, schedule_id, person_id, starts_at, ends_at, reason, created_by_id, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
      [
        id,
        workspaceId,
        schedule.id,
        person.id,
        from,
        to,
        reason === '' ? null : reason,
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'on-call.overridden',
        subject: `on-call-schedule:${schedule.id}`,
        detail: {
          schedule: schedule.name,
          person: person.name,
          from: from.toISOString(),
          to: to.toISOString(),
          ...(reason === '' ? {} : { reason }),
        },
      },
    ]);
    await addNotifications(client, actor, [
      {
        personId: person.id,
        kind: 'on-call.overridden',
        title: `${actorName(actor)} put you on call for ${schedule.name} from ${formatDateTime(from, person.zone, 'minute')} to ${formatDateTime(to, person.zone, 'minute')}`,
        path: `/on-call/${schedule.id}`,
      },
    ]);
    await notify(client, { workspaceId, topic: 'on-call', id: schedule.id });
    const iso = (span: { from: Date; to: Date }) => ({
      from: span.from.toISOString(),
      to: span.to.toISOString(),
    });
    return {
      id,
      before: before.rows.map((row) => ({ name: row.name, ...iso(row) })),
      away: away.rows.map(iso),
    };
  });
}
