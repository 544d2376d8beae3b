import { db, transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';

/** What the demo has behind it: `filled`, all contracts and runs sent; `ended`, the run that paged came to its end. */
export type DemoMark = 'filled' | 'ended';

export async function demoHas(workspaceId: string, mark: DemoMark): Promise<boolean> {
  const found = await db().query(
    'SELECT 1 FROM audit_entry WHERE workspace_id = $1 AND subject = $2 AND action = $3',
    [workspaceId, `workspace:${workspaceId}`, `demo.${mark}`],
  );
  return found.rowCount !== 0;
}

export async function markDemo(workspaceId: string, mark: DemoMark): Promise<void> {
  await transact((client) =>
    appendAudit(client, [
      {
        workspaceId,
        actor: { kind: 'system', workspaceId },
        action: `demo.${mark}`,
        subject: `workspace:${workspaceId}`,
      },
    ]),
  );
}
