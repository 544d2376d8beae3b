import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { planRound } from '@/lib/response/escalation';
import { appendAudit } from '@/lib/services/audit/append';
import {
  type IncidentForAction,
  lockIncident,
  refuseResolved,
} from '@/lib/services/incidents/incident-for-action';
import { resolveOnCall } from '@/lib/services/on-call/resolve';
import { planSteps } from './plan-steps';
import { addStep, type StepToTake, takeStep } from './take-step';

const inputSchema = z.object({
  number: z.int(),
  personId: z.uuid('Choose whom to hand it to.'),
  note: z.string().trim().max(500, 'At most 500 characters.').default(''),
});

/**
 * Hands an incident to a named person, who is paged at once. What waits of the escalation path keeps its times; an incident
 * that somebody had acknowledged is open again, and its path begins anew behind the person. Answers their name. Throws
 * `not_found`, `forbidden`, or `conflict` when it is resolved, the person is away, or has it already.
 */
export async function reassignIncident(actor: Actor, input: z.input<typeof inputSchema>): Promise<string> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.page', { workspaceId });
  const { number, personId, note } = inputSchema.parse(input);
  return transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, number);
    authorize(actor, 'incident.page', { workspaceId, agentId: incident.agent_id });
    refuseResolved(incident);
    const now = new Date();
    const { rows } = await client.query<{
      name: string;
      email: string;
      holds: boolean;
      before: string | null;
    }>(
      `SELECT p.name, p.email, i.operator_id IS NOT DISTINCT FROM p.id AND i.state = 'open' AS holds, o.name AS before
       FROM membership m JOIN person p ON p.id = m.person_id JOIN incident i ON i.id = $3
         LEFT JOIN person o ON o.id = i.operator_id
       WHERE m.workspace_id = $1 AND m.person_id = $2 AND p.disabled_at IS NULL`,
      [workspaceId, personId, incident.id],
    );
    const to = rows[0];
    if (to === undefined) throw new AppError('not_found', 'There is no such member of this workspace.');
    if (to.holds) throw new AppError('conflict', `INC-${number} is with ${to.name} already.`);
    const there = await resolveOnCall(client, workspaceId, to.email, now);
    if (there.people.length === 0)
      throw new AppError('conflict', `${to.name} is away. Hand it to somebody who is there.`);
    const step = await stepFor(client, actor, incident, to.email, now);
    await client.query('UPDATE incident SET operator_id = $2 WHERE id = $1', [incident.id, personId]);
    const by = actorName(actor);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'incident.reassigned',
        subject: `incident:${incident.id}`,
        detail: { number, from: to.before, to: to.name, ...(note === '' ? {} : { note }) },
      },
    ]);
    await takeStep(client, {
      workspaceId,
      incidentId: incident.id,
      ...step,
      since: now,
      type: 'incident.escalated',
      because: `${by} handed it on${note === '' ? '.' : `: ${note}`}`,
      now,
    });
    await notify(client, { workspaceId, topic: 'page', id: '' });
    await notify(client, { workspaceId, topic: 'incident', id: incident.id });
    return to.name;
  });
}

/** Behind what waits; of an acknowledged incident the beginning of a new round. */
async function stepFor(
  client: Parameters<typeof lockIncident>[0],
  actor: Actor,
  incident: IncidentForAction,
  email: string,
  now: Date,
): Promise<Pick<StepToTake, 'round' | 'page'>> {
  const { workspaceId } = actor;
  const createdById = actor.kind === 'person' ? actor.personId : null;
  const { rows } = await client.query<{ round: number | null; document: unknown }>(
    `SELECT (SELECT max(round) FROM page WHERE incident_id = i.id) AS round, v.document
     FROM incident i JOIN run r ON r.id = i.run_id LEFT JOIN contract_version v ON v.id = r.contract_version_id
     WHERE i.id = $1`,
    [incident.id],
  );
  const round = rows[0]?.round ?? 1;
  if (incident.state !== 'acknowledged') {
    const kind = 'reassigned' as const;
    const step = {
      workspaceId,
      incidentId: incident.id,
      round,
      kind,
      address: email,
      dueAt: now,
      createdById,
    };
    return { round, page: await addStep(client, step) };
  }
  await client.query(
    `UPDATE incident SET state = 'open', acknowledged_at = NULL, acknowledged_by_id = NULL WHERE id = $1`,
    [incident.id],
  );
  const document = rows[0]?.document ?? null;
  const escalation = document === null ? [] : readStored(document).ownership.escalation;
  const id = newId();
  const [first, ...path] = planRound({ operator: email, escalation }, now);
  if (first === undefined) throw new Error('A round has a first step.');
  await planSteps(client, {
    workspaceId,
    incidentId: incident.id,
    round: round + 1,
    steps: [{ ...first, kind: 'reassigned', id, createdById }, ...path],
    now,
  });
  return { round: round + 1, page: { id, step: 0, kind: 'reassigned', address: email } };
}
