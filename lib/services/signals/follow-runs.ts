import type { PoolClient } from 'pg';
import { z } from 'zod';
import { db, transact } from '@/lib/db/pool';
import { SIGNAL_FAMILIES } from '@/lib/scoring/criteria';
import { lockRuns, rescoreRuns } from './rescore-runs';
import { addToDays, type DaySignal, recountDays } from './signal-days';

type Client = Pick<PoolClient, 'query'>;

const matchedRows = z.array(
  z.object({
    run_id: z.string(),
    agent_id: z.string(),
    had_agent: z.string().nullable(),
    family: z.enum(SIGNAL_FAMILIES),
    metric_key: z.string(),
    unit: z.string().nullable(),
    value: z.number(),
    samples: z.number(),
    is_suite: z.boolean(),
    at: z.date(),
    counts: z.boolean(),
  }),
);

/**
 * Signals that waited for runs of these keys, or with these traces, join them: called within the transaction that writes the
 * runs, with the runs locked. One look into an index that holds only what waits.
 *
 * @param names keys of runs and ids of traces (hex)
 */
export async function joinWaiting(
  client: Client,
  workspaceId: string,
  names: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT s.id FROM unnest($2::text[]) AS w(name) CROSS JOIN LATERAL (
       SELECT id FROM signal WHERE workspace_id = $1 AND run_key = w.name AND run_id IS NULL AND run_key IS NOT NULL) s`,
    [workspaceId, [...new Set(names)]],
  );
  if (rows.length > 0)
    await joinThese(
      client,
      workspaceId,
      rows.map(({ id }) => id),
    );
}

/** Lets signals join the runs they name, as far as there are such runs. The runs must be locked. */
async function joinThese(client: Client, workspaceId: string, ids: readonly string[]): Promise<void> {
  const { rows } = await client.query(
    `UPDATE signal s SET run_id = n.run_id, agent_id = n.agent_id
     FROM (SELECT w.id, w.agent_id AS had_agent, r.id AS run_id, r.agent_id
             FROM signal w JOIN run r ON r.id = COALESCE(
               (SELECT id FROM run WHERE workspace_id = $1 AND key = w.run_key LIMIT 1),
               (SELECT run_id FROM run_trace WHERE workspace_id = $1 AND w.run_key ~ '^[0-9a-f]{32}$'
                  AND trace_id = decode(CASE WHEN w.run_key ~ '^[0-9a-f]{32}$' THEN w.run_key ELSE '' END, 'hex') LIMIT 1))
            WHERE w.id = ANY($2::uuid[]) AND w.run_id IS NULL ORDER BY w.id FOR NO KEY UPDATE OF w) n
     WHERE s.id = n.id
     RETURNING s.run_id, s.agent_id, n.had_agent, s.family, s.metric_key, s.unit, s.value, s.samples, s.is_suite, s.at,
       s.superseded_by IS NULL AS counts`,
    [workspaceId, ids],
  );
  const matched = matchedRows.parse(rows);
  const moved = matched.filter((row) => row.counts && !row.is_suite && row.had_agent !== row.agent_id);
  const day = (row: (typeof matched)[number], agentId: string): DaySignal => ({
    agentId,
    family: row.family,
    metricKey: row.metric_key,
    unit: row.unit,
    value: row.value,
    samples: row.samples,
    at: row.at,
  });
  // Those that were thought to be another agent's are counted anew on both sides.
  const strayed = moved.filter((row) => row.had_agent !== null);
  await addToDays(
    client,
    workspaceId,
    moved.filter((row) => row.had_agent === null).map((row) => day(row, row.agent_id)),
  );
  await recountDays(
    client,
    workspaceId,
    strayed.flatMap((row) => [
      day(row, row.agent_id),
      ...(row.had_agent === null ? [] : [day(row, row.had_agent)]),
    ]),
  );
  await rescoreRuns(client, [...new Set(matched.map((row) => row.run_id))]);
}

/** The signals of a run that turned out to be part of another are that one's. Both must be locked. */
export async function passSignals(
  client: Client,
  workspaceId: string,
  from: string,
  to: string,
): Promise<void> {
  const { rowCount } = await client.query('UPDATE signal SET run_id = $2 WHERE run_id = $1', [from, to]);
  if ((rowCount ?? 0) === 0) return;
  await client.query('UPDATE run SET signal_weight = 0, signal_points = 0 WHERE id = $1', [from]);
  await takeSignalsAlong(client, workspaceId, [to]);
  await rescoreRuns(client, [to]);
}

/**
 * The signals of runs are of the agent whose runs they are, also after that turned out to be another: then they count by its
 * contract. The runs must be locked.
 */
export async function takeSignalsAlong(
  client: Client,
  workspaceId: string,
  runIds: readonly string[],
): Promise<void> {
  const { rows } = await client.query(
    `UPDATE signal s SET agent_id = n.agent_id
     FROM (SELECT w.id, w.agent_id AS had_agent, r.agent_id FROM signal w JOIN run r ON r.id = w.run_id
            WHERE w.run_id = ANY($1::uuid[]) AND w.agent_id IS DISTINCT FROM r.agent_id ORDER BY w.id
            FOR NO KEY UPDATE OF w) n
     WHERE s.id = n.id
     RETURNING s.run_id, s.agent_id, n.had_agent, s.family, s.metric_key, s.unit, s.value, s.samples, s.is_suite, s.at,
       s.superseded_by IS NULL AS counts`,
    [runIds],
  );
  await recountDays(
    client,
    workspaceId,
    matchedRows.parse(rows).flatMap((row) => {
      const { family, unit, at } = row;
      const day = { family, metricKey: row.metric_key, unit, at };
      return [row.agent_id, row.had_agent].flatMap((agentId) =>
        agentId === null ? [] : [{ ...day, agentId }],
      );
    }),
  );
  if (rows.length > 0) await rescoreRuns(client, runIds);
}

/** How far back the sweep looks for signals that waited, minutes. */
const SWEEP_MINUTES = 60 * 24;
const SWEEP_ROWS = 1000;

/**
 * Joins what still waits to runs and agents that are there by now: a signal and its run that came at the same moment did not
 * see each other, and agents come without runs too. Returns how many there were.
 */
export async function sweepWaiting(now: Date): Promise<number> {
  const { rows } = await db().query<{ workspace_id: string; id: string; run_id: string }>(
    `SELECT * FROM (
       SELECT s.workspace_id, s.id, COALESCE(
         (SELECT id FROM run WHERE workspace_id = s.workspace_id AND key = s.run_key LIMIT 1),
         (SELECT run_id FROM run_trace WHERE workspace_id = s.workspace_id AND s.run_key ~ '^[0-9a-f]{32}$'
            AND trace_id = decode(CASE WHEN s.run_key ~ '^[0-9a-f]{32}$' THEN s.run_key ELSE '' END, 'hex') LIMIT 1)) AS run_id
       FROM signal s WHERE s.run_id IS NULL AND s.run_key IS NOT NULL
        AND s.received_at > $1::timestamptz - make_interval(mins => $2)) w
      WHERE run_id IS NOT NULL LIMIT $3`,
    [now, SWEEP_MINUTES, SWEEP_ROWS],
  );
  const byWorkspace = new Map<string, { ids: string[]; runs: Set<string> }>();
  for (const { workspace_id, id, run_id } of rows) {
    const found = byWorkspace.get(workspace_id) ?? { ids: [], runs: new Set() };
    found.ids.push(id);
    found.runs.add(run_id);
    byWorkspace.set(workspace_id, found);
  }
  let joined = 0;
  for (const [workspaceId, { ids, runs }] of byWorkspace) {
    await transact(async (client) => {
      await lockRuns(client, [...runs]);
      await joinThese(client, workspaceId, ids);
    });
    joined += ids.length;
  }
  return joined + (await joinAgents());
}

/** Signals that named an agent nobody knew, now that it is there. */
async function joinAgents(): Promise<number> {
  const { rows } = await db().query<{ workspace_id: string; agent_id: string; names: string[] }>(
    `SELECT w.workspace_id, a.id AS agent_id, array_agg(DISTINCT w.agent_name) AS names
       FROM (SELECT DISTINCT workspace_id, agent_name FROM signal
              WHERE agent_id IS NULL AND agent_name IS NOT NULL AND run_key IS NULL LIMIT 500) w
       JOIN agent a ON a.workspace_id = w.workspace_id AND (a.name = w.agent_name OR w.agent_name = ANY(a.aliases))
      GROUP BY w.workspace_id, a.id`,
  );
  let joined = 0;
  for (const { workspace_id: workspaceId, agent_id: agentId, names } of rows)
    joined += await transact((client) => giveToAgent(client, workspaceId, agentId, names));
  return joined;
}

async function giveToAgent(
  client: Client,
  workspaceId: string,
  agentId: string,
  names: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ family: string; metric_key: string; unit: string | null; at: Date }>(
    `UPDATE signal s SET agent_id = $2 WHERE workspace_id = $1 AND agent_id IS NULL AND run_key IS NULL
       AND agent_name = ANY($3::text[]) RETURNING family, metric_key, unit, at`,
    [workspaceId, agentId, names],
  );
  await recountDays(
    client,
    workspaceId,
    rows.map(({ family, metric_key: metricKey, unit, at }) => ({ agentId, family, metricKey, unit, at })),
  );
  return rows.length;
}
