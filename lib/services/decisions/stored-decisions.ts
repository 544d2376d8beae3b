import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { FINDING_CODES, type Finding, LANES, type Lane, type Obligation } from '@/lib/decision/types';

/** A decision as it is stored. Contract and workspace are the run's. */
export interface NewDecision {
  id: string;
  runId: string;
  /** The revision of the run it was evaluated against. */
  revision: number;
  seq: number;
  /** Null when none was sent. */
  idempotencyKey: string | null;
  tool: string;
  argumentsDigest: string;
  categories: readonly string[];
  lane: Lane;
  findings: readonly Finding[];
  obligations: readonly Obligation[];
  /** Epoch ms. */
  decidedAt: number;
}

const COLUMNS = `id, workspace_id, run_id, seq, idempotency_key, tool, arguments_digest, categories, lane, clauses,
  obligations, contract_version_id, contract_digest, decided_at`;
const SELECTED = `t.id, r.workspace_id, r.id, t.seq, t.idempotency_key, t.tool, t.arguments_digest,
  CASE t.categories WHEN '' THEN '{}' ELSE string_to_array(t.categories, ' ') END, t.lane, t.clauses, t.obligations,
  r.contract_version_id, r.contract_digest, to_timestamp(t.decided_at / 1000.0)`;
const GIVEN = `unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::jsonb[], $11::jsonb[], $12::float8[])
  AS t(id, run_id, revision, seq, idempotency_key, tool, arguments_digest, categories, lane, clauses, obligations,
    decided_at)`;

/**
 * One decision a run: a row gets in when nobody else took its number and the run is as it was when evaluated. That also
 * makes idempotency keys unique in a run: whoever gets number n in has read every decision before it. The lock keeps the
 * run from being merged away meanwhile; intake updates runs under it.
 */
const INSERT_HEADS = {
  name: 'decisions',
  text: `INSERT INTO decision (${COLUMNS})
    SELECT ${SELECTED} FROM ${GIVEN} JOIN run r ON r.id = t.run_id AND r.revision = t.revision
    ORDER BY t.run_id FOR KEY SHARE OF r ON CONFLICT DO NOTHING`,
};
/**
 * Several decisions of one run: the first, its head, gets in as above; the others were evaluated as if it had, so they
 * follow it or stay out with it. Whoever has the head's number has the following numbers too.
 */
const INSERT_HEADS_AND_TAILS = {
  name: 'decisions-with-tails',
  text: `WITH given AS MATERIALIZED (
      SELECT t.*, t.seq = min(t.seq) OVER (PARTITION BY t.run_id) AS head FROM ${GIVEN}
    ), heads AS (
      INSERT INTO decision (${COLUMNS})
      SELECT ${SELECTED} FROM given t JOIN run r ON r.id = t.run_id AND r.revision = t.revision
      WHERE t.head ORDER BY t.run_id FOR KEY SHARE OF r ON CONFLICT DO NOTHING RETURNING run_id
    ), tails AS (
      INSERT INTO decision (${COLUMNS})
      SELECT ${SELECTED} FROM given t JOIN heads h ON h.run_id = t.run_id JOIN run r ON r.id = t.run_id
      WHERE NOT t.head ORDER BY t.run_id, t.seq ON CONFLICT DO NOTHING RETURNING run_id
    )
    SELECT run_id FROM heads UNION ALL SELECT run_id FROM tails`,
};

/**
 * Stores decisions in one statement and one commit. Returns the ids of those that got in; the others must be evaluated
 * again on the run as it is now. `rows` of one run stand in the order of their `seq`.
 */
