import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { afterNobody, type WaitingStep } from '@/lib/response/escalation';
import { appendAudit } from '@/lib/services/audit/append';
import {
  lockIncident,
  refuseAcknowledged,
  refuseResolved,
} from '@/lib/services/incidents/incident-for-action';
import { addStep, takeStep } from './take-step';

const inputSchema = z.object({
  number: z.int(),
  reason: z.string().trim().max(500, 'At most 500 characters.').default(''),
});

/**
 * Pages whoever comes next of an incident that nobody has acknowledged, without waiting for their time. Answers the names.
 * Throws `not_found`, `forbidden`, or `conflict` when somebody has it already.
 */
export async function escalateIncident(actor: Actor, input: z.input<typeof inputSchema>): Promise<string[]> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.page', { workspaceId });
  const { number, reason } = inputSchema.parse(input);
  return transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, number);
    authorize(actor, 'incident.page', { workspaceId, agentId: incident.agent_id });
    refuseResolved(incident);
    refuseAcknowledged(incident);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'incident.escalated',
        subject: `incident:${incident.id}`,
        detail: { number, ...(reason === '' ? {} : { reason }) },
      },
    ]);
    return escalateNow(client, {
      workspaceId,
      incidentId: incident.id,
      by: actorName(actor),
      ...(reason === '' ? {} : { reason }),
    });
  });
}

/**
 * The next waiting step at once, the last resort behind the last, in the transaction of whoever wants it. The caller holds
 * the incident's row. Answers the names of those who are paged.
 */
export async function escalateNow(
  client: PoolClient,
  step: { workspaceId: string; incidentId: string; by: string; reason?: string },
): Promise<string[]> {
  const { workspaceId, incidentId } = step;
  const now = new Date();
  const { rows } = await client.query<WaitingStep & { address: string | null; round: number }>(
    `SELECT id, step, kind, address, round, due_at AS "dueAt" FROM page
     WHERE incident_id = $1 AND state = 'waiting' ORDER BY round, step FOR UPDATE`,
    [incidentId],
  );
  const next = afterNobody(rows);
  const waiting = next === 'last-resort' ? undefined : rows.find(({ id }) => id === next.id);
  const round = waiting?.round ?? (await latestRound(client, incidentId));
  const page =
    waiting ??
    (await addStep(client, {
      workspaceId,
      incidentId,
      round,
      kind: 'last-resort',
      address: null,
      dueAt: now,
      createdById: null,
    }));
  await client.query('UPDATE page SET due_at = $2 WHERE id = $1', [page.id, now]);
  const people = await takeStep(client, {
    workspaceId,
    incidentId,
    round,
    page: { id: page.id, step: page.step, kind: page.kind, address: page.address },
    since: now,
    type: 'incident.escalated',
    because: `${step.by} escalated it${step.reason === undefined ? '.' : `: ${step.reason}`}`,
    now,
  });
  await notify(client, { workspaceId, topic: 'page', id: '' });
  await notify(client, { workspaceId, topic: 'incident', id: incidentId });
  return people.map(({ name }) => name);
}

async function latestRound(client: PoolClient, incidentId: string): Promise<number> {
  const { rows } = await client.query<{ round: number }>(
    'SELECT COALESCE(max(round), 1) AS round FROM page WHERE incident_id = $1',
    [incidentId],
  );
  return rows[0]?.round ?? 1;
}
