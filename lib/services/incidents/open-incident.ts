import type { PoolClient } from 'pg';
import type { Band, Contract, Response } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { responseTo } from '@/lib/scoring/severity';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueMail } from '@/lib/services/mail/enqueue-mail';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { incidentEvent } from '@/lib/services/outbox/incident-event';
import { operatorsOnCall } from './operators-on-call';
import { rollBackAtOnce } from './roll-back';
import { warnOperators } from './warn-operator';

export interface Breached {
  workspaceId: string;
  run: { id: string; key: string };
  agent: { id: string; name: string };
  contract: Contract;
  versionId: string;
  /** New ones, at least one; `happenedAt` is when the run did it. */
  breaches: readonly { clause: string; code: string; severity: Band; message: string; happenedAt: Date }[];
  now: Date;
}

/**
 * Does what the contract's failure clause says of these breaches, inside the transaction that stored them. `page` or
 * `pause` opens the run's one incident: the run is paused, the operator on call notified, webhooks enqueued, the agent
 * brought back to its last good version where the clause wants that at once, all of it audited. While the incident is open
 * further breaches join it; one that was resolved by resuming the run is opened again. What only warns, or breaks a clause
 * after the run was told to stop, is told without an incident. The run's row must have its new figures already:
 * receivers are told them.
 *
 * @returns the incident's id when one was opened (again)
 */
export async function openIncident(client: PoolClient, breached: Breached): Promise<string | null> {
  const { workspaceId, run, agent, contract, now } = breached;
  const responses = new Set<Response>(
    breached.breaches.flatMap((breach) => responseTo(breach.severity, contract)),
  );
  const opens = responses.has('page') || responses.has('pause');
  if (!opens && !responses.has('warn')) return null;
  const worst = worstOf(breached.breaches);
  const tells = responses.has('page') || responses.has('warn');
  const operators = tells ? await operatorsOnCall(client, workspaceId, contract) : [];
  const warn = (path: string) =>
    warnOperators(client, {
      workspaceId,
      run,
      operators,
      worst,
      others: breached.breaches.length - 1,
      path,
      now,
    });
  if (!opens) {
    await warn(`/runs/${run.id}`);
    return null;
  }
  const incident = await open(client, breached, worst, operators, responses.has('page'));
  if (incident.was === 'stopped') {
    // Nobody looks at it any more, and the run does what it may not.
    await warn(`/incidents/${incident.number}`);
    return null;
  }
  const system = { kind: 'system', workspaceId } as const;
  const rollsBack = responses.has('roll-back') && contract.failure.rollback === 'at-once';
  const rollBackNow = () =>
    rollBackAtOnce(client, system, {
      incidentId: incident.id,
      agentId: agent.id,
      versionId: breached.versionId,
    });
  if (incident.was === 'open') {
    // A breach that pauses or rolls back does so even if the first one did not.
    if (responses.has('pause')) await pause(client, breached, worst.clause);
    if (rollsBack) await rollBackNow();
    return null;
  }
  if (responses.has('pause')) {
    await pause(client, breached, worst.clause);
    await client.query('UPDATE incident SET paused_at = $2 WHERE id = $1', [incident.id, now]);
  }
  await appendAudit(client, [
    {
      workspaceId,
      actor: system,
      action: incident.was === 'resumed' ? 'incident.reopened' : 'incident.opened',
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
  if (rollsBack) await rollBackNow();
  for (const operator of operators) {
    await client.query(
      `INSERT INTO notification (id, workspace_id, person_id, kind, title, incident_id)
       VALUES ($1, $2, $3, 'incident.opened', $4, $5)`,
      [newId(), workspaceId, operator.id, `INC-${incident.number}: ${worst.message}`, incident.id],
    );
    await notify(client, { workspaceId, topic: 'notification', id: operator.id });
  }
  await enqueueMail(
    client,
    workspaceId,
    operators.map((operator) => ({
      personId: operator.id,
      type: 'incident.opened',
      title: `INC-${incident.number}: ${worst.message}`,
      path: `/incidents/${incident.number}`,
    })),
  );
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

/** The run's incident, and what it was before: an open one stays as it is, and so does one that ended by stopping the run. */
async function open(
  client: PoolClient,
  { workspaceId, run, agent, now }: Breached,
  worst: Breached['breaches'][number],
  operators: readonly { id: string }[],
  paging: boolean,
): Promise<{ id: string; number: number; was: 'none' | 'open' | 'resumed' | 'stopped' }> {
  const operatorId = operators[0]?.id ?? null;
  const pagedAt = paging && operatorId !== null ? now : null;
  const known = await client.query<{ id: string; number: number; was: 'open' | 'resumed' | 'stopped' }>(
    `SELECT id, number, CASE WHEN state = 'resolved' THEN resolution ELSE 'open' END AS was
     FROM incident WHERE run_id = $1 FOR UPDATE`,
    [run.id],
  );
  const one = known.rows[0];
  if (one !== undefined) {
    if (one.was !== 'resumed') return one;
    await client.query(
      `UPDATE incident SET state = 'open', title = $2, clause = $3, severity = $4, operator_id = $5, breached_at = $6,
         opened_at = $7, paged_at = $8, paused_at = NULL, acknowledged_at = NULL, acknowledged_by_id = NULL,
         resolved_at = NULL, resolved_by_id = NULL, resolution = NULL, reason = NULL
       WHERE id = $1`,
      [one.id, worst.message, worst.clause, worst.severity, operatorId, worst.happenedAt, now, pagedAt],
    );
    return one;
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
  return { id, number, was: 'none' };
}

async function pause(client: PoolClient, { workspaceId, run, now }: Breached, clause: string): Promise<void> {
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
