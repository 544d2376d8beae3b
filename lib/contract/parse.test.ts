import { describe, expect, it } from 'vitest';
import { parse as parseYaml, stringify } from 'yaml';
import type { Issue } from '@/lib/errors';
import { aContract } from '@/lib/services/testing/a-contract';
import { MAX_SOURCE, parseContract, type SourceFormat } from './parse';

const GOOD = stringify(aContract());

/** The good contract with one part of its text replaced. */
function changed(from: string | RegExp, to: string): string {
  const text = GOOD.replace(from, to);
  if (text === GOOD) throw new Error(`${from} does not stand in the contract`);
  return text;
}

function issuesOf(source: string, format: SourceFormat = 'yaml'): Issue[] {
  const parsed = parseContract(source, format);
  return parsed.ok ? [] : parsed.issues;
}

/** The 1-based line on which a text stands. */
function lineOf(source: string, text: string): number {
  return source.slice(0, source.indexOf(text)).split('\n').length;
}

describe('a sound contract', () => {
  it('is read from YAML with its defaults filled in', () => {
    const parsed = parseContract(GOOD, 'yaml');
    expect(parsed).toMatchObject({ ok: true });
    if (!parsed.ok) return;
    expect(parsed.contract.risk.detectors).toEqual(['iban', 'payment-card']);
    expect(parsed.contract.cost.onBreach.perRun).toBe('pause');
    expect(parsed.contract.tools['policy.search']?.egress).toBe(false);
  });

  it('reads the same from JSON', () => {
    const yaml = parseContract(GOOD, 'yaml');
    const json = parseContract(JSON.stringify(parseYaml(GOOD)), 'json');
    expect(yaml.ok && json.ok && json.contract).toEqual(yaml.ok && yaml.contract);
  });

  it('may be written with a byte order mark, Windows line ends, comments and an end mark', () => {
    expect(issuesOf(`\uFEFF# ours\r\n${GOOD.replaceAll('\n', '\r\n')}...\r\n`)).toEqual([]);
  });
});

it('an e-mail address that is left empty or is a number is asked for as one', () => {
  for (const text of ['  owner:', '  owner: 12'])
    expect(issuesOf(changed(/ {2}owner: .*/, text))[0]).toMatchObject({
      path: 'identity/owner',
      expected: "a person's e-mail address",
    });
});

describe('a fault of the text', () => {
  it.each([
    ['nothing', '', 'There is nothing here.'],
    ['only a comment', '# later\n', 'There is nothing here.'],
    ['a NUL character', `${GOOD}\0`, 'This text holds NUL characters.'],
    ['a list instead of a contract', '- a\n- b\n', 'This is a list.'],
    ['a sentence instead of a contract', 'hello', 'This is text.'],
  ])('%s is refused with its reason', (_, source, message) => {
    expect(issuesOf(source)).toMatchObject([{ path: '', line: 1, message }]);
  });

  it('a text longer than a million characters is refused before it is read', () => {
    const [issue] = issuesOf('a'.repeat(MAX_SOURCE + 1));
    expect(issue?.message).toContain('1,000,001 characters');
  });

  it('a key that stands twice is named with its line', () => {
    const source = `${GOOD}kind: AgentContract\n`;
    expect(issuesOf(source)).toMatchObject([
      { line: source.split('\n').length - 1, message: 'This key stands twice in the same group.' },
    ]);
  });

  it('a second document is refused with the line it begins on', () => {
    expect(issuesOf(`${GOOD}---\n${GOOD}`)).toMatchObject([
      { message: 'There are several documents in this text.', line: GOOD.split('\n').length },
    ]);
  });

  it('an alias is refused, so that no small text can unfold into a huge one', () => {
    const bomb = ['a: &a [x, x]', 'b: &b [*a, *a]', 'c: [*b, *b]'].join('\n');
    const issues = issuesOf(bomb);
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.every((issue) => issue.message.includes('aliases'))).toBe(true);
    expect(issues[0]).toMatchObject({ line: 2, column: 8 });
  });

  it('broken YAML is refused with line and column', () => {
    expect(issuesOf('identity:\n  name: "open\n')).toMatchObject([{ line: expect.any(Number) }]);
    expect(issuesOf('tools: [a, b\nkind: x\n')[0]?.expected).toBe('well-formed YAML');
  });

  it('a tag that would make something else of a value is refused or has no effect', () => {
    const parsed = parseContract(changed('name: Refund desk', 'name: !!js/function "x"'), 'yaml');
    expect(parsed.ok ? typeof parsed.contract.identity.name : 'refused').toMatch(/string|refused/);
  });

  it('nesting deep enough to exhaust the stack is refused, not fatal', () => {
    expect(issuesOf(`${'['.repeat(20_000)}${']'.repeat(20_000)}`).length).toBeGreaterThan(0);
    expect(issuesOf(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'json').length).toBeGreaterThan(0);
  });

  it('what is YAML and not JSON is refused as JSON, with its place', () => {
    expect(issuesOf('{"apiVersion": "countersign/v1",}', 'json')).toMatchObject([
      { line: 1, column: 33, message: 'This is not well-formed JSON.' },
    ]);
    expect(issuesOf(GOOD, 'json')).toMatchObject([{ message: 'This is not well-formed JSON.' }]);
  });

  it('a key that stands twice is refused in JSON too', () => {
    expect(issuesOf('{"kind": "AgentContract",\n "kind": "AgentContract"}', 'json')).toMatchObject([
      { line: 2, message: 'This key stands twice in the same group.' },
    ]);
  });
});

