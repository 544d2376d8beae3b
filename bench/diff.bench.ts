/**
 * What comparing and linting a large contract costs: 200 tools with argument schemas, 200 rules, 100 criteria. The diff is held
 * against a general differ of JSON (jsondiffpatch, lists matched by id like ours, which knows neither directions nor routes),
 * lint against reading the same document with its schema. Both also against what a person does not notice: 10 and 5 ms.
 */
import { create } from 'jsondiffpatch';
import { diffContracts } from '@/lib/contract/diff';
import { lint } from '@/lib/contract/lint';
import { routeOf } from '@/lib/contract/route';
import { type Contract, type ContractInput, contractSchema } from '@/lib/contract/schema';
import { aContract } from '@/lib/services/testing/a-contract';
import type { Line } from './support/line';

const ROUNDS = 7;
const PASSES = 20;
const TOOLS = 200;
const CRITERIA = 100;
const CATEGORIES = ['contact', 'financial', 'health', 'location'];

/** A contract as large as one gets. `changed` has every tenth tool, rule and criterion otherwise. */
function large(changed: boolean): Contract {
  const touched = (index: number) => changed && index % 10 === 0;
  const base = aContract();
  const tools: ContractInput['tools'] = {};
  for (let index = 0; index < TOOLS; index += 1)
    tools[`system-${index % 12}.tool_${index}`] = {
      server: `system-${index % 12}`,
      description: `What tool number ${index} does, in one sentence.`,
      action: index % 5 === 0 ? 'transact' : index % 2 === 0 ? 'write' : 'read',
      categories: CATEGORIES.slice(0, 1 + ((index + (touched(index) ? 1 : 0)) % 4)),
      idempotencyKey: 'id',
      arguments: {
        type: 'object',
        properties: {
          id: { type: 'string', pattern: '^[A-Z]{2}-\\d{6}$' },
          amount: { type: 'number', minimum: 0, maximum: touched(index) ? 900 : 1000 },
          lines: {
            type: 'array',
            maxItems: 50,
            items: { type: 'object', properties: { sku: { type: 'string' } } },
          },
        },
        required: ['id', 'amount'],
        additionalProperties: false,
      },
      rateLimit: { calls: 10 + index, per: 'run' },
    };
  const names = Object.keys(tools);
  return contractSchema.parse({
    ...base,
    tools: { ...base.tools, ...tools },
    authority: {
      level: 'bounded',
      defaults: { read: 'alone', write: 'alone', transact: 'approval' },
      rules: names.map((name, index) => ({
        id: `rule-${index}`,
        statement: `Above a figure somebody decides about ${name}.`,
        tools: [name],
        when: [{ field: 'arg.amount', op: '>', value: 100 * index + (touched(index) ? 50 : 0) }],
        tier: index % 3 === 0 ? 'escalation' : 'approval',
        by: 'operator',
      })),
    },
    quality: {
      criteria: Array.from({ length: CRITERIA }, (_, index) => ({
        id: `criterion-${index}`,
        statement: `What good is, number ${index}.`,
        signal: 'eval',
        metric: `metric-${index}`,
        comparison: '>=',
        target: 0.9 + (touched(index) ? 0.05 : 0),
        windowDays: 30,
        leastSamples: 30,
        freshnessDays: 14,
      })),
    },
    cost: { ...base.cost, perRun: changed ? 1 : 0.5, callsPerRun: 400 },
  } satisfies ContractInput);
}

/** The best of several rounds, in milliseconds for one. */
function fastest(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    for (let pass = 0; pass < PASSES; pass += 1) work();
    best = Math.min(best, (performance.now() - began) / PASSES);
  }
  return best;
}

function run(): Line[] {
  const before = large(false);
  const after = large(true);
  const changes = diffContracts(before, after);
  if (changes.length < 60 || routeOf(changes).route === null)
    throw new Error(`The diff found ${changes.length} changes.`);
  const differ = create({
    objectHash: (item) => ('id' in item && typeof item.id === 'string' ? item.id : JSON.stringify(item)),
  });
  const context = {
    today: '2026-11-21',
    people: new Map([['operator@example.com', ['operator']]]),
    labels: ['1.1'],
  };
  const ours = fastest(() => routeOf(diffContracts(before, after)));
  const theirs = fastest(() => differ.diff(before, after));
  const linted = fastest(() => lint(after, context));
  const read = fastest(() => contractSchema.parse(after));
  const line = (what: string, mine: number, reference: number, goal: number): Line => ({
    what,
    ours: mine,
    reference,
    unit: 'ms',
    ratio: reference / mine,
    goal,
  });
  return [
    line(
      `diff of two large contracts with ${changes.length} changes; reference: jsondiffpatch`,
      ours,
      theirs,
      1,
    ),
    line('diff of two large contracts; reference: 10 ms', ours, 10, 1),
    line('lint of a large contract; reference: reading it with its schema', linted, read, 0.5),
    line('lint of a large contract; reference: 5 ms', linted, 5, 1),
  ];
}

export const measure = { name: 'diff', run };
