import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { release } from '@/lib/services/kill-switches/turn-off';
import { engage } from '@/lib/services/kill-switches/turn-on';
import {
  type DrillEnd,
  type DrilledAgent,
  drilledAgent,
  endDrill,
  noteStep,
  refuseUnmeant,
  startDrill,
  took,
} from './drill-row';
import { type AlivePlane, awaitReports, type PlaneReport, planesToTry, stayed } from './planes';

/** What a switch is held to: every plane has it within so long. */
const PROMISED_MS = 1000;
const WAIT_MS = 5000;
/** Should the process that drills end, a runtime plane releases the switch after so long. */
const DUE_S = 30;

/**
 * Turns the agent's real kill switch on, finds out from every runtime plane that serves when it had it and that it blocks
 * probe calls then, and releases it. Nothing is stored of the probes; calls the agent really asks about meanwhile are
 * blocked, so for one in Rollout or Production `live` must say that this is meant.
 *
 * Throws `forbidden`, `not_found`, `invalid` without that word, or `conflict` when no plane serves or a switch is on.
 */
export async function drillKillSwitch(
  actor: Actor,
  input: { agent: string; live: boolean },
): Promise<{ drillId: string; end: DrillEnd }> {
  const { workspaceId } = actor;
  authorize(actor, 'drill.run', { workspaceId });
  authorize(actor, 'kill-switch.use', { workspaceId });
  const agent = await drilledAgent(workspaceId, input.agent);
  refuseUnmeant(agent, input.live, {
    what: 'live calls may be blocked',
    why: 'Calls of this agent are real: confirm that they may be blocked.',
  });
  await refuseWhileOn(workspaceId, agent);
  const planes = await planesToTry();

  const { id: drillId } = await transact((client) =>
    startDrill(client, actor, {
      kind: 'kill-switch',
      agent,
      dueInS: DUE_S,
      detail: {
        steps: [`Asked ${plural(planes.length, 'runtime plane')} what they answer without a switch`],
        expect: { step: 'before', versionId: null },
      },
    }),
  );
  const drill = { id: drillId, kind: 'kill-switch', agentId: agent.id } as const;
  let switchId: string | undefined;
  try {
    const before = await awaitReports(drillId, 'before', planes, WAIT_MS);
    const on = await transact(async (client) => {
      const id = await engage(
        client,
        actor,
        { scope: 'agent', target: agent.id, name: agent.displayName, named: [] },
        { reason: 'Kill-switch drill', drill: true },
      );
      await noteStep(client, workspaceId, drillId, { step: 'Turned the kill switch on', switchId: id });
      return id;
    });
    switchId = on;
    const heard = await awaitReports(on, 'on', planes, WAIT_MS);
    await transact(async (client) => {
      await release(client, actor, { switchId: on, reason: 'Kill-switch drill is done' });
      await noteStep(client, workspaceId, drillId, {
        step: `${heard.length} of ${plural(planes.length, 'plane')} had it; released it`,
      });
    });
    const released = await awaitReports(on, 'off', planes, WAIT_MS);
    const times = await switchTimes(on);
    const end = judge(await stayed(planes), { before, heard, released }, times);
    await transact((client) => endDrill(client, actor, drill, end));
    return { drillId, end };
  } catch (error) {
    await transact(async (client) => {
      if (switchId !== undefined)
        await release(client, actor, { switchId, reason: 'Kill-switch drill broke off' }).catch(() => {});
    }).catch(() => {});
    const end: DrillEnd = {
      state: 'failed',
      summary: 'The drill broke off before it was done.',
      figures: {},
      contractVersionId: null,
      clause: 'failure/killSwitch',
    };
    await transact((client) => endDrill(client, actor, drill, end)).catch(() => {});
    throw error;
  }
}

