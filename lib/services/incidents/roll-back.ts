import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { isLower } from '@/lib/response/ladder';
import { appendAudit } from '@/lib/services/audit/append';
import { requestCodeRollback } from '@/lib/services/rollbacks/code-rollback';
import { goBack } from '@/lib/services/rollbacks/go-back';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { lockIncident } from './incident-for-action';
import { type RollbackTarget, rollbackTarget, type VersionName } from './last-known-good';

/**
 * Puts the last version of the agent's contract that is known to be good back in force, and answers which that is; what
 * becomes of runs that have begun is the failure clause's to say. Resolving the incident does not take it away: that says
 * what becomes of its run, not which version the next runs are held to.
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
    const incident = await lockIncident(client, workspaceId, input.number, { agent: true });
    authorize(actor, 'incident.roll-back', { workspaceId, agentId: incident.agent_id });
    const reason = requireReason(input.reason);
    // Runs never change their version, so this one need not be locked.
    const run = await client.query<{ version: string | null }>(
      'SELECT contract_version_id AS version FROM run WHERE id = $1',
      [incident.run_id],
    );
    const target = await lockedTarget(client, incident.agent_id, run.rows[0]?.version ?? null);
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
    await goBack(client, actor, {
      incidentId: incident.id,
      agentId: incident.agent_id,
      from: { ...target.from, ...target.held },
      to: target.to,
      how: 'by-person',
      reason,
    });
    return { number: target.to.number, name: target.to.name };
  });
}

/**
 * What the failure clause asks for at once, inside the transaction of the breach: the same step, which waits for the
 * operator's word, or the record of why it was not done: there was nothing to go back to, or it would give the agent more
 * authority.
 */
export async function rollBackAtOnce(
  client: PoolClient,
  actor: Actor,
  at: { incidentId: string; agentId: string; versionId: string },
): Promise<void> {
  const target = await lockedTarget(client, at.agentId, at.versionId);
  // Another breach under this version has brought its agent back already, or a person has.
  if (target === null || target.state === 'superseded') return;
  const incident = `incident:${at.incidentId}`;
  if (target.state === 'possible') {
    const { held, to } = target;
    // By itself an agent's authority only falls: what would raise it is proposed to people.
    if (isLower(held.contract.authority.level, to.contract.authority.level)) {
      if (await wasTold(client, actor.workspaceId, incident, 'incident.rollback-left-to-people')) return;
      await appendAudit(client, [
        {
          workspaceId: actor.workspaceId,
          actor,
          action: 'incident.rollback-left-to-people',
          subject: incident,
          detail: {
            from: target.from.number,
            fromName: target.from.name,
            fromLevel: held.contract.authority.level,
            to: to.number,
            toName: to.name,
            toLevel: to.contract.authority.level,
          },
        },
      ]);
      return;
    }
    await goBack(client, actor, {
      incidentId: at.incidentId,
      agentId: at.agentId,
      from: { ...target.from, ...target.held },
      to: target.to,
      how: 'at-once',
    });
    return;
  }
  // Once for an incident: further breaches find as little to go back to.
  if (await wasTold(client, actor.workspaceId, incident, 'incident.nothing-to-roll-back-to')) return;
  await appendAudit(client, [
    {
      workspaceId: actor.workspaceId,
      actor,
      action: 'incident.nothing-to-roll-back-to',
      subject: incident,
      detail: { from: target.from.number, fromName: target.from.name },
    },
  ]);
  // The code may have a version to go back to where the contract has none.
  const { rows } = await client.query<{ document: unknown }>(
    'SELECT document FROM contract_version WHERE id = $1',
    [at.versionId],
  );
  if (rows[0] === undefined) return;
  await requestCodeRollback(client, actor, { ...at, contract: readStored(rows[0].document), to: null });
  await notify(client, { workspaceId: actor.workspaceId, topic: 'incident', id: at.incidentId });
}

async function wasTold(
  client: PoolClient,
  workspaceId: string,
  subject: string,
  action: string,
): Promise<boolean> {
  const told = await client.query(
    'SELECT FROM audit_entry WHERE workspace_id = $1 AND subject = $2 AND action = $3 LIMIT 1',
    [workspaceId, subject, action],
  );
  return told.rowCount !== 0;
}

/**
 * The target, with the agent locked so that nobody puts another version in force meanwhile. Runs of it may begin: they
 * take a weaker lock, and waiting for them could wait in a circle.
 */
async function lockedTarget(
  client: PoolClient,
  agentId: string,
  versionId: string | null,
): Promise<RollbackTarget | null> {
  await client.query('SELECT FROM agent WHERE id = $1 FOR NO KEY UPDATE', [agentId]);
  return rollbackTarget(client, agentId, versionId);
}
