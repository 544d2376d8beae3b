import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { mayAct, type Permission } from '@/lib/services/incidents/may-act';
import type { CompensationState } from './compensation-row';

/** A compensation as the incident shows it. Times are ISO 8601. */
export interface CompensationView {
  id: string;
  state: CompensationState;
  tool: string;
  by: string;
  clause: string;
  calledAt: string;
  run: { id: string; key: string };
  /** The argument that says what the call was about, and its value; null when it cannot be told. */
  record: { argument: string; value: string } | null;
  argumentsDigest: string | null;
  /** As recorded, cut to what a screen takes; null: not recorded. */
  arguments: string | null;
  approval: 'operator' | 'none';
  proposedAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  reason: string | null;
  sentAt: string | null;
  /** Until when the contract lets it be undone. */
  dueAt: string | null;
  /** It is past that, and nobody has said that it is done. */
  late: boolean;
  endedAt: string | null;
  endedBy: string | null;
  detail: string | null;
  /** Receivers that are or were to be told; 0: no endpoint takes it. */
  receivers: number;
  /** The last attempt that failed, while no receiver has it. */
  problem: string | null;
}

export interface Compensations {
  number: number;
  /** Those that wait for somebody first; the newest 200. */
  items: CompensationView[];
  total: number;
  counts: Record<CompensationState, number>;
  may: { decide: Permission; report: Permission };
}

const MOST = 200;
const MOST_ARGUMENT_CHARS = 2000;

/** What an incident proposes to undo, and what became of each. Null when there is nothing. Throws `not_found`. */
export async function getCompensations(
  actor: Actor,
  number: number,
  now: Date,
): Promise<Compensations | null> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const found = await db().query<{ id: string }>(
    'SELECT id FROM incident WHERE workspace_id = $1 AND number = $2 AND ($3::uuid IS NULL OR agent_id = $3)',
    [workspaceId, number, actor.kind === 'key' ? actor.agentId : null],
  );
  const incident = found.rows[0];
  if (incident === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  const [counted, listed, decide, report] = await Promise.all([
    db().query<{ state: CompensationState; n: number }>(
      'SELECT state, count(*) AS n FROM compensation WHERE incident_id = $1 GROUP BY state',
      [incident.id],
    ),
    db().query<{
      id: string;
      state: CompensationState;
      tool: string;
      by: string;
      clause: string;
      called_at: Date;
      run_id: string;
      run_key: string;
      key_argument: string | null;
      key_value: string | null;
      arguments_digest: string | null;
      arguments: string | null;
      approval: 'operator' | 'none';
      proposed_at: Date;
      decided_at: Date | null;
      decided_by: string | null;
      reason: string | null;
      sent_at: Date | null;
      due_at: Date | null;
      ended_at: Date | null;
      ended_by: string | null;
      detail: string | null;
      receivers: number;
      problem: string | null;
    }>(
      `SELECT c.id, c.state, c.tool, c.by, c.clause, c.called_at, r.id AS run_id, r.key AS run_key, c.key_argument,
              c.key_value, c.arguments_digest, left(c.arguments::text, $2) AS arguments, c.approval, c.proposed_at,
              c.decided_at, p.name AS decided_by, c.reason, c.sent_at, c.due_at, c.ended_at, c.ended_by, c.detail,
              COALESCE(m.receivers, 0) AS receivers, CASE WHEN c.state = 'approved' THEN m.problem END AS problem
         FROM compensation c JOIN run r ON r.id = c.run_id LEFT JOIN person p ON p.id = c.decided_by_id
         LEFT JOIN LATERAL (
           SELECT count(*) AS receivers, max(last_error) AS problem FROM outbox_message
            WHERE workspace_id = c.workspace_id AND request_id = c.id AND discarded_at IS NULL) m ON true
        WHERE c.incident_id = $1
        ORDER BY array_position(ARRAY['failed','proposed','approved','sent','expired','declined','done'], c.state), c.called_at,
                 c.id LIMIT ${MOST}`,
      [incident.id, MOST_ARGUMENT_CHARS],
    ),
    mayAct(actor, 'compensation.decide'),
    mayAct(actor, 'compensation.report'),
  ]);
  const counts = { proposed: 0, approved: 0, sent: 0, done: 0, failed: 0, declined: 0, expired: 0 };
  for (const { state, n } of counted.rows) counts[state] = n;
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  return {
    number,
    total,
    counts,
    may: { decide, report },
    items: listed.rows.map((row) => ({
      id: row.id,
      state: row.state,
      tool: row.tool,
      by: row.by,
      clause: row.clause,
      calledAt: row.called_at.toISOString(),
      run: { id: row.run_id, key: row.run_key },
      record:
        row.key_argument === null || row.key_value === null
          ? null
          : { argument: row.key_argument, value: row.key_value },
      argumentsDigest: row.arguments_digest,
      arguments: row.arguments,
      approval: row.approval,
      proposedAt: row.proposed_at.toISOString(),
      decidedAt: row.decided_at?.toISOString() ?? null,
      decidedBy: row.decided_by,
      reason: row.reason,
      sentAt: row.sent_at?.toISOString() ?? null,
      dueAt: row.due_at?.toISOString() ?? null,
      late: (row.state === 'approved' || row.state === 'sent') && row.due_at !== null && row.due_at < now,
      endedAt: row.ended_at?.toISOString() ?? null,
      endedBy: row.ended_by,
      detail: row.detail,
      receivers: row.receivers,
      problem: row.problem,
    })),
  };
}
