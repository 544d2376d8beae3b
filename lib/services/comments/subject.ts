import type { PoolClient } from 'pg';
import { z } from 'zod';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { AppError } from '@/lib/errors';

export const subjectSchema = z.object({ kind: z.enum(['draft', 'version']), id: z.uuid() });

/** What people talk about: a draft, or a version. */
export type CommentSubject = z.output<typeof subjectSchema>;

type Queries = Pick<PoolClient, 'query'>;

/** A draft or version as its conversations need it. */
export interface SubjectRow extends CommentSubject {
  /** Null for the workspace defaults, and for an agent that exists only as a draft. */
  agentId: string | null;
  /** Versions up to this number belong to its past; null when it has none. */
  upTo: number | null;
  /** The version itself, or the one a draft was submitted as. */
  versionId: string | null;
  createdAt: Date;
  discarded: boolean;
  /** "v1.3 of Claims processor", "the draft of Claims processor". */
  title: string;
  /** Its page, with `?` when it already asks for something. */
  path: string;
  /** Who wrote it. */
  authors: string[];
}

const rowSchema = z.object({
  agentId: z.string().nullable(),
  agent: z.string().nullable(),
  name: z.string().nullable(),
  isDefaults: z.boolean(),
  number: z.number().nullable(),
  label: z.string().nullable(),
  state: z.string(),
  versionId: z.string().nullable(),
  createdAt: z.date(),
  authors: z.array(z.string()),
});

/** Throws `not_found` for one of another workspace. */
export async function findSubject(
  client: Queries,
  workspaceId: string,
  subject: CommentSubject,
): Promise<SubjectRow> {
  const { rows } = await client.query(subject.kind === 'draft' ? DRAFT : VERSION, [workspaceId, subject.id]);
  const found = rowSchema.safeParse(rows[0]);
  if (!found.success) throw new AppError('not_found', `There is no such ${subject.kind} in this workspace.`);
  const { agent, name, isDefaults, number, label, state, ...row } = found.data;
  const whose = isDefaults ? 'the workspace defaults' : (name ?? 'a new agent');
  const page = isDefaults ? 'defaults' : encodeURIComponent(agent ?? DEFAULTS_AGENT);
  // A draft stands after everything there is; one that was submitted stands where its version does.
  const past = row.agentId !== null || isDefaults;
  return {
    ...subject,
    ...row,
    upTo: past ? (number ?? 2_147_483_647) : null,
    discarded: state === 'discarded',
    title: subject.kind === 'version' ? `v${label ?? ''} of ${whose}` : `the draft of ${whose}`,
    path:
      subject.kind === 'draft' && row.versionId === null
        ? `/contracts/drafts/${subject.id}`
        : `/contracts/${page}?version=${number ?? 1}`,
  };
}

const VERSION = `
  SELECT v.agent_id AS "agentId", a.name AS agent, a.display_name AS name, v.agent_id IS NULL AS "isDefaults", v.number,
         coalesce(v.document #>> '{versioning,contract}', v.number::text) AS label, 'submitted' AS state,
         v.id AS "versionId", v.created_at AS "createdAt",
         array_remove(ARRAY[v.created_by_id]::text[], NULL) AS authors
    FROM contract_version v LEFT JOIN agent a ON a.id = v.agent_id
   WHERE v.workspace_id = $1 AND v.id = $2`;

const DRAFT = `
  SELECT coalesce(v.agent_id, d.agent_id) AS "agentId", a.name AS agent, a.display_name AS name,
         d.subject = 'defaults' AS "isDefaults", v.number,
         v.document #>> '{versioning,contract}' AS label, d.state, v.id AS "versionId", d.created_at AS "createdAt",
         array_remove(ARRAY[d.created_by_id, d.updated_by_id]::text[], NULL) AS authors
    FROM contract_draft d LEFT JOIN contract_version v ON v.id = d.submitted_version_id
    LEFT JOIN agent a ON a.id = coalesce(v.agent_id, d.agent_id)
   WHERE d.workspace_id = $1 AND d.id = $2`;

/** The address of one thread: the clause's anchor on the page of what it is about. */
export function threadPath(subject: SubjectRow, thread: { id: string; clause: string }): string {
  const mark = subject.path.includes('?') ? '&' : '?';
  return `${subject.path}${mark}thread=${thread.id}#${encodeURI(thread.clause)}`;
}

/**
 * SQL for the threads a subject shows, given `$1` workspace, `$2` draft, `$3` its version, `$4` agent, `$5` the number its
 * past goes up to, `$6` when it was made: its own; and of its past, what was still open when it was made. `t` is the thread,
 * `number` that of the version it belongs to.
 */
export const THREADS_OF_SUBJECT = `
  FROM comment_thread t
  LEFT JOIN contract_draft td ON td.id = t.draft_id
  LEFT JOIN contract_version tv ON tv.id = coalesce(t.version_id, td.submitted_version_id)
 WHERE t.workspace_id = $1 AND (
   t.draft_id = $2 OR tv.id = $3
   OR (tv.agent_id IS NOT DISTINCT FROM $4::uuid AND tv.number <= $5 AND (t.resolved_at IS NULL OR t.resolved_at >= $6)))`;

export function threadsOfSubject(workspaceId: string, subject: SubjectRow): unknown[] {
  return [
    workspaceId,
    subject.kind === 'draft' ? subject.id : null,
    subject.versionId,
    subject.agentId,
    subject.upTo,
    subject.createdAt,
  ];
}
