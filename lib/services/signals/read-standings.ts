import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Contract } from '@/lib/contract/schema';
import {
  type Criterion,
  type CriterionStanding,
  criterionKeys,
  onScale,
  SIGNAL_FAMILIES,
  type SignalSum,
  type Suite,
  standCriterion,
  windowStart,
} from '@/lib/scoring/criteria';

type Client = Pick<Pool | PoolClient, 'query'>;

const dayRows = z.array(
  z.object({
    agent_id: z.string(),
    family: z.enum(SIGNAL_FAMILIES),
    metric_key: z.string(),
    unit: z.string(),
    day: z.string(),
    sum: z.number(),
    samples: z.number(),
    lowest: z.number(),
    highest: z.number(),
    last_at: z.date(),
  }),
);
const suiteRows = z.array(
  z.object({
    agent_id: z.string(),
    family: z.enum(SIGNAL_FAMILIES),
    metric_key: z.string(),
    unit: z.string().nullable(),
    value: z.number(),
    samples: z.number(),
    at: z.date(),
  }),
);

/** An agent and the criteria it is held against. */
export interface Measured {
  agentId: string;
  criteria: Contract['quality']['criteria'];
}

/**
 * Where the criteria of agents stand by the signals that came in until `now`: by agent, in the order of the contract. Reads sums
 * of days, and single signals only of days in which one was off the scale.
 */
export async function readStandings(
  client: Client,
  agents: readonly Measured[],
  now: Date,
): Promise<Map<string, CriterionStanding[]>> {
  const standings = new Map<string, CriterionStanding[]>(agents.map(({ agentId }) => [agentId, []]));
  const asked = agents.filter(({ criteria }) => criteria.length > 0);
  if (asked.length === 0) return standings;
  const ids = asked.map(({ agentId }) => agentId);
  const keys = [...new Set(asked.flatMap(({ criteria }) => criteria.flatMap(criterionKeys)))];
  const longest = Math.max(...asked.flatMap(({ criteria }) => criteria.map(({ windowDays }) => windowDays)));
  const from = new Date(windowStart(longest, now.getTime()));
  const [days, suites] = await Promise.all([
    // Of what is older than every window, the last day says when it was heard of: years of days need not be read.
    client.query(
      `SELECT agent_id, family, metric_key, unit, day::text, sum, samples, lowest, highest, last_at FROM (
         SELECT * FROM signal_day WHERE agent_id = ANY($1::uuid[]) AND metric_key = ANY($2::text[])
            AND day <= ($3::timestamptz AT TIME ZONE 'UTC')::date AND day >= ($4::timestamptz AT TIME ZONE 'UTC')::date
         UNION ALL
         SELECT * FROM (SELECT DISTINCT ON (agent_id, family, metric_key, unit) * FROM signal_day
            WHERE agent_id = ANY($1::uuid[]) AND metric_key = ANY($2::text[])
              AND day < ($4::timestamptz AT TIME ZONE 'UTC')::date
            ORDER BY agent_id, family, metric_key, unit, day DESC) older) d ORDER BY day`,
      [ids, keys, now, from],
    ),
    client.query(
      `SELECT DISTINCT ON (agent_id, family, metric_key) agent_id, family, metric_key, unit, value, samples, at FROM signal
        WHERE agent_id = ANY($1::uuid[]) AND metric_key = ANY($2::text[]) AND is_suite AND superseded_by IS NULL AND at <= $3
        ORDER BY agent_id, family, metric_key, at DESC, id DESC`,
      [ids, keys, now],
    ),
  ]);
  const sums = byAgent(dayRows.parse(days.rows));
  const sets = byAgent(suiteRows.parse(suites.rows));
  for (const { agentId, criteria } of asked)
    for (const criterion of criteria) {
      const names = criterionKeys(criterion);
      const reads = (row: { family: string; metric_key: string }) =>
        row.family === criterion.signal && names.includes(row.metric_key);
      const given: SignalSum[] = [];
      for (const row of (sums.get(agentId) ?? []).filter(reads))
        given.push(...(await readable(client, agentId, criterion, row, now.getTime())));
      const suite = newest((sets.get(agentId) ?? []).filter(reads));
      standings.get(agentId)?.push(standCriterion(criterion, { sums: given, suite }, now.getTime()));
    }
  return standings;
}

function byAgent<T extends { agent_id: string }>(rows: readonly T[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const row of rows) {
    const list = grouped.get(row.agent_id);
    if (list === undefined) grouped.set(row.agent_id, [row]);
    else list.push(row);
  }
  return grouped;
}

/** A day's sum; split into its signals when one of them is off the criterion's scale, so that the others still count. */
async function readable(
  client: Client,
  agentId: string,
  criterion: Criterion,
  row: z.output<typeof dayRows>[number],
  nowMs: number,
): Promise<SignalSum[]> {
  const unit = row.unit === '' ? null : row.unit;
  const { sum, samples, lowest, highest } = row;
  const atMs = row.last_at.getTime();
  const sound = onScale(criterion, lowest, unit) !== null && onScale(criterion, highest, unit) !== null;
  if (sound || atMs < windowStart(criterion.windowDays, nowMs))
    return [{ unit, sum, samples, lowest, highest, atMs }];
  const { rows } = await client.query<{ value: number; samples: number; at: Date }>(
    `SELECT value, sum(samples) AS samples, max(at) AS at FROM signal
      WHERE agent_id = $1 AND family = $2 AND metric_key = $3 AND COALESCE(unit, '') = $4 AND superseded_by IS NULL
        AND NOT is_suite AND at >= $5::date::timestamp AT TIME ZONE 'UTC' AND at < ($5::date + 1)::timestamp AT TIME ZONE 'UTC'
      GROUP BY value`,
    [agentId, row.family, row.metric_key, row.unit, row.day],
  );
  return rows.map((one) => ({
    unit,
    sum: one.value * one.samples,
    samples: one.samples,
    lowest: one.value,
    highest: one.value,
    atMs: one.at.getTime(),
  }));
}

function newest(sets: z.output<typeof suiteRows>): Suite | null {
  let found: Suite | null = null;
  for (const { unit, value, samples, at } of sets)
    if (found === null || at.getTime() > found.atMs) found = { unit, value, samples, atMs: at.getTime() };
  return found;
}
