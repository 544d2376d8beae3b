import type { PoolClient } from 'pg';
import type { Band } from '@/lib/contract/schema';
import { notify } from '@/lib/db/notify';
import { plural } from '@/lib/format';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { warningEvent } from '@/lib/services/outbox/incident-event';

/**
 * What `warn` in a failure clause asks for, inside the transaction of the breach: the operators are told in the app and
 * receivers by webhook, and the run goes on.
 *
 * @param worst the breach to name
 * @param others how many more came with it
 * @param path where the notification leads on the dashboard
 */
export async function warnOperators(
  client: Pick<PoolClient, 'query'>,
  warning: {
    workspaceId: string;
    run: { id: string; key: string };
    operators: readonly { id: string; name: string }[];
    worst: { clause: string; severity: Band; message: string };
    others: number;
    path: string;
    now: Date;
  },
): Promise<void> {
  const { workspaceId, run, operators, worst, others } = warning;
  const system = { kind: 'system', workspaceId } as const;
  const title = `${worst.message}${others === 0 ? '' : `, and ${plural(others, 'breach', 'breaches')} more`}`;
  await addNotifications(
    client,
    system,
    operators.map((operator) => ({
      personId: operator.id,
      kind: 'run.warned',
      title,
      path: warning.path,
    })),
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor: system,
      action: 'run.warned',
      subject: `run:${run.id}`,
      detail: {
        run: run.key,
        clause: worst.clause,
        severity: worst.severity,
        title,
        notified: operators.map((operator) => operator.name),
      },
    },
  ]);
  await enqueueWebhooks(client, {
    workspaceId,
    type: 'run.warned',
    incidentId: null,
    data: await warningEvent(client, run.id, worst),
    at: warning.now,
  });
  await notify(client, { workspaceId, topic: 'run', id: run.id });
}
