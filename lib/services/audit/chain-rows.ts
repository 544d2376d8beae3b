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

/** Up to `limit` entries that wait for their link, in the order they are linked in. */
export async function pendingEntries(
  client: Client,
  workspaceId: string,
  limit: number,
): Promise<ChainedEntry[]> {
  const { rows } = await client.query<ChainedEntry>(
    `SELECT ${entryColumns('e')} FROM audit_pending p JOIN audit_entry e ON e.id = p.entry_id
      WHERE p.workspace_id = $1 ORDER BY p.entry_id LIMIT $2`,
    [workspaceId, limit],
  );
  return rows;
}
