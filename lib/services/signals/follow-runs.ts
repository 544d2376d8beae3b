import type { PoolClient } from 'pg';
import { z } from 'zod';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { SIGNAL_FAMILIES } from '@/lib/scoring/criteria';
import { appendAudit } from '@/lib/services/audit/append';
import { lockRuns, rescoreRuns } from './rescore-runs';
import { addToDays, type DaySignal, recountDays } from './signal-days';

type Client = Pick<PoolClient, 'query'>;

/** As far as the sum of its day is concerned. */
const movedRow = z.object({
  run_id: z.string(),
  agent_id: z.string(),
  family: z.enum(SIGNAL_FAMILIES),
  metric_key: z.string(),
  unit: z.string().nullable(),
  at: z.date(),
});
const joinedRow = movedRow.extend({
  value: z.number(),
  samples: z.number(),
  is_suite: z.boolean(),
  counts: z.boolean(),
});

function dayOf(
  row: z.output<typeof movedRow>,
): Pick<DaySignal, 'agentId' | 'family' | 'metricKey' | 'unit' | 'at'> {
  const { agent_id: agentId, family, metric_key: metricKey, unit, at } = row;
  return { agentId, family, metricKey, unit, at };
}

/** The run that a waiting signal names, in hand-written SQL: by its key, else by the id of a trace. */
function runOf(signal: string, workspace: string): string {
  const trace = `${signal}.run_key ~ '^[0-9a-f]{32}$'`;
  return `COALESCE(
    (SELECT id FROM run WHERE workspace_id = ${workspace} AND key = ${signal}.run_key LIMIT 1),
    (SELECT run_id FROM run_trace WHERE workspace_id = ${workspace} AND ${trace}
       AND trace_id = decode(CASE WHEN ${trace} THEN ${signal}.run_key ELSE '' END, 'hex') LIMIT 1))`;
}

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
    // OFFSET 0 keeps it a look by each name: joined as a whole, a million that wait for others would be read for fifty names.
    `SELECT s.id FROM unnest($2::text[]) AS w(name) CROSS JOIN LATERAL (
       SELECT id FROM signal WHERE workspace_id = $1 AND run_key = w.name AND run_id IS NULL AND run_key IS NOT NULL
       OFFSET 0) s`,
    [workspaceId, [...new Set(names)]],
  );
  if (rows.length > 0)
    await joinThese(
      client,
      workspaceId,
      rows.map(({ id }) => id),
    );
}

/**
 * Lets signals join the runs they name, as far as there are such runs. One that was said to be of an agent, by its sender or by the
 * key that speaks for one, and names a run of another is stray: it joins nothing and counts for nobody. The runs must be locked.
 */
async function joinThese(client: Client, workspaceId: string, ids: readonly string[]): Promise<void> {
  const { rows } = await client.query(
    `UPDATE signal s SET run_id = n.run_id, agent_id = n.agent_id, stray = false
     FROM (SELECT w.id, w.agent_id IS NOT NULL AND NOT w.stray AS counted, r.id AS run_id, r.agent_id
             FROM signal w JOIN run r ON r.id = ${runOf('w', '$1')}
            WHERE w.id = ANY($2::uuid[]) AND w.run_id IS NULL AND COALESCE(w.agent_id, r.agent_id) = r.agent_id
            ORDER BY w.id FOR NO KEY UPDATE OF w) n
     WHERE s.id = n.id
     RETURNING s.run_id, s.agent_id, n.counted, s.family, s.metric_key, s.unit, s.value, s.samples, s.is_suite, s.at,
       s.superseded_by IS NULL AS counts`,
    [workspaceId, ids],
  );
  const joined = z.array(joinedRow.extend({ counted: z.boolean() })).parse(rows);
  await addToDays(
    client,
    workspaceId,
    joined
      .filter((row) => row.counts && !row.is_suite && !row.counted)
      .map((row) => ({
        agentId: row.agent_id,
        family: row.family,
        metricKey: row.metric_key,
        unit: row.unit,
        value: row.value,
        samples: row.samples,
        at: row.at,
      })),
  );
  if (joined.length < ids.length) await leaveStray(client, workspaceId, ids);
  await rescoreRuns(client, [...new Set(joined.map((row) => row.run_id))]);
}

