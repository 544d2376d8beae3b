import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

export interface Found {
  kind: 'agent' | 'run' | 'incident';
  /** Agent name, run id or incident number: what its URL ends with. */
  ref: string;
  title: string;
  detail: string;
}

const EACH = 6;

/** Agents, incidents and runs whose name, title, number or key contains the text; the latest ones for an empty text. */
export async function findAnything(actor: Actor, text: string): Promise<Found[]> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.read', { workspaceId });
  authorize(actor, 'run.read', { workspaceId });
  authorize(actor, 'incident.read', { workspaceId });
  const wanted = text.trim();
  const like = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`;
  const start = `${wanted.replace(/[\\%_]/g, '\\$&')}%`;
  const number = /^(?:inc-?)?(\d{1,9})$/i.exec(wanted)?.[1];
  const [agents, incidents, runs] = await Promise.all([
    db().query<{ name: string; displayName: string; stage: string }>(
      `SELECT name, display_name AS "displayName", stage FROM agent
        WHERE workspace_id = $1 AND (display_name ILIKE $2 OR name ILIKE $2)
        ORDER BY last_run_at DESC NULLS LAST, name LIMIT ${EACH}`,
      [workspaceId, like],
    ),
    db().query<{ number: number; title: string; state: string }>(
      `SELECT number, title, state FROM incident
        WHERE workspace_id = $1 AND (title ILIKE $2 OR number = $3)
        ORDER BY (number = $3) DESC NULLS LAST, opened_at DESC LIMIT ${EACH}`,
      [workspaceId, like, number === undefined ? null : Number(number)],
    ),
    // By its beginning: a key is an identifier, and a search inside millions of them would read them all.
    db().query<{ id: string; key: string; agent: string; band: string }>(
      `SELECT r.id, r.key, a.display_name AS agent, r.band FROM run r JOIN agent a ON a.id = r.agent_id
        WHERE r.workspace_id = $1 AND ($2 = '%' OR r.key LIKE $2)
        ORDER BY r.started_at DESC, r.id DESC LIMIT ${EACH}`,
      [workspaceId, start],
    ),
  ]);
  return [
    ...agents.rows.map(
      (row): Found => ({ kind: 'agent', ref: row.name, title: row.displayName, detail: row.stage }),
    ),
    ...incidents.rows.map(
      (row): Found => ({
        kind: 'incident',
        ref: String(row.number),
        title: `INC-${row.number} ${row.title}`,
        detail: row.state,
      }),
    ),
    ...runs.rows.map(
      (row): Found => ({ kind: 'run', ref: row.id, title: row.key, detail: `${row.agent}, ${row.band}` }),
    ),
  ];
}
