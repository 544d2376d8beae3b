import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContractInput, contractSchema } from '@/lib/contract/schema';
import { aContract } from '@/lib/services/testing/a-contract';
import { type Measured, oneDecimal, PILLAR_WEIGHTS, scoreRun } from './performance';
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
    expect(coverage).toBeCloseTo(PILLAR_WEIGHTS.risk);
  });

  it('is worked out as docs/scores.md does it by hand', () => {
    const example = scoreRun(
      contract,
      measured({ risk: 19, durationMs: 40_000, spans: 9, errors: 1, costUsd: 0.1, tokens: 12_000, calls: 3 }),
    );
    expect(example.pillars).toEqual({ risk: 63.8, quality: 75, cost: 90 });
    expect(example.score).toBe(72.4);
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
