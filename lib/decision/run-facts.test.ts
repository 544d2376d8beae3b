import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile';
import { evaluate } from './evaluate';
import { addCall, addUsage, emptyFacts, MAX_DISTINCT_CALLS, parseFacts } from './run-facts';
import { givenCall, givenPolicy, givenState } from './testing/given';
import { anyCall, anyPolicy } from './testing/random';
import type { IntendedCall, Policy, RunFacts } from './types';

function factsOf(policy: Policy, calls: readonly IntendedCall[]): RunFacts {
  const compiled = compile(policy);
  const facts = emptyFacts();
  for (const call of calls) addCall(facts, compiled, call);
  return facts;
}

const looping: Policy = givenPolicy({ cost: { repeatedCalls: 3 } });
const limited: Policy = givenPolicy({
  tools: {
    search: { action: 'read', egress: false, categories: [], rateLimit: { calls: 3, per: 'minute' } },
  },
});

describe('what a run has done', { timeout: 60_000 }, () => {
  it('is the same in whatever order its calls are added', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc
          .array(anyCall, { maxLength: 30 })
          .chain((calls) =>
            fc.tuple(
              fc.constant(calls),
              fc.shuffledSubarray(calls, { minLength: calls.length, maxLength: calls.length }),
            ),
          ),
        (policy, [calls, shuffled]) => {
          expect(factsOf(policy, shuffled)).toEqual(factsOf(policy, calls));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('survives being stored as JSON', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(anyCall, { maxLength: 20 }), (policy, calls) => {
        const facts = factsOf(policy, calls);
        addUsage(facts, 1200, 0.25);
        expect(parseFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
      }),
      { numRuns: 1000 },
    );
  });

  it('answers the next call as the whole history would', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(anyCall, { maxLength: 20 }), anyCall, (policy, calls, next) => {
        // Later calls than the one asked about do not come before it.
        const ordered = [...calls].sort((a, b) => a.at - b.at);
        const call = { ...next, at: Math.max(next.at, ordered.at(-1)?.at ?? 0) };
        const whole = emptyFacts();
        for (const { tool, at, argumentsDigest } of ordered) {
          whole.calls += 1;
          whole.callsByTool[tool] = (whole.callsByTool[tool] ?? 0) + 1;
          whole.callTimes[tool] = [...(whole.callTimes[tool] ?? []), at];
          if (argumentsDigest === undefined) continue;
          const byDigest = whole.repeats[tool] ?? Object.create(null);
          byDigest[argumentsDigest] = (byDigest[argumentsDigest] ?? 0) + 1;
          whole.repeats[tool] = byDigest;
        }
        const compiled = compile(policy);
        expect(evaluate(compiled, givenState(factsOf(policy, ordered)), call).lane).toBe(
          evaluate(compiled, givenState(whole), call).lane,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps no more times than a limit can need', () => {
    const calls = Array.from({ length: 500 }, (_, second) => givenCall('search', { at: second * 1000 }));
    expect(factsOf(limited, calls).callTimes).toEqual({ search: [497_000, 498_000, 499_000] });
    const apart = [0, 59_000, 59_001, 119_000].map((at) => givenCall('search', { at }));
    expect(factsOf(limited, apart).callTimes).toEqual({ search: [59_001, 119_000] });
  });

  it('counts identical calls only when the contract limits them', () => {
    const calls = [givenCall('claims.get'), givenCall('claims.get')];
    expect(factsOf(givenPolicy(), calls).repeats).toEqual({});
    expect(factsOf(looping, calls).repeats).toEqual({ 'claims.get': { ['d'.repeat(64)]: 2 } });
    const unrecorded = givenCall('claims.get', { arguments: undefined, argumentsDigest: undefined });
    expect(factsOf(looping, [unrecorded]).repeats).toEqual({});
  });

  it('stays small over a hundred thousand different calls, and still sees a loop', () => {
    const compiled = compile(looping);
    const facts = emptyFacts();
    for (let index = 0; index < 100_000; index += 1)
      addCall(facts, compiled, givenCall('claims.get', { argumentsDigest: `${index}` }));
    const kept = Object.keys(facts.repeats['claims.get'] ?? {}).length;
    expect(kept).toBeLessThanOrEqual(MAX_DISTINCT_CALLS + 128);
    for (let index = 0; index < 3; index += 1)
      addCall(facts, compiled, givenCall('claims.get', { argumentsDigest: 'again' }));
    const answer = evaluate(
      compiled,
      givenState(facts),
      givenCall('claims.get', { argumentsDigest: 'again' }),
    );
    expect(answer.findings.map(({ code }) => code)).toEqual(['repeated-call']);
  });

  it('takes tools by any name, those every object answers to included', () => {
    const facts = factsOf(looping, [
      givenCall('__proto__'),
      givenCall('__proto__'),
      givenCall('constructor'),
    ]);
    expect(facts.callsByTool.constructor).toBe(1);
    expect(Object.entries(facts.callsByTool)).toEqual([
      ['__proto__', 2],
      ['constructor', 1],
    ]);
    expect(Object.keys(facts.repeats)).toEqual(['__proto__', 'constructor']);
  });

  it('reads rubbish as a run that has done nothing', () => {
    for (const rubbish of [
      {},
      null,
      undefined,
      [],
      'x',
      { calls: 'many', callsByTool: [], callTimes: { a: 'b' }, repeats: { a: 1 }, tokens: null },
    ])
      expect(parseFacts(rubbish)).toEqual(emptyFacts());
    fc.assert(fc.property(fc.jsonValue(), (json) => void parseFacts(json)));
  });
});
