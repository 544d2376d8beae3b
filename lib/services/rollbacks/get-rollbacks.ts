import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Contract } from '@/lib/contract/schema';
import { runningRuns } from '@/lib/contract/terms';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { responseTo } from '@/lib/scoring/severity';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { rollbackTarget, type VersionName } from '@/lib/services/incidents/last-known-good';
import { mayAct, type Permission } from '@/lib/services/incidents/may-act';
import type { CodeRollbackState } from './code-rollback';
import { countUnderWay, STILL_HELD } from './hold-runs';

type Handling = 'finish' | 'pause' | 'stop';

/** A rollback as it was made. Times are ISO 8601. */
export interface RollbackView {
  id: string;
  state: 'unconfirmed' | 'confirmed' | 'reversed';
  how: 'at-once' | 'by-person';
  from: VersionName;
  to: VersionName;
  at: string;
  by: string | null;
  reason: string | null;
  settledAt: string | null;
  settledBy: string | null;
  settleReason: string | null;
  /** What the clause did to runs under way. */
  handling: Handling;
  runsUnderWay: number;
  /** Of those it paused or asked to stop: how many still wait, went on, were asked to stop. */
  runs: { held: number; waiting: number; resumed: number; stopping: number };
  /** The version gone back to still decides. */
  standing: boolean;
}

/** A code rollback that was asked for. */
export interface CodeRollbackView {
  id: string;
  hook: string;
  from: string;
  to: string;
  state: CodeRollbackState;
  requestedAt: string;
  by: string | null;
  sentAt: string | null;
  endedAt: string | null;
  endedBy: string | null;
  detail: string | null;
  /** The last attempt to reach the hook that failed, while it has not been reached. */
  problem: string | null;
}

/** What could be done now. */
export type RollbackProposal =
  | {
      state: 'possible';
      from: VersionName;
      to: VersionName;
      handling: Handling;
      runsUnderWay: number;
      code: { hook: string; from: string; to: string } | null;
      /** The failure clause asks for it at this severity. */
      asked: boolean;
    }
  | { state: 'nothing-to-go-back-to'; from: VersionName }
  /** Another version decides since; `incident` when another incident brought that about. */
  | { state: 'superseded'; from: VersionName; inForce: VersionName; incident: number | null };

export interface RollbackStanding {
  number: number;
  resolved: boolean;
  agent: { name: string; displayName: string };
  /** Newest first. */
  rollbacks: RollbackView[];
  proposal: RollbackProposal | null;
  code: CodeRollbackView[];
  may: {
    rollBack: Permission;
    escalate: Permission;
    resume: Permission;
    stop: Permission;
    report: Permission;
  };
}

/**
 * What became of going back to an earlier version because of an incident, and what could be done now. Null where neither
 * is anything: no rollback, and the failure clause does not ask for one. Throws `not_found`.
 */
export async function getRollbacks(actor: Actor, number: number): Promise<RollbackStanding | null> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const { rows } = await db().query<{
    id: string;
    severity: 'low' | 'medium' | 'high' | 'critical';
    state: string;
    agent_id: string;
    agent: string;
    display_name: string;
    version_id: string | null;
  }>(
    `SELECT i.id, i.severity, i.state, i.agent_id, a.name AS agent, a.display_name, r.contract_version_id AS version_id
       FROM incident i JOIN agent a ON a.id = i.agent_id JOIN run r ON r.id = i.run_id
      WHERE i.workspace_id = $1 AND i.number = $2 AND ($3::uuid IS NULL OR i.agent_id = $3)`,
    [workspaceId, number, actor.kind === 'key' ? actor.agentId : null],
  );
  const incident = rows[0];
  if (incident === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  const [rollbacks, code] = await Promise.all([rollbacksOf(incident.id), codeRollbacksOf(incident.id)]);
  const contract =
    incident.version_id === null ? null : (await contractVersion(incident.version_id)).contract;
  const asked = contract !== null && responseTo(incident.severity, contract).includes('roll-back');
  const undone = rollbacks.every((rollback) => rollback.state === 'reversed');
  const proposal =
    contract === null || incident.version_id === null || !undone || (!asked && rollbacks.length === 0)
      ? null
      : await proposalOf(workspaceId, incident.agent_id, incident.version_id, contract, asked);
  if (rollbacks.length === 0 && code.length === 0 && proposal === null) return null;
  const [rollBack, escalate, resume, stop, report] = await Promise.all([
    mayAct(actor, 'incident.roll-back'),
    mayAct(actor, 'incident.page'),
    mayAct(actor, 'run.resume'),
    mayAct(actor, 'run.stop'),
    mayAct(actor, 'code-rollback.report'),
  ]);
  return {
    number,
    resolved: incident.state === 'resolved',
    agent: { name: incident.agent, displayName: incident.display_name },
    rollbacks,
    proposal,
    code,
    may: { rollBack, escalate, resume, stop, report },
  };
}

