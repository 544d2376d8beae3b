import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { isAdopted } from '@/lib/lifecycle/passages';
import { compareStages, STAGE_TITLES, type Stage } from '@/lib/lifecycle/stages';
import { changeStage } from './change-stage';
import { clockAfter, lockAgent } from './find-review';
import { reasonOf } from './reason';

/**
 * Takes an agent over that was at work before there were gates: it goes to its stage without a signature, and every screen
 * says so. Only the product itself does this (filling the demo, moving an older instance). Throws `conflict` once a gate of
 * it was opened.
 */
export async function adoptAgent(
  actor: Actor,
  input: { agent: string; stage: Stage; reason: string },
): Promise<void> {
  authorize(actor, 'agent.adopt', { workspaceId: actor.workspaceId });
  const reason = reasonOf(input.reason);
  await transact(async (client) => {
    const { agent } = await lockAgent(client, actor.workspaceId, input.agent);
    // Filling that was interrupted is begun again.
    if (isAdopted(agent.past) && agent.stage === input.stage) return;
    if (agent.reviews.length > 0 || agent.moves.length > 0)
      throw new AppError(
        'conflict',
        `${agent.displayName} has gone through gates here: nothing is to be taken over.`,
      );
    if (compareStages(input.stage, agent.stage) <= 0)
      throw new AppError('conflict', `${agent.displayName} stands in ${STAGE_TITLES[agent.stage]} already.`);
    await changeStage(
      client,
      actor,
      agent,
      input.stage,
      { kind: 'adopted', reason },
      clockAfter(agent, new Date()),
    );
  });
}
