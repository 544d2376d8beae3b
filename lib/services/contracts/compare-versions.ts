import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { type Change, diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import { printContract } from '@/lib/contract/print';
import { type Reading, readingsOf } from '@/lib/contract/readings';
import { type Routed, routeOf } from '@/lib/contract/route';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError, type Issue } from '@/lib/errors';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { getContract } from './get-contract';
import { parseText } from './parse-text';
import type { VersionRow } from './version-rows';

/** A version by its number, or a draft by its id. */
export type SideOf = { version: number } | { draft: string };

/** One of the two that are compared. */
export type Side = {
  /** What it is called in a sentence: "v1.3", "the draft, revision 4". */
  title: string;
  /** The text, as YAML. */
  text: string;
} & ({ kind: 'version'; number: number; inForce: boolean } | { kind: 'draft'; id: string; revision: number });

export interface Comparison {
  agent: { name: string; displayName: string } | null;
  /** All versions of the contract, the newest first. */
  versions: VersionRow[];
  before: Side;
  after: Side;
  changes: Change[];
  routed: Routed;
  readings: Reading[];
  /** Of a draft that is no contract yet: what is wrong with it. There are then no changes, only text. */
  faults: Issue[];
}

/**
 * What changed between two versions of a contract, or between a version and a draft of it. Left out, `to` is the newest
 * version and `from` the version in force, or the one before where that is the same. Throws `not_found`, also when there is
 * only one.
 */
export async function compareVersions(
  actor: Actor,
  input: { agent: string; from?: SideOf | undefined; to?: SideOf | undefined },
): Promise<Comparison> {
  authorize(actor, 'contract.read', { workspaceId: actor.workspaceId });
  const current = await getContract(actor, input.agent);
  if (current.inherited)
    throw new AppError(
      'not_found',
      `${current.agent?.displayName ?? 'It'} has no contract of its own to compare.`,
    );
  const { versions } = current;
  const to = input.to ?? { version: versions[0]?.number ?? 0 };
  const from = input.from ?? before(versions, to);
  if (from === undefined)
    throw new AppError('not_found', 'There is only one version: nothing to compare it with.');
  const [one, other] = await Promise.all([load(actor, input.agent, from), load(actor, input.agent, to)]);
  const changes =
    one.contract === null || other.contract === null ? [] : diffContracts(one.contract, other.contract);
  return {
    agent: current.agent,
    versions,
    before: one.side,
    after: other.side,
    changes,
    routed: routeOf(changes),
    readings: readingsOf(changes),
    faults: [...one.faults, ...other.faults],
  };
}

function before(versions: readonly VersionRow[], to: SideOf): SideOf | undefined {
  const inForce = versions.find((version) => version.inForce);
  if ('draft' in to) {
    const [newest] = versions;
    const number = (inForce ?? newest)?.number;
    return number === undefined ? undefined : { version: number };
  }
  if (inForce !== undefined && inForce.number !== to.version) return { version: inForce.number };
  const earlier = versions.find((version) => version.number < to.version);
  return earlier === undefined ? undefined : { version: earlier.number };
}

async function load(
  actor: Actor,
  agent: string,
  of: SideOf,
): Promise<{ side: Side; contract: Contract | null; faults: Issue[] }> {
  if ('draft' in of) return loadDraft(actor, agent, of.draft);
  const { version, contract, source, sourceFormat } = await getContract(actor, agent, of.version);
  return {
    contract,
    faults: [],
    side: {
      kind: 'version',
      number: version.number,
      inForce: version.inForce,
      title: `v${version.label}`,
      text: sourceFormat === 'yaml' ? source : printContract(contract),
    },
  };
}

async function loadDraft(actor: Actor, agent: string, id: string) {
  const draft = await getDraft(actor, id);
  const isItsOwn =
    draft.subject === 'defaults'
      ? agent === 'defaults' || agent === 'workspace-defaults'
      : draft.agent === null || draft.agent.name === agent;
  if (!isItsOwn) throw new AppError('not_found', 'That draft is of another contract.');
  const { parsed } = await parseText(db(), actor.workspaceId, { source: draft.source, format: 'yaml' });
  const side: Side = {
    kind: 'draft',
    id: draft.id,
    revision: draft.revision,
    title: `the draft, revision ${draft.revision}`,
    text: draft.source,
  };
  return { side, contract: parsed.ok ? parsed.contract : null, faults: parsed.ok ? [] : parsed.issues };
}

/** What a document would change of the version in force (of an agent by id; null: of the workspace defaults). */
export async function changesInForce(
  workspaceId: string,
  agentId: string | null,
  contract: Contract,
): Promise<{ number: number; label: string; changes: Change[]; routed: Routed } | null> {
  const { rows } = await db().query<{ number: number; document: unknown }>(
    agentId === null
      ? `SELECT number, document FROM contract_version
          WHERE workspace_id = $1 AND agent_id IS NULL AND $2::uuid IS NULL ORDER BY number DESC LIMIT 1`
      : `SELECT v.number, v.document FROM agent a JOIN contract_version v ON v.id = a.contract_version_id
          WHERE a.workspace_id = $1 AND a.id = $2::uuid`,
    [workspaceId, agentId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const inForce = readStored(row.document);
  const changes = diffContracts(inForce, contract);
  return { number: row.number, label: inForce.versioning.contract, changes, routed: routeOf(changes) };
}
