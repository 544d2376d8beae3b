/** Pairs of contracts for diffs: decided by random policies, one made from the other by changes that a person makes. */
import fc from 'fast-check';
import { NARROWINGS } from '@/lib/decision/testing/narrow';
import { anyFilters, anyPolicy } from '@/lib/decision/testing/random';
import type { ArgumentSchema, Condition, IntendedCall, Policy } from '@/lib/decision/types';
import { aContract } from '@/lib/services/testing/a-contract';
import { type Contract, contractSchema } from '../schema';
import { randomContract } from './random-contract';

const BASE = contractSchema.parse(aContract());

/** A whole contract that decides as the policy does. What the policy says nothing of is as in `aContract`. */
export function contractOf(policy: Policy): Contract {
  return {
    ...BASE,
    scope: {
      tasks: BASE.scope.tasks,
      actions: [...policy.scope.actions],
      forbidden: policy.scope.forbidden.map((act) => ({
        id: act.id,
        statement: 'Never.',
        tools: [...act.tools],
        actions: [...act.actions],
        categories: [...act.categories],
      })),
    },
    tools: Object.fromEntries(
      Object.entries(policy.tools).map(([name, { arguments: schema, rateLimit, filter, ...tool }]) => [
        name,
        {
          ...tool,
          categories: [...tool.categories],
          scopes: [],
          reversible: tool.reversible ?? false,
          ...(filter === undefined
            ? {}
            : { filter: filter.map((each) => ({ ...each, categories: [...each.categories] })) }),
          ...(schema === undefined ? {} : { arguments: schema }),
          ...(rateLimit === undefined ? {} : { rateLimit }),
        },
      ]),
    ),
    authority: {
      level: policy.authority.level,
      defaults: policy.authority.defaults,
      rules: policy.authority.rules.map(({ by, withinMinutes, ...rule }) => ({
        ...rule,
        tools: [...rule.tools],
        actions: [...rule.actions],
        when: [...rule.when],
        ...(by === undefined ? {} : { by }),
        ...(withinMinutes === undefined ? {} : { withinMinutes }),
      })),
    },
    cost: policy.cost,
    failure: {
      ...BASE.failure,
      compensations: (policy.failure?.compensations ?? []).map(({ by }, index) => ({
        id: `undo-${index}`,
        tool: 'pay',
        by,
      })),
    },
  };
}

const narrowing = fc.oneof(...Object.values(NARROWINGS));

type PolicyTool = Policy['tools'][string];
type PolicyRule = Policy['authority']['rules'][number];
type Edit = (policy: Policy) => Policy;

const TOOLS = ['crm.read', 'pay', 'mail', '*'] as const;
const CATEGORIES = ['pii', 'bank-account', 'health'] as const;
const ACTIONS = ['read', 'write', 'transact'] as const;
const share = fc.nat(1000);
const at = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)];

/** Conditions near each other: the same fields, figures and words over and over. */
const nearCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    field: fc.constantFrom('arg.amount', 'arg.lines.amount'),
    op: fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const),
    value: fc.constantFrom(0, 1, 10),
  }),
  fc.record({
    field: fc.constantFrom('arg.amount', 'category', 'action', 'tool'),
    op: fc.constantFrom('=' as const, '!=' as const),
    value: fc.constantFrom(1, 10, 'pii', 'read', 'pay', 'health'),
  }),
  fc.record({
    field: fc.constantFrom('arg.amount', 'category', 'action', 'tool'),
    op: fc.constantFrom('in' as const, 'not-in' as const),
    value: fc.subarray([0, 1, 10, 'pii', 'health', 'write', 'mail'], { minLength: 1 }),
  }),
  fc.record({
    field: fc.constantFrom('arg.amount', 'category'),
    op: fc.constantFrom('present' as const, 'absent' as const),
  }),
);
export const nearConditions = fc.array(nearCondition, { maxLength: 2 });
const nearRule = fc.record({
  tools: fc.subarray([...TOOLS], { maxLength: 2 }),
  actions: fc.subarray([...ACTIONS], { maxLength: 2 }),
  when: nearConditions,
  tier: fc.constantFrom('alone' as const, 'approval' as const, 'escalation' as const, 'never' as const),
});
const nearLeaf: fc.Arbitrary<ArgumentSchema> = fc.oneof(
  fc.constant({}),
  fc.record({ type: fc.constantFrom('number' as const, 'integer' as const) }),
  fc.record({ minimum: fc.constantFrom(0, 1) }),
  fc.record({ exclusiveMinimum: fc.constantFrom(0, 1) }),
  fc.record({ maximum: fc.constantFrom(1, 10) }),
  fc.record({ exclusiveMaximum: fc.constantFrom(1, 10) }),
  fc.record({ enum: fc.subarray([0, 1, 10, 'a'], { minLength: 1 }) }),
  fc.record({ const: fc.constantFrom(1, 'a') }),
  fc.record({
    type: fc.constant('string' as const),
    minLength: fc.nat(2),
    maxLength: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    type: fc.constant('array' as const),
    maxItems: fc.nat(2),
    items: fc.record({ minimum: fc.nat(1) }),
  }),
);
export const nearSchema: fc.Arbitrary<ArgumentSchema> = fc.record(
  {
    type: fc.constant('object' as const),
    properties: fc.dictionary(fc.constantFrom('amount', 'to'), nearLeaf, { maxKeys: 2 }),
    required: fc.subarray(['amount', 'to']),
    additionalProperties: fc.boolean(),
  },
  { requiredKeys: [] },
);
const nearTool: fc.Arbitrary<PolicyTool> = fc.record(
  {
    action: fc.constantFrom(...ACTIONS),
    egress: fc.constant(false),
    categories: fc.subarray([...CATEGORIES]),
    filter: anyFilters,
    arguments: nearSchema,
    rateLimit: fc.record({
      calls: fc.integer({ min: 1, max: 3 }),
      per: fc.constantFrom('run' as const, 'minute' as const, 'hour' as const, 'day' as const),
    }),
  },
  { requiredKeys: ['action', 'egress', 'categories'] },
);

