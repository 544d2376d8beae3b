import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compile, toolOf, touchedCategories } from './compile';
import { evaluate } from './evaluate';
import { explain } from './explain';
import { givenCall, givenPolicy, givenState, type PolicyChanges } from './testing/given';
import { anyPolicy, anyState } from './testing/random';
import {
  type Condition,
  FINDING_CODES,
  type IntendedCall,
  type Policy,
  type RunState,
  type Tier,
} from './types';

const produced = new Set<string>();

function decide(
  changes: PolicyChanges,
  call: IntendedCall = givenCall('claims.get'),
  state: Partial<RunState> = {},
) {
  const answer = evaluate(compile(givenPolicy(changes)), givenState(state), call);
  for (const { code } of answer.findings) produced.add(code);
  return answer;
}

/** `clause code lane detail` of each finding. */
function told(answer: ReturnType<typeof decide>): string[] {
  return answer.findings.map(({ clause, code, lane, detail }) => `${clause} ${code} ${lane} ${detail}`);
}

afterAll(() => {
  // Every code is shown by an example above, and nothing else is ever said.
  expect([...produced].sort()).toEqual([...FINDING_CODES].sort());
});

describe('a call nobody objects to', () => {
  it('is allowed, with nothing found, nothing owed and nothing left open', () => {
    expect(decide({})).toEqual({ lane: 'allow', findings: [], obligations: [], undecided: [] });
  });

  it('gets one shared frozen answer, so that allowing costs nothing', () => {
    expect(decide({})).toBe(decide({}, givenCall('payments.send')));
    expect(Object.isFrozen(decide({}))).toBe(true);
  });
});

describe('a kill switch', () => {
  it('blocks every call while it is on, and says what it stops', () => {
    const answer = decide({}, givenCall('claims.get'), { killSwitch: 'business unit Claims' });
    expect(answer.lane).toBe('block');
    expect(told(answer)).toEqual(['failure/killSwitch kill-switch block business unit Claims']);
  });

  it('leaves nothing that an agent could do to open the call', () => {
    const rules = [{ id: 'ask', tools: [], actions: [], when: [], tier: 'approval' as const }];
    const authority = { rules };
    const asked = decide({ authority }, givenCall('claims.note'));
    const held = decide({ authority }, givenCall('claims.note'), { killSwitch: 'this agent' });
    expect([asked.lane, asked.obligations.length]).toEqual(['escalate', 1]);
    expect([held.lane, held.obligations]).toEqual(['block', []]);
  });
});

describe('an agent that the ladder holds', () => {
  const tools = {
    'claims.get': { action: 'read' as const, egress: false, categories: [] },
    'payments.send': {
      action: 'transact' as const,
      egress: false,
      categories: [],
      reversible: { by: 'payments.recall' },
    },
    'payments.recall': { action: 'transact' as const, egress: false, categories: [] },
    'claims.reopen': { action: 'write' as const, egress: false, categories: [] },
  };
  const failure = { compensations: [{ by: 'claims.reopen' }] };
  const lanes = (recover: boolean) =>
    Object.keys(tools).map(
      (tool) => decide({ tools, failure }, givenCall(tool), { held: { step: 'pause', recover } }).lane,
    );

  it('may make no call, and is told why', () => {
    expect(lanes(false)).toEqual(['block', 'block', 'block', 'block']);
    const answer = decide({}, givenCall('claims.get'), { held: { step: 'recertify', recover: false } });
    expect(told(answer)).toEqual(['failure/ladder agent-held block to be certified again']);
  });

  it('may read and undo in recovery, as far as the rest of the contract lets it', () => {
    expect(lanes(true)).toEqual(['allow', 'block', 'allow', 'allow']);
    const authority = { level: 'read-only' as const };
    const low = decide({ tools, failure, authority }, givenCall('claims.reopen'), {
      held: { step: 'pause', recover: true },
    });
    expect(told(low)).toEqual(['authority/level authority-level block read-only']);
  });

  it('may not use a tool the contract does not know, although it is named to undo another', () => {
    const { 'claims.reopen': _, ...others } = tools;
    const answer = decide({ tools: others, failure }, givenCall('claims.reopen'), {
      held: { step: 'pause', recover: true },
    });
    expect(told(answer)).toContain('failure/ladder agent-held block paused');
  });
});

