import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { AppError } from '@/lib/errors';

export interface DraftRow {
  id: string;
  subject: 'agent' | 'defaults';
  agentId: string | null;
  /** Of the agent it will be a version of, where there is one. */
  agentName: string | null;
  source: string;
  revision: number;
  state: 'open' | 'submitted' | 'discarded';
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A draft of the actor's workspace, locked until the transaction ends. Throws `not_found`, `forbidden`, and `conflict` when it has ended. */
export async function lockOpenDraft(client: PoolClient, actor: Actor, id: string): Promise<DraftRow> {
  authorize(actor, 'draft.write', { workspaceId: actor.workspaceId });
  if (!ID.test(id)) throw noSuchDraft();
  const { rows } = await client.query<DraftRow>(
    `SELECT d.id, d.subject, d.agent_id AS "agentId", a.name AS "agentName", d.source, d.revision, d.state
       FROM contract_draft d LEFT JOIN agent a ON a.id = d.agent_id
      WHERE d.workspace_id = $1 AND d.id = $2 FOR UPDATE OF d`,
    [actor.workspaceId, id],
  );
  const draft = rows[0];
  if (draft === undefined || !speaksFor(actor, draft.agentId)) throw noSuchDraft();
  if (draft.state !== 'open')
    throw new AppError(
      'conflict',
      draft.state === 'submitted'
        ? 'This draft was submitted and is a version now, which never changes. Start a new draft from that version.'
        : 'This draft was discarded. Start a new one.',
    );
  return draft;
}

/**
 * Locks the agent that a draft is of, where there is one, before the draft itself: in the order of gates and amendments, so that
 * nobody waits in a circle.
 */
export async function lockAgentOfDraft(client: PoolClient, actor: Actor, id: string): Promise<void> {
  if (!ID.test(id)) return;
  await client.query(
    `SELECT FROM agent WHERE id = (SELECT agent_id FROM contract_draft WHERE workspace_id = $1 AND id = $2) FOR NO KEY UPDATE`,
    [actor.workspaceId, id],
  );
}

/** A key that speaks for one agent sees no draft of another. */
export function speaksFor(actor: Actor, agentId: string | null): boolean {
  return actor.kind !== 'key' || actor.agentId === null || actor.agentId === agentId;
}

export function isDraftId(id: string): boolean {
  return ID.test(id);
}

export function noSuchDraft(): AppError {
  return new AppError('not_found', 'There is no such draft in this workspace.');
}

export function authorOf(actor: Actor): string | null {
  return actor.kind === 'person' ? actor.personId : null;
}
