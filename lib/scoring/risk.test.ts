import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BANDS, contractSchema } from '@/lib/contract/schema';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  addSpanRisk,
  bandOf,
  emptyRiskSums,
  HIGHEST_WEIGHT,
  type RiskProfile,
  runRisk,
  spanRisk,
  weightOf,
} from './risk';

const profile: RiskProfile = {
  categories: { pii: 4, 'bank-account': 9, public: 0 },
  actions: { read: 1, write: 2, transact: 3 },
  egress: 2,
  audience: { kind: 'customer-facing', factor: 1.5 },
  aggregate: { rule: 'capped', share: 0.5 },
  thresholds: { medium: 10, high: 30, critical: 60 },
  detectors: ['iban', 'payment-card'],
};
const inside = { egress: false, action: 'read' } as const;

describe('the risk of a span', () => {
  it('is the sum of its categories’ weights, times action and audience', () => {
    expect(spanRisk(profile, { ...inside, categories: ['pii', 'bank-account'] })).toBe((4 + 9) * 1 * 1.5);
    expect(spanRisk(profile, { ...inside, action: 'transact', categories: ['pii'] })).toBe(4 * 3 * 1.5);
  });

  it('is multiplied when the call carries data out', () => {
    expect(spanRisk(profile, { ...inside, egress: true, categories: ['pii'] })).toBe(4 * 2 * 1.5);
  });

  it('is nothing when no data was touched, and counts each category once', () => {
    expect(spanRisk(profile, { action: 'transact', egress: true, categories: [] })).toBe(0);
    expect(spanRisk(profile, { ...inside, categories: ['pii', 'pii'] })).toBe(4 * 1.5);
  });

  it('takes what it does not know for the worst it knows', () => {
    expect(spanRisk(profile, { ...inside, categories: ['genetic'] })).toBe(9 * 1.5);
    expect(spanRisk(profile, { ...inside, action: null, categories: ['pii'] })).toBe(4 * 3 * 1.5);
    expect(weightOf({ ...profile, categories: {} }, 'genetic')).toBe(HIGHEST_WEIGHT);
    expect(weightOf(profile, 'public')).toBe(0);
    expect(weightOf(profile, 'constructor')).toBe(9);
  });
});

const anyRisk = fc.double({ min: 0, max: 100, noNaN: true });

describe('the risk of a run', () => {
  const over = (aggregate: RiskProfile['aggregate'], risks: readonly number[]) => {
    const sums = emptyRiskSums();
    for (const risk of risks) addSpanRisk(sums, risk);
    return runRisk({ ...profile, aggregate }, sums);
  };

  it('is the sum, the highest, or the highest and a bounded share of the rest', () => {
    const risks = [10, 4, 3];
    expect(over({ rule: 'sum' }, risks)).toBe(17);
    expect(over({ rule: 'max' }, risks)).toBe(10);
    expect(over({ rule: 'capped', share: 0.5 }, risks)).toBe(15);
    expect(over({ rule: 'capped', share: 1 }, risks)).toBe(17);
    expect(over({ rule: 'capped', share: 0 }, risks)).toBe(10);
    expect(over({ rule: 'capped', share: 0.5 }, [])).toBe(0);
  });

  it('does not drift upward over a long harmless run when it is capped', () => {
    expect(over({ rule: 'capped', share: 0.5 }, new Array<number>(10_000).fill(2))).toBe(3);
  });

  it('lies between the highest span and the sum, is the same in any order, and never falls as spans are added', () => {
    const rules = fc.oneof(
      fc.constant({ rule: 'sum' as const }),
      fc.constant({ rule: 'max' as const }),
      fc.record({ rule: fc.constant('capped' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(rules, fc.array(anyRisk, { minLength: 1 }), anyRisk, (rule, risks, more) => {
        const risk = over(rule, risks);
        expect(risk).toBeGreaterThanOrEqual(Math.max(...risks));
        expect(risk).toBeLessThanOrEqual(over({ rule: 'sum' }, risks) + 1e-9);
        expect(over(rule, [...risks].reverse())).toBeCloseTo(risk, 6);
        expect(over(rule, [...risks, more])).toBeGreaterThanOrEqual(risk - 1e-9);
      }),
    );
  });
});

describe('the band of a run', () => {
  it('is the highest threshold it has reached', () => {
    const bands = [0, 9.99, 10, 29.99, 30, 59.99, 60, 1e9].map((risk) => bandOf(profile.thresholds, risk));
    expect(bands).toEqual(['low', 'low', 'medium', 'medium', 'high', 'high', 'critical', 'critical']);
  });

  it('never falls as risk rises', () => {
    fc.assert(
      fc.property(anyRisk, anyRisk, (a, b) => {
        const [lower, higher] = a < b ? [a, b] : [b, a];
        expect(BANDS.indexOf(bandOf(profile.thresholds, higher))).toBeGreaterThanOrEqual(
          BANDS.indexOf(bandOf(profile.thresholds, lower)),
        );
      }),
    );
  });

  it('is worked out as docs/scores.md does it by hand', () => {
    const { risk } = contractSchema.parse(aContract());
    const sums = emptyRiskSums();
    addSpanRisk(sums, spanRisk(risk, { action: 'read', egress: false, categories: ['customer-contact'] }));
    addSpanRisk(sums, spanRisk(risk, { action: 'write', egress: false, categories: ['customer-contact'] }));
    addSpanRisk(
      sums,
      spanRisk(risk, { action: 'transact', egress: false, categories: ['customer-contact', 'payment'] }),
    );
    expect(sums).toEqual({ sum: 19, max: 14 });
    expect(runRisk(risk, sums)).toBe(19);
    expect(bandOf(risk.thresholds, 19)).toBe('medium');
  });
});
