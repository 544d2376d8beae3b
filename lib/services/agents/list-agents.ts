import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { AuthorityLevel, Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';
import type { Stage } from '@/lib/lifecycle/stages';
import { meanScore, NO_RUNS, SCORE_MEASURES, type ScoreSums, worstBand } from '@/lib/scoring/run-sums';
import { type LadderMark, ladderMarks } from '@/lib/services/ladder/marks';
import { lowered } from '@/lib/services/ladder/standing';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { type DayRange, daysBack, daysOf } from '@/lib/services/rollups/window';
import { type AgentFilters, usualOrder } from './agent-filters';
import { SCORE_WINDOW_DAYS } from './agent-score';
import { scoreOf } from './agent-score-of';
import { agentScores } from './agent-scores';

/** An agent as lists show it; figures are over the days that were asked for. */
export interface AgentRow {
  id: string;
  name: string;
  displayName: string;
  businessUnit: string | null;
  stage: Stage;
  /** How much it may do now, with what the ladder takes from it. */
  authorityLevel: AuthorityLevel;
  /** The step of the ladder it stands on; null: none. */
  ladder: LadderMark | null;
  discovered: boolean;
  /** A kill switch blocks all it asks. */
  stopped: boolean;
  /** The version in force; `own` is false for the workspace defaults. Null: no contract at all. */
  contract: { number: number; name: string | null; own: boolean } | null;
  sponsor: string | null;
  /** Null when it had no runs. */
  worstBand: Band | null;
  score: number | null;
  /** Share of the score's weight that was measured, 0-1. */
  coverage: number;
  pillars: { risk: number | null; quality: number | null; cost: number | null };
  /** Mean score by day, oldest first; null on days without a scored run. */
  scoreByDay: (number | null)[];
  /** Runs that something was recorded of; what only asked for decisions is neither silent nor not. */
  runs: number;
  silentRuns: number;
  costPerRunUsd: number | null;
  unpricedRuns: number;
  openIncidents: number;
  lastRunAt: string | null;
}

export interface AgentList {
  rows: AgentRow[];
  total: number;
  inProduction: number;
}

/** No list of agents is longer; a search narrows it. */
const AGENT_CAP = 500;
const BAND_ORDER: readonly Band[] = ['low', 'medium', 'high', 'critical'];

interface AgentRecord {
  id: string;
  name: string;
  display_name: string;
  business_unit: string | null;
  stage: Stage;
  authority_level: AuthorityLevel;
  discovered: boolean;
  stopped: boolean;
  last_run_at: Date | null;
  version_id: string | null;
  version_number: number | null;
  version_name: string | null;
  version_own: boolean;
  sponsor_email: string | null;
  sponsor_name: string | null;
  open_incidents: number;
}

/**
 * The agents of a workspace with their figures of the `windowDays` days that end with today, worst band first unless sorted
 * otherwise.
 *
 * @param most no more rows than these, of which alone it is read how they went day by day
 */
export async function listAgents(
  actor: Actor,
  filters: AgentFilters,
  now: Date,
  windowDays: number = SCORE_WINDOW_DAYS,
  most: number = AGENT_CAP,
): Promise<AgentList> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const values = new SqlValues();
  const workspace = values.add(actor.workspaceId);
  const where = [`a.workspace_id = ${workspace}`];
  if (actor.kind === 'key' && actor.agentId !== null) where.push(`a.id = ${values.add(actor.agentId)}`);
  const own = where.join(' AND ');
  const ownValues = [...values.list];
  if (filters.stage !== '') where.push(`a.stage = ${values.add(filters.stage)}`);
  if (filters.unit === '-') where.push('a.business_unit IS NULL');
  else if (filters.unit !== '') where.push(`a.business_unit = ${values.add(filters.unit)}`);
  if (filters.discovered) where.push('a.discovered');
  if (filters.q !== '') {
    const part = values.add(filters.q.toLowerCase());
    where.push(`(position(${part} IN lower(a.display_name)) > 0 OR position(${part} IN lower(a.name)) > 0)`);
  }
  const workspaceRow = await db().query<{ zone: string }>(
    'SELECT time_zone AS zone FROM workspace WHERE id = $1',
    [actor.workspaceId],
  );
  const window = daysBack(workspaceRow.rows[0]?.zone ?? 'UTC', now, windowDays);
  const [agents, totals, figures, marks] = await Promise.all([
    db().query<AgentRecord>(
      `WITH defaults AS (SELECT id FROM contract_version WHERE workspace_id = ${workspace} AND agent_id IS NULL
         ORDER BY number DESC LIMIT 1)
       SELECT a.id, a.name, a.display_name, a.business_unit, a.stage, a.authority_level, a.discovered, a.last_run_at,
              v.id AS version_id, v.number AS version_number, v.document #>> '{versioning,contract}' AS version_name,
              v.agent_id IS NOT NULL AS version_own,
              v.document #>> '{ownership,sponsor}' AS sponsor_email, p.name AS sponsor_name,
              EXISTS (SELECT FROM kill_switch k WHERE k.workspace_id = ${workspace} AND k.off_at IS NULL
                AND (k.scope = 'workspace' OR (k.scope = 'agent' AND k.target = a.id::text)
                  OR (k.scope = 'business-unit' AND k.target = a.business_unit))) AS stopped,
              (SELECT count(*) FROM incident i WHERE i.agent_id = a.id AND i.state IN ('open', 'acknowledged')) AS open_incidents
         FROM agent a
         LEFT JOIN contract_version v ON v.id = coalesce(a.contract_version_id, (SELECT id FROM defaults))
         LEFT JOIN person p ON p.email = lower(v.document #>> '{ownership,sponsor}')
           AND EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.workspace_id = ${workspace})
        WHERE ${where.join(' AND ')} ORDER BY lower(a.display_name), a.name LIMIT ${AGENT_CAP}`,
      values.list,
    ),
    db().query<{ total: number; in_production: number }>(
      `SELECT count(*) AS total, count(*) FILTER (WHERE stage = 'production') AS in_production
         FROM agent a WHERE ${own}`,
      ownValues,
    ),
    figuresByAgent(actor.workspaceId, window),
    ladderMarks(actor.workspaceId),
  ]);
  const scores = await agentScores(
    db(),
    agents.rows.map(({ id, version_id }) => ({
      id,
      versionId: version_id,
      sums: figures.get(id) ?? NO_RUNS,
    })),
    now,
  );
  const rows = agents.rows.map((agent): AgentRow => {
    const sums = figures.get(agent.id) ?? NO_RUNS;
    const score = scores.get(agent.id) ?? scoreOf(sums, null);
    const mark = marks.get(agent.id) ?? null;
    return {
      id: agent.id,
      name: agent.name,
      displayName: agent.display_name,
      businessUnit: agent.business_unit,
      stage: agent.stage,
      authorityLevel: mark === null ? agent.authority_level : lowered(agent.authority_level, mark.effect),
      ladder: mark,
      discovered: agent.discovered,
      stopped: agent.stopped,
      contract:
        agent.version_number === null
          ? null
          : { number: agent.version_number, name: agent.version_name, own: agent.version_own },
      sponsor: agent.sponsor_name ?? agent.sponsor_email,
      worstBand: worstBand(sums),
      score: score.score,
      coverage: score.coverage,
      pillars: score.pillars,
      scoreByDay: [],
      runs: score.runs,
      silentRuns: score.silentRuns,
      costPerRunUsd: score.costPerRunUsd,
      unpricedRuns: score.unpricedRuns,
      openIncidents: agent.open_incidents,
      lastRunAt: agent.last_run_at?.toISOString() ?? null,
    };
  });
  const shown = sortAgents(rows, filters.sort, filters.order).slice(0, most);
  const days = await scoresByDay(
    actor.workspaceId,
    window,
    shown.map(({ id }) => id),
  );
  return {
    rows: shown.map((row) => ({ ...row, scoreByDay: days.get(row.id) ?? [] })),
    total: totals.rows[0]?.total ?? 0,
    inProduction: totals.rows[0]?.in_production ?? 0,
  };
}

