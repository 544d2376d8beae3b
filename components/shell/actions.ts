'use server';

import { currentActor } from '@/lib/auth/session';
import { markRead as markNotificationsRead } from '@/lib/services/notifications/mark-read';

/** The reader's own notifications, by id or all; the event stream then tells every tab. */
export async function markRead(ids: readonly string[] | 'all'): Promise<void> {
  const actor = await currentActor();
  if (actor !== null) await markNotificationsRead(actor, { ids });
}
