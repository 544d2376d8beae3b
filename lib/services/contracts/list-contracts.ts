import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { type VersionRow, versionRows } from './version-rows';

/** An agent with its contract: the version that decides, and how many there are. */
export interface ContractRow {
  agent: { name: string; displayName: string; businessUnit: string | null };
  /** Null when every version still waits to be put in force: the workspace defaults decide meanwhile. */
  inForce: VersionRow | null;
  latest: VersionRow;
  versions: number;
  /** Of the version in force, else of the latest; by name where the workspace knows them. */
  sponsor: { email: string; name: string | null };
  openIncidents: number;
}

export interface ContractList {
  rows: ContractRow[];
  /** What decides for every agent without a contract of its own; null in a workspace that has none. */
  defaults: VersionRow | null;
  /** Agents that telemetry brought or people registered, for whom nobody has written a contract. */
  withoutContract: { name: string; displayName: string }[];
  mayImport: boolean;
}

interface AgentRecord {
  id: string;
  name: string;
  displayName: string;
  businessUnit: string | null;
  sponsor: string | null;
  sponsorName: string | null;
  openIncidents: number;
}

/** Every agent that has a contract, by display name, and those that have none. */
export async function listContracts(actor: Actor): Promise<ContractList> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const [agents, versions] = await Promise.all([
    db().query<AgentRecord>(
      `SELECT a.id, a.name, a.display_name AS "displayName", a.business_unit AS "businessUnit", shown.sponsor,
              p.name AS "sponsorName",
              (SELECT count(*) FROM incident i WHERE i.agent_id = a.id AND i.state <> 'resolved') AS "openIncidents"
         FROM agent a
         LEFT JOIN LATERAL (
           SELECT v.document #>> '{ownership,sponsor}' AS sponsor FROM contract_version v
            WHERE v.workspace_id = a.workspace_id AND v.agent_id = a.id
            ORDER BY (v.id = a.contract_version_id) IS TRUE DESC, v.number DESC LIMIT 1) shown ON true
         LEFT JOIN person p ON p.email = lower(shown.sponsor) AND EXISTS (
           SELECT FROM membership m WHERE m.person_id = p.id AND m.workspace_id = a.workspace_id)
        WHERE a.workspace_id = $1 AND ($2::uuid IS NULL OR a.id = $2)
        ORDER BY lower(a.display_name), a.name`,
      [workspaceId, actor.kind === 'key' ? actor.agentId : null],
    ),
    versionRows(workspaceId),
  ]);
  const list: ContractList = {
    rows: [],
    defaults: versions.get(null)?.[0] ?? null,
    withoutContract: [],
    mayImport: can(actor, 'contract.import', { workspaceId }),
  };
  for (const agent of agents.rows) {
    const own = versions.get(agent.id) ?? [];
    const latest = own[0];
    if (latest === undefined) {
      list.withoutContract.push({ name: agent.name, displayName: agent.displayName });
      continue;
    }
    list.rows.push({
      agent: { name: agent.name, displayName: agent.displayName, businessUnit: agent.businessUnit },
      inForce: own.find((version) => version.inForce) ?? null,
      latest,
      versions: own.length,
      sponsor: { email: agent.sponsor ?? '', name: agent.sponsorName },
      openIncidents: agent.openIncidents,
    });
  }
  return list;
}
