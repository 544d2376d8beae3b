import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { namesOf } from './list-threads';
import { type CommentSubject, findSubject, THREADS_OF_SUBJECT, threadsOfSubject } from './subject';

/** One thing that happened to a draft, or to the contract a version is of. */
export interface ActivityDto {
  id: string;
  /** ISO 8601. */
  at: string;
  by: string;
  /** After the name: "commented on", "changed", "put no. 3 in force". */
  what: string;
  /** Clauses it was about; the first few. */
  clauses: string[];
}

const LATEST = 60;
const MOST_CLAUSES = 5;

/** What happened lately, the newest first, at most 60: comments, what was settled, changes of the draft, versions. */
export async function listActivity(actor: Actor, about: CommentSubject): Promise<ActivityDto[]> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  const subject = await findSubject(db(), workspaceId, about);
  const threads = `SELECT t.* ${THREADS_OF_SUBJECT}`;
  const given = threadsOfSubject(workspaceId, subject);
  const [said, settled, written, recorded] = await Promise.all([
    db().query<{ id: string; at: Date; by: string | null; clause: string; first: boolean; kind: string }>(
      `SELECT c.id, c.created_at AS at, c.author_id AS by, t.clause, t.kind,
              c.created_at = (SELECT min(f.created_at) FROM comment f WHERE f.thread_id = t.id) AS first
         FROM (${threads}) t JOIN comment c ON c.thread_id = t.id ORDER BY c.created_at DESC LIMIT ${LATEST}`,
      given,
    ),
    db().query<{ id: string; at: Date; by: string | null; clause: string; kind: string }>(
      `SELECT t.id, t.resolved_at AS at, t.resolved_by_id AS by, t.clause, t.kind
         FROM (${threads}) t WHERE t.resolved_at IS NOT NULL ORDER BY t.resolved_at DESC LIMIT ${LATEST}`,
      given,
    ),
    db().query<{ id: string; at: Date; by: string | null; clauses: string[] }>(
      `SELECT r.draft_id || ' ' || r.revision AS id, r.at, r.author_id AS by, r.clauses
         FROM draft_revision r JOIN contract_draft d ON d.id = r.draft_id
        WHERE d.workspace_id = $1 AND r.revision > 1 AND (d.id = $2 OR d.submitted_version_id = $3)
        ORDER BY r.at DESC LIMIT ${LATEST}`,
      [workspaceId, subject.kind === 'draft' ? subject.id : null, subject.versionId],
    ),
    db().query<{ id: string; at: Date; by: string; action: string; number: string | null }>(
      `SELECT id::text, at, actor_name AS by, action, detail ->> 'number' AS number FROM audit_entry
        WHERE workspace_id = $1 AND subject = $2 AND action = ANY($3) AND detail ? 'number'
        ORDER BY id DESC LIMIT ${LATEST}`,
      [
        workspaceId,
        subject.agentId === null ? `workspace:${workspaceId}` : `agent:${subject.agentId}`,
        subject.upTo === null ? [] : ['contract.imported', 'contract.put-in-force'],
      ],
    ),
  ]);
  const names = await namesOf(
    workspaceId,
    [...said.rows, ...settled.rows, ...written.rows].flatMap((row) => row.by ?? []),
  );
  const nameOf = (id: string | null) => (id === null ? undefined : names.get(id)?.name) ?? 'Somebody';
  const all: ActivityDto[] = [
    ...said.rows.map((row) => ({
      id: `comment ${row.id}`,
      at: row.at.toISOString(),
      by: nameOf(row.by),
      what: !row.first
        ? 'answered on'
        : row.kind === 'change-request'
          ? 'asked for a change of'
          : 'commented on',
      clauses: [row.clause],
    })),
    ...settled.rows.map((row) => ({
      id: `settled ${row.id}`,
      at: row.at.toISOString(),
      by: nameOf(row.by),
      what: row.kind === 'change-request' ? 'resolved the requested change of' : 'resolved a comment on',
      clauses: [row.clause],
    })),
    ...written.rows.map((row) => ({
      id: `revision ${row.id}`,
      at: row.at.toISOString(),
      by: nameOf(row.by),
      what: row.clauses.length === 0 ? 'changed the text' : 'changed',
      clauses: row.clauses.slice(0, MOST_CLAUSES),
    })),
    ...recorded.rows.map((row) => ({
      id: `audit ${row.id}`,
      at: row.at.toISOString(),
      by: row.by,
      what:
        row.action === 'contract.imported'
          ? `made version no. ${row.number}`
          : `put version no. ${row.number} in force`,
      clauses: [],
    })),
  ];
  return all.sort((a, b) => b.at.localeCompare(a.at)).slice(0, LATEST);
}
