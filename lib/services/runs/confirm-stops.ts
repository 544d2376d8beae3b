import type { PoolClient } from 'pg';
import type { JudgedRun } from './judge-runs';
import { tellStopped } from './run-status';
import { statusOf } from './store-runs';

/** Tells of runs whose root span ended after they were asked to stop: that confirms it. Their rows say so already. */
export async function confirmStops(
  client: PoolClient,
  workspaceId: string,
  runs: readonly JudgedRun[],
): Promise<void> {
  for (const run of runs)
    if (run.work.stored?.status === 'stopping' && statusOf(run) === 'stopped')
      await tellStopped(client, { kind: 'system', workspaceId }, run.work.id, 'Its root span ended.');
}
