import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { config } from '@/lib/config';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { enqueueMail } from '@/lib/services/mail/enqueue-mail';

/** Whether this instance can send mail, and whether the person wants it from this workspace. */
export async function getMail(actor: Actor): Promise<{ available: boolean; wanted: boolean }> {
  authorize(actor, 'person.read', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') return { available: false, wanted: false };
  const found = await db().query<{ mail: boolean; demo: boolean }>(
    `SELECT m.mail, w.is_demo AS demo FROM membership m JOIN workspace w ON w.id = m.workspace_id
      WHERE m.workspace_id = $1 AND m.person_id = $2`,
    [actor.workspaceId, actor.personId],
  );
  const row = found.rows[0];
  return { available: config().smtp !== null && row?.demo === false, wanted: row?.mail ?? false };
}

/** Turns mail about what waits for oneself on or off; the first mail after turning it on says so. */
export async function setMail(actor: Actor, input: { wanted: boolean }): Promise<void> {
  authorize(actor, 'person.read', { workspaceId: actor.workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people get mail.');
  await transact(async (client) => {
    await client.query('UPDATE membership SET mail = $3 WHERE workspace_id = $1 AND person_id = $2', [
      actor.workspaceId,
      actor.personId,
      input.wanted,
    ]);
    if (input.wanted)
      await enqueueMail(client, actor.workspaceId, [
        {
          personId: actor.personId,
          type: 'mail.on',
          title: 'From now on you hear by mail of what waits for you',
          path: '/inbox',
        },
      ]);
  });
}
