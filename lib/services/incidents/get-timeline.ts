import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import {
  type FailedDelivery,
  type Timeline,
  type TimelineBreach,
  type TimelineEntry,
  timeline,
} from '@/lib/response/timeline';
import { findIncident } from './find-incident';

/** The first and the last entry of the audit log that a timeline tells, and how many. */
export interface TimelineRecord extends Timeline {
  entries: { first: number; last: number; count: number } | null;
}

const MOST_RUNS = 50;
const MOST_ENTRIES = 600;
const MOST_BREACHES = 200;
const MOST_FAILED = 100;

/**
 * Everything that happened from the breach to now, from the audit log, the breaches and the deliveries that failed: of the
 * incident, its runs, its rollbacks, compensations and amendments, and of the agent what names them. Throws `not_found`.
 */
export async function getTimeline(actor: Actor, number: number): Promise<TimelineRecord> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const incident = await findIncident(actor, number);
  const [entries, breaches, failed] = await Promise.all([
    entriesOf(workspaceId, incident),
    breachesOf(workspaceId, incident.id),
    failedOf(workspaceId, incident.id),
  ]);
  const first = entries.at(0);
  const last = entries.at(-1);
  return {
    ...timeline({ entries, breaches, failed }),
    entries:
      first === undefined || last === undefined
        ? null
        : { first: first.id, last: last.id, count: entries.length },
  };
}

async function entriesOf(
  workspaceId: string,
  incident: { id: string; number: number; agentId: string },
): Promise<TimelineEntry[]> {
  const { rows } = await db().query<{
    id: number;
    at: Date;
    actor: string;
    actorName: string;
    action: string;
    detail: unknown;
  }>(
    `WITH amended AS (SELECT id, submitted_version_id AS version FROM amendment WHERE incident_id = $2),
     subjects AS (
       SELECT 'incident:' || $2::text AS subject
       UNION ALL (SELECT 'run:' || run_id FROM incident_run WHERE incident_id = $2 ORDER BY joined_at, run_id LIMIT ${MOST_RUNS})
       UNION ALL SELECT 'amendment:' || id FROM amended
       UNION ALL SELECT 'rollback:' || id FROM rollback WHERE incident_id = $2
       UNION ALL SELECT 'compensation:' || id FROM compensation WHERE incident_id = $2
       UNION ALL SELECT 'code-rollback:' || id FROM code_rollback WHERE incident_id = $2),
     began AS (SELECT coalesce(min(id), 0) AS id FROM audit_entry WHERE workspace_id = $1 AND subject = 'incident:' || $2::text),
     steps AS (SELECT id::text AS id FROM intervention WHERE incident_id = $2),
     reviews AS (SELECT g.id::text AS id FROM gate_review g JOIN amended m ON m.version = g.contract_version_id)
     SELECT e.id, e.at, e.actor, e.actor_name AS "actorName", e.action, e.detail FROM (
       SELECT * FROM (SELECT e.* FROM subjects s JOIN audit_entry e ON e.workspace_id = $1 AND e.subject = s.subject
                       ORDER BY e.id LIMIT ${MOST_ENTRIES}) own
       UNION ALL
       SELECT * FROM (SELECT e.* FROM audit_entry e, began
                       WHERE e.workspace_id = $1 AND e.subject = 'agent:' || $3::text AND began.id > 0 AND e.id >= began.id
                         AND (e.detail ->> 'incident' = $4::text
                           OR e.detail ->> 'intervention' IN (SELECT id FROM steps)
                           OR e.detail ->> 'review' IN (SELECT id FROM reviews))
                       ORDER BY e.id LIMIT ${MOST_ENTRIES}) theirs) e
      ORDER BY e.id`,
    [workspaceId, incident.id, incident.agentId, String(incident.number)],
  );
  return rows.map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor.startsWith('person:') ? 'person' : row.actor.startsWith('key:') ? 'key' : 'system',
    actorName: row.actorName,
    action: row.action,
    detail: isRecord(row.detail) ? row.detail : {},
  }));
}

async function breachesOf(workspaceId: string, incidentId: string): Promise<TimelineBreach[]> {
  const { rows } = await db().query<{
    id: string;
    at: Date;
    recordedAt: Date;
    clause: string;
    severity: Band;
    message: string;
    run: string;
  }>(
    `SELECT b.id, b.happened_at AS at, b.recorded_at AS "recordedAt", b.clause, b.severity, b.message, r.key AS run
       FROM incident_run m JOIN breach b ON b.run_id = m.run_id JOIN run r ON r.id = m.run_id
      WHERE m.incident_id = $2 AND b.workspace_id = $1 ORDER BY b.happened_at, b.id LIMIT ${MOST_BREACHES}`,
    [workspaceId, incidentId],
  );
  return rows.map((row) => ({
    ...row,
    at: row.at.toISOString(),
    recordedAt: row.recordedAt.toISOString(),
  }));
}

async function failedOf(workspaceId: string, incidentId: string): Promise<FailedDelivery[]> {
  const { rows } = await db().query<{
    id: string;
    at: Date;
    channel: string;
    recipient: string;
    attempt: number;
    error: string;
  }>(
    `SELECT d.id, d.at, d.channel, d.recipient, d.attempt, d.error FROM delivery_attempt d
       JOIN page g ON g.id = d.page_id
      WHERE g.incident_id = $2 AND d.workspace_id = $1 AND d.error IS NOT NULL ORDER BY d.at, d.id LIMIT ${MOST_FAILED}`,
    [workspaceId, incidentId],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
