import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { clauseAt } from '@/lib/contract/clauses';
import { type Change, diffContracts } from '@/lib/contract/diff';
import type { Contract, Response } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type Interval, intervals } from '@/lib/response/timeline';
import { agentScore } from '@/lib/services/agents/agent-score';
import type { AgentScore } from '@/lib/services/agents/agent-score-of';
import { type Owners, ownersOf } from '@/lib/services/agents/owners';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { wasPaged } from '@/lib/services/pages/was-paged';
import { getRollbacks, type RollbackStanding } from '@/lib/services/rollbacks/get-rollbacks';
import { getRun, type RunDetail } from '@/lib/services/runs/get-run';
import { listRunSpans, type SpanList } from '@/lib/services/runs/list-run-spans';
import { type FoundData, foundData } from './found-data';
import { getTimeline, type TimelineRecord } from './get-timeline';
import { lastKnownGood, type VersionName } from './last-known-good';
import {
  INCIDENT_COLUMNS,
  INCIDENT_FROM,
  type IncidentRecord,
  type IncidentRow,
  toIncidentRow,
} from './list-incidents';
import { type IncidentNotes, listNotes } from './list-notes';
import { mayAct, type Permission } from './may-act';

export interface IncidentDetail extends Omit<IncidentRow, 'run'> {
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
  /** Against the last version before it that is known to be good; null when there is none, or the run was held to no version. */
  diff: KnownGoodDiff | null;
  /** From the breach to what matters, beside what is promised. */
  intervals: Interval[];
  timeline: TimelineRecord;
  conversation: IncidentNotes;
  /** Runs it is about, the one that opened it first; at most 20. */
  runs: IncidentRunRow[];
  /** When the last of those who must judge it did; null while nobody has. */
  verdictAt: string | null;
  may: { acknowledge: Permission; resume: Permission; stop: Permission };
}

/** The version a run was held to against the last known-good one. */
export interface KnownGoodDiff {
  good: VersionName;
  held: VersionName;
  /** The first of them. */
  changes: Change[];
  total: number;
}

export interface IncidentRunRow {
  id: string;
  key: string;
  status: RunDetail['status'];
  clause: string;
  breaches: number;
  breachedAt: string;
  /** Null while the run waits for somebody. */
  resolution: 'resumed' | 'stopped' | null;
  waits: boolean;
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
      /** Done at once, and nobody has confirmed or reversed it. */
      unconfirmed: boolean;
    }
  | { state: 'reversed'; from: VersionName; to: VersionName; at: string; by: string | null }
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
      resolved_by: string | null;
      reason: string | null;
    }
  >(
    `SELECT ${INCIDENT_COLUMNS}, i.agent_id, r.contract_version_id, q.name AS resolved_by,
            i.reason
       FROM ${INCIDENT_FROM} LEFT JOIN person q ON q.id = i.resolved_by_id
      WHERE i.workspace_id = $1 AND i.number = $2 AND ($3::uuid IS NULL OR i.agent_id = $3)`,
    [actor.workspaceId, number, actor.kind === 'key' ? actor.agentId : null],
  );
  const row = rows[0];
  if (row === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  const version = row.contract_version_id === null ? null : await contractVersion(row.contract_version_id);
  const responses = version === null ? [] : version.contract.failure[row.severity];
  const [
    run,
    spans,
    score,
    owners,
    acknowledge,
    rollbacks,
    paged,
    timeline,
    conversation,
    runs,
    verdictAt,
    diff,
  ] = await Promise.all([
    getRun(actor, row.run_id),
    listRunSpans(actor, row.run_id, 'telling'),
    agentScore(db(), actor.workspaceId, row.agent_id, now),
    version === null ? null : ownersOf(actor.workspaceId, version.contract),
    mayAct(actor, 'incident.acknowledge'),
    getRollbacks(actor, number),
    wasPaged(db(), actor, row.id),
    getTimeline(actor, number),
    listNotes(actor, row.id, 'conversation'),
    runsOf(row.id, row.run_id),
    lastVerdict(row.id),
    version === null ? null : diffToKnownGood(row.agent_id, row.contract_version_id, version.contract),
  ]);
  const rollback = rollbackOf(rollbacks);
  const incident = toIncidentRow(row);
  return {
    ...incident,
    resolvedBy: row.resolved_by,
    reason: row.reason,
    run,
    spans,
    agentScore: score,
    clauseSays: version === null ? null : excerpt(version.contract, row.clause),
    responses,
    owners,
    found: version === null ? [] : await foundData(actor.workspaceId, version.contract, run.breaches),
    rollback,
    diff,
    intervals: intervals({
      ...incident,
      // The first one, whatever became of it.
      rolledBackAt: rollbacks?.rollbacks.at(-1)?.at ?? null,
      pages: responses.includes('page'),
      rollsBack: responses.includes('roll-back') && version?.contract.failure.rollback === 'at-once',
    }),
    timeline,
    conversation,
    runs,
    verdictAt,
    may: {
      // Whoever was paged may take it on, whatever their role.
      acknowledge: paged ? { ...acknowledge, allowed: true } : acknowledge,
      resume: run.may.resume,
      stop: run.may.stop,
    },
  };
}

