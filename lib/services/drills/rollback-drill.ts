import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import type { Contract } from '@/lib/contract/schema';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { placeInForce } from '@/lib/services/contracts/put-in-force';
import { lastKnownGood, rollbackTarget } from '@/lib/services/incidents/last-known-good';
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
import { awaitReports, type PlaneReport, planesToTry, stayed } from './planes';

/** What a roll-back is held to by us; contracts promise 90 seconds. */
const PROMISED_MS = 1000;
const WAIT_MS = 4000;
const DUE_S = 20;

/** What is drilled: the version gone back from, and the one gone to. */
interface Way {
  /** That the drill speaks of. */
  about: { id: string; number: number; name: string };
  to: { id: string; number: number; name: string; contract: Contract };
}

/**
 * Puts the version that a roll-back would go to in force, finds out from every runtime plane that it decides there, and puts
 * back what was in force. For a version that is not in force yet (`number`) that is the one which it would go back to; where
 * this one is in force already, it is only found out that every plane decides by it. Runs that begin meanwhile are held to the other version and keep it, so for an agent in Rollout
 * or Production `live` must say that this is meant. With nothing to go back to, the drill is skipped and says why.
 *
 * Throws `forbidden`, `not_found`, `invalid` without that word, or `conflict`.
 */
export async function drillRollback(
  actor: Actor,
  input: { agent: string; live: boolean; number?: number | undefined },
): Promise<{ drillId: string; end: DrillEnd }> {
  const { workspaceId } = actor;
  authorize(actor, 'drill.run', { workspaceId });
  authorize(actor, 'incident.roll-back', { workspaceId });
  const agent = await drilledAgent(workspaceId, input.agent);
  const way = await wayOf(agent, input.number);
  if (way.to === null) return skip(actor, agent, way.about?.id ?? agent.ownVersionId);
  if (way.to.id === agent.version.id) return findThere(actor, agent, way);
  refuseUnmeant(agent, input.live, {
    what: 'live runs may begin under the other version',
    why: 'Runs of this agent are real: confirm that they may be affected.',
  });
  const asked = await planesToTry();
  const { to, about } = way;
  const from = { number: agent.version.number, name: agent.version.contract.versioning.contract };
  const restore = { versionId: agent.version.id, targetId: to.id };

  const started = await transact(async (client) => {
    await lockStanding(client, agent.id, restore.versionId);
    const { id } = await startDrill(client, actor, {
      kind: 'rollback',
      agent,
      dueInS: DUE_S,
      detail: {
        steps: [`Put v${to.name} in force in place of v${from.name}`],
        expect: { step: 'there', versionId: to.id },
        restore,
      },
    });
    await placeInForce(client, actor, {
      agentId: agent.id,
      versionId: to.id,
      number: to.number,
      contract: to.contract,
    });
    await notify(client, { workspaceId, topic: 'contract', id: to.id });
    return { id, at: await databaseTime(client) };
  });
  const drill = { id: started.id, kind: 'rollback', agentId: agent.id } as const;
  const there = await awaitReports(drill.id, 'there', asked, WAIT_MS);
  const backAt = await transact(async (client) => {
    await putBack(client, actor, agent.id, restore);
    await noteStep(client, workspaceId, drill.id, {
      step: `v${to.name} decided on ${there.length} of ${plural(asked.length, 'plane')}; put v${from.name} back`,
      expect: { step: 'back', versionId: restore.versionId },
    });
    return databaseTime(client);
  });
  const back = await awaitReports(drill.id, 'back', asked, WAIT_MS);
  const planes = await stayed(asked);
  const meanwhile = await runsBegun(agent.id, to.id, started.at, backAt);

  const ofPlanes = (reports: readonly PlaneReport[]) =>
    reports.filter((each) => planes.some((plane) => plane.id === each.planeId));
  const latest = (reports: readonly PlaneReport[], since: Date) =>
    Math.max(0, ...ofPlanes(reports).map((each) => each.at.getTime() - since.getTime()));
  const [thereMs, backMs] = [latest(there, started.at), latest(back, backAt)];
  const faults = [
    ...(planes.length === 0 ? ['every runtime plane was stopped meanwhile'] : []),
    ...(ofPlanes(there).length < planes.length ? ['not every plane went to it'] : []),
    ...(ofPlanes(back).length < planes.length ? ['not every plane came back'] : []),
    ...(thereMs > PROMISED_MS || backMs > PROMISED_MS ? ['it took longer than 1 s'] : []),
  ];
  const told = `v${from.name} went back to v${to.name} on ${ofPlanes(there).length} of ${plural(planes.length, 'plane')} in ${took(thereMs)}, and returned on ${ofPlanes(back).length} of ${planes.length} in ${took(backMs)}`;
  const end: DrillEnd = {
    state: faults.length === 0 ? 'passed' : 'failed',
    summary: `${told}.${faults.length === 0 ? '' : ` But ${faults.join(', and ')}.`}${meanwhile === 0 ? '' : ` ${plural(meanwhile, 'run')} began under v${to.name} meanwhile.`}`,
    figures: {
      from: from.number,
      to: to.number,
      thereMs,
      backMs,
      promisedMs: PROMISED_MS,
      runsBegunMeanwhile: meanwhile,
      planes: planes.map((plane) => ({
        name: plane.name,
        there: reportOf(there, plane.id),
        back: reportOf(back, plane.id),
      })),
    },
    contractVersionId: about.id,
    clause: 'failure/rollback',
  };
  await transact((client) => endDrill(client, actor, drill, end));
  return { drillId: drill.id, end };
}