/** Objects to little, so that one change more often decides. */
const openPolicy: fc.Arbitrary<Policy> = fc
  .record({
    actions: fc.subarray(['read', 'draft', 'execute'] as const, { minLength: 2 }),
    forbidden: fc.array(
      fc.record({
        tools: fc.subarray([...TOOLS], { maxLength: 1 }),
        actions: fc.constant([]),
        categories: fc.subarray([...CATEGORIES], { maxLength: 1 }),
      }),
      { maxLength: 1 },
    ),
    tools: fc.dictionary(fc.constantFrom(...TOOLS), nearTool, { minKeys: 1, maxKeys: 4 }),
    defaults: fc.record({
      read: fc.constantFrom('alone' as const, 'approval' as const),
      write: fc.constantFrom('alone' as const, 'approval' as const, 'never' as const),
      transact: fc.constantFrom('alone' as const, 'approval' as const, 'never' as const),
    }),
    rules: fc.array(nearRule, { maxLength: 2 }),
  })
  .map(({ actions, forbidden, tools, defaults, rules }) => ({
    scope: { actions, forbidden: forbidden.map((act, index) => ({ id: `act-${index}`, ...act })) },
    tools,
    authority: {
      level: 'bounded',
      defaults,
      rules: rules.map((rule, index) => ({ id: `rule-${index}`, ...rule })),
    },
    cost: {
      onBreach: {
        perRun: 'log',
        perDay: 'log',
        perMonth: 'log',
        tokensPerRun: 'log',
        callsPerRun: 'log',
        repeatedCalls: 'log',
      },
    },
  }));

function withRule(policy: Policy, pick: number, change: (rule: PolicyRule) => PolicyRule): Policy {
  const chosen = at(policy.authority.rules, pick);
  const rules = policy.authority.rules.map((rule) => (rule === chosen ? change(rule) : rule));
  return { ...policy, authority: { ...policy.authority, rules } };
}

function withTool(policy: Policy, pick: number, change: (tool: PolicyTool) => PolicyTool): Policy {
  const chosen = at(Object.entries(policy.tools), pick);
  if (chosen === undefined) return policy;
  return { ...policy, tools: { ...policy.tools, [chosen[0]]: change(chosen[1]) } };
}

const without = (policy: Policy, name: string): Policy => ({
  ...policy,
  tools: Object.fromEntries(Object.entries(policy.tools).filter(([each]) => each !== name)),
});

