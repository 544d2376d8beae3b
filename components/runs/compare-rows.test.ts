import { describe, expect, test } from 'vitest';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import { firstDifference, foldAlike, printRows, stepRows } from './compare-rows';

const span = (spanId: string, over: Partial<SpanRow> = {}): SpanRow => ({
  traceId: 't',
  spanId,
  parentSpanId: spanId === 'root' ? null : 'root',
  name: `execute_tool ${over.tool ?? 'x'}`,
  operation: 'tool',
  tool: null,
  model: null,
  status: 'ok',
  offsetUs: 0,
  durationUs: 10,
  inputTokens: null,
  outputTokens: null,
  costUsd: null,
  risk: 0,
  categories: [],
  lane: 'allow',
  clauses: [],
  ...over,
});
const root = span('root', { name: 'invoke_agent', operation: 'agent', lane: null });

describe('two runs side by side', () => {
  test('say at which step they went apart, and how', () => {
    const a = [root, span('1', { tool: 'lookup' }), span('2', { tool: 'pay' })];
    const b = [
      root,
      span('1', { tool: 'lookup' }),
      span('2', { tool: 'pay', lane: 'block', categories: ['bank-account'], clauses: ['tools/pay'] }),
    ];
    expect(firstDifference(stepRows(a, b))).toBe(
      'Step 3 is the first that differs, execute_tool pay: answer allow, then block; touched bank account only in B; clauses tools/pay only in B.',
    );
  });

  test('say so when only one of them took a step', () => {
    const a = [root, span('1', { tool: 'lookup' })];
    const b = [root, span('0', { tool: 'ocr' }), span('1', { tool: 'lookup' })];
    expect(firstDifference(stepRows(a, b))).toBe(
      'Step 2 is the first that differs: only B has execute_tool ocr.',
    );
  });

  test('are compared by what they did where one has not ended, so that its own span is still to come', () => {
    const open = [span('1', { tool: 'lookup' }), span('2', { tool: 'pay', lane: 'block' })];
    const ended = [root, span('8', { tool: 'lookup' }), span('9', { tool: 'pay' })];
    expect(firstDifference(stepRows(open, ended))).toBe(
      'Step 3 is the first that differs, execute_tool pay: answer block, then allow.',
    );
    expect(stepRows(ended, open).map((row) => [row.a?.what, row.b?.what, row.pending])).toEqual([
      ['agent invoke_agent', undefined, true],
      ['tool lookup', 'tool lookup', false],
      ['tool pay', 'tool pay', false],
    ]);
  });

  test('do not differ by how long a step took, nor by the order its ids were given in', () => {
    const a = [root, span('1', { tool: 'lookup', durationUs: 5 })];
    const b = [root, span('9', { tool: 'lookup', durationUs: 5000 })];
    expect(firstDifference(stepRows(a, b))).toBe(
      'Both took the same 2 steps, with the same answers, data and outcomes.',
    );
  });

  test('show another model at the same place as a difference there', () => {
    const call = (model: string) => [root, span('1', { operation: 'model', name: `chat ${model}`, model })];
    const rows = stepRows(call('small'), call('large'));
    expect(rows).toHaveLength(2);
    expect(rows[1]?.differences).toEqual(['model small, then large']);
  });

  test('fold long stretches that are alike, and number the rest as they stand', () => {
    const calls = Array.from({ length: 5 }, (_, index) => span(String(index), { tool: 'lookup' }));
    const rows = stepRows([root, ...calls], [root, ...calls, span('z', { tool: 'pay' })]);
    expect(foldAlike(rows).map((each) => (each.kind === 'alike' ? `${each.count} alike` : each.at))).toEqual([
      '6 alike',
      7,
    ]);
  });

  test('tell what only one was made of', () => {
    const empty = { code: [], models: [], prompts: [], tools: [], categories: [], cut: [] };
    expect(
      printRows({ ...empty, code: ['a@1'], tools: ['x'] }, { ...empty, code: ['a@2'], tools: ['x', 'y'] })
        .filter((row) => row.onlyA.length + row.both.length + row.onlyB.length > 0)
        .map(({ part, onlyA, both, onlyB }) => [part, onlyA, both, onlyB]),
    ).toEqual([
      ['code', ['a@1'], [], ['a@2']],
      ['tools', [], ['x'], ['y']],
    ]);
  });
});
