import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyEdits } from './edit-source';
import { type Edit, editValue, isGroup, type PathKey, valueAt } from './edit-value';
import { randomContract } from './testing/random-contract';

const TEXT = `# A claims processor.
apiVersion: countersign/v1

identity:
  name: Claims processor   # as people say it
  aliases: [ a,  b ]
  owner:
scope:
  tasks:
    # reading first
    - { id: read, statement: Read a claim. }
    - { id: pay, statement: "Pay it, if clear." }

    # the rest
    - id: refer
      statement: >-
        Refer every
        other claim.
tools:
  claims.read:
    action: read
    categories: [personal, contact]   # both


  # moves money
  payments.release:
    action: transact
    arguments: { type: object, properties: { amount: { type: number } } }
cost: {}
`;

function edited(...edits: Edit[]): string {
  return applyEdits(TEXT, edits);
}

/** The lines that differ, as a reader of the change sees them. */
function change(after: string): { gone: string[]; come: string[] } {
  const [a, b] = [TEXT.split('\n'), after.split('\n')];
  const shared = (list: string[], other: string[]) => {
    const left = [...other];
    return list.filter((line) => {
      const at = left.indexOf(line);
      if (at === -1) return true;
      left.splice(at, 1);
      return false;
    });
  };
  return { gone: shared(a, b), come: shared(b, a) };
}