describe('a fault of the contract', () => {
  it('an unknown key near a known one is told which was meant', () => {
    const source = changed('businessUnit:', 'bussinessUnit:');
    expect(issuesOf(source)).toEqual([
      expect.objectContaining({
        path: 'identity/businessUnit',
        message: '"businessUnit" is missing.',
        line: lineOf(source, 'identity:'),
      }),
      expect.objectContaining({
        path: 'identity/bussinessUnit',
        message: '"bussinessUnit" is not known here; did you mean "businessUnit"?',
        line: lineOf(source, 'bussinessUnit'),
        column: 3,
      }),
    ]);
  });

  it('an unknown key far from any lists what may stand there', () => {
    const [issue] = issuesOf(changed('killSwitch:', 'zebra: 1\n  killSwitch:'));
    expect(issue).toMatchObject({ path: 'failure/zebra', message: '"zebra" is not known here.' });
    expect(issue?.expected).toContain('killSwitch');
  });

  it('every fault is told at once, in the order of the lines', () => {
    const source = changed('perRun: 0.5', 'perRun: "0.5"')
      .replace('sponsor: sponsor@example.com\n  engineeringLead', 'sponsor: nobody\n  engineeringLead')
      .replace('action: write', 'action: wrte');
    const issues = issuesOf(source);
    expect(issues.map((issue) => issue.path)).toEqual([
      'tools/notes.add/action',
      'ownership/sponsor',
      'cost/perRun',
    ]);
    expect(issues.map((issue) => issue.line)).toEqual([
      lineOf(source, 'action: wrte'),
      lineOf(source, 'sponsor: nobody'),
      lineOf(source, 'perRun: "0.5"'),
    ]);
  });

  it.each([
    ['a number in quotes', 'perRun: 0.5', 'perRun: "0.5"', 'cost/perRun', 'a number (without quotes)'],
    ['a negative budget', 'perDay: 100', 'perDay: -1', 'cost/perDay', 'a number of at least 0'],
    [
      'half a call',
      'callsPerRun: 40',
      'callsPerRun: 4.5',
      'cost/callsPerRun',
      'a whole number (without quotes)',
    ],
    [
      'another apiVersion',
      'apiVersion: countersign/v1',
      'apiVersion: countersign/v2',
      'apiVersion',
      'exactly "countersign/v1"',
    ],
    [
      'an unknown action class',
      'action: transact',
      'action: pay',
      'tools/refunds.pay/action',
      'one of read, write, transact',
    ],
    [
      'a name for an address',
      'owner: sponsor@example.com',
      'owner: Miriam',
      'identity/owner',
      "a person's e-mail address",
    ],
    [
      'a date of another form',
      'lastReviewed: 2026-01-15',
      'lastReviewed: 15.1.2026',
      'versioning/lastReviewed',
      'a day, as 2026-11-21',
    ],
    [
      'a weight beyond the scale',
      'health: 10',
      'health: 11',
      'risk/categories/health',
      'a number of at most 10',
    ],
    ['infinity', 'perDay: 100', 'perDay: .inf', 'cost/perDay', 'a number (without quotes)'],
    ['yes for true', 'reversible: true', 'reversible: yes', 'tools/notes.add/reversible', /true or false/],
    ['an unknown operator', 'op: <=', 'op: "=<"', /authority\/small-refunds\/when\/0/, /one of/],
    [
      'an unknown keyword of an argument schema',
      'minLength: 1',
      'minLen: 1',
      /tools\/orders.get\/arguments/,
      /minLength/,
    ],
  ])('%s is told with what was expected', (_, from, to, path, expected) => {
    const source = changed(from, to);
    const issue = issuesOf(source).find((each) =>
      typeof path === 'string' ? each.path === path : path.test(each.path),
    );
    expect(issue, JSON.stringify(issuesOf(source))).toBeDefined();
    expect(issue?.line).toBe(lineOf(source, to.split('\n')[0] ?? to));
    if (typeof expected === 'string') expect(issue?.expected).toBe(expected);
    else expect(issue?.expected).toMatch(expected);
  });

  it('thresholds that do not rise are refused', () => {
    expect(issuesOf(changed('high: 30', 'high: 5'))).toMatchObject([
      { path: 'risk/thresholds', message: 'Thresholds must rise strictly: medium < high < critical.' },
    ]);
  });

  it('a section left out is missing at the top', () => {
    expect(issuesOf(changed(/^risk:[\s\S]*?^quality:/m, 'quality:'))).toMatchObject([
      { path: 'risk', message: '"risk" is missing.', line: 1 },
    ]);
  });
});

