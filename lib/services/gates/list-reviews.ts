import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { findAgent } from '@/lib/services/agents/find-agent';
import type { ReviewRow } from './dto';
import { gateFacts } from './facts';
import { rowOf } from './review-rows';

/** How many passages are listed at most, the newest. */
const MOST = 500;

/** Passages of all agents or of one, open ones first and each by when it was opened, the newest first. */
export async function listReviews(
  actor: Actor,
  of: { state?: 'open' | 'closed' | undefined; agent?: string | undefined } = {},
): Promise<ReviewRow[]> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.read', { workspaceId });
  const agentId =
    of.agent === undefined
      ? actor.kind === 'key'
        ? actor.agentId
        : null
      : (await findAgent(actor, of.agent)).id;
  // The facts of an agent are many: only of those that are listed.
  const agents = await db().query<{ id: string }>(
    `SELECT DISTINCT agent_id AS id FROM gate_review
      WHERE workspace_id = $1 AND ($2::uuid IS NULL OR agent_id = $2) AND ($3::boolean IS NULL OR (state = 'open') = $3)`,
    [workspaceId, agentId, of.state === undefined ? null : of.state === 'open'],
  );
  if (agents.rows.length === 0) return [];
  const facts = await gateFacts(db(), workspaceId, { agentIds: agents.rows.map((agent) => agent.id) });
  const now = Date.now();
  const wanted = facts.agents
    .flatMap((agent) => agent.reviews.map((review) => ({ agent, review })))
    .filter(({ review }) => of.state === undefined || (review.state === 'open') === (of.state === 'open'))
    .sort(
      (a, b) =>
        Number(b.review.state === 'open') - Number(a.review.state === 'open') ||
        b.review.openedAt - a.review.openedAt,
    )
    .slice(0, MOST);
  return Promise.all(wanted.map(({ agent, review }) => rowOf(db(), actor, facts, agent, review, now)));
}
