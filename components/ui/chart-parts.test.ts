import { expect, test } from 'vitest';
import { type ChartMark, hrefAt, marksByPlace } from './chart-parts';

const days = Array.from({ length: 30 }, (_, index) => `2026-11-${String(index + 1).padStart(2, '0')}`);
const mark = (day: number, label: string, kind: ChartMark['kind'] = 'version'): ChartMark => ({
  x: days[day - 1] ?? '',
  label,
  kind,
});

test('marks that stand too close keep their line and lose their label', () => {
  expect(
    marksByPlace([mark(1, 'v1'), mark(3, 'v2'), mark(20, 'v3')], days).map(({ x, label }) => [x, label]),
  ).toEqual([
    ['2026-11-01', 'v1'],
    ['2026-11-03', ''],
    ['2026-11-20', 'v3'],
  ]);
});

test('several versions of a day are counted, and an incident beside them is told apart', () => {
  expect(marksByPlace([mark(5, 'v1'), mark(5, 'v2'), mark(5, 'INC-7', 'incident')], days)).toEqual([
    { x: '2026-11-05', label: '2 versions', incident: true, version: true },
  ]);
});

test('a mark outside of the chart is not drawn', () => {
  expect(marksByPlace([{ x: '2026-01-01', label: 'v0', kind: 'version' }], days)).toEqual([]);
});

test('a place stands in its address as it is', () => {
  expect(hrefAt('/runs?from={x}&to={x}', '2026-11-05')).toBe('/runs?from=2026-11-05&to=2026-11-05');
  expect(hrefAt('/runs?tool={x}', 'a&b')).toBe('/runs?tool=a%26b');
});
