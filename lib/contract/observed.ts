/** What an agent did over many runs, in figures: what proposals for its contract are made from. */

/** A run to look at, as evidence. */
export interface RunRef {
  id: string;
  key: string;
}

/** How a figure lay over the runs that had it. */
export interface Spread {
  n: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
  /** Runs that came highest, the highest first. */
  examples: RunRef[];
}

export interface ObservedTool {
  name: string;
  /** In all runs looked at. */
  calls: number;
  runs: number;
  callsPerRun: Spread;
  /** The rest is of the latest runs, whose spans were read. */
  sampled: { calls: number; failures: number };
  /** Data categories that were sent with its calls or found in their content. */
  categories: { category: string; calls: number; examples: RunRef[] }[];
  /** Arguments of its latest calls; those that came without are counted. */
  arguments: { values: unknown[]; missing: number };
  examples: RunRef[];
}

export interface Observed {
  runs: number;
  /** Of which spans were read. */
  sampledRuns: number;
  /** When the first and the last of them began, ISO; null without runs. */
  from: string | null;
  to: string | null;
  perRun: {
    /** US dollars, of runs whose model calls all have a price. */
    costUsd: Spread | null;
    tokens: Spread | null;
    calls: Spread | null;
    /** The most often one call was made again with the same arguments. */
    repeats: Spread | null;
  };
  /** US dollars of all its runs of a day. */
  perDayUsd: Spread | null;
  /** Runs with a model call that has no price: their cost is not known. */
  unpricedRuns: number;
  tools: ObservedTool[];
}

const EXAMPLES = 3;

/** How the figures lie, each of one run; null without any. Percentiles are figures that occurred (nearest rank). */
export function spreadOf(figures: readonly { value: number; run: RunRef }[]): Spread | null {
  const sorted = figures.toSorted((a, b) => a.value - b.value);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]?.value ?? 0;
  if (sorted.length === 0) return null;
  return {
    n: sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    examples: sorted
      .slice(-EXAMPLES)
      .toReversed()
      .map((figure) => figure.run),
  };
}
