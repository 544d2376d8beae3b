import type { PoolClient } from 'pg';
import type { Band, Contract, Response } from '@/lib/contract/schema';
import { notify } from '@/lib/db/notify';
import { worstOf } from '@/lib/response/grouping';
import { responsesTo } from '@/lib/scoring/severity';
import { appendAudit } from '@/lib/services/audit/append';
import { proposeCompensations } from '@/lib/services/compensations/propose';
import { applyLadder } from '@/lib/services/ladder/apply-by-rule';
import { nobodyToldOf, pageIncident } from '@/lib/services/pages/page-incident';
import { operatorsOnCall } from './operators-on-call';
import { type Placed, placeRun } from './place-run';
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
 * Answers all that broke clauses in one transaction, each as `openIncident` does, then takes the steps of the ladder that
 * their contracts ask for. Agents are locked first and in one order, so that those who answer at once open one
 * incident between them and seldom meet crosswise.
 */
export async function answerBreaches(client: PoolClient, breached: readonly Breached[]): Promise<void> {
  if (breached.length === 0) return;
  await client.query('SELECT FROM agent WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [
    [...new Set(breached.map(({ agent }) => agent.id))],
  ]);
  // Runs of one agent may be held to different versions, each of which has its own ladder.
  const lastOf = new Map<string, { breached: Breached; incidentId: string | null }>();
  for (const one of breached) {
    const incidentId = await openIncident(client, one);
    const key = `${one.agent.id} ${one.versionId}`;
    const known = lastOf.get(key);
    lastOf.set(key, { breached: one, incidentId: incidentId ?? known?.incidentId ?? null });
  }
  for (const { breached: one, incidentId } of lastOf.values())
    await applyLadder(client, { ...one, agentId: one.agent.id, incidentId });
}

/**
 * Does what the contract's failure clause says of one run's breaches, inside the transaction that stored them and that has
 * locked its agent. `page` or `pause` opens an incident: the run is paused, the agent brought back to its last good
 * version where the clause wants that at once, the operator on call paged, all of it audited. A run that breaks what an
 * incident about the agent waits for already joins that one: it is counted and paused, and nobody is paged anew unless
 * the severity rises or nobody was told of it yet. One that was resolved by resuming the run is opened again. What only
 * warns, or breaks a clause after the run was told to stop, is told without an incident. The run's row must have its new
 * figures already: receivers are told them.
 *
 * @returns the incident's id when the breaches belong to one that waits for a person
 */
export async function openIncident(client: PoolClient, breached: Breached): Promise<string | null> {
  const { contract, run, now, workspaceId } = breached;
  const responses = new Set<Response>(breached.breaches.flatMap((breach) => responsesTo(breach, contract)));
  const opens = responses.has('page') || responses.has('pause');
  if (!opens && !responses.has('warn')) return null;
  const worst = worstOf(breached.breaches);
  if (!opens) {
    await warn(client, breached, worst, `/runs/${run.id}`);
    return null;
  }
  const placed = await placeRun(client, { ...breached, worst });
  if (placed.how === 'stopped') {
    // Nobody looks at it any more, and the run does what it may not.
    await warn(client, breached, worst, `/incidents/${placed.number}`);
    return null;
  }
  const at = { incidentId: placed.id, agentId: breached.agent.id, versionId: breached.versionId };
  if (responses.has('pause')) await pause(client, breached, worst.clause, placed.id);
  await record(client, breached, placed, worst);
  // A breach that pauses or rolls back does so even if the first one did not.
  if (responses.has('roll-back') && contract.failure.rollback === 'at-once')
    await rollBackAtOnce(client, { kind: 'system', workspaceId }, at);
  await proposeCompensations(client, {
    workspaceId,
    incidentId: placed.id,
    runId: run.id,
    agentId: breached.agent.id,
    contract,
    now,
  });
  const why = await whyPage(client, { ...placed, how: placed.how }, responses);
  if (why !== null)
    await pageIncident(client, { workspaceId, incidentId: placed.id, contract, responses, why, now });
  await notify(client, { workspaceId, topic: 'incident', id: placed.id });
  await notify(client, { workspaceId, topic: 'run', id: run.id });
  return placed.id;
}

/** Null: whoever is to be told was, or is to be told nothing anew. */
async function whyPage(
  client: PoolClient,
  placed: Pick<Placed, 'id' | 'rose'> & { how: Exclude<Placed['how'], 'stopped'> },
  responses: ReadonlySet<Response>,
): Promise<Parameters<typeof pageIncident>[1]['why'] | null> {
  if (placed.how !== 'joined') return placed.how;
  if (placed.rose) return 'severity-rose';
  return responses.has('page') && (await nobodyToldOf(client, placed.id)) ? 'joined' : null;
}

type Worst = Breached['breaches'][number];

async function warn(client: PoolClient, breached: Breached, worst: Worst, path: string): Promise<void> {
  const { workspaceId, run, contract, breaches, now } = breached;
  const operators = await operatorsOnCall(client, workspaceId, contract);
  await warnOperators(client, {
    workspaceId,
    run,
    operators,
    worst,
    others: breaches.length - 1,
    path,
    now,
  });
}

/** What became of the incident, for the record. Further breaches of a run that is of it already are on the run. */
async function record(
  client: PoolClient,
  { workspaceId, run }: Breached,
  placed: Placed,
  worst: Worst,
): Promise<void> {
  const action =
    placed.how === 'joined' ? (placed.rose ? 'severity-rose' : placed.isNew ? 'joined' : null) : placed.how;
  if (action === null) return;
  await appendAudit(client, [
    {
      workspaceId,
      actor: { kind: 'system', workspaceId },
      action: `incident.${action}`,
      subject: `incident:${placed.id}`,
      detail: {
        number: placed.number,
        run: run.key,
        clause: worst.clause,
        severity: worst.severity,
        title: worst.message,
        ...(placed.runs === 1 ? {} : { runs: placed.runs }),
      },
    },
  ]);
}

async function pause(
  client: PoolClient,
  { workspaceId, run, now }: Breached,
  clause: string,
  incidentId: string,
): Promise<void> {
  await client.query(
    `WITH held AS (
       UPDATE incident_run SET paused_at = coalesce(paused_at, $3) WHERE incident_id = $1 AND run_id = $2)
     UPDATE incident SET paused_at = coalesce(paused_at, $3) WHERE id = $1`,
    [incidentId, run.id, now],
  );
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