export async function storeDecisions(rows: readonly NewDecision[]): Promise<ReadonlySet<string>> {
  const runs = new Set(rows.map((row) => row.runId));
  const alone = runs.size === rows.length;
  const result = await db().query({
    ...(alone ? INSERT_HEADS : INSERT_HEADS_AND_TAILS),
    values: [
      plainArray(rows, (row) => row.id),
      plainArray(rows, (row) => row.runId),
      plainArray(rows, (row) => row.revision),
      plainArray(rows, (row) => row.seq),
      plainArray(rows, (row) => (row.idempotencyKey === null ? 'NULL' : JSON.stringify(row.idempotencyKey))),
      plainArray(rows, (row) => JSON.stringify(row.tool)),
      plainArray(rows, (row) => row.argumentsDigest),
      plainArray(rows, (row) => `"${row.categories.join(' ')}"`),
      plainArray(rows, (row) => row.lane),
      plainArray(rows, (row) => jsonElement(row.findings)),
      plainArray(rows, (row) => jsonElement(row.obligations)),
      plainArray(rows, (row) => row.decidedAt),
    ],
  });
  // The count tells when all got in, which is nearly always.
  if (result.rowCount === rows.length) return new Set(rows.map((row) => row.id));
  const present = await db().query<{ id: string }>('SELECT id FROM decision WHERE id = ANY($1::uuid[])', [
    rows.map((row) => row.id),
  ]);
  return new Set(present.rows.map((row) => row.id));
}

/**
 * A PostgreSQL array as text, which is several times cheaper than the driver's own. Elements must be free of what
 * quoting is for, or quoted: JSON quotes as PostgreSQL does as long as there are no control characters.
 */
function plainArray<T>(rows: readonly T[], element: (row: T) => string | number): string {
  let text = '{';
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i];
    if (row !== undefined) text += i === 0 ? element(row) : `,${element(row)}`;
  }
  return `${text}}`;
}

/** JSON as an element: its own text has no control characters, so quoting it once more is right. */
function jsonElement(list: readonly unknown[]): string {
  return list.length === 0 ? '[]' : JSON.stringify(JSON.stringify(list));
}

const findingSchema = z.object({
  clause: z.string(),
  code: z.enum(FINDING_CODES),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
  detail: z.string(),
});
const obligationSchema = z.object({
  kind: z.enum(['approval', 'escalation', 'reviewed-output']),
  clause: z.string(),
  by: z.string().optional(),
  withinMinutes: z.number().optional(),
});
const storedSchema = z.object({
  id: z.string(),
  tool: z.string(),
  arguments_digest: z.string().nullable(),
  categories: z.array(z.string()),
  lane: findingSchema.shape.lane,
  clauses: z.array(findingSchema),
  obligations: z.array(obligationSchema),
  version: z.int(),
  contract_digest: z.string(),
  decided_at: z.date(),
});
export type StoredDecision = z.output<typeof storedSchema>;

/** The decision of a number in a run; null when there is none. */
export async function findDecision(runId: string, seq: number): Promise<StoredDecision | null> {
  const result = await db().query(
    `SELECT d.id, d.tool, d.arguments_digest, d.categories, d.lane, d.clauses, d.obligations, v.number AS version,
       d.contract_digest, d.decided_at
     FROM decision d JOIN contract_version v ON v.id = d.contract_version_id
     WHERE d.run_id = $1 AND d.seq = $2`,
    [runId, seq],
  );
  return result.rows[0] === undefined ? null : storedSchema.parse(result.rows[0]);
}

/** What the next decision of a run needs of those before it. */
export interface PastDecision {
  seq: number;
  idempotency_key: string | null;
  tool: string;
  arguments_digest: string | null;
  lane: Lane;
  decided_at: Date;
}

/** The decisions of a run after number `after`, in order. */
export async function pastDecisions(
  client: Pick<Pool | PoolClient, 'query'>,
  runId: string,
  after: number,
): Promise<PastDecision[]> {
  const result = await client.query<PastDecision>({
    name: 'past-decisions',
    text: `SELECT seq, idempotency_key, tool, arguments_digest, lane, decided_at FROM decision
      WHERE run_id = $1 AND seq > $2 ORDER BY seq`,
    values: [runId, after],
  });
  return result.rows;
}

/** The stricter of two lanes. */
export function stricter(a: Lane, b: Lane): Lane {
  return LANES.indexOf(a) >= LANES.indexOf(b) ? a : b;
}
