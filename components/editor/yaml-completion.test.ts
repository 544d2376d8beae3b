import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { CONTRACT_WORDS } from './yaml-completion';
import { lineOfClause } from './yaml-lines';

/** What is offered where the text has a bar. */
function offered(text: string): string[] {
  const pos = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', '') });
  return (
    CONTRACT_WORDS.complete(new CompletionContext(state, pos, true))?.options.map((option) => option.label) ??
    []
  );
}

describe('completion in the YAML of a contract', () => {
  it('offers the sections at the margin', () => {
    expect(offered('apiVersion: countersign/v1\nid|')).toEqual(
      expect.arrayContaining(['identity', 'ownership']),
    );
  });
  it('offers the keys of the group the cursor is in', () => {
    expect(offered('identity:\n  name: X\n  |')).toEqual(
      expect.arrayContaining(['businessUnit', 'delegation']),
    );
    expect(offered('identity:\n  delegation:\n    |\n')).toEqual(
      expect.arrayContaining(['by', 'on', 'environments']),
    );
    expect(offered('tools:\n  claims.read:\n    |')).toEqual(expect.arrayContaining(['action', 'rateLimit']));
  });
  it('offers the keys of an item of a list, on its first line and on the next', () => {
    expect(offered('scope:\n  tasks:\n    - |')).toEqual(expect.arrayContaining(['id', 'statement']));
    expect(offered('authority:\n  rules:\n    - id: x\n      t|')).toEqual(
      expect.arrayContaining(['tier', 'tools']),
    );
  });
  it('offers the values of a choice', () => {
    expect(offered('authority:\n  level: b|')).toEqual(expect.arrayContaining(['bounded', 'read-only']));
    expect(offered('tools:\n  a:\n    action: |')).toEqual(['read', 'write', 'transact']);
    expect(offered('authority:\n  rules:\n    - id: x\n      tier: |')).toContain('approval');
    expect(offered('scope:\n  actions: [read, |]')).toContain('execute');
  });
  it('offers nothing in a comment', () => {
    expect(offered('identity:\n  # na|')).toEqual([]);
  });
});

describe('the line of a clause', () => {
  const text =
    'identity:\n  name: X\ntools:\n  claims.read:\n    action: read\nauthority:\n  rules:\n    - id: large\n      tier: never\n';
  it.each([
    ['identity/name', 2],
    ['tools/claims.read/action', 5],
    ['authority/large/tier', 9],
    ['tools/claims.read/rateLimit', 4],
  ])('%s is line %i', (clause, line) => {
    expect(lineOfClause(text, clause)).toBe(line);
  });
  it('of what is nowhere is none', () => {
    expect(lineOfClause(text, 'cost/perRun')).toBeUndefined();
  });
});