describe('a filter', () => {
  /** Reads claims, on which account and health data may stand that the agent should not see. */
  const filtering = (...filter: NonNullable<Policy['tools'][string]['filter']>) => ({
    tools: { 'claims.get': { action: 'read' as const, egress: false, categories: ['claim'], filter } },
  });
  // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
  const masked = { id: 'accounts', categories: ['bank-account', 'iban'], then: 'mask' as const };
  const clause = 'tools/claims.get/filter/accounts';
  const touching = (...categories: string[]) => givenCall('claims.get', { categories });

  it('lets a call go on whose data it takes out, and says what is to be taken out', () => {
    const answer = decide(filtering(masked), touching('claim', 'bank-account', 'iban'));
    expect(told(answer)).toEqual([
      `${clause} filtered degrade bank-account`,
      `${clause} filtered degrade iban`,
    ]);
    expect(answer.lane).toBe('degrade');
    expect(answer.obligations).toEqual([
      // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
      { kind: 'filtered-output', clause, categories: ['bank-account', 'iban'], then: 'mask' },
    ]);
  });

  it('says nothing of a call that touches none of its data, and nothing of data the tool is given', () => {
    expect(decide(filtering(masked), touching('claim')).lane).toBe('allow');
    const given = { ...masked, categories: ['claim'] };
    expect(decide(filtering(given), touching('claim')).lane).toBe('allow');
  });

  it('takes nothing out of what the agent itself sends', () => {
    const sent = givenCall('claims.get', { categories: ['bank-account'], sent: ['bank-account'] });
    expect(told(decide(filtering(masked), sent))).toEqual([
      'tools/claims.get/categories category-not-allowed block bank-account',
    ]);
  });

  it('is broken by a call that was made and gave the data away', () => {
    const made = givenCall('claims.get', { categories: ['bank-account'], unfiltered: ['bank-account'] });
    expect(told(decide(filtering(masked), made))).toEqual([
      `${clause} filter-not-applied block bank-account`,
    ]);
  });

  it('lifts no forbidden act', () => {
    const scope = { forbidden: [{ id: 'money', tools: [], actions: [], categories: ['bank-account'] }] };
    expect(decide({ ...filtering(masked), scope }, touching('bank-account')).lane).toBe('block');
  });

  it('is the strictest of those that name the data', () => {
    // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
    const review = { id: 'mild', categories: ['bank-account'], then: 'review' as const };
    // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
    const withhold = { id: 'strict', categories: ['bank-account'], then: 'withhold' as const };
    const answer = decide(filtering(review, masked, withhold), touching('bank-account', 'iban'));
    expect(answer.obligations.map((one) => [one.clause, one.then])).toEqual([
      ['tools/claims.get/filter/strict', 'withhold'],
      [clause, 'mask'],
    ]);
  });
});

describe('the status of the run', () => {
  for (const status of ['paused', 'stopping', 'stopped', 'finished'] as const)
    it(`blocks every call of a ${status} run`, () => {
      const answer = decide({}, givenCall('claims.get'), { status });
      expect(answer.lane).toBe('block');
      expect(told(answer)).toEqual([`run/status run-not-running block ${status}`]);
    });
});

