import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';

export interface ContractRow {
  /** The agent's name, or `workspace-defaults`. */
  agent: string;
  displayName: string;
  businessUnit: string;
  /** The version in force, else the newest. */
  number: number;
  label: string;
  digest: string;
  inForce: boolean;
  versions: number;
  sponsor: string;
  /** Days, ISO dates. */
  lastReviewed: string;
  reviewDue: string;
}

/** Every contract of the workspace, one row an agent, its defaults first. */
export async function listContracts(actor: Actor): Promise<ContractRow[]> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const result = await db().query<{
    agent: string | null;
    displayName: string | null;
    number: number;
    digest: string;
    document: unknown;
    inForce: boolean;
    versions: number;
    sponsorName: string | null;
  }>(
    `SELECT DISTINCT ON (v.agent_id) a.name AS agent, a.display_name AS "displayName", v.number, v.digest, v.document,
            COALESCE(a.contract_version_id = v.id, v.agent_id IS NULL) AS "inForce",
            count(*) OVER (PARTITION BY v.agent_id) AS versions,
            (SELECT p.name FROM person p JOIN membership m ON m.person_id = p.id
              WHERE m.workspace_id = v.workspace_id AND p.email = v.document->'ownership'->>'sponsor') AS "sponsorName"
       FROM contract_version v LEFT JOIN agent a ON a.id = v.agent_id
      WHERE v.workspace_id = $1
      ORDER BY v.agent_id, (a.contract_version_id = v.id) DESC NULLS LAST, v.number DESC`,
    [workspaceId],
  );
  return result.rows
    .map((row): ContractRow => {
      const contract = readStored(row.document);
      const { lastReviewed, reviewEveryDays, contract: label } = contract.versioning;
      return {
        agent: row.agent ?? DEFAULTS_AGENT,
        displayName: row.displayName ?? 'Workspace defaults',
        businessUnit: contract.identity.businessUnit,
        number: row.number,
        label,
        digest: row.digest,
        inForce: row.inForce,
        versions: row.versions,
        sponsor: row.sponsorName ?? contract.ownership.sponsor,
        lastReviewed,
        reviewDue: new Date(Date.parse(lastReviewed) + reviewEveryDays * 86_400_000)
          .toISOString()
          .slice(0, 10),
      };
    })
    .sort(
      (a, b) =>
        Number(b.agent === DEFAULTS_AGENT) - Number(a.agent === DEFAULTS_AGENT) ||
        a.displayName.localeCompare(b.displayName),
    );
}
