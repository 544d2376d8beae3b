import type { Pool } from 'pg';

/** One line of the record: who did what when, as the audit log holds it. */
export interface RecordEntry {
  id: number;
  at: string;
  actor: 'person' | 'key' | 'system';
  actorName: string;
  action: string;
  subject: 'run' | 'incident' | 'agent' | 'contract' | 'other';
  detail: Record<string, unknown>;
}

const RECORD_CAP = 500;

/** Audit entries about any of the subjects (`run:<id>`, `incident:<id>`), oldest first, at most 500. */
export async function listRecord(
  client: Pick<Pool, 'query'>,
  workspaceId: string,
  subjects: readonly string[],
): Promise<RecordEntry[]> {
  const { rows } = await client.query<{
    id: number;
    at: Date;
    actor: string;
    actor_name: string;
    action: string;
    subject: string;
    detail: unknown;
  }>(
    `SELECT id, at, actor, actor_name, action, subject, detail FROM audit_entry
      WHERE workspace_id = $1 AND subject = ANY($2) ORDER BY id LIMIT ${RECORD_CAP}`,
    [workspaceId, subjects],
  );
  return rows.map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor.startsWith('person:') ? 'person' : row.actor.startsWith('key:') ? 'key' : 'system',
    actorName: row.actor_name,
    action: row.action,
    subject: subjectKind(row.subject),
    detail: isRecord(row.detail) ? row.detail : {},
  }));
}

function subjectKind(subject: string): RecordEntry['subject'] {
  const kind = subject.split(':', 1)[0];
  return kind === 'run' || kind === 'incident' || kind === 'agent' || kind === 'contract' ? kind : 'other';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
