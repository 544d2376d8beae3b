import type { Actor } from '@/lib/auth/actor';
import { type Change, diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { findAgent } from '@/lib/services/agents/find-agent';
import { parseText, readable } from '@/lib/services/contracts/parse-text';
import { getDraft } from '@/lib/services/drafts/get-draft';

/** What is replayed: a version by its number, or a draft by its id as it stands now. */
export type SubjectOf = { version: number } | { draft: string };

export interface Subject {
  agent: { id: string; name: string };
  versionId: string | null;
  draft: { id: string; revision: number } | null;
  contract: Contract;
  /** SHA-256 of the canonical document, hex. */
  digest: string;
  /** Clauses that decide calls and are not as in the version in force (of that version: in the one before). */
  changed: string[];
}

/** Throws `not_found`, and `invalid_contract` for a draft that is no contract yet. */
export async function loadSubject(actor: Actor, agentName: string, of: SubjectOf): Promise<Subject> {
  const agent = await findAgent(actor, agentName);
  if ('version' in of) {
    const { rows } = await db().query<{ id: string; digest: string; document: unknown }>(
      'SELECT id, digest, document FROM contract_version WHERE workspace_id = $1 AND agent_id = $2 AND number = $3',
      [actor.workspaceId, agent.id, of.version],
    );
    const version = rows[0];
    if (version === undefined)
      throw new AppError('not_found', `"${agent.name}" has no contract version ${of.version}.`);
    const contract = readStored(version.document);
    const changed = await changedClauses(agent.id, of.version, contract);
    return { agent, versionId: version.id, draft: null, contract, digest: version.digest, changed };
  }
  const draft = await getDraft(actor, of.draft);
  if (draft.agentId !== agent.id) throw new AppError('not_found', `This is no draft of "${agent.name}".`);
  const { parsed } = await parseText(db(), actor.workspaceId, { source: draft.source, format: 'yaml' });
  const { contract } = readable(parsed);
  return {
    agent,
    versionId: null,
    draft: { id: draft.id, revision: draft.revision },
    contract,
    digest: digestOf(contract),
    changed: await changedClauses(agent.id, null, contract),
  };
}

async function changedClauses(agentId: string, number: number | null, contract: Contract): Promise<string[]> {
  const { rows } = await db().query<{ document: unknown }>(
    `SELECT v.document FROM contract_version v JOIN agent a ON a.id = v.agent_id
      WHERE v.agent_id = $1 AND ($2::int IS NULL OR v.number <> $2)
      ORDER BY v.id = a.contract_version_id DESC NULLS LAST, v.number < $2 DESC NULLS LAST, v.number DESC LIMIT 1`,
    [agentId, number],
  );
  const before = rows[0];
  if (before === undefined) return [];
  return [...new Set(diffContracts(readStored(before.document), contract).filter(decides).map(clauseOf))];
}

/** Clauses by which calls are decided and runs scored, and what follows; of a tool only the parts that are. */
const DECIDING =
  /^(scope\/(actions|forbidden)|authority|cost|risk|failure\/(low|medium|high|critical))(\/|$)|^tools\/[^/]+(\/(action|egress|categories|filter|arguments|rateLimit)(\/|$)|$)/;

function decides({ clause }: Change): boolean {
  return DECIDING.test(clause) && !/^cost\/(costPerAcceptedOutput|acceptedWhen|completedWhen)$/.test(clause);
}

function clauseOf({ clause }: Change): string {
  return clause;
}