describe('parts of a contract that do not fit together', () => {
  it.each([
    [
      'a rule for a tool it does not have',
      '- refunds.pay\n      when:',
      '- refunds.pya\n      when:',
      'authority/small-refunds/tools/0',
      '"refunds.pya" is not a tool of this contract.',
    ],
    [
      'evidence before an unknown tool',
      'before:\n      - refunds.pay',
      'before:\n      - refunds.send',
      'evidence/policy-read/before/0',
      '"refunds.send" is not a tool of this contract.',
    ],
    [
      'two rules of one id',
      'id: large-refunds',
      'id: small-refunds',
      'authority/small-refunds/id',
      /used twice/,
    ],
    [
      'a rule whose id is a clause already',
      'id: large-refunds',
      'id: defaults',
      'authority/defaults/id',
      /cannot be called/,
    ],
    ['an approval by nobody', '      by: operator\n', '', 'authority/large-refunds', /does not say whose/],
    [
      'a condition on nothing a call has',
      'field: arg.amount',
      'field: amount',
      'authority/small-refunds/when/0/field',
      'A condition cannot test "amount".',
    ],
    [
      'an escalation back to the operator',
      'to: sre@example.com',
      'to: operator@example.com',
      'ownership/escalation/0/to',
      /already paged/,
    ],
    [
      'an agent named like a page',
      'agent: refund-desk',
      'agent: import',
      'identity/agent',
      /cannot be called "import"/,
    ],
  ])('%s is refused', (_, from, to, path, message) => {
    const source = changed(from, to);
    expect(issuesOf(source)).toMatchObject([
      {
        path,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        line: expect.any(Number),
      },
    ]);
  });

  it('an escalation that pages somebody twice, or goes back in time, is refused', () => {
    const source = stringify(
      aContract({
        ownership: {
          escalation: [
            { to: 'sre@example.com', afterMinutes: 10 },
            { to: 'sre@example.com', afterMinutes: 5 },
          ],
        },
      }),
    );
    expect(issuesOf(source).map((issue) => issue.path)).toEqual([
      'ownership/escalation/1/to',
      'ownership/escalation/1/afterMinutes',
    ]);
  });

  it('a compensation by an unknown tool is refused', () => {
    const source = stringify(
      aContract({ failure: { compensations: [{ id: 'undo', tool: 'refunds.pay', by: 'refunds.undo' }] } }),
    );
    expect(issuesOf(source)).toMatchObject([{ path: 'failure/compensations/undo/by' }]);
  });

  it.each(['(a+)+$', '^(\\d+)*x', '([a-z]+)*', '(a*){2,}', '(?:x+)+'])(
    'a pattern that some arguments would keep busy for ever is refused: %s',
    (pattern) => {
      const source = stringify(
        aContract({
          tools: { t: { action: 'read', arguments: { type: 'object', properties: { a: { pattern } } } } },
        }),
      );
      expect(issuesOf(source)).toMatchObject([{ path: 'tools/t/arguments/properties/a/pattern' }]);
    },
  );

  it.each(['^CLM-\\d{6}$', '^[a-z]+(-[a-z]+)?$', '^\\w+@\\w+\\.com$'])(
    'a plain pattern is fine: %s',
    (pattern) => {
      const source = stringify(
        aContract({
          tools: { t: { action: 'read', arguments: { type: 'object', properties: { a: { pattern } } } } },
        }),
      );
      expect(issuesOf(source)).toEqual([]);
    },
  );
});

