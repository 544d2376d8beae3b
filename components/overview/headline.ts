import { formatCount, formatPercent, plural } from '@/lib/format';
import type { Overview } from '@/lib/services/overview/get-overview';

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** A small number as a word, a large one in digits. */
function inWords(count: number): string {
  return WORDS[count] ?? formatCount(count);
}
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** What the reader should do now, in one line. */
export function headline({
  needsTotal: incidents,
  unacknowledged,
  mayAct,
  waits,
}: Pick<Overview, 'needsTotal' | 'unacknowledged' | 'mayAct' | 'waits'>): string {
  const total = waits.length + (mayAct ? incidents : 0);
  const open =
    mayAct || incidents === 0
      ? ''
      : `; ${inWords(incidents)} ${incidents === 1 ? 'incident is' : 'incidents are'} open`;
  if (total === 0) return `Nothing needs you${open}`;
  const things = `${capital(inWords(total))} ${total === 1 ? 'thing needs' : 'things need'} you`;
  if (!mayAct || unacknowledged === 0) return `${things}${open}`;
  if (unacknowledged === total) return `${things} now`;
  return `${things}, ${inWords(unacknowledged)} of them now`;
}

/** What the chart of runs by outcome says. */
export function outcomeReading({
  runs,
  silentRuns,
  days,
}: Pick<Overview, 'runs' | 'silentRuns' | 'days'>): string {
  if (runs === 0) return `No run in ${days} days`;
  const paged = runs - silentRuns;
  if (paged === 0) return `All ${plural(runs, 'run')} silent`;
  return `${formatPercent(silentRuns / runs)} silent: ${inWords(paged)} of ${plural(runs, 'run')} paged`;
}
