import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { relyingParty } from './relying-party';

export interface PasskeyRow {
  id: string;
  name: string;
  createdAt: string;
  /** Null: not used since it was made. */
  lastUsedAt: string | null;
  /** A copy is kept by its maker's cloud: it survives the loss of the device. */
  backedUp: boolean;
  /** Made for another address than the dashboard now has; browsers will not offer it here. */
  elsewhere: string | null;
}

/** The actor's own passkeys, the newest first; revoked ones stay in the audit log only. */
export async function listPasskeys(actor: Actor): Promise<{ passkeys: PasskeyRow[]; possible: boolean }> {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people have passkeys.');
  const site = relyingParty();
  const found = await db().query<{
    id: string;
    name: string;
    createdAt: Date;
    lastUsedAt: Date | null;
    backedUp: boolean;
    rpId: string;
  }>(
    `SELECT id, name, created_at AS "createdAt", last_used_at AS "lastUsedAt", backed_up AS "backedUp", rp_id AS "rpId"
       FROM passkey WHERE person_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id`,
    [actor.personId],
  );
  return {
    possible: site !== null,
    passkeys: found.rows.map((row) => ({
      id: row.id,
      name: row.name,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      backedUp: row.backedUp,
      elsewhere: row.rpId === site?.id ? null : row.rpId,
    })),
  };
}
