import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored, type SourceFormat } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';

export interface ContractVersionSummary {
  number: number;
  digest: string;
  /** The name people call it by (versioning.contract). */
  label: string;
  /** The code version it binds to. */
  code: string;
  createdAt: string;
  createdBy: string | null;
  inForce: boolean;
  /** Runs that were judged under it. */
  runs: number;
}

export interface ContractDetail {
  /** The agent's name, or `workspace-defaults`. */
  agent: string;
  displayName: string;
  number: number;
  digest: string;
  inForce: boolean;
  contract: Contract;
  source: string;
  sourceFormat: SourceFormat;
  createdAt: string;
  createdBy: string | null;
  /** Newest first. */
  versions: ContractVersionSummary[];
  /** Clauses that runs broke and whose incident still waits for a person. */
  openBreaches: { clause: string; incident: number; title: string }[];
  /** E-mail → name of the people the contract names, as far as they are members. */
  people: Record<string, string>;
}

interface VersionRow {
  id: string;
  number: number;
  digest: string;
  document: unknown;
  source: string;
  sourceFormat: string;
  createdAt: Date;
  createdBy: string | null;
  inForce: boolean;
  runs: number;
}

/**
 * A version of an agent's contract; without `number` the one in force, else the newest. The name `workspace-defaults`
 * (or `defaults`) reads the workspace's. Throws `not_found`.
 */
export async function getContract(
  actor: Actor,
  input: { agent: string; number?: number },
): Promise<ContractDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const isDefaults = input.agent === DEFAULTS_AGENT || input.agent === 'defaults';
  const found = await db().query<{ id: string; name: string; displayName: string }>(
    'SELECT id, name, display_name AS "displayName" FROM agent WHERE workspace_id = $1 AND name = $2',
    [workspaceId, input.agent],
  );
  const agent = isDefaults ? undefined : found.rows[0];
  if (agent === undefined && !isDefaults)
    throw new AppError('not_found', `There is no agent "${input.agent}" in this workspace.`);

  const versions = await listVersions(workspaceId, agent?.id ?? null);
  const shown =
    input.number === undefined
      ? (versions.find((version) => version.inForce) ?? versions[0])
      : versions.find((version) => version.number === input.number);
  if (shown === undefined)
    throw new AppError(
      'not_found',
      input.number === undefined
        ? `"${input.agent}" has no contract of its own; it runs under the workspace defaults.`
        : `"${input.agent}" has no contract version ${input.number}.`,
    );
  const [breaches, people] = await Promise.all([
    db().query<{ clause: string; incident: number; title: string }>(
      `SELECT i.clause, i.number AS incident, i.title FROM incident i JOIN run r ON r.id = i.run_id
        WHERE i.workspace_id = $1 AND i.state <> 'resolved' AND r.contract_version_id = $2 ORDER BY i.number`,
      [workspaceId, shown.id],
    ),
    db().query<{ email: string; name: string }>(
      'SELECT p.email, p.name FROM person p JOIN membership m ON m.person_id = p.id WHERE m.workspace_id = $1',
      [workspaceId],
    ),
  ]);
  return {
    agent: agent?.name ?? DEFAULTS_AGENT,
    displayName: agent?.displayName ?? 'Workspace defaults',
    number: shown.number,
    digest: shown.digest,
    inForce: shown.inForce,
    contract: readStored(shown.document),
    source: shown.source,
    sourceFormat: shown.sourceFormat === 'json' ? 'json' : 'yaml',
    createdAt: shown.createdAt.toISOString(),
    createdBy: shown.createdBy,
    versions: versions.map((version) => {
      const { versioning } = readStored(version.document);
      return {
        number: version.number,
        digest: version.digest,
        label: versioning.contract,
        code: versioning.code,
        createdAt: version.createdAt.toISOString(),
        createdBy: version.createdBy,
        inForce: version.inForce,
        runs: version.runs,
      };
    }),
    openBreaches: breaches.rows,
    people: Object.fromEntries(people.rows.map((person) => [person.email, person.name])),
  };
}

async function listVersions(workspaceId: string, agentId: string | null): Promise<VersionRow[]> {
  const result = await db().query<VersionRow>(
    `SELECT v.id, v.number, v.digest, v.document, v.source, v.source_format AS "sourceFormat",
            v.created_at AS "createdAt", p.name AS "createdBy",
            CASE WHEN v.agent_id IS NULL THEN v.number = max(v.number) OVER ()
                 ELSE COALESCE(a.contract_version_id = v.id, false) END AS "inForce",
            (SELECT count(*) FROM run r WHERE r.workspace_id = v.workspace_id AND r.contract_version_id = v.id) AS runs
       FROM contract_version v
       LEFT JOIN agent a ON a.id = v.agent_id
       LEFT JOIN person p ON p.id = v.created_by_id
      WHERE v.workspace_id = $1 AND v.agent_id IS NOT DISTINCT FROM $2::uuid
      ORDER BY v.number DESC`,
    [workspaceId, agentId],
  );
  return result.rows;
}
