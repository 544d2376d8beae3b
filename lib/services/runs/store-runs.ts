import type { PoolClient } from 'pg';
import { SCORE_FORMULA, scoreRun } from '@/lib/scoring/performance';
import { runRisk } from '@/lib/scoring/risk';
import { copyRows, type Field, textArray } from './copy-rows';
import type { Verdict } from './fold-calls';
import type { JudgedRun } from './judge-runs';
import { byteaArray, type RunStatus } from './load-runs';
import type { RunFold } from './run-fold';
import type { RunSpan } from './run-span';

type Client = Pick<PoolClient, 'query'>;

/** The columns of `run` that intake writes, with the types they are read back from JSON by. */
const COLUMNS = {
  agent_id: 'uuid',
  key: 'text',
  conversation_id: 'text',
  status: 'text',
  started_at: 'timestamptz',
  ended_at: 'timestamptz',
  contract_version_id: 'uuid',
  contract_digest: 'text',
  span_count: 'int',
  tool_calls: 'int',
  model_calls: 'int',
  error_count: 'int',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cost_usd: 'float8',
  reported_cost_usd: 'float8',
  unpriced_calls: 'int',
  risk: 'float8',
  band: 'text',
  score: 'float8',
  risk_score: 'float8',
  quality_score: 'float8',
  cost_score: 'float8',
  score_coverage: 'float8',
  score_formula: 'int',
  breach_count: 'int',
  lane: 'text',
  unknown_tools: 'text[]',
  faults: 'text[]',
  arguments_missing: 'boolean',
  facts: 'jsonb',
  fold: 'json',
  fingerprint: 'json',
  root_ended: 'boolean',
  stopped_at: 'timestamptz',
  breaches_low: 'int',
  breaches_medium: 'int',
  breaches_high: 'int',
  breaches_critical: 'int',
} as const;
type Column = keyof typeof COLUMNS;
type RunRecord = { id: string } & Record<Column, unknown>;

const COLUMN_NAMES = Object.keys(COLUMNS).filter((name): name is Column => name in COLUMNS);
const TYPED = Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');
/** `stopped_at` and `lane` have other writers too. */
const SET = Object.keys(COLUMNS)
  .map((name) => {
    if (name === 'stopped_at') return 'stopped_at = COALESCE(r.stopped_at, n.stopped_at)';
    if (name === 'lane')
      return `lane = (SELECT lane FROM (SELECT n.lane UNION ALL SELECT d.lane FROM decision d WHERE d.run_id = r.id) l
                      ORDER BY array_position('{block,escalate,degrade,allow}', lane) LIMIT 1)`;
    return `${name} = n.${name}`;
  })
  .join(', ');

/**
 * Writes new runs in the order of their keys. When another plane has just begun one of them, the database waits for it
 * and then fails the transaction: it is begun again and finds that run.
 */
export async function insertRuns(
  client: PoolClient,
  workspaceId: string,
  runs: readonly JudgedRun[],
): Promise<void> {
  if (runs.length === 0) return;
  const sorted = [...runs].sort((a, b) => (a.work.key < b.work.key ? -1 : 1));
  await copyRows(
    client,
    'run',
    ['id', 'workspace_id', ...COLUMN_NAMES],
    sorted.map((run) => {
      const row = record(run);
      return [run.work.id, workspaceId, ...COLUMN_NAMES.map((name) => asField(row[name]))];
    }),
  );
}

function asField(value: unknown): Field {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  // The only lists among the columns are of texts; everything else is JSON.
  return Array.isArray(value) ? textArray(value) : JSON.stringify(value);
}

/** Writes what became of runs that this transaction has locked. */
export async function updateRuns(client: Client, runs: readonly JudgedRun[]): Promise<void> {
  if (runs.length === 0) return;
  await client.query(
    `UPDATE run r SET ${SET}, revision = r.revision + 1
     FROM json_to_recordset($1::json) AS n(id uuid, ${TYPED}) WHERE r.id = n.id`,
    [JSON.stringify(runs.map(record))],
  );
}

/** Writes which run each new trace belongs to. Fails like `insertRuns` when another plane has just assigned one. */
export async function insertTraces(
  client: PoolClient,
  workspaceId: string,
  traces: readonly { traceId: string; runId: string }[],
): Promise<void> {
  if (traces.length === 0) return;
  const sorted = [...traces].sort((a, b) => (a.traceId < b.traceId ? -1 : 1));
  await copyRows(
    client,
    'run_trace',
    ['workspace_id', 'trace_id', 'run_id'],
    sorted.map(({ traceId, runId }) => [workspaceId, `\\x${traceId}`, runId]),
  );
}

export async function moveTraces(
  client: Client,
  workspaceId: string,
  moves: readonly { traceId: string; to: string }[],
): Promise<void> {
  if (moves.length === 0) return;
  await client.query(
    `UPDATE run_trace SET run_id = n.r FROM unnest($2::bytea[], $3::uuid[]) AS n(t, r)
     WHERE workspace_id = $1 AND trace_id = n.t`,
    [workspaceId, byteaArray(moves.map((one) => one.traceId)), moves.map((one) => one.to)],
  );
}

