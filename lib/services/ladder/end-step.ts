import type { Actor } from '@/lib/auth/actor';
import { appendAudit } from '@/lib/services/audit/append';
import type { AgentOnLadder } from './agent-on-ladder';
import { type Client, type InterventionRow, levelNow } from './rows';
import { tellReceivers } from './tell-receivers';

/** How a step ends. */
export type Ending = { by: 'gate'; gate: string; reviewId: string } | { by: 'person'; reason: string };

/**
 * Takes an agent off a step, in the caller's transaction with the agent locked; the caller has made sure that it may. What
 * other steps take from it stays taken.
 */
export async function endStep(
  client: Client,
  actor: Actor,
  agent: AgentOnLadder,
  step: InterventionRow,
  ending: Ending,
  at: Date,
): Promise<void> {
  const { workspaceId } = actor;
  const reason = ending.by === 'person' ? ending.reason : null;
  await client.query(
    `UPDATE intervention SET ended_at = $2, ending = $3, ended_by_id = $4, end_reason = $5,
       passed_at = CASE WHEN $6::uuid IS NULL THEN passed_at ELSE coalesce(passed_at, $2) END,
       passed_review_id = coalesce(passed_review_id, $6)
     WHERE id = $1 AND ended_at IS NULL`,
    [
      step.id,
      at,
      ending.by,
      actor.kind === 'person' ? actor.personId : null,
      reason,
      ending.by === 'gate' ? ending.reviewId : null,
    ],
  );
  const { level } = levelNow(
    agent.base,
    agent.steps.filter((one) => one.id !== step.id),
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'ladder.step-ended',
      subject: `agent:${agent.id}`,
      detail: {
        agent: agent.name,
        intervention: step.id,
        step: step.kind,
        ...(ending.by === 'gate' ? { gate: ending.gate, review: ending.reviewId } : { reason }),
        ...(level === agent.level ? {} : { from: agent.level, to: level }),
        ...(step.incident === null ? {} : { incident: step.incident }),
      },
    },
  ]);
  await tellReceivers(
    client,
    actor,
    'ladder.step-ended',
    {
      agent,
      step: step.kind,
      clause: step.clause,
      reason,
      authority: { from: agent.level, to: level },
      gate: step.gate,
      incident: step.incident,
    },
    at,
  );
  agent.steps = agent.steps.filter((one) => one.id !== step.id);
  agent.level = level;
}
