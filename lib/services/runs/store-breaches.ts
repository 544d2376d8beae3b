import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { breachKey, type FoundBreach } from './fold-calls';
import type { JudgedRun } from './judge-runs';
import { isWorse } from './run-fold';
import { timestamp } from './store-runs';

type Client = Pick<PoolClient, 'query'>;

/**
 * Writes the breaches that were found, and takes back those of runs judged anew that are none any more.
 *
 * @returns by run, the breaches that were not known before, or have become worse
 */
export async function storeBreaches(
  client: Client,
  workspaceId: string,
  runs: readonly JudgedRun[],
): Promise<Map<JudgedRun, FoundBreach[]>> {
  const rebuilt = runs.filter((run) => run.rebuilt);
  if (rebuilt.length > 0)
    await client.query(
      `DELETE FROM breach WHERE run_id = ANY($1::uuid[]) AND NOT EXISTS (
         SELECT FROM json_to_recordset($2::json) AS n(run_id uuid, clause text, code text)
         WHERE n.run_id = breach.run_id AND n.clause = breach.clause AND n.code = breach.code)`,
      [
        rebuilt.map((run) => run.work.id),
        JSON.stringify(
          rebuilt.flatMap((run) =>
            run.breaches.map(({ clause, code }) => ({ run_id: run.work.id, clause, code })),
          ),
        ),
      ],
    );

  // A clause broken again, and worse, within one batch: the worst stands.
  const found = new Map<string, { run: JudgedRun; breach: FoundBreach }>();
  for (const run of runs)
    for (const breach of run.breaches)
      found.set(`${run.work.id} ${breachKey(breach.clause, breach.code)}`, { run, breach });
  const fresh = new Map<JudgedRun, FoundBreach[]>();
  if (found.size === 0) return fresh;
  await client.query(
    `INSERT INTO breach (id, workspace_id, run_id, agent_id, clause, code, severity, message, trace_id, span_id,
       contract_version_id, contract_digest, happened_at)
     SELECT n.id, $1, n.run_id, n.agent_id, n.clause, n.code, n.severity, n.message, n.trace_id, n.span_id,
       n.contract_version_id, n.contract_digest, n.happened_at
     FROM json_to_recordset($2::json) AS n(id uuid, run_id uuid, agent_id uuid, clause text, code text, severity text,
       message text, trace_id bytea, span_id bytea, contract_version_id uuid, contract_digest text,
       happened_at timestamptz)
     ORDER BY n.run_id, n.happened_at
     ON CONFLICT (run_id, clause, code) DO UPDATE SET agent_id = excluded.agent_id, severity = excluded.severity,
       message = excluded.message, trace_id = excluded.trace_id, span_id = excluded.span_id,
       contract_version_id = excluded.contract_version_id, contract_digest = excluded.contract_digest,
       happened_at = excluded.happened_at`,
    [workspaceId, JSON.stringify([...found.values()].map(({ run, breach }) => record(run, breach)))],
  );
  for (const { run, breach } of found.values()) {
    const known = run.knownBreaches[breachKey(breach.clause, breach.code)];
    if (known !== undefined && !isWorse(breach.severity, known)) continue;
    const others = fresh.get(run);
    if (others === undefined) fresh.set(run, [breach]);
    else others.push(breach);
  }
  return fresh;
}

function record(
  { work, agent, contract }: JudgedRun,
  { clause, code, severity, message, span }: FoundBreach,
) {
  return {
    id: newId(),
    run_id: work.id,
    agent_id: agent.id,
    clause,
    code,
    severity,
    message,
    trace_id: `\\x${span.traceId}`,
    span_id: `\\x${span.spanId}`,
    contract_version_id: contract?.versionId ?? null,
    contract_digest: contract?.digest ?? null,
    happened_at: timestamp(span.startUs),
  };
}
