import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { config } from '@/lib/config';
import type { Contract } from '@/lib/contract/schema';
import { runningRuns } from '@/lib/contract/terms';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import { placeInForce } from '@/lib/services/contracts/put-in-force';
import type { KnownGood, VersionName } from '@/lib/services/incidents/last-known-good';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { requestCodeRollback } from './code-rollback';
import { countUnderWay, type HoldingRollback, holdRuns } from './hold-runs';

/** A return to an earlier version, decided upon. */
export interface Step {
  incidentId: string;
  agentId: string;
  from: VersionName & { id: string; contract: Contract };
  to: KnownGood;
  /** With the breach, by the failure clause; or by a person. */
  how: 'at-once' | 'by-person';
  reason?: string;
}

/**
 * Puts the earlier version in force and does what the clause says of runs under way and of the code, in the caller's
 * transaction with the agent's row locked. Answers the rollback's id.
 */
export async function goBack(client: PoolClient, actor: Actor, step: Step): Promise<string> {
  const { workspaceId } = actor;
  const { incidentId, agentId, from, to, how, reason } = step;
  await placeInForce(client, actor, {
    agentId,
    versionId: to.id,
    number: to.number,
    contract: to.contract,
  });
  const id = newId();
  const handling = runningRuns(from.contract);
  const underWay = await countUnderWay(client, workspaceId, agentId, from.id);
  const personId = actor.kind === 'person' ? actor.personId : null;
  await client.query(
    `INSERT INTO rollback (id, workspace_id, agent_id, incident_id, from_version_id, to_version_id, how, state, at, by_id,
       reason, settled_at, settled_by_id, running_runs, runs_under_way)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), $9, $10,
       CASE WHEN $8 = 'confirmed' THEN clock_timestamp() END, CASE WHEN $8 = 'confirmed' THEN $9::uuid END, $11, $12)`,
    [
      id,
      workspaceId,
      agentId,
      incidentId,
      from.id,
      to.id,
      how,
      how === 'at-once' ? 'unconfirmed' : 'confirmed',
      personId,
      reason ?? null,
      handling,
      underWay,
    ],
  );
  const told = await toldOf(client, { incidentId, from, to });
  const rollback: HoldingRollback = {
    id,
    workspaceId,
    agentId,
    incidentId,
    fromVersionId: from.id,
    runningRuns: handling,
    told,
  };
  const held = await holdRuns(client, actor, rollback);
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'incident.rolled-back',
      subject: `incident:${incidentId}`,
      detail: {
        rollback: id,
        from: from.number,
        fromName: from.name,
        to: to.number,
        toName: to.name,
        how,
        runningRuns: handling,
        runsUnderWay: underWay,
        ...(handling === 'finish' ? {} : { runsHeld: held }),
        ...(reason === undefined ? {} : { reason }),
      },
    },
  ]);
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'contract.rolled-back',
    incidentId,
    data: {
      ...told,
      how,
      runs: { underWay, handling, held },
      by: actor.kind === 'system' ? null : actorName(actor),
      reason: reason ?? null,
    },
    at: new Date(),
  });
  await requestCodeRollback(client, actor, { incidentId, agentId, contract: from.contract, to: to.contract });
  await notify(client, { workspaceId, topic: 'incident', id: incidentId });
  return id;
}

/** What every delivery about a rollback says. */
export async function toldOf(
  client: Pick<PoolClient, 'query'>,
  { incidentId, from, to }: { incidentId: string; from: VersionName; to: VersionName },
): Promise<HoldingRollback['told']> {
  const { rows } = await client.query<{ number: number; name: string; display_name: string }>(
    'SELECT i.number, a.name, a.display_name FROM incident i JOIN agent a ON a.id = i.agent_id WHERE i.id = $1',
    [incidentId],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`There is no incident ${incidentId}.`);
  return {
    agent: { name: row.name, displayName: row.display_name },
    incident: { number: row.number, url: `${config().dashboardUrl}/incidents/${row.number}` },
    from: { version: from.number, name: from.name },
    to: { version: to.number, name: to.name },
  };
}
