import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { placeInForce } from '@/lib/services/contracts/put-in-force';
import { lockRun, requireReason } from '@/lib/services/runs/run-for-action';
import { lockIncident } from './incident-for-action';
import { type RollbackTarget, rollbackTarget, type VersionName } from './last-known-good';

/**
 * Puts the last version of the agent's contract that is known to be good back in force, and answers which that is; runs
 * that have begun keep theirs. Resolving the incident does not take it away: that says what becomes of its run, not which
 * version the next runs are held to.
 * `to` is the number of the version the person was shown. Throws `not_found`, `forbidden`, `invalid` without a reason,
 * or `conflict` when that version is not what would be gone back to (any more).
 */
export async function rollBack(
  actor: Actor,
  input: { number: number; to: number; reason: string },
): Promise<VersionName> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.roll-back', { workspaceId });
  return transact(async (client) => {
    const incident = await lockIncident(client, workspaceId, input.number);
    authorize(actor, 'incident.roll-back', { workspaceId, agentId: incident.agent_id });
    const reason = requireReason(input.reason);
    const run = await lockRun(client, workspaceId, incident.run_id);
    const target = await lockedTarget(client, incident.agent_id, run.contract_version_id);
    if (target === null || target.state === 'nothing-to-go-back-to')
      throw new AppError('conflict', 'There is no earlier version that is known to be good.');
    if (target.state === 'superseded')
      throw new AppError(
        'conflict',
        `Version ${target.inForce.number} has been put in force since: there is nothing to roll back.`,
      );
    if (target.to.number !== input.to)
      throw new AppError(
        'conflict',
        `Version ${target.to.number} is the last known to be good, not ${input.to}. Look at the incident again.`,
      );
    await goBack(client, actor, { incidentId: incident.id, agentId: incident.agent_id, target, reason });
    await notify(client, { workspaceId, topic: 'incident', id: incident.id });
    return { number: target.to.number, name: target.to.name };
  });
}

/**
 * What the failure clause asks for at once, inside the transaction of the breach: the same step, or the record of why there
 * was nothing to go back to.
 */
export async function rollBackAtOnce(
  client: PoolClient,
  actor: Actor,
  at: { incidentId: string; agentId: string; versionId: string },
): Promise<void> {
  const target = await lockedTarget(client, at.agentId, at.versionId);
  // Another breach under this version has brought its agent back already, or a person has.
  if (target === null || target.state === 'superseded') return;
  if (target.state === 'possible') {
    await goBack(client, actor, { ...at, target });
    return;
  }
  await appendAudit(client, [
    {
      workspaceId: actor.workspaceId,
      actor,
      action: 'incident.nothing-to-roll-back-to',
      subject: `incident:${at.incidentId}`,
      detail: { from: target.from.number, fromName: target.from.name },
    },
  ]);
}

/** The target, with the agent locked so that nobody puts another version in force meanwhile. */
async function lockedTarget(
  client: PoolClient,
  agentId: string,
  versionId: string | null,
): Promise<RollbackTarget | null> {
  await client.query('SELECT FROM agent WHERE id = $1 FOR UPDATE', [agentId]);
  return rollbackTarget(client, agentId, versionId);
}

async function goBack(
  client: PoolClient,
  actor: Actor,
  step: {
    incidentId: string;
    agentId: string;
    target: Extract<RollbackTarget, { state: 'possible' }>;
    reason?: string;
  },
): Promise<void> {
  const { from, to } = step.target;
  await placeInForce(client, actor, {
    agentId: step.agentId,
    versionId: to.id,
    number: to.number,
    contract: to.contract,
  });
  await appendAudit(client, [
    {
      workspaceId: actor.workspaceId,
      actor,
      action: 'incident.rolled-back',
      subject: `incident:${step.incidentId}`,
      detail: {
        from: from.number,
        fromName: from.name,
        to: to.number,
        toName: to.name,
        ...(step.reason === undefined ? {} : { reason: step.reason }),
      },
    },
  ]);
}
