import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { byteaArray, int4Array, textArray, timestamptzArray, uuidArray } from '@/lib/db/binary-arrays';
import { db } from '@/lib/db/pool';
import {
  FILTER_ACTS,
  FINDING_CODES,
  type Finding,
  LANES,
  type Lane,
  type Obligation,
} from '@/lib/decision/types';

type Client = Pick<Pool | PoolClient, 'query'>;

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

const COLUMNS = `workspace_id, run_id, contract_version_id, id, seq, idempotency_key, tool, arguments_digest, categories, lane,
  clauses, obligations, decided_at`;
const SELECTED = `r.workspace_id, t.run_id, r.contract_version_id, t.id, t.seq, t.idempotency_key, t.tool, t.arguments_digest,
  string_to_array(t.categories, ' '), t.lane, t.clauses::jsonb, t.obligations::jsonb, t.decided_at`;
const GIVEN = `unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::text[], $6::text[], $7::bytea[], $8::text[],
    $9::text[], $10::text[], $11::text[], $12::timestamptz[])
  AS t(id, run_id, revision, seq, idempotency_key, tool, arguments_digest, categories, lane, clauses, obligations,
    decided_at)`;
/**
 * The run as it was when evaluated. The limit leaves the planner no choice but to look up one run after the other, so that
 * rows are written in the order they were given, by run: two planes that write in the same runs cannot wait for each other.
 */
const RUN_UNCHANGED = `LATERAL (SELECT workspace_id, contract_version_id FROM run
  WHERE id = t.run_id AND revision = t.revision LIMIT 1) r`;
/** Always true. Waits for merges of runs under way before it looks at any run, and lets them wait for it. */
const NO_MERGE = 'EXISTS (SELECT FROM merge_gate) IS NOT NULL';

/**
 * One decision a run: a row gets in when nobody else took its number and the run is as it was when evaluated. That also
 * makes idempotency keys unique in a run: whoever gets number n in has read every decision before it.
 */
const INSERT_HEADS = {
  name: 'decisions',
  text: `INSERT INTO decision (${COLUMNS}) SELECT ${SELECTED} FROM ${GIVEN} CROSS JOIN ${RUN_UNCHANGED}
    WHERE ${NO_MERGE} ON CONFLICT (run_id, seq) DO NOTHING`,
};
/**
 * The same where nobody else is expected to decide in these runs: it costs a fifth less, because a row need not be inserted
 * as one that may be taken back. A number that was taken fails the whole of it.
 */
