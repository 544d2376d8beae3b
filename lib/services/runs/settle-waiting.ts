import type { PoolClient } from 'pg';
import { z } from 'zod';
import { type Interval, waitingMs } from '@/lib/scoring/waiting';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import type { LeavingRun } from './join-traces';
import type { JudgedRun } from './judge-runs';
import { holdsOf, pausesSchema } from './run-holds';
import { STORED_FACTS, scoreStoredRun, storedFacts } from './score-stored-run';

type Client = Pick<PoolClient, 'query'>;

/** What `pauses` becomes in the statement that ends a run's pause. */
export const PAUSE_ENDED = `CASE WHEN status = 'paused' AND paused_at IS NOT NULL THEN pauses || jsonb_build_array(
    jsonb_build_array(floor(extract(epoch FROM paused_at) * 1000), floor(extract(epoch FROM clock_timestamp()) * 1000)))
  ELSE pauses END`;

const rowsSchema = z.array(
  storedFacts.extend({
    id: z.string(),
    status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']),
    started_ms: z.number(),
    ended_ms: z.number(),
    pauses: pausesSchema,
    paused_at: z.date().nullable(),
    paused_ms: z.number(),
    contract_version_id: z.string().nullable(),
  }),
);

/**
 * Works out anew how long these runs waited for people, from their pauses and all their spans, and scores them by what
 * is left. Called within the transaction that changed either, with the runs locked.
 */
export async function settleWaiting(
  client: Client,
  workspaceId: string,
  runIds: readonly string[],
): Promise<void> {
  if (runIds.length === 0) return;
  const { rows } = await client.query(
    `SELECT r.id, r.status, (extract(epoch FROM r.started_at) * 1000)::float8 AS started_ms,
       (extract(epoch FROM r.ended_at) * 1000)::float8 AS ended_ms, r.pauses, r.paused_at, r.paused_ms,
       r.contract_version_id, ${STORED_FACTS}
     FROM run r WHERE r.id = ANY($1::uuid[])`,
    [runIds],
  );
  for (const run of rowsSchema.parse(rows)) {
    const pauses = holdsOf({
      status: run.status,
      pauses: run.pauses,
      pausedAt: run.paused_at,
      stopRequestedAt: null,
      stoppedAt: null,
    }).map(({ from, until }): Interval => [from, until]);
    const within: Interval = [run.started_ms, run.ended_ms];
    // Most pauses begin when a run has nothing more to tell: then its spans need not be read.
    const calls =
      waitingMs(within, pauses, []) === 0 ? [] : await callsIn(client, workspaceId, run.id, pauses);
    const waited = Math.round(waitingMs(within, pauses, calls));
    if (waited === run.paused_ms) continue;
    const contract =
      run.contract_version_id === null ? null : (await contractVersion(run.contract_version_id)).contract;
    const score =
      contract === null
        ? null
        : scoreStoredRun(contract, run, {
            durationMs: run.ended_ms - run.started_ms - waited,
            signals: { weight: run.signal_weight, points: run.signal_points },
          });
    await client.query(
      `UPDATE run SET paused_ms = $2, score = $3, quality_score = $4, cost_score = $5, score_coverage = $6
        WHERE id = $1`,
      [
        run.id,
        waited,
        score?.score ?? null,
        score?.pillars.quality ?? null,
        score?.pillars.cost ?? null,
        score?.coverage ?? 0,
      ],
    );
  }
}

/** What the run worked while it was paused: calls and model usage, as far as they reach into its pauses. */
async function callsIn(
  client: Client,
  workspaceId: string,
  runId: string,
  pauses: readonly Interval[],
): Promise<Interval[]> {
  const first = Math.min(...pauses.map(([from]) => from));
  const { rows } = await client.query<{ from_ms: number; for_ms: number }>(
    `SELECT (extract(epoch FROM s.started_at) * 1000)::float8 AS from_ms, (s.duration_us / 1000.0)::float8 AS for_ms
       FROM run_trace t CROSS JOIN LATERAL (
         SELECT started_at, duration_us, operation FROM span
          WHERE workspace_id = $1 AND trace_id = t.trace_id OFFSET 0) s
      WHERE t.run_id = $2 AND s.operation IN ('tool', 'model', 'retrieval', 'embedding')
        AND s.started_at + make_interval(secs => s.duration_us / 1000000.0) > to_timestamp($3 / 1000.0)`,
    [workspaceId, runId, first],
  );
  return rows.map(({ from_ms, for_ms }): Interval => [from_ms, from_ms + for_ms]);
}

/** The runs of a batch that people have held back, and those that runs so held have joined. */
export function heldRuns(runs: readonly JudgedRun[], leaving: readonly LeavingRun[]): string[] {
  const held = new Set<string>();
  for (const { work } of runs) if ((work.stored?.holds.length ?? 0) > 0) held.add(work.id);
  for (const { work, to } of leaving) if ((work.stored?.holds.length ?? 0) > 0) held.add(to);
  return [...held];
}
