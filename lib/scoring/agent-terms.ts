import type { Pillar } from './performance';

/** One pillar of an agent's score, with all that is needed to work it in by hand. */
export interface AgentTerm {
  pillar: Pillar;
  /** 0-100, one decimal; null: nothing is known of it. */
  score: number | null;
  /** What its contract gives it, one pillar against the others. */
  weight: number;
  /** Runs that measured it, of those that have a score; of quality, the weight of what is known, of all that the contract calls good. */
  known: number;
  of: number;
  /** The sum of its runs' scores, in points, which the mean was taken of; null for quality, which criteria make. */
  sum: number | null;
}

/** What a term counts in the composite: its weight, by the share of it that is known. */
export function countsFor({ score, weight, known, of }: AgentTerm): number {
  return score === null || of === 0 ? 0 : (weight * known) / of;
}
