import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError, type Issue } from '@/lib/errors';
import { type FoundAgent, findAgent } from '@/lib/services/agents/find-agent';
import { parseText } from '@/lib/services/contracts/parse-text';
import { versionRows } from '@/lib/services/contracts/version-rows';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { listDrafts } from '@/lib/services/drafts/list-drafts';
import { listSuites } from './list-suites';
import type { SuiteRow } from './suite-row';

/** What scenarios are run against. */
export interface Against {
  /** A version's number or a draft's id: what stands in the address. */
  id: string;
  label: string;
  /** Null for a draft, which can be tried and is no evidence. */
  version: number | null;
}

/** Plain JSON. */
export interface ScenariosPage {
  agent: FoundAgent;
  suites: SuiteRow[];
  /** Null when the agent has neither a version of its own nor a draft. */
  against: Against | null;
  /** All there is to run against: drafts, then versions, the newest first. */
  choices: Against[];
  /** Null for a draft that is no contract yet: then `faults` says why. */
  contract: Contract | null;
  faults: Issue[];
  /** The last time the suites were kept as evidence for this version. */
  recorded: { id: string; outcome: string; summary: string; at: string } | null;
  mayWrite: boolean;
  mayRecord: boolean;
}

/** An agent's suites with what they run against: its newest version unless `against` names another. Throws `not_found`. */
export async function scenariosPage(
  actor: Actor,
  agentName: string,
  against?: string,
): Promise<ScenariosPage> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const agent = await findAgent(actor, agentName);
  const [suites, versions, drafts] = await Promise.all([
    listSuites(actor, agent.name),
    versionRows(workspaceId, { agentId: agent.id }),
    listDrafts(actor, { agent: agent.name }),
  ]);
  const ofVersions = (versions.get(agent.id) ?? []).map((version) => ({
    id: String(version.number),
    label: `v${version.label}${version.inForce ? ', in force' : ''}`,
    version: version.number,
  }));
  const ofDrafts = drafts.rows.map((draft) => ({
    id: draft.id,
    label: `Draft from ${draft.base === null ? 'scratch' : `v${draft.base.label}`}`,
    version: null,
  }));
  const choices = [...ofDrafts, ...ofVersions];
  const chosen =
    against === undefined ? (ofVersions[0] ?? ofDrafts[0]) : choices.find((choice) => choice.id === against);
  if (chosen === undefined && against !== undefined)
    throw new AppError('not_found', 'There is no such version or draft of this agent.');
  const read = chosen === undefined ? null : await contractOf(actor, agent, chosen);
  return {
    agent,
    suites,
    against: chosen ?? null,
    choices,
    contract: read?.contract ?? null,
    faults: read?.faults ?? [],
    recorded: chosen === undefined ? null : await lastRecorded(agent.id, chosen),
    mayWrite: can(actor, 'scenario.write', { workspaceId }),
    mayRecord: can(actor, 'evidence.add', { workspaceId }),
  };
}

async function contractOf(
  actor: Actor,
  agent: FoundAgent,
  { id, version }: Against,
): Promise<{ contract: Contract | null; faults: Issue[] }> {
  if (version === null) {
    const draft = await getDraft(actor, id);
    const { parsed } = await parseText(db(), actor.workspaceId, { source: draft.source, format: 'yaml' });
    return parsed.ok ? { contract: parsed.contract, faults: [] } : { contract: null, faults: parsed.issues };
  }
  const { rows } = await db().query<{ document: unknown }>(
    'SELECT document FROM contract_version WHERE agent_id = $1 AND number = $2',
    [agent.id, version],
  );
  return { contract: rows[0] === undefined ? null : readStored(rows[0].document), faults: [] };
}

async function lastRecorded(agentId: string, { version }: Against): Promise<ScenariosPage['recorded']> {
  if (version === null) return null;
  const { rows } = await db().query<{ id: string; outcome: string; summary: string; at: Date }>(
    `SELECT e.id, e.outcome, e.summary, e.produced_at AS at
       FROM evidence e JOIN contract_version v ON v.id = e.contract_version_id
      WHERE e.agent_id = $1 AND e.kind = 'scenarios' AND v.number = $2 ORDER BY e.produced_at DESC LIMIT 1`,
    [agentId, version],
  );
  return rows[0] === undefined ? null : { ...rows[0], at: rows[0].at.toISOString() };
}
