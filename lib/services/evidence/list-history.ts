import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { EVIDENCE_COLUMNS, EVIDENCE_JOINS, type EvidenceSummary } from './evidence-row';

export const HISTORY_PAGE = 50;

export interface HistoryPage {
  evidence: EvidenceSummary[];
  /** Give it as `before` for the page after; null on the last. */
  next: string | null;
}

const cursor = z.tuple([z.iso.datetime(), z.uuid()]);

/**
 * Everything ever recorded of an agent, whatever the version, newest first, 50 a page; of one kind when `kind` is given.
 * A `before` that is no cursor starts from the newest.
 */
export async function listHistory(
  actor: Actor,
  of: { agentId: string; kind?: string | undefined; before?: string | undefined },
): Promise<HistoryPage> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.read', { workspaceId, agentId: of.agentId });
  const [at, id] = cursor.safeParse(of.before?.split('~')).data ?? [null, null];
  const { rows } = await db().query<EvidenceSummary>(
    `SELECT ${EVIDENCE_COLUMNS} FROM evidence e ${EVIDENCE_JOINS}
      WHERE e.workspace_id = $1 AND e.agent_id = $2 AND ($3::text IS NULL OR e.kind = $3)
        AND ($4::timestamptz IS NULL OR (e.produced_at, e.id) < ($4, $5::uuid))
      ORDER BY e.produced_at DESC, e.id DESC LIMIT ${HISTORY_PAGE + 1}`,
    [workspaceId, of.agentId, of.kind ?? null, at, id],
  );
  const evidence = rows.slice(0, HISTORY_PAGE);
  const last = evidence.at(-1);
  return {
    evidence,
    next: rows.length > HISTORY_PAGE && last !== undefined ? `${last.producedAt}~${last.id}` : null,
  };
}
