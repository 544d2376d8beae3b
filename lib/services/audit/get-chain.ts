import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { chainHead, unlinked } from './chain-rows';
import { SETTLED } from './mark';

/** How far a workspace's audit log is sealed. */
export interface ChainState {
  /** Entries in the chain. */
  sealed: number;
  /** Hash of the last link, hex; null before the first. */
  head: string | null;
  /** Entries that wait for their link. */
  waiting: number;
  /** When the oldest of them was written. */
  waitingSince: string | null;
  checkpoint: { seq: number; at: string } | null;
}

/** Where the workspace's chain stands, and the last signed word on it. */
export async function getChain(actor: Actor): Promise<ChainState> {
  const { workspaceId } = actor;
  authorize(actor, 'audit.read', { workspaceId });
  const [head, waiting, checkpoint] = await Promise.all([
    chainHead(db(), workspaceId),
    db().query<{ count: number; since: Date | null }>(
      `SELECT count(*) AS count, min(e.at) AS since FROM audit_entry e
        WHERE e.workspace_id = $1 AND e.id > ${SETTLED} AND ${unlinked(SETTLED)}`,
      [workspaceId],
    ),
    db().query<{ seq: number; at: Date }>(
      'SELECT seq, at FROM audit_checkpoint WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1',
      [workspaceId],
    ),
  ]);
  const last = checkpoint.rows[0];
  return {
    sealed: head?.seq ?? 0,
    head: head?.hash ?? null,
    waiting: waiting.rows[0]?.count ?? 0,
    waitingSince: waiting.rows[0]?.since?.toISOString() ?? null,
    checkpoint: last === undefined ? null : { seq: last.seq, at: last.at.toISOString() },
  };
}
