import type { PoolClient } from 'pg';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import { takeSignalsAlong } from '@/lib/services/signals/follow-runs';
import type { LeavingRun } from './join-traces';
import type { JudgedRun } from './judge-runs';

type Client = Pick<PoolClient, 'query'>;

/**
 * When runs turned out to be another agent's: their breaches, incidents and compensations follow, and an agent that was only
 * known for them is forgotten, so that nothing is left of a wrong guess. One that people have done something about stays: what
 * they decided holds for whoever comes under its name.
 */
export async function rehome(
  client: Client,
  workspaceId: string,
  runs: readonly JudgedRun[],
  leaving: readonly LeavingRun[],
): Promise<void> {
  const emptied = new Set<string>();
  for (const { work } of leaving) if (work.stored !== null) emptied.add(work.stored.agentId);
  for (const { work, agent } of runs) {
    if (work.stored === null || work.stored.agentId === agent.id) continue;
    emptied.add(work.stored.agentId);
    await client.query('UPDATE breach SET agent_id = $2 WHERE run_id = $1', [work.id, agent.id]);
    await client.query('UPDATE compensation SET agent_id = $2 WHERE run_id = $1', [work.id, agent.id]);
    await takeIncidentsAlong(client, work.id, agent.id);
    await takeSignalsAlong(client, workspaceId, [work.id]);
  }
  if (emptied.size === 0) return;
  // Locked first, looked at after: a run that another plane begins for one of them is then seen, or must wait.
  const locked = await client.query<{ id: string }>(
    'SELECT id FROM agent WHERE id = ANY($1::uuid[]) AND discovered ORDER BY id FOR UPDATE',
    [[...emptied]],
  );
  const removed = await client.query(
    `DELETE FROM agent a WHERE a.id = ANY($1::uuid[]) AND a.contract_version_id IS NULL
       AND NOT EXISTS (SELECT FROM run WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM incident WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM api_key WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM contract_version WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM compensation WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM intervention WHERE agent_id = a.id)
       AND NOT EXISTS (SELECT FROM kill_switch k
         WHERE k.workspace_id = a.workspace_id AND k.scope = 'agent' AND k.target = a.id::text)`,
    [locked.rows.map((row) => row.id)],
  );
  if ((removed.rowCount ?? 0) > 0) await notify(client, { workspaceId, topic: 'agent', id: '' });
}

/**
 * The incidents of a run that is another agent's go with it. From one that further runs of its old agent are of, it takes a
 * copy under a number of its own: nobody is told anew of what they know.
 */
async function takeIncidentsAlong(client: Client, runId: string, agentId: string): Promise<void> {
  const { rows } = await client.query<{ id: string; runs: number }>(
    `SELECT i.id, i.run_count AS runs FROM incident_run t JOIN incident i ON i.id = t.incident_id
     WHERE t.run_id = $1 AND i.agent_id <> $2 ORDER BY i.id FOR UPDATE OF i`,
    [runId, agentId],
  );
  for (const { id, runs } of rows)
    if (runs === 1) await client.query('UPDATE incident SET agent_id = $2 WHERE id = $1', [id, agentId]);
    else await splitIncident(client, id, runId, agentId);
}

async function splitIncident(client: Client, id: string, runId: string, agentId: string): Promise<void> {
  const own = newId();
  const split = await client.query<{ workspaceId: string; number: number; of: number }>(
    `WITH numbered AS (
       UPDATE workspace w SET next_incident = next_incident + 1 FROM incident i WHERE i.id = $1 AND w.id = i.workspace_id
       RETURNING w.next_incident - 1 AS number)
     INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, state, operator_id,
       breached_at, opened_at, paused_at, paged_at, acknowledged_at, acknowledged_by_id, resolved_at, resolved_by_id,
       resolution, reason, breach_count, last_breached_at)
     SELECT $2, i.workspace_id, n.number, $3, $4, i.title, t.clause, t.severity, i.state, i.operator_id, t.breached_at,
       i.opened_at, t.paused_at, i.paged_at, i.acknowledged_at, i.acknowledged_by_id, i.resolved_at, i.resolved_by_id,
       i.resolution, i.reason, t.breaches, t.last_breached_at
     FROM incident i JOIN incident_run t ON t.incident_id = i.id AND t.run_id = $3, numbered n WHERE i.id = $1
     RETURNING workspace_id AS "workspaceId", number, (SELECT number FROM incident WHERE id = $1) AS of`,
    [id, own, runId, agentId],
  );
  await client.query('UPDATE incident_run SET incident_id = $2 WHERE incident_id = $1 AND run_id = $3', [
    id,
    own,
    runId,
  ]);
  await client.query('UPDATE compensation SET incident_id = $2 WHERE incident_id = $1 AND run_id = $3', [
    id,
    own,
    runId,
  ]);
  await client.query(
    `UPDATE incident i SET run_count = run_count - 1, breach_count = breach_count - t.breaches,
       run_id = CASE WHEN i.run_id <> $3 THEN i.run_id ELSE (
         SELECT o.run_id FROM incident_run o WHERE o.incident_id = $1 ORDER BY o.joined_at, o.run_id LIMIT 1) END
     FROM incident_run t WHERE i.id = $1 AND t.incident_id = $2 AND t.run_id = $3`,
    [id, own, runId],
  );
  const made = split.rows[0];
  if (made === undefined) return;
  const { workspaceId, number, of } = made;
  await appendAudit(client, [
    {
      workspaceId,
      actor: { kind: 'system', workspaceId },
      action: 'incident.split',
      subject: `incident:${own}`,
      detail: { number, of },
    },
  ]);
  await notify(client, { workspaceId, topic: 'incident', id: '' });
}
