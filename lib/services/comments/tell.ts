import { type Actor, actorName } from '@/lib/auth/actor';
import type { NewNotification } from '@/lib/services/notifications/add';
import { type SubjectRow, threadPath } from './subject';

/** What people are told of a conversation: `said` is how the sentence goes on after the actor's name. */
export function tell(
  actor: Actor,
  thread: { id: string; clause: string; subject: SubjectRow },
  what: { kind: `comment.${string}`; said: string; to: readonly string[] },
): NewNotification[] {
  const title = `${actorName(actor)} ${what.said} ${thread.clause} in ${thread.subject.title}`;
  const path = threadPath(thread.subject, thread);
  return what.to.map((personId) => ({ personId, kind: what.kind, title, path }));
}