/** What a person changes in one place, whichever way it moves. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(share, nearConditions).map(
    ([pick, when]): Edit =>
      (policy) =>
        withRule(policy, pick, (rule) => ({ ...rule, when })),
  ),
  fc.tuple(share, nearRule).map(
    ([pick, { tools }]): Edit =>
      (policy) =>
        withRule(policy, pick, (rule) => ({ ...rule, tools })),
  ),
  fc.tuple(share, nearRule).map(
    ([pick, { actions }]): Edit =>
      (policy) =>
        withRule(policy, pick, (rule) => ({ ...rule, actions })),
  ),
  fc.tuple(share, nearRule).map(
    ([pick, rule]): Edit =>
      (policy) =>
        withRule(policy, pick, ({ id }) => ({ id, ...rule })),
  ),
  fc.tuple(share, nearTool).map(
    ([pick, { arguments: schema }]): Edit =>
      (policy) =>
        withTool(policy, pick, (tool) => ({ ...tool, arguments: schema })),
  ),
  fc.tuple(share, nearTool).map(
    ([pick, { categories }]): Edit =>
      (policy) =>
        withTool(policy, pick, (tool) => ({ ...tool, categories })),
  ),
  fc.tuple(share, nearTool).map(
    ([pick, { filter }]): Edit =>
      (policy) =>
        withTool(policy, pick, (tool) => ({ ...tool, filter })),
  ),
  fc.tuple(share, nearTool).map(
    ([pick, { action }]): Edit =>
      (policy) =>
        withTool(policy, pick, (tool) => ({ ...tool, action })),
  ),
  fc.tuple(share, nearTool).map(
    ([pick, { rateLimit }]): Edit =>
      (policy) =>
        withTool(policy, pick, (tool) => ({ ...tool, rateLimit })),
  ),
  fc.tuple(share, fc.option(fc.constantFrom('crm.read', 'pay', 'mail'))).map(
    ([pick, by]): Edit =>
      (policy) =>
        withTool(policy, pick, (tool) => ({ ...tool, reversible: by === null ? false : { by } })),
  ),
  fc.subarray(['pay', 'mail']).map(
    (named): Edit =>
      (policy) => ({ ...policy, failure: { compensations: named.map((by) => ({ by })) } }),
  ),
  fc.constantFrom(...TOOLS).map(
    (name): Edit =>
      (policy) =>
        without(policy, name),
  ),
  fc.tuple(fc.constantFrom(...TOOLS), nearTool).map(
    ([name, tool]): Edit =>
      (policy) => ({ ...policy, tools: { ...policy.tools, [name]: tool } }),
  ),
  openPolicy.map(
    (other): Edit =>
      (policy) => ({ ...policy, scope: other.scope }),
  ),
  openPolicy.map(
    (other): Edit =>
      (policy) => ({ ...policy, authority: { ...policy.authority, defaults: other.authority.defaults } }),
  ),
);

/** Two policies that differ in one or two places. */
export const policyPairs: fc.Arbitrary<readonly [Policy, Policy]> = fc.oneof(
  { weight: 1, arbitrary: pairOf(anyPolicy, fc.array(narrowing, { minLength: 1, maxLength: 4 })) },
  { weight: 6, arbitrary: pairOf(openPolicy, fc.array(edit, { minLength: 1, maxLength: 2 })) },
);

function pairOf(policy: fc.Arbitrary<Policy>, edits: fc.Arbitrary<Edit[]>) {
  return fc
    .tuple(policy, edits)
    .map(([before, changes]) => [before, changes.reduce((so, change) => change(so), before)] as const);
}

/** Calls that meet the policies above often. */
export const nearCalls: fc.Arbitrary<IntendedCall> = fc.record({
  tool: fc.constantFrom('crm.read', 'pay', 'mail', 'unheard-of'),
  arguments: fc.record(
    {
      amount: fc.constantFrom<unknown>(0, 1, 5, 10, 11, 'a', 'abc', null, [], [0], [1, 11]),
      to: fc.constantFrom<unknown>(1, 'a'),
      lines: fc.constantFrom<unknown>([], [{ amount: 1 }], [{ amount: 11 }, {}]),
    },
    { requiredKeys: [] },
  ),
  argumentsDigest: fc.constant('d1'),
  categories: fc.subarray([...CATEGORIES], { maxLength: 2 }),
  at: fc.constantFrom(1_000_000, 1_060_000),
});

const whole = randomContract.map((contract) => contractSchema.parse(contract));

/** Pairs that differ anywhere, also in what no call is decided by. */
export const contractPairs: fc.Arbitrary<readonly [Contract, Contract]> = fc.oneof(
  fc.tuple(whole, whole),
  policyPairs.map(([before, after]) => [contractOf(before), contractOf(after)] as const),
  fc
    .tuple(whole, whole, fc.subarray(['identity', 'scope', 'tools', 'authority', 'risk', 'cost', 'failure']))
    .map(([before, other, keys]) => {
      const after: Contract = { ...before };
      for (const key of keys) Object.assign(after, { [key]: Reflect.get(other, key) });
      return [before, after] as const;
    }),
);
