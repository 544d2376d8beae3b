import { transact } from '@/lib/db/pool';

/** Enough for one transaction; what is left follows in the next. */
const MOST = 5000;
const MOST_WORDS = 1000;

/**
 * Folds waiting changes into the rollups, until none is left; answers how many. Any number of planes may: one does, the others
 * find nothing to do. Figures are the same before and after.
 */
export async function foldRollups(): Promise<number> {
  return untilLittle('SELECT rollup_fold($1) AS n', MOST);
}

/** Writes the words of runs that are searched for; answers how many changes that took. Any number of planes may. */
export async function foldWords(): Promise<number> {
  return untilLittle('SELECT run_words_fold($1) AS n', MOST_WORDS);
}

async function untilLittle(statement: string, most: number): Promise<number> {
  let folded = 0;
  for (;;) {
    const now = await transact(async (client) => {
      const { rows } = await client.query<{ n: number }>(statement, [most]);
      return rows[0]?.n ?? 0;
    });
    folded += now;
    if (now < most) return folded;
  }
}
