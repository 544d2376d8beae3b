import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

/** An agent that has run, and whether somebody has written its contract. */
export interface ObservedAgent {
  name: string;
  displayName: string;
  businessUnit: string | null;
  lastRunAt: string;
  written: boolean;
}

/** Agents with runs, those without a contract of their own first, then by their latest run. */
export async function listObservedAgents(actor: Actor): Promise<ObservedAgent[]> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const { rows } = await db().query<Omit<ObservedAgent, 'lastRunAt'> & { lastRunAt: Date }>(
    `SELECT a.name, a.display_name AS "displayName", a.business_unit AS "businessUnit", a.last_run_at AS "lastRunAt",
            EXISTS (SELECT FROM contract_version v WHERE v.workspace_id = a.workspace_id AND v.agent_id = a.id) AS written
       FROM agent a
      WHERE a.workspace_id = $1 AND a.last_run_at IS NOT NULL AND ($2::uuid IS NULL OR a.id = $2)
      ORDER BY written, a.last_run_at DESC, a.name LIMIT 500`,
    [workspaceId, actor.kind === 'key' ? actor.agentId : null],
  );
  return rows.map((row) => ({ ...row, lastRunAt: row.lastRunAt.toISOString() }));
}
