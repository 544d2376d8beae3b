import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContractInput, contractSchema } from '@/lib/contract/schema';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  infrastructureCost,
  type Measured,
  oneDecimal,
  PILLARS,
  rangeOf,
  SCORE_FORMULA,
  scoreAgent,
  scoreRun,
} from './performance';
import { technicalQuality } from './quality';

const contract = contractSchema.parse(aContract());
const bare = (changes: Pick<ContractInput, 'quality' | 'cost'>) =>
  contractSchema.parse({ ...aContract(), ...changes });
const measured = (changes: Partial<Measured> = {}): Measured => ({
  risk: 0,
  worstBreach: null,
  durationMs: 1000,
  spans: 10,
  errors: 0,
  costUsd: 0,
  unpricedCalls: 0,
  tokens: 0,
  calls: 0,
  ...changes,
});
const pillars = (changes: Partial<Measured>) => scoreRun(contract, measured(changes)).pillars;

describe('technical quality', () => {
  const targets = { latencyMs: 1000, errorRate: 0.2 };

  it('is full within the targets and falls with what exceeds them', () => {
    expect(technicalQuality(targets, { durationMs: 1000, spans: 10, errors: 2 })?.score).toBe(100);
    expect(technicalQuality(targets, { durationMs: 4000, spans: 10, errors: 0 })).toEqual({
      score: 25,
      latency: 25,
      errors: 100,
    });
    expect(technicalQuality(targets, { durationMs: 1, spans: 10, errors: 6 })?.score).toBeCloseTo(50);
    expect(technicalQuality(targets, { durationMs: 1, spans: 10, errors: 10 })?.score).toBe(0);
  });

  it('is unknown, not good, without targets or without spans', () => {
    expect(technicalQuality(undefined, { durationMs: 1, spans: 10, errors: 0 })).toBeNull();
    expect(technicalQuality(targets, { durationMs: 0, spans: 0, errors: 0 })).toBeNull();
  });

  it('tolerates every error where the contract does', () => {
    expect(
      technicalQuality({ latencyMs: 1, errorRate: 1 }, { durationMs: 1, spans: 4, errors: 4 })?.score,
    ).toBe(100);
  });
});

