import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { NO_AGENT_FILTERS } from '@/lib/services/agents/agent-filters';
import { type AgentRow, listAgents } from '@/lib/services/agents/list-agents';
import { listWaiting, type WaitingItem } from '@/lib/services/inbox/list-waiting';
import { incidentFilterSchema } from '@/lib/services/incidents/incident-filters';
import { type IncidentRow, listIncidents } from '@/lib/services/incidents/list-incidents';
import { readRollups, versionsBegun } from '@/lib/services/rollups/read-rollups';
import { type DayRange, daysBack, daysOf } from '@/lib/services/rollups/window';

export const OVERVIEW_WINDOWS = ['7', '30', '90'] as const;
export const overviewSchema = z.object({
  /** Days looked back on; anything else is 30. */
  days: z.enum(OVERVIEW_WINDOWS).catch('30').default('30').transform(Number),
});

export interface OverviewDay {
  /** YYYY-MM-DD in the workspace's time zone. */
  day: string;
  silent: number;
  paged: number;
}

export interface Overview {
  workspace: { name: string; timeZone: string };
  days: number;
  /** Incidents nobody has resolved: unacknowledged first. At most 20; `needsTotal` counts all. */
  needs: IncidentRow[];
  needsTotal: number;
  unacknowledged: number;
  /** What else waits for the reader: signatures, drills, changes asked for; the oldest first. */
  waits: WaitingItem[];
  /** Whether the reader may acknowledge an incident: whether it is the reader whom these things need. */
  mayAct: boolean;
  runs: number;
  /** Runs that opened no incident. */
  silentRuns: number;
  byDay: OverviewDay[];
  /** When an agent first ran under a version of its contract. */
  marks: { day: string; label: string }[];
  /** Slowest of the window, in milliseconds; null without an incident that got so far. */
  slowest: {
    breachToPageMs: number | null;
    breachToPauseMs: number | null;
    /** From the moment our runtime plane recorded the breach. */
    openedToPageMs: number | null;
    pageToAcknowledgeMs: number | null;
  };
  incidentsInWindow: number;
  agents: AgentRow[];
  agentsTotal: number;
  agentsInProduction: number;
  /** What a new workspace still has to do. */
  firstSteps: { contract: boolean; key: boolean; run: boolean };
}

const AGENTS_SHOWN = 8;
const NEEDS_SHOWN = 20;
const MARKS_SHOWN = 20;

/** Everything the overview says, over the `days` days that end with today, where the workspace is. */
export async function getOverview(actor: Actor, days: number, now: Date): Promise<Overview> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  authorize(actor, 'incident.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{ name: string; time_zone: string }>(
    'SELECT name, time_zone FROM workspace WHERE id = $1',
    [actor.workspaceId],
  );
  const workspace = rows[0];
  if (workspace === undefined) throw new Error(`Workspace ${actor.workspaceId} is gone.`);
  const window = daysBack(workspace.time_zone, now, days);
  const [needs, waits, byDay, marks, slowest, agents, steps] = await Promise.all([
    listIncidents(
      actor,
      incidentFilterSchema.parse({ view: 'unresolved', limit: NEEDS_SHOWN }),
      'unresolved',
    ),
    listWaiting(actor),
    runsByDay(actor.workspaceId, window),
    versionMarks(actor.workspaceId, window),
    slowestSteps(actor.workspaceId, workspace.time_zone, window),
    listAgents(actor, NO_AGENT_FILTERS, now, days, AGENTS_SHOWN),
    firstSteps(actor.workspaceId),
  ]);
  const silentRuns = byDay.reduce((sum, day) => sum + day.silent, 0);
  return {
    workspace: { name: workspace.name, timeZone: workspace.time_zone },
    days,
    needs: needs.rows,
    needsTotal: needs.counts.open + needs.counts.acknowledged,
    unacknowledged: needs.counts.open,
    waits: waits.filter((item) => item.kind !== 'incident'),
    mayAct: can(actor, 'incident.acknowledge', { workspaceId: actor.workspaceId }),
    runs: byDay.reduce((sum, day) => sum + day.paged, silentRuns),
    silentRuns,
    byDay,
    marks,
    ...slowest,
    agents: agents.rows,
    agentsTotal: agents.total,
    agentsInProduction: agents.inProduction,
    firstSteps: steps,
  };
}

