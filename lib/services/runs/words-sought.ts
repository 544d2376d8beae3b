import { db } from '@/lib/db/pool';
import { frequentWords } from './frequent-words';
import { type NamedRuns, type Nearest, namedByIndex } from './named-runs';
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
  const [typed, shares, waiting] = await Promise.all([
    db().query<{ of: 'q' | 'tool'; word: string; told: string }>(
      `SELECT DISTINCT 'q' AS of, words_query(told)::text AS word, told FROM unnest(words_in(left($1, 400))) AS told
       UNION ALL
       SELECT 'tool', '''' || regexp_replace(told, '[''\\\\]', '\\&\\&', 'g') || '''', told
         FROM tool_word($2) AS told WHERE $2 <> ''`,
      [q, tool],
    ),
    frequentWords(),
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
  const rare = typed.rows
    .filter(({ of, told }) => shareOf(shares, told, of === 'q') < FREQUENT)
    .map(({ word }) => word)
    .join(' & ');
  return {
    query,
    named:
      rare === ''
        ? null
        : await namedByIndex({ workspaceId, rare, query, waiting: waiting.rows, began }, nearest),
    waitingIds: waiting.rows.map((row) => row.id),
  };
}

/** Of the words that a text may be, or begin, how many runs have them; those that have several count for each. */
function shareOf(shares: ReadonlyMap<string, number>, told: string, begins: boolean): number {
  if (!begins) return shares.get(told) ?? 0;
  let sum = 0;
  for (const [word, share] of shares) if (word.startsWith(told)) sum += share;
  return sum;
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
