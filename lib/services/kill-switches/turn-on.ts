import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Role } from '@/lib/auth/roles';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { addNotifications } from '@/lib/services/notifications/add';
import { killSwitchRoles } from '@/lib/services/runs/kill-switch';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { stopRunsUnder } from './stop-runs';
import { SWITCH_SCOPES } from './switches-on';

export const turnOnSchema = z.object({
  scope: z.enum(SWITCH_SCOPES),
  /** The agent's name, the business unit's name, or empty for the workspace. */
  target: z.string().max(200),
  reason: z.string(),
});

/** What a switch is to stop, found out and named for people. */
export interface SwitchTarget {
  scope: (typeof SWITCH_SCOPES)[number];
  /** As `kill_switch.target` has it. */
  target: string;
  /** "Claims processor", "business unit Claims", "the whole workspace". */
  name: string;
  /** Roles that the agent's contract puts at its switch. */
  named: readonly Role[];
}

/**
 * Stops an agent, all agents of a business unit or the whole workspace: from the commit on, every runtime plane blocks every
 * call within a second. With `stopRuns` the runs under way are asked to stop as well, once the switch is on. Answers the
 * switch's id and how many runs were asked.
 *
 * Throws `forbidden`, `not_found`, `invalid` without a reason, or `conflict` when it is on already.
 */
export async function turnOn(
  actor: Actor,
  input: z.input<typeof turnOnSchema> & { stopRuns: boolean },
): Promise<{ id: string; name: string; runsAsked: number }> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const { workspaceId } = actor;
  const target = await transact((client) => targetOf(client, workspaceId, input));
  authorize(actor, 'kill-switch.use', { workspaceId, named: target.named });
  const reason = requireReason(input.reason);
  const id = await transact((client) => engage(client, actor, target, { reason, drill: false }));
  const runsAsked = input.stopRuns
    ? await stopRunsUnder(actor, { ...target, reason: `Kill switch: ${reason}` })
    : 0;
  return { id, name: target.name, runsAsked };
}

/** The step itself, in the caller's transaction, who has authorized the actor. */
export async function engage(
  client: PoolClient,
  actor: Actor,
  { scope, target, name }: SwitchTarget,
  how: { reason: string; drill: boolean },
): Promise<string> {
  const { workspaceId } = actor;
  // Two people who turn it on at once: one of them does. A drill stands in nobody's way, and releases only its own.
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `kill-switch ${workspaceId} ${scope} ${target}`,
  ]);
  const known = await client.query(
    `SELECT FROM kill_switch
     WHERE workspace_id = $1 AND scope = $2 AND target = $3 AND drill = $4 AND off_at IS NULL`,
    [workspaceId, scope, target, how.drill],
  );
  if (known.rows.length > 0) throw new AppError('conflict', `A kill switch is on for ${name} already.`);
  const id = newId();
  await client.query(
    `INSERT INTO kill_switch (id, workspace_id, scope, target, reason, drill, on_at, on_by_id)
     VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7)`,
    [id, workspaceId, scope, target, how.reason, how.drill, actor.kind === 'person' ? actor.personId : null],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'kill-switch.on',
      subject: scope === 'agent' ? `agent:${target}` : `workspace:${workspaceId}`,
      detail: { switch: id, scope, stops: name, reason: how.reason, ...(how.drill ? { drill: true } : {}) },
    },
  ]);
  if (!how.drill)
    await tellPeople(client, actor, `${actorName(actor)} turned on the kill switch for ${name}`);
  await notify(client, { workspaceId, topic: 'kill-switch', id });
  return id;
}

/** Those who run agents and those who answer for them hear of every switch. */
export async function tellPeople(
  client: Pick<PoolClient, 'query'>,
  actor: Actor,
  title: string,
): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT person_id AS id FROM membership
     WHERE workspace_id = $1 AND roles && '{head-of-ai,operator,sre,grc}'::text[]`,
    [actor.workspaceId],
  );
  await addNotifications(
    client,
    actor,
    rows.map(({ id }) => ({ personId: id, kind: 'kill-switch.changed', title, path: '/settings' })),
  );
}

async function targetOf(
  client: PoolClient,
  workspaceId: string,
  { scope, target }: { scope: SwitchTarget['scope']; target: string },
): Promise<SwitchTarget> {
  if (scope === 'workspace') return { scope, target: '', name: 'the whole workspace', named: [] };
  if (scope === 'business-unit') {
    const found = await client.query(
      'SELECT FROM agent WHERE workspace_id = $1 AND business_unit = $2 LIMIT 1',
      [workspaceId, target],
    );
    if (found.rows.length === 0)
      throw new AppError('not_found', `No agent here belongs to a business unit "${target}".`);
    return { scope, target, name: `business unit ${target}`, named: [] };
  }
  const found = await client.query<{ id: string; name: string }>(
    'SELECT id, display_name AS name FROM agent WHERE workspace_id = $1 AND name = $2',
    [workspaceId, target],
  );
  const agent = found.rows[0];
  if (agent === undefined)
    throw new AppError('not_found', `There is no agent "${target}" in this workspace.`);
  return { scope, target: agent.id, name: agent.name, named: await rolesAtSwitch(workspaceId, agent.id) };
}

/** Roles that the contract in force for the agent puts at its kill switch. */
export async function rolesAtSwitch(workspaceId: string, agentId: string): Promise<readonly Role[]> {
  const contract = await contractInForce(workspaceId, agentId);
  return contract === null ? [] : killSwitchRoles(contract.contract);
}
