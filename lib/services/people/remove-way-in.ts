import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { addNotifications } from '@/lib/services/notifications/add';
import { refuseInDemo } from './add-person';
import { auditOwn } from './audit-own';
import { CAN_SIGN_IN } from './can-sign-in';
import { keepAnAdministrator, lockMember, refuseForOthers } from './lock-member';

export const removeWayInSchema = z.object({
  personId: z.uuid(),
  /** A passkey's id, or the company account that is tied to them. */
  way: z.union([z.literal('account'), z.uuid()]),
  reason: z.string().trim().min(1, 'Say why.').max(2000),
});

/**
 * Takes a lost passkey from another person, or unties the account of the sign-in service that is theirs, so that their next
 * login there may tie another. Sessions opened by it end; they are told. What a passkey signed stays valid. Throws
 * `not_found` for what is not there, `conflict` when nobody could manage people any more or they belong elsewhere too.
 */
export async function removeWayIn(
  actor: Actor,
  input: z.output<typeof removeWayInSchema>,
): Promise<{ name: string; removed: string; canSignIn: boolean }> {
  const { workspaceId } = actor;
  authorize(actor, 'person.manage', { workspaceId });
  const { personId, way, reason } = input;
  return transact(async (client) => {
    await refuseInDemo(client, workspaceId);
    const member = await lockMember(client, workspaceId, personId);
    await refuseForOthers(client, actor, personId, member.name, 'they sign in there too');
    let removed: string;
    if (way === 'account') {
      const untied = await client.query<{ issuer: string; subject: string }>(
        'DELETE FROM person_identity WHERE person_id = $1 RETURNING issuer, subject',
        [personId],
      );
      if (untied.rowCount === 0) throw new AppError('not_found', `${member.name} has no account tied.`);
      removed = 'company account';
      await auditOwn(client, personId, actor, {
        action: 'person.account-untied',
        detail: { name: member.name, accounts: untied.rows, reason },
      });
    } else {
      const revoked = await client.query<{ name: string }>(
        'UPDATE passkey SET revoked_at = now() WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL RETURNING name',
        [way, personId],
      );
      const [passkey] = revoked.rows;
      if (passkey === undefined)
        throw new AppError('not_found', `${member.name} has no such passkey any more.`);
      removed = `passkey “${passkey.name}”`;
      await auditOwn(client, personId, actor, {
        action: 'passkey.revoked',
        detail: { passkey: way, name: passkey.name, of: member.name, reason },
      });
    }
    const left = await client.query(`SELECT FROM person p WHERE p.id = $1 AND ${CAN_SIGN_IN}`, [personId]);
    const canSignIn = left.rowCount !== 0;
    if (!canSignIn && member.roles.includes('head-of-ai'))
      await keepAnAdministrator(client, workspaceId, personId);
    await addNotifications(client, actor, [
      {
        personId,
        kind: 'account.changed',
        title: `${actorName(actor)} removed your ${removed}: ${reason}`,
        path: '/settings/you',
      },
    ]);
    return { name: member.name, removed, canSignIn };
  });
}