describe('the tool list', () => {
  it('blocks a tool that the contract does not list', () => {
    expect(told(decide({}, givenCall('mail.send')))).toEqual([
      'tools/mail.send tool-not-allowed block mail.send',
    ]);
  });

  it('lets the entry "*" speak for tools that are not listed, and only for them', () => {
    const tools: Policy['tools'] = {
      '*': { action: 'read', egress: false, categories: [], rateLimit: { calls: 1, per: 'run' } },
      'claims.get': { action: 'read', egress: false, categories: [] },
    };
    const state = { callsByTool: { 'web.fetch': 1, 'claims.get': 1 } };
    expect(told(decide({ tools }, givenCall('web.fetch'), state))).toEqual([
      'tools/*/rateLimit rate-limit block 1 of 1 per run',
    ]);
    expect(decide({ tools }, givenCall('another.tool'), state).lane).toBe('allow');
    expect(decide({ tools }, givenCall('claims.get'), state).lane).toBe('allow');
  });

  it('is not fooled by names every object answers to', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', ''])
      expect(decide({}, givenCall(name)).lane).toBe('block');
  });
});

describe('forbidden acts', () => {
  const forbidden = [
    { id: 'no-wire', tools: ['payments.send'], actions: [], categories: [] },
    { id: 'no-health', tools: [], actions: [], categories: ['health', 'genetic'] },
  ];

  it('block the tool they name', () => {
    expect(told(decide({ scope: { forbidden } }, givenCall('payments.send')))).toEqual([
      'scope/forbidden/no-wire forbidden block payments.send',
    ]);
  });

  it('block the class of action they name', () => {
    const acts = [{ id: 'no-writing', tools: [], actions: ['write' as const], categories: [] }];
    expect(told(decide({ scope: { forbidden: acts } }, givenCall('claims.note')))).toEqual([
      'scope/forbidden/no-writing forbidden block write',
    ]);
  });

  it('block the data they name, with every category touched, even where the tool may touch it', () => {
    const tools: Policy['tools'] = {
      'files.read': { action: 'read', egress: false, categories: ['health', 'genetic', 'pii'] },
    };
    const call = givenCall('files.read', { categories: ['genetic', 'pii', 'health', 'genetic'] });
    expect(told(decide({ tools, scope: { forbidden } }, call))).toEqual([
      'scope/forbidden/no-health forbidden block genetic, health',
    ]);
  });

  it('are reported for a tool the contract does not know, too', () => {
    const acts = [{ id: 'no-shell', tools: ['shell'], actions: [], categories: [] }];
    expect(told(decide({ scope: { forbidden: acts } }, givenCall('shell')))).toEqual([
      'tools/shell tool-not-allowed block shell',
      'scope/forbidden/no-shell forbidden block shell',
    ]);
  });

  it('take "*" for every tool that is not listed', () => {
    const acts = [{ id: 'nothing-else', tools: ['*'], actions: [], categories: [] }];
    const tools: Policy['tools'] = { '*': { action: 'read', egress: false, categories: [] } };
    expect(told(decide({ tools, scope: { forbidden: acts } }, givenCall('shell')))).toEqual([
      'scope/forbidden/nothing-else forbidden block shell',
    ]);
  });
});

describe('permitted actions', () => {
  const allowed = (actions: Policy['scope']['actions'], tool: string) =>
    decide({ scope: { actions } }, givenCall(tool)).lane === 'allow';

  it('open reads by read', () => {
    expect(allowed(['read'], 'claims.get')).toBe(true);
    expect(allowed(['draft', 'recommend', 'execute'], 'claims.get')).toBe(false);
  });

  it('open writes by draft or by execute', () => {
    expect(allowed(['draft'], 'claims.note')).toBe(true);
    expect(allowed(['execute'], 'claims.note')).toBe(true);
    expect(allowed(['read', 'recommend'], 'claims.note')).toBe(false);
  });

  it('open transactions by execute alone', () => {
    expect(allowed(['execute'], 'payments.send')).toBe(true);
    expect(told(decide({ scope: { actions: ['read', 'draft'] } }, givenCall('payments.send')))).toEqual([
      'scope/actions action-not-in-scope block transact',
    ]);
  });
});

