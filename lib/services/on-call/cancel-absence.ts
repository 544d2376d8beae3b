import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';

/**
 * Takes an absence back, or ends one that has begun: from now on the person is there. The person may, and head of AI, operators
 * and SRE. Throws `not_found`, `forbidden`, `conflict` when it is over or was taken back.
 */
export async function cancelAbsence(actor: Actor, { id }: { id: string }): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'absence.write', { workspaceId });
  await transact(async (client) => {
    const { rows } = await client.query<{
      personId: string;
      person: string;
      from: Date;
      to: Date;
      over: boolean;
    }>(
      `SELECT b.person_id AS "personId", p.name AS person, b.starts_at AS "from", b.ends_at AS "to",
              b.cancelled_at IS NOT NULL OR b.ends_at <= now() AS over
         FROM absence b JOIN person p ON p.id = b.person_id
        WHERE b.workspace_id = $1 AND b.id::text = $2 FOR UPDATE OF b`,
      [workspaceId, id],
    );
    const [absence] = rows;
    if (absence === undefined) throw new AppError('not_found', 'There is no such absence here.');
    if (!(actor.kind === 'person' && actor.personId === absence.personId))
      authorize(actor, 'absence.write-for-others', { workspaceId });
    if (absence.over) throw new AppError('conflict', 'This absence is over already.');
    await client.query('UPDATE absence SET cancelled_at = now() WHERE id = $1', [id]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'absence.cancelled',
        subject: `person:${absence.personId}`,
        detail: {
          person: absence.person,
          from: absence.from.toISOString(),
          to: absence.to.toISOString(),
        },
      },
    ]);
    await notify(client, { workspaceId, topic: 'on-call', id: '' });
  });
}
