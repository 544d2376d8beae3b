import { db } from '@/lib/db/pool';

/** The database counts words anew only when a tenth of the runs are new. */
const KEPT_MS = 60_000;

let kept: { shares: Promise<ReadonlyMap<string, number>>; at: number } | undefined;

/**
 * Words that many runs have, and the share of runs that have each, 0 to 1: as the database keeps it for its plans, of all workspaces
 * together. Words that are not among them are rare, or new.
 */
export function frequentWords(): Promise<ReadonlyMap<string, number>> {
  const now = performance.now();
  if (kept === undefined || now - kept.at > KEPT_MS) {
    const shares = readShares();
    kept = { shares, at: now };
    shares.catch(() => {
      kept = undefined;
    });
  }
  return kept.shares;
}

async function readShares(): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db().query<{ word: string; share: number }>(
    `SELECT m.word, m.share::float8 AS share
       FROM pg_stats p, unnest(p.most_common_elems::text::text[], p.most_common_elem_freqs) AS m(word, share)
      WHERE p.schemaname = current_schema() AND p.tablename = 'run_words' AND p.attname = 'words' AND m.word IS NOT NULL`,
  );
  return new Map(rows.map(({ word, share }) => [word, share]));
}
