import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { reviewTerms } from '@/lib/contract/terms';
import { firstIdAt, newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { type Drawn, drawRun } from '@/lib/scoring/draw';
import { type AuditRecord, appendAudit } from '@/lib/services/audit/append';
import { contractVersion } from '@/lib/services/contracts/contract-in-force';
import { drawSecret } from './draw-secret';

/** Runs are looked at when they are this old: spans that were under way have come, and every transaction that began one has ended. */
const BEHIND_MS = 5 * 60_000;
/** A run that never says that it has finished is taken for finished when nothing was heard of it for so long. */
const QUIET_MS = 60 * 60_000;
const BATCH = 2000;
const DAY_MS = 86_400_000;

const rowsSchema = z.array(
  z.object({
    id: z.string(),
    workspace_id: z.string(),
    agent_id: z.string(),
    contract_version_id: z.string().nullable(),
    status: z.string(),
    revision: z.number(),
    span_count: z.number(),
    breach_count: z.number(),
    lane: z.string(),
  }),
);
type Row = z.output<typeof rowsSchema>[number];
const COLUMNS =
  'r.id, r.workspace_id, r.agent_id, r.contract_version_id, r.status, r.revision, r.span_count, r.breach_count, r.lane';

/**
 * Draws the runs that subject experts review, each run once, when it has finished and settled, by the contract it ran under. The
 * runs of all workspaces are gone through in the order of their ids, behind those that still come in: intake does nothing for
 * it. Any number of planes may: one at a time goes on from where the last one committed, so a kill at any point loses and doubles
 * nothing. What comes late changes no draw; a run that became another's keeps its own.
 *
 * @param failed told of versions that cannot be read; their runs are passed over
 * @returns how many were drawn
 */
export async function drawReviews(
  now: Date,
  { behindMs = BEHIND_MS, failed = () => {} }: { behindMs?: number; failed?: (error: unknown) => void } = {},
): Promise<number> {
  let drawn = 0;
  for (let more = true; more; ) {
    const step = await transact((client) => drawOn(client, now, behindMs, failed));
    drawn += step.drawn;
    more = step.more;
  }
  for (let more = true; more; ) {
    const step = await transact((client) => drawUnsettled(client, now, failed));
    drawn += step.drawn;
    more = step.more;
  }
  return drawn;
}

type Failed = (error: unknown) => void;

async function drawOn(
  client: PoolClient,
  now: Date,
  behindMs: number,
  failed: Failed,
): Promise<{ drawn: number; more: boolean }> {
  const cursor = await client.query<{ run_id: string }>(
    'SELECT run_id FROM draw_cursor WHERE id = 1 FOR UPDATE SKIP LOCKED',
  );
  const from = cursor.rows[0]?.run_id;
  // Another plane is at it.
  if (from === undefined) return { drawn: 0, more: false };
  const { rows } = await client.query(
    `SELECT ${COLUMNS} FROM run r WHERE r.id > $1 AND r.id < $2 ORDER BY r.id LIMIT ${BATCH}`,
    [from, firstIdAt(now.getTime() - behindMs)],
  );
  const runs = rowsSchema.parse(rows);
  const last = runs.at(-1);
  if (last === undefined) return { drawn: 0, more: false };
  const ruled = await withRule(runs, failed);
  await client.query(
    `INSERT INTO unsettled_run (run_id, revision, quiet_since)
     SELECT n.id, n.revision, $3 FROM unnest($1::uuid[], $2::int[]) AS n(id, revision) JOIN run r ON r.id = n.id
     ON CONFLICT DO NOTHING`,
    [
      ruled.filter(({ run }) => !isSettled(run)).map(({ run }) => run.id),
      ruled.filter(({ run }) => !isSettled(run)).map(({ run }) => run.revision),
      now,
    ],
  );
  const drawn = await store(
    client,
    ruled.filter(({ run }) => isSettled(run)),
    now,
  );
  await client.query('UPDATE draw_cursor SET run_id = $1 WHERE id = 1', [last.id]);
  return { drawn, more: runs.length === BATCH };
}

/** Runs that were under way when the cursor passed them. */
async function drawUnsettled(
  client: PoolClient,
  now: Date,
  failed: Failed,
): Promise<{ drawn: number; more: boolean }> {
  await client.query(
    `UPDATE unsettled_run u SET revision = r.revision, quiet_since = $1
       FROM (SELECT w.run_id, n.revision FROM unsettled_run w JOIN run n ON n.id = w.run_id
              WHERE n.revision <> w.revision AND n.status NOT IN ('finished', 'stopped')
              FOR UPDATE OF w SKIP LOCKED) r
      WHERE u.run_id = r.run_id`,
    [now],
  );
  const { rows } = await client.query(
    `SELECT ${COLUMNS} FROM unsettled_run u JOIN run r ON r.id = u.run_id
      WHERE r.status IN ('finished', 'stopped') OR (r.status = 'running' AND u.quiet_since <= $1)
      ORDER BY u.run_id LIMIT ${BATCH} FOR UPDATE OF u SKIP LOCKED`,
    [new Date(now.getTime() - QUIET_MS)],
  );
  const runs = rowsSchema.parse(rows);
  if (runs.length === 0) return { drawn: 0, more: false };
  const drawn = await store(client, await withRule(runs, failed), now);
  await client.query('DELETE FROM unsettled_run WHERE run_id = ANY($1::uuid[])', [runs.map(({ id }) => id)]);
  return { drawn, more: runs.length === BATCH };
}

/** A paused run waits for a person; it has not done all it will do. */
function isSettled({ status }: Row): boolean {
  return status === 'finished' || status === 'stopped';
}

interface Ruled {
  run: Row;
  versionId: string;
  contract: Parameters<typeof drawRun>[0];
}

/** Those whose contract has any of them reviewed. */
async function withRule(runs: readonly Row[], failed: Failed): Promise<Ruled[]> {
  const ruled: Ruled[] = [];
  const unreadable = new Set<string>();
  for (const run of runs) {
    const versionId = run.contract_version_id;
    if (versionId === null || unreadable.has(versionId)) continue;
    try {
      const { contract } = await contractVersion(versionId);
      if (reviewTerms(contract) !== null) ruled.push({ run, versionId, contract });
    } catch (error) {
      unreadable.add(versionId);
      failed(error);
    }
  }
  return ruled;
}

async function store(client: PoolClient, settled: readonly Ruled[], now: Date): Promise<number> {
  const chosen = settled.flatMap(({ run, versionId, contract }) => {
    const drawn = drawRun(
      contract,
      { id: run.id, spanCount: run.span_count, breachCount: run.breach_count, lane: run.lane },
      drawSecret(run.workspace_id),
    );
    return drawn === null ? [] : [{ run, versionId, drawn, id: newId() }];
  });
  if (chosen.length === 0) return 0;
  for (const workspaceId of new Set(chosen.map(({ run }) => run.workspace_id)))
    authorize({ kind: 'system', workspaceId }, 'expert-review.draw', { workspaceId });
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO run_review (id, workspace_id, agent_id, run_id, contract_version_id, because, share, draw, reviewers,
       drawn_at, due_at)
     SELECT n.id, n.w, n.a, n.r, n.v, n.because, n.share, n.draw, n.reviewers, $1, n.due
       FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::float8[], $9::float8[],
         $10::int[], $11::timestamptz[]) AS n(id, w, a, r, v, because, share, draw, reviewers, due)
       JOIN run ON run.id = n.r
     ON CONFLICT (run_id) DO NOTHING RETURNING id`,
    [
      now,
      chosen.map(({ id }) => id),
      chosen.map(({ run }) => run.workspace_id),
      chosen.map(({ run }) => run.agent_id),
      chosen.map(({ run }) => run.id),
      chosen.map(({ versionId }) => versionId),
      chosen.map(({ drawn }) => drawn.because),
      chosen.map(({ drawn }) => drawn.share),
      chosen.map(({ drawn }) => drawn.draw),
      chosen.map(({ drawn }) => drawn.reviewers),
      chosen.map(({ drawn }) => dueAt(drawn, now)),
    ],
  );
  const stored = new Set(rows.map(({ id }) => id));
  const kept = chosen.filter(({ id }) => stored.has(id));
  await appendAudit(
    client,
    kept.map(({ run, drawn }): AuditRecord => {
      const system: Actor = { kind: 'system', workspaceId: run.workspace_id };
      const { because, share, reviewers } = drawn;
      return {
        workspaceId: run.workspace_id,
        actor: system,
        action: 'expert-review.drawn',
        subject: `run:${run.id}`,
        detail: { because, share, reviewers, due: dueAt(drawn, now).toISOString() },
      };
    }),
  );
  for (const workspaceId of new Set(kept.map(({ run }) => run.workspace_id)))
    await notify(client, { workspaceId, topic: 'expert-review', id: '' });
  return kept.length;
}

function dueAt({ withinDays }: Drawn, now: Date): Date {
  return new Date(now.getTime() + withinDays * DAY_MS);
}
