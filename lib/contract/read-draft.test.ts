import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { aContract } from '@/lib/services/testing/a-contract';
import { MAX_SOURCE } from './parse';
import { readDraft } from './read-draft';

const stateOf = (source: string, key: string) =>
  readDraft(source).sections.find((section) => section.key === key);

describe('reading a draft', () => {
  it('of a sound contract finds every section complete', () => {
    const reading = readDraft(stringify(aContract()));
    expect(reading.contract?.identity.agent).toBe('refund-desk');
    expect(reading.risk).toEqual(reading.contract?.risk);
    expect(reading.issues).toEqual([]);
    expect(reading.sections).toHaveLength(12);
    expect(reading.sections.every(({ todo, errors }) => todo + errors === 0)).toBe(true);
  });

  it.each(['', '\n', '# only a note\n'])(
    'that says nothing yet counts what is to be written: %j',
    (source) => {
      const reading = readDraft(source);
      expect(reading.document).toEqual({});
      expect(reading.contract).toBeNull();
      expect(reading.risk).toBeNull();
      expect(stateOf(source, 'ownership')).toEqual({
        key: 'ownership',
        todo: 6,
        errors: 0,
        warnings: 0,
        empty: true,
      });
      expect(stateOf(source, 'identity')?.todo).toBe(10);
      expect(stateOf(source, 'evidence')).toEqual({
        key: 'evidence',
        todo: 0,
        errors: 0,
        warnings: 0,
        empty: true,
      });
    },
  );

  it('tells what is missing from what is wrong, each by its clause', () => {
    const { identity, ...rest } = aContract();
    const source = stringify({
      ...rest,
      identity: { ...identity, owner: undefined, name: '', agent: 'Not A Slug' },
    });
    const { issues } = readDraft(source);
    expect(issues.map(({ path, missing }) => [path, missing === true])).toEqual(
      expect.arrayContaining([
        ['identity/owner', true],
        ['identity/name', true],
        ['identity/agent', false],
      ]),
    );
    expect(stateOf(source, 'identity')).toMatchObject({ todo: 2, errors: 1, empty: false });
  });

  it.each([
    ['text that is no YAML', 'a: [1', 'well-formed YAML'],
    ['a list', '- a\n- b', 'named sections'],
    ['a key that stands twice', 'kind: a\nkind: b', 'each key once'],
    ['an alias', 'a: &x 1\nb: *x', 'the value written out'],
    ['several documents', 'a: 1\n---\nb: 2', 'one contract at a time'],
    ['more text than any contract has', 'x'.repeat(MAX_SOURCE + 1), 'at most'],
    ['a NUL character', 'a: "\0"', 'plain text'],
  ])('with %s says so and does not read on', (_, source, expected) => {
    const reading = readDraft(source);
    expect(reading.document).toBeNull();
    expect(reading.issues[0]?.expected).toContain(expected);
  });

  it('does not expand a bomb of aliases', () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(', ')}]`,
    );
    const began = performance.now();
    expect(readDraft(['l0: &l0 x', ...levels].join('\n')).document).toBeNull();
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('keeps what is written in a faulty place, and names the fault', () => {
    const source = stringify({
      ...aContract(),
      apiVersion: 'countersign/v9',
      cost: { perRun: '0.5', perDay: -1, perWeek: 3 },
    });
    const { document, issues } = readDraft(source);
    expect(document?.cost).toEqual({ perRun: '0.5', perDay: -1, perWeek: 3 });
    expect(issues.map((issue) => issue.path).sort()).toEqual([
      'apiVersion',
      'cost/perDay',
      'cost/perRun',
      'cost/perWeek',
    ]);
    expect(issues.find((issue) => issue.path === 'cost/perWeek')?.message).toContain('not known here');
  });
});