async function proposalOf(
  workspaceId: string,
  agentId: string,
  versionId: string,
  contract: Contract,
  asked: boolean,
): Promise<RollbackProposal | null> {
  const target = await rollbackTarget(db(), agentId, versionId);
  if (target === null) return null;
  if (target.state === 'nothing-to-go-back-to') return { state: target.state, from: target.from };
  if (target.state === 'superseded') {
    const { rows } = await db().query<{ number: number }>(
      `SELECT i.number FROM rollback b JOIN incident i ON i.id = b.incident_id
        WHERE b.agent_id = $1 AND b.from_version_id = $2 AND b.state <> 'reversed' ORDER BY b.at DESC LIMIT 1`,
      [agentId, versionId],
    );
    return {
      state: target.state,
      from: target.from,
      inForce: target.inForce,
      incident: rows[0]?.number ?? null,
    };
  }
  const { from, to } = target;
  const { codeRollback } = contract.failure;
  const codeTo = codeRollback?.to ?? to.contract.versioning.code;
  const codeFrom = contract.versioning.code;
  return {
    state: 'possible',
    from,
    to: { number: to.number, name: to.name },
    handling: runningRuns(contract),
    runsUnderWay: await countUnderWay(db(), workspaceId, agentId, versionId),
    code:
      codeRollback === undefined || codeTo === codeFrom
        ? null
        : { hook: codeRollback.hook, from: codeFrom, to: codeTo },
    asked,
  };
}

async function rollbacksOf(incidentId: string): Promise<RollbackView[]> {
  const { rows } = await db().query<{
    id: string;
    state: RollbackView['state'];
    how: RollbackView['how'];
    from_number: number;
    from_name: string;
    to_number: number;
    to_name: string;
    at: Date;
    by: string | null;
    reason: string | null;
    settled_at: Date | null;
    settled_by: string | null;
    settle_reason: string | null;
    running_runs: Handling;
    runs_under_way: number;
    held: number;
    waiting: number;
    resumed: number;
    stopping: number;
    standing: boolean;
  }>(
    `SELECT b.id, b.state, b.how, f.number AS from_number, f.document->'versioning'->>'contract' AS from_name,
            t.number AS to_number, t.document->'versioning'->>'contract' AS to_name, b.at, p.name AS by, b.reason,
            b.settled_at, q.name AS settled_by, b.settle_reason, b.running_runs, b.runs_under_way,
            COALESCE(n.held, 0) AS held, COALESCE(n.waiting, 0) AS waiting, COALESCE(n.resumed, 0) AS resumed,
            COALESCE(n.stopping, 0) AS stopping, a.contract_version_id IS NOT DISTINCT FROM b.to_version_id AS standing
       FROM rollback b JOIN agent a ON a.id = b.agent_id JOIN contract_version f ON f.id = b.from_version_id
       JOIN contract_version t ON t.id = b.to_version_id LEFT JOIN person p ON p.id = b.by_id
       LEFT JOIN person q ON q.id = b.settled_by_id
       LEFT JOIN LATERAL (
         SELECT count(*) AS held,
                count(*) FILTER (WHERE ${STILL_HELD}) AS waiting,
                count(*) FILTER (WHERE h.held = 'pause' AND r.status IN ('running', 'finished')) AS resumed,
                count(*) FILTER (WHERE r.status IN ('stopping', 'stopped')) AS stopping
           FROM rollback_run h JOIN run r ON r.id = h.run_id WHERE h.rollback_id = b.id) n ON true
      WHERE b.incident_id = $1 ORDER BY b.at DESC LIMIT 20`,
    [incidentId],
  );
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    how: row.how,
    from: { number: row.from_number, name: row.from_name },
    to: { number: row.to_number, name: row.to_name },
    at: row.at.toISOString(),
    by: row.by,
    reason: row.reason,
    settledAt: row.settled_at?.toISOString() ?? null,
    settledBy: row.settled_by,
    settleReason: row.settle_reason,
    handling: row.running_runs,
    runsUnderWay: row.runs_under_way,
    runs: { held: row.held, waiting: row.waiting, resumed: row.resumed, stopping: row.stopping },
    standing: row.standing,
  }));
}

async function codeRollbacksOf(incidentId: string): Promise<CodeRollbackView[]> {
  const { rows } = await db().query<{
    id: string;
    hook: string;
    from_code: string;
    to_code: string;
    state: CodeRollbackState;
    requested_at: Date;
    by: string | null;
    sent_at: Date | null;
    ended_at: Date | null;
    ended_by: string | null;
    detail: string | null;
    problem: string | null;
  }>(
    `SELECT c.id, c.hook, c.from_code, c.to_code, c.state, c.requested_at, p.name AS by, c.sent_at, c.ended_at, c.ended_by,
            c.detail,
            (SELECT m.last_error FROM outbox_message m WHERE m.request_id = c.id AND c.state = 'approved'
              ORDER BY m.created_at DESC LIMIT 1) AS problem
       FROM code_rollback c LEFT JOIN person p ON p.id = c.by_id
      WHERE c.incident_id = $1 ORDER BY c.requested_at DESC LIMIT 20`,
    [incidentId],
  );
  return rows.map((row) => ({
    id: row.id,
    hook: row.hook,
    from: row.from_code,
    to: row.to_code,
    state: row.state,
    requestedAt: row.requested_at.toISOString(),
    by: row.by,
    sentAt: row.sent_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    endedBy: row.ended_by,
    detail: row.detail,
    problem: row.problem,
  }));
}
