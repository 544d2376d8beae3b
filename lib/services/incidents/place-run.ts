import type { PoolClient } from 'pg';
import { BANDS, type Band } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { lastOf } from '@/lib/response/grouping';

type Client = Pick<PoolClient, 'query'>;

/** A run that has just broken clauses, `worst` above all. */
export interface BreachingRun {
  workspaceId: string;
  run: { id: string };
  agent: { id: string };
  breaches: readonly { happenedAt: Date }[];
  worst: { clause: string; severity: Band; message: string; happenedAt: Date };
  now: Date;
}

/** The incident that a run's breaches belong to, and what they made of it. */
export interface Placed {
  id: string;
  number: number;
  /**
   * `opened` and `reopened`: nobody looked at it. `joined`: the run came to one that waits, or was of it already. `stopped`: the
   * run's incident ended by stopping it, and nothing was changed.
   */
  how: 'opened' | 'reopened' | 'joined' | 'stopped';
  /** Of `joined`: it is worse than before. */
  rose: boolean;
  /** Of `joined`: the run was not of it before. */
  isNew: boolean;
  /** Runs it is about, this one included. */
  runs: number;
}

interface Known {
  id: string;
  number: number;
  severity: Band;
  was: 'open' | 'resumed' | 'stopped';
}

/**
 * Finds the incident that these breaches belong to and writes the run into it, inside the transaction that stored them, with
 * the run and its agent locked: the one that waits because of this run; else one about the same clause of the same
 * agent that nobody has resolved; else the run's own that was resolved by resuming it; else a new one.
 */
export async function placeRun(client: Client, breaching: BreachingRun): Promise<Placed> {
  const own = await ownIncident(client, breaching.run.id);
  if (own?.was === 'stopped') return { ...own, how: 'stopped', rose: false, isNew: false, runs: 0 };
  if (own?.was === 'open') return join(client, breaching, own, false);
  const others = await incidentAbout(client, breaching);
  if (others !== null) return join(client, breaching, others, true);
  if (own !== null) return reopen(client, breaching, own);
  return open(client, breaching);
}

async function ownIncident(client: Client, runId: string): Promise<Known | null> {
  const { rows } = await client.query<Known>(
    `SELECT i.id, i.number, i.severity,
            CASE WHEN t.closed_at IS NULL AND i.state <> 'resolved' THEN 'open'
                 ELSE coalesce(t.resolution, i.resolution) END AS was
       FROM incident_run t JOIN incident i ON i.id = t.incident_id WHERE t.run_id = $1
      ORDER BY t.closed_at IS NULL DESC, t.joined_at DESC, i.number DESC LIMIT 1 FOR UPDATE OF i`,
    [runId],
  );
  return rows[0] ?? null;
}

/** About the clause: it is its worst, or that of one of its runs. */
async function incidentAbout(client: Client, { agent, worst }: BreachingRun): Promise<Known | null> {
  const { rows } = await client.query<Known>(
    `SELECT i.id, i.number, i.severity, 'open' AS was FROM incident i
      WHERE i.agent_id = $1 AND i.state <> 'resolved' AND (i.clause = $2 OR EXISTS (
        SELECT FROM incident_run t WHERE t.incident_id = i.id AND t.clause = $2))
      ORDER BY i.number LIMIT 1 FOR UPDATE OF i`,
    [agent.id, worst.clause],
  );
  return rows[0] ?? null;
}

