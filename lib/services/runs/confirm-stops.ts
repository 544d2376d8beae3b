import type { PoolClient } from 'pg';
import { appendAudit } from '@/lib/services/audit/append';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { runEvent } from '@/lib/services/outbox/incident-event';
import type { JudgedRun } from './judge-runs';
import { statusOf } from './store-runs';

/** Tells of runs whose root span ended after they were asked to stop: that confirms it. Their rows say so already. */
export async function confirmStops(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  runs: readonly JudgedRun[],
): Promise<void> {
  for (const run of runs) {
    if (run.work.stored?.status !== 'stopping' || statusOf(run) !== 'stopped') continue;
    await appendAudit(client, [
      {
        workspaceId,
        actor: { kind: 'system', workspaceId },
        action: 'run.stopped',
        subject: `run:${run.work.id}`,
        detail: { run: run.work.key, confirmed: 'its root span ended' },
      },
    ]);
    await enqueueWebhooks(client, {
      workspaceId,
      type: 'run.stopped',
      incidentId: null,
      data: await runEvent(client, run.work.id, null),
      at: new Date(),
    });
  }
}