describe('arguments', () => {
  const tools: Policy['tools'] = {
    pay: {
      action: 'transact',
      egress: false,
      categories: [],
      arguments: {
        type: 'object',
        properties: {
          amount: { type: 'number', exclusiveMinimum: 0, maximum: 500 },
          lines: { type: 'array', items: { type: 'object', required: ['sku'] } },
        },
        required: ['amount'],
        additionalProperties: false,
      },
    },
  };
  const refused = (args: unknown) => told(decide({ tools }, givenCall('pay', { arguments: args })))[0];

  it('are allowed when they fit the schema', () => {
    expect(refused({ amount: 500, lines: [{ sku: 'a' }] })).toBeUndefined();
  });

  it('are refused with the path of what does not fit', () => {
    const clause = 'tools/pay/arguments arguments-invalid block';
    expect(refused({ amount: 501 })).toBe(`${clause} amount must be at most 500`);
    expect(refused({})).toBe(`${clause} amount is missing`);
    expect(refused({ amount: '5' })).toBe(`${clause} amount must be a number`);
    expect(refused({ amount: 5, lines: [{ sku: 1 }, {}] })).toBe(`${clause} lines[1].sku is missing`);
    expect(refused({ amount: 5, note: 'x' })).toBe(`${clause} note is not expected`);
    expect(refused([5])).toBe(`${clause} the arguments must be an object`);
  });

  it('are not found in what every object inherits', () => {
    const strict: Policy['tools'] = {
      pay: { action: 'read', egress: false, categories: [], arguments: { required: ['constructor'] } },
    };
    expect(decide({ tools: strict }, givenCall('pay')).lane).toBe('block');
    const own = JSON.parse('{"constructor": 1, "__proto__": 2}');
    expect(decide({ tools: strict }, givenCall('pay', { arguments: own })).lane).toBe('allow');
  });

  it('leave the clause undecided when nobody recorded them', () => {
    const answer = decide({ tools }, givenCall('pay', { arguments: undefined, argumentsDigest: undefined }));
    expect(answer).toEqual({
      lane: 'allow',
      findings: [],
      obligations: [],
      undecided: ['tools/pay/arguments'],
    });
  });
});

describe('data categories', () => {
  it('that the tool may not touch block, each once', () => {
    const call = givenCall('claims.get', { categories: ['pii', 'bank-account', 'bank-account', 'health'] });
    expect(told(decide({}, call))).toEqual([
      'tools/claims.get/categories category-not-allowed block bank-account',
      'tools/claims.get/categories category-not-allowed block health',
    ]);
  });

  it('touched are those of the tool entry and those declared or detected', () => {
    const policy = compile(givenPolicy());
    expect(touchedCategories(policy, 'claims.get', [])).toEqual(['claim', 'pii']);
    expect(touchedCategories(policy, 'claims.get', ['pii', 'health'])).toEqual(['claim', 'pii', 'health']);
    expect(touchedCategories(policy, 'unheard.of', ['health'])).toEqual(['health']);
    expect(toolOf(policy, 'unheard.of')).toMatchObject({ entry: null, action: null, egress: false });
    expect(toolOf(policy, 'web.search')).toMatchObject({ entry: 'web.search', action: 'read', egress: true });
  });
});

