import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type Envelope, envelopeSchema } from '@/lib/evidence/dsse';

/** Older ones are in the audit log. */
const MOST = 20;

export interface ReceiptRow {
  id: string;
  /** SHA-256 of what is signed, hex. */
  digest: string;
  madeAt: string;
  /** Null: the product itself. */
  madeBy: string | null;
  /** The run has changed since. */
  outdated: boolean;
}

export interface RunReceipts {
  run: { id: string; key: string };
  /** A receipt is made of a run that has ended. */
  ended: boolean;
  /** Newest first. */
  receipts: ReceiptRow[];
  mayMake: boolean;
}

/** The receipts that were made of a run. Throws `not_found`. */
export async function getReceipts(actor: Actor, input: { runId: string }): Promise<RunReceipts> {
  const { workspaceId } = actor;
  authorize(actor, 'run.read', { workspaceId });
  const missing = new AppError('not_found', 'There is no such run in this workspace.');
  if (!z.uuid().safeParse(input.runId).success) throw missing;
  const runs = await db().query<{ key: string; status: string; revision: number }>(
    `SELECT key, status, revision FROM run
      WHERE workspace_id = $1 AND id = $2 AND ($3::uuid IS NULL OR agent_id = $3)`,
    [workspaceId, input.runId, actor.kind === 'key' ? actor.agentId : null],
  );
  const run = runs.rows[0];
  if (run === undefined) throw missing;
  const { rows } = await db().query<{
    id: string;
    digest: string;
    at: Date;
    by: string | null;
    revision: number;
  }>(
    `SELECT t.id, t.digest, t.made_at AS at, p.name AS by, t.run_revision AS revision
       FROM receipt t LEFT JOIN person p ON p.id = t.made_by_id
      WHERE t.workspace_id = $1 AND t.run_id = $2 ORDER BY t.made_at DESC, t.id DESC LIMIT ${MOST}`,
    [workspaceId, input.runId],
  );
  return {
    run: { id: input.runId, key: run.key },
    ended: run.status === 'finished' || run.status === 'stopped',
    receipts: rows.map(({ at, by, revision, ...row }) => ({
      ...row,
      madeAt: at.toISOString(),
      madeBy: by,
      outdated: revision !== run.revision,
    })),
    mayMake: can(actor, 'receipt.make', { workspaceId }),
  };
}

/** One receipt as a file: its DSSE envelope, and the run's key to name the file by. Throws `not_found`. */
export async function getReceipt(
  actor: Actor,
  input: { runId: string; id: string },
): Promise<{ run: string; madeAt: string; envelope: Envelope }> {
  const { receipts, run } = await getReceipts(actor, input);
  const { rows } = await db().query<{ envelope: unknown; at: Date }>(
    'SELECT envelope, made_at AS at FROM receipt WHERE workspace_id = $1 AND run_id = $2 AND id::text = $3',
    [actor.workspaceId, input.runId, input.id],
  );
  const [found] = rows;
  if (found === undefined)
    throw new AppError(
      'not_found',
      receipts.length === 0
        ? 'No receipt has been made of this run.'
        : 'There is no such receipt of this run.',
    );
  return { run: run.key, madeAt: found.at.toISOString(), envelope: envelopeSchema.parse(found.envelope) };
}
