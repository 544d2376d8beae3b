import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { criterionValue } from '@/lib/scoring/criteria';
import { ratingScale } from '@/lib/scoring/rating-scale';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { buildersOf } from './may-rate';

/** What subject experts said of a run, for its page. */
export interface ReviewOfRun {
  id: string;
  because: 'silent' | 'noticed';
  state: 'waiting' | 'done';
  reviewers: number;
  drawnAt: string;
  dueAt: string;
  overdue: boolean;
  correct: boolean | null;
  /** The reader is to rate it still: then `ratings` is empty, whoever has rated. */
  yours: boolean;
  ratings: {
    person: string;
    at: string;
    correct: boolean;
    note: string | null;
    criteria: { statement: string; value: string }[];
  }[];
  agent: { name: string };
  /** Whether the reader may begin to amend the contract. */
  mayAmend: boolean;
}

const rowSchema = z.object({
  id: z.string(),
  agent_id: z.string(),
  name: z.string(),
  contract_version_id: z.string(),
  because: z.enum(['silent', 'noticed']),
  state: z.enum(['waiting', 'done']),
  reviewers: z.number(),
  drawn_at: z.date(),
  due_at: z.date(),
  correct: z.boolean().nullable(),
  passed: z.boolean(),
});

/** The review of a run, or null when it was not drawn. Nobody reads what others said of a run they are still to rate. */
export async function getReviewOfRun(
  actor: Actor,
  runId: string,
  now = new Date(),
): Promise<ReviewOfRun | null> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const personId = actor.kind === 'person' ? actor.personId : null;
  const found = await db().query(
    `SELECT q.id, q.agent_id, a.name, q.contract_version_id, q.because, q.state, q.reviewers, q.drawn_at, q.due_at,
            q.correct, EXISTS (SELECT FROM run_review_skip s WHERE s.review_id = q.id AND s.person_id = $3) AS passed
       FROM run_review q JOIN agent a ON a.id = q.agent_id WHERE q.workspace_id = $1 AND q.run_id = $2`,
    [workspaceId, runId, personId],
  );
  if (found.rows[0] === undefined) return null;
  const row = rowSchema.parse(found.rows[0]);
  const { rows } = await db().query<{
    person_id: string;
    name: string;
    criterion: string;
    value: number | null;
    correct: boolean | null;
    note: string | null;
    at: Date;
  }>(
    `SELECT g.person_id, p.name, g.criterion, g.value, g.correct, g.note, g.at
       FROM run_rating g JOIN person p ON p.id = g.person_id WHERE g.review_id = $1 ORDER BY g.at, g.criterion`,
    [row.id],
  );
  const builders = await buildersOf(db(), workspaceId, [row.agent_id]);
  const yours =
    row.state === 'waiting' &&
    !row.passed &&
    actor.kind === 'person' &&
    can(actor, 'expert-review.rate', { workspaceId, builders: builders.get(row.agent_id) ?? [] }) &&
    rows.every((rating) => rating.person_id !== personId);
  const { contract } = await contractVersion(row.contract_version_id);
  const words = new Map(
    contract.quality.criteria.map((criterion) => [
      criterion.id,
      (value: number) => {
        const scale = ratingScale(criterion);
        return {
          statement: criterion.statement,
          value:
            scale.kind === 'yes-no' ? (value === scale.yes ? 'Yes' : 'No') : criterionValue(value, criterion),
        };
      },
    ]),
  );
  return {
    id: row.id,
    because: row.because,
    state: row.state,
    reviewers: row.reviewers,
    drawnAt: row.drawn_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    overdue: row.state === 'waiting' && row.due_at.getTime() < now.getTime(),
    correct: yours ? null : row.correct,
    yours,
    ratings: yours
      ? []
      : rows
          .filter(({ criterion }) => criterion === '')
          .map((outcome) => ({
            person: outcome.name,
            at: outcome.at.toISOString(),
            correct: outcome.correct === true,
            note: outcome.note,
            criteria: rows.flatMap((rating) => {
              const said = words.get(rating.criterion);
              return rating.person_id !== outcome.person_id || rating.value === null || said === undefined
                ? []
                : [said(rating.value)];
            }),
          })),
    agent: { name: row.name },
    mayAmend: can(actor, 'amendment.write', { workspaceId }),
  };
}
