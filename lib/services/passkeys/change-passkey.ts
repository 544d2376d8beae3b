import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { auditOwn } from '@/lib/services/people/audit-own';
import { passkeyNameSchema } from './passkey-name';

export const ownPasskeySchema = z.object({ passkeyId: z.uuid() });
export const renameSchema = ownPasskeySchema.extend({ name: passkeyNameSchema });

function ownerOf(actor: Actor): string {
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people have passkeys.');
  return actor.personId;
}

const GONE = 'There is no such passkey of yours. It may have been revoked meanwhile.';

/** Calls one of the actor's own passkeys something else. */
export async function renamePasskey(actor: Actor, input: z.output<typeof renameSchema>): Promise<void> {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  const personId = ownerOf(actor);
  await transact(async (client) => {
    const renamed = await client.query(
      'UPDATE passkey SET name = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL',
      [input.passkeyId, personId, input.name],
    );
    if (renamed.rowCount === 0) throw new AppError('not_found', GONE);
    await auditOwn(client, personId, actor, {
      action: 'passkey.renamed',
      detail: { passkey: input.passkeyId, name: input.name },
    });
  });
}

/** Ends one of the actor's own passkeys and the sessions it opened. What it signed stays valid: its public key is kept. */
export async function revokePasskey(
  actor: Actor,
  input: z.output<typeof ownPasskeySchema>,
): Promise<{ name: string }> {
  authorize(actor, 'self.manage', { workspaceId: actor.workspaceId });
  const personId = ownerOf(actor);
  return transact(async (client) => {
    const revoked = await client.query<{ name: string }>(
      `UPDATE passkey SET revoked_at = now() WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL RETURNING name`,
      [input.passkeyId, personId],
    );
    const [row] = revoked.rows;
    if (row === undefined) throw new AppError('not_found', GONE);
    await auditOwn(client, personId, actor, {
      action: 'passkey.revoked',
      detail: { passkey: input.passkeyId, name: row.name },
    });
    return { name: row.name };
  });
}
