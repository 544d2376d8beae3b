import type { Pool, PoolClient } from 'pg';
import { NO_RUNS } from '@/lib/scoring/run-sums';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { daysBack } from '@/lib/services/rollups/window';
import { type AgentScore, scoreOf } from './agent-score-of';
import { agentScores } from './agent-scores';

/** How many days an agent's figures look back, today included, unless a screen asks for another window. */
export const SCORE_WINDOW_DAYS = 30;

/**
 * The score of an agent over its runs of the `days` days that end with the one `until` is in, where the workspace is.
 * Pages, overviews and webhooks all take it from here or from `agentScores`, so that they show one figure.
 */
export async function agentScore(
  client: Pick<Pool | PoolClient, 'query'>,
  workspaceId: string,
  agentId: string,
  until: Date,
  days: number = SCORE_WINDOW_DAYS,
): Promise<AgentScore> {
  const { rows } = await client.query<{ zone: string }>(
    'SELECT time_zone AS zone FROM workspace WHERE id = $1',
    [workspaceId],
  );
  const window = daysBack(rows[0]?.zone ?? 'UTC', until, days);
  const [sums = NO_RUNS] = await readRollups(client, { workspaceId, agentId, ...window }, []);
  const inForce = await contractInForce(workspaceId, agentId);
  const agent = { id: agentId, versionId: inForce?.versionId ?? null, sums };
  return (await agentScores(client, [agent], until)).get(agentId) ?? scoreOf(sums, null);
}