/** Where a version would go back to: the one in force, or another of the agent by its number. Throws `not_found`. */
async function wayOf(
  agent: DrilledAgent,
  number: number | undefined,
): Promise<Way | { about: Way['about'] | null; to: null }> {
  if (number === undefined || number === agent.version.number) {
    const about =
      agent.ownVersionId === null
        ? null
        : { ...agent.version, name: agent.version.contract.versioning.contract };
    const target = await rollbackTarget(db(), agent.id, agent.ownVersionId);
    return about === null || target === null || target.state !== 'possible'
      ? { about, to: null }
      : { about, to: target.to };
  }
  const { rows } = await db().query<Way['about']>(
    `SELECT id, number, coalesce(document #>> '{versioning,contract}', number::text) AS name
       FROM contract_version WHERE agent_id = $1 AND number = $2`,
    [agent.id, number],
  );
  const about = rows[0];
  if (about === undefined)
    throw new AppError('not_found', `${agent.displayName} has no contract version ${number}.`);
  return { about, to: await lastKnownGood(db(), agent.id, number) };
}

/** The version that another one would go back to is in force: every plane must decide by it, and nothing is put in its place. */
async function findThere(
  actor: Actor,
  agent: DrilledAgent,
  { about, to }: Way,
): Promise<{ drillId: string; end: DrillEnd }> {
  const asked = await planesToTry();
  const started = await transact(async (client) => {
    const { id } = await startDrill(client, actor, {
      kind: 'rollback',
      agent,
      dueInS: DUE_S,
      detail: {
        steps: [`Find out whether v${to.name}, which v${about.name} would go back to, decides`],
        expect: { step: 'there', versionId: to.id },
      },
    });
    return { id, at: await databaseTime(client) };
  });
  const there = await awaitReports(started.id, 'there', asked, WAIT_MS);
  const planes = await stayed(asked);
  const found = there.filter((each) => planes.some((plane) => plane.id === each.planeId));
  const thereMs = Math.max(0, ...found.map((each) => each.at.getTime() - started.at.getTime()));
  const passed = planes.length > 0 && found.length === planes.length && thereMs <= PROMISED_MS;
  const end: DrillEnd = {
    state: passed ? 'passed' : 'failed',
    summary: `v${about.name} would go back to v${to.name}, which is in force: it decides on ${found.length} of ${plural(planes.length, 'plane')}, found out in ${took(thereMs)}.`,
    figures: {
      from: about.number,
      to: to.number,
      thereMs,
      backMs: 0,
      promisedMs: PROMISED_MS,
      runsBegunMeanwhile: 0,
      planes: planes.map((plane) => ({ name: plane.name, there: reportOf(there, plane.id), back: null })),
    },
    contractVersionId: about.id,
    clause: 'failure/rollback',
  };
  await transact((client) =>
    endDrill(client, actor, { id: started.id, kind: 'rollback', agentId: agent.id }, end),
  );
  return { drillId: started.id, end };
}

