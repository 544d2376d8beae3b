import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { AuthorityLevel, Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import type { Stage } from '@/lib/lifecycle/stages';
import { NO_RUNS, worstBand } from '@/lib/scoring/run-sums';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { type LadderMark, ladderMarks } from '@/lib/services/ladder/marks';
import { lowered } from '@/lib/services/ladder/standing';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { type DayRange, daysBack } from '@/lib/services/rollups/window';
import { SORTS } from '@/lib/services/runs/run-sorts';
import { SCORE_WINDOW_DAYS } from './agent-score';
import { type AgentScore, scoreOf } from './agent-score-of';
import { agentScores } from './agent-scores';
import { type Owners, ownersOf } from './owners';

/** A tool an agent was seen to call in its latest runs. */
export interface ObservedTool {
  name: string;
  calls: number;
  runs: number;
  /** False when the contract in force does not list it. */
  known: boolean;
  lastCalledAt: string;
}

export interface AgentDetail {
  id: string;
  name: string;
  displayName: string;
  businessUnit: string | null;
  aliases: string[];
  stage: Stage;
  /** How much it may do now, with what the ladder takes from it. */
  authorityLevel: AuthorityLevel;
  /** The step of the ladder it stands on; null: none. */
  ladder: LadderMark | null;
  /** The most the contract lets it ever do; null without a contract. */
  authorityCeiling: AuthorityLevel | null;
  discovered: boolean;
  createdAt: string;
  lastRunAt: string | null;
  contract: {
    number: number;
    digest: string;
    /** What people call the version, e.g. "1.3". */
    name: string;
    own: boolean;
    anyTool: boolean;
  } | null;
  owners: Owners | null;
  score: AgentScore;
  /** The days that the score and the figures are of, both included. */
  window: DayRange;
  worstBand: Band | null;
  tools: ObservedTool[];
  /** Tools the contract lists that were not called in the runs looked at. */
  unusedTools: string[];
  /** How many of the latest runs `tools` was read from. */
  toolsFromRuns: number;
  /** When the first of those runs started, to the microsecond; null without runs. */
  toolsSince: string | null;
  openIncidents: number;
}

const TOOL_RUNS = 500;

/** An agent by the name it goes by in telemetry, with its figures of the 30 days that end with today. Throws `not_found`. */
export async function getAgent(actor: Actor, name: string, now: Date): Promise<AgentDetail> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{
    id: string;
    name: string;
    display_name: string;
    business_unit: string | null;
    aliases: string[];
    stage: Stage;
    authority_level: AuthorityLevel;
    discovered: boolean;
    created_at: Date;
    last_run_at: Date | null;
    own_version: string | null;
    time_zone: string;
    open_incidents: number;
  }>(
    `SELECT a.id, a.name, a.display_name, a.business_unit, a.aliases, a.stage, a.authority_level, a.discovered,
            a.created_at, a.last_run_at, a.contract_version_id AS own_version, w.time_zone,
            (SELECT count(*) FROM incident i WHERE i.agent_id = a.id AND i.state IN ('open', 'acknowledged')) AS open_incidents
       FROM agent a JOIN workspace w ON w.id = a.workspace_id
      WHERE a.workspace_id = $1 AND a.name = $2 AND ($3::uuid IS NULL OR a.id = $3)`,
    [actor.workspaceId, name, actor.kind === 'key' ? actor.agentId : null],
  );
  const row = rows[0];
  if (row === undefined)
    throw new AppError('not_found', `There is no agent "${name.slice(0, 100)}" in this workspace.`);
  const window = daysBack(row.time_zone, now, SCORE_WINDOW_DAYS);
  const scope = { workspaceId: actor.workspaceId, agentId: row.id, ...window };
  const [inForce, [sums = NO_RUNS], tools, ladder] = await Promise.all([
    contractInForce(actor.workspaceId, row.id),
    readRollups(db(), scope, []),
    toolsOf(actor.workspaceId, row.id),
    ladderMarks(actor.workspaceId, row.id),
  ]);
  const mark = ladder.get(row.id) ?? null;
  const contract = inForce?.contract ?? null;
  const scored = { id: row.id, versionId: inForce?.versionId ?? null, sums };
  const score = (await agentScores(db(), [scored], now)).get(row.id) ?? scoreOf(sums, null);
  const listed = new Set(contract === null ? [] : Object.keys(contract.tools));
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    businessUnit: row.business_unit,
    aliases: row.aliases,
    stage: row.stage,
    authorityLevel: mark === null ? row.authority_level : lowered(row.authority_level, mark.effect),
    ladder: mark,
    authorityCeiling: contract?.authority.level ?? null,
    discovered: row.discovered,
    createdAt: row.created_at.toISOString(),
    lastRunAt: row.last_run_at?.toISOString() ?? null,
    contract:
      inForce === null
        ? null
        : {
            number: inForce.number,
            digest: inForce.digest,
            name: inForce.contract.versioning.contract,
            own: row.own_version !== null,
            anyTool: listed.has('*'),
          },
    owners: contract === null ? null : await ownersOf(actor.workspaceId, contract),
    score,
    window,
    worstBand: worstBand(sums),
    tools: tools.tools.map((tool) => ({ ...tool, known: listed.has(tool.name) })),
    unusedTools: [...listed]
      .filter((tool) => tool !== '*' && !tools.tools.some((seen) => seen.name === tool))
      .sort(),
    toolsFromRuns: tools.runs,
    toolsSince: tools.since,
    openIncidents: row.open_incidents,
  };
}

async function toolsOf(workspaceId: string, agentId: string) {
  const { rows } = await db().query<{
    name: string | null;
    calls: number;
    runs: number;
    last_called_at: Date | null;
    looked_at: number;
    since: string | null;
  }>(
    `WITH latest AS (
       SELECT r.facts, r.started_at, r.ended_at FROM run r WHERE r.workspace_id = $1 AND r.agent_id = $2
        ORDER BY r.started_at DESC, r.id DESC LIMIT ${TOOL_RUNS}),
     called AS (
       SELECT c.key AS name, sum(c.value::float8)::float8 AS calls, count(*) AS runs, max(l.ended_at) AS last_called_at
         FROM latest l, jsonb_each_text(CASE jsonb_typeof(l.facts -> 'callsByTool')
           WHEN 'object' THEN l.facts -> 'callsByTool' ELSE '{}' END) AS c
        GROUP BY c.key)
     SELECT called.name, coalesce(called.calls, 0) AS calls, coalesce(called.runs, 0) AS runs, called.last_called_at,
            looked.at AS looked_at, looked.since
       FROM (SELECT count(*) AS at, ${SORTS.started.exact('min(started_at)')} AS since
               FROM latest) AS looked LEFT JOIN called ON true
      ORDER BY called.calls DESC, called.name LIMIT 500`,
    [workspaceId, agentId],
  );
  return {
    runs: rows[0]?.looked_at ?? 0,
    since: rows[0]?.since ?? null,
    tools: rows.flatMap((row) =>
      row.name === null || row.last_called_at === null
        ? []
        : [
            {
              name: row.name,
              calls: row.calls,
              runs: row.runs,
              lastCalledAt: row.last_called_at.toISOString(),
            },
          ],
    ),
  };
}
