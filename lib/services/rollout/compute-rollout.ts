import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { formatList, formatMoney, formatPercent, plural } from '@/lib/format';
import { ROLLOUT_TARGETS } from '@/lib/lifecycle/rollout-targets';
import { shareInterval } from '@/lib/scoring/moves';
import { recordEvidence } from '@/lib/services/evidence/record-evidence';
import { evidenceSubject } from './evidence-subject';

/** What real runs under a version have shown. */
export interface RolloutStatistics {
  version: number;
  /** ISO; when the first run under the version began, and when the agent reached Rollout. */
  since: string | null;
  rolloutBegan: string | null;
  /** Runs that something was recorded of, and those that only asked for decisions, which count in nothing else. */
  runs: number;
  /** Those of `runs` that began before the agent reached Rollout. */
  beforeRollout: number;
  askedOnly: number;
  leastRuns: number;
  /** No clause broken and nothing escalated or blocked. */
  silent: number;
  silentShare: number | null;
  /** What the true share may be, at 95%. */
  silentBetween: [number, number] | null;
  silentTarget: number;
  breaches: { low: number; medium: number; high: number; critical: number };
  /** Of the runs that called a tool, those that asked before. */
  calling: number;
  decided: number;
  /** US dollars, over runs without unpriced model calls. */
  costPerRunUsd: number | null;
  unpricedRuns: number;
  /** Empty when it passed. */
  reasons: string[];
  outcome: 'passed' | 'failed';
}

/** Computes the rollout statistics of a version and records them as evidence. Throws `forbidden`, `not_found`, `conflict`. */
export async function computeRollout(
  actor: Actor,
  input: { agent: string; version?: number | undefined },
): Promise<{ id: string; statistics: RolloutStatistics }> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.add', { workspaceId });
  const { agentId, version } = await evidenceSubject(workspaceId, input);
  const statistics = await rolloutOf(workspaceId, agentId, { id: version.versionId, number: version.number });
  const { id } = await transact((client) =>
    recordEvidence(client, actor, {
      agentId,
      contractVersionId: version.versionId,
      kind: 'rollout',
      title: 'Rollout statistics',
      outcome: statistics.outcome,
      summary: summaryOf(statistics, version.contract.versioning.contract),
      detail: { ...statistics },
      producedAt: new Date(),
      origin: 'computed',
    }),
  );
  return { id, statistics };
}