async function figuresByAgent(workspaceId: string, window: DayRange): Promise<Map<string, ScoreSums>> {
  const rows = await readRollups(db(), { workspaceId, ...window }, ['agent'], SCORE_MEASURES);
  return new Map(rows.flatMap((row) => (row.agentId === null ? [] : [[row.agentId, row]])));
}

async function scoresByDay(
  workspaceId: string,
  window: DayRange,
  agentIds: readonly string[],
): Promise<Map<string, (number | null)[]>> {
  const scope = { workspaceId, agentIds, ...window };
  const rows = await readRollups(db(), scope, ['agent', 'day'], ['scored', 'scoreSum']);
  const places = new Map(daysOf(window).map((day, place) => [day, place]));
  const byAgent = new Map<string, (number | null)[]>();
  for (const row of rows) {
    const agent = row.agentId ?? '';
    const days = byAgent.get(agent) ?? Array.from({ length: places.size }, () => null);
    const place = places.get(row.day ?? '');
    if (place !== undefined) days[place] = meanScore(row);
    byAgent.set(agent, days);
  }
  return byAgent;
}

/** What is unknown comes last, whichever way the rest is sorted; equals stay in the order of their names. */
function sortAgents(rows: AgentRow[], sort: AgentFilters['sort'], order: AgentFilters['order']): AgentRow[] {
  const key = (row: AgentRow): number | null => {
    switch (sort) {
      case 'band':
        return row.worstBand === null
          ? null
          : BAND_ORDER.indexOf(row.worstBand) + Math.min(row.openIncidents, 999) / 1000;
      case 'score':
        return row.score;
      case 'silent':
        return row.runs === 0 ? null : row.silentRuns / row.runs;
      case 'cost':
        return row.costPerRunUsd;
      case 'last':
        return row.lastRunAt === null ? null : Date.parse(row.lastRunAt);
      case 'name':
        return 0;
    }
  };
  const sign = (order === '' ? usualOrder(sort) : order) === 'asc' ? 1 : -1;
  if (sort === 'name') return sign === 1 ? rows : rows.toReversed();
  return rows.toSorted((left, right) => {
    const a = key(left);
    const b = key(right);
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    return (a - b) * sign;
  });
}
