import type { Pool, PoolClient } from 'pg';
import type { Contract } from '@/lib/contract/schema';
import { type CriterionStanding, type QualityPillar, qualityOf } from '@/lib/scoring/criteria';
import { type TechnicalQuality, technicalQuality } from '@/lib/scoring/quality';
import type { ScoreSums } from '@/lib/scoring/run-sums';
import { readStandings } from './read-standings';

type Client = Pick<Pool | PoolClient, 'query'>;

export interface AgentQuality extends QualityPillar {
  standings: CriterionStanding[];
  /** By its runs of the window; null: unknown, or the contract sets no technical target. */
  technical: TechnicalQuality | null;
}

/**
 * The quality of agents: technical health of the runs added up in `sums`, by their mean duration and their share of failed spans,
 * and every criterion of the contract by the signals that came in until `now`. Pages, lists and scores take it from here.
 */
export async function agentQualities(
  client: Client,
  agents: readonly { id: string; contract: Pick<Contract, 'quality'>; sums: ScoreSums }[],
  now: Date,
): Promise<Map<string, AgentQuality>> {
  const standings = await readStandings(
    client,
    agents.map(({ id, contract }) => ({ agentId: id, criteria: contract.quality.criteria })),
    now,
  );
  return new Map(
    agents.map(({ id, contract, sums }) => {
      const targets = contract.quality.technical;
      const own = standings.get(id) ?? [];
      const technical = technicalQuality(targets, {
        durationMs: sums.runs === 0 ? 0 : sums.durationMs / sums.runs,
        spans: sums.spans,
        errors: sums.errors,
      });
      const pillar = qualityOf(own, targets === undefined ? undefined : (technical?.score ?? null));
      return [id, { ...pillar, standings: own, technical }];
    }),
  );
}
