import { z } from 'zod';
import { start } from './process';

/** Milliseconds of each look, by page and what was asked of it. */
export interface History {
  times: Record<string, number[]>;
}

const timesSchema = z.record(z.string(), z.array(z.number()));

/** Fills the database that the environment names with history and times every page over it, in processes of their own. */
export async function measurePages(of: { runs: number; spans: boolean; only?: string }): Promise<History> {
  const filled = await start('history.ts', {
    HISTORY_RUNS: String(of.runs),
    HISTORY_SPANS: of.spans ? '1' : '0',
  });
  const looked = await start('pages.ts', { HISTORY: filled.url, ONLY: of.only ?? '' });
  await Promise.all([filled.stop(), looked.stop()]);
  return { times: timesSchema.parse(JSON.parse(looked.url)) };
}

/** The pages that were timed, in the order of their first look. */
export function pagesOf({ times }: History): string[] {
  return [...new Set(Object.keys(times).map(pageOf))];
}

/** p95 of all looks at a page, and of its slowest kind of look. */
export function worstOf(
  { times }: History,
  page: string,
): { together: number; slowest: string; slowestMs: number } {
  const kinds = Object.entries(times).filter(([name]) => pageOf(name) === page);
  const [slowest] = kinds
    .map(([name, taken]) => ({ name, ms: percentile(taken, 0.95) }))
    .sort((a, b) => b.ms - a.ms);
  return {
    together: percentile(
      kinds.flatMap(([, taken]) => taken),
      0.95,
    ),
    slowest: slowest?.name ?? 'none',
    slowestMs: slowest?.ms ?? Number.NaN,
  };
}

/** What stands before the filters; lists in whatever order are one page. */
function pageOf(name: string): string {
  const [page = name] = name.split(' {');
  return page.startsWith('runs by ') ? 'sorted runs' : page;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
