import type { PoolClient } from 'pg';
import type { ChainedEntry } from '@/lib/evidence/chain';

type Client = Pick<PoolClient, 'query'>;

/** A time as chains and exports give it: UTC with the six digits that the database keeps. */
export function utcText(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** An entry's columns as SQL, under the names of `ChainedEntry`; `alias` is the table's. */
export function entryColumns(alias: string): string {
  return `${alias}.id, ${alias}.workspace_id AS workspace, ${utcText(`${alias}.at`)} AS at, ${alias}.actor,
          ${alias}.actor_name AS "actorName", ${alias}.action, ${alias}.subject, ${alias}.detail`;
}

/** How far a chain goes. */
export interface ChainHead {
  /** Links so far; 0 before the first. */
  seq: number;
  /** Hash of the last, hex. */
  hash: string;
}

/** Where a workspace's chain stands; null before its first link. */
export async function chainHead(client: Client, workspaceId: string): Promise<ChainHead | null> {
  const { rows } = await client.query<ChainHead>(
    `SELECT seq, encode(hash, 'hex') AS hash FROM audit_link WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1`,
    [workspaceId],
  );
  return rows[0] ?? null;
}

/** Whether entry `e` has no link, as SQL. `above`: a number that `e`'s is above, which keeps the look for links short. */
export function unlinked(above?: string): string {
  const short = above === undefined ? '' : ` AND l.entry_id > ${above}`;
  return `NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.entry_id = e.id${short})`;
}

/** Up to `limit` committed entries above a number that have no link yet, in the order they are linked in. */
export async function waitingEntries(
  client: Client,
  workspaceId: string,
  above: number,
  limit: number,
): Promise<ChainedEntry[]> {
  const { rows } = await client.query<ChainedEntry>(
    `SELECT ${entryColumns('e')} FROM audit_entry e
      WHERE e.workspace_id = $1 AND e.id > $2 AND ${unlinked('$2')} ORDER BY e.id LIMIT $3`,
    [workspaceId, above, limit],
  );
  return rows;
}
