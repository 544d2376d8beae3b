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

/** Thousands of runs, which nobody but the database reads. */
export interface NamedRuns {
  /** Their ids as it writes an array. */
  ids: string;
  /** The same of when they began, in microseconds since 1970. */
  starts: string;
  /** So many at most: one may be there twice. */
  count: number;
}

/** More places of the index than this are not read: such words are met soon enough in the order of the list. */
const READ = 20_000;
/** A word that a greater share of runs have is not looked up: its places alone take too long to read. */
const FREQUENT = 0.02;
/** Of the runs whose words wait to be written, the latest so many are looked into. */
const WAITING_READ = 500;

/** `none`: no run can have what was typed; null: nothing was. */
export async function wordsSought(
  workspaceId: string,
  { q, tool }: RunFilters,
): Promise<WordsSought | 'none' | null> {
  if (q === '' && tool === '') return null;
  // How often each is met is kept by the database, of the words that many runs have.
  const { rows } = await db().query<{ of: 'q' | 'tool'; word: string; share: number }>(
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
  );
  if (q !== '' && !rows.some((row) => row.of === 'q')) return 'none';
  const query = rows.map(({ word }) => word).join(' & ');
  const rare = rows.filter(({ share }) => share < FREQUENT).map(({ word }) => word);
  const [found, waiting] = await Promise.all([
    thatHave(workspaceId, rare, query),
    db().query<{ id: string; us: number }>(
      `SELECT n.id, epoch_us(n.started_at) AS us FROM run n WHERE n.workspace_id = $1
         AND n.id IN (SELECT c.run_id FROM run_words_change c ORDER BY c.id DESC LIMIT ${WAITING_READ})
         AND run_words_of(n.id, n.key, n.conversation_id, n.facts) @@ $2::tsquery`,
      [workspaceId, query],
    ),
  ]);
  return {
    query,
    named: found === null ? null : withMore(found, waiting.rows),
    waitingIds: waiting.rows.map((row) => row.id),
  };
}

function withMore({ ids, starts, count }: NamedRuns, more: readonly { id: string; us: number }[]): NamedRuns {
  const joined = (all: string, others: readonly (string | number)[]) =>
    `{${[all.slice(1, -1), ...others].filter((part) => part !== '').join(',')}}`;
  return {
    ids: joined(
      ids,
      more.map(({ id }) => id),
    ),
    starts: joined(
      starts,
      more.map(({ us }) => us),
    ),
    count: count + more.length,
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
async function thatHave(
  workspaceId: string,
  rare: readonly string[],
  query: string,
): Promise<NamedRuns | null> {
  if (rare.length === 0) return null;
  return transact(async (client) => {
    // The index or nothing: read through from the front, the table takes seconds.
    await client.query('SET LOCAL enable_seqscan = off');
    const sought = rare.join(' & ');
    const own = `FILTER (WHERE f.workspace_id = $2${sought === query ? '' : ' AND f.words @@ $3::tsquery'})`;
    const { rows } = await client.query<NamedRuns & { read: number }>(
      `SELECT f.read, cardinality(f.ids) AS count, f.ids::text, f.starts::text FROM (
         SELECT count(*) AS read, coalesce(array_agg(f.run_id) ${own}, '{}') AS ids,
                coalesce(array_agg(f.started_us) ${own}, '{}') AS starts
           FROM (SELECT w.* FROM run_words w WHERE w.words @@ $1::tsquery LIMIT ${READ + 1}) AS f) AS f`,
      sought === query ? [sought, workspaceId] : [sought, workspaceId, query],
    );
    const [{ read, ...named } = { read: 0, count: 0, ids: '{}', starts: '{}' }] = rows;
    return read > READ ? null : named;
  });
}
