import type { Actor } from '@/lib/auth/actor';
import { formatList } from '@/lib/format';
import { endsWith } from '@/lib/response/ladder';
import { LEVEL_WORDS } from '@/lib/response/ladder-words';
import { agentOnLadder } from './agent-on-ladder';
import { endStep } from './end-step';
import { type Client, openRequirements } from './rows';
import { tellOfLadder } from './take-step';

/**
 * A gate was passed: steps of the ladder that waited for it end, and what they took is given back, in the transaction of the
 * last signature. One whose requirements are not all met yet waits for those alone.
 */
export async function endByGate(
  client: Client,
  actor: Actor,
  passed: { agentId: string; gate: string; reviewId: string; openedAt: Date; at: Date },
): Promise<void> {
  const agent = await agentOnLadder(client, actor.workspaceId, { id: passed.agentId });
  if (agent === null || agent.steps.length === 0) return;
  const before = agent.level;
  const ended: string[] = [];
  for (const step of agent.steps) {
    if (step.gate === null) continue;
    const waited = { gate: step.gate, at: step.at.getTime() };
    if (!endsWith(waited, { gate: passed.gate, openedAt: passed.openedAt.getTime() })) continue;
    if ((await openRequirements(client, step)).length > 0) {
      await client.query(
        'UPDATE intervention SET passed_at = coalesce(passed_at, $2), passed_review_id = coalesce(passed_review_id, $3) WHERE id = $1',
        [step.id, passed.at, passed.reviewId],
      );
      continue;
    }
    await endStep(
      client,
      actor,
      agent,
      step,
      { by: 'gate', gate: passed.gate, reviewId: passed.reviewId },
      passed.at,
    );
    ended.push(step.kind);
  }
  if (ended.length === 0) return;
  const risen = agent.level === before ? '' : `; its authority level is ${LEVEL_WORDS[agent.level]} again`;
  await tellOfLadder(
    client,
    actor,
    agent,
    `${agent.displayName} has passed ${passed.gate}, which ends ${formatList(ended)}${risen}`,
  );
}
