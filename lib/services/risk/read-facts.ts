import { z } from 'zod';
import { type ActionClass, BANDS } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { toolOf, WILDCARD } from '@/lib/decision/compile';
import type { RiskFacts, RunTouches, TouchKind } from '@/lib/scoring/risk-facts';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';

/** So many of the latest runs are looked at, and no more than these have spans together. */
export const RUNS_LOOKED_AT = 500;
const SPANS_LOOKED_AT = 60_000;

/** Why a span could not be told what data it touched. */
export const UNCLASSIFIED = ['no-contract', 'no-name', 'unknown-tool', 'retrieval', 'unrecognised'] as const;
export type Unclassified = (typeof UNCLASSIFIED)[number];

export interface RecentRisk {
  facts: RiskFacts;
  /** Run risk as scored, in the order of `facts.runs`. */
  risks: number[];
  /** Spans of each run that could not be classified, by reason, in the same order. */
  open: ReadonlyMap<Unclassified, number>[];
  /** Whether a call's arguments were not sent, in the same order. */
  argumentsMissing: boolean[];
  /** Calls whose data is known, though it may be none. */
  classified: number;
  /** Spans that could not be classified, by reason; only reasons there are. */
  unclassified: { reason: Unclassified; spans: number; runs: number }[];
  /** Runs with at least one call whose arguments were not sent: nothing could be looked for in them. */
  withoutArguments: number;
}

const runsSchema = z.array(
  z.object({
    id: z.string(),
    key: z.string(),
    started_at: z.date(),
    band: z.enum(BANDS),
    risk: z.number(),
    version_id: z.string().nullable(),
    arguments_missing: z.boolean(),
  }),
);
const callsSchema = z.array(
  z.object({
    run_id: z.string(),
    operation: z.string(),
    tool: z.string().nullable(),
    categories: z.array(z.string()),
    calls: z.number(),
  }),
);

/**
 * What the latest runs of an agent touched, as it was found when they were recorded: tools and data categories of stored
 * spans, no contents. The caller has authorized the reading.
 */
export async function readRecentRisk(workspaceId: string, agentId: string): Promise<RecentRisk> {
  const runs = runsSchema.parse(
    (
      await db().query(
        `SELECT id, key, started_at, band, risk, version_id, arguments_missing FROM (
           SELECT id, key, started_at, band, risk, contract_version_id AS version_id, arguments_missing, span_count,
                  sum(span_count) OVER (ORDER BY started_at DESC, id DESC) AS total
             FROM (SELECT * FROM run WHERE workspace_id = $1 AND agent_id = $2 AND span_count > 0
                    ORDER BY started_at DESC, id DESC LIMIT ${RUNS_LOOKED_AT}) latest) counted
          WHERE total - span_count < ${SPANS_LOOKED_AT} ORDER BY started_at DESC, id DESC`,
        [workspaceId, agentId],
      )
    ).rows,
  );
  const calls = callsSchema.parse(
    (
      await db().query(
        `SELECT w.run_id, s.operation, s.tool, s.categories, count(*)::int AS calls
           FROM unnest($2::uuid[]) AS w(run_id) JOIN run_trace t ON t.run_id = w.run_id
             CROSS JOIN LATERAL (SELECT operation, tool, categories FROM span
               WHERE workspace_id = $1 AND trace_id = t.trace_id
                 AND operation IN ('tool', 'retrieval', 'other') OFFSET 0) s
          GROUP BY w.run_id, s.operation, s.tool, s.categories`,
        [workspaceId, runs.map(({ id }) => id)],
      )
    ).rows,
  );
  const versions = new Map<string, Awaited<ReturnType<typeof contractVersion>>>();
  for (const { version_id: id } of runs)
    if (id !== null && !versions.has(id)) versions.set(id, await contractVersion(id));

  const callsOf = new Map<string, typeof calls>();
  for (const call of calls) callsOf.set(call.run_id, [...(callsOf.get(call.run_id) ?? []), call]);
  const kinds = new Kinds();
  const unclassified = new Map<Unclassified, { spans: number; runs: number }>();
  const open: ReadonlyMap<Unclassified, number>[] = [];
  let classified = 0;
  const touched = runs.map((run): RunTouches => {
    const compiled = run.version_id === null ? null : (versions.get(run.version_id)?.compiled ?? null);
    const here = new Map<Unclassified, number>();
    const touches = new Map<number, number>();
    for (const call of callsOf.get(run.id) ?? []) {
      const entry = compiled === null || call.tool === null ? null : toolOf(compiled, call.tool);
      const reason = unclassifiedBy(call, entry);
      if (reason === null) classified += call.calls;
      else here.set(reason, (here.get(reason) ?? 0) + call.calls);
      if (call.categories.length === 0) continue;
      const kind = kinds.indexOf(call.categories, entry?.action ?? null, entry?.egress ?? false);
      touches.set(kind, (touches.get(kind) ?? 0) + call.calls);
    }
    open.push(here);
    for (const [reason, spans] of here) {
      const known = unclassified.get(reason) ?? { spans: 0, runs: 0 };
      unclassified.set(reason, { spans: known.spans + spans, runs: known.runs + 1 });
    }
    return {
      id: run.id,
      key: run.key,
      startedAt: run.started_at.toISOString(),
      band: run.band,
      touches: [...touches].sort(([a], [b]) => a - b),
    };
  });
  return {
    facts: { kinds: kinds.list, runs: touched },
    risks: runs.map(({ risk }) => risk),
    open,
    argumentsMissing: runs.map((run) => run.arguments_missing),
    classified,
    unclassified: UNCLASSIFIED.flatMap((reason) => {
      const found = unclassified.get(reason);
      return found === undefined ? [] : [{ reason, ...found }];
    }),
    withoutArguments: runs.filter((run) => run.arguments_missing).length,
  };
}

function unclassifiedBy(
  { operation, tool, categories }: z.output<typeof callsSchema>[number],
  entry: { entry: string | null } | null,
): Unclassified | null {
  if (operation === 'retrieval') return 'retrieval';
  if (operation === 'other') return 'unrecognised';
  if (tool === null) return 'no-name';
  if (entry === null) return 'no-contract';
  // What a detector found in it is known, whoever the tool is; that any tool may be called says nothing of this one.
  const named = entry.entry !== null && entry.entry !== WILDCARD;
  return named || categories.length > 0 ? null : 'unknown-tool';
}

class Kinds {
  readonly list: TouchKind[] = [];
  private readonly known = new Map<string, number>();

  indexOf(categories: readonly string[], action: ActionClass | null, egress: boolean): number {
    const key = `${action} ${egress} ${[...categories].sort().join(' ')}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const index = this.list.push({ categories, action, egress }) - 1;
    this.known.set(key, index);
    return index;
  }
}
