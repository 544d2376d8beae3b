import type { PoolClient } from 'pg';
import { notify } from '@/lib/db/notify';

/**
 * What asked for something that is done, or can no longer be done, waits for nobody: it counts as read. In the caller's
 * transaction; `personId` left out: for everybody who was asked.
 */
export async function settleNotifications(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  asked: { path: string; kinds: readonly string[]; personId?: string },
): Promise<void> {
  const settled = await client.query(
    `UPDATE notification SET read_at = clock_timestamp()
      WHERE workspace_id = $1 AND path = $2 AND kind = ANY($3::text[]) AND read_at IS NULL
        AND ($4::uuid IS NULL OR person_id = $4)`,
    [workspaceId, asked.path, asked.kinds, asked.personId ?? null],
  );
  if ((settled.rowCount ?? 0) > 0) await notify(client, { workspaceId, topic: 'notification', id: '' });
}