describe('faults between clauses', () => {
  it('are told together with faults inside clauses', () => {
    const source = stringify(
      aContract({
        evidence: [
          { id: 'seen', statement: 'Seen.', before: ['refunds.pay'], requires: 'source', maxAgeMinutes: -1 },
          { id: 'checked', statement: 'Checked.', before: ['no.such.tool'], requires: 'source' },
        ],
        cost: { perRun: -1 },
        ownership: { escalation: [{ to: 'operator@example.com', afterMinutes: 5 }] },
      }),
    );
    const parsed = parseContract(source, 'yaml');
    if (parsed.ok) throw new Error('expected faults');
    expect(parsed.issues.map((issue) => issue.path)).toEqual(
      expect.arrayContaining([
        'evidence/seen/maxAgeMinutes',
        'evidence/checked/before/0',
        'cost/perRun',
        'ownership/escalation/0/to',
      ]),
    );
    const line = parsed.issues.find((issue) => issue.path === 'evidence/checked/before/0')?.line ?? 0;
    expect(source.split('\n')[line - 1]).toContain('no.such.tool');
  });

  it('do not blame clauses for a section that cannot be read', () => {
    const source = stringify({ ...aContract(), tools: 'all of them' });
    const parsed = parseContract(source, 'yaml');
    expect(parsed).toMatchObject({ ok: false, issues: [{ path: 'tools' }] });
  });
});

describe('a step of the ladder', () => {
  const faults = (when: unknown) =>
    issuesOf(stringify({ ...aContract(), failure: { ladder: [{ id: 'often', when, step: 'pause' }] } })).map(
      ({ path, message }) => `${path}: ${message}`,
    );
  const at = 'failure/ladder/often/when';

  it('has exactly one cause, and what is missing of that cause is said', () => {
    expect(faults({ unknownTools: 2, withinDays: 7 })).toEqual([]);
    expect(faults({ attestationOverdueDays: 14 })).toEqual([]);
    expect(faults(undefined)).toEqual([`${at}: "when" is missing.`]);
    expect(faults({ unknownTools: 2 })).toEqual([`${at}/withinDays: "withinDays" is missing.`]);
    expect(faults({ breaches: 3, withinDays: 7, unknownTools: 1 })).toEqual([
      `${at}/unknownTools: "unknownTools" is not known here.`,
    ]);
    expect(faults({ breaches: 1, withinDays: 2, severity: 'bad' })).toEqual([
      `${at}/severity: This value is not known here.`,
    ]);
  });

  it('has an id of its own, as every filter of a tool and every requirement has', () => {
    const twice = <T>(item: T) => [item, item];
    const contract = aContract({
      failure: {
        ladder: twice({ id: 'a', when: { attestationOverdueDays: 1 }, step: 'warn' as const }),
        recovery: twice({ id: 'b', statement: 'It is known why.' }),
      },
      tools: {
        // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
        x: { action: 'read', filter: twice({ id: 'c', categories: ['health'], then: 'mask' as const }) },
      },
      authority: { rules: [] },
      evidence: [],
    });
    expect(
      issuesOf(stringify(contract, { aliasDuplicateObjects: false }))
        .map((issue) => issue.path)
        .sort(),
    ).toEqual(['failure/ladder/a/id', 'failure/recovery/b/id', 'tools/x/filter/c/id']);
  });
});

describe('a pattern for arguments', () => {
  const withPattern = (pattern: string) =>
    parseContract(
      stringify(
        aContract({
          tools: {
            'refunds.pay': {
              action: 'transact',
              arguments: { type: 'object', properties: { orderId: { type: 'string', pattern } } },
            },
          },
        }),
      ),
      'yaml',
    );

  it.each(['(a+)+$', '((a+))+', '(a|a)+', '^(a|ab|b)*$', String.raw`^(\w+\s?)*$`, String.raw`(\d|\w)+x`])(
    'is refused when some text would take for ever to match: %s',
    (pattern) => {
      expect(withPattern(pattern)).toMatchObject({
        ok: false,
        issues: [{ path: 'tools/refunds.pay/arguments/properties/orderId/pattern' }],
      });
    },
  );

  it.each([String.raw`^ORD-\d{6}$`, '^[a-z]+(-[a-z]+)*$', '(foo|far)+', String.raw`^[^@]+@[^@]+\.[a-z]+$`])(
    'is taken when it matches one way only: %s',
    (pattern) => {
      expect(withPattern(pattern)).toMatchObject({ ok: true });
    },
  );
});
