import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignSteps } from './align-runs';

interface Named {
  what: string;
  children: Named[];
}
const step = (what: string, ...children: Named[]): Named => ({ what, children });
const shown = (a: Named[], b: Named[]) =>
  alignSteps(a, b).map((row) => `${'  '.repeat(row.level - 1)}${row.a?.what ?? '·'} | ${row.b?.what ?? '·'}`);

describe('two runs step by step', () => {
  test('stand in one row where they did the same', () => {
    const run = [step('agent', step('lookup'), step('pay'))];
    expect(shown(run, run)).toEqual(['agent | agent', '  lookup | lookup', '  pay | pay']);
  });

  test('show what only one of them did between the steps they share', () => {
    expect(
      shown(
        [step('agent', step('lookup'), step('pay'))],
        [step('agent', step('lookup'), step('ocr', step('model')), step('pay'))],
      ),
    ).toEqual(['agent | agent', '  lookup | lookup', '  · | ocr', '    · | model', '  pay | pay']);
  });

  test('may have nothing in common', () => {
    expect(shown([step('a')], [step('b')])).toEqual(['a | ·', '· | b']);
    expect(shown([], [])).toEqual([]);
  });
});

const tree = fc.letrec<{ node: Named }>((tie) => ({
  node: fc.record({
    what: fc.constantFrom('a', 'b', 'c'),
    children: fc.oneof({ maxDepth: 3 }, fc.constant<Named[]>([]), fc.array(tie('node'), { maxLength: 3 })),
  }),
})).node;
const forest = fc.array(tree, { maxLength: 5 });
const inOrder = (steps: readonly Named[]): Named[] =>
  steps.flatMap((each) => [each, ...inOrder(each.children)]);

test('every step of each run stands in one row, in its order, and only the same steps share one', () => {
  fc.assert(
    fc.property(forest, forest, (a, b) => {
      const rows = alignSteps(a, b);
      expect(rows.flatMap((row) => (row.a === null ? [] : [row.a]))).toEqual(inOrder(a));
      expect(rows.flatMap((row) => (row.b === null ? [] : [row.b]))).toEqual(inOrder(b));
      for (const row of rows) {
        expect(row.a !== null || row.b !== null).toBe(true);
        if (row.a !== null && row.b !== null) expect(row.a.what).toBe(row.b.what);
      }
    }),
  );
});

test('a run beside itself differs nowhere, however wide or deep it is', () => {
  const wide = [step('agent', ...Array.from({ length: 3000 }, (_, index) => step(`call ${index % 7}`)))];
  expect(alignSteps(wide, wide).every((row) => row.a === row.b)).toBe(true);
  const deep = Array.from({ length: 5000 }).reduce<Named>((below) => step('down', below), step('end'));
  expect(alignSteps([deep], [deep])).toHaveLength(5001);
});

test('thousands of different siblings are aligned in a moment', () => {
  const many = (shift: number) =>
    Array.from({ length: 3000 }, (_, index) => step(`call ${(index * 7 + shift) % 11}`));
  const rows = alignSteps(many(0), many(3));
  expect(rows.filter((row) => row.a !== null)).toHaveLength(3000);
  expect(rows.filter((row) => row.b !== null)).toHaveLength(3000);
});
