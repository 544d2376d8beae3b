import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { findAgent } from '@/lib/services/agents/find-agent';
import type { SuiteRow } from './suite-row';

/** The suites of an agent, by name, with their text. Throws `not_found`. */
export async function listSuites(actor: Actor, agentName: string): Promise<SuiteRow[]> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const agent = await findAgent(actor, agentName);
  const { rows } = await db().query<Omit<SuiteRow, 'updatedAt'> & { updatedAt: Date }>(
    `SELECT s.id, s.name, s.source, s.revision, s.updated_at AS "updatedAt", p.name AS "updatedBy"
       FROM scenario_suite s LEFT JOIN person p ON p.id = s.updated_by_id
      WHERE s.workspace_id = $1 AND s.agent_id = $2 ORDER BY s.name, s.id`,
    [workspaceId, agent.id],
  );
  return rows.map((row) => ({ ...row, updatedAt: row.updatedAt.toISOString() }));
}