describe('the authority level', () => {
  const lanes = (level: RunState['authorityLevel']) =>
    ['claims.get', 'claims.note', 'payments.send'].map(
      (tool) => decide({}, givenCall(tool), { authorityLevel: level }).lane,
    );

  it('decides what an agent may do on its own', () => {
    expect(lanes('suggest-only')).toEqual(['degrade', 'block', 'block']);
    expect(lanes('read-only')).toEqual(['allow', 'block', 'block']);
    expect(lanes('human-in-the-loop')).toEqual(['allow', 'escalate', 'escalate']);
    expect(lanes('bounded')).toEqual(['allow', 'allow', 'allow']);
    expect(lanes('continuous')).toEqual(['allow', 'allow', 'allow']);
  });

  it('is the lower of the one in the contract and the one the agent has now', () => {
    const authority = { level: 'read-only' as const };
    expect(told(decide({ authority }, givenCall('claims.note'), { authorityLevel: 'continuous' }))).toEqual([
      'authority/level authority-level block read-only',
    ]);
  });

  it('suggest-only lets it read when a person reviews what comes of it', () => {
    const answer = decide({}, givenCall('claims.get'), { authorityLevel: 'suggest-only' });
    expect(told(answer)).toEqual(['authority/level authority-level degrade suggest-only']);
    expect(answer.obligations).toEqual([{ kind: 'reviewed-output', clause: 'authority/level' }]);
  });

  it('human-in-the-loop asks for an approval only where no rule asks already', () => {
    const level = 'human-in-the-loop' as const;
    const plain = decide({}, givenCall('claims.note'), { authorityLevel: level });
    expect(told(plain)).toEqual(['authority/level needs-approval escalate human-in-the-loop']);
    expect(plain.obligations).toEqual([{ kind: 'approval', clause: 'authority/level' }]);
    const rules = [{ id: 'notes', tools: ['claims.note'], actions: [], when: [], tier: 'approval' as const }];
    expect(
      told(decide({ authority: { rules } }, givenCall('claims.note'), { authorityLevel: level })),
    ).toEqual(['authority/notes needs-approval escalate write']);
  });
});

