import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { can } from '@/lib/auth/can';
import { buildersOf } from '@/lib/services/expert-reviews/may-rate';

const WHO =
  'Ratings of subject experts are taken from them (the review queue, or a file that one imports), or with a key of the scope "signals".';

/**
 * Says of agents why an actor's signals of the family `sme` are not taken for them; null where they are.
 *
 * @param agentId null: not known yet. Then nobody can tell who built it
 */
export function refusedRatings(
  client: PoolClient,
  actor: Actor,
): (agentId: string | null) => Promise<string | null> {
  const { workspaceId } = actor;
  const known = new Map<string, string | null>();
  return async (agentId) => {
    if (!can(actor, 'signal.rate', { workspaceId })) return WHO;
    if (actor.kind !== 'person') return null;
    if (agentId === null) return 'The agent has not been heard of yet: rate its runs once it has.';
    const before = known.get(agentId);
    if (before !== undefined) return before;
    const builders = (await buildersOf(client, workspaceId, [agentId])).get(agentId) ?? [];
    const reason = can(actor, 'signal.rate', { workspaceId, builders })
      ? null
      : 'You built this agent, so somebody else rates it.';
    known.set(agentId, reason);
    return reason;
  };
}
