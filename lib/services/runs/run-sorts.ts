import type { RunSort } from './run-filters';

/** What each sort compares, and how its value `v` is written into a cursor without losing a digit. Each has an index. */
export const SORTS: Record<RunSort, { expression: string; exact: (v: string) => string; type: string }> = {
  started: {
    expression: 'r.started_at',
    exact: (v) => `to_char(${v} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
    type: 'timestamptz',
  },
  risk: { expression: 'r.risk', exact: (v) => `${v}::text`, type: 'float8' },
  // What was not scored stands below the lowest score.
  score: { expression: 'coalesce(r.score, -1)', exact: (v) => `${v}::text`, type: 'float8' },
  cost: { expression: 'r.cost_usd', exact: (v) => `${v}::text`, type: 'float8' },
  duration: { expression: 'r.duration_us', exact: (v) => `${v}::text`, type: 'bigint' },
};
