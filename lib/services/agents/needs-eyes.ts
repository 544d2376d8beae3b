import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import type { Band } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { formatNumber, plural } from '@/lib/format';
import { spreadOf } from '@/lib/scoring/run-sums';
import { readRollups } from '@/lib/services/rollups/read-rollups';
import { daysBack } from '@/lib/services/rollups/window';
import type { IncidentState } from '@/lib/services/runs/run-row';
import { findAgent } from './find-agent';

/** A run that somebody should look at, and why. */
export interface RunToLookAt {
  id: string;
  key: string;
  startedAt: string;
  band: Band | null;
  score: number | null;
  /** The most pressing first; never empty. */
  reasons: string[];
  incident: number | null;
}

export interface NeedsEyes {
  runs: RunToLookAt[];
  /** How many of the latest runs were looked through; those of unresolved incidents are found however old they are. */
  lookedAt: number;
  /** Below this a score stands out; null while there are too few to tell. */
  lowScore: number | null;
}

const LATEST = 2000;
const SHOWN = 6;
/** A score so many standard deviations below the agent's mean of 30 days stands out. */
const FAR_BELOW = 3;
const LEAST_SCORED = 30;
const WINDOW_DAYS = 30;

interface Found {
  id: string;
  key: string;
  status: string;
  started_at: Date;
  span_count: number;
  band: Band;
  score: number | null;
  breach_count: number;
  unknown_tools: string[];
  unpriced_calls: number;
  incident_number: number | null;
  incident_state: IncidentState | null;
  worst_breach: Band | null;
  looked_at: number;
}

/** The runs of an agent that ask for a person: those of unresolved incidents, then the worst of its latest 2,000. */
export async function needsEyes(actor: Actor, name: string, now: Date): Promise<NeedsEyes> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  authorize(actor, 'run.read', { workspaceId });
  const agent = await findAgent(actor, name);
  // UTC will do here: what stands out does not hang on a day's border.
  const [sums] = await readRollups(
    db(),
    { workspaceId, agentId: agent.id, ...daysBack('UTC', now, WINDOW_DAYS) },
    [],
  );
  const spread = sums === undefined ? null : spreadOf(sums, 'score');
  const lowScore =
    spread === null || spread.count < LEAST_SCORED
      ? null
      : Math.round((spread.mean - FAR_BELOW * Math.sqrt(spread.variance)) * 10) / 10;
  const { rows } = await db().query<Found>(
    `WITH latest AS (
       SELECT r.id FROM run r WHERE r.workspace_id = $1 AND r.agent_id = $2
        ORDER BY r.started_at DESC, r.id DESC LIMIT ${LATEST}),
     wanted AS (
       SELECT t.run_id AS id FROM incident n JOIN incident_run t ON t.incident_id = n.id
        WHERE n.workspace_id = $1 AND n.agent_id = $2 AND n.state IN ('open', 'acknowledged') AND t.closed_at IS NULL
       UNION
       SELECT r.id FROM latest l JOIN run r ON r.id = l.id
        WHERE r.status IN ('paused', 'stopping') OR r.breach_count > 0 OR r.unknown_tools <> '{}'
           OR (r.span_count > 0 AND r.band IN ('high', 'critical')) OR r.score < $3)
     SELECT r.id, r.key, r.status, r.started_at, r.span_count, r.band, r.score, r.breach_count, r.unknown_tools,
            r.unpriced_calls, i.number AS incident_number, i.state AS incident_state,
            (SELECT b.severity FROM breach b WHERE b.run_id = r.id
              ORDER BY array_position(ARRAY['critical','high','medium','low'], b.severity) LIMIT 1) AS worst_breach,
            (SELECT count(*) FROM latest) AS looked_at
       FROM wanted w JOIN run r ON r.id = w.id
       LEFT JOIN LATERAL (
         SELECT n.number, n.state FROM incident_run t JOIN incident n ON n.id = t.incident_id
          WHERE t.run_id = r.id ORDER BY t.closed_at IS NULL DESC, t.joined_at DESC LIMIT 1) i ON true
      ORDER BY coalesce(i.state <> 'resolved', false) DESC, (r.status IN ('paused', 'stopping')) DESC,
               array_position(ARRAY['critical','high'], r.band) NULLS LAST, r.breach_count DESC, r.started_at DESC
      LIMIT ${SHOWN}`,
    [workspaceId, agent.id, lowScore],
  );
  return {
    lookedAt: rows[0]?.looked_at ?? Math.min(LATEST, (sums?.runs ?? 0) + (sums?.askedOnly ?? 0)),
    lowScore,
    runs: rows.map((row) => ({
      id: row.id,
      key: row.key,
      startedAt: row.started_at.toISOString(),
      band: row.span_count === 0 ? null : row.band,
      score: row.score,
      reasons: reasonsOf(row, lowScore),
      incident: row.incident_number,
    })),
  };
}

function reasonsOf(row: Found, lowScore: number | null): string[] {
  const reasons: string[] = [];
  if (row.incident_number !== null && row.incident_state !== 'resolved')
    reasons.push(
      `INC-${row.incident_number} is ${row.incident_state === 'open' ? 'not acknowledged' : 'not resolved'}`,
    );
  if (row.status === 'paused') reasons.push('paused, waits for a person');
  if (row.status === 'stopping') reasons.push('asked to stop, not confirmed');
  if (row.breach_count > 0)
    reasons.push(
      `broke ${plural(row.breach_count, 'clause')}${row.worst_breach === null ? '' : `, worst ${row.worst_breach}`}`,
    );
  if (row.span_count > 0 && (row.band === 'high' || row.band === 'critical'))
    reasons.push(`${row.band} risk`);
  if (row.unknown_tools.length > 0)
    reasons.push(`called ${plural(row.unknown_tools.length, 'tool')} the contract does not know`);
  if (row.score !== null && lowScore !== null && row.score < lowScore)
    reasons.push(`score ${formatNumber(row.score, 1)}, far below its usual`);
  if (reasons.length === 0 && row.unpriced_calls > 0) reasons.push('cost not known');
  return reasons.length === 0 ? ['part of an incident'] : reasons;
}