describe('an edit of the text', () => {
  it.each<[string, Edit, string[], string[]]>([
    [
      'writes over a value and leaves the comment beside it',
      { op: 'set', path: ['identity', 'name'], value: 'Claims desk' },
      ['  name: Claims processor   # as people say it'],
      ['  name: Claims desk   # as people say it'],
    ],
    [
      'fills a key that had no value',
      { op: 'set', path: ['identity', 'owner'], value: 'a@b.example' },
      ['  owner:'],
      ['  owner: a@b.example'],
    ],
    [
      'keeps the quotes a text had',
      { op: 'set', path: ['scope', 'tasks', 1, 'statement'], value: 'Pay.' },
      ['    - { id: pay, statement: "Pay it, if clear." }'],
      ['    - { id: pay, statement: "Pay." }'],
    ],
    [
      'writes a folded text over',
      { op: 'set', path: ['scope', 'tasks', 2, 'statement'], value: 'Refer it.' },
      ['      statement: >-', '        Refer every', '        other claim.'],
      ['      statement: Refer it.'],
    ],
    [
      'adds a word to a list on one line',
      { op: 'insert', path: ['tools', 'claims.read', 'categories'], index: 1, value: 'vehicle' },
      ['    categories: [personal, contact]   # both'],
      ['    categories: [personal, vehicle, contact]   # both'],
    ],
    [
      'takes a word from a list on one line',
      { op: 'remove', path: ['identity', 'aliases', 0] },
      ['  aliases: [ a,  b ]'],
      ['  aliases: [ b ]'],
    ],
    [
      'adds a task in the style of the others that are all alike, else as lines',
      { op: 'insert', path: ['scope', 'tasks'], index: 3, value: { id: 'x', statement: 'Do x.' } },
      [],
      ['    - id: x', '      statement: Do x.'],
    ],
    [
      'removes a task with the comment above it',
      { op: 'remove', path: ['scope', 'tasks', 2] },
      [
        '    # the rest',
        '    - id: refer',
        '      statement: >-',
        '        Refer every',
        '        other claim.',
      ],
      [],
    ],
    [
      'removes a tool with the comment above it',
      { op: 'remove', path: ['tools', 'payments.release'] },
      [
        '  # moves money',
        '  payments.release:',
        '    action: transact',
        '    arguments: { type: object, properties: { amount: { type: number } } }',
      ],
      [],
    ],
    [
      'renames a tool in its place',
      { op: 'rename', path: ['tools', 'claims.read'], key: 'claims.get' },
      ['  claims.read:'],
      ['  claims.get:'],
    ],
    [
      'writes into an empty group',
      { op: 'set', path: ['cost', 'perRun'], value: 2.5 },
      ['cost: {}'],
      ['cost:', '  perRun: 2.5'],
    ],
    [
      'makes the groups that lead to a new value',
      { op: 'set', path: ['tools', 'claims.read', 'rateLimit', 'calls'], value: 5 },
      [],
      ['    rateLimit:', '      calls: 5'],
    ],
    [
      'puts a key where the schema has it',
      { op: 'set', path: ['tools', 'claims.read', 'egress'], value: true },
      [],
      ['    egress: true'],
    ],
    [
      'writes text that looks like a number as text',
      { op: 'set', path: ['identity', 'buildPattern'], value: '12' },
      [],
      ['  buildPattern: "12"'],
    ],
    [
      'writes text of several lines as such',
      { op: 'set', path: ['identity', 'description'], value: 'One.\n\nTwo.' },
      [],
      ['  description: |-', '    One.', '    Two.', ''],
    ],
    [
      'reaches into a list within braces',
      { op: 'set', path: ['tools', 'payments.release', 'arguments', 'required'], value: ['amount', 'a, b'] },
      ['    arguments: { type: object, properties: { amount: { type: number } } }'],
      [
        '    arguments: { type: object, properties: { amount: { type: number } }, required: [ amount, "a, b" ] }',
      ],
    ],
    [
      'removes the first key behind a dash',
      { op: 'remove', path: ['scope', 'tasks', 2, 'id'] },
      ['    - id: refer', '      statement: >-'],
      ['    - statement: >-'],
    ],
  ])('%s', (_, edit, gone, come) => {
    const after = edited(edit);
    expect(change(after)).toEqual({ gone, come });
  });

  it('puts a new section in its place, with a line between as the others have', () => {
    const after = edited({ op: 'set', path: ['authority', 'level'], value: 'bounded' });
    expect(after).toContain('\n\nauthority:\n  level: bounded\ncost: {}');
  });

  it('writes the first value of an empty text', () => {
    expect(applyEdits('', [{ op: 'set', path: ['identity', 'name'], value: 'X' }])).toBe(
      'identity:\n  name: X\n',
    );
    const after = applyEdits('# a note\n', [{ op: 'set', path: ['kind'], value: 'AgentContract' }]);
    expect(after).toBe('# a note\nkind: AgentContract\n');
  });

  it('leaves a list that lost its last item as an empty list, not as nothing', () => {
    const after = edited(
      { op: 'remove', path: ['identity', 'aliases', 0] },
      { op: 'remove', path: ['identity', 'aliases', 0] },
    );
    expect(parse(after).identity.aliases).toEqual([]);
  });

  it('keeps right-to-left text, emoji and odd names as they are', () => {
    const name = 'مُعالِج 🧾 "x": {y}';
    const after = edited(
      { op: 'set', path: ['identity', 'name'], value: name },
      { op: 'set', path: ['tools', name], value: { action: 'read' } },
    );
    expect(parse(after).identity.name).toBe(name);
    expect(parse(after).tools[name]).toEqual({ action: 'read' });
  });

  it('still finds its way in text with Windows line ends, without an end of line, or with anchors', () => {
    for (const text of [
      TEXT.replaceAll('\n', '\r\n'),
      TEXT.trimEnd(),
      TEXT.replace('identity:', 'identity: &who'),
    ]) {
      const after = applyEdits(text, [
        { op: 'set', path: ['cost', 'perRun'], value: 1 },
        { op: 'set', path: ['identity', 'owner'], value: 'x' },
      ]);
      expect(parse(after)).toEqual({
        ...parse(text),
        cost: { perRun: 1 },
        identity: { ...parse(text).identity, owner: 'x' },
      });
      expect(after).toContain('# moves money');
    }
  });

  it('moves an entry of a list with the comments above it, and nothing else', () => {
    const [read, pay, refer] = [
      '    # reading first\n    - { id: read, statement: Read a claim. }\n',
      '    - { id: pay, statement: "Pay it, if clear." }\n',
      '    # the rest\n    - id: refer\n      statement: >-\n        Refer every\n        other claim.\n',
    ];
    expect(TEXT).toContain(`${read}${pay}\n${refer}`);
    expect(edited({ op: 'move', path: ['scope', 'tasks', 2], to: 0 })).toBe(
      TEXT.replace(`${read}${pay}\n${refer}`, `${refer}${read}\n${pay}`),
    );
    expect(edited({ op: 'move', path: ['scope', 'tasks', 0], to: 1 })).toBe(
      TEXT.replace(`${read}${pay}`, `${pay}${read}`),
    );
  });

  it('leaves a comment that heads a whole list at its head when the first entry moves', () => {
    const text = 'rules:\n  # strictest first\n  - id: a\n  - id: b # why';
    expect(applyEdits(text, [{ op: 'move', path: ['rules', 0], to: 1 }])).toBe(
      'rules:\n  # strictest first\n  - id: b # why\n  - id: a',
    );
  });

  it('moves a word within brackets', () => {
    expect(edited({ op: 'move', path: ['identity', 'aliases', 1], to: 0 })).toBe(
      TEXT.replace('[ a,  b ]', '[ b,  a ]'),
    );
  });

  it('refuses text that is no YAML, and says why', () => {
    expect(() => applyEdits('a: [1', [{ op: 'set', path: ['b'], value: 1 }])).toThrow('cannot be read');
  });
});

