/** Which of several breaches an incident is about. Pure. */
import { BANDS, type Band } from '@/lib/contract/schema';

/** The worst; of equals a particular clause before the run as a whole, then the first. There is at least one. */
export function worstOf<B extends { clause: string; severity: Band; happenedAt: Date }>(
  breaches: readonly B[],
): B {
  const [first, ...others] = breaches;
  if (first === undefined) throw new Error('An incident needs a breach.');
  return others.reduce((worst, breach) => {
    const order =
      BANDS.indexOf(breach.severity) - BANDS.indexOf(worst.severity) ||
      Number(worst.clause.startsWith('risk/')) - Number(breach.clause.startsWith('risk/')) ||
      worst.happenedAt.getTime() - breach.happenedAt.getTime();
    return order > 0 ? breach : worst;
  }, first);
}

/** When the last of them happened. */
export function lastOf(breaches: readonly { happenedAt: Date }[]): Date {
  return new Date(Math.max(...breaches.map(({ happenedAt }) => happenedAt.getTime())));
}
