import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { maySettle } from './may-settle';
import { type CommentSubject, findSubject, THREADS_OF_SUBJECT, threadsOfSubject } from './subject';

export interface Commenter {
  name: string;
  /** Has left the workspace. */
  gone: boolean;
}

export interface CommentDto {
  id: string;
  by: Commenter;
  mine: boolean;
  body: string;
  /** Names of the people it mentions. */
  mentions: string[];
  /** ISO 8601. */
  createdAt: string;
  editedAt: string | null;
}

export interface ThreadDto {
  id: string;
  clause: string;
  kind: 'comment' | 'change-request';
  createdAt: string;
  resolved: { at: string; by: Commenter } | null;
  /** The number of the version it was begun on, when that is not the one being looked at; it came along because it was open. */
  since: number | null;
  comments: CommentDto[];
  maySettle: boolean;
}

export interface ThreadList {
  threads: ThreadDto[];
  /** Whom a comment may mention: everyone who can read it. */
  people: { id: string; name: string; jobTitle: string | null }[];
  mayWrite: boolean;
  /** Requested changes that nobody has resolved: they stand in the way of putting it in force. */
  openRequests: number;
}

const MOST_THREADS = 500;
const MOST_COMMENTS = 5000;

/**
 * The conversations about a draft or version, oldest first: its own, and those of earlier versions that were still open when
 * it was made. Throws `not_found`.
 */
export async function listThreads(actor: Actor, about: CommentSubject): Promise<ThreadList> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const subject = await findSubject(db(), workspaceId, about);
  authorize(actor, 'contract.read', {
    workspaceId,
    ...(subject.agentId === null ? {} : { agentId: subject.agentId }),
  });
  const [threads, people] = await Promise.all([
    db().query<ThreadRecord>(
      `SELECT t.id, t.clause, t.kind, t.created_at AS "createdAt", t.created_by_id AS "createdById",
              t.resolved_at AS "resolvedAt", t.resolved_by_id AS "resolvedById",
              (t.draft_id = $2 OR tv.id = $3) IS TRUE AS own, tv.number
       ${THREADS_OF_SUBJECT}
       ORDER BY t.created_at, t.id LIMIT ${MOST_THREADS}`,
      threadsOfSubject(workspaceId, subject),
    ),
    db().query<{ id: string; name: string; jobTitle: string | null }>(
      `SELECT p.id, p.name, m.job_title AS "jobTitle" FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1 AND p.disabled_at IS NULL ORDER BY lower(p.name), p.id`,
      [workspaceId],
    ),
  ]);
  const comments = await db().query<CommentRecord>(
    `SELECT id, thread_id AS "threadId", author_id AS "authorId", body, mentions, created_at AS "createdAt", edited_at AS "editedAt"
       FROM comment WHERE thread_id = ANY($1) ORDER BY created_at, id LIMIT ${MOST_COMMENTS}`,
    [threads.rows.map((thread) => thread.id)],
  );
  const names = await namesOf(
    workspaceId,
    [
      ...threads.rows.flatMap((thread) => [thread.createdById, thread.resolvedById]),
      ...comments.rows.flatMap((comment) => [comment.authorId, ...comment.mentions]),
    ].filter((id) => id !== null),
  );
  const who = (id: string | null): Commenter =>
    (id === null ? undefined : names.get(id)) ?? { name: 'Somebody who has left', gone: true };
  const self = actor.kind === 'person' ? actor.personId : null;
  const mayWrite = self !== null && !subject.discarded && can(actor, 'comment.write', { workspaceId });
  return {
    people: people.rows,
    mayWrite,
    openRequests: threads.rows.filter((each) => each.kind === 'change-request' && each.resolvedAt === null)
      .length,
    threads: threads.rows.map((thread) => ({
      id: thread.id,
      clause: thread.clause,
      kind: thread.kind,
      createdAt: thread.createdAt.toISOString(),
      resolved:
        thread.resolvedAt === null
          ? null
          : { at: thread.resolvedAt.toISOString(), by: who(thread.resolvedById) },
      since: thread.own ? null : thread.number,
      maySettle: mayWrite && maySettle(actor, thread, who(thread.createdById).gone),
      comments: comments.rows
        .filter((comment) => comment.threadId === thread.id)
        .map((comment) => ({
          id: comment.id,
          by: who(comment.authorId),
          mine: self !== null && comment.authorId === self,
          body: comment.body,
          mentions: comment.mentions.map((id) => who(id).name),
          createdAt: comment.createdAt.toISOString(),
          editedAt: comment.editedAt?.toISOString() ?? null,
        })),
    })),
  };
}

interface ThreadRecord {
  id: string;
  clause: string;
  kind: ThreadDto['kind'];
  createdAt: Date;
  createdById: string | null;
  resolvedAt: Date | null;
  resolvedById: string | null;
  own: boolean;
  number: number | null;
}

interface CommentRecord {
  id: string;
  threadId: string;
  authorId: string | null;
  body: string;
  mentions: string[];
  createdAt: Date;
  editedAt: Date | null;
}

/** People by id, those who have left included and marked. */
export async function namesOf(workspaceId: string, ids: readonly string[]): Promise<Map<string, Commenter>> {
  const { rows } = await db().query<{ id: string; name: string; gone: boolean }>(
    `SELECT p.id, p.name, m.person_id IS NULL OR p.disabled_at IS NOT NULL AS gone
       FROM person p LEFT JOIN membership m ON m.person_id = p.id AND m.workspace_id = $1
      WHERE p.id = ANY($2)`,
    [workspaceId, [...new Set(ids)]],
  );
  return new Map(rows.map(({ id, ...who }) => [id, who]));
}