/** Every path of a document that an edit may name. */
function pathsOf(value: unknown, at: PathKey[] = []): PathKey[][] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => [[...at, index], ...pathsOf(item, [...at, index])]);
  if (!isGroup(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...pathsOf(inner, [...at, key])]);
}

/** The same document with a comment on each line of its own and behind some values. */
function commented(text: string): string {
  return text
    .split('\n')
    .map((line, index) =>
      /^\s*[\w.-]+: [\w.]+$/.test(line) && index % 3 === 0 ? `${line}  # note ${index}` : line,
    )
    .join('\n');
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

describe('any edit of any contract', () => {
  const values = fc.oneof(
    fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((each) => each.isWellFormed() && !each.includes('\0')),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant('two\nlines\n'),
    fc.constantFrom<unknown>({ a: 1, b: [1, 2] }, ['x', 'y: z'], [], {}),
  );

  it('says what was asked, and its inverse says what was there before', () => {
    fc.assert(
      fc.property(
        randomContract,
        fc.nat(),
        values,
        fc.integer({ min: 20, max: 200 }),
        (contract, pick, value, lineWidth) => {
          const text = commented(
            stringify(contract, { lineWidth, collectionStyle: pick % 2 === 0 ? 'any' : 'block' }),
          );
          const before: unknown = parse(text);
          const paths = pathsOf(before);
          const path = paths[pick % paths.length] ?? [];
          const set = applyEdits(text, [{ op: 'set', path, value }]);
          expect(parse(set)).toEqual(editValue(before, [{ op: 'set', path, value }]));
          expect(parse(applyEdits(set, [{ op: 'set', path, value: valueAt(before, path) }]))).toEqual(before);
          const removed = applyEdits(text, [{ op: 'remove', path }]);
          expect(parse(removed)).toEqual(editValue(before, [{ op: 'remove', path }]));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('moves entries to any place with every comment kept, and back', () => {
    fc.assert(
      fc.property(randomContract, fc.nat(), fc.nat(), fc.nat(), (contract, pick, one, other) => {
        const text = commented(stringify(contract, { lineWidth: 0 }));
        const before: unknown = parse(text);
        const lists = pathsOf(before).filter((path) => lengthOf(valueAt(before, path)) > 1);
        const list = lists[pick % lists.length];
        if (list === undefined) return;
        const length = lengthOf(valueAt(before, list));
        const move = (from: number, to: number): Edit => ({ op: 'move', path: [...list, from], to });
        const moved = applyEdits(text, [move(one % length, other % length)]);
        expect(parse(moved)).toEqual(editValue(before, [move(one % length, other % length)]));
        expect(moved.split('\n').sort()).toEqual(text.split('\n').sort());
        expect(applyEdits(moved, [move(other % length, one % length)])).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves every line alone that it is not about', () => {
    fc.assert(
      fc.property(randomContract, fc.nat(), (contract, pick) => {
        const text = commented(stringify(contract, { lineWidth: 0 }));
        const before: unknown = parse(text);
        const leaves = pathsOf(before).filter((path) => typeof valueAt(before, path) === 'number');
        const path = leaves[pick % leaves.length];
        if (path === undefined) return;
        const after = applyEdits(text, [{ op: 'set', path, value: 4711 }]).split('\n');
        const lines = text.split('\n');
        expect(after).toHaveLength(lines.length);
        expect(after.filter((line, index) => line !== lines[index]).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });
});
