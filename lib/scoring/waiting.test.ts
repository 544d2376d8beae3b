import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, waitingMs } from './waiting';

describe('how long a run waited for people', () => {
  it('is the pause between its calls', () => {
    expect(waitingMs([0, 252_000], [[6_000, 246_000]], [])).toBe(240_000);
  });

  it('is nothing when it was paused after its last span', () => {
    expect(waitingMs([0, 4_000], [[5_000, 600_000]], [])).toBe(0);
    expect(waitingMs([0, 4_000], [[5_000, Number.POSITIVE_INFINITY]], [])).toBe(0);
  });

  it('ends with its last span while the pause goes on', () => {
    expect(waitingMs([0, 20_000], [[5_000, Number.POSITIVE_INFINITY]], [])).toBe(15_000);
  });

  it('leaves out a call that was under way, and those made in spite of the pause', () => {
    const calls: Interval[] = [
      [4_000, 9_000],
      [100_000, 130_000],
      [120_000, 131_000],
    ];
    expect(waitingMs([0, 252_000], [[6_000, 246_000]], calls)).toBe(240_000 - 3_000 - 31_000);
  });

  it('agrees with counting every millisecond, whatever the order', () => {
    const interval = fc
      .tuple(fc.nat(60), fc.nat(60))
      .map(([a, b]): Interval => [Math.min(a, b), Math.max(a, b)]);
    fc.assert(
      fc.property(interval, fc.array(interval), fc.array(interval), (run, pauses, calls) => {
        const within = (list: readonly Interval[], at: number) =>
          list.some(([from, until]) => from <= at && at < until);
        let expected = 0;
        for (let at = 0; at < 60; at += 1)
          if (within([run], at) && within(pauses, at) && !within(calls, at)) expected += 1;
        expect(waitingMs(run, pauses, calls)).toBe(expected);
        expect(waitingMs(run, [...pauses].reverse(), [...calls].reverse())).toBe(expected);
      }),
    );
  });
});
