import type { PoolClient } from 'pg';
import { z } from 'zod';
import { SIGNAL_FAMILIES, type SignalFamily, signalsOfRun } from '@/lib/scoring/criteria';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { STORED_FACTS, scoreStoredRun, storedFacts } from '@/lib/services/runs/score-stored-run';

type Client = Pick<PoolClient, 'query'>;

const runRows = z.array(
  storedFacts.extend({ id: z.string(), contract_version_id: z.string(), duration_ms: z.number() }),
);
const signalRows = z.array(
  z.object({
    run_id: z.string(),
    family: z.enum(SIGNAL_FAMILIES),
    metric: z.string(),
    unit: z.string().nullable(),
    value: z.number(),
    samples: z.number(),
  }),
);
interface RunSignal {
  family: SignalFamily;
  metric: string;
  unit: string | null;
  value: number;
  samples: number;
}

/**
 * Locks runs in the order of their ids, as everybody does who changes several. Returns whose they are now, by their ids;
 * one that has become part of another meanwhile is missing.
 */
export async function lockRuns(client: Client, runIds: readonly string[]): Promise<Map<string, string>> {
  if (runIds.length === 0) return new Map();
  const { rows } = await client.query<{ id: string; agent_id: string }>(
    'SELECT id, agent_id FROM run WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    [runIds],
  );
  return new Map(rows.map(({ id, agent_id }) => [id, agent_id]));
}

/**
 * Works out anew what criteria say of these runs, locked by the caller, by the signals that name them, and scores them by it
 * under the version and the formula they began with.
 */
export async function rescoreRuns(client: Client, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  const { rows } = await client.query(
    `SELECT r.id, r.contract_version_id, ${STORED_FACTS},
       greatest(0, extract(epoch FROM r.ended_at - r.started_at) * 1000 - r.paused_ms)::float8 AS duration_ms
     FROM run r WHERE r.id = ANY($1::uuid[]) AND r.contract_version_id IS NOT NULL`,
    [runIds],
  );
  const signals = await signalsByRun(client, runIds);
  const changed: Record<string, unknown>[] = [];
  for (const run of runRows.parse(rows)) {
    const { contract } = await contractVersion(run.contract_version_id);
    const { weight, points } = signalsOfRun(contract.quality.criteria, signals.get(run.id) ?? []);
    if (weight === run.signal_weight && points === run.signal_points) continue;
    const score = scoreStoredRun(contract, run, {
      durationMs: run.duration_ms,
      signals: { weight, points },
    });
    changed.push({
      id: run.id,
      weight,
      points,
      score: score?.score ?? null,
      quality: score?.pillars.quality ?? null,
      coverage: score?.coverage ?? 0,
    });
  }
  if (changed.length === 0) return;
  await client.query(
    `UPDATE run r SET signal_weight = n.weight, signal_points = n.points, score = n.score, quality_score = n.quality,
       score_coverage = n.coverage
     FROM json_to_recordset($1::json) AS n(id uuid, weight float8, points float8, score float8, quality float8,
       coverage float8) WHERE r.id = n.id`,
    [JSON.stringify(changed)],
  );
}

async function signalsByRun(client: Client, runIds: readonly string[]): Promise<Map<string, RunSignal[]>> {
  const { rows } = await client.query(
    `SELECT run_id, family, metric_key AS metric, unit, value, samples FROM signal
      WHERE run_id = ANY($1::uuid[]) AND superseded_by IS NULL ORDER BY run_id, at, id`,
    [runIds],
  );
  const byRun = new Map<string, RunSignal[]>();
  for (const { run_id, ...signal } of signalRows.parse(rows)) {
    const list = byRun.get(run_id);
    if (list === undefined) byRun.set(run_id, [signal]);
    else list.push(signal);
  }
  return byRun;
}
