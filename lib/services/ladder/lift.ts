import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatList, plural } from '@/lib/format';
import { STEP_DONE } from '@/lib/response/ladder-words';
import { requireReason } from '@/lib/services/runs/run-for-action';
import { endStep } from './end-step';
import { openRequirements } from './rows';
import { stepForAction } from './step-for-action';
import { tellOfLadder } from './take-step';

/**
 * Takes an agent off a step that no gate ends: a warning, or a pause whose requirements are met. Authority that was taken comes
 * back by a gate alone. Throws `not_found`, `forbidden`, `invalid` without a reason, or `conflict` that says what is in
 * the way.
 */
export async function liftIntervention(actor: Actor, input: { id: string; reason: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'ladder.lift', { workspaceId });
  await transact(async (client) => {
    const { agent, step } = await stepForAction(client, workspaceId, input.id);
    const reason = requireReason(input.reason);
    if (step.gate !== null)
      throw new AppError(
        'conflict',
        `${agent.displayName} was ${STEP_DONE[step.kind]} until ${step.gate} passes: no person can lift that.`,
      );
    const open = await openRequirements(client, step);
    if (open.length > 0)
      throw new AppError(
        'conflict',
        `${plural(open.length, 'requirement')} of its recovery must be met first: ${formatList(open.map(({ id }) => id))}.`,
      );
    await endStep(client, actor, agent, step, { by: 'person', reason }, new Date());
    await tellOfLadder(client, actor, agent, null);
  });
}