describe('authority rules', () => {
  const rule = (id: string, tier: Tier, when: Condition[] = [], more = {}) => ({
    id,
    tools: [],
    actions: [],
    when,
    tier,
    ...more,
  });
  const over = (value: number): Condition => ({ field: 'arg.amount', op: '>', value });
  const pay = (args: unknown) => givenCall('payments.send', { arguments: args });

  it('ask for an approval by the role and within the time they name', () => {
    const rules = [rule('large', 'approval', [over(10_000)], { by: 'sponsor', withinMinutes: 30 })];
    const answer = decide({ authority: { rules } }, pay({ amount: 10_001 }));
    expect(told(answer)).toEqual(['authority/large needs-approval escalate arg.amount > 10000']);
    expect(answer.obligations).toEqual([
      { kind: 'approval', clause: 'authority/large', by: 'sponsor', withinMinutes: 30 },
    ]);
    expect(decide({ authority: { rules } }, pay({ amount: 10_000 })).lane).toBe('allow');
  });

  it('all speak; the strictest decides, and a blocked call is offered no way out', () => {
    const rules = [rule('large', 'approval', [over(10)]), rule('larger', 'escalation', [over(20)])];
    const escalated = decide({ authority: { rules } }, pay({ amount: 30 }));
    expect(told(escalated)).toEqual([
      'authority/large needs-approval escalate arg.amount > 10',
      'authority/larger needs-escalation escalate arg.amount > 20',
    ]);
    expect(escalated.obligations.map(({ kind }) => kind)).toEqual(['approval', 'escalation']);
    const blocked = decide(
      { authority: { rules: [...rules, rule('largest', 'never', [over(30)])] } },
      pay({ amount: 31 }),
    );
    expect(blocked.lane).toBe('block');
    expect(told(blocked)[2]).toBe('authority/largest never block arg.amount > 30');
    expect(blocked.obligations).toEqual([]);
  });

  it('leave a call they do not speak of to the default of its class', () => {
    const authority = { defaults: { transact: 'escalation' as const } };
    expect(told(decide({ authority }, pay({ amount: 1 })))).toEqual([
      'authority/defaults/transact needs-escalation escalate transact',
    ]);
    expect(decide({ authority }, givenCall('claims.note')).lane).toBe('allow');
  });

  it('that free a call lift the default and nothing else', () => {
    const small = rule('small', 'alone', [{ field: 'arg.amount', op: '<=', value: 100 }]);
    const authority = { defaults: { transact: 'never' as const }, rules: [small] };
    expect(decide({ authority }, pay({ amount: 100 })).lane).toBe('allow');
    expect(decide({ authority }, pay({ amount: 101 })).lane).toBe('block');
    const strict = { ...authority, rules: [small, rule('weekend', 'approval')] };
    expect(decide({ authority: strict }, pay({ amount: 100 })).lane).toBe('escalate');
  });

  it('never make a stricter default milder', () => {
    const authority = { defaults: { transact: 'never' as const }, rules: [rule('all', 'approval')] };
    expect(told(decide({ authority }, pay({})))).toEqual([
      'authority/all needs-approval escalate transact',
      'authority/defaults/transact never block transact',
    ]);
  });

  it('count what cannot be told against the call', () => {
    const authority = {
      defaults: { transact: 'approval' as const },
      rules: [
        rule('small', 'alone', [{ field: 'arg.amount', op: '<=', value: 100 }]),
        rule('large', 'never', [over(10_000)]),
      ],
    };
    for (const amount of [undefined, null, '50', { value: 50 }, [], [50, '50'], [5, 20_000]])
      expect(decide({ authority }, pay({ amount })).lane, JSON.stringify(amount)).toBe('block');
    expect(decide({ authority }, pay({ amount: [5, 50] })).lane).toBe('allow');
  });

  it('see through lists: an item on the way or at the end counts like a single value', () => {
    const rules = [rule('large', 'approval', [{ field: 'arg.lines.amount', op: '>', value: 10 }])];
    const lane = (lines: unknown) => decide({ authority: { rules } }, pay({ lines })).lane;
    expect(lane([{ amount: 1 }, { amount: 2 }])).toBe('allow');
    expect(lane([{ amount: 1 }, { amount: 11 }])).toBe('escalate');
    expect(lane([{ amount: [1, [2]] }])).toBe('allow');
    expect(lane([])).toBe('escalate');
    expect(lane([{ amount: 1 }, {}])).toBe('escalate');
  });

  it('can ask about categories, classes and tools', () => {
    const touching = (op: 'in' | 'not-in', tier: Tier): PolicyChanges => ({
      authority: {
        defaults: tier === 'alone' ? { read: 'never' } : {},
        rules: [rule('data', tier, [{ field: 'category', op, value: ['pii'] }])],
      },
    });
    const read = (...categories: string[]) => givenCall('claims.get', { categories });
    expect(decide(touching('in', 'approval'), read('pii', 'claim')).lane).toBe('escalate');
    expect(decide(touching('in', 'approval'), read('claim')).lane).toBe('allow');
    expect(decide(touching('in', 'approval'), read()).lane).toBe('allow');
    expect(decide(touching('not-in', 'approval'), read('pii', 'claim')).lane).toBe('escalate');
    expect(decide(touching('in', 'alone'), read('pii')).lane).toBe('allow');
    expect(decide(touching('in', 'alone'), read('pii', 'claim')).lane).toBe('block');
    expect(decide(touching('not-in', 'alone'), read('claim')).lane).toBe('allow');
    expect(decide(touching('not-in', 'alone'), read()).lane).toBe('allow');
    const byTool: PolicyChanges = {
      authority: { rules: [rule('web', 'approval', [{ field: 'tool', op: '=', value: 'web.search' }])] },
    };
    expect(decide(byTool, givenCall('web.search')).lane).toBe('escalate');
    expect(decide(byTool, givenCall('claims.get')).lane).toBe('allow');
    const byClass: PolicyChanges = {
      authority: { rules: [rule('no-reads', 'approval', [{ field: 'action', op: '!=', value: 'read' }])] },
    };
    expect(decide(byClass, givenCall('claims.note')).lane).toBe('escalate');
    expect(decide(byClass, givenCall('claims.get')).lane).toBe('allow');
  });

  it('are undecided, and the default with them, when nobody recorded the arguments', () => {
    const unrecorded = givenCall('payments.send', { arguments: undefined, argumentsDigest: undefined });
    const large = { authority: { rules: [rule('large', 'never', [over(10)])] } };
    expect(decide(large, unrecorded)).toMatchObject({ lane: 'allow', undecided: ['authority/large'] });
    const small = {
      authority: {
        defaults: { transact: 'approval' as const },
        rules: [rule('small', 'alone', [{ field: 'arg.amount', op: '<=', value: 100 }])],
      },
    };
    expect(decide(small, unrecorded)).toMatchObject({
      lane: 'allow',
      undecided: ['authority/small', 'authority/defaults/transact'],
    });
    expect(decide(small, pay({})).lane).toBe('escalate');
  });
});

