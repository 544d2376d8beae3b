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
  unitFactor,
  windowStart,
} from '@/lib/scoring/criteria';

type Client = Pick<Pool | PoolClient, 'query'>;

const windowRows = z.array(
  z.object({
    /** Place of the criterion in what was asked for. */
    n: z.number(),
    metric_key: z.string().nullable(),
    unit: z.string(),
    sum: z.number(),
    samples: z.number(),
    lowest: z.number(),
    highest: z.number(),
    last_at: z.date(),
  }),
);
const dayRows = z.array(
  z.object({
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
 * Where the criteria of agents stand by the signals that came in until `now`: by agent, in the order of the contract. Reads the sum
 * of each criterion's window, its days only where one was off the scale, and single signals only of such days.
 */
export async function readStandings(
  client: Client,
  agents: readonly Measured[],
  now: Date,
): Promise<Map<string, CriterionStanding[]>> {
  const standings = new Map<string, CriterionStanding[]>(agents.map(({ agentId }) => [agentId, []]));
  const asked = agents.flatMap(({ agentId, criteria }) =>
    criteria.map((criterion) => ({ agentId, criterion, keys: criterionKeys(criterion) })),
  );
  if (asked.length === 0) return standings;
  const [windows, suites] = await Promise.all([
    client.query(
      `SELECT c.n, d.metric_key, coalesce(d.unit, '') AS unit, coalesce(d.sum, 0)::float8 AS sum,
              coalesce(d.samples, 0)::float8 AS samples, coalesce(d.lowest, 0)::float8 AS lowest,
              coalesce(d.highest, 0)::float8 AS highest, coalesce(d.last_at, o.last_at) AS last_at
         FROM json_to_recordset($1::json) AS c(n int, agent uuid, family text, keys json, since date)
         CROSS JOIN LATERAL (SELECT ARRAY(SELECT json_array_elements_text(c.keys)) AS keys OFFSET 0) k
         LEFT JOIN LATERAL (
           SELECT s.metric_key, s.unit, sum(s.sum) AS sum, sum(s.samples) AS samples, min(s.lowest) AS lowest,
                  max(s.highest) AS highest, max(s.last_at) AS last_at
             FROM signal_day s WHERE s.agent_id = c.agent AND s.family = c.family AND s.metric_key = ANY(k.keys)
              AND s.day BETWEEN c.since AND $2::date GROUP BY s.metric_key, s.unit) d ON true
         -- Of what is older than the window, when it was last heard of; asked for where nothing is in the window.
         LEFT JOIN LATERAL (
           SELECT max(s.last_at) AS last_at FROM signal_day s
            WHERE d.metric_key IS NULL AND s.agent_id = c.agent AND s.family = c.family AND s.metric_key = ANY(k.keys)
              AND s.day < c.since) o ON true
        WHERE coalesce(d.last_at, o.last_at) IS NOT NULL`,
      [
        JSON.stringify(
          asked.map(({ agentId, criterion, keys }, n) => ({
            ...{ n, agent: agentId, family: criterion.signal ?? '', keys },
            since: dayOf(windowStart(criterion.windowDays, now.getTime())),
          })),
        ),
        dayOf(now.getTime()),
      ],
    ),
    client.query(
      `SELECT DISTINCT ON (agent_id, family, metric_key) agent_id, family, metric_key, unit, value, samples, at FROM signal
        WHERE agent_id = ANY($1::uuid[]) AND metric_key = ANY($2::text[]) AND is_suite AND NOT stray AND superseded_by IS NULL
          AND at <= $3
        ORDER BY agent_id, family, metric_key, at DESC, id DESC`,
      [[...standings.keys()], [...new Set(asked.flatMap(({ keys }) => keys))], now],
    ),
  ]);
  const sums = grouped(windowRows.parse(windows.rows), ({ n }) => n);
  const sets = grouped(suiteRows.parse(suites.rows), ({ agent_id }) => agent_id);
  for (const [n, { agentId, criterion, keys }] of asked.entries()) {
    const given: SignalSum[] = [];
    for (const row of sums.get(n) ?? [])
      given.push(...(await readableWindow(client, agentId, criterion, row, now.getTime())));
    const suite = newest(
      (sets.get(agentId) ?? []).filter(
        (row) => row.family === criterion.signal && keys.includes(row.metric_key),
      ),
    );
    standings.get(agentId)?.push(standCriterion(criterion, { sums: given, suite }, now.getTime()));
  }
  return standings;
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The sum of a window; split into its days when one of them is off the criterion's scale. */
async function readableWindow(
  client: Client,
  agentId: string,
  criterion: Criterion,
  row: z.output<typeof windowRows>[number],
  nowMs: number,
): Promise<SignalSum[]> {
  const { sum, samples, lowest, highest } = row;
  const unit = row.unit === '' ? null : row.unit;
  const isOn = (value: number) => onScale(criterion, value, unit) !== null;
  // Of a unit that does not fit, all that counts is how many there were.
  if (row.metric_key === null || unitFactor(criterion, unit) === null || (isOn(lowest) && isOn(highest)))
    return [{ unit, sum, samples, lowest, highest, atMs: row.last_at.getTime() }];
  const { rows } = await client.query(
    `SELECT day::text, sum, samples, lowest, highest, last_at FROM signal_day
      WHERE agent_id = $1 AND family = $2 AND metric_key = $3 AND unit = $4 AND day BETWEEN $5::date AND $6::date ORDER BY day`,
    [
      agentId,
      criterion.signal,
      row.metric_key,
      row.unit,
      dayOf(windowStart(criterion.windowDays, nowMs)),
      dayOf(nowMs),
    ],
  );
  const days: SignalSum[] = [];
  for (const day of dayRows.parse(rows)) {
    if (isOn(day.lowest) && isOn(day.highest))
      days.push({
        unit,
        ...{ sum: day.sum, samples: day.samples, lowest: day.lowest, highest: day.highest },
        atMs: day.last_at.getTime(),
      });
    else
      days.push(
        ...(await singles(client, {
          ...{ agentId, family: criterion.signal ?? '', key: row.metric_key, unit, day: day.day },
        })),
      );
  }
  return days;
}

function grouped<K, T>(rows: readonly T[], keyOf: (row: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const row of rows) {
    const list = groups.get(keyOf(row));
    if (list === undefined) groups.set(keyOf(row), [row]);
    else list.push(row);
  }
  return groups;
}

/** The signals of a day, value by value. */
async function singles(
  client: Client,
  of: { agentId: string; family: string; key: string; unit: string | null; day: string },
): Promise<SignalSum[]> {
  const { rows } = await client.query<{ value: number; samples: number; at: Date }>(
    `SELECT value, sum(samples) AS samples, max(at) AS at FROM signal
      WHERE agent_id = $1 AND family = $2 AND metric_key = $3 AND COALESCE(unit, '') = $4 AND superseded_by IS NULL
        AND NOT is_suite AND NOT stray AND at >= $5::date::timestamp AT TIME ZONE 'UTC' AND at < ($5::date + 1)::timestamp AT TIME ZONE 'UTC'
      GROUP BY value`,
    [of.agentId, of.family, of.key, of.unit ?? '', of.day],
  );
  return rows.map((one) => ({
    unit: of.unit,
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
