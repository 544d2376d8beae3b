import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { config } from '@/lib/config';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatDateTime } from '@/lib/format';
import { snoozed, type WaitingStep } from '@/lib/response/escalation';
import { appendAudit } from '@/lib/services/audit/append';
import {
  lockIncident,
  refuseAcknowledged,
  refuseResolved,
} from '@/lib/services/incidents/incident-for-action';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { incidentEvent } from '@/lib/services/outbox/incident-event';
import { enqueueChannels, pagedChannels } from './enqueue-channels';
import { addStep } from './take-step';

const MINUTE_MS = 60_000;
const LONGEST_MS = 24 * 60 * MINUTE_MS;

const inputSchema = z.object({ number: z.int(), until: z.date() });

/**
 * Puts an incident off: nobody is paged of it until a time, between a minute and a day from now. Whoever put it off is then
 * paged, unless it was acknowledged or resolved, and the escalation path goes on where it was. Throws `not_found`,
 * `forbidden`, `invalid` for another time, or `conflict` when somebody has it already.
 */
export async function snoozeIncident(actor: Actor, input: z.input<typeof inputSchema>): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.page', { workspaceId });
  const { number, until } = inputSchema.parse(input);
  await transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, number);
    authorize(actor, 'incident.page', { workspaceId, agentId: incident.agent_id });
    refuseResolved(incident);
    refuseAcknowledged(incident);
    if (actor.kind !== 'person') throw new AppError('forbidden', 'Only a person can put an incident off.');
    const now = new Date();
    const ms = until.getTime() - now.getTime();
    if (ms < MINUTE_MS || ms > LONGEST_MS) {
      const message = 'Choose a time between a minute and 24 hours from now.';
      throw new AppError('invalid', message, { issues: [{ path: 'until', message }] });
    }
    const { rows: waiting } = await client.query<WaitingStep>(
      `SELECT id, step, kind, due_at AS "dueAt" FROM page
       WHERE incident_id = $1 AND state = 'waiting' ORDER BY round, step FOR UPDATE`,
      [incident.id],
    );
    const moved = snoozed(waiting, now, until);
    await client.query(
      `UPDATE page p SET due_at = t.due_at FROM unnest($1::uuid[], $2::timestamptz[]) AS t(id, due_at) WHERE p.id = t.id`,
      [moved.map(({ id }) => id), moved.map(({ dueAt }) => dueAt)],
    );
    await client.query(
      `UPDATE page SET state = 'cancelled', ended_at = $2, leased_until = NULL, reason = 'It was snoozed anew.'
       WHERE incident_id = $1 AND state = 'waiting' AND kind = 'snooze'`,
      [incident.id, now],
    );
    const person = await client.query<{ email: string; round: number; time_zone: string }>(
      `SELECT p.email, w.time_zone, COALESCE((SELECT max(round) FROM page WHERE incident_id = $3), 1) AS round
       FROM person p, workspace w WHERE p.id = $1 AND w.id = $2`,
      [actor.personId, workspaceId, incident.id],
    );
    const by = person.rows[0];
    if (by === undefined) throw new AppError('forbidden', 'Only a member can put an incident off.');
    await addStep(client, {
      workspaceId,
      incidentId: incident.id,
      round: by.round,
      kind: 'snooze',
      address: by.email,
      dueAt: until,
      createdById: actor.personId,
    });
    await client.query(
      `UPDATE notification SET read_at = clock_timestamp()
       WHERE incident_id = $1 AND person_id = $2 AND kind = 'incident.opened' AND read_at IS NULL`,
      [incident.id, actor.personId],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'incident.snoozed',
        subject: `incident:${incident.id}`,
        detail: { number, until: until.toISOString() },
      },
    ]);
    await enqueueWebhooks(client, {
      workspaceId,
      type: 'incident.snoozed',
      incidentId: incident.id,
      data: {
        ...(await incidentEvent(client, incident.id, { by: actorName(actor) })),
        until: until.toISOString(),
      },
      at: now,
    });
    await enqueueChannels(client, {
      workspaceId,
      type: 'incident.snoozed',
      channels: await pagedChannels(client, workspaceId, 'incident.snoozed'),
      what: {
        kind: 'settled',
        action: 'snooze',
        subject: incident.id,
        text: `INC-${number} was snoozed by ${actorName(actor)} until ${formatDateTime(until, by.time_zone)}.`,
        link: { text: `Open INC-${number}`, url: `${config().dashboardUrl}/incidents/${number}` },
      },
      incidentId: incident.id,
    });
    await notify(client, { workspaceId, topic: 'page', id: '' });
    await notify(client, { workspaceId, topic: 'incident', id: incident.id });
    await notify(client, { workspaceId, topic: 'notification', id: actor.personId });
  });
}
