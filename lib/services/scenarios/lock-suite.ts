import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { speaksFor } from '@/lib/services/drafts/draft-row';
import { noSuchSuite } from './suite-row';

export interface LockedSuite {
  id: string;
  agentId: string;
  agent: string;
  name: string;
  source: string;
  revision: number;
  updatedBy: string | null;
}

/** A suite of the actor's workspace, locked until the transaction ends. Throws `not_found`. */
export async function lockSuite(client: PoolClient, actor: Actor, id: string): Promise<LockedSuite> {
  const { rows } = await client.query<LockedSuite>(
    `SELECT s.id, s.agent_id AS "agentId", a.name AS agent, s.name, s.source, s.revision, p.name AS "updatedBy"
       FROM scenario_suite s JOIN agent a ON a.id = s.agent_id LEFT JOIN person p ON p.id = s.updated_by_id
      WHERE s.workspace_id = $1 AND s.id::text = $2 FOR UPDATE OF s`,
    [actor.workspaceId, id],
  );
  const suite = rows[0];
  if (suite === undefined || !speaksFor(actor, suite.agentId)) throw noSuchSuite();
  return suite;
}
