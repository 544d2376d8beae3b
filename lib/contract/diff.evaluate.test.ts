import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, touchedCategories } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import { NARROWINGS } from '@/lib/decision/testing/narrow';
import { anyCall, anyPolicy, anyState } from '@/lib/decision/testing/random';
import { type IntendedCall, LANES, type Policy, type RunState } from '@/lib/decision/types';
import { diffContracts } from './diff';
import { contractOf, nearCalls, policyPairs } from './testing/contract-pairs';

/** A run that counts as a run does: no tool was called more often within a day than in all. One in five is of an agent that recovers. */
const states = fc.tuple(anyState, fc.nat(4)).map(
  ([state, chance]): RunState => ({
    ...state,
    status: 'running',
    held: chance === 0 ? { step: 'pause', recover: true } : state.held,
    callsByTool: Object.fromEntries(
      Object.entries(state.callsByTool).map(([tool, calls]) => [
        tool,
        Math.max(
          calls,
          (Object.hasOwn(state.callTimes, tool) ? state.callTimes[tool] : undefined)?.length ?? 0,
        ),
      ]),
    ),
  }),
);
/** Whoever asks sends arguments: with `{}` for none, every clause on them is decided. */
const calls = fc.oneof(
  nearCalls,
  nearCalls,
  anyCall.map(
    (call): IntendedCall => ({
      ...call,
      arguments: call.arguments ?? {},
      argumentsDigest: call.argumentsDigest ?? 'd1',
    }),
  ),
);

function lane(policy: Policy, state: RunState, call: IntendedCall, declares: boolean): number {
  const compiled = compile(policy);
  const categories = declares ? call.categories : touchedCategories(compiled, call.tool, call.categories);
  return LANES.indexOf(evaluate(compiled, state, { ...call, categories }).lane);
}

describe('a diff that calls nothing wider', { timeout: 120_000 }, () => {
  it('never lets a call be answered more permissively than before', () => {
    let held = 0;
    fc.assert(
      fc.property(
        policyPairs,
        fc.array(fc.tuple(states, calls, fc.boolean()), { minLength: 8, maxLength: 8 }),
        ([before, after], asked) => {
          const changes = diffContracts(contractOf(before), contractOf(after));
          if (changes.some((change) => change.direction === 'wider')) return;
          held += 1;
          for (const [state, call, declares] of asked)
            expect(lane(after, state, call, declares)).toBeGreaterThanOrEqual(
              lane(before, state, call, declares),
            );
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 6000) },
    );
    // Not empty talk: a good part of the pairs is called narrower or neutral.
    expect(held).toBeGreaterThan(500);
  });
});

describe('every way of narrowing a contract', { timeout: 120_000 }, () => {
  for (const [name, narrowing] of Object.entries(NARROWINGS))
    it(`is recognised: ${name}`, () => {
      const pairs = fc.sample(fc.tuple(anyPolicy, narrowing), { numRuns: 800, seed: 7 });
      const changed = pairs.flatMap(([policy, narrow]) => {
        const changes = diffContracts(contractOf(policy), contractOf(narrow(policy)));
        // For calls a warning is as good as a log; for people it is more, so losing it is called wider.
        if (changes.some((change) => change.before === 'warn' && change.after === 'log')) return [];
        return changes.length === 0 ? [] : [changes];
      });
      const called = changed.filter((changes) => changes.every((change) => change.direction !== 'wider'));
      expect(changed.length).toBeGreaterThan(30);
      expect(called.length / changed.length).toBeGreaterThan(0.9);
    });
});
