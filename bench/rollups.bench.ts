/**
 * What rollups are for: a chart of 180 days over a million runs, beside the same figures counted from the runs; and that they
 * are exact: after as many changes at random as a busy hour brings, each bucket is that of a recount.
 */
import { withDatabase } from './support/database';
import { fillHistory, percentile, timePages } from './support/history-pages';
import type { Line } from './support/line';

const RUNS = Number(process.env.SCALE_RUNS ?? 1_000_000);
const GOAL = 80;

async function run(): Promise<Line[]> {
  const [history] = await withDatabase(async () =>
    timePages([await fillHistory({ runs: RUNS, spans: false })], 'chart'),
  );
  const times = history?.times ?? {};
  const rollups = percentile(times['chart from rollups'] ?? [], 0.5);
  const raw = percentile(times['chart from runs'] ?? [], 0.5);
  const [wrong = Number.NaN] = times['differences from a recount'] ?? [];
  return [
    {
      what: `a 180-day chart of ${RUNS.toLocaleString('en-US')} runs from rollups, beside the runs themselves`,
      ours: rollups,
      reference: raw,
      unit: 'ms',
      ratio: raw / rollups,
      goal: GOAL,
    },
    {
      what: 'buckets that a recount after late changes finds otherwise',
      ours: wrong,
      reference: 0,
      unit: 'buckets',
      ratio: wrong === 0 ? 1 : 0,
      goal: 1,
    },
  ];
}

export const measure = { name: 'rollups', run };
