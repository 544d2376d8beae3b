import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

export const auditQuerySchema = z.object({
  /** An actor as stored: `person:<id>`, `key:<id>`, `system`. */
  actor: z.string().max(200).default(''),
  /** The noun before the dot: `incident`, `key`, … */
  noun: z
    .string()
    .regex(/^[a-z-]*$/)
    .max(60)
    .default(''),
  /** `run:<id>`, `incident:<id>`, … */
  subject: z.string().max(200).default(''),
  /** Entries before this number: `next` of the page before. */
  before: z.coerce.number().int().positive().optional(),
});
export type AuditQuery = z.output<typeof auditQuerySchema>;

export interface AuditRow {
  number: number;
  at: string;
  actor: string;
  actorName: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
  /** What the subject is called and where it is shown, while it is known. */
  subjectName: string | null;
  href: string | null;
}

/** What entries can be about, as the first half of their action. */
export const AUDIT_NOUNS = [
  'agent',
  'contract',
  'incident',
  'key',
  'person',
  'price',
  'run',
  'webhook',
  'workspace',
] as const;

const PAGE = 50;

/** The id in an entry's subject when it is of that kind, as SQL that an index can answer. */
function idOf(kind: 'run' | 'incident' | 'agent' | 'person' | 'key'): string {
  return `CASE WHEN e.subject ~ '^${kind}:[0-9a-f-]{36}$' THEN substr(e.subject, ${kind.length + 2})::uuid END`;
}

/** The workspace's audit log, newest first, 50 at a time by keyset, and what one can filter by. */
export async function listAudit(
  actor: Actor,
  query: AuditQuery,
): Promise<{
  entries: AuditRow[];
  next: number | null;
  actors: { actor: string; name: string }[];
}> {
  const { workspaceId } = actor;
  authorize(actor, 'audit.read', { workspaceId });
  const [rows, actors] = await Promise.all([
    db().query<{
      number: number;
      at: Date;
      actor: string;
      actorName: string;
      action: string;
      subject: string;
      detail: Record<string, unknown>;
      runKey: string | null;
      incidentNumber: number | null;
      agentName: string | null;
      agentTitle: string | null;
      personName: string | null;
      keyName: string | null;
    }>(
      // Names are looked up by id inside the workspace only.
      `SELECT e.id AS number, e.at, e.actor, e.actor_name AS "actorName", e.action, e.subject, e.detail,
              r.key AS "runKey", i.number AS "incidentNumber", a.name AS "agentName",
              a.display_name AS "agentTitle", p.name AS "personName", k.name AS "keyName"
         FROM (SELECT * FROM audit_entry
                WHERE workspace_id = $1 AND ($2 = '' OR actor = $2) AND ($3 = '' OR action LIKE $3 || '.%')
                  AND ($4 = '' OR subject = $4) AND ($5::bigint IS NULL OR id < $5)
                ORDER BY id DESC LIMIT ${PAGE + 1}) e
         LEFT JOIN run r ON r.id = ${idOf('run')} AND r.workspace_id = $1
         LEFT JOIN incident i ON i.id = ${idOf('incident')} AND i.workspace_id = $1
         LEFT JOIN agent a ON a.id = ${idOf('agent')} AND a.workspace_id = $1
         LEFT JOIN person p ON p.id = ${idOf('person')}
         LEFT JOIN api_key k ON k.id = ${idOf('key')} AND k.workspace_id = $1
        ORDER BY e.id DESC`,
      [workspaceId, query.actor, query.noun, query.subject, query.before ?? null],
    ),
    db().query<{ actor: string; name: string }>(
      `SELECT 'person:' || p.id AS actor, p.name FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1
       UNION ALL
       SELECT 'key:' || id, name FROM api_key WHERE workspace_id = $1
       ORDER BY name`,
      [workspaceId],
    ),
  ]);
  const page = rows.rows.slice(0, PAGE);
  return {
    actors: [{ actor: 'system', name: 'Countersign' }, ...actors.rows],
    next: rows.rows.length > PAGE ? (page.at(-1)?.number ?? null) : null,
    entries: page.map((row) => ({
      number: row.number,
      at: row.at.toISOString(),
      actor: row.actor,
      actorName: row.actorName,
      action: row.action,
      subject: row.subject,
      detail: row.detail,
      ...subjectOf(row),
    })),
  };
}

function subjectOf(row: {
  subject: string;
  runKey: string | null;
  incidentNumber: number | null;
  agentName: string | null;
  agentTitle: string | null;
  personName: string | null;
  keyName: string | null;
}): { subjectName: string | null; href: string | null } {
  if (row.runKey !== null)
    return { subjectName: row.runKey, href: `/runs/${encodeURIComponent(row.runKey)}` };
  if (row.incidentNumber !== null)
    return { subjectName: `INC-${row.incidentNumber}`, href: `/incidents/${row.incidentNumber}` };
  if (row.agentName !== null)
    return { subjectName: row.agentTitle, href: `/agents/${encodeURIComponent(row.agentName)}` };
  if (row.personName !== null) return { subjectName: row.personName, href: '/settings/people' };
  if (row.keyName !== null) return { subjectName: row.keyName, href: '/settings/keys' };
  if (row.subject.startsWith('workspace:')) return { subjectName: 'Workspace', href: '/settings' };
  return { subjectName: null, href: null };
}
