import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { FALLBACK_CAUSE_TITLES, type FallbackCause, gateFallenFrom } from '@/lib/lifecycle/fallback';
import { gatesFrom } from '@/lib/lifecycle/gates';
import { livePassages } from '@/lib/lifecycle/passages';
import { compareStages, STAGE_TITLES, type Stage } from '@/lib/lifecycle/stages';
import { addNotifications } from '@/lib/services/notifications/add';
import { changeStage } from './change-stage';
import { closeReview, involved } from './close-review';
import { clockAfter, lockAgent } from './find-review';
import { clauseOf, reasonOf } from './reason';

/**
 * Sends an agent back to an earlier stage: its open reviews close, and gates from that stage on must be passed again.
 * The version in force goes on deciding. Throws `conflict` for a stage that is not earlier, `invalid` without a reason.
 */
export async function fallBack(
  actor: Actor,
  input: {
    agent: string;
    to: Stage;
    reason: string;
    clause?: string | undefined;
    cause: FallbackCause;
  },
): Promise<{ stage: Stage }> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.fall-back', { workspaceId });
  const reason = reasonOf(input.reason);
  const clause = clauseOf(input.clause);
  return transact((client) => fallBackIn(client, actor, { ...input, reason, clause }));
}

/** The same inside the caller's transaction. */
export async function fallBackIn(
  client: PoolClient,
  actor: Actor,
  input: { agent: string; to: Stage; reason: string; clause: string | null; cause: FallbackCause },
): Promise<{ stage: Stage }> {
  const { workspaceId } = actor;
  const { to, cause, reason, clause } = input;
  const { agent } = await lockAgent(client, workspaceId, input.agent);
  if (compareStages(to, agent.stage) >= 0)
    throw new AppError(
      'conflict',
      `${agent.displayName} stands in ${STAGE_TITLES[agent.stage]}: it can only fall back to an earlier stage than that.`,
    );
  const at = clockAfter(agent, new Date());
  const told = `${actorName(actor)} sent ${agent.displayName} back to ${STAGE_TITLES[to]}: ${FALLBACK_CAUSE_TITLES[cause].title.toLowerCase()}`;
  for (const review of agent.reviews.filter((each) => each.state === 'open'))
    await closeReview(client, actor, agent, review, {
      state: 'superseded',
      at,
      reason: `The agent fell back to ${STAGE_TITLES[to]}.`,
      clause: clause ?? undefined,
      told,
    });
  const gate = gateFallenFrom(agent.stage);
  await changeStage(client, actor, agent, to, { kind: 'fallback', gate, cause, reason, clause }, at);
  const again = gatesFrom(to);
  const superseded = livePassages(agent.past).filter((passage) => again.includes(passage.gate));
  await addNotifications(
    client,
    actor,
    agent.reviews
      .filter((review) => superseded.some((passage) => passage.reviewId === review.id))
      .flatMap(involved)
      .map((personId) => ({
        personId,
        kind: 'gate.closed',
        title: told,
        path: `/agents/${encodeURIComponent(agent.name)}/lifecycle`,
      })),
  );
  return { stage: to };
}
