import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distance, type LikenessFacts, WEIGHTS } from './similar-runs';

const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 8 });
const runArb: fc.Arbitrary<LikenessFacts> = fc.record({
  clauses: names,
  fingerprint: fc.record({ tools: names, categories: names }),
  path: names,
});

test('the distance of two runs is the same both ways, between 0 and 1, and 0 of a run to itself', () => {
  fc.assert(
    fc.property(runArb, runArb, (a, b) => {
      const there = distance(a, b);
      expect(there).toEqual(distance(b, a));
      expect(there.total).toBeGreaterThanOrEqual(0);
      expect(there.total).toBeLessThanOrEqual(1);
      expect(distance(a, a).total).toBe(0);
    }),
  );
});

test('runs that broke the same clause are closer than runs that only went the same way', () => {
  const bad = {
    clauses: ['tools/documents.ocr/categories'],
    fingerprint: { tools: ['documents.ocr', 'policy.lookup'], categories: ['bank-account'] },
    path: ['policy.lookup', 'documents.ocr'],
  };
  const sameWay = { ...bad, clauses: [], fingerprint: { ...bad.fingerprint, categories: ['personal'] } };
  const sameClause = {
    ...bad,
    path: ['documents.ocr'],
    fingerprint: { tools: ['documents.ocr'], categories: ['bank-account'] },
  };
  expect(distance(bad, sameClause).total).toBeLessThan(distance(bad, sameWay).total);
  expect(distance(bad, sameWay)).toEqual({ total: 0.6, clauses: 1, tools: 0, categories: 1, path: 0 });
  expect(WEIGHTS.clauses + WEIGHTS.tools + WEIGHTS.categories + WEIGHTS.path).toBeCloseTo(1);
});

test('the order of calls matters to the path', () => {
  const base = { clauses: [], fingerprint: { tools: ['a', 'b'], categories: [] } };
  expect(distance({ ...base, path: ['a', 'b'] }, { ...base, path: ['b', 'a'] }).path).toBe(1);
});
