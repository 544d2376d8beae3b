import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { lockKeys, makeKey } from './current-key';

/**
 * Retires the instance's key and makes another, which signs from now on; what the old one signed stays valid. `retiring`
 * is the key the person saw: two who rotate at once retire one key, not two. Answers the new key's id.
 * Throws `conflict` when another key is in use by now.
 */
export async function rotateInstanceKey(
  actor: Actor,
  input: { retiring: string; reason: string },
): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'instance-key.rotate', { workspaceId });
  return transact(async (client) => {
    await lockKeys(client);
    const retired = await client.query(
      'UPDATE instance_key SET retired_at = now() WHERE id = $1 AND retired_at IS NULL',
      [input.retiring],
    );
    if (retired.rowCount === 0)
      throw new AppError('conflict', 'Another key is in use by now: this one was rotated meanwhile.');
    const { id } = await makeKey(client);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'instance-key.rotated',
        subject: `instance-key:${id}`,
        detail: { retired: input.retiring, reason: input.reason },
      },
    ]);
    return { id };
  });
}
