import type { PoolClient } from 'pg';
import { passOn } from '@/lib/services/rollbacks/pass-on';
import { passSignals } from '@/lib/services/signals/follow-runs';
import type { AgentSpending } from './agent-spending';
import type { LeavingRun } from './join-traces';

type Client = Pick<PoolClient, 'query'>;

/**
 * Ends runs whose traces turned out to belong to another: decisions, incidents, and what people decided about them pass on
 * to that one. A run whose incident cannot pass on (the other waits in one of its own) stays, empty, for the incident's sake.
 */
export async function mergeRuns(
  client: Client,
  workspaceId: string,
  leaving: readonly LeavingRun[],
  spending: AgentSpending,
): Promise<void> {
  if (leaving.every(({ work }) => work.stored === null)) return;
  // Waits for decisions being written and keeps out further ones until this is committed: they find the run they came to.
  await client.query('LOCK TABLE merge_gate IN ACCESS EXCLUSIVE MODE');
  for (const { work, to } of leaving) {
    if (work.stored === null) continue;
    const { id, agentId, fold } = work.stored;
    spending.add(agentId, {}, fold.spend, agentId);
    await client.query(
      `UPDATE decision d SET run_id = $2, seq = d.seq + (SELECT COALESCE(max(seq), 0) FROM decision WHERE run_id = $2)
       WHERE d.run_id = $1`,
      [id, to],
    );
    await passIncidents(client, id, to);
    await passOn(client, id, to);
    await passSignals(client, workspaceId, id, to);
    await client.query(
      `UPDATE run t SET status = f.status, paused_at = f.paused_at, pause_acked_at = f.pause_acked_at,
         stop_requested_at = f.stop_requested_at, stop_acked_at = f.stop_acked_at, stopped_at = f.stopped_at,
         revision = t.revision + 1
       FROM run f WHERE f.id = $1 AND t.id = $2 AND f.status IN ('paused', 'stopping', 'stopped')
         AND t.status IN ('running', 'finished')`,
      [id, to],
    );
    await client.query(
      `UPDATE run t SET pauses = t.pauses || f.pauses FROM run f
       WHERE f.id = $1 AND t.id = $2 AND f.pauses <> '[]'`,
      [id, to],
    );
    await client.query(
      'DELETE FROM run WHERE id = $1 AND NOT EXISTS (SELECT FROM incident_run WHERE run_id = $1)',
      [id],
    );
    await client.query('DELETE FROM breach WHERE run_id = $1', [id]);
    await client.query(
      `UPDATE run SET span_count = 0, tool_calls = 0, model_calls = 0, error_count = 0, input_tokens = 0,
         output_tokens = 0, cost_usd = 0, reported_cost_usd = NULL, unpriced_calls = 0, risk = 0, band = 'low',
         score = NULL, risk_score = NULL, quality_score = NULL, cost_score = NULL, score_coverage = 0,
         breach_count = 0, breaches_low = 0, breaches_medium = 0, breaches_high = 0,
         breaches_critical = 0, paused_ms = 0, facts = '{}', fold = '{}', fingerprint = '{}', revision = revision + 1
       WHERE id = $1 AND workspace_id = $2`,
      [id, workspaceId],
    );
  }
}

/**
 * The incidents of a run pass on to the one it joins. Where both are of the same one it has a run less, and waits where one of
 * them does. One that waits cannot
 * pass on to a run that waits in another, nor to another agent's as long as further runs of its own agent are of it.
 */
async function passIncidents(client: Client, from: string, to: string): Promise<void> {
  // That the other was let go on with its own breach settles nothing of this one's.
  await client.query(
    `UPDATE incident_run t SET closed_at = NULL, resolution = NULL, paused_at = f.paused_at FROM incident_run f
     WHERE f.run_id = $1 AND t.run_id = $2 AND t.incident_id = f.incident_id AND f.closed_at IS NULL
       AND t.closed_at IS NOT NULL AND t.resolution = 'resumed'
       AND NOT EXISTS (SELECT FROM incident_run o WHERE o.run_id = $2 AND o.closed_at IS NULL)`,
    [from, to],
  );
  const shared = await client.query<{ id: string }>(
    `DELETE FROM incident_run f USING incident_run t
     WHERE f.run_id = $1 AND t.run_id = $2 AND t.incident_id = f.incident_id
     RETURNING f.incident_id AS id`,
    [from, to],
  );
  await client.query(
    `UPDATE incident SET run_count = run_count - 1, run_id = CASE WHEN run_id = $2 THEN $3::uuid ELSE run_id END
     WHERE id = ANY($1::uuid[])`,
    [shared.rows.map(({ id }) => id), from, to],
  );
  const passed = await client.query<{ id: string }>(
    `UPDATE incident_run f SET run_id = t.id FROM run t, incident i
     WHERE f.run_id = $1 AND t.id = $2 AND i.id = f.incident_id
       AND (i.agent_id = t.agent_id OR i.run_count = 1)
       AND (f.closed_at IS NOT NULL OR NOT EXISTS (
         SELECT FROM incident_run o WHERE o.run_id = $2 AND o.closed_at IS NULL))
     RETURNING f.incident_id AS id`,
    [from, to],
  );
  await client.query(
    `UPDATE incident i SET run_id = CASE WHEN i.run_id = $2 THEN t.id ELSE i.run_id END, agent_id = t.agent_id
     FROM run t WHERE t.id = $3 AND i.id = ANY($1::uuid[])`,
    [passed.rows.map(({ id }) => id), from, to],
  );
}
