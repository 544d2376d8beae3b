import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contractSchema } from '@/lib/contract/schema';
import { aContract } from '@/lib/services/testing/a-contract';
import { explainRunRisk, explainSpanRisk } from './explain-risk';
import { bandOf, type RiskProfile, runRisk, spanRisk } from './risk';
import { exposureOf, previewProfile, type RiskFacts, riskHistogram, runsUnder } from './risk-facts';

const profile = contractSchema.parse(aContract()).risk;

const facts: RiskFacts = {
  kinds: [
    { categories: ['customer-contact'], action: 'read', egress: false },
    { categories: ['customer-contact', 'payment'], action: 'transact', egress: true },
    { categories: ['health'], action: null, egress: false },
  ],
  runs: [
    { id: '1', key: 'quiet', startedAt: '2026-11-20T10:00:00Z', band: 'low', touches: [[0, 3]] },
    {
      id: '2',
      key: 'pays',
      startedAt: '2026-11-20T09:00:00Z',
      band: 'medium',
      touches: [
        [0, 1],
        [1, 2],
      ],
    },
    { id: '3', key: 'strange', startedAt: '2026-11-20T08:00:00Z', band: 'low', touches: [[2, 1]] },
  ],
};

const category = fc.constantFrom('a', 'b', 'c', 'unweighted');
const quarter = (max: number) => fc.integer({ min: 0, max: max * 4 }).map((value) => value / 4);
const anyProfile: fc.Arbitrary<RiskProfile> = fc
  .record({
    a: quarter(10),
    b: quarter(10),
    c: quarter(10),
    read: quarter(3),
    write: quarter(3),
    transact: quarter(3),
    egress: quarter(3),
    factor: fc.constantFrom(0.5, 1, 2),
    aggregate: fc.oneof(
      fc.constant({ rule: 'sum' as const }),
      fc.constant({ rule: 'max' as const }),
      fc.constant({ rule: 'capped' as const, share: 0.5 }),
    ),
    medium: fc.integer({ min: 1, max: 20 }),
  })
  .map(({ a, b, c, read, write, transact, egress, factor, aggregate, medium }) => ({
    categories: { a, b, c },
    actions: { read, write, transact },
    egress,
    audience: { kind: 'internal', factor },
    aggregate,
    thresholds: { medium, high: medium * 2, critical: medium * 4 },
    detectors: [],
  }));
const anyFacts: fc.Arbitrary<RiskFacts> = fc
  .record({
    kinds: fc.array(
      fc.record({
        categories: fc.uniqueArray(category, { maxLength: 3 }),
        action: fc.constantFrom('read' as const, 'write' as const, 'transact' as const, null),
        egress: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    runs: fc.array(fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 4 })), { maxLength: 5 }), {
      maxLength: 12,
    }),
  })
  .map(({ kinds, runs }) => ({
    kinds,
    runs: runs.map((touches, index) => ({
      id: String(index),
      key: `run-${index}`,
      startedAt: '2026-11-20T10:00:00Z',
      band: 'low' as const,
      touches: touches.filter(([kind]) => kind < kinds.length),
    })),
  }));

