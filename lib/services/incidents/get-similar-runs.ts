import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { parseFingerprint } from '@/lib/response/fingerprint';
import { type Distance, distance, type LikenessFacts } from '@/lib/response/similar-runs';
import type { RunStatus } from '@/lib/services/runs/run-filters';
import { findIncident } from './find-incident';

export interface SimilarRun {
  key: string;
  startedAt: string;
  status: RunStatus;
  band: Band;
  /** Clauses it broke, the worst first. */
  clauses: string[];
  /** The incident that is about it, and how that went. */
  incident: {
    number: number;
    state: 'open' | 'acknowledged' | 'resolved';
    resolution: 'resumed' | 'stopped' | null;
  } | null;
  distance: Distance;
}

/** Runs that are looked at: those of the agent that broke a clause, and those it did last. */
const BROKEN = 200;
const LATEST = 100;
/** Whose paths are read, and how many are shown. */
const SHORTLIST = 24;
const SHOWN = 5;
const MOST_CALLS = 200;
/** Runs that have less in common than this are not similar. */
const FARTHEST = 0.75;

interface Row {
  id: string;
  key: string;
  startedAt: Date;
  status: RunStatus;
  band: Band;
  fingerprint: unknown;
  clauses: string[];
  number: number | null;
  state: 'open' | 'acknowledged' | 'resolved' | null;
  resolution: 'resumed' | 'stopped' | null;
}

/**
 * Earlier runs of the agent that are most like the one that opened the incident (lib/response/similar-runs.ts), nearest
 * first, and how each ended. Throws `not_found`.
 */
export async function getSimilarRuns(actor: Actor, number: number): Promise<SimilarRun[]> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const { agentId, runId } = await findIncident(actor, number);
  const { rows } = await db().query<Row>(
    `WITH own AS (SELECT started_at FROM run WHERE id = $3),
     looked AS (
       SELECT $3::uuid AS id
       UNION (SELECT b.run_id FROM breach b, own WHERE b.agent_id = $2 AND b.happened_at < own.started_at
               ORDER BY b.happened_at DESC LIMIT ${BROKEN})
       UNION (SELECT r.id FROM run r, own WHERE r.workspace_id = $1 AND r.agent_id = $2 AND r.started_at < own.started_at
               ORDER BY r.started_at DESC, r.id DESC LIMIT ${LATEST}))
     SELECT r.id, r.key, r.started_at AS "startedAt", r.status, r.band, r.fingerprint,
            ARRAY(SELECT b.clause FROM breach b WHERE b.run_id = r.id
                   ORDER BY array_position(ARRAY['critical','high','medium','low'], b.severity), b.happened_at LIMIT 50) AS clauses,
            i.number, i.state, m.resolution
       FROM looked JOIN run r ON r.id = looked.id
       LEFT JOIN LATERAL (SELECT incident_id, resolution FROM incident_run WHERE run_id = r.id
                           ORDER BY joined_at DESC LIMIT 1) m ON true
       LEFT JOIN incident i ON i.id = m.incident_id
      WHERE r.workspace_id = $1 AND r.span_count > 0
      ORDER BY r.started_at DESC, r.id DESC`,
    [workspaceId, agentId, runId],
  );
  const own = rows.find((row) => row.id === runId);
  if (own === undefined) return [];
  // Without their paths first: a path costs a look at the run's spans.
  const bare = likeness(own, []);
  const near = rows
    .filter((row) => row.id !== runId)
    .map((row) => ({ row, bare: distance(bare, likeness(row, [])).total }))
    .sort((a, b) => a.bare - b.bare)
    .slice(0, SHORTLIST);
  const paths = await pathsOf(workspaceId, [runId, ...near.map((one) => one.row.id)]);
  const whole = likeness(own, paths.get(runId) ?? []);
  return near
    .map(({ row }) => ({ row, distance: distance(whole, likeness(row, paths.get(row.id) ?? [])) }))
    .filter((one) => one.distance.total <= FARTHEST)
    .sort((a, b) => a.distance.total - b.distance.total)
    .slice(0, SHOWN)
    .map(({ row, distance: how }) => ({
      key: row.key,
      startedAt: row.startedAt.toISOString(),
      status: row.status,
      band: row.band,
      clauses: [...new Set(row.clauses)],
      incident:
        row.number === null || row.state === null
          ? null
          : { number: row.number, state: row.state, resolution: row.resolution },
      distance: how,
    }));
}

function likeness(row: Row, path: readonly string[]): LikenessFacts {
  return { clauses: row.clauses, fingerprint: parseFingerprint(row.fingerprint), path };
}

/** The tools each run called, in order, the first 200 calls. */
async function pathsOf(workspaceId: string, runIds: readonly string[]): Promise<Map<string, string[]>> {
  const { rows } = await db().query<{ id: string; path: string[] }>(
    `SELECT w.id, p.path FROM unnest($2::uuid[]) AS w(id)
       CROSS JOIN LATERAL (SELECT array_agg(c.tool ORDER BY c.started_at, c.trace_id, c.span_id) AS path FROM (
         SELECT s.tool, s.started_at, s.trace_id, s.span_id FROM run_trace t
           JOIN span s ON s.workspace_id = t.workspace_id AND s.trace_id = t.trace_id
          WHERE t.run_id = w.id AND t.workspace_id = $1 AND s.operation = 'tool' AND s.tool IS NOT NULL
          ORDER BY s.started_at, s.trace_id, s.span_id LIMIT ${MOST_CALLS}) c) p
      WHERE p.path IS NOT NULL`,
    [workspaceId, runIds],
  );
  return new Map(rows.map((row) => [row.id, row.path]));
}
