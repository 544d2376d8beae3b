import { type Actor, KEY_SCOPES, type KeyScope } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';

/** A key as the settings show it; never more of it than its first characters. */
export interface KeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: KeyScope[];
  agent: { name: string; displayName: string } | null;
  createdBy: string | null;
  createdAt: string;
  /** To the minute. */
  lastUsedAt: string | null;
  revokedAt: string | null;
}

/** The workspace's keys, those in use first, newest first; and the agents a key may be bound to. */
export async function listKeys(
  actor: Actor,
): Promise<{ keys: KeyRow[]; agents: { id: string; displayName: string }[] }> {
  const { workspaceId } = actor;
  authorize(actor, 'key.manage', { workspaceId });
  const [keys, agents] = await Promise.all([
    db().query<{
      id: string;
      name: string;
      prefix: string;
      scopes: string[];
      agentName: string | null;
      agentTitle: string | null;
      createdBy: string | null;
      createdAt: Date;
      lastUsedAt: Date | null;
      revokedAt: Date | null;
    }>(
      `SELECT k.id, k.name, k.prefix, k.scopes, a.name AS "agentName", a.display_name AS "agentTitle",
              p.name AS "createdBy", k.created_at AS "createdAt", k.last_used_at AS "lastUsedAt",
              k.revoked_at AS "revokedAt"
         FROM api_key k LEFT JOIN agent a ON a.id = k.agent_id LEFT JOIN person p ON p.id = k.created_by_id
        WHERE k.workspace_id = $1
        ORDER BY k.revoked_at IS NOT NULL, k.created_at DESC, k.id DESC`,
      [workspaceId],
    ),
    db().query<{ id: string; displayName: string }>(
      'SELECT id, display_name AS "displayName" FROM agent WHERE workspace_id = $1 ORDER BY lower(display_name), id',
      [workspaceId],
    ),
  ]);
  return {
    agents: agents.rows,
    keys: keys.rows.map((row) => ({
      id: row.id,
      name: row.name,
      prefix: row.prefix,
      scopes: KEY_SCOPES.filter((scope) => row.scopes.includes(scope)),
      agent:
        row.agentName === null ? null : { name: row.agentName, displayName: row.agentTitle ?? row.agentName },
      createdBy: row.createdBy,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
    })),
  };
}
