import { z } from 'zod';
import { start } from './process';
import { READY } from './turns';

/** Milliseconds of each look, by page and what was asked of it. */
export interface History {
  times: Record<string, number[]>;
}

const timesSchema = z.record(z.string(), z.array(z.number()));

/** A database with history, as the processes that look at it are told of it. */
type Filled = Record<'HISTORY' | 'DATABASE_URL' | 'COUNTERSIGN_SECRET', string>;

/** Fills the database that the environment names, in a process of its own. */
export async function fillHistory(of: { runs: number; spans: boolean }): Promise<Filled> {
  const filled = await start('history.ts', {
    HISTORY_RUNS: String(of.runs),
    HISTORY_SPANS: of.spans ? '1' : '0',
  });
  await filled.stop();
  const { DATABASE_URL = '', COUNTERSIGN_SECRET = '' } = process.env;
  return { HISTORY: filled.url, DATABASE_URL, COUNTERSIGN_SECRET };
}

/**
 * Times the pages over each of them, in processes of their own that take turns: a machine's speed wanders from one minute to the next,
 * and what is compared is looked at in the same.
 */
export async function timePages(histories: readonly Filled[], only = ''): Promise<History[]> {
  const lookers = [];
  for (const filled of histories) {
    const looker = await start('pages.ts', { ...filled, ONLY: only });
    lookers.push({ looker, said: looker.url });
  }
  while (lookers.some(({ said }) => said === READY))
    for (const one of lookers) {
      if (one.said !== READY) continue;
      one.looker.tell('go');
      one.said = await one.looker.next();
    }
  await Promise.all(lookers.map(({ looker }) => looker.stop()));
  return lookers.map(({ said }) => ({ times: timesSchema.parse(JSON.parse(said)) }));
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