/** Takes signals whose run is another agent's out of what counts, and says so in the audit log. */
async function leaveStray(client: Client, workspaceId: string, ids: readonly string[]): Promise<void> {
  const { rows } = await client.query(
    `UPDATE signal s SET stray = true
     FROM (SELECT w.id, r.id AS run_id FROM signal w JOIN run r ON r.id = ${runOf('w', '$1')}
            WHERE w.id = ANY($2::uuid[]) AND w.run_id IS NULL AND NOT w.stray AND w.agent_id <> r.agent_id
            ORDER BY w.id FOR NO KEY UPDATE OF w) n
     WHERE s.id = n.id RETURNING n.run_id, s.agent_id, s.family, s.metric_key, s.unit, s.at`,
    [workspaceId, ids],
  );
  const stray = z.array(movedRow).parse(rows);
  if (stray.length === 0) return;
  await recountDays(client, workspaceId, stray.map(dayOf));
  const actor = { kind: 'system', workspaceId } as const;
  const runs = [...new Set(stray.map((row) => row.run_id))];
  await appendAudit(
    client,
    runs.map((runId) => ({
      workspaceId,
      actor,
      action: 'signal.strayed',
      subject: `run:${runId}`,
      detail: {
        count: stray.filter((row) => row.run_id === runId).length,
        agents: [...new Set(stray.filter((row) => row.run_id === runId).map((row) => row.agent_id))],
      },
    })),
  );
  await notify(client, { workspaceId, topic: 'signal', id: '' });
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
 * contract, and those that were stray because they were said to be of it join. The runs must be locked.
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
     RETURNING s.run_id, s.agent_id, n.had_agent, s.family, s.metric_key, s.unit, s.at`,
    [runIds],
  );
  const moved = z.array(movedRow.extend({ had_agent: z.string().nullable() })).parse(rows);
  await recountDays(
    client,
    workspaceId,
    moved.flatMap((row) =>
      [row.agent_id, row.had_agent].flatMap((agentId) =>
        agentId === null ? [] : [{ ...dayOf(row), agentId }],
      ),
    ),
  );
  if (moved.length > 0) await rescoreRuns(client, runIds);
  const { rows: names } = await client.query<{ name: string }>(
    `SELECT key AS name FROM run WHERE id = ANY($1::uuid[])
     UNION SELECT encode(trace_id, 'hex') FROM run_trace WHERE run_id = ANY($1::uuid[])`,
    [runIds],
  );
  await joinWaiting(
    client,
    workspaceId,
    names.map(({ name }) => name),
  );
}

/** How many waiting signals a step of the sweep looks at, and how many an agent takes in one transaction. */
const AT_ONCE = 1000;

const waitingRows = z.array(
  z.object({
    workspace_id: z.string(),
    id: z.string(),
    us: z.string(),
    run_id: z.string().nullable(),
  }),
);

/**
 * Joins what still waits to runs and agents that are there by now: a signal and its run that came at the same moment did not
 * see each other, and agents come without runs too. Looks at what came in since then, once each and a thousand at a time;
 * what waits for longer joins when its run comes (`joinWaiting`). Returns how many there were.
 */
export async function sweepWaiting(since: Date): Promise<number> {
  let joined = 0;
  let after = { us: String(BigInt(since.getTime()) * 1000n), id: '00000000-0000-0000-0000-000000000000' };
  for (let more = true; more; ) {
    const { rows } = await db().query(
      `SELECT s.workspace_id, s.id, (extract(epoch FROM s.received_at) * 1000000)::bigint::text AS us,
         CASE WHEN NOT s.stray THEN ${runOf('s', 's.workspace_id')} END AS run_id
       FROM (SELECT id, workspace_id, received_at, run_key, stray FROM signal WHERE run_id IS NULL AND run_key IS NOT NULL
               AND (received_at, id) > (to_timestamp($1::numeric / 1000000), $2::uuid)
              ORDER BY received_at, id LIMIT ${AT_ONCE}) s ORDER BY s.received_at, s.id`,
      [after.us, after.id],
    );
    const waiting = waitingRows.parse(rows);
    joined += await joinFound(waiting);
    const last = waiting.at(-1);
    more = last !== undefined && waiting.length === AT_ONCE;
    if (last !== undefined) after = last;
  }
  return joined + (await joinAgents());
}

async function joinFound(waiting: z.output<typeof waitingRows>): Promise<number> {
  const byWorkspace = new Map<string, { ids: string[]; runs: Set<string> }>();
  for (const { workspace_id, id, run_id } of waiting) {
    if (run_id === null) continue;
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
  return joined;
}

/**
 * Signals that named an agent nobody knew, now that it is there. Asked of every agent there is by its names, one look into an
 * index each, however many signals wait for others.
 */
async function joinAgents(): Promise<number> {
  const { rows } = await db().query<{ workspace_id: string; agent_id: string; name: string }>(
    `SELECT a.workspace_id, a.id AS agent_id, n.name
       FROM agent a CROSS JOIN LATERAL unnest(array_append(a.aliases, a.name)) AS n(name)
      WHERE EXISTS (SELECT FROM signal s WHERE s.workspace_id = a.workspace_id AND s.agent_name = n.name
                     AND s.agent_id IS NULL AND s.run_key IS NULL)`,
  );
  let joined = 0;
  for (const { workspace_id: workspaceId, agent_id: agentId, name } of rows)
    for (let more = true; more; ) {
      const given = await transact((client) => giveToAgent(client, workspaceId, agentId, name));
      joined += given;
      more = given === AT_ONCE;
    }
  return joined;
}

async function giveToAgent(
  client: Client,
  workspaceId: string,
  agentId: string,
  name: string,
): Promise<number> {
  const { rows } = await client.query<{ family: string; metric_key: string; unit: string | null; at: Date }>(
    `UPDATE signal s SET agent_id = $2
       FROM (SELECT id FROM signal WHERE workspace_id = $1 AND agent_id IS NULL AND run_key IS NULL AND agent_name = $3
              ORDER BY id LIMIT ${AT_ONCE} FOR NO KEY UPDATE) n
      WHERE s.id = n.id RETURNING s.family, s.metric_key, s.unit, s.at`,
    [workspaceId, agentId, name],
  );
  await recountDays(
    client,
    workspaceId,
    rows.map(({ family, metric_key: metricKey, unit, at }) => ({ agentId, family, metricKey, unit, at })),
  );
  return rows.length;
}
