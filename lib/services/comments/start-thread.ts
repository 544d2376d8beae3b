import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { sectionOf } from '@/lib/contract/clauses';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { mentionsOf, readBody } from './comment-body';
import { findSubject, subjectSchema } from './subject';
import { tell } from './tell';

export const startThreadSchema = z.object({
  subject: subjectSchema,
  /** Where it stands, e.g. `cost/perRun`. It need not be in the contract: one may ask for a clause that is missing. */
  clause: z.string().min(1).max(400),
  kind: z.enum(['comment', 'change-request']),
  body: z.string(),
});

/**
 * Begins a conversation about a clause. Those it names are told; of a requested change also those who wrote the text.
 * Throws `forbidden`, `not_found`, `invalid`, and `conflict` on a draft that was discarded.
 */
export async function startThread(
  actor: Actor,
  input: z.input<typeof startThreadSchema>,
): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'comment.write', { workspaceId });
  const { subject: about, clause, kind, body: text } = startThreadSchema.parse(input);
  const body = readBody(text);
  if (sectionOf(clause) === undefined)
    throw new AppError('invalid', `"${clause.slice(0, 100)}" is no clause of a contract.`);
  const author = actor.kind === 'person' ? actor.personId : null;
  return transact(async (client) => {
    const subject = await findSubject(client, workspaceId, about);
    if (subject.discarded)
      throw new AppError('conflict', 'This draft was discarded: nothing can be said about it any more.');
    const id = newId();
    const mentions = await mentionsOf(client, workspaceId, body);
    await client.query(
      `INSERT INTO comment_thread (id, workspace_id, agent_id, draft_id, version_id, clause, kind, created_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        workspaceId,
        subject.agentId,
        subject.kind === 'draft' ? subject.id : null,
        subject.versionId,
        clause,
        kind,
        author,
      ],
    );
    await client.query(
      'INSERT INTO comment (id, thread_id, author_id, body, mentions) VALUES ($1, $2, $3, $4, $5)',
      [newId(), id, author, body, mentions],
    );
    const thread = { id, clause, subject };
    await addNotifications(client, actor, [
      ...tell(actor, thread, { kind: 'comment.mentioned', said: 'named you on', to: mentions }),
      ...tell(actor, thread, {
        kind: 'comment.change-requested',
        said: 'asks for a change of',
        to: kind === 'change-request' ? subject.authors : [],
      }),
    ]);
    if (kind === 'change-request')
      await appendAudit(client, [
        {
          workspaceId,
          actor,
          action: 'contract.change-requested',
          subject: subject.agentId === null ? `workspace:${workspaceId}` : `agent:${subject.agentId}`,
          detail: { clause, [subject.kind]: subject.id, thread: id },
        },
      ]);
    await notify(client, { workspaceId, topic: 'comment', id });
    return { id };
  });
}
