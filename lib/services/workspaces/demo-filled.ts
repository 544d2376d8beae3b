import { db, transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';

/** Whether the demo's contracts and runs have all been sent; until then the next start goes on with it. */
export async function isDemoFilled(workspaceId: string): Promise<boolean> {
  const found = await db().query(
    "SELECT 1 FROM audit_entry WHERE workspace_id = $1 AND subject = $2 AND action = 'demo.filled'",
    [workspaceId, `workspace:${workspaceId}`],
  );
  return found.rowCount !== 0;
}

export async function markDemoFilled(workspaceId: string): Promise<void> {
  await transact((client) =>
    appendAudit(client, [
      {
        workspaceId,
        actor: { kind: 'system', workspaceId },
        action: 'demo.filled',
        subject: `workspace:${workspaceId}`,
      },
    ]),
  );
}