const MOST_RUNS = 20;

async function runsOf(incidentId: string, firstId: string): Promise<IncidentRunRow[]> {
  const { rows } = await db().query<
    Omit<IncidentRunRow, 'breachedAt' | 'waits'> & { breachedAt: Date; closedAt: Date | null }
  >(
    `SELECT r.id, r.key, r.status, m.clause, m.breaches, m.breached_at AS "breachedAt", m.resolution, m.closed_at AS "closedAt"
       FROM incident_run m JOIN run r ON r.id = m.run_id WHERE m.incident_id = $1
      ORDER BY r.id = $2 DESC, m.closed_at IS NULL DESC, m.joined_at DESC, r.id LIMIT ${MOST_RUNS}`,
    [incidentId, firstId],
  );
  return rows.map(({ closedAt, breachedAt, ...run }) => ({
    ...run,
    breachedAt: breachedAt.toISOString(),
    waits: closedAt === null,
  }));
}

async function lastVerdict(incidentId: string): Promise<string | null> {
  const { rows } = await db().query<{ at: Date | null }>(
    'SELECT max(at) AS at FROM incident_verdict WHERE incident_id = $1',
    [incidentId],
  );
  return rows[0]?.at?.toISOString() ?? null;
}

const MOST_CHANGES = 8;

async function diffToKnownGood(
  agentId: string,
  versionId: string | null,
  held: Contract,
): Promise<KnownGoodDiff | null> {
  const { rows } = await db().query<{ number: number }>(
    'SELECT number FROM contract_version WHERE id = $1 AND agent_id = $2',
    [versionId, agentId],
  );
  const number = rows[0]?.number;
  if (number === undefined) return null;
  const good = await lastKnownGood(db(), agentId, number);
  if (good === null) return null;
  const changes = diffContracts(good.contract, held);
  return {
    good: { number: good.number, name: good.name },
    held: { number, name: held.versioning.contract },
    changes: changes.slice(0, MOST_CHANGES),
    total: changes.length,
  };
}

/** The last rollback, else what could be done now. */
function rollbackOf(standing: RollbackStanding | null): Rollback | null {
  if (standing === null) return null;
  const [last] = standing.rollbacks;
  if (last !== undefined) {
    const { from, to } = last;
    return last.state === 'reversed'
      ? { state: 'reversed', from, to, at: last.settledAt ?? last.at, by: last.settledBy }
      : {
          state: 'done',
          from,
          to,
          at: last.at,
          by: last.by,
          reason: last.reason,
          unconfirmed: last.state === 'unconfirmed',
        };
  }
  const { proposal } = standing;
  if (proposal === null || proposal.state !== 'possible') return proposal;
  return { state: 'proposed', from: proposal.from, to: proposal.to };
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