/** The same figures without recording them. */
export async function rolloutOf(
  workspaceId: string,
  agentId: string,
  version: { id: string; number: number },
): Promise<RolloutStatistics> {
  const began = await db().query<{ rollout: Date | null; first: Date | null }>(
    `SELECT (SELECT max(at) FROM stage_change WHERE agent_id = $1 AND to_stage = 'rollout') AS rollout,
            (SELECT min(started_at) FROM run WHERE workspace_id = $2 AND agent_id = $1 AND contract_version_id = $3) AS first`,
    [agentId, workspaceId, version.id],
  );
  const { rollout = null, first = null } = began.rows[0] ?? {};
  const { rows } = await db().query<Record<Counted, number> & { cost: number | null }>(
    `WITH counted AS MATERIALIZED (
       SELECT r.id, r.span_count, r.tool_calls, r.breach_count, r.lane, r.cost_usd, r.unpriced_calls,
              r.started_at < $4::timestamptz AS early, EXISTS (SELECT FROM decision d WHERE d.run_id = r.id) AS decided
         FROM run r WHERE r.workspace_id = $1 AND r.agent_id = $2 AND r.contract_version_id = $3),
     broken AS (SELECT b.severity FROM counted c JOIN breach b ON b.run_id = c.id)
     SELECT count(*) FILTER (WHERE span_count > 0) AS runs, count(*) FILTER (WHERE span_count = 0) AS asked_only,
            count(*) FILTER (WHERE span_count > 0 AND breach_count = 0 AND lane IN ('allow', 'degrade')) AS silent,
            count(*) FILTER (WHERE span_count > 0 AND early) AS early, count(*) FILTER (WHERE tool_calls > 0) AS calling,
            count(*) FILTER (WHERE tool_calls > 0 AND decided) AS decided,
            count(*) FILTER (WHERE unpriced_calls > 0) AS unpriced,
            avg(cost_usd) FILTER (WHERE span_count > 0 AND unpriced_calls = 0) AS cost,
            (SELECT count(*) FROM broken WHERE severity = 'low') AS low,
            (SELECT count(*) FROM broken WHERE severity = 'medium') AS medium,
            (SELECT count(*) FROM broken WHERE severity = 'high') AS high,
            (SELECT count(*) FROM broken WHERE severity = 'critical') AS critical
       FROM counted`,
    [workspaceId, agentId, version.id, rollout],
  );
  const row = rows[0];
  const { leastRuns, silentShare: silentTarget } = ROLLOUT_TARGETS;
  const runs = row?.runs ?? 0;
  const silent = row?.silent ?? 0;
  const share = runs === 0 ? null : silent / runs;
  const reasons = [
    ...(runs < leastRuns ? [`${plural(runs, 'run')} recorded, at least ${leastRuns} are needed`] : []),
    ...(share !== null && share < silentTarget
      ? [
          `${formatPercent(share)} of runs were wholly silent, the target is ${formatPercent(silentTarget, 0)}`,
        ]
      : []),
  ];
  return {
    version: version.number,
    since: first?.toISOString() ?? null,
    rolloutBegan: rollout?.toISOString() ?? null,
    runs,
    beforeRollout: row?.early ?? 0,
    askedOnly: row?.asked_only ?? 0,
    leastRuns,
    silent,
    silentShare: share,
    silentBetween: shareInterval(silent, runs),
    silentTarget,
    breaches: {
      low: row?.low ?? 0,
      medium: row?.medium ?? 0,
      high: row?.high ?? 0,
      critical: row?.critical ?? 0,
    },
    calling: row?.calling ?? 0,
    decided: row?.decided ?? 0,
    costPerRunUsd: row?.cost ?? null,
    unpricedRuns: row?.unpriced ?? 0,
    reasons,
    outcome: reasons.length === 0 ? 'passed' : 'failed',
  };
}

type Counted =
  | 'runs'
  | 'asked_only'
  | 'silent'
  | 'calling'
  | 'decided'
  | 'unpriced'
  | 'early'
  | 'low'
  | 'medium'
  | 'high'
  | 'critical';

/** `name` is what the contract calls the version, e.g. "1.3". */
function summaryOf(it: RolloutStatistics, name: string): string {
  if (it.runs === 0) return `No run was recorded under v${name} yet; at least ${it.leastRuns} are needed.`;
  const severities = (['critical', 'high', 'medium', 'low'] as const).flatMap((severity) =>
    it.breaches[severity] === 0 ? [] : [`${it.breaches[severity]} ${severity}`],
  );
  const between =
    it.silentBetween === null
      ? ''
      : ` (95% interval ${formatPercent(it.silentBetween[0], 0)} to ${formatPercent(it.silentBetween[1], 0)})`;
  return [
    `${plural(it.runs, 'run')} under v${name}, ${formatPercent(it.silentShare ?? 0)} wholly silent${between}`,
    ...(it.beforeRollout === 0 ? [] : [`${it.beforeRollout} of them before Rollout began`]),
    severities.length === 0 ? 'no breach' : `breaches: ${formatList(severities)}`,
    it.calling === 0 ? 'no tool called' : `${formatPercent(it.decided / it.calling)} asked before acting`,
    it.costPerRunUsd === null ? 'cost unknown' : `${formatMoney(it.costPerRunUsd)} a run`,
  ]
    .join('; ')
    .concat(it.reasons.length === 0 ? '.' : `. Not enough: ${formatList(it.reasons)}.`);
}
