/**
 * Names the runs that have words, by the index of words. Reading the place of each run takes longer than the index, so of thousands only
 * those of some weeks are read: the index has the week each began in, too.
 */
import { transact } from '@/lib/db/pool';
import { SqlValues } from '@/lib/db/sql-values';

/** Up to thousands of runs, which nobody but the database reads; each once. */
export interface NamedRuns {
  /** Their ids as it writes an array. */
  ids: string;
  /** The same of when they began, in microseconds since 1970. */
  starts: string;
  /** So many are named here. */
  count: number;
  /** So many there are; at least, where they were not `counted`. */
  total: number;
  counted: boolean;
  /** There may be more beyond the last of these, in the order they were asked for in. */
  cut: boolean;
}

/** Which of the runs that have the words are wanted, where not all of them: the next in the order they began in. */
export interface Nearest {
  ascending: boolean;
  /** Beyond this one; `value` is the moment it began. */
  cursor: { value: string; id: string } | null;
  /** So many at most, and as many as are needed. */
  most: number;
  least: number;
  /** They are counted up to so many, or further. */
  upTo: number;
  /** All of them, where they are counted. */
  whole: boolean;
}

interface HavingWords {
  workspaceId: string;
  /** Words that few runs have, as a tsquery. */
  rare: string;
  /** All of them. */
  query: string;
  /** Runs that have them and whose words no plane has written yet, with when they began, in microseconds since 1970. */
  waiting: readonly { id: string; us: number }[];
  /** Moments as PostgreSQL reads them, which they began from, and before. */
  began: { from: string | null; to: string | null };
}

/** More places of the index than this are not read: such words are met soon enough in the order of the list. */
const READ = 20_000;
/** The index has of each run the number of the period it began in (2^39 microseconds, six days). So many next to the page are read apart. */
const PERIODS = 4;

/** The runs that have the words; null where those are too many to be read. */
export async function namedByIndex(of: HavingWords, nearest: Nearest | null): Promise<NamedRuns | null> {
  if (nearest === null) {
    const all = await tell(of, { ascending: false, cursor: null, most: null, upTo: null, periods: null });
    return all === null ? null : { ...all, counted: true, cut: false };
  }
  const { ascending, cursor, most, least, upTo, whole } = nearest;
  // So many as they are found first; where that is all of them, all is known. Else those next to the page, which are read meanwhile.
  const [first, near] = await Promise.all([
    tell(of, { ascending, cursor: whole ? null : cursor, most, upTo: upTo + 1, periods: null }),
    ascending && cursor === null ? null : tell(of, { ascending, cursor, most, upTo: null, periods: PERIODS }),
  ]);
  if (first === null) return null;
  const { total } = first;
  if (total <= upTo) return { ...first, counted: true, cut: first.count === most && first.count < total };
  if (near !== null && near.count >= least) return { ...near, total, counted: false, cut: true };
  const all = await tell(of, { ascending, cursor, most, upTo: null, periods: null });
  return all === null ? null : { ...all, total, counted: false, cut: all.count === most };
}

/** What one statement tells; null where it would have to read too many places. */
async function tell(of: HavingWords, side: Side): Promise<Omit<NamedRuns, 'counted' | 'cut'> | null> {
  const { text, values } = statement(of, side);
  return transact(async (client) => {
    // The index or nothing: read through from the front, the table takes seconds.
    await client.query('SET LOCAL enable_seqscan = off');
    const { rows } = await client.query<Omit<NamedRuns, 'cut' | 'counted'> & { read: number }>(text, values);
    const [row] = rows;
    if (row === undefined || row.read > READ) return null;
    const { read: _, ...told } = row;
    return told;
  });
}

interface Side extends Pick<Nearest, 'ascending' | 'cursor'> {
  /** Null: all, in no order. */
  most: number | null;
  /** So many are looked for; null: all. */
  upTo: number | null;
  /** Among those of so many periods, from the cursor on (the latest run, where there is none); null: of all. */
  periods: number | null;
}

