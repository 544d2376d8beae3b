import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { authorOf, speaksFor } from './draft-row';
import { draftName, keptText } from './draft-text';

export interface CreateDraft {
  subject: 'agent' | 'defaults';
  /** The agent it will be a version of; null when there is none yet. */
  agentId?: string | null;
  /** YAML, however incomplete. */
  source: string;
  origin: 'version' | 'import' | 'observed' | 'code' | 'blank' | `template:${string}`;
  baseVersionId?: string | null;
}

/** Begins a draft. Throws `invalid` for text that cannot be kept, `not_found` for an agent of another workspace. */
export async function createDraft(
  actor: Actor,
  input: CreateDraft,
): Promise<{ id: string; revision: number }> {
  return transact((client) => createDraftIn(client, actor, input));
}

/** The same inside the caller's transaction. */
export async function createDraftIn(
  client: PoolClient,
  actor: Actor,
  input: CreateDraft,
): Promise<{ id: string; revision: number }> {
  const { workspaceId } = actor;
  const agentId = input.agentId ?? null;
  authorize(actor, 'draft.write', { workspaceId, ...(agentId === null ? {} : { agentId }) });
  if (!speaksFor(actor, agentId))
    throw new AppError('forbidden', 'This key speaks for one agent: it begins drafts of that agent only.');
  const source = keptText(input.source);
  const id = newId();
  const added = await client.query(
    `INSERT INTO contract_draft
       (id, workspace_id, subject, agent_id, source, base_version_id, origin, created_by_id, updated_by_id)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8
      WHERE ($4::uuid IS NULL OR EXISTS (SELECT 1 FROM agent WHERE workspace_id = $2 AND id = $4))
        AND ($6::uuid IS NULL OR EXISTS (SELECT 1 FROM contract_version WHERE workspace_id = $2 AND id = $6))`,
    [
      id,
      workspaceId,
      input.subject,
      input.subject === 'defaults' ? null : agentId,
      source,
      input.baseVersionId ?? null,
      input.origin,
      authorOf(actor),
    ],
  );
  if (added.rowCount === 0)
    throw new AppError('not_found', 'There is no such agent or version in this workspace.');
  await client.query(
    `INSERT INTO draft_revision (draft_id, revision, source, clauses, author_id) VALUES ($1, 1, $2, '{}', $3)`,
    [id, source, authorOf(actor)],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'draft.created',
      subject: `draft:${id}`,
      detail: { name: draftName(source), origin: input.origin },
    },
  ]);
  await notify(client, { workspaceId, topic: 'draft', id });
  return { id, revision: 1 };
}
