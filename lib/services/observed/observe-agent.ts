import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type Observed, type ObservedTool, type RunRef, spreadOf } from '@/lib/contract/observed';
import { db } from '@/lib/db/pool';
import { type FoundAgent, findAgent } from '@/lib/services/agents/find-agent';
import { readStoredSpan, STORED_SPAN } from '@/lib/services/runs/span-rows';

/** How far back, how many runs for figures of a run, of how many of them spans are read, and how many spans. */
export const OBSERVED = {
  days: 90,
  runs: 1000,
  sampledRuns: 200,
  spans: 20_000,
  samples: 40,
  tools: 200,
} as const;

export interface ObservedOfAgent {
  agent: FoundAgent;
  observed: Observed;
}

interface RunRow extends RunRef {
  started: Date;
  cost: number;
  priced: boolean;
  tokens: number;
  calls: number;
  repeats: number | null;
  by_tool: Record<string, number> | null;
}

/**
 * What an agent did in its latest runs that began in the 90 days before `asOf`: figures over up to 1,000 runs, data and
 * arguments from the spans of the latest 200. Throws `not_found`.
 */
export async function observeAgent(actor: Actor, name: string, asOf: Date): Promise<ObservedOfAgent> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const agent = await findAgent(actor, name);
  const [runs, days] = await Promise.all([
    runsOf(workspaceId, agent.id, asOf),
    db().query<{ cost: number }>(
      `SELECT cost_usd AS cost FROM agent_spend
        WHERE workspace_id = $1 AND agent_id = $2 AND cost_usd > 0
          AND day > ($3::timestamptz AT TIME ZONE 'UTC')::date - ${OBSERVED.days}
          AND day <= ($3::timestamptz AT TIME ZONE 'UTC')::date`,
      [workspaceId, agent.id, asOf],
    ),
  ]);
  const sampled = runs.slice(0, OBSERVED.sampledRuns).map((run) => run.id);
  const seen = await spansOf(workspaceId, sampled);
  const of = (value: (run: RunRow) => number | null) =>
    spreadOf(
      runs.flatMap((run) => {
        const figure = value(run);
        return figure === null ? [] : [{ value: figure, run: { id: run.id, key: run.key } }];
      }),
    );
  const latest = runs[0];
  return {
    agent,
    observed: {
      runs: runs.length,
      sampledRuns: sampled.length,
      from: runs.at(-1)?.started.toISOString() ?? null,
      to: latest?.started.toISOString() ?? null,
      perRun: {
        costUsd: of((run) => (run.priced ? run.cost : null)),
        tokens: of((run) => run.tokens),
        calls: of((run) => run.calls),
        repeats: of((run) => run.repeats),
      },
      perDayUsd: daysSpread(days.rows),
      unpricedRuns: runs.filter((run) => !run.priced).length,
      tools: toolsOf(runs, seen),
    },
  };
}

/** A day is no run, so it has none to show. */
function daysSpread(days: readonly { cost: number }[]): Observed['perDayUsd'] {
  const spread = spreadOf(days.map((day) => ({ value: day.cost, run: { id: '', key: '' } })));
  return spread === null ? null : { ...spread, examples: [] };
}

async function runsOf(workspaceId: string, agentId: string, asOf: Date): Promise<RunRow[]> {
  const { rows } = await db().query<RunRow>(
    `SELECT id, key, started_at AS started, cost_usd AS cost, unpriced_calls = 0 AS priced,
            input_tokens + output_tokens AS tokens, tool_calls AS calls,
            (SELECT max(made.times::float8)::int
               FROM jsonb_each(CASE jsonb_typeof(facts -> 'repeats') WHEN 'object' THEN facts -> 'repeats' ELSE '{}' END) tool,
                    jsonb_each_text(tool.value) AS made(call, times)) AS repeats,
            CASE jsonb_typeof(facts -> 'callsByTool') WHEN 'object' THEN facts -> 'callsByTool' END AS by_tool
       FROM run
      WHERE workspace_id = $1 AND agent_id = $2
        AND started_at <= $3 AND started_at > $3::timestamptz - make_interval(days => ${OBSERVED.days})
      ORDER BY started_at DESC, id DESC LIMIT ${OBSERVED.runs}`,
    [workspaceId, agentId, asOf],
  );
  return rows;
}