describe('rate limits', () => {
  const limited = (per: 'run' | 'minute' | 'hour' | 'day'): PolicyChanges => ({
    tools: { search: { action: 'read', egress: false, categories: [], rateLimit: { calls: 2, per } } },
  });
  const at = 1_800_000_000_000;

  it('count the calls of a run', () => {
    expect(decide(limited('run'), givenCall('search'), { callsByTool: { search: 1 } }).lane).toBe('allow');
    expect(told(decide(limited('run'), givenCall('search'), { callsByTool: { search: 2 } }))).toEqual([
      'tools/search/rateLimit rate-limit block 2 of 2 per run',
    ]);
  });

  it('look back a minute, an hour or a day from the call', () => {
    for (const [per, window] of [
      ['minute', 60_000],
      ['hour', 3_600_000],
      ['day', 86_400_000],
    ] as const) {
      const lane = (times: number[]) =>
        decide(limited(per), givenCall('search', { at }), { callTimes: { search: times } }).lane;
      expect(lane([at - window + 1, at])).toBe('block');
      expect(lane([at - window, at])).toBe('allow');
      expect(lane([at - 1, at + 1])).toBe('allow');
    }
  });
});

describe('ceilings', () => {
  it('let a run make as many calls as they say, not one more', () => {
    expect(decide({ cost: { callsPerRun: 3 } }, givenCall('claims.get'), { calls: 2 }).lane).toBe('allow');
    expect(told(decide({ cost: { callsPerRun: 3 } }, givenCall('claims.get'), { calls: 3 }))).toEqual([
      'cost/callsPerRun call-ceiling block 3 of 3',
    ]);
  });

  it('let the same call be made as often as they say, not once more', () => {
    const digest = 'd'.repeat(64);
    const made = (times: number) =>
      decide({ cost: { repeatedCalls: 2 } }, givenCall('claims.get'), {
        calls: times,
        callsByTool: { 'claims.get': times },
        repeats: { 'claims.get': { [digest]: times } },
      });
    expect(made(1).lane).toBe('allow');
    expect(told(made(2))).toEqual(['cost/repeatedCalls repeated-call block 2 of 2']);
  });

  it('cannot tell repeats when nobody recorded the arguments', () => {
    const unrecorded = givenCall('claims.get', { arguments: undefined, argumentsDigest: undefined });
    expect(decide({ cost: { repeatedCalls: 2 } }, unrecorded)).toMatchObject({
      lane: 'allow',
      undecided: ['cost/repeatedCalls'],
    });
  });

  it('are broken by spending more than they say, not by spending it all', () => {
    const cost = { tokensPerRun: 100, perRun: 0.3, perDay: 5, perMonth: 50 };
    const spent = (more: number) =>
      decide({ cost }, givenCall('claims.get'), {
        tokens: 100 + more,
        costUsd: 0.3 + more,
        agentDayCostUsd: 5 + more,
        agentMonthCostUsd: 50 + more,
      });
    expect(spent(0).lane).toBe('allow');
    expect(told(spent(1))).toEqual([
      'cost/tokensPerRun token-ceiling block 101 of 100',
      'cost/perRun budget-run block 1.3 of 0.3',
      'cost/perDay budget-day block 6 of 5',
      'cost/perMonth budget-month block 51 of 50',
    ]);
  });

  it('pause, page, warn or log as the contract says, and are reported in any case', () => {
    const broken = (onBreach: 'log' | 'warn' | 'page' | 'pause') =>
      decide({ cost: { callsPerRun: 1, onBreach: { callsPerRun: onBreach } } }, givenCall('claims.get'), {
        calls: 1,
      });
    expect(broken('pause').lane).toBe('block');
    expect(broken('page')).toMatchObject({
      lane: 'escalate',
      obligations: [{ kind: 'escalation', clause: 'cost/callsPerRun' }],
    });
    for (const quiet of ['warn', 'log'] as const) {
      expect(broken(quiet).lane).toBe('allow');
      expect(told(broken(quiet))).toEqual(['cost/callsPerRun call-ceiling allow 1 of 1']);
    }
  });
});

