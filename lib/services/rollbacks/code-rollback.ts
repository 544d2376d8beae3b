import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { config } from '@/lib/config';
import type { Contract } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import type { Outcome } from '@/lib/services/compensations/report';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';

/** approved: to be sent; sent: the hook has taken it. */
export type CodeRollbackState = 'approved' | 'sent' | 'done' | 'failed' | 'expired';

/**
 * Asks the hook that the failure clause names to take the agent's code back, in the transaction of the rollback: to the
 * version the clause says, else to the one that the contract version gone back to binds to. Does nothing where the clause
 * names no hook or the code is the same. A hook that nobody has set up is written down as failed.
 */
export async function requestCodeRollback(
  client: PoolClient,
  actor: Actor,
  step: { incidentId: string; agentId: string; contract: Contract; to: Contract | null },
): Promise<void> {
  const { workspaceId } = actor;
  const { codeRollback } = step.contract.failure;
  const to = codeRollback?.to ?? step.to?.versioning.code;
  const from = step.contract.versioning.code;
  if (codeRollback === undefined || to === undefined || to === from) return;
  const endpoint = await client.query<{ id: string }>(
    `SELECT id FROM webhook_endpoint WHERE workspace_id = $1 AND name = $2 AND kind = 'webhook' AND disabled_at IS NULL`,
    [workspaceId, codeRollback.hook],
  );
  const endpointId = endpoint.rows[0]?.id;
  const id = newId();
  const missing = `No webhook endpoint is named "${codeRollback.hook}".`;
  await client.query(
    `INSERT INTO code_rollback (id, workspace_id, agent_id, incident_id, hook, from_code, to_code, state, requested_at, by_id,
       ended_at, ended_by, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp(), $9, CASE $8 WHEN 'failed' THEN clock_timestamp() END,
       CASE $8 WHEN 'failed' THEN 'Countersign' END, CASE $8 WHEN 'failed' THEN $10::text END)`,
    [
      id,
      workspaceId,
      step.agentId,
      step.incidentId,
      codeRollback.hook,
      from,
      to,
      endpointId === undefined ? 'failed' : 'approved',
      actor.kind === 'person' ? actor.personId : null,
      missing,
    ],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: endpointId === undefined ? 'code-rollback.failed' : 'code-rollback.requested',
      subject: `incident:${step.incidentId}`,
      detail: {
        codeRollback: id,
        hook: codeRollback.hook,
        from,
        to,
        ...(endpointId === undefined ? { detail: missing } : {}),
      },
    },
  ]);
  if (endpointId === undefined) return;
  const { rows } = await client.query<{ number: number; name: string; display_name: string }>(
    'SELECT i.number, a.name, a.display_name FROM incident i JOIN agent a ON a.id = i.agent_id WHERE i.id = $1',
    [step.incidentId],
  );
  const incident = rows[0];
  if (incident === undefined) throw new Error(`There is no incident ${step.incidentId}.`);
  const { dashboardUrl, runtimeUrl } = config();
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'code.rollback-requested',
    incidentId: step.incidentId,
    data: {
      codeRollback: { id, report: `${runtimeUrl}/v1/code-rollbacks/${id}` },
      agent: { name: incident.name, displayName: incident.display_name },
      from,
      to,
      incident: { number: incident.number, url: `${dashboardUrl}/incidents/${incident.number}` },
      by: actor.kind === 'system' ? null : actorName(actor),
    },
    at: new Date(),
    endpointId,
    requestId: id,
  });
}

/**
 * How it ended, said by the hook with a key or by a person who knows. Saying the same again changes nothing, and what has
 * failed may be done in the end. Throws `not_found`, `forbidden`, or `conflict` when it ended otherwise before.
 */
export async function reportCodeRollback(
  actor: Actor,
  input: { id: string } & Outcome,
): Promise<{ id: string; state: CodeRollbackState; detail: string | null }> {
  const { workspaceId } = actor;
  authorize(actor, 'code-rollback.report', { workspaceId });
  return transact(async (client) => {
    const missing = new AppError('not_found', 'There is no such code rollback in this workspace.');
    if (!z.uuid().safeParse(input.id).success) throw missing;
    const { rows } = await client.query<{
      agent_id: string;
      incident_id: string;
      state: CodeRollbackState;
      detail: string | null;
      hook: string;
    }>(
      `SELECT agent_id, incident_id, state, detail, hook FROM code_rollback
        WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      [workspaceId, input.id],
    );
    const row = rows[0];
    if (row === undefined) throw missing;
    authorize(actor, 'code-rollback.report', { workspaceId, agentId: row.agent_id });
    if (row.state === input.state) return { id: input.id, state: row.state, detail: row.detail };
    if (row.state === 'done')
      throw new AppError('conflict', 'This code rollback is done: that was reported before.');
    const detail = input.detail === undefined || input.detail === '' ? null : input.detail;
    await client.query(
      `UPDATE code_rollback SET state = $2, ended_at = clock_timestamp(), ended_by = $3, detail = $4,
         sent_at = COALESCE(sent_at, clock_timestamp()) WHERE id = $1`,
      [input.id, input.state, actorName(actor), detail],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: `code-rollback.${input.state}`,
        subject: `incident:${row.incident_id}`,
        detail: { codeRollback: input.id, hook: row.hook, ...(detail === null ? {} : { detail }) },
      },
    ]);
    await notify(client, { workspaceId, topic: 'incident', id: row.incident_id });
    return { id: input.id, state: input.state, detail };
  });
}

/** What a hook took and never answered for is given up after so many hours. */
const SILENT_HOURS = 24;

/** Ends code rollbacks that nobody has answered for. Any number of planes may do so at once. */
export async function expireCodeRollbacks(): Promise<void> {
  await transact(async (client) => {
    const { rows } = await client.query<{ id: string; workspaceId: string; incidentId: string }>(
      `UPDATE code_rollback SET state = 'expired', ended_at = clock_timestamp(), ended_by = 'Countersign',
         detail = 'The hook did not say how it ended.'
       WHERE id IN (SELECT id FROM code_rollback
         WHERE state IN ('approved', 'sent') AND COALESCE(sent_at, requested_at) < now() - interval '${SILENT_HOURS} hours'
         ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED)
       RETURNING id, workspace_id AS "workspaceId", incident_id AS "incidentId"`,
    );
    for (const { id, workspaceId, incidentId } of rows) {
      const system = { kind: 'system', workspaceId } as const;
      authorize(system, 'code-rollback.report', { workspaceId });
      await appendAudit(client, [
        {
          workspaceId,
          actor: system,
          action: 'code-rollback.expired',
          subject: `incident:${incidentId}`,
          detail: { codeRollback: id },
        },
      ]);
      await notify(client, { workspaceId, topic: 'incident', id: incidentId });
    }
  });
}
