import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type OpenedWorkspace, openWorkspace } from './open-workspace';

export const anotherWorkspaceSchema = z.object({
  name: z.string().trim().min(1, 'What is it called?').max(120, 'At most 120 characters.'),
});

/**
 * A further workspace beside the actor's, such as for another company of a group: nothing of one is seen in the other.
 * Whoever makes it is its first administrator. Throws `conflict` for the demo's people and a name that is taken.
 */
export async function createAnotherWorkspace(
  actor: Actor,
  input: z.output<typeof anotherWorkspaceSchema>,
): Promise<OpenedWorkspace> {
  const { workspaceId } = actor;
  authorize(actor, 'workspace.manage', { workspaceId });
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people open workspaces.');
  return transact(async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('countersign.workspaces'))");
    const { rows } = await client.query<{ email: string; time_zone: string; is_demo: boolean }>(
      `SELECT p.email, w.time_zone, w.is_demo FROM person p, workspace w WHERE p.id = $1 AND w.id = $2`,
      [actor.personId, workspaceId],
    );
    const own = rows[0];
    if (own === undefined || own.is_demo)
      throw new AppError(
        'conflict',
        'Nothing is made from within the demo. Create your own workspace first.',
      );
    const same = await client.query('SELECT 1 FROM workspace WHERE lower(name) = lower($1)', [input.name]);
    if (same.rowCount !== 0)
      throw new AppError('invalid', 'Something in the form is not right yet.', {
        issues: [{ path: 'name', message: 'A workspace of this name is there already.' }],
      });
    return openWorkspace(client, {
      name: input.name,
      timeZone: own.time_zone,
      isDemo: false,
      members: [
        {
          personId: actor.personId,
          name: actor.name,
          email: own.email,
          roles: ['head-of-ai'],
          jobTitle: null,
          passwordHash: null,
        },
      ],
    });
  });
}
