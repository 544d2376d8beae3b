/** Random policies, states and calls, drawn from small vocabularies so that they meet often. */
import fc from 'fast-check';
import {
  type ArgumentSchema,
  type Condition,
  FILTER_ACTS,
  type IntendedCall,
  type Policy,
  type RunState,
} from '../types';

const TOOLS = ['crm.read', 'crm.write', 'pay', 'mail', 'constructor', '__proto__'] as const;
const CATEGORIES = ['pii', 'bank-account', 'public', 'health'] as const;
const FIELDS = [
  'arg.amount',
  'arg.to',
  'arg.lines.amount',
  'arg.constructor',
  'arg.__proto__',
  'category',
  'action',
  'tool',
  'amount',
  'arg.',
] as const;
const KEYS = ['amount', 'to', 'lines', 'constructor', 'toString', '__proto__', 'note'] as const;
const TIERS = ['alone', 'approval', 'escalation', 'never'] as const;
const ON_BREACH = ['log', 'warn', 'page', 'pause'] as const;
const ACTIONS = ['read', 'write', 'transact'] as const;
export const LEVELS = ['suggest-only', 'read-only', 'human-in-the-loop', 'bounded', 'continuous'] as const;

const few = <T>(of: fc.Arbitrary<T>) => fc.array(of, { maxLength: 2 });
const someOf = <T>(of: readonly T[]) => fc.subarray([...of]);
const figure = fc.constantFrom(-1, 0, 1, 2, 10, 10.5, 1000);
const words = fc.constantFrom('', 'a', 'eve', 'eve@example.com', 'read', 'pay', 'pii', '😀😀', '1000');
const scalar = fc.oneof(figure, words, fc.boolean(), fc.constant(null));

export const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    field: fc.constantFrom(...FIELDS),
    op: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    value: figure,
  }),
  fc.record({
    field: fc.constantFrom(...FIELDS),
    op: fc.constantFrom('=' as const, '!=' as const),
    value: fc.oneof(scalar, fc.constantFrom(...CATEGORIES), fc.constantFrom(...TOOLS)),
  }),
  fc.record({
    field: fc.constantFrom(...FIELDS),
    op: fc.constantFrom('in' as const, 'not-in' as const),
    value: fc.array(fc.oneof(scalar, fc.constantFrom(...CATEGORIES), fc.constantFrom(...TOOLS)), {
      minLength: 1,
      maxLength: 4,
    }),
  }),
  fc.record({
    field: fc.constantFrom(...FIELDS),
    op: fc.constantFrom('present' as const, 'absent' as const),
  }),
);

/** There `share` times in four, else undefined. */
const maybe = <T>(of: fc.Arbitrary<T>, share = 1) =>
  fc.oneof({ weight: share, arbitrary: of }, { weight: 4 - share, arbitrary: fc.constant(undefined) });

const leafSchema: fc.Arbitrary<ArgumentSchema> = fc.record({
  type: maybe(fc.constantFrom('string' as const, 'number' as const, 'integer' as const, 'null' as const)),
  minimum: maybe(figure),
  maximum: maybe(figure),
  exclusiveMinimum: maybe(figure),
  exclusiveMaximum: maybe(figure),
  minLength: maybe(fc.nat(3)),
  maxLength: maybe(fc.nat(5)),
  pattern: maybe(fc.constantFrom('^eve', '@', '.', '(')),
  enum: maybe(fc.array(scalar, { minLength: 1, maxLength: 4 })),
  const: maybe(scalar),
});
const listSchema: fc.Arbitrary<ArgumentSchema> = fc.record({
  type: maybe(fc.constant('array' as const)),
  items: maybe(leafSchema),
  minItems: maybe(fc.nat(2)),
  maxItems: maybe(fc.nat(3)),
});
export const anySchema: fc.Arbitrary<ArgumentSchema> = fc.record({
  type: maybe(fc.constantFrom('object' as const, 'array' as const)),
  properties: maybe(
    fc.dictionary(fc.constantFrom(...KEYS), fc.oneof(leafSchema, leafSchema, listSchema), { maxKeys: 4 }),
    3,
  ),
  required: maybe(few(fc.constantFrom(...KEYS))),
  additionalProperties: maybe(fc.boolean()),
  items: maybe(leafSchema),
});

export const anyFilters = fc
  .array(
    fc.record({
      categories: fc.subarray([...CATEGORIES], { minLength: 1, maxLength: 2 }),
      // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
      then: fc.constantFrom(...FILTER_ACTS),
    }),
    { maxLength: 2 },
  )
  .map((filters) => filters.map((filter, index) => ({ id: `filter-${index}`, ...filter })));

const anyTool = fc.record({
  action: fc.constantFrom(...ACTIONS),
  egress: fc.boolean(),
  categories: someOf(CATEGORIES),
  filter: maybe(anyFilters),
  arguments: maybe(anySchema, 2),
  rateLimit: maybe(
    fc.record({
      calls: fc.integer({ min: 1, max: 3 }),
      per: fc.constantFrom('run' as const, 'minute' as const, 'hour' as const, 'day' as const),
    }),
    2,
  ),
  reversible: maybe(fc.oneof(fc.boolean(), fc.record({ by: fc.constantFrom(...TOOLS) })), 2),
});

