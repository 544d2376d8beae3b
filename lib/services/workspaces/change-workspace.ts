import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { transact } from '@/lib/db/pool';
import { AppError, isUnreachable } from '@/lib/errors';
import { isTimeZone } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { lockRuns, moveDays } from '@/lib/services/rollups/recount-rollups';
import { isZoneOfDatabase } from './zone-of-database';

export const workspaceSchema = z.object({
  name: z.string().trim().min(1, 'What is your company or team called?').max(120, 'At most 120 characters.'),
  timeZone: z.string().refine(isTimeZone, 'This is not a time zone, e.g. Europe/Berlin.'),
});

/** How long moving the clock waits for those who write runs. */
const LOCK_MS = 3000;
/** Less than a writer of runs waits for a lock (lib/db/pool.ts): none of them fails because the days took long. */
const MOVE_MS = 45_000;

/**
 * Renames the workspace or moves its clock: every screen shows times in this zone, and days begin when they do there. Throws
 * `invalid` for a zone the database does not know, `unavailable` when its runs cannot be held for as long as it takes: nothing
 * is changed then.
 */
export async function changeWorkspace(actor: Actor, input: z.output<typeof workspaceSchema>): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'workspace.manage', { workspaceId });
  await transact(async (client) => {
    const moves = await client.query('SELECT FROM workspace WHERE id = $1 AND time_zone <> $2', [
      workspaceId,
      input.timeZone,
    ]);
    if (moves.rowCount === 1) {
      if (!(await isZoneOfDatabase(client, input.timeZone)))
        throw new AppError('invalid', 'Something in the form is not right yet.', {
          issues: [{ path: 'timeZone', message: 'The database does not know this time zone.' }],
        });
      // Before anything is locked: whoever writes runs may go on to lock the workspace.
      await client.query(`SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL statement_timeout = ${MOVE_MS}`);
      await patiently(() => lockRuns(client));
    }
    const before = await client.query<{ name: string; timeZone: string }>(
      'SELECT name, time_zone AS "timeZone" FROM workspace WHERE id = $1 FOR NO KEY UPDATE',
      [workspaceId],
    );
    await client.query('UPDATE workspace SET name = $2, time_zone = $3 WHERE id = $1', [
      workspaceId,
      input.name,
      input.timeZone,
    ]);
    if (moves.rowCount === 1) await patiently(() => moveDays(client, workspaceId));
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

async function patiently(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUnreachable(error)) throw error;
    throw new AppError(
      'unavailable',
      'The days of all runs are counted anew in the new time zone, and that took too long while runs came in. Nothing was changed; try again when less is going on.',
      { cause: error },
    );
  }
}
