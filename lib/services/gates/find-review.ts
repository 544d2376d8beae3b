import { AppError } from '@/lib/errors';
import { type AgentFacts, type GateFacts, gateFacts } from './facts';
import type { ReviewFact } from './review-facts';
import type { Queries } from './rows';

export interface FoundReview {
  facts: GateFacts;
  agent: AgentFacts;
  review: ReviewFact;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * A passage with all that decides about it. Closed ones stand beside the evidence of their day. Throws `not_found`, also for
 * one of another workspace.
 */
export async function findReview(
  client: Queries,
  workspaceId: string,
  reviewId: string,
): Promise<FoundReview> {
  const { rows } = UUID.test(reviewId)
    ? await client.query<{ agentId: string; closedAt: Date | null }>(
        `SELECT agent_id AS "agentId", closed_at AS "closedAt" FROM gate_review WHERE workspace_id = $1 AND id = $2`,
        [workspaceId, reviewId],
      )
    : { rows: [] };
  const row = rows[0];
  if (row === undefined) throw new AppError('not_found', 'There is no such review in this workspace.');
  const facts = await gateFacts(client, workspaceId, {
    agentIds: [row.agentId],
    ...(row.closedAt === null ? {} : { evidenceUpTo: row.closedAt }),
  });
  const [agent] = facts.agents;
  const review = agent?.reviews.find((each) => each.id === reviewId);
  if (agent === undefined || review === undefined)
    throw new AppError('not_found', 'There is no such review in this workspace.');
  return { facts, agent, review };
}

/** The same with its agent locked until the transaction ends: whatever changes gates of an agent waits for its turn, and its runs do not. */
export async function lockReview(
  client: Queries,
  workspaceId: string,
  reviewId: string,
): Promise<FoundReview> {
  if (UUID.test(reviewId))
    await client.query(
      `SELECT FROM agent WHERE id = (SELECT agent_id FROM gate_review WHERE workspace_id = $1 AND id = $2) FOR NO KEY UPDATE`,
      [workspaceId, reviewId],
    );
  return findReview(client, workspaceId, reviewId);
}

/** An agent by its name, locked, with its facts. Throws `not_found`. */
export async function lockAgent(
  client: Queries,
  workspaceId: string,
  name: string,
): Promise<{ facts: GateFacts; agent: AgentFacts }> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM agent WHERE workspace_id = $1 AND name = $2 FOR NO KEY UPDATE',
    [workspaceId, name],
  );
  const facts = await gateFacts(client, workspaceId, { agentIds: rows.map((row) => row.id) });
  const [agent] = facts.agents;
  if (agent === undefined)
    throw new AppError('not_found', `There is no agent "${name.slice(0, 100)}" in this workspace.`);
  return { facts, agent };
}

/** The clock, but never before what is on record: a clock that was set back must not put a later step first. */
export function clockAfter(agent: AgentFacts, now: Date): Date {
  const last = Math.max(
    0,
    ...agent.moves.map((move) => move.at),
    ...agent.reviews.flatMap((review) => review.closedAt ?? []),
  );
  return new Date(Math.max(now.getTime(), last + 1));
}
