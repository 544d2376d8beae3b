import { formatCount, formatPercent, plural } from '@/lib/format';
import type { Silence } from '@/lib/services/expert-reviews/get-silence';

/** "7.3%": a bound from above, which rounding must not bring below itself. */
export function atMostPercent(share: number): string {
  return formatPercent(Math.min(1, Math.ceil(share * 1000 - 1e-9) / 1000));
}

/** What the reviews of wholly silent runs say, in one sentence. */
export function silenceReading(silence: Silence): string {
  const { silentRuns, reviewed, wrong, bound, confidence, share, days } = silence;
  if (share === null)
    return 'Nothing is known of wholly silent runs: the contract has none of them reviewed.';
  if (silentRuns === 0) return `No wholly silent run in ${days} days.`;
  const runs = plural(silentRuns, 'wholly silent run');
  if (bound === null) return `Of ${runs}, none was reviewed yet: any number of them may be wrong.`;
  const were = reviewed === 1 ? 'was' : 'were';
  const found =
    wrong === 0
      ? 'none was wrong'
      : wrong === reviewed && reviewed > 1
        ? 'all were wrong'
        : `${formatCount(wrong)} ${wrong === 1 ? 'was' : 'were'} wrong`;
  return `Of ${runs}, ${formatCount(reviewed)} ${were} reviewed at random and ${found}: at most ${atMostPercent(bound)} are, with ${formatPercent(confidence, 0)} confidence.`;
}

/** What would bring the bound down; null where nothing sensible does. */
export function tighterReading({ tighter, waiting }: Silence): string | null {
  if (tighter === null) return null;
  const to = `at most ${formatPercent(tighter.to, tighter.to < 0.01 ? 1 : 0)}`;
  const more = `${formatCount(tighter.more)} more reviewed and none of them wrong: ${to}.`;
  return waiting >= tighter.more ? `${more} So many wait to be rated.` : more;
}
