import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { rollbackTarget } from '@/lib/services/incidents/last-known-good';
import { mayAct, type Permission } from '@/lib/services/incidents/may-act';
import { CONCERNED } from '@/lib/services/kill-switches/stop-runs';
import { resolveOnCall } from '@/lib/services/on-call/resolve';
import {
  DRILL_KINDS,
  DRILL_STATES,
  type DrillKind,
  type DrillState,
  drillDetailSchema,
  drilledAgent,
  isLive,
} from './drill-row';
import { operatorUnreached, pagingMinutes } from './paging-drill';
import { planesAlive } from './planes';

/** A drill as screens show it. Times are ISO 8601. */
export interface DrillItem {
  id: string;
  kind: DrillKind;
  state: DrillState;
  startedAt: string;
  endedAt: string | null;
  startedBy: string | null;
  dueAt: string | null;
  steps: string[];
  /** How it ended, in a sentence. */
  summary: string | null;
  evidenceId: string | null;
  /** Of paging: who was to answer, whether that is the reader, and who said so when. */
  person: { name: string; you: boolean } | null;
  acknowledgedAt: string | null;
}

export interface AgentDrills {
  agent: { id: string; name: string; displayName: string; live: boolean };
  /** Newest first. */
  drills: DrillItem[];
  may: { run: Permission; rollBack: boolean };
  planes: number;
  /** Runs under way that a kill-switch drill would hold for a moment. */
  underWay: number;
  /** In force: `name` is what its contract calls it, e.g. "1.3". */
  version: { name: string; own: boolean };
  /** Versions that the failure paths can be tried on, newest first. */
  versions: { number: number; name: string }[];
  /** The name of the version a roll-back would go to; null: nothing. */
  rollbackTo: string | null;
  /** Who would be paged now; `name` null: nobody, for the reason that `unreached` tells in a sentence. */
  operator: { email: string; name: string | null; schedule: string | null; unreached: string | null };
  minutes: number;
}

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    kind: z.enum(DRILL_KINDS),
    state: z.enum(DRILL_STATES),
    started_at: z.date(),
    ended_at: z.date().nullable(),
    started_by: z.string().nullable(),
    due_at: z.date().nullable(),
    person_id: z.string().nullable(),
    person: z.string().nullable(),
    acknowledged_at: z.date().nullable(),
    evidence_id: z.string().nullable(),
    detail: drillDetailSchema,
  }),
);
const MOST = 100;

/** The drills of an agent (the latest hundred), and what each would do now. Throws `not_found` or `conflict`. */
export async function listDrills(actor: Actor, name: string): Promise<AgentDrills> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  const agent = await drilledAgent(workspaceId, name);
  const { contract } = agent.version;
  const [drills, planes, underWay, versions, target, operator, run] = await Promise.all([
    db().query(
      `SELECT d.id, d.kind, d.state, d.started_at, d.ended_at, s.name AS started_by, d.due_at, d.person_id,
              p.name AS person, d.acknowledged_at, d.evidence_id, d.detail
         FROM drill d LEFT JOIN person s ON s.id = d.started_by_id LEFT JOIN person p ON p.id = d.person_id
        WHERE d.agent_id = $1 ORDER BY d.started_at DESC LIMIT ${MOST}`,
      [agent.id],
    ),
    planesAlive(),
    db().query<{ n: number }>(
      `SELECT count(*) AS n FROM run r JOIN agent a ON a.id = r.agent_id
       WHERE ${CONCERNED} AND r.status = 'running'`,
      [workspaceId, 'agent', agent.id],
    ),
    db().query<{ number: number; name: string }>(
      `SELECT number, coalesce(document #>> '{versioning,contract}', number::text) AS name
         FROM contract_version WHERE agent_id = $1 ORDER BY number DESC LIMIT 50`,
      [agent.id],
    ),
    rollbackTarget(db(), agent.id, agent.ownVersionId),
    resolveOnCall(db(), workspaceId, contract.ownership.operator, new Date()),
    mayAct(actor, 'drill.run'),
  ]);
  const me = actor.kind === 'person' ? actor.personId : null;
  return {
    agent: {
      id: agent.id,
      name: agent.name,
      displayName: agent.displayName,
      live: isLive(agent.stage),
    },
    drills: rowsSchema.parse(drills.rows).map((row) => ({
      id: row.id,
      kind: row.kind,
      state: row.state,
      startedAt: row.started_at.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
      startedBy: row.started_by,
      dueAt: row.due_at?.toISOString() ?? null,
      steps: row.detail.steps,
      summary: row.detail.summary ?? null,
      evidenceId: row.evidence_id,
      person: row.person === null ? null : { name: row.person, you: me !== null && me === row.person_id },
      acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    })),
    may: { run, rollBack: run.allowed && can(actor, 'incident.roll-back', { workspaceId }) },
    planes: planes.length,
    underWay: underWay.rows[0]?.n ?? 0,
    version: { name: contract.versioning.contract, own: agent.ownVersionId !== null },
    versions: versions.rows,
    rollbackTo: target?.state === 'possible' ? target.to.name : null,
    operator: {
      email: contract.ownership.operator,
      name: operator.people[0]?.name ?? null,
      schedule: operator.via?.name ?? null,
      unreached: operator.people.length > 0 ? null : operatorUnreached(contract.ownership.operator, operator),
    },
    minutes: pagingMinutes(contract.ownership.escalation),
  };
}
