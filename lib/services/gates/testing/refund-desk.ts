/** An agent that walks through its gates by seven people, for tests. */
import { db } from '@/lib/db/pool';
import type { GateId } from '@/lib/lifecycle/gates';
import { importContract } from '@/lib/services/contracts/import-contract';
import { aContract, type ContractChanges } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenWorkspace } from '@/lib/services/testing/given';
import { getLifecycle } from '../get-lifecycle';
import { givenTeam, type PersonActor, passGate, type Team } from './given-gates';

export const AGENT = 'refund-desk';

export interface About {
  agent: string;
  agentId: string;
  versionId: string;
  number: number;
}

export interface Desk {
  workspace: GivenWorkspace;
  team: Team;
  /** Submits a version; the sponsor writes it unless somebody else does. */
  submit(changes?: ContractChanges, by?: PersonActor): Promise<About>;
  /** Passes gates, one after the other. */
  walk(about: About, ...gates: GateId[]): Promise<void>;
  stage(): Promise<{ stage: string; inForce: number | null }>;
  /** Rows of a table in this workspace. */
  count(table: 'signature' | 'audit_entry'): Promise<number | undefined>;
}

export async function givenDesk(): Promise<Desk> {
  const workspace = await givenWorkspace();
  const team = await givenTeam(workspace);
  return {
    workspace,
    team,
    async submit(changes = {}, by = team.sponsor) {
      const source = JSON.stringify(aContract(changes));
      const { number } = await importContract(by, { source, format: 'json', putInForce: false });
      const { rows } = await db().query<{ agentId: string; versionId: string }>(
        `SELECT v.agent_id AS "agentId", v.id AS "versionId" FROM contract_version v JOIN agent a ON a.id = v.agent_id
          WHERE a.workspace_id = $1 AND a.name = $2 AND v.number = $3`,
        [workspace.id, AGENT, number],
      );
      return { agent: AGENT, agentId: rows[0]?.agentId ?? '', versionId: rows[0]?.versionId ?? '', number };
    },
    async walk(about, ...gates) {
      for (const gate of gates)
        await passGate(workspace, team, gate === 'G1' ? { ...about, versionId: null } : about, gate);
    },
    async stage() {
      const { agent, versionInForce } = await getLifecycle(team.grc, AGENT);
      return { stage: agent.stage, inForce: versionInForce?.number ?? null };
    },
    async count(table) {
      const { rows } = await db().query<{ n: number }>(
        `SELECT count(*) AS n FROM ${table} WHERE workspace_id = $1`,
        [workspace.id],
      );
      return rows[0]?.n;
    },
  };
}