const anyRule = fc.record({
  tools: few(fc.constantFrom(...TOOLS, '*')),
  actions: few(fc.constantFrom(...ACTIONS)),
  when: few(anyCondition),
  tier: fc.constantFrom(...TIERS),
  by: maybe(fc.constantFrom('operator', 'sponsor')),
  withinMinutes: maybe(fc.constantFrom(5, 30)),
});
export const anyRestriction = anyRule.map((rule) => ({
  ...rule,
  tier: rule.tier === 'alone' ? ('approval' as const) : rule.tier,
}));

export const anyAct = fc.record({
  tools: few(fc.constantFrom(...TOOLS, '*')),
  actions: fc.subarray([...ACTIONS], { maxLength: 1 }),
  categories: fc.subarray([...CATEGORIES], { maxLength: 1 }),
});

const limit = maybe(fc.integer({ min: 1, max: 6 }), 1);
const onBreach = fc.constantFrom(...ON_BREACH);

export const anyPolicy: fc.Arbitrary<Policy> = fc.record({
  scope: fc.record({
    actions: fc.subarray(['read', 'draft', 'recommend', 'execute'] as const, { minLength: 1 }),
    forbidden: fc
      .array(anyAct, { maxLength: 1 })
      .map((acts) => acts.map((act, index) => ({ id: `act-${index}`, ...act }))),
  }),
  tools: fc.dictionary(fc.constantFrom(...TOOLS, '*'), anyTool, { maxKeys: 7 }),
  authority: fc.record({
    level: fc.constantFrom(...LEVELS),
    defaults: fc.record({
      read: fc.constantFrom('alone' as const, 'alone' as const, ...TIERS),
      write: fc.constantFrom(...TIERS),
      transact: fc.constantFrom(...TIERS),
    }),
    rules: fc
      .array(anyRule, { maxLength: 5 })
      .map((rules) => rules.map((rule, index) => ({ id: `rule-${index}`, ...rule }))),
  }),
  failure: maybe(
    fc.record({
      compensations: few(fc.record({ by: fc.constantFrom(...TOOLS) })),
    }),
    1,
  ),
  cost: fc.record({
    perRun: limit,
    perDay: limit,
    perMonth: limit,
    tokensPerRun: limit,
    callsPerRun: limit,
    repeatedCalls: limit,
    onBreach: fc.record({
      perRun: onBreach,
      perDay: onBreach,
      perMonth: onBreach,
      tokensPerRun: onBreach,
      callsPerRun: onBreach,
      repeatedCalls: onBreach,
    }),
  }),
});

const anyArgumentValue = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.array(fc.dictionary(fc.constantFrom(...KEYS), scalar, { maxKeys: 2 }), { maxLength: 3 }),
  fc.array(fc.array(fc.dictionary(fc.constantFrom(...KEYS), scalar, { maxKeys: 2 }), { maxLength: 2 }), {
    maxLength: 2,
  }),
);
export const anyArguments: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...KEYS), anyArgumentValue, { maxKeys: 4 }) },
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

export const anyCall: fc.Arbitrary<IntendedCall> = fc
  .record({
    tool: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...TOOLS) },
      { weight: 1, arbitrary: fc.constantFrom('*', 'unheard-of') },
    ),
    arguments: anyArguments,
    digest: fc.constantFrom('d1', 'd2'),
    categories: few(fc.constantFrom(...CATEGORIES, 'unheard-of')),
    sent: maybe(few(fc.constantFrom(...CATEGORIES))),
    unfiltered: maybe(someOf(CATEGORIES), 2),
    at: fc.constantFrom(0, 1_000_000, 1_059_999, 1_060_000, 90_000_000),
  })
  .map(({ digest, ...call }) => ({
    ...call,
    argumentsDigest: call.arguments === undefined ? undefined : digest,
  }));

const time = fc.constantFrom(0, 1, 999_999, 1_000_000, 1_000_001, 1_030_000, 1_060_000, 89_999_999);
const count = fc.nat(5);

/** Consistent with itself, as a fold is: no call was made more often than its tool. */
export const anyState: fc.Arbitrary<RunState> = fc
  .record({
    status: fc.oneof(
      { weight: 12, arbitrary: fc.constant('running' as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'paused' as const,
          'stopping' as const,
          'stopped' as const,
          'finished' as const,
        ),
      },
    ),
    killSwitch: fc.oneof(
      { weight: 12, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('this agent', 'the whole workspace') },
    ),
    held: fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      {
        weight: 1,
        arbitrary: fc.record({
          step: fc.constantFrom('pause' as const, 'recertify' as const),
          recover: fc.boolean(),
        }),
      },
    ),
    authorityLevel: fc.constantFrom('continuous' as const, 'continuous' as const, ...LEVELS),
    calls: count,
    callsByTool: fc.dictionary(fc.constantFrom(...TOOLS), count),
    callTimes: fc.dictionary(
      fc.constantFrom(...TOOLS),
      fc.array(time, { maxLength: 5 }).map((times) => times.sort((a, b) => a - b)),
    ),
    repeats: fc.dictionary(fc.constantFrom(...TOOLS), fc.dictionary(fc.constantFrom('d1', 'd2'), count)),
    tokens: count,
    costUsd: count,
    agentDayCostUsd: count,
    agentMonthCostUsd: count,
  })
  .map((state) => ({
    ...state,
    callsByTool: Object.fromEntries(
      TOOLS.map((tool) => [
        tool,
        Math.max(
          0,
          ...Object.values((Object.hasOwn(state.repeats, tool) ? state.repeats[tool] : undefined) ?? {}),
          (Object.hasOwn(state.callsByTool, tool) ? state.callsByTool[tool] : undefined) ?? 0,
        ),
      ]),
    ),
  }));
