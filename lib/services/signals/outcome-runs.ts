import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { type Criterion, criterionKeys, onScale, reaches, SHARE } from '@/lib/scoring/criteria';

type Client = Pick<Pool | PoolClient, 'query'>;

export interface OutcomeRuns {
  /** Runs that a signal of the criterion spoke of. */
  known: number;
  /** Those of them it spoke well of. */
  met: number;
}

const rowsSchema = z.array(z.object({ unit: z.string().nullable(), value: z.number(), runs: z.number() }));

/**
 * Of how many runs of an agent that started in a span of time an outcome is known, and of how many it is good: more than half
 * true where it is a matter of true and false or of shares, else reaching the criterion's target.
 *
 * @param until the first moment after the span
 */
export async function outcomeRuns(
  client: Client,
  criterion: Criterion,
  scope: { workspaceId: string; agentId: string; from: Date; until: Date },
): Promise<OutcomeRuns> {
  const { rows } = await client.query(
    `SELECT o.unit, o.value, count(*)::int AS runs FROM (
       SELECT s.run_id, min(s.unit) AS unit, sum(s.value * s.samples) / sum(s.samples) AS value
         FROM signal s JOIN run r ON r.id = s.run_id
        WHERE s.agent_id = $2 AND s.family = $3 AND s.metric_key = ANY($4::text[]) AND s.superseded_by IS NULL
          AND r.workspace_id = $1 AND r.agent_id = $2 AND r.started_at >= $5 AND r.started_at < $6
        GROUP BY s.run_id) o
     GROUP BY o.unit, o.value`,
    [
      scope.workspaceId,
      scope.agentId,
      criterion.signal ?? '',
      criterionKeys(criterion),
      scope.from,
      scope.until,
    ],
  );
  const counted = { known: 0, met: 0 };
  for (const { unit, value, runs } of rowsSchema.parse(rows)) {
    const read = onScale(criterion, value, unit);
    if (read === null) continue;
    counted.known += runs;
    if (unit === SHARE ? value > 0.5 : isGood(criterion, read)) counted.met += runs;
  }
  return counted;
}

/** A single run is one yes or no: against the share that has to be met it would always pass or always fail. */
function isGood(criterion: Criterion, value: number): boolean {
  const share = onScale({ target: criterion.target, unit: criterion.unit }, 0.5, SHARE);
  if (
    criterion.comparison === '>=' &&
    share !== null &&
    (criterion.unit === '%' || (criterion.unit === undefined && criterion.target <= 1))
  )
    return value > share;
  return reaches(criterion, value);
}
