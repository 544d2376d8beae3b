/**
 * What one decision costs beside Cedar's: the same policy, the same 10,000 requests, every answer equal. Cedar runs as
 * its own documentation advises for speed: policies and schema parsed once and kept (`statefulIsAuthorized`), requests
 * not validated. Our side does everything `evaluate` does, ceilings and budgets included, for which Cedar has no state.
 */
import {
  preparsePolicySet,
  preparseSchema,
  type StatefulAuthorizationCall,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import { type CompiledPolicy, compile } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import { addCall, addUsage, emptyFacts } from '@/lib/decision/run-facts';
import type { IntendedCall, Policy, RunState } from '@/lib/decision/types';
import type { Line } from './support/line';

const REQUESTS = 10_000;
const GOAL = 100;
const ROUNDS = 5;
const PASSES = 30;

/** A claims desk: reads and notes freely, pays up to 10,000 in its own currency, never touches health data. */
const POLICY: Policy = {
  scope: {
    actions: ['read', 'draft', 'execute'],
    forbidden: [
      { id: 'no-deletion', tools: ['claims.delete'], actions: [], categories: [] },
      { id: 'no-health-data', tools: [], actions: [], categories: ['health'] },
    ],
  },
  tools: {
    'claims.get': { action: 'read', egress: false, categories: ['customer-contact', 'claim'] },
    'claims.note': { action: 'write', egress: false, categories: ['customer-contact', 'claim'] },
    'claims.delete': { action: 'write', egress: false, categories: ['claim'] },
    'documents.read': { action: 'read', egress: false, categories: ['customer-contact', 'claim', 'vehicle'] },
    'payments.send': {
      action: 'transact',
      egress: false,
      categories: ['customer-contact', 'claim', 'bank-account'],
      arguments: {
        type: 'object',
        properties: {
          amount: { type: 'integer', minimum: 1 },
          currency: { type: 'string', enum: ['EUR', 'USD'] },
        },
        required: ['amount', 'currency'],
      },
    },
  },
  authority: {
    level: 'bounded',
    defaults: { read: 'alone', write: 'alone', transact: 'alone' },
    rules: [
      {
        id: 'large-payments',
        tools: ['payments.send'],
        actions: [],
        when: [{ field: 'arg.amount', op: '>', value: 10_000 }],
        tier: 'never',
      },
      {
        id: 'foreign-payments',
        tools: ['payments.send'],
        actions: [],
        when: [
          { field: 'arg.currency', op: '!=', value: 'EUR' },
          { field: 'arg.amount', op: '>', value: 1000 },
        ],
        tier: 'never',
      },
    ],
  },
  cost: {
    perRun: 5,
    perDay: 500,
    perMonth: 10_000,
    tokensPerRun: 1_000_000,
    callsPerRun: 1000,
    repeatedCalls: 3,
    onBreach: {
      perRun: 'pause',
      perDay: 'pause',
      perMonth: 'pause',
      tokensPerRun: 'pause',
      callsPerRun: 'pause',
      repeatedCalls: 'pause',
    },
  },
};

/** The same, as Cedar says it. What is not permitted is denied; a forbid wins over every permit. */
const CEDAR_POLICY = `
permit (principal, action == Action::"call", resource == Tool::"claims.get")
when { ["customer-contact", "claim"].containsAll(context.categories) };
permit (principal, action == Action::"call", resource == Tool::"claims.note")
when { ["customer-contact", "claim"].containsAll(context.categories) };
permit (principal, action == Action::"call", resource == Tool::"claims.delete")
when { ["claim"].containsAll(context.categories) };
permit (principal, action == Action::"call", resource == Tool::"documents.read")
when { ["customer-contact", "claim", "vehicle"].containsAll(context.categories) };
permit (principal, action == Action::"call", resource == Tool::"payments.send")
when {
  ["customer-contact", "claim", "bank-account"].containsAll(context.categories) &&
  context.arguments has amount && context.arguments.amount >= 1 &&
  context.arguments has currency && ["EUR", "USD"].contains(context.arguments.currency)
};
forbid (principal, action, resource == Tool::"claims.delete");
forbid (principal, action, resource) when { context.categories.contains("health") };
forbid (principal, action, resource == Tool::"payments.send")
when { context.arguments has amount && context.arguments.amount > 10000 };
forbid (principal, action, resource == Tool::"payments.send")
when {
  context.arguments has amount && context.arguments has currency &&
  context.arguments.currency != "EUR" && context.arguments.amount > 1000
};
`;
const CEDAR_SCHEMA = `
entity Agent;
entity Tool;
action "call" appliesTo {
  principal: Agent,
  resource: Tool,
  context: { categories: Set<String>, arguments: { amount?: Long, currency?: String, claim?: String } }
};
`;

interface Request {
  tool: string;
  arguments: Record<string, string | number>;
  categories: string[];
}

/** The same 10,000 requests in every run: about two in three are allowed, every clause refuses some. */
function requests(): Request[] {
  const next = generator(20_261_121);
  const pick = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(next() * from.length)] ?? from[0];
  return Array.from({ length: REQUESTS }, (_, index) => {
    const tool = pick([
      'claims.get',
      'claims.get',
      'claims.note',
      'documents.read',
      'documents.read',
      'payments.send',
      'payments.send',
      'payments.send',
      next() < 0.2 ? 'claims.delete' : 'claims.get',
      next() < 0.3 ? 'mail.send' : 'claims.note',
    ]);
    const categories = ['claim'];
    if (tool !== 'claims.delete' && next() < 0.5) categories.push('customer-contact');
    if (tool === 'documents.read' && next() < 0.5) categories.push('vehicle');
    if (tool === 'payments.send' && next() < 0.8) categories.push('bank-account');
    if (next() < 0.05) categories.push('bank-account');
    if (next() < 0.03) categories.push('health');
    const request: Request = {
      tool,
      categories: [...new Set(categories)],
      arguments: { claim: `C-${index}` },
    };
    if (tool === 'payments.send') {
      if (next() < 0.97) request.arguments.amount = Math.floor(next() * (next() < 0.2 ? 20_000 : 1500));
      if (next() < 0.97) request.arguments.currency = pick(['EUR', 'EUR', 'EUR', 'USD', 'GBP']);
    }
    return request;
  });
}

