import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import type { FallbackCause } from '@/lib/lifecycle/fallback';
import type { GateId } from '@/lib/lifecycle/gates';
import type { Stage } from '@/lib/lifecycle/stages';
import { appendAudit } from '@/lib/services/audit/append';
import type { Queries } from './rows';

/** Why an agent moves. */
export type StageMoveInput =
  | { kind: 'gate'; gate: GateId; reviewId: string }
  | { kind: 'fallback'; gate: GateId; cause: FallbackCause; reason: string; clause: string | null }
  | { kind: 'adopted'; reason: string };

/** Moves an agent from one stage to another and writes down why, in the caller's transaction with the agent locked. */
export async function changeStage(
  client: Queries,
  actor: Actor,
  agent: { id: string; name: string; stage: Stage },
  to: Stage,
  move: StageMoveInput,
  at: Date,
): Promise<void> {
  const { workspaceId } = actor;
  const id = newId();
  const row = { gate: null, reviewId: null, cause: null, reason: null, clause: null, ...move };
  await client.query(
    'UPDATE agent SET stage = $3, stage_entered_at = $4 WHERE workspace_id = $1 AND id = $2',
    [workspaceId, agent.id, to, at],
  );
  await client.query(
    `INSERT INTO stage_change
       (id, workspace_id, agent_id, from_stage, to_stage, kind, gate, gate_review_id, cause, reason, clause, by_id, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      id,
      workspaceId,
      agent.id,
      agent.stage,
      to,
      row.kind,
      row.gate,
      row.reviewId,
      row.cause,
      row.reason,
      row.clause,
      actor.kind === 'person' ? actor.personId : null,
      at,
    ],
  );
  const { gate, cause, reason, clause, kind } = row;
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'agent.stage-changed',
      subject: `agent:${agent.id}`,
      detail: { agent: agent.name, change: id, from: agent.stage, to, kind, gate, cause, reason, clause },
    },
  ]);
  await notify(client, { workspaceId, topic: 'agent', id: agent.id });
  await notify(client, { workspaceId, topic: 'gate', id: '' });
}