const INSERT_HEADS_ALONE = {
  name: 'decisions-alone',
  text: `INSERT INTO decision (${COLUMNS}) SELECT ${SELECTED} FROM ${GIVEN} CROSS JOIN ${RUN_UNCHANGED}
    WHERE ${NO_MERGE}`,
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
      SELECT ${SELECTED} FROM (SELECT * FROM given WHERE head ORDER BY run_id) t CROSS JOIN ${RUN_UNCHANGED}
      WHERE ${NO_MERGE} ON CONFLICT (run_id, seq) DO NOTHING RETURNING run_id, workspace_id, contract_version_id
    ), tails AS (
      INSERT INTO decision (${COLUMNS})
      SELECT ${SELECTED} FROM given t JOIN heads r ON r.run_id = t.run_id
      WHERE NOT t.head ORDER BY t.run_id, t.seq ON CONFLICT (run_id, seq) DO NOTHING RETURNING run_id
    )
    SELECT run_id FROM heads UNION ALL SELECT run_id FROM tails`,
};

/**
 * Stores decisions in one statement and one commit. Null when all got in; else the ids of those that did, and the
 * others must be evaluated again on the run as it is now.
 *
 * @param rows in the order of their runs, those of one run in the order of their `seq`
 * @param oneEach no two are of the same run
 */
export async function storeDecisions(
  client: Client,
  rows: readonly NewDecision[],
  oneEach: boolean,
): Promise<ReadonlySet<string> | null> {
  const values = valuesOf(rows);
  const result = oneEach
    ? await insertHeads(client, values)
    : await client.query({ ...INSERT_HEADS_AND_TAILS, values });
  // The count tells when all got in, which is nearly always.
  if (result.rowCount === rows.length) return null;
  const present = await client.query<{ id: string }>(
    `SELECT d.id FROM unnest($1::uuid[], $2::int[], $3::uuid[]) AS t(run_id, seq, id)
       JOIN decision d ON d.run_id = t.run_id AND d.seq = t.seq AND d.id = t.id`,
    [
      uuidArray(rows.map((row) => row.runId)),
      int4Array(rows.map((row) => row.seq)),
      uuidArray(rows.map((row) => row.id)),
    ],
  );
  return new Set(present.rows.map((row) => row.id));
}

/** For so long after a number was taken, another plane is expected to decide in the same runs. */
const COMPANY_MS = 10_000;
let companyUntil = 0;

async function insertHeads(client: Client, values: Buffer[]): Promise<{ rowCount: number | null }> {
  if (performance.now() < companyUntil) return client.query({ ...INSERT_HEADS, values });
  try {
    return await client.query({ ...INSERT_HEADS_ALONE, values });
  } catch (error) {
    if (!isTaken(error)) throw error;
    companyUntil = performance.now() + COMPANY_MS;
    return client.query({ ...INSERT_HEADS, values });
  }
}

/** SQLSTATE unique_violation. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}

function valuesOf(rows: readonly NewDecision[]): Buffer[] {
  return [
    uuidArray(rows.map((row) => row.id)),
    uuidArray(rows.map((row) => row.runId)),
    int4Array(rows.map((row) => row.revision)),
    int4Array(rows.map((row) => row.seq)),
    sparse(rows.map((row) => row.idempotencyKey)),
    textArray(rows.map((row) => row.tool)),
    byteaArray(rows.map((row) => row.argumentsDigest)),
    sparse(rows.map((row) => (row.categories.length === 0 ? null : row.categories.join(' ')))),
    textArray(rows.map((row) => row.lane)),
    sparse(rows.map((row) => jsonOrNull(row.findings))),
    sparse(rows.map((row) => jsonOrNull(row.obligations))),
    timestamptzArray(rows.map((row) => row.decidedAt)),
  ];
}

/** `unnest` takes null for what a shorter array lacks: one that would hold nothing else is sent empty. */
function sparse(values: readonly (string | null)[]): Buffer {
  return values.every((value) => value === null) ? NO_TEXT : textArray(values);
}
const NO_TEXT = textArray([]);

function jsonOrNull(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}

const findingSchema = z.object({
  clause: z.string(),
  code: z.enum(FINDING_CODES),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
  detail: z.string(),
});
const obligationSchema = z.object({
  kind: z.enum(['approval', 'escalation', 'reviewed-output', 'filtered-output']),
  clause: z.string(),
  by: z.string().optional(),
  withinMinutes: z.number().optional(),
  categories: z.array(z.string()).optional(),
  // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
  then: z.enum(FILTER_ACTS).optional(),
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
    `SELECT d.id, d.tool, encode(d.arguments_digest, 'hex') AS arguments_digest, COALESCE(d.categories, '{}') AS categories,
       d.lane, COALESCE(d.clauses, '[]') AS clauses, COALESCE(d.obligations, '[]') AS obligations, v.number AS version,
       v.digest AS contract_digest, d.decided_at
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
export async function pastDecisions(client: Client, runId: string, after: number): Promise<PastDecision[]> {
  const result = await client.query<PastDecision>({
    name: 'past-decisions',
    text: `SELECT seq, idempotency_key, tool, encode(arguments_digest, 'hex') AS arguments_digest, lane, decided_at
      FROM decision WHERE run_id = $1 AND seq > $2 ORDER BY seq`,
    values: [runId, after],
  });
  return result.rows;
}

/** The stricter of two lanes. */
export function stricter(a: Lane, b: Lane): Lane {
  return LANES.indexOf(a) >= LANES.indexOf(b) ? a : b;
}
