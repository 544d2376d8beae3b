import type { PoolClient } from 'pg';
import type { Contract } from '@/lib/contract/schema';
import { isAway } from '@/lib/services/on-call/is-away';
import { resolveOnCall } from '@/lib/services/on-call/resolve';

/**
 * Whom the contract's operator leads to at a moment: that person, or whoever is on call on that schedule. Where it leads to
 * nobody, every operator who is there; were all of them away, all of them, so that nothing is told to no one.
 */
export async function operatorsOnCall(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  contract: Contract,
  at = new Date(),
): Promise<{ id: string; name: string }[]> {
  const { people } = await resolveOnCall(client, workspaceId, contract.ownership.operator, at);
  if (people.length > 0) return people.map(({ id, name }) => ({ id, name }));
  const { rows } = await client.query<{ id: string; name: string; away: boolean }>(
    `SELECT p.id, p.name,
            ${isAway('$2')} AS away
       FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.disabled_at IS NULL AND 'operator' = ANY(m.roles)
      ORDER BY p.name, p.id`,
    [workspaceId, at],
  );
  const there = rows.filter((row) => !row.away);
  return (there.length > 0 ? there : rows).map(({ id, name }) => ({ id, name }));
}
