import { describe, expect, it } from 'vitest';
import { reviewsFor, upperCount, upperShare } from '@/lib/scoring/silent-bound';
import type { Silence } from '@/lib/services/expert-reviews/get-silence';
import { atMostPercent, silenceReading, tighterReading } from './silence-reading';

function silence(over: Partial<Silence> & { reviewed: number; wrong?: number }): Silence {
  const { reviewed, wrong = 0, silentRuns = 731 } = over;
  return {
    agent: { name: 'claims-processor', displayName: 'Claims processor' },
    days: 30,
    window: { from: '2026-10-23', until: '2026-11-21' },
    share: 0.05,
    silentRuns,
    leftOut: 0,
    versions: [],
    wrong,
    waiting: 0,
    overdue: 0,
    skipped: 0,
    confidence: 0.95,
    bound: upperShare(wrong, reviewed),
    atMostRuns: upperCount(wrong, reviewed, silentRuns),
    boundIfSkippedWrong: null,
    tighter: null,
    allWrong: 0,
    wrongRuns: [],
    ...over,
  };
}

describe('what is said of silent runs', () => {
  it('gives the bound with its confidence', () => {
    expect(silenceReading(silence({ reviewed: 40 }))).toBe(
      'Of 731 wholly silent runs, 40 were reviewed at random and none was wrong: at most 7.3% are, with 95% confidence.',
    );
  });
  it('says how many were wrong', () => {
    expect(silenceReading(silence({ reviewed: 40, wrong: 1 }))).toContain(
      'and 1 was wrong: at most 11.4% are',
    );
    expect(silenceReading(silence({ reviewed: 2, wrong: 2 }))).toContain('all were wrong: at most 100');
  });
  it('is rounded up, so that what is shown is never below the bound', () => {
    for (let reviewed = 1; reviewed <= 400; reviewed += 1) {
      const bound = upperShare(0, reviewed) ?? 0;
      expect(Number(atMostPercent(bound).replace('%', '')) / 100 + 1e-9).toBeGreaterThanOrEqual(bound);
    }
    expect([atMostPercent(0.05), atMostPercent(0.9991), atMostPercent(0.00004)]).toEqual([
      '5%',
      '100%',
      '0.1%',
    ]);
  });
  it('promises nothing before anything was reviewed, or where nothing was agreed', () => {
    expect(silenceReading(silence({ reviewed: 0 }))).toBe(
      'Of 731 wholly silent runs, none was reviewed yet: any number of them may be wrong.',
    );
    expect(silenceReading(silence({ reviewed: 0, share: null }))).toContain(
      'the contract has none of them reviewed',
    );
  });
  it('says what would make it tighter', () => {
    const more = (reviewsFor(0.05, 0) ?? 0) - 40;
    expect(tighterReading(silence({ reviewed: 40, tighter: { to: 0.05, more } }))).toBe(
      '19 more reviewed and none of them wrong: at most 5%.',
    );
    expect(tighterReading(silence({ reviewed: 40, waiting: 30, tighter: { to: 0.05, more } }))).toContain(
      'So many wait to be rated.',
    );
  });
});
