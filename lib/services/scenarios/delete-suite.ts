import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import { lockSuite } from './lock-suite';

/** Deletes a suite. What was recorded of it as evidence stays. Throws `not_found`. */
export async function deleteSuite(actor: Actor, id: string): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'scenario.write', { workspaceId });
  await transact(async (client) => {
    const suite = await lockSuite(client, actor, id);
    await client.query('DELETE FROM scenario_suite WHERE id = $1', [suite.id]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'scenarios.deleted',
        subject: `agent:${suite.agentId}`,
        detail: { agent: suite.agent, suite: suite.name, revision: suite.revision },
      },
    ]);
    await notify(client, { workspaceId, topic: 'scenario', id: suite.id });
  });
}
