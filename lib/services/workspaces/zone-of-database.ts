import type { Pool, PoolClient } from 'pg';

/**
 * Whether the database can tell days of this zone: it brings zones of its own. One it does not know would make every writing of a run
 * fail.
 */
export async function isZoneOfDatabase(
  client: Pick<Pool | PoolClient, 'query'>,
  zone: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM pg_timezone_names WHERE lower(name) = lower($1) LIMIT 1',
    [zone],
  );
  return rowCount === 1;
}
