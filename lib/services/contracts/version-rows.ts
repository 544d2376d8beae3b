import { db } from '@/lib/db/pool';

/** One version in a list: what it is called, its digest, who brought it and whether it decides. */
export interface VersionRow {
  id: string;
  number: number;
  /** SHA-256 hex of the canonical document. */
  digest: string;
  /** What its authors call it, e.g. "1.3". */
  name: string;
  /** The code version it binds to. */
  code: string;
  createdAt: string;
  /** Null when the product itself wrote it. */
  createdBy: string | null;
  inForce: boolean;
  /** YYYY-MM-DD. */
  lastReviewed: string;
  /** YYYY-MM-DD: the last day before a review is overdue. */
  reviewDue: string;
}

interface VersionRecord {
  id: string;
  agent_id: string | null;
  number: number;
  digest: string;
  name: string;
  code: string;
  created_at: Date;
  created_by: string | null;
  in_force: boolean;
  last_reviewed: string;
  review_every_days: number;
}

/**
 * Versions by agent id ('' for the workspace defaults), the newest first. `agentId` narrows it to one agent, null to
 * the defaults, undefined takes all.
 */
export async function versionRows(
  workspaceId: string,
  agentId: string | null | undefined,
): Promise<Map<string, VersionRow[]>> {
  const { rows } = await db().query<VersionRecord>(
    `SELECT v.id, v.agent_id, v.number, v.digest, p.name AS created_by, v.created_at,
            coalesce(v.document #>> '{versioning,contract}', v.number::text) AS name,
            coalesce(v.document #>> '{versioning,code}', '') AS code,
            v.document #>> '{versioning,lastReviewed}' AS last_reviewed,
            (v.document #>> '{versioning,reviewEveryDays}')::float8 AS review_every_days,
            CASE WHEN v.agent_id IS NULL
              THEN v.number = max(v.number) OVER (PARTITION BY v.agent_id)
              ELSE v.id = a.contract_version_id END AS in_force
       FROM contract_version v
       LEFT JOIN agent a ON a.id = v.agent_id
       LEFT JOIN person p ON p.id = v.created_by_id
      WHERE v.workspace_id = $1 AND ($2 OR v.agent_id IS NOT DISTINCT FROM $3::uuid)
      ORDER BY v.number DESC`,
    [workspaceId, agentId === undefined, agentId ?? null],
  );
  const byAgent = new Map<string, VersionRow[]>();
  for (const row of rows) {
    const key = row.agent_id ?? '';
    const list = byAgent.get(key) ?? [];
    list.push({
      id: row.id,
      number: row.number,
      digest: row.digest,
      name: row.name,
      code: row.code,
      createdAt: row.created_at.toISOString(),
      createdBy: row.created_by,
      // An agent whose versions all wait has none in force: `=` with NULL is NULL.
      inForce: row.in_force === true,
      lastReviewed: row.last_reviewed,
      reviewDue: addDays(row.last_reviewed, row.review_every_days),
    });
    byAgent.set(key, list);
  }
  return byAgent;
}

/** Days after a YYYY-MM-DD day, as another; days have no time zone. */
export function addDays(day: string, count: number): string {
  const at = Date.parse(`${day}T00:00:00Z`) + count * 86_400_000;
  // A review due in more than 270,000 years cannot be written as a date: as good as never.
  return Number.isFinite(at) && at < 253_402_300_800_000
    ? new Date(at).toISOString().slice(0, 10)
    : '9999-12-31';
}
