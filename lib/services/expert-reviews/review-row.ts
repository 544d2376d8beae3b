import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Contract } from '@/lib/contract/schema';
import { AppError } from '@/lib/errors';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { buildersOf } from './may-rate';

type Client = Pick<Pool | PoolClient, 'query'>;
type Person = Extract<Actor, { kind: 'person' }>;
type RatedCriterion = Contract['quality']['criteria'][number];

/** A review that the actor may rate, for the services that rate and show it. */
export interface OpenReview {
  id: string;
  runId: string;
  agentId: string;
  agent: { name: string; displayName: string };
  because: 'silent' | 'noticed';
  reviewers: number;
  state: 'waiting' | 'done';
  /** The criteria that subject experts rate, of the version the run ran under. */
  criteria: RatedCriterion[];
  /** Whether the actor has rated it, or passed it on. */
  rated: boolean;
  skipped: boolean;
}

const rowSchema = z.object({
  run_id: z.string().nullable(),
  agent_id: z.string(),
  name: z.string(),
  display_name: z.string(),
  contract_version_id: z.string(),
  because: z.enum(['silent', 'noticed']),
  reviewers: z.number(),
  state: z.enum(['waiting', 'done']),
  rated: z.boolean(),
  skipped: z.boolean(),
});

/**
 * A review by its id, as its rater may open it.
 *
 * @throws AppError `not_found`; `forbidden` for whoever may not rate, or built the agent
 */
export async function openReviewFor(
  client: Client,
  actor: Actor,
  reviewId: string,
  lock: 'lock' | 'read',
): Promise<{ review: OpenReview; person: Person }> {
  const { workspaceId } = actor;
  authorize(actor, 'expert-review.rate', { workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people rate runs.');
  const isId = z.uuid().safeParse(reviewId).success;
  // Locked first, read after: who waited for another sees what that one wrote.
  if (isId && lock === 'lock')
    await client.query('SELECT 1 FROM run_review WHERE workspace_id = $1 AND id = $2 FOR UPDATE', [
      workspaceId,
      reviewId,
    ]);
  const found = isId
    ? await client.query(
        `SELECT q.run_id, q.agent_id, a.name, a.display_name, q.contract_version_id, q.because, q.reviewers, q.state,
            EXISTS (SELECT FROM run_rating g WHERE g.review_id = q.id AND g.person_id = $3) AS rated,
            EXISTS (SELECT FROM run_review_skip s WHERE s.review_id = q.id AND s.person_id = $3) AS skipped
           FROM run_review q JOIN agent a ON a.id = q.agent_id
          WHERE q.workspace_id = $1 AND q.id = $2`,
        [workspaceId, reviewId, actor.personId],
      )
    : { rows: [] };
  if (found.rows[0] === undefined) throw new AppError('not_found', 'There is no such review.');
  const row = rowSchema.parse(found.rows[0]);
  const builders = await buildersOf(client, workspaceId, [row.agent_id]);
  authorize(actor, 'expert-review.rate', { workspaceId, builders: builders.get(row.agent_id) ?? [] });
  if (row.run_id === null)
    throw new AppError('conflict', 'This run has become part of another: there is nothing left to rate.');
  const { contract } = await contractVersion(row.contract_version_id);
  return {
    person: actor,
    review: {
      id: reviewId,
      runId: row.run_id,
      agentId: row.agent_id,
      agent: { name: row.name, displayName: row.display_name },
      because: row.because,
      reviewers: row.reviewers,
      state: row.state,
      criteria: contract.quality.criteria.filter(({ signal }) => signal === 'sme'),
      rated: row.rated,
      skipped: row.skipped,
    },
  };
}
