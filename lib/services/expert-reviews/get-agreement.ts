import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { type Agreement, agreementByPair, agreementOf, type RatedUnit } from '@/lib/scoring/agreement';
import { measurementOf, ratingScale } from '@/lib/scoring/rating-scale';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { SILENCE_DAYS } from './get-silence';

/** How far those who rate the same runs agree on one thing. */
export interface AgreedOn {
  /** Id of the criterion; empty: whether the outcome was right. */
  criterion: string;
  statement: string;
  agreement: Agreement;
  pairs: { people: [string, string]; agreement: Agreement }[];
}

/** Most pairs that one criterion shows. */
const PAIRS_SHOWN = 10;

/**
 * Agreement between reviewers over the last `days` days of their ratings: of the outcome, and of each criterion of the version in
 * force that subject experts rate. Only runs whose review is done count, so that nobody reads from it what somebody else said of a run
 * they are still to rate.
 */
export async function getAgreement(
  actor: Actor,
  input: { agentId: string; days?: number | undefined },
  now: Date,
): Promise<AgreedOn[]> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId, agentId: input.agentId });
  const { rows } = await db().query<{
    review_id: string;
    person: string;
    name: string;
    criterion: string;
    value: number;
  }>(
    `SELECT g.review_id, g.person_id AS person, p.name, g.criterion,
            CASE g.criterion WHEN '' THEN (g.correct)::int ELSE g.value END::float8 AS value
       FROM run_review q JOIN run_rating g ON g.review_id = q.id JOIN person p ON p.id = g.person_id
      WHERE q.workspace_id = $1 AND q.agent_id = $2 AND q.state = 'done' AND q.reviewers > 1
        AND q.done_at > $3::timestamptz - make_interval(days => $4)
      ORDER BY g.at`,
    [workspaceId, input.agentId, now, input.days ?? SILENCE_DAYS],
  );
  const inForce = await contractInForce(workspaceId, input.agentId);
  const criteria = (inForce?.contract.quality.criteria ?? []).filter(({ signal }) => signal === 'sme');
  const names = new Map(rows.map(({ person, name }) => [person, name]));
  const agreedOn = (criterion: string, statement: string, measurement: 'nominal' | 'interval'): AgreedOn => {
    const units = new Map<string, { rater: string; value: number }[]>();
    for (const row of rows)
      if (row.criterion === criterion)
        units.set(row.review_id, [
          ...(units.get(row.review_id) ?? []),
          { rater: row.person, value: row.value },
        ]);
    const rated: RatedUnit[] = [...units.values()];
    return {
      criterion,
      statement,
      agreement: agreementOf(rated, measurement),
      pairs: agreementByPair(rated, measurement)
        .slice(0, PAIRS_SHOWN)
        .map(({ raters: [one, other], agreement }) => ({
          people: [names.get(one) ?? one, names.get(other) ?? other],
          agreement,
        })),
    };
  };
  return [
    agreedOn('', 'The outcome was right.', 'nominal'),
    ...criteria.map((criterion) =>
      agreedOn(criterion.id, criterion.statement, measurementOf(ratingScale(criterion))),
    ),
  ];
}
