import type { PoolClient } from 'pg';
import type { Contract } from '@/lib/contract/schema';

/** The person the contract names; when nobody of that address is a member, every operator, so that no page is lost. */
export async function operatorsOnCall(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  contract: Contract,
): Promise<{ id: string; name: string }[]> {
  const members = await client.query<{ id: string; name: string; named: boolean }>(
    `SELECT p.id, p.name, p.email = $2 AS named FROM membership m JOIN person p ON p.id = m.person_id
     WHERE m.workspace_id = $1 AND p.disabled_at IS NULL AND (p.email = $2 OR 'operator' = ANY(m.roles))
     ORDER BY named DESC, p.name, p.id`,
    [workspaceId, contract.ownership.operator.toLowerCase()],
  );
  const named = members.rows.filter((row) => row.named);
  return named.length > 0 ? named : members.rows;
}
