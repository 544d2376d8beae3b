import type { Pool, PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';

/** Whether the actor is a person whom an incident paged: they may take it on. */
export async function wasPaged(
  client: Pick<Pool | PoolClient, 'query'>,
  actor: Actor,
  incidentId: string,
): Promise<boolean> {
  if (actor.kind !== 'person') return false;
  const { rows } = await client.query(
    'SELECT 1 FROM page_recipient WHERE incident_id = $1 AND person_id = $2 LIMIT 1',
    [incidentId, actor.personId],
  );
  return rows.length > 0;
}