/** Rewrites the verdicts of stored spans that were judged anew. */
export async function updateVerdicts(
  client: Client,
  workspaceId: string,
  changed: readonly (readonly [RunSpan, Verdict])[],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(([span, verdict]) => ({
    t: `\\x${span.traceId}`,
    s: `\\x${span.spanId}`,
    risk: verdict.risk,
    categories: verdict.categories,
    lane: verdict.lane,
    clauses: verdict.clauses,
    cost: verdict.costUsd,
  }));
  await client.query(
    `UPDATE span SET risk = n.risk, categories = n.categories, lane = n.lane, clauses = n.clauses, cost_usd = n.cost
     FROM (SELECT w.*, k.place FROM json_to_recordset($2::json) AS w(t bytea, s bytea, risk float8, categories text[],
             lane text, clauses text[], cost float8)
           CROSS JOIN LATERAL (SELECT ctid AS place FROM span
             WHERE workspace_id = $1 AND trace_id = w.t AND span_id = w.s LIMIT 1) k) n
     WHERE span.ctid = n.place`,
    [workspaceId, JSON.stringify(rows)],
  );
}

/** Moves the last time each agent was seen at work; agents in the order of their ids. */
export async function touchAgents(client: Client, runs: readonly JudgedRun[]): Promise<void> {
  const latest = new Map<string, number>();
  for (const { agent, fold } of runs)
    if (fold.startUs !== null) latest.set(agent.id, Math.max(latest.get(agent.id) ?? 0, fold.startUs));
  if (latest.size === 0) return;
  await client.query(
    `UPDATE agent a SET last_run_at = n.at
     FROM (SELECT g.id, u.at FROM agent g JOIN unnest($1::uuid[], $2::timestamptz[]) AS u(id, at) ON u.id = g.id
           WHERE g.last_run_at IS NULL OR g.last_run_at < u.at ORDER BY g.id FOR NO KEY UPDATE OF g) n
     WHERE a.id = n.id`,
    [[...latest.keys()], [...latest.values()].map(timestamp)],
  );
}

/** Microseconds since the epoch as PostgreSQL reads them, none lost. */
export function timestamp(us: number): string {
  const seconds = Math.floor(us / 1_000_000);
  const rest = String(us - seconds * 1_000_000).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${rest}Z`;
}

const NO_SIGNALS = { weight: 0, points: 0 };

function record(run: JudgedRun): RunRecord {
  const { work, fold, agent, contract } = run;
  const risk = contract === null ? 0 : runRisk(contract.contract.risk, fold.risk);
  const startUs = fold.startUs ?? 0;
  const endUs = fold.endUs ?? startUs;
  const formula = work.stored?.scoreFormula ?? SCORE_FORMULA;
  const score =
    contract === null
      ? null
      : scoreRun(
          contract.contract,
          {
            risk,
            worstBreach: fold.worstBreach,
            costUsd: fold.costUsd,
            unpricedCalls: fold.unpricedCalls,
            tokens: fold.inputTokens + fold.outputTokens,
            calls: fold.toolCalls,
            durationMs: (endUs - startUs) / 1000 - (work.stored?.waitedMs ?? 0),
            spans: fold.spans,
            errors: fold.errors,
            signals: work.stored?.signals ?? NO_SIGNALS,
          },
          formula,
        );
  const { facts, fingerprint, ...rest } = fold;
  const breaches = { low: 0, medium: 0, high: 0, critical: 0 };
  const severities = Object.values(fold.breaches);
  for (const severity of severities) breaches[severity]++;
  const status = statusOf(run);
  return {
    id: work.id,
    agent_id: agent.id,
    key: work.key,
    conversation_id: work.conversationId,
    status,
    started_at: timestamp(startUs),
    ended_at: timestamp(endUs),
    contract_version_id: contract?.versionId ?? null,
    contract_digest: contract?.digest ?? null,
    span_count: fold.spans,
    tool_calls: fold.toolCalls,
    model_calls: fold.modelCalls,
    error_count: fold.errors,
    input_tokens: fold.inputTokens,
    output_tokens: fold.outputTokens,
    cost_usd: fold.costUsd,
    reported_cost_usd: fold.reportedCostUsd,
    unpriced_calls: fold.unpricedCalls,
    risk,
    band: fold.band,
    score: score?.score ?? null,
    risk_score: score?.pillars.risk ?? null,
    quality_score: score?.pillars.quality ?? null,
    cost_score: score?.pillars.cost ?? null,
    score_coverage: score?.coverage ?? 0,
    score_formula: formula,
    breach_count: severities.length,
    breaches_low: breaches.low,
    breaches_medium: breaches.medium,
    breaches_high: breaches.high,
    breaches_critical: breaches.critical,
    lane: fold.lane,
    unknown_tools: fold.unknownTools,
    faults: fold.faults,
    arguments_missing: fold.argumentsMissing,
    facts,
    fold: rest,
    fingerprint,
    root_ended: isRootEnded(fold),
    stopped_at: status === 'stopped' && work.stored?.status !== 'stopped' ? new Date().toISOString() : null,
  };
}

function isRootEnded(fold: RunFold): boolean {
  return fold.open.length === 0 && fold.spans > 0;
}

/**
 * A run is finished when the root span of each of its traces is in, and runs on when another trace begins. What a person
 * decided stands; a root span that ended after the request to stop confirms it.
 */
export function statusOf({ work, fold }: JudgedRun): RunStatus {
  const status = work.stored?.status ?? 'running';
  const rootEnded = isRootEnded(fold);
  switch (status) {
    case 'running':
    case 'finished':
      return rootEnded ? 'finished' : 'running';
    case 'stopping': {
      const requestedAtMs = work.stored?.stopRequestedAtMs ?? null;
      const rootEndMs = (fold.rootEndUs ?? 0) / 1000;
      return rootEnded && requestedAtMs !== null && rootEndMs > requestedAtMs ? 'stopped' : 'stopping';
    }
    case 'paused':
    case 'stopped':
      return status;
  }
}
