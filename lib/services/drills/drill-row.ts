import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import type { Contract } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { formatDuration } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { type NewEvidence, recordEvidence } from '@/lib/services/evidence/record-evidence';

export const DRILL_KINDS = ['kill-switch', 'failure-paths', 'rollback', 'paging'] as const;
export type DrillKind = (typeof DRILL_KINDS)[number];
export const DRILL_TITLES: Readonly<Record<DrillKind, string>> = {
  'kill-switch': 'Kill-switch drill',
  'failure-paths': 'Failure-path drill',
  rollback: 'Rollback drill',
  paging: 'Paging drill',
};
/** skipped: there was nothing to exercise, and the evidence says why. */
export const DRILL_STATES = ['running', 'passed', 'failed', 'skipped'] as const;
export type DrillState = (typeof DRILL_STATES)[number];

/** `drill.detail`: what it does now, and what must be undone should its process end. */
export const drillDetailSchema = z.object({
  /** Sentences, oldest first. */
  steps: z.array(z.string()).default([]),
  /** What every runtime plane is asked to report: once this version decides there, or at once. */
  expect: z.object({ step: z.string(), versionId: z.string().nullable() }).optional(),
  /** Of kill-switch: the switch it turned on. */
  switchId: z.string().optional(),
  /** Of rollback: the version that was in force, and the one it went to. */
  restore: z.object({ versionId: z.string(), targetId: z.string() }).optional(),
  /** Of paging: the minutes there were, and who was paged. */
  minutes: z.number().optional(),
  person: z.string().optional(),
  /** How it ended, in one sentence. */
  summary: z.string().optional(),
});
export type DrillDetail = z.output<typeof drillDetailSchema>;

/** An agent that is about to be drilled. */
export interface DrilledAgent {
  id: string;
  name: string;
  displayName: string;
  stage: string;
  businessUnit: string | null;
  /** Its own version that is in force; null under the workspace defaults. */
  ownVersionId: string | null;
  version: { id: string; number: number; contract: Contract };
}

/** Throws `not_found`, or `conflict` when no contract decides for it. */
export async function drilledAgent(workspaceId: string, name: string): Promise<DrilledAgent> {
  const { rows } = await db().query<Omit<DrilledAgent, 'version'>>(
    `SELECT id, name, display_name AS "displayName", stage, business_unit AS "businessUnit",
            contract_version_id AS "ownVersionId"
       FROM agent WHERE workspace_id = $1 AND name = $2`,
    [workspaceId, name],
  );
  const agent = rows[0];
  if (agent === undefined) throw new AppError('not_found', `There is no agent "${name}" in this workspace.`);
  const inForce = await contractInForce(workspaceId, agent.id);
  if (inForce === null)
    throw new AppError(
      'conflict',
      `No contract decides for ${agent.displayName}: put a version or workspace defaults in force, then drill.`,
    );
  return {
    ...agent,
    version: { id: inForce.versionId, number: inForce.number, contract: inForce.contract },
  };
}

/** Whether calls of the agent are real ones: it has reached Rollout. */
export function isLive(stage: string): boolean {
  return stage === 'rollout' || stage === 'production';
}

/** Refuses a drill that touches an agent's real work unless whoever runs it said that this is meant. */
export function refuseUnmeant(
  agent: Pick<DrilledAgent, 'stage'>,
  live: boolean,
  { what, why }: { what: string; why: string },
): void {
  if (isLive(agent.stage) && !live)
    throw new AppError('invalid', `Say that ${what} for a moment.`, {
      issues: [{ path: 'live', message: why }],
    });
}

