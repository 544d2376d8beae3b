import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { BANDS, type Band } from '@/lib/contract/schema';
import { type FoundAgent, findAgent } from '@/lib/services/agents/find-agent';
import { readRecentRisk, UNCLASSIFIED } from './read-facts';

const points = z.coerce.number().min(0).optional().catch(undefined);

/** Which of the latest runs; what means nothing is left out, and nothing at all is every one. */
export const riskRunsSchema = z.object({
  /** A data category they touched. */
  category: z.string().max(200).catch('').default(''),
  /** Why some span of theirs could not be classified. */
  reason: z.enum(UNCLASSIFIED).or(z.literal('')).catch('').default(''),
  /** Calls whose arguments were not sent. */
  withoutArguments: z.literal('1').or(z.literal('')).catch('').default(''),
  /** `high,critical` */
  band: z
    .string()
    .catch('')
    .default('')
    .transform((text) => BANDS.filter((band) => text.split(',').includes(band))),
  /** Risk points from this on, and below this. */
  from: points,
  below: points,
});
export type RiskRunsWanted = z.output<typeof riskRunsSchema>;

export interface RiskRun {
  id: string;
  key: string;
  startedAt: string;
  /** As scored when it happened. */
  band: Band;
  risk: number;
  /** Calls that touched the category, or spans that could not be classified for the reason; null where neither was asked for. */
  calls: number | null;
}

export interface RiskRuns {
  agent: FoundAgent;
  /** Newest first. */
  runs: RiskRun[];
  /** How many of the latest runs were looked at. */
  lookedAt: number;
}

/** The very runs that a figure of an agent's risk counts, of the same latest runs as `getRisk`. Throws `not_found`. */
export async function listRiskRuns(
  actor: Actor,
  input: { agent: string } & RiskRunsWanted,
): Promise<RiskRuns> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const { category, reason, withoutArguments, band, from, below } = input;
  const recent = await readRecentRisk(workspaceId, agent.id);
  const { kinds, runs } = recent.facts;
  return {
    agent,
    lookedAt: runs.length,
    runs: runs.flatMap(({ id, key, startedAt, band: its, touches }, index): RiskRun[] => {
      const risk = recent.risks[index] ?? 0;
      const touched = touches.reduce(
        (sum, [kind, calls]) => sum + (kinds[kind]?.categories.includes(category) === true ? calls : 0),
        0,
      );
      const open = reason === '' ? 0 : (recent.open[index]?.get(reason) ?? 0);
      const fits =
        (category === '' || touched > 0) &&
        (reason === '' || open > 0) &&
        (withoutArguments === '' || recent.argumentsMissing[index] === true) &&
        (band.length === 0 || band.includes(its)) &&
        (from === undefined || risk >= from) &&
        (below === undefined || risk < below);
      const calls = category !== '' ? touched : reason !== '' ? open : null;
      return fits ? [{ id, key, startedAt, band: its, risk, calls }] : [];
    }),
  };
}
