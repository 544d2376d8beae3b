import type { BacktestReport, Example } from '@/lib/decision/backtest-report';
import type { Lane } from '@/lib/decision/types';
import { formatList } from '@/lib/format';

/** What a call got, or would get, in a word. */
export const ANSWER_WORDS: Readonly<Record<Lane, string>> = {
  allow: 'allowed',
  degrade: 'narrowed',
  escalate: 'waits for a person',
  block: 'refused',
};

/** What became of the runs that would have gone otherwise and were not newly let through, after their number. */
export function heldWords({ moves }: BacktestReport): string {
  const parts = [
    [moves.waits + moves['asks-instead'], 'waited for a person'],
    [moves.refused, 'been refused'],
    [moves.narrowed, 'been narrowed'],
  ] as const;
  const told = parts.filter(([count]) => count > 0);
  const [only] = told;
  if (only === undefined) return 'would have waited or been refused';
  if (told.length === 1) return `would have ${only[1]}`;
  return `would have been held: ${formatList(told.map(([count, what]) => `${count} ${what}`))}`;
}

/** Runs that would have been held, whichever way. */
export function heldRuns({ moves }: BacktestReport): number {
  return moves.waits + moves['asks-instead'] + moves.refused + moves.narrowed;
}

/** Where in its run an example stands. */
export function exampleHref({ runId, spanId }: Pick<Example, 'runId' | 'spanId'>): string {
  return spanId === null ? `/runs/${runId}` : `/runs/${runId}?span=${spanId}`;
}
