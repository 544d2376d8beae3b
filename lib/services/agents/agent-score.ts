import type { Pool, PoolClient } from 'pg';
import { oneDecimal } from '@/lib/scoring/performance';
import { IN_INCIDENT } from '@/lib/services/incidents/incident-of-run';

/** How many days an agent's figures look back, unless a screen asks for another window. */
export const SCORE_WINDOW_DAYS = 30;

export interface AgentScore {
  /** 0-100, the mean of its scored runs; null when none was scored in the window. */
  score: number | null;
  pillars: { risk: number | null; quality: number | null; cost: number | null };
  /** Mean share of the score's weight that was measured, 0-1, over the scored runs. */
  coverage: number;
  /** Runs that something was recorded of. */
  runs: number;
  scoredRuns: number;
  /** Those of `runs` that opened no incident. */
  silentRuns: number;
  /** Runs that only asked for decisions: nothing is known of what they did, so they count in nothing else here. */
  askedOnlyRuns: number;
  /** US dollars a run, over runs without unpriced model calls; null when there is none. */
  costPerRunUsd: number | null;
  /** Runs with at least one model call that has no price; they are left out of the cost a run. */
  unpricedRuns: number;
}

/**
 * The score of an agent: the mean of the scores of its runs that started in the `days` before `until`, to one decimal.
 * Pages, overviews and webhooks all take it from here, so that they show one figure.
 */
export async function agentScore(
  client: Pick<Pool | PoolClient, 'query'>,
  workspaceId: string,
  agentId: string,
  until: Date,
  days: number = SCORE_WINDOW_DAYS,
): Promise<AgentScore> {
  const { rows } = await client.query<{
    score: number | null;
    risk: number | null;
    quality: number | null;
    cost: number | null;
    coverage: number | null;
    runs: number;
    scored: number;
    silent: number;
    asked_only: number;
    cost_per_run: number | null;
    unpriced: number;
  }>(
    `SELECT avg(r.score) AS score, avg(r.risk_score) AS risk, avg(r.quality_score) AS quality,
            avg(r.cost_score) AS cost, avg(r.score_coverage) FILTER (WHERE r.score IS NOT NULL) AS coverage,
            count(*) FILTER (WHERE r.span_count > 0) AS runs, count(r.score) AS scored,
            count(*) FILTER (WHERE r.span_count > 0 AND NOT ${IN_INCIDENT}) AS silent,
            count(*) FILTER (WHERE r.span_count = 0) AS asked_only,
            avg(r.cost_usd) FILTER (WHERE r.unpriced_calls = 0 AND r.span_count > 0) AS cost_per_run,
            count(*) FILTER (WHERE r.unpriced_calls > 0) AS unpriced
       FROM run r
      WHERE r.workspace_id = $1 AND r.agent_id = $2
        AND r.started_at > $3::timestamptz - make_interval(days => $4) AND r.started_at <= $3`,
    [workspaceId, agentId, until, days],
  );
  const row = rows[0];
  return {
    score: told(row?.score),
    pillars: { risk: told(row?.risk), quality: told(row?.quality), cost: told(row?.cost) },
    coverage: row?.coverage ?? 0,
    runs: row?.runs ?? 0,
    scoredRuns: row?.scored ?? 0,
    silentRuns: row?.silent ?? 0,
    askedOnlyRuns: row?.asked_only ?? 0,
    costPerRunUsd: row?.cost_per_run ?? null,
    unpricedRuns: row?.unpriced ?? 0,
  };
}

const told = (mean: number | null | undefined) =>
  mean === null || mean === undefined ? null : oneDecimal(mean);
