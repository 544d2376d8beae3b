/**
 * Whether pages stay as quick when history grows: what the server does for the overview, the estate, an agent's page and its
 * panels, and the list of runs (every filter and order, the first page and one 1,000 pages deep), over a million runs and ten
 * million spans beside ten thousand runs, on the same machine. Whatever support/pages.ts times has its lines. Both are
 * looked at by turns. SCALE_RUNS and SCALE_SPANS=0 make it smaller.
 */
import { withDatabase } from './support/database';
import { fillHistory, type History, pagesOf, timePages, worstOf } from './support/history-pages';
import type { Line } from './support/line';

const MANY = Number(process.env.SCALE_RUNS ?? 1_000_000);
const FEW = 10_000;
const GROWTH = 1.3;
const MOST_MS = 100;

async function run(): Promise<Line[]> {
  return withDatabase(async () => {
    const short = await fillHistory({ runs: FEW, spans: true });
    return withDatabase(async () => {
      const long = await fillHistory({ runs: MANY, spans: process.env.SCALE_SPANS !== '0' });
      const [few, many] = await timePages([short, long]);
      if (few === undefined || many === undefined) throw new Error('A history was not looked at.');
      return pagesOf(few).flatMap((page) => linesOf(page, few, many));
    });
  });
}

function linesOf(page: string, few: History, many: History): Line[] {
  const before = worstOf(few, page);
  const now = worstOf(many, page);
  const what = `p95 of ${page} with ${MANY.toLocaleString('en-US')} runs`;
  return [
    {
      what: `${what} (all looks; with ${FEW.toLocaleString('en-US')} as the reference)`,
      ours: now.together,
      reference: before.together,
      unit: 'ms',
      ratio: before.together / now.together,
      goal: 1 / GROWTH,
    },
    {
      what: `${what}, the slowest kind of look (${now.slowest})`,
      ours: now.slowestMs,
      reference: MOST_MS,
      unit: 'ms',
      ratio: MOST_MS / now.slowestMs,
      goal: 1,
    },
  ];
}

export const measure = { name: 'scale', run };
