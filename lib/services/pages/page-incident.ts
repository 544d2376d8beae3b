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
  /** `joined`: a milder breach, of an incident that nobody was told of. */
  why: 'opened' | 'reopened' | 'severity-rose' | 'joined';
  now: Date;
}

/**
 * Tells people of an incident, in the transaction that opened it: the operator now, by every channel, and whoever the
 * escalation path names later, as waiting steps that every runtime plane keeps the time of. Where the failure clause wants
 * nobody told, only receivers of webhooks are; but one that gets worse when nobody is to be paged of it any more, as it was
 * taken on or its path is at its end, is paged as it was before. A path that climbs is replaced only by another. Incident, run
 * and agent rows must be as they should be told; the caller holds the incident's row. Answers who was paged.
 */
export async function pageIncident(
  client: PoolClient,
  paged: IncidentToPage,
): Promise<{ people: PagedPerson[] }> {
  const { workspaceId, incidentId, contract, responses, now } = paged;
  const before = await pagedBefore(client, incidentId);
  const again = paged.why === 'severity-rose' && before.told && !before.waits;
  const climbs = responses.has('page') || (again && before.climbed);
  if (!climbs && !again && !responses.has('warn')) {
    await enqueueWebhooks(client, {
      workspaceId,
      type: 'incident.opened',
      incidentId,
      data: (await toldOf(client, incidentId)).event,
      at: now,
    });
    return { people: [] };
  }
  if (climbs && before.waits) await cancelWaiting(client, incidentId, 'It is paged anew.', now);
  const round = before.round + 1;
  const plan = planRound(contract.ownership, now);
  const steps = (climbs ? plan : plan.slice(0, 1)).map((step) => ({ ...step, id: newId() }));
  await planSteps(client, { workspaceId, incidentId, round, steps, now });
  const [operator] = steps;
  if (operator === undefined) throw new Error('A round has an operator.');
  const people = await takeStep(client, {
    workspaceId,
    incidentId,
    round,
    page: operator,
    since: now,
    // Receivers of webhooks know one that is joined: it opened without a page.
    type: paged.why === 'opened' || paged.why === 'reopened' ? 'incident.opened' : 'incident.escalated',
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

/** What was planned for the incident before. */
async function pagedBefore(
  client: PoolClient,
  incidentId: string,
): Promise<{ round: number; told: boolean; climbed: boolean; waits: boolean }> {
  const { rows } = await client.query<{ round: number; told: boolean; climbed: boolean; waits: boolean }>(
    `SELECT COALESCE(max(round), 0) AS round, count(*) > 0 AS told,
       COALESCE(bool_or(kind = 'escalation'), false) AS climbed, COALESCE(bool_or(state = 'waiting'), false) AS waits
     FROM page WHERE incident_id = $1`,
    [incidentId],
  );
  return rows[0] ?? { round: 0, told: false, climbed: false, waits: false };
}

/** Whether an incident waits for somebody, and nobody was ever to be told of it. */
export async function nobodyToldOf(client: Pick<PoolClient, 'query'>, incidentId: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM incident i WHERE i.id = $1 AND i.state = 'open'
       AND NOT EXISTS (SELECT FROM page p WHERE p.incident_id = i.id)`,
    [incidentId],
  );
  return rows.length > 0;
}
