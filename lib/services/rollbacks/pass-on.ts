import type { PoolClient } from 'pg';

/** What hangs on a run that turns out to be another one passes on to that: what is to be undone, and that a rollback holds it. */
export async function passOn(client: Pick<PoolClient, 'query'>, from: string, to: string): Promise<void> {
  await client.query(
    `UPDATE compensation c SET run_id = t.id, agent_id = t.agent_id FROM run t WHERE c.run_id = $1 AND t.id = $2`,
    [from, to],
  );
  await client.query(
    `UPDATE rollback_run h SET run_id = $2 WHERE h.run_id = $1
        AND NOT EXISTS (SELECT FROM rollback_run o WHERE o.rollback_id = h.rollback_id AND o.run_id = $2)`,
    [from, to],
  );
}
