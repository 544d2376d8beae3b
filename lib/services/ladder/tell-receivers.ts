import { type Actor, actorName } from '@/lib/auth/actor';
import { config } from '@/lib/config';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import type { LadderEvent } from '@/lib/services/webhooks/events';
import type { Client } from './rows';

/** Webhooks hear of every step of the ladder that is taken or ended, in the caller's transaction. */
export async function tellReceivers(
  client: Client,
  actor: Actor,
  type: 'ladder.step-taken' | 'ladder.step-ended',
  {
    agent,
    incident,
    ...step
  }: Omit<LadderEvent, 'agent' | 'incident' | 'by'> & {
    agent: { name: string; displayName: string };
    /** Its number. */
    incident: number | null;
  },
  at: Date,
): Promise<void> {
  const { dashboardUrl } = config();
  await enqueueWebhooks(client, {
    workspaceId: actor.workspaceId,
    type,
    incidentId: null,
    data: {
      agent: {
        name: agent.name,
        displayName: agent.displayName,
        url: `${dashboardUrl}/agents/${encodeURIComponent(agent.name)}`,
      },
      ...step,
      incident: incident === null ? null : { number: incident, url: `${dashboardUrl}/incidents/${incident}` },
      by: actor.kind === 'system' ? null : actorName(actor),
    },
    at,
  });
}
