import { expect, test } from 'vitest';
import type { TrendDay } from '@/lib/services/agents/agent-trend';
import { bandReading, scoreReading } from './trend-reading';

const day = (date: string, over: Partial<TrendDay> = {}): TrendDay => ({
  day: date,
  score: null,
  scoreLow: null,
  scoreHigh: null,
  risk: null,
  quality: null,
  cost: null,
  runs: 0,
  silent: 0,
  low: 0,
  medium: 0,
  high: 0,
  critical: 0,
  ...over,
});

test('the title of the trend says where it stands and where it was lowest', () => {
  const byDay = [
    day('2026-11-19', { score: 90 }),
    day('2026-11-20', { score: 71.5 }),
    day('2026-11-21', { score: 88 }),
  ];
  expect(scoreReading({ days: 30, byDay, score: 83 })).toBe(
    'Runs of the latest day scored 88 on average; lowest 71.5 on 20 Nov 2026',
  );
  expect(scoreReading({ days: 30, byDay: byDay.slice(0, 2), score: 80 })).toBe(
    'Runs of the latest day scored 71.5 on average, the lowest of 2 days',
  );
  expect(scoreReading({ days: 30, byDay: [day('2026-11-21', { score: 88, runs: 1 })], score: 88 })).toBe(
    'The one run of the latest day scored 88',
  );
  expect(scoreReading({ days: 90, byDay: [], score: null })).toBe('No run was scored in 90 days');
});

test('the title of the bands says how many runs ask for somebody', () => {
  expect(bandReading({ days: 30, byDay: [day('2026-11-21', { low: 9, high: 1 })] })).toBe(
    '1 of 10 runs came to high or critical risk',
  );
  expect(bandReading({ days: 30, byDay: [day('2026-11-21', { low: 9 })] })).toBe('All 9 runs at low risk');
  expect(bandReading({ days: 30, byDay: [] })).toBe('No run in 30 days');
});
