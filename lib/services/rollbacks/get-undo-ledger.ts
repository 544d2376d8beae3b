import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type UndoLedger, undoLedger } from '@/lib/response/undo-ledger';
import { recordedCalls } from '@/lib/services/compensations/recorded-calls';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';

/** More entries are not shown; counts and sums are of all that were read. */
const MOST_ENTRIES = 200;

export interface RunUndoLedger extends UndoLedger {
  run: { id: string; key: string };
  /** Tool calls of the run, and how many of them were read: the newest. */
  calls: { total: number; read: number };
  /** Entries beyond those in `entries`. */
  more: number;
}

/**
 * What a run wrote and moved, and what of it can be taken back, by the contract it is held to. Null when it wrote nothing or is
 * held to no contract. Throws `not_found`.
 */
export async function getUndoLedger(
  actor: Actor,
  input: { runId: string },
  now: Date,
): Promise<RunUndoLedger | null> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const missing = new AppError('not_found', 'There is no such run in this workspace.');
  if (!z.uuid().safeParse(input.runId).success) throw missing;
  const found = await db().query<{ key: string; version_id: string | null }>(
    `SELECT key, contract_version_id AS version_id FROM run
      WHERE workspace_id = $1 AND id = $2 AND ($3::uuid IS NULL OR agent_id = $3)`,
    [workspaceId, input.runId, actor.kind === 'key' ? actor.agentId : null],
  );
  const run = found.rows[0];
  if (run === undefined) throw missing;
  if (run.version_id === null) return null;
  const [{ contract }, { calls, total, zone }, done] = await Promise.all([
    contractVersion(run.version_id),
    recordedCalls(db(), workspaceId, input.runId, null),
    db().query<{ call: string; by: string; at: Date }>(
      `SELECT encode(trace_id, 'hex') || '/' || encode(span_id, 'hex') AS call, by, ended_at AS at
         FROM compensation WHERE workspace_id = $1 AND run_id = $2 AND state = 'done'`,
      [workspaceId, input.runId],
    ),
  ]);
  const known = new Map(done.rows.map(({ call, by, at }) => [call, { by, at: at.getTime() }]));
  const ledger = undoLedger(contract, calls, known, { now: now.getTime(), zone });
  if (ledger.entries.length === 0 && ledger.unlisted === 0) return null;
  return {
    ...ledger,
    entries: ledger.entries.slice(0, MOST_ENTRIES),
    run: { id: input.runId, key: run.key },
    calls: { total, read: calls.length },
    more: Math.max(0, ledger.entries.length - MOST_ENTRIES),
  };
}
