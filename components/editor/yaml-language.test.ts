import { getIndentation } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { describe, expect, test } from 'vitest';
import { foldAt, yaml, yamlLanguage } from './yaml-language';

const marks = tagHighlighter([
  { tag: tags.propertyName, class: 'key' },
  { tag: tags.comment, class: 'comment' },
]);

function marked(text: string): string[] {
  const found: string[] = [];
  highlightTree(yamlLanguage.parser.parse(text), marks, (from, to, what) =>
    found.push(`${what} ${text.slice(from, to)}`),
  );
  return found;
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

  test('a line below a key is one step further in, below a value as far', () => {
    const indent = (doc: string) =>
      getIndentation(EditorState.create({ doc, extensions: [yaml()] }), doc.length);
    expect(indent('tools:')).toBe(2);
    expect(indent('  - id: a')).toBe(2);
    expect(indent('  - match:')).toBe(6);
    expect(indent('# note:')).toBe(0);
  });
});