async function join(client: Client, breaching: BreachingRun, to: Known, isNew: boolean): Promise<Placed> {
  const { worst } = breaching;
  const added = isNew ? await writeRun(client, breaching, to.id) : 0;
  if (!isNew)
    await client.query(
      `UPDATE incident_run SET breaches = breaches + $3, last_breached_at = greatest(last_breached_at, $4),
         clause = CASE WHEN $6 > array_position($7::text[], severity) THEN $5 ELSE clause END,
         severity = ($7::text[])[greatest($6, array_position($7::text[], severity))]
       WHERE incident_id = $1 AND run_id = $2`,
      [
        to.id,
        breaching.run.id,
        breaching.breaches.length,
        lastOf(breaching.breaches),
        worst.clause,
        BANDS.indexOf(worst.severity) + 1,
        BANDS,
      ],
    );
  const rose = BANDS.indexOf(worst.severity) > BANDS.indexOf(to.severity);
  // Worse than whoever took it on knew: it waits for somebody again.
  const { rows } = await client.query<{ runs: number }>(
    `UPDATE incident SET run_count = run_count + $2, breach_count = breach_count + $3,
       last_breached_at = greatest(last_breached_at, $4), title = CASE WHEN $5 THEN $6 ELSE title END,
       clause = CASE WHEN $5 THEN $7 ELSE clause END, severity = CASE WHEN $5 THEN $8 ELSE severity END,
       state = CASE WHEN $5 THEN 'open' ELSE state END,
       acknowledged_at = CASE WHEN $5 THEN NULL ELSE acknowledged_at END,
       acknowledged_by_id = CASE WHEN $5 THEN NULL ELSE acknowledged_by_id END
     WHERE id = $1 RETURNING run_count AS runs`,
    [
      to.id,
      added,
      breaching.breaches.length,
      lastOf(breaching.breaches),
      rose,
      worst.message,
      worst.clause,
      worst.severity,
    ],
  );
  return { id: to.id, number: to.number, how: 'joined', rose, isNew, runs: rows[0]?.runs ?? 1 };
}

/** As if it were new, under its number. */
async function reopen(client: Client, breaching: BreachingRun, known: Known): Promise<Placed> {
  const { worst, now } = breaching;
  const added = await writeRun(client, breaching, known.id);
  const { rows } = await client.query<{ runs: number }>(
    `UPDATE incident SET state = 'open', run_id = $2, title = $3, clause = $4, severity = $5, operator_id = NULL,
       breached_at = $6, opened_at = $7, paged_at = NULL, paused_at = NULL, acknowledged_at = NULL,
       acknowledged_by_id = NULL, resolved_at = NULL, resolved_by_id = NULL, resolution = NULL, reason = NULL,
       run_count = run_count + $8, breach_count = breach_count + $9, last_breached_at = $10
     WHERE id = $1 RETURNING run_count AS runs`,
    [
      known.id,
      breaching.run.id,
      worst.message,
      worst.clause,
      worst.severity,
      worst.happenedAt,
      now,
      added,
      breaching.breaches.length,
      lastOf(breaching.breaches),
    ],
  );
  return {
    id: known.id,
    number: known.number,
    how: 'reopened',
    rose: false,
    isNew: false,
    runs: rows[0]?.runs ?? 1,
  };
}

async function open(client: Client, breaching: BreachingRun): Promise<Placed> {
  const { workspaceId, run, agent, worst, now } = breaching;
  const id = newId();
  const { rows } = await client.query<{ number: number }>(
    `WITH numbered AS (
       UPDATE workspace SET next_incident = next_incident + 1 WHERE id = $2 RETURNING next_incident - 1 AS number)
     INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, breached_at, opened_at,
       breach_count, last_breached_at)
     SELECT $1, $2, number, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM numbered RETURNING number`,
    [
      id,
      workspaceId,
      run.id,
      agent.id,
      worst.message,
      worst.clause,
      worst.severity,
      worst.happenedAt,
      now,
      breaching.breaches.length,
      lastOf(breaching.breaches),
    ],
  );
  const number = rows[0]?.number;
  if (number === undefined) throw new Error(`There is no workspace ${workspaceId}.`);
  await writeRun(client, breaching, id);
  return { id, number, how: 'opened', rose: false, isNew: true, runs: 1 };
}

/** The run waits because of the incident from now on. Answers how many runs that adds to it: none when it came back. */
async function writeRun(client: Client, breaching: BreachingRun, incidentId: string): Promise<number> {
  const { workspaceId, run, breaches, worst, now } = breaching;
  const { rows } = await client.query<{ added: number }>(
    `INSERT INTO incident_run (workspace_id, incident_id, run_id, clause, severity, breached_at, last_breached_at,
       breaches, joined_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (incident_id, run_id) DO UPDATE SET clause = excluded.clause, severity = excluded.severity,
       breached_at = excluded.breached_at, last_breached_at = excluded.last_breached_at,
       breaches = incident_run.breaches + excluded.breaches, joined_at = excluded.joined_at, paused_at = NULL,
       closed_at = NULL, resolution = NULL
     RETURNING (xmax = 0)::int AS added`,
    [
      workspaceId,
      incidentId,
      run.id,
      worst.clause,
      worst.severity,
      worst.happenedAt,
      lastOf(breaches),
      breaches.length,
      now,
    ],
  );
  return rows[0]?.added ?? 0;
}
