import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import { buildTree, type SpanNode, treeKey, treeRows } from './span-tree';

const TRACE = 'a'.repeat(32);
function span(spanId: string, parentSpanId: string | null, over: Partial<SpanRow> = {}): SpanRow {
  return {
    traceId: TRACE,
    spanId,
    parentSpanId,
    name: spanId,
    operation: 'tool',
    tool: null,
    model: null,
    status: 'ok',
    offsetUs: 0,
    durationUs: 1,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    risk: 0,
    categories: [],
    lane: null,
    clauses: [],
    ...over,
  };
}
const open = { collapsed: new Set<string>(), opened: new Set<string>(), folding: true };
const names = (roots: readonly SpanNode[], state = open) =>
  treeRows(roots, state).map((row) => (row.kind === 'span' ? row.node.span.name : `${row.count} quiet`));

describe('the tree of a run', () => {
  const run = [
    span('root', null, { operation: 'agent' }),
    span('q1', 'root'),
    span('q2', 'root'),
    span('q2a', 'q2'),
    span('q3', 'root'),
    span('hot', 'root', { risk: 48, lane: 'block' }),
    span('q4', 'root', { risk: 4 }),
    span('q5', 'root', { risk: 4 }),
  ];

  test('shows what asks for attention and folds quiet spans in between', () => {
    expect(names(buildTree(run, []))).toEqual(['root', '4 quiet', 'hot', 'q4', 'q5']);
  });

  test('opens a fold in its place', () => {
    const roots = buildTree(run, []);
    const fold = treeRows(roots, open).find((row) => row.kind === 'fold');
    const opened = { ...open, opened: new Set([fold?.key ?? '']) };
    expect(names(roots, opened)).toEqual(['root', 'q1', 'q2', 'q2a', 'q3', 'hot', 'q4', 'q5']);
    expect(names(roots, { ...open, folding: false })).toEqual(names(roots, opened));
  });

  test('hides what is below a collapsed span', () => {
    const roots = buildTree(run, []);
    expect(names(roots, { ...open, folding: false, collapsed: new Set([`${TRACE}/q2`]) })).not.toContain(
      'q2a',
    );
    expect(names(roots, { ...open, collapsed: new Set([`${TRACE}/root`]) })).toEqual(['root']);
  });

  test('never folds a failed span, a broken clause or a tool the contract does not know', () => {
    const loud = [
      span('root', null),
      span('failed', 'root', { status: 'error' }),
      span('unknown', 'root', { tool: 'shell.exec' }),
      span('warned', 'root', { clauses: ['cost/perRun'] }),
    ];
    expect(names(buildTree(loud, ['shell.exec']))).toEqual(['root', 'failed', 'unknown', 'warned']);
  });

  test('takes a span whose parent never came for a root', () => {
    expect(names(buildTree([span('orphan', 'elsewhere')], []))).toEqual(['orphan']);
  });

  test('is walked by the keys of any tree', () => {
    const rows = treeRows(buildTree(run, []), open);
    expect(treeKey('ArrowDown', rows, 0)).toBe(1);
    expect(treeKey('ArrowLeft', rows, 0)).toBe('toggle');
    expect(treeKey('ArrowRight', rows, 1)).toBe('toggle');
    expect(treeKey('ArrowLeft', rows, 2)).toBe(0);
    expect(treeKey('ArrowRight', rows, 2)).toBe(2);
    expect(treeKey('Enter', rows, 2)).toBe('open');
    expect(treeKey('End', rows, 0)).toBe(4);
    expect(treeKey('x', rows, 0)).toBeNull();
  });

  test('holds every span once, whatever the spans say of their parents', () => {
    const ids = fc.integer({ min: 0, max: 30 }).map(String);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ id: ids, parent: fc.option(ids) }), { selector: (each) => each.id }),
        fc.boolean(),
        (given, folding) => {
          const roots = buildTree(
            given.map(({ id, parent }) => span(id, parent)),
            [],
          );
          const rows = treeRows(roots, { ...open, folding });
          const shown = rows.flatMap((row) => (row.kind === 'span' ? [row.node.key] : []));
          const behind = rows.reduce((sum, row) => sum + (row.kind === 'fold' ? row.count : 0), 0);
          expect(new Set(shown).size).toBe(shown.length);
          expect(shown.length + behind).toBe(given.length);
        },
      ),
    );
  });

  test('takes ten thousand spans below one another without running out of stack', () => {
    const deep = Array.from({ length: 10_000 }, (_, n) => span(String(n), n === 0 ? null : String(n - 1)));
    const roots = buildTree(deep, []);
    expect(roots[0]?.size).toBe(10_000);
    expect(treeRows(roots, open)).toHaveLength(10_000);
  });
});
