import type { PoolClient } from 'pg';
import { z } from 'zod';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { PAGE_KINDS } from '@/lib/response/escalation';
import { takeStep } from './take-step';

const rowSchema = z.object({
  id: z.string(),
  workspace_id: z.string(),
  incident_id: z.string(),
  round: z.int(),
  step: z.int(),
  kind: z.enum(PAGE_KINDS),
  address: z.string().nullable(),
  since: z.date(),
});

/**
 * Takes a step whose time has come, once: whoever else fires it finds it taken. One that was put off meanwhile is left to its
 * new time; one of an incident that was taken on is cancelled.
 *
 * @returns whether somebody was to be told by it
 */
export async function firePage(id: string): Promise<boolean> {
  return transact(async (client) => {
    const now = new Date();
    // The incident first, in the order of acknowledging; the steps are then ours or cancelled, never both.
    const incident = await client.query<{ open: boolean }>({
      name: 'fire-page-incident',
      text: `SELECT i.state = 'open' AS open FROM incident i
       WHERE i.id = (SELECT incident_id FROM page WHERE id = $1) FOR NO KEY UPDATE`,
      values: [id],
    });
    const of = incident.rows[0];
    if (of === undefined) return false;
    const found = await client.query({
      name: 'fire-page-step',
      text: `SELECT id, workspace_id, incident_id, round, step, kind, address,
         (SELECT min(f.created_at) FROM page f WHERE f.incident_id = p.incident_id AND f.round = p.round) AS since
       FROM page p WHERE id = $1 AND state = 'waiting' AND due_at <= clock_timestamp() FOR UPDATE`,
      values: [id],
    });
    if (found.rows[0] === undefined) {
      await release(client, id);
      return false;
    }
    const row = rowSchema.parse(found.rows[0]);
    const { workspace_id: workspaceId, incident_id: incidentId } = row;
    if (!of.open) {
      await client.query(
        `UPDATE page SET state = 'cancelled', ended_at = $2, leased_until = NULL, reason = 'It was taken on.' WHERE id = $1`,
        [id, now],
      );
      return false;
    }
    await takeStep(client, {
      workspaceId,
      incidentId,
      round: row.round,
      page: { id: row.id, step: row.step, kind: row.kind, address: row.address },
      since: row.since,
      type: 'incident.escalated',
      now,
    });
    await notify(client, { workspaceId, topic: 'incident', id: incidentId });
    return true;
  });
}

/** It was moved between being taken and being fired. */
async function release(client: PoolClient, id: string): Promise<void> {
  await client.query(`UPDATE page SET leased_until = NULL WHERE id = $1 AND state = 'waiting'`, [id]);
}
