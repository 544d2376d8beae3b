import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile';
import { evaluate, overruns } from './evaluate';
import { decide } from './testing/oracle';
import { anyCall, anyPolicy, anyState } from './testing/random';
import type { Evaluation, Finding, FindingCode } from './types';
import { FINDING_CODES, LANES } from './types';

/** Codes whose detail docs/decision.md settles; the details of the others are words for people. */
const SETTLED: readonly FindingCode[] = [
  'kill-switch',
  'run-not-running',
  'tool-not-allowed',
  'forbidden',
  'action-not-in-scope',
  'authority-level',
  'category-not-allowed',
  'filtered',
  'filter-not-applied',
];

function comparable({ lane, findings, obligations, undecided }: Evaluation) {
  return {
    lane,
    findings: findings.map(({ clause, code, lane: own, detail }) => ({
      clause,
      code,
      lane: own,
      detail: SETTLED.includes(code) ? detail : '',
    })),
    obligations: obligations.map((obligation) => ({ ...obligation })),
    undecided: [...undecided],
  };
}

describe('evaluate, against the naive reading of its specification', { timeout: 120_000 }, () => {
  const lanes = new Map<string, number>();
  const codes = new Map<string, number>();
  let undecided = 0;

  it('gives the same answer as the specification under 20,000 random contracts, states and calls', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        anyState,
        fc.array(anyCall, { minLength: 1, maxLength: 4 }),
        (policy, state, calls) => {
          const compiled = compile(policy);
          for (const call of calls) {
            const answer = evaluate(compiled, state, call);
            expect(comparable(answer)).toEqual(comparable(decide(policy, state, call)));
            lanes.set(answer.lane, (lanes.get(answer.lane) ?? 0) + 1);
            for (const { code } of answer.findings) codes.set(code, (codes.get(code) ?? 0) + 1);
            if (answer.undecided.length > 0) undecided += 1;
          }
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('met every lane, every finding code and undecided clauses often enough to mean something', () => {
    for (const lane of LANES) expect(lanes.get(lane) ?? 0, lane).toBeGreaterThan(50);
    for (const code of FINDING_CODES) expect(codes.get(code) ?? 0, code).toBeGreaterThan(50);
    expect(undecided).toBeGreaterThan(50);
  });

  it('reports the same overruns after usage as it does before a call', () => {
    const spending: readonly FindingCode[] = ['token-ceiling', 'budget-run', 'budget-day', 'budget-month'];
    fc.assert(
      fc.property(anyPolicy, anyState, anyCall, (policy, state, call) => {
        const compiled = compile(policy);
        const isSpending = ({ code }: Finding) => spending.includes(code);
        expect(overruns(compiled, state)).toEqual(
          evaluate(compiled, state, call).findings.filter(isSpending),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