/** Puts back what was in force before the drill, unless somebody has put yet another version in force since. */
export async function putBack(
  client: PoolClient,
  actor: Actor,
  agentId: string,
  restore: { versionId: string; targetId: string },
): Promise<void> {
  await lockStanding(client, agentId, restore.targetId);
  const { rows } = await client.query<{ number: number; document: unknown }>(
    'SELECT number, document FROM contract_version WHERE id = $1 AND agent_id = $2',
    [restore.versionId, agentId],
  );
  const version = rows[0];
  if (version === undefined) throw new AppError('not_found', 'The version that was in force is gone.');
  await placeInForce(client, actor, {
    agentId,
    versionId: restore.versionId,
    number: version.number,
    contract: readStored(version.document),
  });
  await notify(client, { workspaceId: actor.workspaceId, topic: 'contract', id: restore.versionId });
}

/** Locks the agent. Throws `conflict` when another version is in force than was thought. */
async function lockStanding(client: PoolClient, agentId: string, versionId: string): Promise<void> {
  const { rows } = await client.query<{ id: string | null }>(
    'SELECT contract_version_id AS id FROM agent WHERE id = $1 FOR UPDATE',
    [agentId],
  );
  if (rows[0]?.id !== versionId)
    throw new AppError('conflict', 'Somebody has put another version in force meanwhile; it stays.');
}

async function databaseTime(client: PoolClient): Promise<Date> {
  const { rows } = await client.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  return rows[0]?.at ?? new Date();
}

async function runsBegun(agentId: string, versionId: string, from: Date, until: Date): Promise<number> {
  const { rows } = await db().query<{ n: number }>(
    `SELECT count(*) AS n FROM run WHERE agent_id = $1 AND contract_version_id = $2
       AND received_at BETWEEN $3 AND $4::timestamptz + interval '1 second'`,
    [agentId, versionId, from, until],
  );
  return rows[0]?.n ?? 0;
}

function reportOf(reports: readonly PlaneReport[], planeId: string) {
  const one = reports.find((each) => each.planeId === planeId);
  return one === undefined ? null : { version: one.detail.version ?? null, at: one.at.toISOString() };
}

async function skip(
  actor: Actor,
  agent: DrilledAgent,
  versionId: string | null,
): Promise<{ drillId: string; end: DrillEnd }> {
  const { rows } = await db().query<{ n: number }>(
    'SELECT count(*) AS n FROM contract_version WHERE agent_id = $1',
    [agent.id],
  );
  const versions = rows[0]?.n ?? 0;
  const why =
    agent.ownVersionId === null
      ? 'the workspace defaults decide for it'
      : versions < 2
        ? 'this is its only version'
        : 'no earlier version is known to be good (one that had runs, without a high or critical breach)';
  const end: DrillEnd = {
    state: 'skipped',
    summary: `Nothing to go back to: ${why}. A roll-back was not exercised.`,
    figures: { versions },
    contractVersionId: versionId,
    clause: 'failure/rollback',
  };
  return transact(async (client) => {
    const { id } = await startDrill(client, actor, {
      kind: 'rollback',
      agent,
      dueInS: DUE_S,
      detail: { steps: [] },
    });
    await endDrill(client, actor, { id, kind: 'rollback', agentId: agent.id }, end);
    return { drillId: id, end };
  });
}
