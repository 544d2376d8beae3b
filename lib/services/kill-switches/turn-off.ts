import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { SWITCH_SCOPES } from './switches-on';
import { tellPeople } from './turn-on';

/**
 * Releases a kill switch: calls are decided by the contract again. Runs that were asked to stop stay so. Throws
 * `forbidden`, `not_found`, `invalid` without a reason, or `conflict` when it is off already.
 */
export async function turnOff(
  actor: Actor,
  input: { switchId: string; reason: string },
): Promise<{ name: string }> {
  authorize(actor, 'kill-switch.release', { workspaceId: actor.workspaceId });
  return transact(async (client) => {
    const reason = requireReason(input.reason);
    const { name } = await release(client, actor, { switchId: input.switchId, reason });
    await tellPeople(client, actor, `${actorName(actor)} released the kill switch for ${name}`);
    return { name };
  });
}

const rowSchema = z.object({
  scope: z.enum(SWITCH_SCOPES),
  target: z.string(),
  off: z.boolean(),
  agent: z.string().nullable(),
});

/** The step itself, in the caller's transaction, who has authorized the actor. */
export async function release(
  client: PoolClient,
  actor: Actor,
  input: { switchId: string; reason: string },
): Promise<{ name: string }> {
  const { workspaceId } = actor;
  const missing = new AppError('not_found', 'There is no such kill switch in this workspace.');
  if (!z.uuid().safeParse(input.switchId).success) throw missing;
  const { rows } = await client.query(
    `SELECT k.scope, k.target, k.off_at IS NOT NULL AS off, a.display_name AS agent
       FROM kill_switch k LEFT JOIN agent a ON k.scope = 'agent' AND a.id::text = k.target
      WHERE k.id = $1 AND k.workspace_id = $2 FOR UPDATE OF k`,
    [input.switchId, workspaceId],
  );
  if (rows[0] === undefined) throw missing;
  const row = rowSchema.parse(rows[0]);
  const name = switchName(row);
  if (row.off) throw new AppError('conflict', `The kill switch for ${name} is off already.`);
  await client.query(
    'UPDATE kill_switch SET off_at = clock_timestamp(), off_by_id = $2, off_reason = $3 WHERE id = $1',
    [input.switchId, actor.kind === 'person' ? actor.personId : null, input.reason],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'kill-switch.off',
      subject: row.scope === 'agent' ? `agent:${row.target}` : `workspace:${workspaceId}`,
      detail: { switch: input.switchId, scope: row.scope, stopped: name, reason: input.reason },
    },
  ]);
  await notify(client, { workspaceId, topic: 'kill-switch', id: input.switchId });
  return { name };
}

/** What a switch stops, for people. */
export function switchName(row: {
  scope: (typeof SWITCH_SCOPES)[number];
  target: string;
  agent: string | null;
}): string {
  if (row.scope === 'workspace') return 'the whole workspace';
  return row.scope === 'business-unit' ? `business unit ${row.target}` : (row.agent ?? 'an agent');
}