/** How many places were read where all were, how many of them are of runs that have the words, and those next to the cursor. */
function statement(
  { workspaceId, rare, query, waiting, began }: HavingWords,
  { most, ascending, cursor, upTo, periods }: Side,
): { text: string; values: unknown[] } {
  const values = new SqlValues();
  const workspace = values.add(workspaceId);
  const places = [`w.words @@ ${values.add(rare)}::tsquery`];
  const own = [`w.workspace_id = ${workspace}`];
  if (rare !== query) own.push(`w.words @@ ${values.add(query)}::tsquery`);
  const within = ['true'];
  if (began.from !== null) within.push(`n.us >= ${epochUs(values, began.from)}`);
  if (began.to !== null) within.push(`n.us < ${epochUs(values, began.to)}`);
  if (periods !== null) {
    const first =
      cursor === null
        ? `(SELECT epoch_us(r.started_at) FROM run r WHERE r.workspace_id = ${workspace} ORDER BY r.started_at DESC, r.id DESC LIMIT 1)`
        : epochUs(values, cursor.value);
    const list = `(SELECT array_agg((${first} >> 39) ${ascending ? '+' : '-'} n) FROM generate_series(0, ${periods - 1}) AS n)`;
    places.push(`ARRAY[w.started_us >> 39] && ${list}`);
    within.push(`n.us >> 39 = ANY(${list}::bigint[])`);
  }
  let added = '';
  if (waiting.length > 0) {
    const ids = `${values.add(waiting.map(({ id }) => id))}::uuid[]`;
    own.push(`w.run_id <> ALL(${ids})`);
    added = `UNION ALL SELECT w.id, w.us FROM unnest(${ids}, ${values.add(waiting.map((run) => run.us))}::bigint[]) AS w(id, us)`;
  }
  const beyond = cursor === null ? '' : `WHERE ${beyondCursor(values, cursor, ascending)}`;
  const direction = ascending ? 'ASC' : 'DESC';
  const next = most === null ? '' : `ORDER BY n.us ${direction}, n.id ${direction} LIMIT ${most}`;
  // What is materialized is read as far as it is asked for.
  return {
    text: `WITH places AS MATERIALIZED (
        SELECT w.run_id AS id, w.started_us AS us, ${own.join(' AND ')} AS own
          FROM run_words w WHERE ${places.join(' AND ')} LIMIT ${READ + 1}),
      named AS MATERIALIZED (
        SELECT n.id, n.us FROM (SELECT p.id, p.us FROM places AS p WHERE p.own ${added}) AS n
         WHERE ${within.join(' AND ')} ${upTo === null ? '' : `LIMIT ${upTo}`})
      SELECT t.total, CASE WHEN ${upTo === null ? 'true' : `t.total < ${upTo}`} THEN (SELECT count(*) FROM places) ELSE 0 END AS read,
             s.count, s.ids, s.starts
        FROM (SELECT count(*) AS total FROM named) AS t CROSS JOIN (
          SELECT count(*) AS count, coalesce(array_agg(n.id), '{}')::text AS ids, coalesce(array_agg(n.us), '{}')::text AS starts
            FROM (SELECT n.id, n.us FROM named AS n ${beyond} ${next}) AS n) AS s`,
    values: values.list,
  };
}

/** A moment as PostgreSQL reads it, in microseconds since 1970. */
function epochUs(values: SqlValues, moment: string): string {
  return `epoch_us(${values.add(moment)}::timestamptz)`;
}

/** That a run `n`, which began at `us`, comes after the mark of a page in the order they began in. */
export function beyondCursor(
  values: SqlValues,
  { value, id }: { value: string; id: string },
  ascending: boolean,
): string {
  return `(n.us, n.id) ${ascending ? '>' : '<'} (${epochUs(values, value)}, ${values.add(id)}::uuid)`;
}
