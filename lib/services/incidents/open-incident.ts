import type { PoolClient } from 'pg';
import type { Band, Contract, Response } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { responseTo } from '@/lib/scoring/severity';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { incidentEvent } from '@/lib/services/outbox/incident-event';

type Client = Pick<PoolClient, 'query'>;

export interface Breached {
  workspaceId: string;
  run: { id: string; key: string };
  agent: { id: string; name: string };
  contract: Contract;
  /** New ones, at least one; `happenedAt` is when the run did it. */
  breaches: readonly { clause: string; code: string; severity: Band; message: string; happenedAt: Date }[];
  now: Date;
}

/**
 * Does what the contract's failure clause says of these breaches, inside the transaction that stored them. `page` or
 * `pause` opens the run's one incident: the run is paused, the operator on call notified, webhooks enqueued, all of it
 * audited. While the incident is open further breaches join it; one that was resolved by resuming the run is opened
 * again. The run's row must have its new figures already: receivers are told them.
 *
 * @returns the incident's id when one was opened (again)
 */
export async function openIncident(client: Client, breached: Breached): Promise<string | null> {
  const { workspaceId, run, contract, now } = breached;
  const responses = new Set<Response>(
    breached.breaches.flatMap((breach) => responseTo(breach.severity, contract)),
  );
  if (!responses.has('page') && !responses.has('pause')) return null;
  const worst = worstOf(breached.breaches);
  const operators = responses.has('page') ? await operatorsOnCall(client, workspaceId, contract) : [];
  const incident = await open(client, breached, worst, operators, responses.has('page'));
  if (incident === null) {
    // It is open already; a breach that pauses does so even if the first one did not.
    if (responses.has('pause')) await pause(client, breached, worst.clause);
    return null;
  }
  const system = { kind: 'system', workspaceId } as const;
  if (responses.has('pause')) {
    await pause(client, breached, worst.clause);
    await client.query('UPDATE incident SET paused_at = $2 WHERE id = $1', [incident.id, now]);
  }
  await appendAudit(client, [
    {
      workspaceId,
      actor: system,
      action: incident.again ? 'incident.reopened' : 'incident.opened',
      subject: `incident:${incident.id}`,
      detail: {
        number: incident.number,
        run: run.key,
        clause: worst.clause,
        severity: worst.severity,
        title: worst.message,
        notified: operators.map((operator) => operator.name),
      },
    },
  ]);
  for (const operator of operators) {
    await client.query(
      `INSERT INTO notification (id, workspace_id, person_id, kind, title, incident_id)
       VALUES ($1, $2, $3, 'incident.opened', $4, $5)`,
      [newId(), workspaceId, operator.id, `INC-${incident.number}: ${worst.message}`, incident.id],
    );
    await notify(client, { workspaceId, topic: 'notification', id: operator.id });
  }
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'incident.opened',
    incidentId: incident.id,
    data: await incidentEvent(client, incident.id, null),
    at: now,
  });
  await notify(client, { workspaceId, topic: 'incident', id: incident.id });
  await notify(client, { workspaceId, topic: 'run', id: run.id });
  return incident.id;
}

const SEVERITIES: readonly Band[] = ['low', 'medium', 'high', 'critical'];

/** The breach an incident is about: the worst; of equals a particular clause before the run as a whole, then the first. */
function worstOf(breaches: Breached['breaches']): Breached['breaches'][number] {
  const [first, ...others] = breaches;
  if (first === undefined) throw new Error('An incident needs a breach.');
  return others.reduce((worst, breach) => {
    const order =
      SEVERITIES.indexOf(breach.severity) - SEVERITIES.indexOf(worst.severity) ||
      Number(worst.clause.startsWith('risk/')) - Number(breach.clause.startsWith('risk/')) ||
      worst.happenedAt.getTime() - breach.happenedAt.getTime();
    return order > 0 ? breach : worst;
  }, first);
}

/** The person the contract names; when nobody of that address is a member, every operator, so that no page is lost. */
async function operatorsOnCall(
  client: Client,
  workspaceId: string,
  contract: Contract,
): Promise<{ id: string; name: string }[]> {
  const members = await client.query<{ id: string; name: string; named: boolean }>(
    `SELECT p.id, p.name, p.email = $2 AS named FROM membership m JOIN person p ON p.id = m.person_id
     WHERE m.workspace_id = $1 AND p.disabled_at IS NULL AND (p.email = $2 OR 'operator' = ANY(m.roles))
     ORDER BY named DESC, p.name, p.id`,
    [workspaceId, contract.ownership.operator.toLowerCase()],
  );
  const named = members.rows.filter((row) => row.named);
  return named.length > 0 ? named : members.rows;
}

/** Null when the run's incident is open already, or ended with the run stopped. */
async function open(
  client: Client,
  { workspaceId, run, agent, now }: Breached,
  worst: Breached['breaches'][number],
  operators: readonly { id: string }[],
  paging: boolean,
): Promise<{ id: string; number: number; again: boolean } | null> {
  const operatorId = operators[0]?.id ?? null;
  const pagedAt = paging && operatorId !== null ? now : null;
  const known = await client.query<{ id: string; number: number; reopens: boolean }>(
    `SELECT id, number, state = 'resolved' AND resolution = 'resumed' AS reopens FROM incident WHERE run_id = $1 FOR UPDATE`,
    [run.id],
  );
  const one = known.rows[0];
  if (one !== undefined) {
    if (!one.reopens) return null;
    await client.query(
      `UPDATE incident SET state = 'open', title = $2, clause = $3, severity = $4, operator_id = $5, breached_at = $6,
         opened_at = $7, paged_at = $8, paused_at = NULL, acknowledged_at = NULL, acknowledged_by_id = NULL,
         resolved_at = NULL, resolved_by_id = NULL, resolution = NULL, reason = NULL
       WHERE id = $1`,
      [one.id, worst.message, worst.clause, worst.severity, operatorId, worst.happenedAt, now, pagedAt],
    );
    return { id: one.id, number: one.number, again: true };
  }
  const id = newId();
  const numbered = await client.query<{ number: number }>(
    'UPDATE workspace SET next_incident = next_incident + 1 WHERE id = $1 RETURNING next_incident - 1 AS number',
    [workspaceId],
  );
  const number = numbered.rows[0]?.number;
  if (number === undefined) throw new Error(`There is no workspace ${workspaceId}.`);
  await client.query(
    `INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, operator_id,
       breached_at, opened_at, paged_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      workspaceId,
      number,
      run.id,
      agent.id,
      worst.message,
      worst.clause,
      worst.severity,
      operatorId,
      worst.happenedAt,
      now,
      pagedAt,
    ],
  );
  return { id, number, again: false };
}

async function pause(client: Client, { workspaceId, run, now }: Breached, clause: string): Promise<void> {
  const paused = await client.query(
    `UPDATE run SET status = 'paused', paused_at = $2, pause_acked_at = NULL, revision = revision + 1
     WHERE id = $1 AND status IN ('running', 'finished')`,
    [run.id, now],
  );
  if (paused.rowCount === 0) return;
  await appendAudit(client, [
    {
      workspaceId,
      actor: { kind: 'system', workspaceId },
      action: 'run.paused',
      subject: `run:${run.id}`,
      detail: { run: run.key, clause },
    },
  ]);
}