describe('whatever is sent', { timeout: 60_000 }, () => {
  it('never throws on any JSON, and changes nothing it was given', () => {
    const anyName = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'claims.get', '*'));
    fc.assert(
      fc.property(
        anyPolicy,
        anyState,
        anyName,
        fc.jsonValue({ maxDepth: 6 }),
        fc.array(anyName),
        (policy, state, tool, args, categories) => {
          const compiled = compile(policy);
          const call = givenCall(tool, { arguments: args, categories });
          const before = JSON.stringify([policy, state, call]);
          const answer = evaluate(compiled, state, call);
          for (const finding of answer.findings) expect(explain(finding)).not.toBe('');
          expect(JSON.stringify([policy, state, call])).toBe(before);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('does not fall over arguments nested a hundred thousand deep', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const tools: Policy['tools'] = {
      pay: {
        action: 'transact',
        egress: false,
        categories: [],
        arguments: { properties: { amount: { type: 'number' } } },
      },
    };
    const rules = [
      {
        id: 'large',
        tools: [],
        actions: [],
        when: [{ field: 'arg.amount', op: '>' as const, value: 1 }],
        tier: 'approval' as const,
      },
    ];
    expect(decide({ tools, authority: { rules } }, givenCall('pay', { arguments: deep })).lane).toBe(
      'escalate',
    );
    expect(
      decide({ tools, authority: { rules } }, givenCall('pay', { arguments: { amount: deep } })).lane,
    ).toBe('block');
  });

  it('answers in one pass over a list of a million items', () => {
    const rules = [
      {
        id: 'large',
        tools: [],
        actions: [],
        when: [{ field: 'arg.amounts', op: '>' as const, value: 1 }],
        tier: 'approval' as const,
      },
    ];
    const call = givenCall('payments.send', { arguments: { amounts: new Array(1_000_000).fill(1) } });
    expect(decide({ authority: { rules } }, call).lane).toBe('allow');
  });

  it('does not match a pattern against a text long enough to keep it busy', () => {
    const tools: Policy['tools'] = {
      pay: {
        action: 'read',
        egress: false,
        categories: [],
        arguments: { properties: { note: { pattern: '\\s+$' } } },
      },
    };
    const began = performance.now();
    const spaces = (length: number) => givenCall('pay', { arguments: { note: `${' '.repeat(length)}x` } });
    expect(decide({ tools }, spaces(1_000_000)).lane).toBe('block');
    expect(performance.now() - began).toBeLessThan(5000);
    expect(decide({ tools }, givenCall('pay', { arguments: { note: 'x '.repeat(5000) } })).lane).toBe(
      'allow',
    );
  });

  it('keeps a stranger’s megabyte name out of the answer', () => {
    const [finding] = decide({}, givenCall('x'.repeat(1_000_000))).findings;
    expect(finding?.detail.length).toBeLessThanOrEqual(80);
    expect(finding?.clause.length).toBeLessThanOrEqual(90);
  });
});