interface Seen {
  calls: number;
  failures: number;
  categories: Map<string, ObservedTool['categories'][number]>;
  arguments: ObservedTool['arguments'];
}

/** What the spans of these runs say of each tool. */
async function spansOf(workspaceId: string, runIds: readonly string[]): Promise<Map<string, Seen>> {
  const tools = new Map<string, Seen>();
  const calls = `SELECT s.tool, s.status, s.categories, s.trace_id, s.span_id, s.started_at, t.run_id
      FROM run_trace t JOIN span s ON s.workspace_id = t.workspace_id AND s.trace_id = t.trace_id
     WHERE t.workspace_id = $1 AND t.run_id = ANY($2) AND s.operation = 'tool' AND s.tool IS NOT NULL
     LIMIT ${OBSERVED.spans}`;
  const [counted, touched, sampled] = await Promise.all([
    db().query<{ tool: string; calls: number; failures: number }>(
      `SELECT tool, count(*) AS calls, count(*) FILTER (WHERE status = 'error') AS failures
         FROM (${calls}) AS call GROUP BY tool`,
      [workspaceId, runIds],
    ),
    db().query<{ tool: string; category: string; calls: number; examples: RunRef[] }>(
      `SELECT made.tool, made.category, made.calls, shown.examples
         FROM (SELECT tool, category, count(*) AS calls, (array_agg(DISTINCT run_id))[1:3] AS run_ids
                 FROM (${calls}) AS call, unnest(categories) AS category GROUP BY tool, category) AS made,
              LATERAL (SELECT jsonb_agg(jsonb_build_object('id', r.id, 'key', r.key)) AS examples
                         FROM run r WHERE r.id = ANY(made.run_ids)) AS shown
        ORDER BY made.calls DESC, made.category`,
      [workspaceId, runIds],
    ),
    db().query(
      `WITH latest AS (
         SELECT trace_id, span_id FROM (
           SELECT trace_id, span_id, row_number() OVER (PARTITION BY tool ORDER BY started_at DESC, span_id) AS place
             FROM (${calls}) AS call) AS numbered
          WHERE place <= ${OBSERVED.samples} LIMIT ${OBSERVED.samples * OBSERVED.tools})
       SELECT ${STORED_SPAN} FROM latest l
         JOIN span s ON s.workspace_id = $1 AND s.trace_id = l.trace_id AND s.span_id = l.span_id`,
      [workspaceId, runIds],
    ),
  ]);
  for (const { tool, calls: count, failures } of counted.rows)
    tools.set(tool, {
      calls: count,
      failures,
      categories: new Map(),
      arguments: { values: [], missing: 0 },
    });
  for (const { tool, ...found } of touched.rows) tools.get(tool)?.categories.set(found.category, found);
  for (const row of sampled.rows) {
    const { tool } = readStoredSpan(row).span;
    const known = tool === null ? undefined : tools.get(tool.name);
    if (tool === null || known === undefined) continue;
    if (tool.arguments === undefined) known.arguments.missing += 1;
    else known.arguments.values.push(tool.arguments);
  }
  return tools;
}

/** Tools by how often they were called. */
function toolsOf(runs: readonly RunRow[], seen: ReadonlyMap<string, Seen>): ObservedTool[] {
  const made = new Map<string, { value: number; run: RunRef }[]>();
  for (const { id, key, by_tool } of runs)
    for (const [tool, calls] of Object.entries(by_tool ?? {}))
      made.set(tool, [...(made.get(tool) ?? []), { value: calls, run: { id, key } }]);
  return [...made]
    .flatMap(([name, figures]): ObservedTool[] => {
      const callsPerRun = spreadOf(figures);
      if (callsPerRun === null) return [];
      const spans = seen.get(name);
      return [
        {
          name,
          calls: figures.reduce((sum, { value }) => sum + value, 0),
          runs: figures.length,
          callsPerRun,
          sampled: { calls: spans?.calls ?? 0, failures: spans?.failures ?? 0 },
          categories: [...(spans?.categories.values() ?? [])],
          arguments: spans?.arguments ?? { values: [], missing: 0 },
          examples: figures.slice(0, 3).map(({ run }) => run),
        },
      ];
    })
    .sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1))
    .slice(0, OBSERVED.tools);
}
