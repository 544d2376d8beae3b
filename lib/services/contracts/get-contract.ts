import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { contractEmails } from '@/lib/contract/emails';
import { parseContract, readStored, type SourceFormat } from '@/lib/contract/parse';
import type { Band, Contract } from '@/lib/contract/schema';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import type { Stage } from '@/lib/lifecycle/stages';
import { findAgent } from '@/lib/services/agents/find-agent';
import { nameAddresses } from '@/lib/services/on-call/name-addresses';
import { currentDefaults } from './current-defaults';
import { type InheritingVersion, inheriting } from './defaults-impact';
import { type VersionRow, versionRows } from './version-rows';

/** A clause that a run broke, with the incident that waits because of it. */
export interface BrokenClause {
  clause: string;
  incident: { number: number; title: string; severity: Band };
}

export interface ContractDetail {
  /** Null for the workspace defaults. */
  agent: { name: string; displayName: string; stage: Stage } | null;
  /** True when the agent has no contract of its own and this is what it inherits. */
  inherited: boolean;
  version: VersionRow;
  /** All versions of the same contract, the newest first. */
  versions: VersionRow[];
  contract: Contract;
  /** The text as it was imported, byte for byte. */
  source: string;
  sourceFormat: SourceFormat;
  /** Names by lower-case e-mail address, for those the workspace knows. */
  people: Record<string, string>;
  broken: BrokenClause[];
  /** The workspace defaults its silence was filled from, and the clauses they gave (lib/contract/inherit.ts); null: it is whole. */
  extending: { number: number; label: string; inherited: string[] } | null;
  /** Of the version in force: what the workspace defaults of today would change, if it were made again. */
  behind: (InheritingVersion & { defaultsLabel: string }) | null;
  mayImport: boolean;
  mayPutInForce: boolean;
}

/**
 * A version of an agent's contract, by the name the agent goes by (`defaults` or `workspace-defaults`: those of the
 * workspace) and number; without a number the one in force, else the newest. An agent without a contract of its own
 * shows the defaults it runs under. Throws `not_found`.
 */
export async function getContract(actor: Actor, name: string, number?: number): Promise<ContractDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const agent = name === 'defaults' || name === DEFAULTS_AGENT ? null : await findAgent(actor, name);
  const own = await versionsOf(workspaceId, agent?.id ?? null);
  const inherited = own.length === 0 && agent !== null;
  const versions = inherited ? await versionsOf(workspaceId, null) : own;
  const version =
    number === undefined
      ? (versions.find((each) => each.inForce) ?? versions[0])
      : versions.find((each) => each.number === number);
  if (version === undefined)
    throw new AppError(
      'not_found',
      number === undefined
        ? 'There is no contract here yet.'
        : `There is no version ${number} of this contract.`,
    );
  const { rows } = await db().query<{
    document: unknown;
    source: string;
    sourceFormat: string;
    inherited: string[];
    defaultsNumber: number | null;
    defaultsDocument: unknown;
  }>(
    `SELECT v.document, v.source, v.source_format AS "sourceFormat", v.inherited, d.number AS "defaultsNumber",
            d.document AS "defaultsDocument"
       FROM contract_version v LEFT JOIN contract_version d ON d.id = v.defaults_version_id
      WHERE v.workspace_id = $1 AND v.id = $2`,
    [workspaceId, version.id],
  );
  const stored = rows[0];
  if (stored === undefined) throw new AppError('not_found', 'There is no contract here yet.');
  const sourceFormat = stored.sourceFormat === 'json' ? 'json' : 'yaml';
  const defaults = stored.defaultsNumber === null ? undefined : readStored(stored.defaultsDocument);
  const contract =
    inAuthorsOrder(stored.source, sourceFormat, version.digest, defaults) ?? readStored(stored.document);
  const [people, broken, behind] = await Promise.all([
    namesOf(workspaceId, contractEmails(contract)),
    brokenClauses(workspaceId, version.id, agent?.id ?? null),
    agent === null || !version.inForce || defaults === undefined
      ? null
      : behindDefaults(workspaceId, agent.id),
  ]);
  return {
    agent: agent === null ? null : { name: agent.name, displayName: agent.displayName, stage: agent.stage },
    inherited,
    version,
    versions,
    contract,
    source: stored.source,
    sourceFormat,
    people,
    broken,
    extending:
      stored.defaultsNumber === null || defaults === undefined
        ? null
        : {
            number: stored.defaultsNumber,
            label: defaults.versioning.contract,
            inherited: stored.inherited,
          },
    behind,
    mayImport: can(actor, 'contract.import', { workspaceId }),
    mayPutInForce: can(actor, 'contract.put-in-force', { workspaceId }),
  };
}

async function behindDefaults(workspaceId: string, agentId: string): Promise<ContractDetail['behind']> {
  const defaults = await currentDefaults(db(), workspaceId);
  if (defaults === null) return null;
  const [version] = await inheriting(workspaceId, defaults.contract, agentId);
  return version === undefined ? null : { ...version, defaultsLabel: defaults.label };
}

/**
 * The database keeps a document without the order of its keys; the text has it, and tools are best read in the order
 * their author gave them. Undefined when the text no longer reads as the same contract.
 */
function inAuthorsOrder(
  source: string,
  format: SourceFormat,
  digest: string,
  defaults: Contract | undefined,
): Contract | undefined {
  const parsed = parseContract(source, format, defaults);
  return parsed.ok && digestOf(parsed.contract) === digest ? parsed.contract : undefined;
}

async function versionsOf(workspaceId: string, agentId: string | null): Promise<VersionRow[]> {
  return (await versionRows(workspaceId, { agentId })).get(agentId) ?? [];
}

async function namesOf(workspaceId: string, emails: readonly string[]): Promise<Record<string, string>> {
  const names = await nameAddresses(db(), workspaceId, emails);
  return Object.fromEntries([...names].map(([address, { name }]) => [address, name]));
}

/** What runs of incidents still unresolved broke under this version; the newest incident first. */
async function brokenClauses(
  workspaceId: string,
  versionId: string,
  agentId: string | null,
): Promise<BrokenClause[]> {
  const { rows } = await db().query<{ clause: string; number: number; title: string; severity: Band }>(
    `SELECT DISTINCT b.clause, i.number, i.title, i.severity
       FROM incident i JOIN incident_run t ON t.incident_id = i.id AND t.closed_at IS NULL JOIN breach b ON b.run_id = t.run_id
      WHERE i.workspace_id = $1 AND b.contract_version_id = $2 AND i.state <> 'resolved'
        AND ($3::uuid IS NULL OR i.agent_id = $3)
      ORDER BY i.number DESC, b.clause LIMIT 200`,
    [workspaceId, versionId, agentId],
  );
  return rows.map(({ clause, ...incident }) => ({ clause, incident }));
}
