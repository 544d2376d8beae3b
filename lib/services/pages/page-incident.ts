import type { PoolClient } from 'pg';
import type { Contract, Response } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { planRound } from '@/lib/response/escalation';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { cancelWaiting } from './cancel-waiting';
import { toldOf } from './page-message';
import { planSteps } from './plan-steps';
import { takeStep } from './take-step';
import type { PagedPerson } from './whom';

interface IncidentToPage {
  workspaceId: string;
  incidentId: string;
  /** The contract the run was held to. */
  contract: Contract;
  /** What its failure clause says of the breach. `page` climbs the escalation path; `warn` alone tells the operator once. */
  responses: ReadonlySet<Response>;
  why: 'opened' | 'reopened' | 'severity-rose';
  now: Date;
}

/**
 * Tells people of an incident, in the transaction that opened it: the operator now, by every channel, and whoever the
 * escalation path names later, as waiting steps that every runtime plane keeps the time of. Where the failure clause wants
 * nobody told, only receivers of webhooks are. Incident, run and agent rows must be as they should be told; the caller holds
 * the incident's row. Answers who was paged.
 */
export async function pageIncident(
  client: PoolClient,
  paged: IncidentToPage,
): Promise<{ people: PagedPerson[] }> {
  const { workspaceId, incidentId, contract, responses, now } = paged;
  if (!responses.has('page') && !responses.has('warn')) {
    await enqueueWebhooks(client, {
      workspaceId,
      type: 'incident.opened',
      incidentId,
      data: (await toldOf(client, incidentId)).event,
      at: now,
    });
    return { people: [] };
  }
  if (paged.why !== 'opened') await cancelWaiting(client, incidentId, 'It is paged anew.', now);
  const round = await nextRound(client, incidentId);
  const plan = planRound(contract.ownership, now);
  const steps = (responses.has('page') ? plan : plan.slice(0, 1)).map((step) => ({ ...step, id: newId() }));
  await planSteps(client, { workspaceId, incidentId, round, steps, now });
  const [operator] = steps;
  if (operator === undefined) throw new Error('A round has an operator.');
  const people = await takeStep(client, {
    workspaceId,
    incidentId,
    round,
    page: operator,
    since: now,
    type: paged.why === 'severity-rose' ? 'incident.escalated' : 'incident.opened',
    ...(paged.why === 'severity-rose' ? { because: 'It got worse.' } : {}),
    now,
  });
  await client.query('UPDATE incident SET operator_id = COALESCE($2, operator_id) WHERE id = $1', [
    incidentId,
    people[0]?.id ?? null,
  ]);
  await notify(client, { workspaceId, topic: 'page', id: '' });
  return { people };
}

async function nextRound(client: PoolClient, incidentId: string): Promise<number> {
  const { rows } = await client.query<{ round: number }>(
    'SELECT COALESCE(max(round), 0) + 1 AS round FROM page WHERE incident_id = $1',
    [incidentId],
  );
  return rows[0]?.round ?? 1;
}
