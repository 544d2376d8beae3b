import { db, transact } from '@/lib/db/pool';
import type { RunFilters } from './run-filters';

/** The words that runs must have. */
export interface WordsSought {
  /** All of them, as a tsquery. */
  query: string;
  /** The runs that have them, where the words lead there sooner than the list; else null. */
  named: NamedRuns | null;
  /** Runs that have them whose words no plane has written yet; among those named, too. */
  waitingIds: readonly string[];
}

/** Up to thousands of runs, which nobody but the database reads; each once. */
export interface NamedRuns {
  /** Their ids as it writes an array. */
  ids: string;
  /** The same of when they began, in microseconds since 1970. */
  starts: string;
  /** So many are named here. */
  count: number;
  /** So many there are. */
  total: number;
  /** There are more beyond the last of these, in the order they were asked for in. */
  cut: boolean;
}

/** Which of the runs that have the words are wanted, where not all of them: the next in the order they began in. */
export interface Nearest {
  ascending: boolean;
  /** Beyond this one; `value` is the moment it began. */
  cursor: { value: string; id: string } | null;
  /** So many at most. */
  most: number;
  /** All of them, where there are no more than this. */
  all: number;
}

/** More places of the index than this are not read: such words are met soon enough in the order of the list. */
const READ = 20_000;
/** A word that a greater share of runs have is not looked up: its places alone take too long to read. */
const FREQUENT = 0.02;
/** Of the runs whose words wait to be written, the latest so many are looked into. */
const WAITING_READ = 500;

/**
 * `none`: no run can have what was typed; null: nothing was.
 *
 * @param began moments as PostgreSQL reads them, which the runs that are named began from, and before
 */
export async function wordsSought(
  workspaceId: string,
  { q, tool }: RunFilters,
  began: { from: string | null; to: string | null },
  nearest: Nearest | null,
): Promise<WordsSought | 'none' | null> {
  if (q === '' && tool === '') return null;
  const [typed, waiting] = await Promise.all([
    // How often each is met is kept by the database, of the words that many runs have.
    db().query<{ of: 'q' | 'tool'; word: string; share: number }>(
      `WITH typed AS (
         SELECT DISTINCT 'q' AS of, words_query(told)::text AS word, told AS low, told || chr(1114111) AS high
           FROM unnest(words_in(left($1, 400))) AS told
         UNION ALL
         SELECT 'tool', '''' || regexp_replace(told, '[''\\\\]', '\\&\\&', 'g') || '''', told, told
           FROM tool_word($2) AS told WHERE $2 <> '')
       SELECT t.of, t.word, coalesce((
         SELECT sum(m.share) FROM pg_stats p,
                unnest(p.most_common_elems::text::text[], p.most_common_elem_freqs) AS m(lexeme, share)
          WHERE p.schemaname = current_schema() AND p.tablename = 'run_words' AND p.attname = 'words'
            AND m.lexeme COLLATE "C" BETWEEN t.low AND t.high), 0)::float8 AS share
         FROM typed AS t`,
      [q, tool],
    ),
    db().query<{ id: string; us: number }>(
      `SELECT n.id, epoch_us(n.started_at) AS us FROM run n
         CROSS JOIN LATERAL (SELECT run_words_of(n.id, n.key, n.conversation_id, n.facts) AS words OFFSET 0) AS w
        WHERE n.workspace_id = $1
          AND n.id IN (SELECT c.run_id FROM run_words_change c ORDER BY c.id DESC LIMIT ${WAITING_READ})
          AND ($2 = '' OR w.words @@ words_query($2)) AND ($3 = '' OR tool_word($3) = ANY(tsvector_to_array(w.words)))`,
      [workspaceId, q, tool],
    ),
  ]);
  if (q !== '' && !typed.rows.some((row) => row.of === 'q')) return 'none';
  const query = typed.rows.map(({ word }) => word).join(' & ');
  const rare = typed.rows.filter(({ share }) => share < FREQUENT).map(({ word }) => word);
  return {
    query,
    named: await thatHave({ workspaceId, rare, query, waiting: waiting.rows, began, nearest }),
    waitingIds: waiting.rows.map((row) => row.id),
  };
}

