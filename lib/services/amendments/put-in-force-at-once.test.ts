import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffContracts } from '@/lib/contract/diff';
import { contractOf, nearCalls, policyPairs } from '@/lib/contract/testing/contract-pairs';
import { compile, touchedCategories } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import { anyState } from '@/lib/decision/testing/random';
import { LANES } from '@/lib/decision/types';
import { refuseMoreThanNarrower } from './put-in-force-at-once';

const states = anyState.map((state) => ({ ...state, status: 'running' as const, callTimes: {} }));

it('an amendment that may take effect in an emergency never lets a call pass that was answered more strictly before', {
  timeout: 120_000,
}, () => {
  let accepted = 0;
  fc.assert(
    fc.property(
      policyPairs,
      fc.array(fc.tuple(states, nearCalls), { minLength: 6, maxLength: 6 }),
      ([before, after], asked) => {
        try {
          refuseMoreThanNarrower(diffContracts(contractOf(before), contractOf(after)), 1);
        } catch {
          return;
        }
        accepted += 1;
        const [one, other] = [compile(before), compile(after)];
        for (const [state, call] of asked) {
          const lane = (policy: typeof one) =>
            LANES.indexOf(
              evaluate(policy, state, {
                ...call,
                categories: touchedCategories(policy, call.tool, call.categories),
              }).lane,
            );
          expect(lane(other)).toBeGreaterThanOrEqual(lane(one));
        }
      },
    ),
    { numRuns: 1500 },
  );
  expect(accepted).toBeGreaterThan(100);
});
