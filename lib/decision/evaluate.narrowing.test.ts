import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile';
import { evaluate } from './evaluate';
import { NARROWINGS } from './testing/narrow';
import { anyCall, anyPolicy, anyState, LEVELS } from './testing/random';
import { LANES } from './types';

describe('narrowing a contract never widens an answer', { timeout: 60_000 }, () => {
  for (const [name, narrowing] of Object.entries(NARROWINGS))
    it(`holds for ${name}`, () => {
      let changed = 0;
      fc.assert(
        fc.property(anyPolicy, narrowing, anyState, anyCall, (policy, narrow, state, call) => {
          const before = evaluate(compile(policy), state, call);
          const after = evaluate(compile(narrow(policy)), state, call);
          expect(LANES.indexOf(after.lane)).toBeGreaterThanOrEqual(LANES.indexOf(before.lane));
          if (after.lane !== before.lane) changed += 1;
        }),
        { numRuns: 2000 },
      );
      // Otherwise the operator changes nothing, and the property says nothing.
      expect(changed).toBeGreaterThan(0);
    });

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
      { numRuns: 2000 },
    );
  });

  it('holds for lowering what the agent may do now', () => {
    fc.assert(
      fc.property(anyPolicy, anyState, anyCall, fc.constantFrom(...LEVELS), (policy, state, call, level) => {
        const lower =
          LEVELS.indexOf(level) < LEVELS.indexOf(state.authorityLevel) ? level : state.authorityLevel;
        const compiled = compile(policy);
        const before = evaluate(compiled, state, call);
        const after = evaluate(compiled, { ...state, authorityLevel: lower }, call);
        expect(LANES.indexOf(after.lane)).toBeGreaterThanOrEqual(LANES.indexOf(before.lane));
      }),
      { numRuns: 2000 },
    );
  });

  it('holds for what a run has already done: more calls, tokens or dollars never widen', () => {
    fc.assert(
      fc.property(anyPolicy, anyState, anyCall, fc.nat(5), (policy, state, call, more) => {
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
      { numRuns: 2000 },
    );
  });
});
