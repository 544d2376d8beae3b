import type { PoolClient } from 'pg';

type Client = Pick<PoolClient, 'query'>;

/** A signal as far as its day's sum is concerned. */
export interface DaySignal {
  agentId: string;
  family: string;
  metricKey: string;
  unit: string | null;
  value: number;
  samples: number;
  at: Date;
}

interface Day {
  agent: string;
  family: string;
  metric: string;
  unit: string;
  day: string;
}

/** Adds new signals to the sums of their days. Days in one order, so that two who write never wait for each other crosswise. */
export async function addToDays(
  client: Client,
  workspaceId: string,
  signals: readonly DaySignal[],
): Promise<void> {
  const days = new Map<
    string,
    Day & { sum: number; samples: number; rows: number; lowest: number; highest: number; last: string }
  >();
  for (const signal of signals) {
    const { agentId: agent, family, metricKey: metric, value, samples } = signal;
    const unit = signal.unit ?? '';
    const last = signal.at.toISOString();
    const day = last.slice(0, 10);
    const key = keyOf({ agent, family, metric, unit, day });
    const one = days.get(key) ?? {
      ...{ agent, family, metric, unit, day, sum: 0, samples: 0, rows: 0 },
      ...{ lowest: value, highest: value, last },
    };
    one.sum += value * samples;
    one.samples += samples;
    one.rows += 1;
    one.lowest = Math.min(one.lowest, value);
    one.highest = Math.max(one.highest, value);
    if (last > one.last) one.last = last;
    days.set(key, one);
  }
  if (days.size === 0) return;
  await client.query(
    `INSERT INTO signal_day AS d (workspace_id, agent_id, family, metric_key, unit, day, sum, samples, rows, lowest, highest, last_at)
     SELECT $1, n.agent, n.family, n.metric, n.unit, n.day, n.sum, n.samples, n.rows, n.lowest, n.highest, n.last
       FROM json_to_recordset($2::json) AS n(agent uuid, family text, metric text, unit text, day date, sum float8,
         samples bigint, rows int, lowest float8, highest float8, last timestamptz)
     ON CONFLICT (agent_id, family, metric_key, unit, day) DO UPDATE SET sum = d.sum + excluded.sum,
       samples = d.samples + excluded.samples, rows = d.rows + excluded.rows,
       lowest = least(d.lowest, excluded.lowest), highest = greatest(d.highest, excluded.highest),
       last_at = greatest(d.last_at, excluded.last_at)`,
    [workspaceId, JSON.stringify(inOrder(days).map(([, day]) => day))],
  );
}

/** Adds up the days of these signals anew, from the signals themselves: after some of them were corrected or moved. */
export async function recountDays(
  client: Client,
  workspaceId: string,
  touched: readonly Pick<DaySignal, 'agentId' | 'family' | 'metricKey' | 'unit' | 'at'>[],
): Promise<void> {
  const days = new Map<string, Day>();
  for (const { agentId: agent, family, metricKey: metric, unit, at } of touched) {
    const day = { agent, family, metric, unit: unit ?? '', day: at.toISOString().slice(0, 10) };
    days.set(keyOf(day), day);
  }
  if (days.size === 0) return;
  const wanted = JSON.stringify(inOrder(days).map(([, day]) => day));
  // Held first: whoever adds to them meanwhile waits, and what they had added before is seen by the recount.
  await client.query(
    `INSERT INTO signal_day (workspace_id, agent_id, family, metric_key, unit, day, sum, samples, rows, lowest, highest, last_at)
     SELECT $1, n.agent, n.family, n.metric, n.unit, n.day, 0, 0, 0, 0, 0, n.day
       FROM json_to_recordset($2::json) AS n(agent uuid, family text, metric text, unit text, day date)
     ON CONFLICT (agent_id, family, metric_key, unit, day) DO UPDATE SET rows = signal_day.rows`,
    [workspaceId, wanted],
  );
  await client.query(
    `WITH n AS (SELECT * FROM json_to_recordset($1::json) AS n(agent uuid, family text, metric text, unit text, day date)),
     counted AS (
       SELECT n.*, c.* FROM n CROSS JOIN LATERAL (
         SELECT sum(s.value * s.samples) AS sum, sum(s.samples) AS samples, count(*)::int AS rows, min(s.value) AS lowest,
                max(s.value) AS highest, max(s.at) AS last_at
           FROM signal s WHERE s.agent_id = n.agent AND s.family = n.family AND s.metric_key = n.metric
            AND COALESCE(s.unit, '') = n.unit AND s.superseded_by IS NULL AND NOT s.stray
            AND NOT s.is_suite
            AND s.at >= n.day::timestamp AT TIME ZONE 'UTC' AND s.at < (n.day + 1)::timestamp AT TIME ZONE 'UTC') c),
     gone AS (DELETE FROM signal_day d USING counted c WHERE c.rows = 0 AND d.agent_id = c.agent AND d.family = c.family
       AND d.metric_key = c.metric AND d.unit = c.unit AND d.day = c.day)
     UPDATE signal_day d SET sum = c.sum, samples = c.samples, rows = c.rows, lowest = c.lowest, highest = c.highest,
       last_at = c.last_at
     FROM counted c WHERE c.rows > 0 AND d.agent_id = c.agent AND d.family = c.family AND d.metric_key = c.metric
       AND d.unit = c.unit AND d.day = c.day`,
    [wanted],
  );
}

function keyOf({ agent, family, metric, unit, day }: Day): string {
  return JSON.stringify([agent, family, metric, unit, day]);
}

function inOrder<T>(days: ReadonlyMap<string, T>): [string, T][] {
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}
