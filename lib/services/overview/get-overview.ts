import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { NO_AGENT_FILTERS } from '@/lib/services/agents/agent-filters';
import { type AgentRow, listAgents } from '@/lib/services/agents/list-agents';
import { listWaiting, type WaitingItem } from '@/lib/services/inbox/list-waiting';
import { incidentFilterSchema } from '@/lib/services/incidents/incident-filters';
import { IN_INCIDENT } from '@/lib/services/incidents/incident-of-run';
import { type IncidentRow, listIncidents } from '@/lib/services/incidents/list-incidents';

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

/** Everything the overview says, over the `days` times 24 hours before `now`, so that the first day shown is a part of one. */
export async function getOverview(actor: Actor, days: number, now: Date): Promise<Overview> {
  authorize(actor, 'run.read', { workspaceId: actor.workspaceId });
  authorize(actor, 'incident.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{ name: string; time_zone: string; window_start: Date }>(
    `SELECT name, time_zone,
            $2::timestamptz - make_interval(days => $3) AS window_start
       FROM workspace WHERE id = $1`,
    [actor.workspaceId, now, days],
  );
  const workspace = rows[0];
  if (workspace === undefined) throw new Error(`Workspace ${actor.workspaceId} is gone.`);
  const from = workspace.window_start;
  const [needs, waits, byDay, marks, slowest, agents, steps] = await Promise.all([
    listIncidents(actor, incidentFilterSchema.parse({ view: 'unresolved', limit: NEEDS_SHOWN })),
    listWaiting(actor),
    runsByDay(actor.workspaceId, workspace.time_zone, from, now),
    versionMarks(actor.workspaceId, workspace.time_zone, from, now),
    slowestSteps(actor.workspaceId, from, now),
    listAgents(actor, NO_AGENT_FILTERS, now, days),
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
    agents: agents.rows.slice(0, AGENTS_SHOWN),
    agentsTotal: agents.total,
    agentsInProduction: agents.inProduction,
    firstSteps: steps,
  };
}

async function runsByDay(workspaceId: string, zone: string, from: Date, now: Date): Promise<OverviewDay[]> {
  const { rows } = await db().query<OverviewDay>(
    `WITH days AS (
       SELECT to_char(d, 'YYYY-MM-DD') AS day FROM generate_series(
         ($2::timestamptz AT TIME ZONE $4)::date, ($3::timestamptz AT TIME ZONE $4)::date, interval '1 day') AS d),
     runs AS (
       SELECT to_char(r.started_at AT TIME ZONE $4, 'YYYY-MM-DD') AS day, NOT ${IN_INCIDENT} AS silent
         FROM run r
        WHERE r.workspace_id = $1 AND r.started_at >= $2 AND r.started_at <= $3
          AND r.span_count > 0)
     SELECT d.day, count(*) FILTER (WHERE r.silent) AS silent, count(*) FILTER (WHERE NOT r.silent) AS paged
       FROM days d LEFT JOIN runs r ON r.day = d.day GROUP BY d.day ORDER BY d.day`,
    [workspaceId, from, now, zone],
  );
  return rows;
}

async function versionMarks(
  workspaceId: string,
  zone: string,
  from: Date,
  now: Date,
): Promise<Overview['marks']> {
  const { rows } = await db().query<{ day: string; label: string }>(
    `SELECT to_char(u.first_run AT TIME ZONE $4, 'YYYY-MM-DD') AS day,
            a.display_name || ' v' || coalesce(v.document #>> '{versioning,contract}', v.number::text) AS label
       FROM contract_version v JOIN agent a ON a.id = v.agent_id
       CROSS JOIN LATERAL (
         SELECT min(r.started_at) AS first_run FROM run r
          WHERE r.workspace_id = $1 AND r.agent_id = v.agent_id AND r.contract_version_id = v.id) AS u
      WHERE v.workspace_id = $1 AND u.first_run >= $2 AND u.first_run <= $3
        -- The first version of an agent is no change: nothing was in force before it.
        AND EXISTS (SELECT 1 FROM contract_version o WHERE o.agent_id = v.agent_id AND o.number < v.number)
      ORDER BY u.first_run LIMIT 20`,
    [workspaceId, from, now, zone],
  );
  return rows;
}

async function slowestSteps(
  workspaceId: string,
  from: Date,
  now: Date,
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
       FROM incident WHERE workspace_id = $1 AND opened_at >= $2 AND opened_at <= $3`,
    [workspaceId, from, now],
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
