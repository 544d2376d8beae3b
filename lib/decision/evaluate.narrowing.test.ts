import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile';
import { evaluate } from './evaluate';
import { NARROWINGS } from './testing/narrow';
import { anyCall, anyFilters, anyPolicy, anyState, LEVELS } from './testing/random';
import { FILTER_ACTS, type IntendedCall, LANES, type Policy, type RunState } from './types';

interface Case {
  policy: Policy;
  narrow: (policy: Policy) => Policy;
  state: RunState;
  call: IntendedCall;
}

/** Contracts that object to little, so that one change more often decides; and such as come. */
const policies = fc.oneof(
  anyPolicy,
  anyPolicy.map((policy) => ({
    ...policy,
    scope: { actions: ['read' as const, 'execute' as const], forbidden: [] },
    authority: { ...policy.authority, level: 'bounded' as const },
    tools: Object.fromEntries(
      Object.entries(policy.tools).map(([name, tool]) => [
        name,
        {
          ...tool,
          arguments: undefined,
          categories: ['pii', 'bank-account', 'public', 'health', 'unheard-of'],
        },
      ]),
    ),
  })),
  fc.tuple(anyPolicy, anyFilters).map(([policy, filter]) => ({
    ...policy,
    scope: { actions: ['read' as const, 'execute' as const], forbidden: [] },
    tools: Object.fromEntries(
      Object.entries(policy.tools).map(([name, tool]) => [name, { ...tool, arguments: undefined, filter }]),
    ),
  })),
);
const states = fc.oneof(
  anyState,
  anyState.map((state) => ({ ...state, status: 'running' as const, authorityLevel: 'continuous' as const })),
);

describe('narrowing a contract never widens an answer', { timeout: 60_000 }, () => {
  for (const [name, narrowing] of Object.entries(NARROWINGS)) {
    const cases = fc.record({ policy: policies, narrow: narrowing, state: states, call: anyCall });
    const lanes = ({ policy, narrow, state, call }: Case) => ({
      before: LANES.indexOf(evaluate(compile(policy), state, call).lane),
      after: LANES.indexOf(evaluate(compile(narrow(policy)), state, call).lane),
    });

    it(`holds for ${name}`, () => {
      fc.assert(
        fc.property(cases, (one) => {
          const { before, after } = lanes(one);
          expect(after).toBeGreaterThanOrEqual(before);
        }),
        { numRuns: 1500 },
      );
    });

    it(`is not empty talk: ${name} does make some answers stricter`, () => {
      const stricter = fc.sample(cases, { numRuns: 4000, seed: 1 }).some((one) => {
        const { before, after } = lanes(one);
        return after > before;
      });
      expect(stricter).toBe(true);
    });
  }

  it('holds for several changes at once', () => {
    const any = fc.oneof(...Object.values(NARROWINGS));
    fc.assert(
      fc.property(
        anyPolicy,
        fc.array(any, { minLength: 2, maxLength: 6 }),
        anyState,
        anyCall,
        (policy, changes, state, call) => {
          const narrower = changes.reduce((policySoFar, narrow) => narrow(policySoFar), policy);
          const before = evaluate(compile(policy), state, call);
          const after = evaluate(compile(narrower), state, call);
          expect(LANES.indexOf(after.lane)).toBeGreaterThanOrEqual(LANES.indexOf(before.lane));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('holds for lowering what the agent may do now', () => {
    fc.assert(
      fc.property(policies, states, anyCall, fc.constantFrom(...LEVELS), (policy, state, call, level) => {
        const lower =
          LEVELS.indexOf(level) < LEVELS.indexOf(state.authorityLevel) ? level : state.authorityLevel;
        const compiled = compile(policy);
        const before = evaluate(compiled, state, call);
        const after = evaluate(compiled, { ...state, authorityLevel: lower }, call);
        expect(LANES.indexOf(after.lane)).toBeGreaterThanOrEqual(LANES.indexOf(before.lane));
      }),
      { numRuns: 1500 },
    );
  });

  it('holds for what a run has already done: more calls, tokens or dollars never widen', () => {
    fc.assert(
      fc.property(policies, states, anyCall, fc.nat(5), (policy, state, call, more) => {
        const compiled = compile(policy);
        const before = evaluate(compiled, state, call);
        const after = evaluate(
          compiled,
          {
            ...state,
            calls: state.calls + more,
            tokens: state.tokens + more,
            costUsd: state.costUsd + more,
            agentDayCostUsd: state.agentDayCostUsd + more,
            agentMonthCostUsd: state.agentMonthCostUsd + more,
          },
          call,
        );
        expect(LANES.indexOf(after.lane)).toBeGreaterThanOrEqual(LANES.indexOf(before.lane));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('what is done with filtered data', () => {
  it('is for whoever carries out the call: the lane is the same however strict it is', () => {
    fc.assert(
      fc.property(policies, states, anyCall, fc.constantFrom(...FILTER_ACTS), (policy, state, call, act) => {
        const tools = Object.entries(policy.tools).map(([name, tool]) => [
          name,
          // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
          { ...tool, filter: tool.filter?.map((filter) => ({ ...filter, then: act })) },
        ]);
        const other: Policy = { ...policy, tools: Object.fromEntries(tools) };
        expect(evaluate(compile(other), state, call).lane).toBe(evaluate(compile(policy), state, call).lane);
      }),
      { numRuns: 1000 },
    );
  });
});
