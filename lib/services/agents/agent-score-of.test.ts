import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Contract, contractSchema } from '@/lib/contract/schema';
import { countsFor } from '@/lib/scoring/agent-terms';
import { qualityOf } from '@/lib/scoring/criteria';
import { oneDecimal } from '@/lib/scoring/performance';
import { NO_RUNS, type RunSums } from '@/lib/scoring/run-sums';
import { aContract } from '@/lib/services/testing/a-contract';
import { scoreOf } from './agent-score-of';

const weighing = (score: Contract['quality']['score']): Contract => {
  const contract = contractSchema.parse(aContract());
  return { ...contract, quality: { ...contract.quality, ...(score === undefined ? {} : { score }) } };
};

const weight = fc.integer({ min: 1, max: 20 }).map((tenths) => tenths / 10);
const points = fc.nat(100_000);
const sums: fc.Arbitrary<RunSums> = fc
  .record({ scored: fc.nat(40), quality: fc.nat(40), cost: fc.nat(40), risk: points, costs: points })
  .map(({ scored, quality, cost, risk, costs }) => ({
    ...NO_RUNS,
    runs: scored,
    scored,
    riskScored: scored,
    riskScoreSum: scored * risk,
    qualityScored: Math.min(scored, quality),
    costScored: Math.min(scored, cost),
    costScoreSum: Math.min(scored, cost) * costs,
  }));
const criteria = fc.array(
  fc.record({ clause: fc.constant('quality/criteria/a'), weight, score: fc.option(fc.nat(100)) }),
  { maxLength: 4 },
);

test('the score of an agent can be worked out again from the terms that are shown', () => {
  fc.assert(
    fc.property(
      sums,
      criteria,
      fc.option(fc.record({ risk: weight, quality: weight, cost: weight })),
      fc.option(fc.nat(100)),
      (runs, standings, weights, technical) => {
        const { score, coverage, pillars, terms } = scoreOf(
          runs,
          weighing(weights ?? undefined),
          qualityOf(standings, technical),
        );
        expect(terms.map(({ pillar }) => pillar)).toEqual(['risk', 'quality', 'cost']);
        const counting = terms.reduce((sum, term) => sum + countsFor(term), 0);
        const weighed = terms.reduce((sum, term) => sum + countsFor(term) * (term.score ?? 0), 0);
        expect(score).toBe(counting === 0 ? null : oneDecimal(weighed / counting));
        expect(coverage).toBeCloseTo(counting / terms.reduce((sum, term) => sum + term.weight, 0), 9);
        for (const term of terms) {
          expect(term.score).toBe(pillars[term.pillar]);
          if (term.sum !== null && term.known > 0) expect(term.score).toBe(oneDecimal(term.sum / term.known));
        }
      },
    ),
  );
});

test('an agent under no contract has no terms: nothing says what counts how much', () => {
  expect(scoreOf(NO_RUNS, null).terms).toEqual([]);
});
