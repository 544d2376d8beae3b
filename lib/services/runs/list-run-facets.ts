import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import { ownRuns } from './run-conditions';

export interface RunFacets {
  agents: { name: string; displayName: string }[];
  /** Business units that have an agent, by name. */
  units: string[];
  /** Tools that the latest 500 runs called, most called first. */
  tools: string[];
  /** Contract versions the latest 500 runs ran under. */
  versions: { number: number; digest: string; agent: string | null }[];
}

/** So many of the latest runs tell which tools and versions there are to filter by. */
const LATEST = 500;

/** What the filters of the list of runs can be set to. */
export async function listRunFacets(actor: Actor): Promise<RunFacets> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  const values = new SqlValues();
  const where = ownRuns(actor, values);
  const latest = `latest AS (SELECT r.facts, r.contract_version_id FROM run r WHERE ${where}
    ORDER BY r.started_at DESC, r.id DESC LIMIT ${LATEST})`;
  const [agents, tools, versions] = await Promise.all([
    db().query<{ name: string; display_name: string; business_unit: string | null }>(
      `SELECT name, display_name, business_unit FROM agent WHERE workspace_id = $1 ${
        actor.kind === 'key' && actor.agentId !== null ? 'AND id = $2' : ''
      } ORDER BY lower(display_name), name LIMIT 500`,
      values.list,
    ),
    db().query<{ tool: string }>(
      `WITH ${latest}
       SELECT called.key AS tool FROM latest,
              jsonb_each_text(CASE jsonb_typeof(latest.facts -> 'callsByTool')
                WHEN 'object' THEN latest.facts -> 'callsByTool' ELSE '{}' END) AS called
        GROUP BY called.key ORDER BY sum(called.value::float8) DESC, called.key LIMIT 200`,
      values.list,
    ),
    db().query<{ number: number; digest: string; agent: string | null }>(
      `WITH ${latest}
       SELECT v.number, v.digest, a.name AS agent FROM contract_version v LEFT JOIN agent a ON a.id = v.agent_id
        WHERE v.id IN (SELECT contract_version_id FROM latest)
        ORDER BY a.name NULLS FIRST, v.number DESC LIMIT 200`,
      values.list,
    ),
  ]);
  return {
    agents: agents.rows.map((row) => ({ name: row.name, displayName: row.display_name })),
    units: [
      ...new Set(agents.rows.flatMap((row) => (row.business_unit === null ? [] : [row.business_unit]))),
    ].sort((left, right) => left.localeCompare(right)),
    tools: tools.rows.map((row) => row.tool),
    versions: versions.rows,
  };
}
