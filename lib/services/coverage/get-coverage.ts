import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type Coverage, coverageOf, type Ungoverned } from '@/lib/contract/coverage';
import { readStored } from '@/lib/contract/parse';
import { BANDS } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

/** More runs than this are not looked at: the latest tell most, and a large estate must not wait for all. */
const MOST_RUNS = 1000;
/** For the workspace defaults: of so many agents without a contract, so many runs each. */
const MOST_AGENTS = 40;
const RUNS_OF_EACH = 50;
export const COVERAGE_DAYS = 30;

export interface ContractCoverage extends Omit<Coverage, 'ungoverned'> {
  days: number;
  /** Runs looked at. */
  runs: number;
  /** True when there were more in that time than are looked at. */
  cut: boolean;
  ungoverned: (Ungoverned & { examples: { runId: string; key: string }[] })[];
}

const rowSchema = z.object({
  kind: z.enum(['runs', 'tool', 'category', 'clause', 'band', 'severity']),
  name: z.string(),
  runs: z.number(),
  allowed: z.boolean(),
  examples: z.array(z.string()),
});

/**
 * A contract version held against what its agent's runs of the last 30 days did (those of agents without a contract, for the
 * workspace defaults). Reads at most the latest 1,000 runs, by index. Throws `not_found`.
 */
export async function getCoverage(actor: Actor, versionId: string): Promise<ContractCoverage> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  authorize(actor, 'run.read', { workspaceId });
  const missing = new AppError('not_found', 'There is no such contract version in this workspace.');
  if (!z.uuid().safeParse(versionId).success) throw missing;
  const found = await db().query<{ agentId: string | null; document: unknown }>(
    `SELECT agent_id AS "agentId", document FROM contract_version WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, versionId],
  );
  const version = found.rows[0];
  if (version === undefined) throw missing;
  const since = new Date(Date.now() - COVERAGE_DAYS * 86_400_000);
  const { rows } = await db().query(version.agentId === null ? OF_DEFAULTS : OF_AGENT, [
    workspaceId,
    since,
    ...(version.agentId === null ? [] : [version.agentId]),
  ]);
  const seen = z.array(rowSchema).parse(rows);
  const of = (kind: z.output<typeof rowSchema>['kind']) => seen.filter((row) => row.kind === kind);
  const runs = of('runs')[0]?.runs ?? 0;
  const isBand = (name: string) => BANDS.filter((band) => band === name);
  const { ungoverned, ...coverage } = coverageOf(readStored(version.document), {
    runs,
    tools: of('tool'),
    categories: of('category'),
    clauses: of('clause').map((row) => row.name),
    bands: of('band').flatMap((row) => isBand(row.name)),
    severities: of('severity').flatMap((row) => isBand(row.name)),
  });
  const examplesOf = (each: Ungoverned) =>
    each.kind === 'action' ? [] : (of(each.kind).find((row) => row.name === each.name)?.examples ?? []);
  const keys = await keysOf(workspaceId, ungoverned.flatMap(examplesOf));
  return {
    ...coverage,
    days: COVERAGE_DAYS,
    runs,
    cut: runs >= (version.agentId === null ? MOST_AGENTS * RUNS_OF_EACH : MOST_RUNS),
    ungoverned: ungoverned.map((each) => ({
      ...each,
      examples: examplesOf(each).map((runId) => ({ runId, key: keys.get(runId) ?? runId })),
    })),
  };
}

async function keysOf(workspaceId: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db().query<{ id: string; key: string }>(
    'SELECT id, key FROM run WHERE workspace_id = $1 AND id = ANY($2)',
    [workspaceId, ids],
  );
  return new Map(rows.map((row) => [row.id, row.key]));
}

/** Runs first, by the index on agent and time; everything else hangs on their ids. */
function sql(latest: string): string {
  return `
WITH latest AS MATERIALIZED (${latest}),
calls AS MATERIALIZED (
  SELECT l.id AS run, s.tool, s.lane, s.categories, s.clauses
    FROM latest l JOIN run_trace t ON t.run_id = l.id
    JOIN span s ON s.workspace_id = $1 AND s.trace_id = t.trace_id
   WHERE s.tool IS NOT NULL OR s.categories <> '{}'
  UNION ALL
  SELECT l.id, d.tool, d.lane, d.categories,
         ARRAY(SELECT f ->> 'clause' FROM jsonb_array_elements(d.clauses) AS f WHERE f ->> 'clause' IS NOT NULL)
    FROM latest l JOIN decision d ON d.run_id = l.id
)
SELECT 'runs' AS kind, '' AS name, count(*) AS runs, true AS allowed, '{}'::text[] AS examples FROM latest
UNION ALL
SELECT 'tool', tool, count(DISTINCT run), coalesce(bool_or(lane = 'allow'), false),
       (array_agg(DISTINCT run::text ORDER BY run::text DESC))[1:3]
  FROM calls WHERE tool IS NOT NULL GROUP BY tool
UNION ALL
SELECT 'category', c, count(DISTINCT run), true, (array_agg(DISTINCT run::text ORDER BY run::text DESC))[1:3]
  FROM calls, unnest(categories) AS c GROUP BY c
UNION ALL
SELECT 'clause', c, count(DISTINCT run), true, '{}' FROM calls, unnest(clauses) AS c GROUP BY c
UNION ALL
SELECT 'clause', b.clause, count(DISTINCT l.id), true, '{}'
  FROM latest l JOIN breach b ON b.run_id = l.id GROUP BY b.clause
UNION ALL
SELECT 'severity', b.severity, count(DISTINCT l.id), true, '{}'
  FROM latest l JOIN breach b ON b.run_id = l.id GROUP BY b.severity
UNION ALL
SELECT 'band', band, count(*), true, '{}' FROM latest WHERE band IS NOT NULL GROUP BY band`;
}

const OF_AGENT = sql(`
  SELECT id, band FROM run WHERE workspace_id = $1 AND started_at >= $2 AND agent_id = $3
   ORDER BY started_at DESC, id DESC LIMIT ${MOST_RUNS}`);

const OF_DEFAULTS = sql(`
  SELECT r.id, r.band
    FROM (SELECT id FROM agent WHERE workspace_id = $1 AND contract_version_id IS NULL AND last_run_at >= $2
           ORDER BY last_run_at DESC LIMIT ${MOST_AGENTS}) a
    CROSS JOIN LATERAL (
      SELECT id, band FROM run WHERE workspace_id = $1 AND started_at >= $2 AND agent_id = a.id
       ORDER BY started_at DESC, id DESC LIMIT ${RUNS_OF_EACH}) r`);
