import { db } from '@/lib/db/pool';

/** One version in a list: what it is called, its digest, who brought it and whether it decides. */
export interface VersionRow {
  id: string;
  number: number;
  /** SHA-256 hex of the canonical document. */
  digest: string;
  /** What its authors call it, e.g. "1.3". */
  label: string;
  /** The code version it binds to. */
  code: string;
  createdAt: string;
  /** A person, an API key or the product itself, as the audit log names them; null when it does not know. */
  createdBy: string | null;
  inForce: boolean;
  /** YYYY-MM-DD. */
  lastReviewed: string;
  /** YYYY-MM-DD: from the day after, a review is overdue. */
  reviewDue: string;
  /** Runs that were judged under it. */
  runs: number;
}

interface VersionRecord {
  id: string;
  agentId: string | null;
  number: number;
  digest: string;
  label: string;
  code: string;
  createdAt: Date;
  createdBy: string | null;
  inForce: boolean;
  lastReviewed: string;
  reviewEveryDays: number;
  runs: number;
}

/** Versions by agent id (null: the workspace defaults), the newest first. `of` narrows it to one of them. */
export async function versionRows(
  workspaceId: string,
  of?: { agentId: string | null },
): Promise<Map<string | null, VersionRow[]>> {
  const { rows } = await db().query<VersionRecord>(
    `SELECT v.id, v.agent_id AS "agentId", v.number, v.digest, coalesce(p.name, by.actor_name) AS "createdBy", v.created_at AS "createdAt",
            coalesce(v.document #>> '{versioning,contract}', v.number::text) AS label,
            coalesce(v.document #>> '{versioning,code}', '') AS code,
            coalesce(v.document #>> '{versioning,lastReviewed}', to_char(v.created_at, 'YYYY-MM-DD')) AS "lastReviewed",
            coalesce((v.document #>> '{versioning,reviewEveryDays}')::float8, 0) AS "reviewEveryDays",
            CASE WHEN v.agent_id IS NULL THEN v.number = max(v.number) OVER (PARTITION BY v.agent_id)
                 ELSE coalesce(v.id = a.contract_version_id, false) END AS "inForce",
            (SELECT count(*) FROM run r WHERE r.workspace_id = v.workspace_id AND r.contract_version_id = v.id) AS runs
       FROM contract_version v
       LEFT JOIN agent a ON a.id = v.agent_id
       LEFT JOIN person p ON p.id = v.created_by_id
       LEFT JOIN LATERAL (
         SELECT e.actor_name FROM audit_entry e
          WHERE v.created_by_id IS NULL AND e.workspace_id = v.workspace_id AND e.action = 'contract.imported'
            AND e.subject = coalesce('agent:' || v.agent_id, 'workspace:' || v.workspace_id)
            AND e.detail ->> 'number' = v.number::text
          ORDER BY e.id DESC LIMIT 1) by ON true
      WHERE v.workspace_id = $1 AND ($2 OR v.agent_id IS NOT DISTINCT FROM $3::uuid)
      ORDER BY v.number DESC`,
    [workspaceId, of === undefined, of?.agentId ?? null],
  );
  const byAgent = new Map<string | null, VersionRow[]>();
  for (const { agentId, reviewEveryDays, ...row } of rows) {
    const list = byAgent.get(agentId) ?? [];
    list.push({
      ...row,
      createdAt: row.createdAt.toISOString(),
      reviewDue: addDays(row.lastReviewed, reviewEveryDays),
    });
    byAgent.set(agentId, list);
  }
  return byAgent;
}

const END_OF_TIME = '9999-12-31';

/** Days after a YYYY-MM-DD day, as another; days have no time zone. What lies beyond the year 9999 is its last day. */
export function addDays(day: string, count: number): string {
  const at = Date.parse(`${day}T00:00:00Z`) + count * 86_400_000;
  return at < Date.parse(`${END_OF_TIME}T00:00:00Z`) ? new Date(at).toISOString().slice(0, 10) : END_OF_TIME;
}
