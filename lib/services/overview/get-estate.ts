import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { isStage, type Stage } from '@/lib/lifecycle/stages';
import { oneDecimal } from '@/lib/scoring/performance';
import { costPerRun, NO_RUNS, SCORE_MEASURES, type ScoreSums, silentRuns } from '@/lib/scoring/run-sums';
import type { AgentScore } from '@/lib/services/agents/agent-score-of';
import { agentScores } from '@/lib/services/agents/agent-scores';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { daysBack } from '@/lib/services/rollups/window';

export const ESTATE_WINDOWS = ['7', '30', '90'] as const;
export const estateSchema = z.object({
  /** Days looked back on; anything else is 30. */
  days: z.enum(ESTATE_WINDOWS).catch('30').default('30').transform(Number),
});

/** What the agents of one business unit come to. */
export interface EstateUnit {
  /** Null: agents of no unit. */
  unit: string | null;
  agents: number;
  byStage: Record<Stage, number>;
  /** Mean of its agents' scores, each by the number of its scored runs, so that a unit of one agent shows that agent's. */
  score: number | null;
  pillars: { risk: number | null; quality: number | null; cost: number | null };
  /** Share of the scores' weight that was measured, 0-1. */
  coverage: number;
  runs: number;
  silentRuns: number;
  openIncidents: number;
  /** US dollars of calls that have a price. */
  costUsd: number;
  costPerRunUsd: number | null;
  unpricedRuns: number;
}

export interface Estate {
  days: number;
  /** The days that the figures are of, both included. */
  from: string;
  until: string;
  units: EstateUnit[];
  /** All units together. */
  whole: EstateUnit;
}

interface Counted {
  unit: string | null;
  stage: Stage;
  score: AgentScore | undefined;
  sums: ScoreSums;
  openIncidents: number;
}

/** The whole estate by business unit, by name, agents of none last: figures of the days that end with today. */
export async function getEstate(actor: Actor, days: number, now: Date): Promise<Estate> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  authorize(actor, 'incident.read', { workspaceId });
  const boundTo = actor.kind === 'key' ? actor.agentId : null;
  const zones = await db().query<{ zone: string }>('SELECT time_zone AS zone FROM workspace WHERE id = $1', [
    workspaceId,
  ]);
  const range = daysBack(zones.rows[0]?.zone ?? 'UTC', now, days);
  const [agents, rollups] = await Promise.all([
    db().query<{
      id: string;
      unit: string | null;
      stage: string;
      version_id: string | null;
      open_incidents: number;
    }>(
      `SELECT a.id, a.business_unit AS unit, a.stage, coalesce(a.contract_version_id,
                (SELECT id FROM contract_version WHERE workspace_id = $1 AND agent_id IS NULL
                  ORDER BY number DESC LIMIT 1)) AS version_id,
              (SELECT count(*) FROM incident i WHERE i.agent_id = a.id AND i.state IN ('open', 'acknowledged')) AS open_incidents
         FROM agent a WHERE a.workspace_id = $1 AND ($2::uuid IS NULL OR a.id = $2)`,
      [workspaceId, boundTo],
    ),
    readRollups(db(), { workspaceId, ...range }, ['agent'], SCORE_MEASURES),
  ]);
  const sumsOf = new Map(rollups.map((row) => [row.agentId, row]));
  const scores = await agentScores(
    db(),
    agents.rows.map((row) => ({
      id: row.id,
      versionId: row.version_id,
      sums: sumsOf.get(row.id) ?? NO_RUNS,
    })),
    now,
  );
  const byUnit = new Map<string | null, Counted[]>();
  for (const row of agents.rows) {
    const unit = row.unit === null || row.unit === '' ? null : row.unit;
    const counted: Counted = {
      unit,
      stage: isStage(row.stage) ? row.stage : 'discovery',
      score: scores.get(row.id),
      sums: sumsOf.get(row.id) ?? NO_RUNS,
      openIncidents: row.open_incidents,
    };
    byUnit.set(unit, [...(byUnit.get(unit) ?? []), counted]);
  }
  const units = [...byUnit].map(([unit, counted]) => unitOf(unit, counted));
  return {
    days,
    ...range,
    units: units.sort((left, right) =>
      left.unit === null ? 1 : right.unit === null ? -1 : left.unit.localeCompare(right.unit),
    ),
    whole: unitOf(null, [...byUnit.values()].flat()),
  };
}

function unitOf(unit: string | null, agents: readonly Counted[]): EstateUnit {
  const all = (measure: keyof ScoreSums) => agents.reduce((sum, { sums }) => sum + sums[measure], 0);
  const mean = (of: (score: AgentScore) => number | null) => weighed(agents, of);
  const byStage: Record<Stage, number> = {
    discovery: 0,
    scoping: 0,
    build: 0,
    review: 0,
    rollout: 0,
    production: 0,
  };
  for (const { stage } of agents) byStage[stage] += 1;
  const score = mean((each) => each.score);
  return {
    unit,
    agents: agents.length,
    byStage,
    score: told(score),
    pillars: {
      risk: told(mean((each) => each.pillars.risk)),
      quality: told(mean((each) => each.pillars.quality)),
      cost: told(mean((each) => each.pillars.cost)),
    },
    coverage: mean((each) => (each.score === null ? null : each.coverage)) ?? 0,
    runs: all('runs'),
    silentRuns: silentRuns({ runs: all('runs'), paged: all('paged') }),
    openIncidents: agents.reduce((sum, agent) => sum + agent.openIncidents, 0),
    costUsd: all('costUsd'),
    costPerRunUsd: costPerRun({ pricedRuns: all('pricedRuns'), pricedCostUsd: all('pricedCostUsd') }),
    unpricedRuns: all('unpricedRuns'),
  };
}

/** Mean over agents by their scored runs; an agent of which it is not known does not count. */
function weighed(agents: readonly Counted[], of: (score: AgentScore) => number | null): number | null {
  let [sum, weight] = [0, 0];
  for (const { score, sums } of agents) {
    const value = score === undefined ? null : of(score);
    if (value === null) continue;
    // Known without a run (by signals alone): it counts as one.
    const runs = Math.max(1, sums.scored);
    sum += value * runs;
    weight += runs;
  }
  return weight === 0 ? null : sum / weight;
}

const told = (mean: number | null) => (mean === null ? null : oneDecimal(mean));
