import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { planesAlive } from '@/lib/services/drills/planes';
import { CONCERNED } from './stop-runs';
import { SWITCH_SCOPES } from './switches-on';
import { switchName } from './turn-off';
import { rolesAtSwitch } from './turn-on';

/** A kill switch that is on, and how far it has come. Times are ISO 8601. */
export interface SwitchStanding {
  id: string;
  scope: (typeof SWITCH_SCOPES)[number];
  /** What it stops, for people. */
  stops: string;
  /** The agent's name in telemetry, where it is for one. */
  agent: string | null;
  reason: string;
  drill: boolean;
  onAt: string;
  onBy: string | null;
  /** Runtime planes that have it in their memory, of those that serve; `withinMs` is when the last of those that served then had. */
  planes: { heard: number; alive: number; withinMs: number | null };
  /** Runs of the last seven days it concerns: three facts of stopping, and those that were not asked to. */
  runs: { underWay: number; requested: number; acknowledged: number; confirmed: number };
}

export interface Switches {
  on: SwitchStanding[];
  mayTurnOff: boolean;
}

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    scope: z.enum(SWITCH_SCOPES),
    target: z.string(),
    reason: z.string(),
    drill: z.boolean(),
    on_at: z.date(),
    on_by: z.string().nullable(),
    agent: z.string().nullable(),
    agent_name: z.string().nullable(),
  }),
);

/** Kill switches that are on in the workspace; with `agent` (its name) those that stop it. Newest first. */
export async function listSwitches(actor: Actor, only: { agent?: string } = {}): Promise<Switches> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  const { rows } = await db().query(
    `SELECT k.id, k.scope, k.target, k.reason, k.drill, k.on_at, p.name AS on_by, a.display_name AS agent,
            a.name AS agent_name
       FROM kill_switch k LEFT JOIN person p ON p.id = k.on_by_id
       LEFT JOIN agent a ON k.scope = 'agent' AND a.id::text = k.target
      WHERE k.workspace_id = $1 AND k.off_at IS NULL
        AND ($2::text IS NULL OR k.scope = 'workspace' OR a.name = $2 OR (k.scope = 'business-unit' AND k.target = (
          SELECT business_unit FROM agent WHERE workspace_id = $1 AND name = $2)))
      ORDER BY k.on_at DESC`,
    [workspaceId, only.agent ?? null],
  );
  const on = await Promise.all(rowsSchema.parse(rows).map((row) => standing(workspaceId, row)));
  return { on, mayTurnOff: can(actor, 'kill-switch.release', { workspaceId }) };
}

/** What a person can stop, and who may, for the control on a page. */
export interface SwitchControl {
  mayTurnOn: boolean;
  mayTurnOff: boolean;
  /** Runs under way that would be blocked. */
  underWay: number;
}

/** For an agent (its name), a business unit, or the workspace (empty target). */
export async function switchControl(
  actor: Actor,
  of: { scope: (typeof SWITCH_SCOPES)[number]; target: string },
): Promise<SwitchControl> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  let target = of.target;
  let named: Awaited<ReturnType<typeof rolesAtSwitch>> = [];
  if (of.scope === 'agent') {
    const { rows } = await db().query<{ id: string }>(
      'SELECT id FROM agent WHERE workspace_id = $1 AND name = $2',
      [workspaceId, of.target],
    );
    target = rows[0]?.id ?? '';
    if (target !== '') named = await rolesAtSwitch(workspaceId, target);
  }
  const counted = await db().query<{ n: number }>(
    `SELECT count(*) AS n FROM run r JOIN agent a ON a.id = r.agent_id
     WHERE ${CONCERNED} AND r.status IN ('running', 'paused')`,
    [workspaceId, of.scope, target],
  );
  return {
    mayTurnOn: can(actor, 'kill-switch.use', { workspaceId, named }),
    mayTurnOff: can(actor, 'kill-switch.release', { workspaceId }),
    underWay: counted.rows[0]?.n ?? 0,
  };
}

/** The business units that agents of the workspace belong to, by name. */
export async function businessUnits(actor: Actor): Promise<{ name: string; agents: number }[]> {
  authorize(actor, 'agent.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{ name: string; agents: number }>(
    `SELECT business_unit AS name, count(*) AS agents FROM agent
     WHERE workspace_id = $1 AND business_unit IS NOT NULL GROUP BY business_unit ORDER BY business_unit`,
    [actor.workspaceId],
  );
  return rows;
}

async function standing(
  workspaceId: string,
  row: z.output<typeof rowsSchema>[number],
): Promise<SwitchStanding> {
  const [alive, heard, runs] = await Promise.all([
    planesAlive(),
    db().query<{ planeId: string; ms: number | null }>(
      // A plane that began later had it from its first decision on: that says nothing of how soon it came.
      `SELECT r.plane_id AS "planeId", CASE WHEN p.started_at < $2
                THEN (extract(epoch FROM r.at - $2::timestamptz) * 1000)::float8 END AS ms
         FROM plane_report r JOIN runtime_plane p ON p.id = r.plane_id WHERE r.subject_id = $1 AND r.step = 'on'`,
      [row.id, row.on_at],
    ),
    db().query<{ under_way: number; requested: number; acknowledged: number; confirmed: number }>(
      `SELECT count(*) FILTER (WHERE r.status IN ('running', 'paused')) AS under_way,
              count(*) FILTER (WHERE r.stop_requested_at >= $4) AS requested,
              count(*) FILTER (WHERE r.stop_requested_at >= $4 AND r.stop_acked_at IS NOT NULL) AS acknowledged,
              count(*) FILTER (WHERE r.stop_requested_at >= $4 AND r.stopped_at IS NOT NULL) AS confirmed
         FROM run r JOIN agent a ON a.id = r.agent_id
        WHERE ${CONCERNED} AND (r.status IN ('running', 'paused') OR r.stop_requested_at >= $4)`,
      [workspaceId, row.scope, row.target, row.on_at],
    ),
  ]);
  const ids = new Set(alive.map((plane) => plane.id));
  const reports = heard.rows.filter((report) => ids.has(report.planeId));
  const times = reports.flatMap((report) => (report.ms === null ? [] : [report.ms]));
  const counts = runs.rows[0];
  return {
    id: row.id,
    scope: row.scope,
    stops: switchName(row),
    agent: row.agent_name,
    reason: row.reason,
    drill: row.drill,
    onAt: row.on_at.toISOString(),
    onBy: row.on_by,
    planes: {
      heard: reports.length,
      alive: alive.length,
      withinMs: times.length === 0 ? null : Math.max(0, ...times),
    },
    runs: {
      underWay: counts?.under_way ?? 0,
      requested: counts?.requested ?? 0,
      acknowledged: counts?.acknowledged ?? 0,
      confirmed: counts?.confirmed ?? 0,
    },
  };
}