describe('the score of a run', () => {
  it('is 100 for a run without risk, within its targets, that spent nothing', () => {
    expect(scoreRun(contract, measured())).toMatchObject({
      score: 100,
      pillars: { risk: 100, quality: 100, cost: 100 },
      coverage: 1,
    });
  });

  it('counts risk in straight lines through the thresholds', () => {
    // The thresholds are 10, 30 and 60.
    expect([0, 5, 10, 20, 30, 45, 60, 90, 120, 500].map((risk) => pillars({ risk }).risk)).toEqual([
      100, 87.5, 75, 62.5, 50, 37.5, 25, 12.5, 0, 0,
    ]);
  });

  it('is capped by the worst breach: a run that broke its contract is not a good one', () => {
    expect(pillars({ worstBreach: 'critical' }).risk).toBe(25);
    expect(pillars({ worstBreach: 'high' }).risk).toBe(50);
    expect(pillars({ worstBreach: 'medium' }).risk).toBe(75);
    expect(pillars({ worstBreach: 'low' }).risk).toBe(100);
    expect(pillars({ worstBreach: 'medium', risk: 60 }).risk).toBe(25);
  });

  it('counts cost by the ceiling nearest to being broken', () => {
    // $0.50 a run, 100,000 tokens, 40 calls.
    expect(pillars({ costUsd: 0.25 }).cost).toBe(75);
    expect(pillars({ costUsd: 0.25, tokens: 100_000 }).cost).toBe(50);
    expect(pillars({ calls: 80 }).cost).toBe(0);
    expect(pillars({ calls: 4000 }).cost).toBe(0);
  });

  it('does not take unpriced calls for free', () => {
    const onlyBudget = bare({ quality: {}, cost: { perRun: 0.5 } });
    const unpriced = scoreRun(onlyBudget, measured({ costUsd: 0.1, unpricedCalls: 2 }));
    expect(unpriced.pillars.cost).toBeNull();
    expect(unpriced.reproduce.find(({ pillar }) => pillar === 'cost')?.missing).toBe(
      '2 model calls have no price.',
    );
    // $0.50, 100,000 tokens and 40 calls: with the dollars unknown, two of three ceilings are measured.
    const partly = scoreRun(contract, measured({ tokens: 50_000, unpricedCalls: 1 }));
    expect(partly.pillars.cost).toBe(75);
    expect(partly.coverage).toBeCloseTo(0.933);
    expect(partly.reproduce.find(({ pillar }) => pillar === 'cost')).toMatchObject({
      weight: 0.133,
      missing: null,
    });
    // What is known already breaks the budget.
    expect(scoreRun(onlyBudget, measured({ costUsd: 1, unpricedCalls: 2 })).pillars.cost).toBe(0);
    expect(scoreRun(bare({ quality: {}, cost: { perRun: 0 } }), measured()).pillars.cost).toBe(100);
  });

  it('says how much of it was measured, and leaves out what was not', () => {
    const {
      score,
      coverage,
      pillars: parts,
    } = scoreRun(bare({ quality: {}, cost: {} }), measured({ risk: 10 }));
    expect(parts).toEqual({ risk: 75, quality: null, cost: null });
    expect(score).toBe(75);
    expect(coverage).toBeCloseTo(0.5);
  });

  it('is worked out as docs/scores.md does it by hand', () => {
    const example = scoreRun(
      contract,
      measured({ risk: 19, durationMs: 40_000, spans: 9, errors: 1, costUsd: 0.1, tokens: 12_000, calls: 3 }),
    );
    expect(example.pillars).toEqual({ risk: 63.8, quality: 75, cost: 90 });
    expect(example.score).toBe(72.4);
    const unpriced = scoreRun(
      contract,
      measured({
        risk: 19,
        durationMs: 40_000,
        spans: 9,
        errors: 1,
        costUsd: 0.1,
        unpricedCalls: 1,
        tokens: 12_000,
        calls: 3,
      }),
    );
    expect(unpriced.pillars.cost).toBe(94);
    expect(unpriced.score).toBe(71.7);
    expect(rangeOf(unpriced.score, unpriced.coverage)).toEqual({ low: 66, high: 74 });
  });

  it('can be worked out again from what it shows', () => {
    const anyMeasured = fc.record({
      risk: fc.double({ min: 0, max: 200, noNaN: true }),
      worstBreach: fc.constantFrom(
        null,
        'low' as const,
        'medium' as const,
        'high' as const,
        'critical' as const,
      ),
      durationMs: fc.nat(100_000),
      spans: fc.nat(50),
      errors: fc.nat(50),
      costUsd: fc.double({ min: 0, max: 2, noNaN: true }),
      unpricedCalls: fc.nat(2),
      tokens: fc.nat(300_000),
      calls: fc.nat(100),
    });
    fc.assert(
      fc.property(anyMeasured, (run) => {
        const { score, coverage, reproduce } = scoreRun(contract, run);
        const known = reproduce.flatMap((part) =>
          part.score === null ? [] : [{ ...part, score: part.score }],
        );
        const weight = known.reduce((sum, part) => sum + part.weight, 0);
        const mean = known.reduce((sum, part) => sum + part.score * part.weight, 0) / weight;
        expect(score).toBeCloseTo(mean, 0);
        expect(coverage).toBeCloseTo(weight);
        for (const part of reproduce) {
          expect(part.score === null).toBe(part.missing !== null);
          if (part.score === null) continue;
          expect(part.score).toBeGreaterThanOrEqual(0);
          expect(part.score).toBeLessThanOrEqual(100);
          expect(part.inputs.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('never rises when a run gets riskier, slower, dearer or fails more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'risk' as const,
          'durationMs' as const,
          'errors' as const,
          'costUsd' as const,
          'tokens' as const,
        ),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (what, some, more) => {
          const scale = { risk: 100, durationMs: 90_000, errors: 10, costUsd: 1, tokens: 200_000 }[what];
          const before = scoreRun(contract, measured({ [what]: some * scale })).score ?? 0;
          const after = scoreRun(contract, measured({ [what]: (some + more) * scale })).score ?? 0;
          expect(after).toBeLessThanOrEqual(before);
        },
      ),
    );
  });
});

describe('a score as it is told', () => {
  it('does not hang on the order in which runs were added up', () => {
    // The same sum in two orders, a hair apart on either side of 75.65.
    expect(oneDecimal(75.65 - 1e-13)).toBe(oneDecimal(75.65 + 1e-13));
    expect(oneDecimal(75.65 - 1e-13)).toBe(75.7);
    expect([0, 100, 62.44, 62.46].map(oneDecimal)).toEqual([0, 100, 62.4, 62.5]);
  });
});

describe('the weights of the score', () => {
  const weighed = bare({
    quality: {
      technical: { latencyMs: 30_000, errorRate: 0.2 },
      score: { risk: 1, quality: 8, cost: 1 },
    },
    cost: { perRun: 0.5 },
  });

  it('are those of the contract, one against the others', () => {
    // Risk 75, quality 50 (twice the target), cost 50 (at the budget).
    const { score, coverage, reproduce } = scoreRun(
      weighed,
      measured({ risk: 10, durationMs: 60_000, costUsd: 0.5 }),
    );
    expect(score).toBe(52.5);
    expect(coverage).toBe(1);
    expect(reproduce.map(({ weight }) => weight)).toEqual([1, 8, 1]);
  });

  it('may leave a pillar out, and a score of nothing is unknown', () => {
    const only = bare({ quality: { score: { risk: 0, quality: 1, cost: 0 } }, cost: {} });
    expect(scoreRun(only, measured({ risk: 10 }))).toMatchObject({ score: null, coverage: 0 });
  });

  it('rewrite no run that began under an older formula', () => {
    const run = measured({ risk: 10, durationMs: 60_000, costUsd: 0.5 });
    expect(SCORE_FORMULA).toBe(2);
    // 0.5 × 75 + 0.3 × 50 + 0.2 × 50, whatever the contract says of weights.
    expect(scoreRun(weighed, run, 1).score).toBe(62.5);
  });
});

describe('infrastructure in the cost of a run', () => {
  const hourly = bare({ quality: {}, cost: { perRun: 1, infrastructurePerHour: 0.9 } });

  it('is the hourly rate for the time it worked, and unknown without a rate', () => {
    expect(infrastructureCost(hourly.cost, 20 * 60_000)).toBeCloseTo(0.3);
    expect(infrastructureCost(hourly.cost, -5)).toBe(0);
    expect(infrastructureCost(contract.cost, 60_000)).toBeNull();
  });

  it('counts against the budget, on a line of its own, since the second formula', () => {
    const run = measured({ durationMs: 20 * 60_000, costUsd: 0.2 });
    expect(scoreRun(hourly, run).pillars.cost).toBe(75);
    expect(
      scoreRun(hourly, run)
        .reproduce.at(-1)
        ?.inputs.map(({ label }) => label),
    ).toEqual(['models', 'infrastructure', 'cost', 'cost allowed']);
    expect(scoreRun(hourly, run, 1).pillars.cost).toBe(90);
    // Without its models' price a run is known to break its budget when its infrastructure does.
    expect(scoreRun(hourly, measured({ durationMs: 5 * 3_600_000, unpricedCalls: 1 })).pillars.cost).toBe(0);
    expect(scoreRun(hourly, measured({ unpricedCalls: 1 })).pillars.cost).toBeNull();
  });
});

const weights = fc
  .record({ risk: fc.nat(10), quality: fc.nat(10), cost: fc.nat(10) })
  .filter(({ risk, quality, cost }) => risk + quality + cost > 0);
const points = fc.double({ min: 0, max: 100, noNaN: true }).map(oneDecimal);
const part = fc.oneof(
  fc.record({ score: points, coverage: fc.integer({ min: 0, max: 100 }).map((c) => c / 100) }),
  fc.constant({ score: null, coverage: 0 }),
);
const parts = fc.record({ risk: part, quality: part, cost: part });

describe('the range of a score', () => {
  it('is the score itself where all was measured, and everything where nothing was', () => {
    expect(rangeOf(72.4, 1)).toEqual({ low: 72.4, high: 72.4 });
    expect(rangeOf(null, 0)).toEqual({ low: 0, high: 100 });
    // Half the weight at 75, the other half unknown: between 37.5 and 87.5.
    expect(rangeOf(75, 0.5)).toEqual({ low: 37, high: 88 });
  });

  it('contains the score for every value that the unknown could have had', () => {
    fc.assert(
      fc.property(
        weights,
        parts,
        fc.record({ risk: points, quality: points, cost: points }),
        (w, known, rest) => {
          const told = scoreAgent(w, known);
          const { low, high } = rangeOf(told.score, told.coverage);
          const filled = PILLARS.reduce((sum, name) => {
            const { score, coverage } = known[name];
            return sum + w[name] * (coverage * (score ?? 0) + (1 - coverage) * rest[name]);
          }, 0);
          const whole = filled / (w.risk + w.quality + w.cost);
          expect(oneDecimal(whole)).toBeGreaterThanOrEqual(low);
          expect(oneDecimal(whole)).toBeLessThanOrEqual(high);
          if (told.score !== null) {
            expect(told.score).toBeGreaterThanOrEqual(low);
            expect(told.score).toBeLessThanOrEqual(high);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never grows when more is measured', () => {
    fc.assert(
      fc.property(
        points,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (score, a, b) => {
          const less = rangeOf(score, Math.min(a, b));
          const more = rangeOf(score, Math.max(a, b));
          expect(more.high - more.low).toBeLessThanOrEqual(less.high - less.low + 2);
        },
      ),
    );
  });
});

describe('the score of an agent', () => {
  it('is the mean of its runs where they were all measured alike', () => {
    const run = fc.record({ risk: points, quality: points, cost: points });
    fc.assert(
      fc.property(weights, fc.array(run, { minLength: 1, maxLength: 20 }), (w, runs) => {
        const mean = (name: 'risk' | 'quality' | 'cost') =>
          runs.reduce((sum, each) => sum + each[name], 0) / runs.length;
        const whole = w.risk + w.quality + w.cost;
        const ofRuns =
          runs.reduce(
            (sum, each) => sum + (each.risk * w.risk + each.quality * w.quality + each.cost * w.cost) / whole,
            0,
          ) / runs.length;
        const agent = scoreAgent(w, {
          risk: { score: mean('risk'), coverage: 1 },
          quality: { score: mean('quality'), coverage: 1 },
          cost: { score: mean('cost'), coverage: 1 },
        });
        expect(agent.coverage).toBe(1);
        expect(Math.abs((agent.score ?? Number.NaN) - ofRuns)).toBeLessThanOrEqual(0.0501);
      }),
    );
  });

  it('falls with a criterion that is missed, and is wide where most of it is unknown', () => {
    const known = { risk: { score: 90, coverage: 1 }, cost: { score: 80, coverage: 1 } };
    const even = { risk: 0.5, quality: 0.3, cost: 0.2 };
    const good = scoreAgent(even, { ...known, quality: { score: 100, coverage: 1 } });
    const missed = scoreAgent(even, { ...known, quality: { score: 66, coverage: 1 } });
    expect([good.score, missed.score]).toEqual([91, 80.8]);
    const unknown = scoreAgent(even, { ...known, quality: { score: null, coverage: 0 } });
    expect(unknown).toEqual({ score: 87.1, coverage: 0.7 });
    expect(rangeOf(unknown.score, unknown.coverage)).toEqual({ low: 60, high: 92 });
  });
});
