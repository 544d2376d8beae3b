import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { appendAudit } from '@/lib/services/audit/append';

/**
 * What happens to a person's own account stands in the log of every workspace they belong to. `by` says who did it where
 * nobody was signed in: the person, by what they held, or the product.
 */
export async function auditOwn(
  client: Pick<PoolClient, 'query'>,
  personId: string,
  by: Actor | 'the person' | 'the product',
  entry: { action: string; detail: Record<string, unknown> },
): Promise<void> {
  const memberships = await client.query<{ workspace_id: string; name: string }>(
    'SELECT m.workspace_id, p.name FROM membership m JOIN person p ON p.id = m.person_id WHERE p.id = $1',
    [personId],
  );
  await appendAudit(
    client,
    memberships.rows.map((row) => ({
      workspaceId: row.workspace_id,
      actor: acting(by, row, personId),
      action: entry.action,
      subject: `person:${personId}`,
      detail: entry.detail,
    })),
  );
}

function acting(
  by: Actor | 'the person' | 'the product',
  row: { workspace_id: string; name: string },
  personId: string,
): Actor {
  const workspaceId = row.workspace_id;
  if (by === 'the product') return { kind: 'system', workspaceId };
  if (by === 'the person') return { kind: 'person', workspaceId, personId, name: row.name, roles: [] };
  return by;
}
