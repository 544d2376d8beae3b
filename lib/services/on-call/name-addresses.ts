import type { PoolClient } from 'pg';

/** Whom an address belongs to: a member, or a schedule of who is on call. */
export interface Addressee {
  name: string;
  /** Its id when it is a schedule. */
  scheduleId: string | null;
}

/** Names by lower-case address; what neither a member nor a schedule has is absent. For services that have authorized. */
export async function nameAddresses(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  addresses: readonly string[],
): Promise<Map<string, Addressee>> {
  const { rows } = await client.query<{ address: string; name: string; scheduleId: string | null }>(
    `SELECT p.email AS address, p.name, NULL::uuid AS "scheduleId"
       FROM person p JOIN membership m ON m.person_id = p.id WHERE m.workspace_id = $1 AND p.email = ANY($2)
     UNION ALL
     SELECT address, name, id FROM on_call_schedule
      WHERE workspace_id = $1 AND address = ANY($2) AND archived_at IS NULL`,
    [workspaceId, addresses.map((address) => address.toLowerCase())],
  );
  return new Map(rows.map(({ address, ...addressee }) => [address, addressee]));
}
