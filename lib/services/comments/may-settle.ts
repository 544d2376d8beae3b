import type { Actor } from '@/lib/auth/actor';
import { can } from '@/lib/auth/can';

/**
 * Who may resolve or reopen a thread. A comment: everyone who may write one. A requested change stands in the way, so it is
 * lifted by who asked for it, or by those who answer for governance; when who asked has left, by those who may put in force.
 */
export function maySettle(
  actor: Actor,
  thread: { kind: string; createdById: string | null },
  askerGone: boolean,
): boolean {
  const { workspaceId } = actor;
  if (actor.kind !== 'person' || !can(actor, 'comment.write', { workspaceId })) return false;
  if (thread.kind !== 'change-request') return true;
  return (
    thread.createdById === actor.personId ||
    can(actor, 'change-request.settle', { workspaceId }) ||
    (askerGone && can(actor, 'contract.put-in-force', { workspaceId }))
  );
}