describe('the preview of a risk profile', () => {
  it('tells which runs would be in another band, and which way', () => {
    const heavier = { ...profile, categories: { ...profile.categories, payment: 10 } };
    const preview = previewProfile(profile, heavier, facts);
    expect(preview.runs).toBe(3);
    expect(preview.moved.map(({ run, from, to }) => [run.key, from.band, to.band])).toEqual(
      previewProfile(profile, heavier, facts).moved.map(({ run, from, to }) => [run.key, from.band, to.band]),
    );
    expect(preview.up + preview.down).toBe(preview.moved.length);
    const lower = { ...profile, thresholds: { medium: 1, high: 2, critical: 3 } };
    expect(previewProfile(profile, lower, facts)).toMatchObject({
      after: { low: 0, medium: 0, high: 0, critical: 3 },
      up: 3,
      down: 0,
    });
  });

  it('moves nothing when nothing is moved', () => {
    fc.assert(
      fc.property(anyProfile, anyFacts, (one, some) => {
        const preview = previewProfile(one, structuredClone(one), some);
        expect(preview.moved).toEqual([]);
        expect(preview.before).toEqual(preview.after);
      }),
    );
  });

  it('counts every run once before and once after, and back again moves the same runs the other way', () => {
    fc.assert(
      fc.property(anyProfile, anyProfile, anyFacts, (one, other, some) => {
        const there = previewProfile(one, other, some);
        const back = previewProfile(other, one, some);
        const count = (bands: Record<string, number>) => Object.values(bands).reduce((sum, n) => sum + n, 0);
        expect(count(there.before)).toBe(some.runs.length);
        expect(count(there.after)).toBe(some.runs.length);
        expect([there.up, there.down]).toEqual([back.down, back.up]);
        expect(there.moved.map(({ run }) => run.id).sort()).toEqual(
          back.moved.map(({ run }) => run.id).sort(),
        );
      }),
    );
  });

  it('gives each run the risk and band that scoring its spans one by one gives', () => {
    fc.assert(
      fc.property(anyProfile, anyFacts, (one, some) => {
        const under = runsUnder(one, some);
        for (const [index, run] of some.runs.entries()) {
          const spans = run.touches.flatMap(([kind, calls]) => {
            const touched = some.kinds[kind];
            return touched === undefined ? [] : Array.from({ length: calls }, () => spanRisk(one, touched));
          });
          const sums = { sum: spans.reduce((a, b) => a + b, 0), max: Math.max(0, ...spans) };
          expect(under[index]).toEqual({
            risk: runRisk(one, sums),
            band: bandOf(one.thresholds, runRisk(one, sums)),
          });
        }
      }),
    );
  });

  it('never lowers a run when a weight, a multiplier or the audience factor rises', () => {
    fc.assert(
      fc.property(
        anyProfile,
        anyFacts,
        fc.constantFrom('a', 'read', 'egress', 'factor'),
        (one, some, what) => {
          const raised: RiskProfile = {
            ...one,
            categories: what === 'a' ? { ...one.categories, a: 10 } : one.categories,
            actions: what === 'read' ? { ...one.actions, read: 3 } : one.actions,
            egress: what === 'egress' ? 3 : one.egress,
            audience: what === 'factor' ? { ...one.audience, factor: 2 } : one.audience,
          };
          expect(previewProfile(one, raised, some).down).toBe(0);
        },
      ),
    );
  });
});

describe('how far data was reached', () => {
  it('is told by category, with what the calls may do with it', () => {
    expect(exposureOf(facts)).toMatchObject([
      {
        category: 'customer-contact',
        runs: 2,
        calls: 6,
        read: 4,
        transact: 2,
        egress: 2,
        latest: ['quiet', 'pays'],
      },
      { category: 'payment', runs: 1, calls: 2, read: 0, write: 0, transact: 2, egress: 2, latest: ['pays'] },
      { category: 'health', runs: 1, calls: 1, transact: 0, unknown: 1, egress: 0, latest: ['strange'] },
    ]);
  });
});

describe('the histogram of risk', () => {
  it('holds every run once, in columns that follow each other and reach past the critical threshold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 100 }),
        anyProfile,
        (risks, { thresholds }) => {
          const bins = riskHistogram(risks, thresholds);
          expect(bins.reduce((sum, bin) => sum + bin.runs, 0)).toBe(risks.length);
          expect(bins.length).toBeLessThanOrEqual(28);
          // Each column is of one band: no threshold lies within one.
          for (const at of Object.values(thresholds))
            for (const { from, to } of bins) expect(at > from && at < (to ?? at)).toBe(false);
          expect(bins.at(-1)?.to).toBeNull();
          for (const [index, bin] of bins.entries())
            if (index > 0) expect(bins[index - 1]?.to).toBe(bin.from);
          expect(bins.map(({ from }) => from)).toContain(thresholds.critical);
        },
      ),
    );
  });

  it('is nothing without runs', () => {
    expect(riskHistogram([], profile.thresholds)).toEqual([]);
  });
});

describe('how a risk came about', () => {
  it('is the product of its terms', () => {
    fc.assert(
      fc.property(anyProfile, anyFacts, (one, { kinds }) => {
        for (const kind of kinds) {
          const terms = explainSpanRisk(one, kind);
          const weights = terms.categories.reduce((sum, { weight }) => sum + weight, 0);
          expect(terms.risk).toBeCloseTo(weights * terms.multiplier * (terms.egress ?? 1) * terms.audience);
        }
      }),
    );
  });

  it('says of a run what its highest span and all the others add', () => {
    expect(
      explainRunRisk({ ...profile, aggregate: { rule: 'capped', share: 0.5 } }, { sum: 19, max: 14 }),
    ).toEqual({
      rule: 'capped',
      share: 0.5,
      sum: 19,
      highest: 14,
      rest: 5,
      risk: 19,
    });
  });

  it('says of a category without a weight that the highest counts', () => {
    const terms = explainSpanRisk(profile, { categories: ['never-heard-of'], action: null, egress: false });
    expect(terms.categories).toEqual([
      { category: 'never-heard-of', weight: Math.max(...Object.values(profile.categories)), known: false },
    ]);
    expect(terms.action).toBeNull();
  });
});
