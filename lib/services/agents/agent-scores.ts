import type { Pool, PoolClient } from 'pg';
import type { Contract } from '@/lib/contract/schema';
import type { ScoreSums } from '@/lib/scoring/run-sums';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { agentQualities } from '@/lib/services/signals/agent-qualities';
import { type AgentScore, scoreOf } from './agent-score-of';

/** An agent with the version it is held to (null: none) and what its runs of the window come to. */
export interface AgentToScore {
  id: string;
  versionId: string | null;
  sums: ScoreSums;
}

/**
 * The scores of any number of agents, each under its own contract: risk and cost by its runs, quality by its criteria and its
 * runs' technical health. Pages, lists, overviews and webhooks all take them from here, so that they show one figure.
 */
export async function agentScores(
  client: Pick<Pool | PoolClient, 'query'>,
  agents: readonly AgentToScore[],
  now: Date,
): Promise<Map<string, AgentScore>> {
  const contracts = new Map<string, Contract>();
  for (const { versionId } of agents)
    if (versionId !== null && !contracts.has(versionId))
      contracts.set(versionId, (await contractVersion(versionId)).contract);
  const held = agents.flatMap(({ id, versionId, sums }) => {
    const contract = contracts.get(versionId ?? '');
    return contract === undefined ? [] : [{ id, contract, sums }];
  });
  const qualities = await agentQualities(client, held, now);
  return new Map(
    agents.map(({ id, versionId, sums }) => [
      id,
      scoreOf(sums, contracts.get(versionId ?? '') ?? null, qualities.get(id)),
    ]),
  );
}
