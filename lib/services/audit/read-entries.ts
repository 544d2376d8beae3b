import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import type { AuditQuery } from './audit-query';

export interface AuditRow {
  /** Orders entries; not without gaps, since what was undone took a number too. */
  number: number;
  /** Its place in the chain, without gaps; null until it is sealed. */
  link: number | null;
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

interface Names {
  subject: string;
  runKey: string | null;
  incidentNumber: number | null;
  agentName: string | null;
  agentTitle: string | null;
  personName: string | null;
  keyName: string | null;
  /** What anything else is called, and where it is shown. */
  otherName: string | null;
  otherHref: string | null;
}

/** The id in an entry's subject when it is of that kind, as SQL that an index can answer. */
function idOf(
  kind:
    | 'run'
    | 'incident'
    | 'agent'
    | 'person'
    | 'key'
    | 'draft'
    | 'delegation'
    | 'webhook'
    | 'delivery'
    | 'tool'
    | 'price'
    | 'on-call-schedule'
    | 'compensation'
    | 'amendment',
): string {
  return `CASE WHEN e.subject ~ '^${kind}:[0-9a-f-]{36}$' THEN substr(e.subject, ${kind.length + 2})::uuid END`;
}

/** Whatever else an entry may be about: at most one of these finds it. */
const OTHERS = `
  SELECT 'Draft' || coalesce(' of ' || da.display_name, '') AS name, '/contracts/drafts/' || d.id AS href
    FROM contract_draft d LEFT JOIN agent da ON da.id = d.agent_id
   WHERE d.id = ${idOf('draft')} AND d.workspace_id = $1
  UNION ALL
  SELECT gt.name || ' for ' || gf.name, '/review/signers'
    FROM delegation g JOIN person gf ON gf.id = g.from_id JOIN person gt ON gt.id = g.to_id
   WHERE g.id = ${idOf('delegation')} AND g.workspace_id = $1
  UNION ALL
  SELECT w.name, '/settings/channels' FROM webhook_endpoint w
   WHERE w.id = ${idOf('webhook')} AND w.workspace_id = $1
  UNION ALL
  SELECT 'Delivery' || coalesce(' to ' || mw.name, ''), '/settings/channels'
    FROM outbox_message m LEFT JOIN webhook_endpoint mw ON mw.id = m.endpoint_id
   WHERE m.id = ${idOf('delivery')} AND m.workspace_id = $1
  UNION ALL
  SELECT t.name, '/settings/tools' FROM catalogue_tool t
   WHERE t.id = ${idOf('tool')} AND t.workspace_id = $1
  UNION ALL
  SELECT mp.model, '/settings/prices' FROM model_price mp
   WHERE mp.id = ${idOf('price')} AND mp.workspace_id = $1
  UNION ALL
  SELECT s.name, CASE WHEN s.archived_at IS NULL THEN '/on-call/' || s.id END FROM on_call_schedule s
   WHERE s.id = ${idOf('on-call-schedule')} AND s.workspace_id = $1
  UNION ALL
  SELECT c.by || ' for INC-' || ci.number, '/incidents/' || ci.number
    FROM compensation c JOIN incident ci ON ci.id = c.incident_id
   WHERE c.id = ${idOf('compensation')} AND c.workspace_id = $1
  UNION ALL
  SELECT 'AMD-' || am.number, '/amendments/' || am.number FROM amendment am
   WHERE am.id = ${idOf('amendment')} AND am.workspace_id = $1`;

/** At most `limit` entries that fit, newest first, with the names of what they are about. */
export async function readEntries(
  workspaceId: string,
  query: AuditQuery,
  limit: number,
): Promise<AuditRow[]> {
  const values = new SqlValues();
  const conditions = conditionsOf(workspaceId, query, values);
  const { rows } = await db().query<
    Names & {
      number: number;
      link: number | null;
      at: Date;
      actor: string;
      actorName: string;
      action: string;
      detail: Record<string, unknown>;
    }
  >(
    // Names are looked up by id inside the workspace only.
    `SELECT e.id AS number, l.seq AS link, e.at, e.actor, e.actor_name AS "actorName", e.action, e.subject, e.detail,
            r.key AS "runKey", i.number AS "incidentNumber", a.name AS "agentName",
            a.display_name AS "agentTitle", p.name AS "personName", k.name AS "keyName",
            o.name AS "otherName", o.href AS "otherHref"
       FROM (SELECT * FROM audit_entry WHERE ${conditions} ORDER BY id DESC LIMIT ${values.add(limit)}) e
       LEFT JOIN audit_link l ON l.entry_id = e.id
       LEFT JOIN run r ON r.id = ${idOf('run')} AND r.workspace_id = $1
       LEFT JOIN incident i ON i.id = ${idOf('incident')} AND i.workspace_id = $1
       LEFT JOIN agent a ON a.id = ${idOf('agent')} AND a.workspace_id = $1
       LEFT JOIN person p ON p.id = ${idOf('person')}
       LEFT JOIN api_key k ON k.id = ${idOf('key')} AND k.workspace_id = $1
       LEFT JOIN LATERAL (${OTHERS}) o ON true
      ORDER BY e.id DESC`,
    values.list,
  );
  return rows.map((row) => ({
    number: row.number,
    link: row.link,
    at: row.at.toISOString(),
    actor: row.actor,
    actorName: row.actorName,
    action: row.action,
    subject: row.subject,
    detail: row.detail,
    ...subjectOf(row),
  }));
}

/** Which entries a query is for, as SQL over `audit_entry`'s own columns. */
export function conditionsOf(workspaceId: string, query: AuditQuery, values: SqlValues): string {
  const parts = [`workspace_id = ${values.add(workspaceId)}`];
  if (query.actor !== '') parts.push(`actor = ${values.add(query.actor)}`);
  if (query.action !== '')
    parts.push(
      query.action.includes('.')
        ? `action = ${values.add(query.action)}`
        : `starts_with(action, ${values.add(`${query.action}.`)})`,
    );
  if (query.subject !== '') parts.push(`subject = ANY (${subjectsSql(values.add(query.subject))})`);
  if (query.from !== '') parts.push(`at >= ${dayBegins(values.add(query.from), 0)}`);
  if (query.to !== '') parts.push(`at < ${dayBegins(values.add(query.to), 1)}`);
  if (query.before !== undefined) parts.push(`id < ${values.add(query.before)}`);
  return parts.join(' AND ');
}

/** The stored subjects that a reader may mean by what they typed. */
function subjectsSql(typed: string): string {
  return `ARRAY(
    SELECT ${typed}::text
    UNION ALL SELECT 'incident:' || id FROM incident
      WHERE workspace_id = $1 AND upper(${typed}) = 'INC-' || number
    UNION ALL SELECT 'run:' || id FROM run WHERE workspace_id = $1 AND key = ${typed}
    UNION ALL SELECT 'agent:' || id FROM agent
      WHERE workspace_id = $1 AND lower(${typed}) IN (name, lower(display_name))
    UNION ALL SELECT 'key:' || id FROM api_key WHERE workspace_id = $1 AND lower(name) = lower(${typed})
    UNION ALL SELECT 'person:' || p.id FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND lower(${typed}) IN (lower(p.name), p.email))`;
}

function dayBegins(day: string, daysOn: 0 | 1): string {
  return `((${day}::date + ${daysOn})::timestamp AT TIME ZONE
    (SELECT time_zone FROM workspace WHERE id = $1))`;
}

function subjectOf(row: Names): { subjectName: string | null; href: string | null } {
  if (row.runKey !== null)
    return { subjectName: row.runKey, href: `/runs/${encodeURIComponent(row.runKey)}` };
  if (row.incidentNumber !== null)
    return { subjectName: `INC-${row.incidentNumber}`, href: `/incidents/${row.incidentNumber}` };
  if (row.agentName !== null)
    return { subjectName: row.agentTitle, href: `/agents/${encodeURIComponent(row.agentName)}` };
  if (row.personName !== null) return { subjectName: row.personName, href: '/settings/people' };
  if (row.keyName !== null) return { subjectName: row.keyName, href: '/settings/keys' };
  if (row.subject.startsWith('workspace:')) return { subjectName: 'Workspace', href: '/settings' };
  return { subjectName: row.otherName, href: row.otherHref };
}
