import type { Actor } from '@/lib/auth/actor';
import type { AuthorityLevel, RecoveryRequirement } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import type { StepKind } from '@/lib/response/ladder';
import { LEVEL_WORDS, STEP_DONE } from '@/lib/response/ladder-words';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import type { Client } from './rows';
import { tellReceivers } from './tell-receivers';

export interface Step {
  agent: { id: string; name: string; displayName: string };
  kind: StepKind;
  /** The clause that asks for it; null by hand. */
  clause: string | null;
  reason: string;
  fromLevel: AuthorityLevel;
  toLevel: AuthorityLevel;
  gate: string | null;
  incident: { id: string; number: number } | null;
  requirements: readonly RecoveryRequirement[];
  at: Date;
}

/**
 * Puts an agent on a step of the ladder, in the caller's transaction with the agent locked: from the commit on every runtime
 * plane decides by it within a second. After an incident an agent that is held back is in recovery.
 */
export async function takeStep(client: Client, actor: Actor, step: Step): Promise<string> {
  const { workspaceId } = actor;
  const { agent, kind, incident } = step;
  const holds = kind === 'pause' || kind === 'recertify';
  const id = newId();
  await client.query(
    `INSERT INTO intervention (id, workspace_id, agent_id, incident_id, kind, origin, clause, reason, from_level, to_level,
       recover, requirements, gate, at, by_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      id,
      workspaceId,
      agent.id,
      incident?.id ?? null,
      kind,
      actor.kind === 'person' ? 'person' : 'rule',
      step.clause,
      step.reason,
      step.fromLevel,
      step.toLevel,
      holds && incident !== null,
      JSON.stringify(holds ? step.requirements : []),
      step.gate,
      step.at,
      actor.kind === 'person' ? actor.personId : null,
    ],
  );
  const narrowed = step.toLevel !== step.fromLevel;
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'ladder.step-taken',
      subject: `agent:${agent.id}`,
      detail: {
        agent: agent.name,
        intervention: id,
        step: kind,
        reason: step.reason,
        ...(step.clause === null ? {} : { clause: step.clause }),
        ...(narrowed ? { from: step.fromLevel, to: step.toLevel } : {}),
        ...(step.gate === null ? {} : { gate: step.gate }),
        ...(incident === null ? {} : { incident: incident.number }),
      },
    },
  ]);
  await tellReceivers(
    client,
    actor,
    'ladder.step-taken',
    {
      agent,
      step: kind,
      clause: step.clause,
      reason: step.reason,
      authority: { from: step.fromLevel, to: step.toLevel },
      gate: step.gate,
      incident: incident?.number ?? null,
    },
    step.at,
  );
  const to = narrowed ? ` to ${LEVEL_WORDS[step.toLevel]}` : '';
  await tellOfLadder(
    client,
    actor,
    agent,
    `${agent.displayName} was ${STEP_DONE[kind]}${to}: ${step.reason}`,
  );
  return id;
}

/** Those who run agents and those who answer for them hear of every step; screens and runtime planes of every change. */
export async function tellOfLadder(
  client: Client,
  actor: Actor,
  agent: { id: string; name: string },
  title: string | null,
): Promise<void> {
  const { workspaceId } = actor;
  if (title !== null) {
    const { rows } = await client.query<{ id: string }>(
      `SELECT person_id AS id FROM membership
       WHERE workspace_id = $1 AND roles && '{head-of-ai,operator,sre,grc}'::text[]`,
      [workspaceId],
    );
    await addNotifications(
      client,
      actor,
      rows.map(({ id }) => ({
        personId: id,
        kind: 'ladder.changed',
        title,
        path: `/agents/${encodeURIComponent(agent.name)}`,
      })),
    );
  }
  await notify(client, { workspaceId, topic: 'intervention', id: agent.id });
  await notify(client, { workspaceId, topic: 'agent', id: agent.id });
}
