import { formatExact, formatExactMoney, plural } from '@/lib/format';
import type { Part, Sentence } from './describe';

/** One clause as a person reads it: its name for the margin, a sentence, and what stands below it. */
export interface ClauseText {
  /** Also the anchor; a deeper clause (`tools/x/categories`) is read inside it. */
  path: string;
  sentence: Sentence;
  /** Further lines under the sentence, e.g. the arguments a tool takes. */
  details?: { title: string; lines: string[] };
  link?: string;
}

export const clause = (path: string, ...parts: Part[]): ClauseText => ({ path, sentence: parts });

export function money(amount: number | undefined): string | undefined {
  return amount === undefined ? undefined : formatExactMoney(amount);
}

export function count(amount: number | undefined, unit: string): string | undefined {
  return amount === undefined ? undefined : `at most ${plural(amount, unit)}`;
}

export function days(amount: number): string {
  return amount === 1 ? 'day' : `${formatExact(amount)} days`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A calendar day, which has no time zone: "4 Jun 2026". */
export function day(iso: string): string {
  const [year, month, date] = iso.split('-').map(Number);
  return `${date ?? ''} ${MONTHS[(month ?? 1) - 1] ?? ''} ${year ?? ''}`;
}

export function joined(groups: readonly (readonly Part[])[], between: string): Part[] {
  return groups.flatMap((group, index) => (index === 0 ? [...group] : [between, ...group]));
}
