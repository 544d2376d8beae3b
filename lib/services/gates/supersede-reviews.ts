import type { Actor } from '@/lib/auth/actor';
import { isUnderWay, owesSignatures } from './amendment-facts';
import { closeReview, whatIsSigned } from './close-review';
import { gateFacts } from './facts';
import { clockAfter } from './find-review';
import type { Queries } from './rows';

/**
 * A new version has been submitted: open reviews of earlier ones are about what will not be, and close. The attestation of
 * the version in force goes on, and so do amendments under way. In the caller's transaction with the agent locked.
 */
export async function supersedeReviews(
  client: Queries,
  actor: Actor,
  version: { agentId: string; versionId: string; label: string },
): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT FROM gate_review WHERE workspace_id = $1 AND agent_id = $2 AND state = 'open' AND contract_version_id IS NOT NULL`,
    [actor.workspaceId, version.agentId],
  );
  if (rowCount === 0) return;
  const facts = await gateFacts(client, actor.workspaceId, { agentIds: [version.agentId] });
  const [agent] = facts.agents;
  if (agent === undefined) return;
  for (const review of agent.reviews) {
    const about = review.versionId;
    if (review.state !== 'open' || about === null || about === version.versionId) continue;
    if (review.gate === 'G6' && about === agent.inForceId) continue;
    // Another amendment goes its own way, and is told of this one when it comes into force.
    if (
      agent.amendments.some((each) => each.versionId === about && (isUnderWay(each) || owesSignatures(each)))
    )
      continue;
    await closeReview(client, actor, agent, review, {
      state: 'superseded',
      at: clockAfter(agent, new Date()),
      reason: `v${version.label} was submitted.`,
      told: `${review.gate} of ${whatIsSigned(agent, about)} closed: v${version.label} was submitted`,
    });
  }
}
