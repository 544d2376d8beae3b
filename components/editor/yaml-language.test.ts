import { getIndentation } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldAt, readLine, yaml } from './yaml-language';

function marked(text: string): string[] {
  let reading: Parameters<typeof readLine>[1] = { block: null, quote: null, flow: 0 };
  return text.split('\n').flatMap((line) => {
    const { marks, after } = readLine(line, reading);
    reading = after;
    return marks.flatMap(({ kind, from, to }) =>
      kind === 'punctuation' ? [] : [`${kind} ${line.slice(from, to)}`],
    );
  });
}

describe('YAML for the eye', () => {
  test('keys and comments are marked, and a number sign within a word is neither', () => {
    expect(marked('# head\nidentity:\n  agent: claims#7 # why\n  "two words": { a: 1, b.c: [x] }\n')).toEqual(
      ['comment # head', 'key identity', 'key agent', 'comment # why', 'key "two words"', 'key a', 'key b.c'],
    );
  });

  test('the text of a block and of quotes over lines is no key, and after it keys are again', () => {
    expect(marked('- text: |\n    note: no key\n  next: "over\n  lines: no key"\nlast: it’s\n')).toEqual([
      'key text',
      'key next',
      'key last',
    ]);
  });

  test('however odd the text, each line is read to its end and marks stand in order', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom(...' -#:[]{}"\'|>,ab\\&*') })), (lines) => {
        let reading: Parameters<typeof readLine>[1] = { block: null, quote: null, flow: 0 };
        for (const line of lines) {
          const { marks, after } = readLine(line, reading);
          let last = 0;
          for (const { from, to } of marks) {
            expect(from).toBeGreaterThanOrEqual(last);
            expect(to).toBeGreaterThan(from);
            last = to;
          }
          expect(last).toBeLessThanOrEqual(line.length);
          reading = after;
        }
      }),
    );
  });

  test('a section folds to its last line, a list at its key’s margin too', () => {
    const state = EditorState.create({
      doc: 'tools:\n  a: 1\n\n  b: 2\n\nlist:\n- x\n- y: 1\n  z: 2\nend: 1\n',
    });
    const fold = (line: number) => {
      const range = foldAt(state, state.doc.line(line));
      return range === null ? null : state.doc.sliceString(range.from, range.to);
    };
    expect(fold(1)).toBe('\n  a: 1\n\n  b: 2');
    expect(fold(6)).toBe('\n- x\n- y: 1\n  z: 2');
    expect(fold(8)).toBe('\n  z: 2');
    expect(fold(2)).toBeNull();
  });

  test('the last line folds nothing, whatever stands on it', () => {
    const state = EditorState.create({ doc: 'tools:\n  a: 1' });
    expect(foldAt(state, state.doc.line(2))).toBeNull();
  });

  test('a line below a key is one step further in, below a value as far', () => {
    const indent = (doc: string) =>
      getIndentation(EditorState.create({ doc, extensions: [yaml()] }), doc.length);
    expect(indent('tools:')).toBe(2);
    expect(indent('  - id: a')).toBe(2);
    expect(indent('  - match:')).toBe(6);
    expect(indent('# note:')).toBe(0);
  });
});
