import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { SourceFormat } from '@/lib/contract/parse';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { changeDraft } from '@/lib/services/drafts/change-draft';
import { createDraft } from '@/lib/services/drafts/create-draft';
import { asYaml } from '@/lib/services/templates/start-from-text';
import { type CodeDraft, codeDraft } from './code-draft';
import { parseText, readable } from './parse-text';

export interface PushContract {
  /** The agent the address names. */
  agent: string;
  source: string;
  format: SourceFormat;
  /**
   * The draft's revision the text was made on, or `any` to go over whatever stands there. Undefined: code alone has
   * written this draft.
   */
  onto?: { draftId: string; revision: number } | 'any' | undefined;
}

export interface PushedContract {
  agent: string;
  digest: string;
  /** Undefined when a version says this already and no draft was needed. */
  draft?: { id: string; revision: number };
  /** created: a new draft; changed: of one there was; unchanged: it said this already. */
  outcome: 'created' | 'changed' | 'unchanged';
  /** True when what people changed meanwhile is in it too: pull it before the next push. */
  merged: boolean;
  /** The version that says exactly this. */
  version: number | null;
}

/**
 * A contract from a repository becomes a draft, or changes the draft that was pushed before, or the one it names: people review and submit it
 * like any other. Throws `invalid_contract` with each fault's line and clause; `conflict` when people have changed the
 * draft since and the push does not say which revision it was made on, or when both changed the same clause.
 */
export async function pushContract(actor: Actor, input: PushContract): Promise<PushedContract> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.write', { workspaceId });
  const { contract } = readable((await parseText(db(), workspaceId, input)).parsed);
  const { agent } = contract.identity;
  if (agent !== input.agent)
    throw new AppError(
      'invalid_contract',
      `This is the contract of "${agent}", pushed to "${input.agent}".`,
      {
        issues: [
          {
            path: 'identity/agent',
            message: `The address names ${input.agent}.`,
            expected: `"${input.agent}", or another address`,
          },
        ],
      },
    );
  const digest = digestOf(contract);
  const { source } = asYaml(input.source, input.format);
  const done = { agent, digest, merged: false };
  const [draft, known] = await Promise.all([
    codeDraft(actor, agent, typeof input.onto === 'object' ? input.onto : 'code'),
    knownAs(actor, agent, digest),
  ]);
  if (draft === null) {
    if (typeof input.onto === 'object') throw moved();
    if (known.inForce) return { ...done, outcome: 'unchanged', version: known.version };
    const created = await createDraft(actor, {
      subject: agent === DEFAULTS_AGENT ? 'defaults' : 'agent',
      agentId: known.agentId,
      source,
      origin: 'code',
      baseVersionId: known.baseVersionId,
    });
    return { ...done, draft: created, outcome: 'created', version: known.version };
  }
  const revision = ontoRevision(draft, source, input.onto);
  const kept = await changeDraft(actor, draft.id, { revision, source });
  return {
    ...done,
    draft: { id: draft.id, revision: kept.revision },
    outcome: kept.revision === draft.revision ? 'unchanged' : 'changed',
    merged: kept.merged && kept.source !== source,
    version: known.version,
  };
}

function ontoRevision(draft: CodeDraft, source: string, onto: PushContract['onto']): number {
  if (onto === 'any') return draft.revision;
  if (onto !== undefined) {
    if (onto.draftId !== draft.id) throw moved();
    return onto.revision;
  }
  if (draft.touchedByPeople.length > 0 && draft.source !== source)
    throw new AppError(
      'conflict',
      `People have changed this draft since it was pushed. Pull it (it is at revision ${draft.revision}), bring your text up to it, and push naming that revision.`,
      {
        issues: draft.touchedByPeople
          .slice(0, 50)
          .map((clause) => ({ path: clause, message: 'Changed by a person in the draft.' })),
      },
    );
  return draft.revision;
}

function moved(): AppError {
  return new AppError(
    'conflict',
    'The draft this was made on is not open any more: it was submitted, discarded, or is another. Pull what there is and push again.',
  );
}

interface Known {
  agentId: string | null;
  baseVersionId: string | null;
  /** Whether a version that says this is the one in force. */
  inForce: boolean;
  version: number | null;
}

async function knownAs(actor: Actor, agent: string, digest: string): Promise<Known> {
  const isDefaults = agent === DEFAULTS_AGENT;
  const { rows } = await db().query<{
    agentId: string | null;
    baseVersionId: string | null;
    inForce: boolean | null;
    version: number | null;
  }>(
    `SELECT a.id AS "agentId", coalesce(a.contract_version_id, newest.id) AS "baseVersionId",
            coalesce(same.id = a.contract_version_id, same.id = newest.id) AS "inForce", same.number AS version
       FROM (SELECT NULL::uuid AS id, NULL::uuid AS contract_version_id WHERE $3
             UNION ALL SELECT id, contract_version_id FROM agent WHERE workspace_id = $1 AND name = $2 AND NOT $3) a
       LEFT JOIN LATERAL (SELECT id FROM contract_version v WHERE v.workspace_id = $1
                           AND v.agent_id IS NOT DISTINCT FROM a.id ORDER BY number DESC LIMIT 1) newest ON true
       LEFT JOIN LATERAL (SELECT id, number FROM contract_version v WHERE v.workspace_id = $1
                           AND v.agent_id IS NOT DISTINCT FROM a.id AND v.digest = $4
                           ORDER BY number DESC LIMIT 1) same ON true`,
    [actor.workspaceId, agent, isDefaults, digest],
  );
  const row = rows[0];
  return {
    agentId: row?.agentId ?? null,
    baseVersionId: row?.baseVersionId ?? null,
    inForce: row?.inForce ?? false,
    version: row?.version ?? null,
  };
}
