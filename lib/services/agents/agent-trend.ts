import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { rangeOf } from '@/lib/scoring/performance';
import { addSums, meanCoverage, meanScore, pillarMeans, silentRuns } from '@/lib/scoring/run-sums';
import { readRollups, versionsBegun } from '@/lib/services/rollups/read-rollups';
import { daysBack, daysOf } from '@/lib/services/rollups/window';
import { findAgent } from './find-agent';

export const TREND_WINDOWS = ['30', '90', '180'] as const;
export const trendSchema = z.object({
  /** Days looked back on; anything else is 30. */
  days: z.enum(TREND_WINDOWS).catch('30').default('30').transform(Number),
});

/** One day, where the workspace is, of an agent. Scores are null on days without a scored run. */
export interface TrendDay {
  /** YYYY-MM-DD */
  day: string;
  /** Mean of the runs' scores, and between what it may lie whatever was not measured. */
  score: number | null;
  scoreLow: number | null;
  scoreHigh: number | null;
  risk: number | null;
  quality: number | null;
  cost: number | null;
  runs: number;
  silent: number;
  low: number;
  medium: number;
  high: number;
  critical: number;
}

export interface TrendMark {
  day: string;
  label: string;
  kind: 'version' | 'incident';
  href: string;
}

export interface AgentTrend {
  days: number;
  from: string;
  until: string;
  byDay: TrendDay[];
  /** Of all runs of the window. */
  score: number | null;
  runs: number;
  scoredRuns: number;
  silentRuns: number;
  marks: TrendMark[];
}

const INCIDENT_MARKS = 40;

/** An agent's figures day by day, with the versions it began to run under and the incidents it opened marked on them. */
export async function agentTrend(actor: Actor, name: string, days: number, now: Date): Promise<AgentTrend> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  const agent = await findAgent(actor, name);
  const { rows: zones } = await db().query<{ time_zone: string }>(
    'SELECT time_zone FROM workspace WHERE id = $1',
    [workspaceId],
  );
  const zone = zones[0]?.time_zone ?? 'UTC';
  const range = daysBack(zone, now, days);
  const [rows, versions, incidents] = await Promise.all([
    readRollups(db(), { workspaceId, agentId: agent.id, ...range }, ['day']),
    versionMarks(workspaceId, agent, range),
    incidentMarks(workspaceId, agent.id, zone, range),
  ]);
  const byDay = new Map(rows.map((row) => [row.day, row]));
  const all = addSums(rows);
  return {
    days,
    ...range,
    byDay: daysOf(range).map((day) => {
      const sums = addSums([byDay.get(day)].filter((each) => each !== undefined));
      const score = meanScore(sums);
      const reach = score === null ? null : rangeOf(score, meanCoverage(sums));
      return {
        day,
        score,
        scoreLow: reach?.low ?? null,
        scoreHigh: reach?.high ?? null,
        ...pillarMeans(sums),
        runs: sums.runs,
        silent: silentRuns(sums),
        low: sums.low,
        medium: sums.medium,
        high: sums.high,
        critical: sums.critical,
      };
    }),
    score: meanScore(all),
    runs: all.runs,
    scoredRuns: all.scored,
    silentRuns: silentRuns(all),
    marks: [...versions, ...incidents].sort((left, right) => left.day.localeCompare(right.day)),
  };
}

/** When a run first ran under each version that began in the range. */
async function versionMarks(
  workspaceId: string,
  agent: { id: string; name: string },
  range: { from: string; until: string },
): Promise<TrendMark[]> {
  const begun = await versionsBegun(db(), { workspaceId, agentId: agent.id, ...range });
  if (begun.length === 0) return [];
  const { rows } = await db().query<{ id: string; number: number; name: string | null; own: boolean }>(
    `SELECT id, number, document #>> '{versioning,contract}' AS name, agent_id IS NOT NULL AS own
       FROM contract_version WHERE workspace_id = $1 AND id = ANY($2::uuid[])`,
    [workspaceId, begun.map((each) => each.versionId)],
  );
  const days = new Map(begun.map((each) => [each.versionId, each.day]));
  return rows.map((version) => ({
    day: days.get(version.id) ?? range.from,
    label: version.own ? `v${version.name ?? version.number}` : 'defaults',
    kind: 'version',
    href: version.own
      ? `/contracts/${encodeURIComponent(agent.name)}?version=${version.number}`
      : '/contracts/defaults',
  }));
}

async function incidentMarks(
  workspaceId: string,
  agentId: string,
  zone: string,
  range: { from: string; until: string },
): Promise<TrendMark[]> {
  const { rows } = await db().query<{ number: number; day: string }>(
    `SELECT number, to_char(opened_at AT TIME ZONE $3, 'YYYY-MM-DD') AS day FROM incident
      WHERE workspace_id = $1 AND agent_id = $2
        AND opened_at >= ($4::date::timestamp AT TIME ZONE $3)
        AND opened_at < (($5::date + 1)::timestamp AT TIME ZONE $3)
      ORDER BY opened_at DESC LIMIT ${INCIDENT_MARKS}`,
    [workspaceId, agentId, zone, range.from, range.until],
  );
  return rows.map(({ number, day }) => ({
    day,
    label: `INC-${number}`,
    kind: 'incident',
    href: `/incidents/${number}`,
  }));
}
