import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { isTimeZone } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { lockRuns, rebuildRollups } from '@/lib/services/rollups/recount-rollups';

export const workspaceSchema = z.object({
  name: z.string().trim().min(1, 'What is your company or team called?').max(120, 'At most 120 characters.'),
  timeZone: z.string().refine(isTimeZone, 'This is not a time zone, e.g. Europe/Berlin.'),
});

/** Renames the workspace or moves its clock: every screen shows times in this zone, and days begin when they do there. */
export async function changeWorkspace(actor: Actor, input: z.output<typeof workspaceSchema>): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'workspace.manage', { workspaceId });
  await transact(async (client) => {
    const moves = await client.query('SELECT FROM workspace WHERE id = $1 AND time_zone <> $2', [
      workspaceId,
      input.timeZone,
    ]);
    // Before anything is locked: whoever writes runs may go on to lock the workspace.
    if (moves.rowCount === 1) await lockRuns(client);
    const before = await client.query<{ name: string; timeZone: string }>(
      'SELECT name, time_zone AS "timeZone" FROM workspace WHERE id = $1 FOR UPDATE',
      [workspaceId],
    );
    await client.query('UPDATE workspace SET name = $2, time_zone = $3 WHERE id = $1', [
      workspaceId,
      input.name,
      input.timeZone,
    ]);
    if (moves.rowCount === 1) await rebuildRollups(client, workspaceId);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'workspace.changed',
        subject: `workspace:${workspaceId}`,
        detail: { before: before.rows[0], after: input },
      },
    ]);
  });
}