/** The condition on a run, whose id stands in `id`. */
export function wordsFit(
  { query, named, waitingIds }: WordsSought,
  values: { add(value: unknown): string },
  id: string,
): string {
  const any = (ids: readonly string[] | string) => `${id} = ANY(${values.add(ids)}::uuid[])`;
  if (named !== null) return any(named.ids);
  const has = `EXISTS (SELECT FROM run_words w WHERE w.run_id = ${id} AND w.words @@ ${values.add(query)}::tsquery OFFSET 0)`;
  return waitingIds.length === 0 ? has : `(${any(waitingIds)} OR ${has})`;
}

/** The runs that have all words, by way of those that few runs have; null where there are too many. */
async function thatHave(of: {
  workspaceId: string;
  rare: readonly string[];
  query: string;
  waiting: readonly { id: string; us: number }[];
  began: { from: string | null; to: string | null };
  nearest: Nearest | null;
}): Promise<NamedRuns | null> {
  if (of.rare.length === 0) return null;
  const { began, nearest } = of;
  const rare = of.rare.join(' & ');
  const values: unknown[] = [];
  const value = (one: unknown) => `$${values.push(one)}`;
  const us = (moment: string) => `epoch_us(${value(moment)}::timestamptz)`;
  const sought = value(rare);
  const waitingIds = value(of.waiting.map(({ id }) => id));
  const own = [`w.workspace_id = ${value(of.workspaceId)}`, `w.run_id <> ALL(${waitingIds}::uuid[])`];
  if (rare !== of.query) own.push(`w.words @@ ${value(of.query)}::tsquery`);
  const within = [
    ...(began.from === null ? [] : [`n.us >= ${us(began.from)}`]),
    ...(began.to === null ? [] : [`n.us < ${us(began.to)}`]),
  ];
  const beyond =
    nearest === null || nearest.cursor === null
      ? ''
      : `WHERE t.total <= ${nearest.all} OR (n.us, n.id) ${nearest.ascending ? '>' : '<'}
           (${us(nearest.cursor.value)}, ${value(nearest.cursor.id)}::uuid)`;
  const direction = nearest?.ascending ? 'ASC' : 'DESC';
  const most =
    nearest === null ? 'ALL' : `CASE WHEN t.total <= ${nearest.all} THEN t.total ELSE ${nearest.most} END`;
  const statement = `WITH found AS MATERIALIZED (
      SELECT w.run_id AS id, w.started_us AS us, ${own.join(' AND ')} AS own
        FROM run_words w WHERE w.words @@ ${sought}::tsquery LIMIT ${READ + 1}),
    named AS NOT MATERIALIZED (
      SELECT n.id, n.us FROM (SELECT f.id, f.us FROM found f WHERE f.own UNION ALL
        SELECT w.id, w.us FROM unnest(${waitingIds}::uuid[], ${value(of.waiting.map((row) => row.us))}::bigint[]) AS w(id, us)) AS n
       ${within.length === 0 ? '' : `WHERE ${within.join(' AND ')}`})
    SELECT (SELECT count(*) FROM found) AS read, t.total, s.count, s.ids, s.starts
      FROM (SELECT count(*) AS total FROM named) AS t CROSS JOIN LATERAL (
        SELECT count(*) AS count, coalesce(array_agg(n.id), '{}')::text AS ids, coalesce(array_agg(n.us), '{}')::text AS starts
          FROM (SELECT n.id, n.us FROM named AS n ${beyond} ${nearest === null ? '' : `ORDER BY n.us ${direction}, n.id ${direction}`}
                 LIMIT ${most}) AS n) AS s`;
  return transact(async (client) => {
    // The index or nothing: read through from the front, the table takes seconds.
    await client.query('SET LOCAL enable_seqscan = off');
    const { rows } = await client.query<Omit<NamedRuns, 'cut'> & { read: number }>(statement, values);
    const [row] = rows;
    if (row === undefined || row.read > READ) return null;
    const { read: _, ...named } = row;
    return { ...named, cut: nearest !== null && named.total > nearest.all && named.count === nearest.most };
  });
}
