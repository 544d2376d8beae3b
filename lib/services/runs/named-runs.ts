/**
 * Names the runs that have words, by the index of words. Reading the place of each run takes longer than the index, so of thousands only
 * those of some weeks are read: the index has the week each began in, too.
 */
import { db, transact } from '@/lib/db/pool';

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
  /** So many at most. */
  most: number;
  /** They are counted up to so many, or further. */
  upTo: number;
  /** All of them, where they are counted. */
  whole: boolean;
}

export interface HavingWords {
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
/** The index has of each run the number of the period it began in: so many microseconds, six days (the migration weeks-of-words). */
const PERIOD_US = 2 ** 39;
/** So many periods are read before all of them. */
const PERIODS = 8;

/** The runs that have the words; null where those are too many to be read. */
export async function namedByIndex(of: HavingWords, nearest: Nearest | null): Promise<NamedRuns | null> {
  if (nearest === null) return read(of, { most: null, ascending: false, cursor: null }, null);
  const { ascending, cursor, most, upTo, whole } = nearest;
  const latest = { ascending: false, cursor: null, most: whole ? Math.max(most, upTo) : most };
  const fromTop = latestStart(of.workspaceId).then((start) => read(of, latest, start, upTo + 1));
  if (!ascending && cursor === null) return fromTop;
  const start = cursor === null ? null : 1000 * Date.parse(cursor.value);
  const [top, here] = await Promise.all([fromTop, read(of, { ascending, cursor, most }, start, most)]);
  if (top === null || here === null) return null;
  return whole && top.counted && top.total <= upTo
    ? top
    : { ...here, total: top.total, counted: top.counted };
}

/** When the latest run of the workspace began, in microseconds since 1970. */
async function latestStart(workspaceId: string): Promise<number | null> {
  const { rows } = await db().query<{ us: number }>(
    'SELECT epoch_us(started_at) AS us FROM run WHERE workspace_id = $1 ORDER BY started_at DESC, id DESC LIMIT 1',
    [workspaceId],
  );
  return rows[0]?.us ?? null;
}

interface Side extends Pick<Nearest, 'ascending' | 'cursor'> {
  /** Null: all, in no order. */
  most: number | null;
}

/** @param start where the reading begins; the periods next to it do, where they have `enough` of them (null: all are read) */
async function read(
  of: HavingWords,
  side: Side,
  start: number | null,
  enough = 0,
): Promise<NamedRuns | null> {
  return transact(async (client) => {
    // The index or nothing: read through from the front, the table takes seconds.
    await client.query('SET LOCAL enable_seqscan = off');
    const tellOf = async (periods: readonly number[] | null) => {
      const { text, values } = statement(of, side, periods);
      const { rows } = await client.query<{
        read: number;
        total: number;
        count: number;
        ids: string;
        starts: string;
      }>(text, values);
      const [{ read, ...row } = { read: 0, total: 0, count: 0, ids: '{}', starts: '{}' }] = rows;
      return read > READ ? null : row;
    };
    if (start !== null) {
      const near = await tellOf(periodsFrom(start, side.ascending));
      if (near === null) return null;
      if (near.total >= enough) return { ...near, counted: false, cut: true };
    }
    const all = await tellOf(null);
    return all === null
      ? null
      : { ...all, counted: true, cut: all.count < all.total && all.count === side.most };
  });
}

/** The period a moment is in, and those next to it. A moment is told to the millisecond, so one more stands before it. */
function periodsFrom(us: number, ascending: boolean): number[] {
  const step = ascending ? 1 : -1;
  const first = Math.floor((us - step * 1000) / PERIOD_US);
  return Array.from({ length: PERIODS }, (_, n) => first + step * n);
}

/** How many places were read, how many of them are of runs that have the words, and those next to the side. */
function statement(
  { workspaceId, rare, query, waiting, began }: HavingWords,
  { most, ascending, cursor }: Side,
  periods: readonly number[] | null,
): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const value = (one: unknown) => `$${values.push(one)}`;
  const us = (moment: string) => `epoch_us(${value(moment)}::timestamptz)`;
  const ids = `${value(waiting.map(({ id }) => id))}::uuid[]`;
  const starts = `${value(waiting.map((run) => run.us))}::bigint[]`;
  const places = [`w.words @@ ${value(rare)}::tsquery`];
  const own = [`w.workspace_id = ${value(workspaceId)}`, `w.run_id <> ALL(${ids})`];
  if (rare !== query) own.push(`w.words @@ ${value(query)}::tsquery`);
  const within = ['true'];
  if (periods !== null) {
    const read = `${value(periods)}::bigint[]`;
    places.push(`ARRAY[w.started_us >> 39] && ${read}`);
    within.push(`n.us >> 39 = ANY(${read})`);
  }
  if (began.from !== null) within.push(`n.us >= ${us(began.from)}`);
  if (began.to !== null) within.push(`n.us < ${us(began.to)}`);
  const beyond =
    cursor === null
      ? 'true'
      : `(n.us, n.id) ${ascending ? '>' : '<'} (${us(cursor.value)}, ${value(cursor.id)}::uuid)`;
  const direction = ascending ? 'ASC' : 'DESC';
  const next = most === null ? '' : `ORDER BY n.us ${direction}, n.id ${direction} LIMIT ${most}`;
  return {
    text: `WITH found AS MATERIALIZED (
        SELECT w.run_id AS id, w.started_us AS us, ${own.join(' AND ')} AS own
          FROM run_words w WHERE ${places.join(' AND ')} LIMIT ${READ + 1}),
      named AS NOT MATERIALIZED (
        SELECT n.id, n.us FROM (SELECT f.id, f.us FROM found AS f WHERE f.own
          UNION ALL SELECT w.id, w.us FROM unnest(${ids}, ${starts}) AS w(id, us)) AS n
         WHERE ${within.join(' AND ')} AND ${beyond})
      SELECT (SELECT count(*) FROM found) AS read, (SELECT count(*) FROM named) AS total, count(*) AS count,
             coalesce(array_agg(n.id), '{}')::text AS ids, coalesce(array_agg(n.us), '{}')::text AS starts
        FROM (SELECT n.id, n.us FROM named AS n ${next}) AS n`,
    values,
  };
}