async function runsByDay(workspaceId: string, window: DayRange): Promise<OverviewDay[]> {
  const rows = await readRollups(db(), { workspaceId, ...window }, ['day'], ['runs', 'paged']);
  const byDay = new Map(rows.map((row) => [row.day, row]));
  return daysOf(window).map((day) => {
    const { runs = 0, paged = 0 } = byDay.get(day) ?? {};
    return { day, silent: runs - paged, paged };
  });
}

async function versionMarks(workspaceId: string, window: DayRange): Promise<Overview['marks']> {
  const first = await versionsBegun(db(), { workspaceId, ...window });
  const { rows } = await db().query<{ id: string; label: string }>(
    `SELECT v.id, a.display_name || ' v' || coalesce(v.document #>> '{versioning,contract}', v.number::text) AS label
       FROM contract_version v JOIN agent a ON a.id = v.agent_id
      WHERE v.workspace_id = $1 AND v.id = ANY($2)
        -- The first version of an agent is no change: nothing was in force before it.
        AND EXISTS (SELECT 1 FROM contract_version o WHERE o.agent_id = v.agent_id AND o.number < v.number)`,
    [workspaceId, first.map((one) => one.versionId)],
  );
  const labels = new Map(rows.map((row) => [row.id, row.label]));
  return first
    .flatMap(({ versionId, day }) => {
      const label = labels.get(versionId);
      return label === undefined ? [] : [{ day, label }];
    })
    .slice(0, MARKS_SHOWN);
}

async function slowestSteps(
  workspaceId: string,
  zone: string,
  { from, until }: DayRange,
): Promise<Pick<Overview, 'slowest' | 'incidentsInWindow'>> {
  const { rows } = await db().query<{
    incidents: number;
    to_page: number | null;
    to_pause: number | null;
    opened_to_page: number | null;
    to_acknowledge: number | null;
  }>(
    `SELECT count(*) AS incidents,
            (extract(epoch FROM max(paged_at - breached_at)) * 1000)::float8 AS to_page,
            (extract(epoch FROM max(paused_at - breached_at)) * 1000)::float8 AS to_pause,
            (extract(epoch FROM max(paged_at - opened_at)) * 1000)::float8 AS opened_to_page,
            (extract(epoch FROM max(acknowledged_at - paged_at)) * 1000)::float8 AS to_acknowledge
       FROM incident WHERE workspace_id = $1
        AND opened_at >= ($2::date)::timestamp AT TIME ZONE $4 AND opened_at < ($3::date + 1)::timestamp AT TIME ZONE $4`,
    [workspaceId, from, until, zone],
  );
  const row = rows[0];
  return {
    incidentsInWindow: row?.incidents ?? 0,
    slowest: {
      breachToPageMs: row?.to_page ?? null,
      breachToPauseMs: row?.to_pause ?? null,
      openedToPageMs: row?.opened_to_page ?? null,
      pageToAcknowledgeMs: row?.to_acknowledge ?? null,
    },
  };
}

async function firstSteps(workspaceId: string): Promise<Overview['firstSteps']> {
  const { rows } = await db().query<{ contract: boolean; key: boolean; run: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM contract_version WHERE workspace_id = $1 AND agent_id IS NOT NULL) AS contract,
            EXISTS (SELECT 1 FROM api_key WHERE workspace_id = $1 AND revoked_at IS NULL) AS key,
            EXISTS (SELECT 1 FROM run WHERE workspace_id = $1) AS run`,
    [workspaceId],
  );
  return rows[0] ?? { contract: false, key: false, run: false };
}
