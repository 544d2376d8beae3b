import { stringify } from 'yaml';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { clauseAt } from '@/lib/contract/clauses';
import type { Contract, Response } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type AgentScore, agentScore } from '@/lib/services/agents/agent-score';
import { type Owners, ownersOf } from '@/lib/services/agents/owners';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { getRun, type RunDetail } from '@/lib/services/runs/get-run';
import { listRunSpans, type SpanList } from '@/lib/services/runs/list-run-spans';
import { type FoundData, foundData } from './found-data';
import { rollbackTarget, type VersionName } from './last-known-good';
import {
  INCIDENT_COLUMNS,
  INCIDENT_FROM,
  type IncidentRecord,
  type IncidentRow,
  toIncidentRow,
} from './list-incidents';
import { mayAct, type Permission } from './may-act';

export interface IncidentDetail extends Omit<IncidentRow, 'run'> {
  acknowledgedBy: string | null;
  resolvedBy: string | null;
  reason: string | null;
  run: RunDetail;
  spans: SpanList;
  /** Over the 30 days before now. */
  agentScore: AgentScore;
  /** What the clause says in the version the run was held to, as YAML; null when it is not a part of the document. */
  clauseSays: string | null;
  /** What the failure clause says of this severity: log, warn, page, pause, roll-back. */
  responses: Response[];
  /** Whom the contract the run was held to names; null when there was none. */
  owners: Owners | null;
  /** What detectors found in the calls that broke a clause on data, masked. */
  found: FoundData[];
  rollback: Rollback | null;
  may: { acknowledge: Permission; resume: Permission; stop: Permission; rollBack: Permission };
}

/** What became of going back to an earlier version; null when nobody asked for it. */
export type Rollback =
  | {
      state: 'done';
      from: VersionName;
      to: VersionName;
      at: string;
      by: string | null;
      reason: string | null;
    }
  | { state: 'proposed'; from: VersionName; to: VersionName }
  | { state: 'nothing-to-go-back-to'; from: VersionName }
  | { state: 'superseded'; from: VersionName; inForce: VersionName };

/** The number in a URL; "INC-7" is taken too. Throws `not_found` for anything else. */
export function incidentNumber(text: string): number {
  const digits = /^(?:inc-)?(\d{1,9})$/i.exec(text)?.[1];
  if (digits === undefined) throw new AppError('not_found', 'There is no such incident in this workspace.');
  return Number(digits);
}

/** One incident by its number in the workspace. Throws `not_found`. */
export async function getIncident(actor: Actor, number: number, now: Date): Promise<IncidentDetail> {
  authorize(actor, 'incident.read', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<
    IncidentRecord & {
      agent_id: string;
      contract_version_id: string | null;
      acknowledged_by: string | null;
      resolved_by: string | null;
      reason: string | null;
    }
  >(
    `SELECT ${INCIDENT_COLUMNS}, i.agent_id, r.contract_version_id, k.name AS acknowledged_by, q.name AS resolved_by,
            i.reason
       FROM ${INCIDENT_FROM} LEFT JOIN person k ON k.id = i.acknowledged_by_id
       LEFT JOIN person q ON q.id = i.resolved_by_id
      WHERE i.workspace_id = $1 AND i.number = $2 AND ($3::uuid IS NULL OR i.agent_id = $3)`,
    [actor.workspaceId, number, actor.kind === 'key' ? actor.agentId : null],
  );
  const row = rows[0];
  if (row === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  const version = row.contract_version_id === null ? null : await contractVersion(row.contract_version_id);
  const responses = version === null ? [] : version.contract.failure[row.severity];
  const [run, spans, score, owners, acknowledge, mayRollBack] = await Promise.all([
    getRun(actor, row.run_id),
    listRunSpans(actor, row.run_id, 'telling'),
    agentScore(db(), actor.workspaceId, row.agent_id, now),
    version === null ? null : ownersOf(actor.workspaceId, version.contract),
    mayAct(actor, 'incident.acknowledge'),
    mayAct(actor, 'incident.roll-back'),
  ]);
  return {
    ...toIncidentRow(row),
    acknowledgedBy: row.acknowledged_by,
    resolvedBy: row.resolved_by,
    reason: row.reason,
    run,
    spans,
    agentScore: score,
    clauseSays: version === null ? null : excerpt(version.contract, row.clause),
    responses,
    owners,
    found: version === null ? [] : await foundData(actor.workspaceId, version.contract, run.breaches),
    rollback: await rollbackOf(responses, run, row.agent_id, row.contract_version_id),
    may: { acknowledge, resume: run.may.resume, stop: run.may.stop, rollBack: mayRollBack },
  };
}

const rolledBackSchema = z.object({
  from: z.int(),
  fromName: z.string(),
  to: z.int(),
  toName: z.string(),
  reason: z.string().optional(),
});

/** As the record has it when it was done; else what could be done now, where the failure clause speaks of it. */
async function rollbackOf(
  responses: readonly Response[],
  run: RunDetail,
  agentId: string,
  versionId: string | null,
): Promise<Rollback | null> {
  const entry = run.record.findLast(({ action }) => action === 'incident.rolled-back');
  const done = rolledBackSchema.safeParse(entry?.detail);
  if (entry !== undefined && done.success)
    return {
      state: 'done',
      from: { number: done.data.from, name: done.data.fromName },
      to: { number: done.data.to, name: done.data.toName },
      at: entry.at,
      by: entry.actor === 'system' ? null : entry.actorName,
      reason: done.data.reason ?? null,
    };
  if (!responses.includes('roll-back')) return null;
  const target = await rollbackTarget(db(), agentId, versionId);
  if (target === null || target.state !== 'possible') return target;
  const { number, name } = target.to;
  return { state: 'proposed', from: target.from, to: { number, name } };
}

const EXCERPT_LINES = 24;

function excerpt(contract: Contract, path: string): string | null {
  const clause = clauseAt(contract, path);
  if (clause === undefined) return null;
  const lines = stringify(clause.value, { flowCollectionPadding: false }).trimEnd().split('\n');
  return lines.length <= EXCERPT_LINES
    ? lines.join('\n')
    : [...lines.slice(0, EXCERPT_LINES), '…'].join('\n');
}