/** mulberry32: a small seeded generator, so that every run measures the same requests. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seconds of one pass. */
function secondsOf(pass: () => void): number {
  const began = process.hrtime.bigint();
  pass();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

/** A run that has made a dozen calls: some tools often enough that repeats must be looked up. */
function midway(compiled: CompiledPolicy): RunState {
  const state: RunState = {
    ...emptyFacts(),
    status: 'running',
    killSwitch: null,
    held: null,
    authorityLevel: 'bounded',
    agentDayCostUsd: 12,
    agentMonthCostUsd: 300,
  };
  const made = [
    'claims.get',
    'documents.read',
    'claims.note',
    'claims.get',
    'documents.read',
    'documents.read',
  ];
  for (const [index, tool] of [...made, ...made].entries())
    addCall(state, compiled, {
      tool,
      categories: [],
      argumentsDigest: `earlier-${index}`,
      at: 1_790_000_000_000,
    });
  addUsage(state, 40_000, 0.4);
  return state;
}

function run(): Promise<Line[]> {
  const all = requests();
  const compiled = compile(POLICY);
  const state = midway(compiled);
  const calls: IntendedCall[] = all.map((request, index) => ({
    ...request,
    argumentsDigest: index.toString(16).padStart(64, '0'),
    at: 1_790_000_000_000 + index,
  }));
  const cedarCalls: StatefulAuthorizationCall[] = all.map((request) => ({
    principal: { type: 'Agent', id: 'claims' },
    action: { type: 'Action', id: 'call' },
    resource: { type: 'Tool', id: request.tool },
    context: { categories: request.categories, arguments: request.arguments },
    preparsedSchemaName: 'contract',
    validateRequest: false,
    preparsedPolicySetId: 'contract',
    entities: [],
  }));
  for (const answer of [
    preparsePolicySet('contract', { staticPolicies: CEDAR_POLICY }),
    preparseSchema('contract', CEDAR_SCHEMA),
  ])
    if (answer.type !== 'success') throw new Error(`Cedar refuses: ${JSON.stringify(answer.errors)}`);

  let allowed = 0;
  for (const [index, call] of calls.entries()) {
    const ours = evaluate(compiled, state, call).lane === 'allow';
    const cedarCall = cedarCalls[index];
    const answer = cedarCall === undefined ? undefined : statefulIsAuthorized(cedarCall);
    if (answer?.type !== 'success') throw new Error(`Cedar gave no answer: ${JSON.stringify(answer)}`);
    if (ours !== (answer.response.decision === 'allow'))
      throw new Error(
        `We ${ours ? 'allow' : 'refuse'} and Cedar does not: ${JSON.stringify(all[index])} ${JSON.stringify(answer.response.diagnostics)}`,
      );
    if (ours) allowed += 1;
  }

  // Turn about, and the fastest pass of each: what else the machine does then slows neither more than the other.
  let [ours, cedar] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let lanes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    cedar = Math.min(
      cedar,
      secondsOf(() => {
        for (const call of cedarCalls) statefulIsAuthorized(call);
      }),
    );
    for (let pass = 0; pass < PASSES; pass += 1)
      ours = Math.min(
        ours,
        secondsOf(() => {
          for (const call of calls) if (evaluate(compiled, state, call).lane === 'allow') lanes += 1;
        }),
      );
  }
  if (lanes !== allowed * ROUNDS * PASSES) throw new Error('The answers changed between passes.');

  return Promise.resolve([
    {
      what: `one policy, ${REQUESTS} requests, every answer as Cedar's (${allowed} allowed)`,
      ours: Math.round(REQUESTS / ours),
      reference: Math.round(REQUESTS / cedar),
      unit: 'decisions/s',
      ratio: cedar / ours,
      goal: GOAL,
    },
  ]);
}

export const measure = { name: 'evaluate', run };
