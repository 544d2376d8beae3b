import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { type Attribution, attribute, type ComparedRun } from '@/lib/response/attribution';
import { parseFingerprint } from '@/lib/response/fingerprint';
import { findIncident } from './find-incident';

export interface IncidentAttribution extends Attribution {
  agent: string;
  /** The run that opened the incident. */
  run: { key: string; startedAt: string };
  /** The newest good run before it; null when there is none. */
  lastGood: { key: string; startedAt: string } | null;
}

/** Good runs an incident's run is compared with, at most. */
const WINDOW = 500;

interface Row {
  key: string;
  startedAt: Date;
  contract: string | null;
  digest: string | null;
  fingerprint: unknown;
}

const COLUMNS = `r.key, r.started_at AS "startedAt", v.document #>> '{versioning,contract}' AS contract,
  r.contract_digest AS digest, r.fingerprint`;

/**
 * What the run that opened an incident has otherwise than the good runs of its agent before it. Good is a finished run
 * that broke no clause with severity high or critical and that no incident is about. Throws `not_found`.
 */
export async function getAttribution(actor: Actor, number: number): Promise<IncidentAttribution> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  const incident = await findIncident(actor, number);
  const { rows } = await db().query<Row & { agent: string }>(
    `SELECT ${COLUMNS}, a.name AS agent FROM run r JOIN agent a ON a.id = r.agent_id
       LEFT JOIN contract_version v ON v.id = r.contract_version_id WHERE r.id = $1`,
    [incident.runId],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`INC-${number} has lost its run.`);
  const good = await db().query<Row>(
    `SELECT ${COLUMNS} FROM (
       SELECT r.* FROM run r
        WHERE r.workspace_id = $1 AND r.agent_id = $2 AND r.started_at < $3 AND r.status = 'finished' AND r.span_count > 0
          AND NOT EXISTS (SELECT FROM breach b WHERE b.run_id = r.id AND b.severity IN ('high', 'critical'))
          AND NOT EXISTS (SELECT FROM incident_run m WHERE m.run_id = r.id)
        ORDER BY r.started_at DESC, r.id DESC LIMIT ${WINDOW}) r
       LEFT JOIN contract_version v ON v.id = r.contract_version_id
      ORDER BY r.started_at DESC, r.id DESC`,
    [workspaceId, incident.agentId, row.startedAt],
  );
  const run = compared(row);
  const runs = good.rows.map(compared);
  const [last] = runs;
  return {
    ...attribute(run, runs),
    agent: row.agent,
    run: { key: run.key, startedAt: run.startedAt },
    lastGood: last === undefined ? null : { key: last.key, startedAt: last.startedAt },
  };
}

function compared(row: Row): ComparedRun {
  return {
    key: row.key,
    startedAt: row.startedAt.toISOString(),
    contract:
      row.contract === null || row.digest === null ? null : { name: row.contract, digest: row.digest },
    fingerprint: parseFingerprint(row.fingerprint),
  };
}
