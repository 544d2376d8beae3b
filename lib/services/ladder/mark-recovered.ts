import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { endStep } from './end-step';
import { openRequirements } from './rows';
import { stepForAction } from './step-for-action';
import { tellOfLadder } from './take-step';

/**
 * A person's word that one thing that must hold before the agent is back does hold. With the last of them a step whose gate
 * has passed already ends. Throws `not_found`, `forbidden`, `invalid` without a reason, or `conflict` when somebody said
 * so before.
 */
export async function markRecovered(
  actor: Actor,
  input: { id: string; requirement: string; reason: string },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'ladder.mark-recovered', { workspaceId });
  await transact(async (client) => {
    const { agent, step } = await stepForAction(client, workspaceId, input.id);
    const reason = requireReason(input.reason);
    const requirement = step.requirements.find(({ id }) => id === input.requirement);
    if (requirement === undefined)
      throw new AppError('not_found', 'The contract asks for nothing of that name before the agent is back.');
    const at = new Date();
    const marked = await client.query(
      `INSERT INTO recovery_mark (intervention_id, requirement, reason, by_id, at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (intervention_id, requirement) DO NOTHING`,
      [step.id, requirement.id, reason, actor.kind === 'person' ? actor.personId : null, at],
    );
    if (marked.rowCount === 0)
      throw new AppError('conflict', `Somebody has said before that this is met: ${requirement.statement}`);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'ladder.requirement-met',
        subject: `agent:${agent.id}`,
        detail: {
          agent: agent.name,
          intervention: step.id,
          requirement: requirement.id,
          statement: requirement.statement,
          reason,
          ...(step.incident === null ? {} : { incident: step.incident }),
        },
      },
    ]);
    if (step.passed !== null && step.gate !== null && (await openRequirements(client, step)).length === 0)
      await endStep(
        client,
        actor,
        agent,
        step,
        { by: 'gate', gate: step.gate, reviewId: step.passed.reviewId },
        at,
      );
    await tellOfLadder(client, actor, agent, null);
  });
}
