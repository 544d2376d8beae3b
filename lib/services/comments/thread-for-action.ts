import type { PoolClient } from 'pg';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { findSubject, type SubjectRow } from './subject';

const rowSchema = z.object({
  id: z.string(),
  clause: z.string(),
  kind: z.enum(['comment', 'change-request']),
  agentId: z.string().nullable(),
  draftId: z.string().nullable(),
  versionId: z.string().nullable(),
  createdById: z.string().nullable(),
  resolvedAt: z.date().nullable(),
  askerGone: z.boolean(),
});

/** A thread somebody is about to write in, locked until the transaction ends. */
export type ThreadForAction = z.output<typeof rowSchema> & { subject: SubjectRow };

/** Throws `not_found`; `conflict` when the draft it is about was discarded. */
export async function lockThread(
  client: PoolClient,
  workspaceId: string,
  threadId: string,
): Promise<ThreadForAction> {
  const missing = new AppError('not_found', 'There is no such conversation in this workspace.');
  if (!z.uuid().safeParse(threadId).success) throw missing;
  const { rows } = await client.query(
    `SELECT t.id, t.clause, t.kind, t.agent_id AS "agentId", t.draft_id AS "draftId", t.version_id AS "versionId",
            t.created_by_id AS "createdById", t.resolved_at AS "resolvedAt",
            NOT EXISTS (SELECT FROM membership m JOIN person p ON p.id = m.person_id AND p.disabled_at IS NULL
                         WHERE m.workspace_id = t.workspace_id AND m.person_id = t.created_by_id) AS "askerGone"
       FROM comment_thread t WHERE t.workspace_id = $1 AND t.id = $2 FOR UPDATE OF t`,
    [workspaceId, threadId],
  );
  const found = rowSchema.safeParse(rows[0]);
  if (!found.success) throw missing;
  const thread = found.data;
  const subject = await findSubject(
    client,
    workspaceId,
    thread.draftId !== null
      ? { kind: 'draft', id: thread.draftId }
      : { kind: 'version', id: thread.versionId ?? '' },
  );
  if (subject.discarded)
    throw new AppError('conflict', 'The draft it is about was discarded: nothing can be added any more.');
  return { ...thread, subject };
}
