import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyOf } from '@/lib/contract/decides';
import { contractSchema } from '@/lib/contract/schema';
import { compile } from '@/lib/decision/compile';
import { addCall, emptyFacts } from '@/lib/decision/run-facts';
import type { IntendedCall } from '@/lib/decision/types';
import { aContract } from '@/lib/services/testing/a-contract';
import { latest, WitnessedRun } from './run-state';

const TOOLS = ['orders.get', 'notes.add', 'limited', 'constructor'];
const policy = compile(
  policyOf(
    contractSchema.parse(
      aContract({
        tools: { limited: { action: 'read', rateLimit: { calls: 5, per: 'minute' } } },
        cost: { repeatedCalls: 3 },
      }),
    ),
  ),
);
const standing = {
  status: 'running',
  killSwitch: null,
  held: null,
  authorityLevel: 'bounded',
  agentDayCostUsd: 0,
  agentMonthCostUsd: 0,
} as const;

const call = fc
  .record({ tool: fc.constantFrom(...TOOLS), digest: fc.constantFrom('a', 'b', 'c'), at: fc.nat(200_000) })
  .map(({ tool, digest, at }): IntendedCall => ({ tool, argumentsDigest: digest, categories: [], at }));
const calls = fc.array(call, { maxLength: 40 });
const inOrder = (some: IntendedCall[]) => [...some].sort((a, b) => a.at - b.at);

function factsOf(some: readonly IntendedCall[]) {
  const facts = emptyFacts();
  for (const one of some) addCall(facts, policy, one);
  return facts;
}
/** Counted from scratch, the plain way. */
function larger(
  recorded: readonly IntendedCall[],
  decided: readonly IntendedCall[],
  same: (one: IntendedCall) => boolean,
) {
  return Math.max(recorded.filter(same).length, decided.filter(same).length);
}

describe('what a run has done, told by its spans and its decisions', () => {
  it('is the larger count for each tool and each call, and their sum over tools', () => {
    fc.assert(
      fc.property(calls, calls, fc.nat(40), (recorded, some, split) => {
        const decided = inOrder(some);
        const run = new WitnessedRun(policy, standing, factsOf(recorded), factsOf(decided.slice(0, split)));
        for (const one of decided.slice(split)) run.add(one);
        const byTool = TOOLS.map((tool) => larger(recorded, decided, (one) => one.tool === tool));
        expect(TOOLS.map((tool) => run.state.callsByTool[tool] ?? 0)).toEqual(byTool);
        expect(run.state.calls).toBe(byTool.reduce((sum, count) => sum + count, 0));
        for (const tool of TOOLS)
          for (const digest of ['a', 'b', 'c'])
            expect(run.state.repeats[tool]?.[digest] ?? 0).toBe(
              larger(recorded, decided, (one) => one.tool === tool && one.argumentsDigest === digest),
            );
      }),
    );
  });

  it('counts nothing twice when every decided call is recorded too', () => {
    fc.assert(
      fc.property(calls, (some) => {
        const run = new WitnessedRun(policy, standing, factsOf(some), factsOf(some));
        expect(run.state.calls).toBe(some.length);
      }),
    );
  });

  it('never forgets what either witness alone would count', () => {
    fc.assert(
      fc.property(calls, calls, (recorded, decided) => {
        const { state } = new WitnessedRun(policy, standing, factsOf(recorded), factsOf(decided));
        expect(state.calls).toBeGreaterThanOrEqual(Math.max(recorded.length, decided.length));
        expect(state.calls).toBeLessThanOrEqual(recorded.length + decided.length);
      }),
    );
  });
});

describe('times of rate-limited calls', () => {
  it('hold, since any moment, as many as the witness that saw more', () => {
    const times = fc.array(fc.nat(1000), { maxLength: 30 }).map((some) => some.sort((a, b) => a - b));
    fc.assert(
      fc.property(times, times, fc.nat(1000), (a, b, since) => {
        const within = (some: readonly number[]) => some.filter((at) => at > since).length;
        const merged = latest(a, b);
        expect(within(merged)).toBe(Math.max(within(a), within(b)));
        expect([...merged].sort((x, y) => x - y)).toEqual(merged);
      }),
    );
  });
});