/** Throws `conflict` while one of the kind is running for the agent. */
export async function startDrill(
  client: PoolClient,
  actor: Actor,
  drill: {
    kind: DrillKind;
    agent: Pick<DrilledAgent, 'id' | 'name' | 'displayName'>;
    /** Seconds after which it counts as failed, whatever became of its process. */
    dueInS: number;
    detail: DrillDetail;
    personId?: string;
  },
): Promise<{ id: string; dueAt: Date }> {
  const { workspaceId } = actor;
  const { kind, agent } = drill;
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`drill ${kind} ${agent.id}`]);
  const running = await client.query(
    `SELECT FROM drill WHERE agent_id = $1 AND kind = $2 AND state = 'running'`,
    [agent.id, kind],
  );
  if (running.rows.length > 0)
    throw new AppError('conflict', `${DRILL_TITLES[kind]} of ${agent.displayName} is running already.`);
  const id = newId();
  const { rows } = await client.query<{ due_at: Date }>(
    `INSERT INTO drill (id, workspace_id, agent_id, kind, started_at, started_by_id, person_id, due_at, detail)
     VALUES ($1, $2, $3, $4, clock_timestamp(), $5, $6, clock_timestamp() + make_interval(secs => $7), $8)
     RETURNING due_at`,
    [
      id,
      workspaceId,
      agent.id,
      kind,
      actor.kind === 'person' ? actor.personId : null,
      drill.personId ?? null,
      drill.dueInS,
      JSON.stringify(drill.detail),
    ],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'drill.started',
      subject: `agent:${agent.id}`,
      detail: { agent: agent.name, drill: id, kind },
    },
  ]);
  await notify(client, { workspaceId, topic: 'drill', id });
  return { id, dueAt: rows[0]?.due_at ?? new Date() };
}

/** Writes down how far it has come, in the caller's transaction or by itself. */
export async function noteStep(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  drillId: string,
  change: Omit<DrillDetail, 'steps'> & { step?: string },
): Promise<void> {
  const { step, ...detail } = change;
  await client.query(
    `UPDATE drill SET detail = jsonb_set(detail || $2::jsonb, '{steps}',
       coalesce(detail -> 'steps', '[]') || coalesce($3::jsonb, '[]')) WHERE id = $1`,
    [drillId, JSON.stringify(detail), step === undefined ? null : JSON.stringify([step])],
  );
  await notify(client, { workspaceId, topic: 'drill', id: drillId });
}

/** What a drill ended in. */
export interface DrillEnd {
  state: Exclude<DrillState, 'running'>;
  /** One sentence a signer reads. */
  summary: string;
  /** The figures behind it. */
  figures: Record<string, unknown>;
  /** Null where it speaks of the agent whatever its version. */
  contractVersionId: string | null;
  clause?: string;
}

/** Records the evidence and closes the drill, in the caller's transaction. False when it was closed before. */
export async function endDrill(
  client: PoolClient,
  actor: Actor,
  drill: { id: string; kind: DrillKind; agentId: string },
  end: DrillEnd,
): Promise<boolean> {
  const { workspaceId } = actor;
  const open = await client.query<{ started_at: Date; now: Date }>(
    `SELECT started_at, clock_timestamp() AS now FROM drill WHERE id = $1 AND state = 'running' FOR UPDATE`,
    [drill.id],
  );
  const row = open.rows[0];
  if (row === undefined) return false;
  const evidence: NewEvidence = {
    agentId: drill.agentId,
    contractVersionId: end.contractVersionId,
    kind: `${drill.kind}-drill`,
    title: DRILL_TITLES[drill.kind],
    outcome: end.state === 'skipped' ? 'given' : end.state,
    summary: end.summary,
    clause: end.clause ?? null,
    detail: { drill: drill.id, startedAt: row.started_at.toISOString(), ...end.figures },
    producedAt: row.now,
    origin: 'computed',
  };
  const { id: evidenceId } = await recordEvidence(client, actor, evidence);
  await client.query(
    `UPDATE drill SET state = $2, ended_at = $3, evidence_id = $4, detail = detail || $5::jsonb WHERE id = $1`,
    [drill.id, end.state, row.now, evidenceId, JSON.stringify({ summary: end.summary })],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: `drill.${end.state}`,
      subject: `agent:${drill.agentId}`,
      detail: { drill: drill.id, kind: drill.kind, summary: end.summary, evidence: evidenceId },
    },
  ]);
  await notify(client, { workspaceId, topic: 'drill', id: drill.id });
  return true;
}

/** "80 ms": how long something took by the database's clock, for a summary. */
export function took(ms: number): string {
  return ms < 1 ? 'under 1 ms' : formatDuration(ms);
}