async function refuseWhileOn(workspaceId: string, agent: DrilledAgent): Promise<void> {
  const { rows } = await db().query(
    `SELECT FROM kill_switch WHERE workspace_id = $1 AND off_at IS NULL AND (scope = 'workspace'
       OR (scope = 'agent' AND target = $2) OR (scope = 'business-unit' AND target = $3))`,
    [workspaceId, agent.id, agent.businessUnit],
  );
  if (rows.length > 0)
    throw new AppError(
      'conflict',
      `A kill switch is on for ${agent.displayName} already: release it, then drill.`,
    );
}

async function switchTimes(id: string): Promise<{ on: number; off: number }> {
  const { rows } = await db().query<{ on: Date; off: Date }>(
    'SELECT on_at AS "on", off_at AS off FROM kill_switch WHERE id = $1',
    [id],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`The kill switch ${id} is gone.`);
  return { on: row.on.getTime(), off: row.off.getTime() };
}

/** What the planes said, against what is promised. */
function judge(
  planes: readonly AlivePlane[],
  said: Record<'before' | 'heard' | 'released', readonly PlaneReport[]>,
  times: { on: number; off: number },
): DrillEnd {
  const of = (reports: readonly PlaneReport[]) =>
    reports.filter((each) => planes.some((plane) => plane.id === each.planeId));
  const [before, heard, released] = [of(said.before), of(said.heard), of(said.released)];
  const probes = heard.flatMap((each) => each.detail.probes ?? []);
  const blocked = probes.filter((probe) => probe.byKillSwitch && probe.lane === 'block');
  const open = [...before, ...released].flatMap((each) => each.detail.probes ?? []);
  const heldBefore = open.filter((probe) => probe.byKillSwitch);
  const latest = (reports: readonly PlaneReport[], since: number) =>
    Math.max(0, ...reports.map((each) => each.at.getTime() - since));
  const [onMs, offMs] = [latest(heard, times.on), latest(released, times.off)];
  const faults = [
    ...(planes.length === 0 ? ['every runtime plane was stopped meanwhile'] : []),
    ...(heard.length < planes.length
      ? [`${plural(planes.length - heard.length, 'plane')} did not say that the switch had come`]
      : []),
    ...(blocked.length < probes.length || probes.length === 0
      ? [`${probes.length - blocked.length} of ${plural(probes.length, 'probe call')} not blocked by it`]
      : []),
    ...(onMs > PROMISED_MS ? [`the last plane had it after ${took(onMs)}, not within 1 s`] : []),
    ...(released.length < planes.length
      ? [`${plural(planes.length - released.length, 'plane')} did not say that it was released`]
      : []),
    ...(heldBefore.length > 0
      ? [`${plural(heldBefore.length, 'call')} blocked by a switch that was off`]
      : []),
  ];
  const told = `${heard.length} of ${plural(planes.length, 'plane')}, ${blocked.length} of ${plural(probes.length, 'probe call')} blocked after ${took(onMs)}; released after ${took(offMs)}`;
  return {
    state: faults.length === 0 ? 'passed' : 'failed',
    summary: faults.length === 0 ? `${told}.` : `${told}. But ${faults.join(', and ')}.`,
    figures: {
      planes: planes.map((plane) => ({
        name: plane.name,
        onAfterMs: afterOf(heard, plane.id, times.on),
        offAfterMs: afterOf(released, plane.id, times.off),
        probes: heard.find((each) => each.planeId === plane.id)?.detail.probes ?? [],
        before: before.find((each) => each.planeId === plane.id)?.detail.probes ?? [],
      })),
      promisedMs: PROMISED_MS,
      exercised:
        'The real switch, in every runtime plane that served. Probe calls were decided from the memory that real calls are decided from; they were not sent over the network and nothing is stored of them.',
    },
    contractVersionId: null,
    clause: 'failure/killSwitch',
  };
}

function afterOf(reports: readonly PlaneReport[], planeId: string, since: number): number | null {
  const one = reports.find((each) => each.planeId === planeId);
  return one === undefined ? null : Math.max(0, one.at.getTime() - since);
}
