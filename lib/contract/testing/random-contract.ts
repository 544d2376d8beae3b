import fc from 'fast-check';
import { FILTER_ACTS } from '@/lib/decision/types';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  ACTION_CLASSES,
  AUTHORITY_LEVELS,
  BANDS,
  type ContractInput,
  LADDER_GATES,
  LADDER_STEPS,
  RESPONSES,
  RUNNING_RUNS,
  TIERS,
} from '../schema';

const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,12}$/);
/** Anything a person may type on one or several lines, odd characters included, that survives trimming. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((each) => each.replaceAll('\0', '').trim())
  .filter((each) => each !== '' && each.isWellFormed());
const toolName = fc.stringMatching(/^[A-Za-z_][\w.:-]{0,20}$/);
const money = fc.double({ min: 0, max: 1e6, noNaN: true, noDefaultInfinity: true });
const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true, noDefaultInfinity: true });
const whole = fc.integer({ min: 1, max: 1_000_000 });
const categories = fc.uniqueArray(slug, { maxLength: 4 });
const scalar = fc.oneof(text, money, fc.boolean(), fc.constant(null));

const tool = fc.record(
  {
    action: fc.constantFrom(...ACTION_CLASSES),
    server: text,
    description: text,
    egress: fc.boolean(),
    categories,
    filter: fc.uniqueArray(
      fc.record({
        id: slug,
        categories: fc.uniqueArray(slug, { minLength: 1, maxLength: 3 }),
        // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
        then: fc.constantFrom(...FILTER_ACTS),
      }),
      { maxLength: 2, selector: (filter) => filter.id },
    ),
    rateLimit: fc.record({ calls: whole, per: fc.constantFrom('run', 'minute', 'hour', 'day') }),
    timeoutSeconds: positive,
    circuitBreaker: fc.record({ failures: whole, coolDownSeconds: positive }),
    reversible: fc.oneof(
      fc.boolean(),
      fc.record({ by: toolName }),
      fc.record({ by: toolName, within: text }),
    ),
    arguments: fc.record({
      type: fc.constant('object' as const),
      properties: fc.dictionary(
        fc.stringMatching(/^[a-z_]{1,8}$/),
        fc.record({ enum: fc.array(scalar, { minLength: 1, maxLength: 3 }) }),
        { maxKeys: 3 },
      ),
    }),
  },
  { requiredKeys: ['action'] },
);

const weight = fc.integer({ min: 1, max: 9 }).map((tenths) => tenths / 10);

const condition = fc.oneof(
  fc.record({ field: fc.constant('arg.amount'), op: fc.constantFrom('<', '<=', '>', '>='), value: money }),
  fc.record({ field: fc.constantFrom('category', 'tool'), op: fc.constantFrom('=', '!='), value: text }),
  fc.record({
    field: fc.constant('arg.a.b'),
    op: fc.constantFrom('in', 'not-in'),
    value: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ field: fc.constant('arg.x'), op: fc.constantFrom('present', 'absent') }),
);

const trigger = fc.oneof(
  fc.record(
    { breaches: whole, withinDays: positive, severity: fc.constantFrom(...BANDS) },
    { requiredKeys: ['breaches', 'withinDays'] },
  ),
  fc.record({ unknownTools: whole, withinDays: positive }),
  fc.record({ attestationOverdueDays: positive }),
);
const afterBreaches = fc.record(
  {
    runningRuns: fc.constantFrom(...RUNNING_RUNS),
    codeRollback: fc.record({ hook: text, to: text }, { requiredKeys: ['hook'] }),
    ladder: fc.uniqueArray(
      fc.record(
        {
          id: slug,
          when: trigger,
          step: fc.constantFrom(...LADDER_STEPS),
          to: fc.constantFrom(...AUTHORITY_LEVELS),
          gate: fc.constantFrom(...LADDER_GATES),
        },
        { requiredKeys: ['id', 'when', 'step'] },
      ),
      { maxLength: 3, selector: (step) => step.id },
    ),
    recovery: fc.uniqueArray(fc.record({ id: slug, statement: text }), {
      maxLength: 2,
      selector: (requirement) => requirement.id,
    }),
  },
  { requiredKeys: [] },
);
const compensationTerms = fc.record(
  { approval: fc.constantFrom('operator' as const, 'none' as const), withinMinutes: positive },
  { requiredKeys: [] },
);

/** Sound contracts: a whole one with names, tools, rules, weights and budgets at random. */
export const randomContract: fc.Arbitrary<ContractInput> = fc
  .record({
    name: text,
    description: text,
    tools: fc.dictionary(toolName, tool, { minKeys: 1, maxKeys: 5 }),
    tasks: fc.uniqueArray(fc.record({ id: slug, statement: text }), {
      minLength: 1,
      maxLength: 4,
      selector: (task) => task.id,
    }),
    forbidden: fc.uniqueArray(fc.record({ id: slug, statement: text, categories }), {
      maxLength: 3,
      selector: (act) => act.id,
    }),
    level: fc.constantFrom(...AUTHORITY_LEVELS),
    rules: fc.uniqueArray(
      fc.record({
        id: slug,
        tier: fc.constantFrom(...TIERS),
        by: text,
        when: fc.array(condition, { maxLength: 3 }),
      }),
      { maxLength: 4, selector: (rule) => rule.id },
    ),
    weights: fc.dictionary(slug, fc.double({ min: 0, max: 10, noNaN: true }), { maxKeys: 5 }),
    medium: positive,
    perRun: money,
    quality: fc.record(
      {
        score: fc.record({ risk: weight, quality: weight, cost: weight }),
        review: fc.record(
          {
            share: weight,
            silentShare: weight,
            reviewers: fc.integer({ min: 1, max: 4 }),
            withinDays: positive,
          },
          { requiredKeys: ['share'] },
        ),
      },
      { requiredKeys: [] },
    ),
    outcomes: fc.record({ acceptedWhen: slug, completedWhen: slug }, { requiredKeys: [] }),
    high: fc.uniqueArray(fc.constantFrom(...RESPONSES), { minLength: 1 }),
    afterBreaches,
    compensation: fc.option(compensationTerms, { nil: undefined }),
  })
  .map((parts) =>
    aContract({
      identity: { name: parts.name, description: parts.description },
      tools: parts.tools,
      scope: { tasks: parts.tasks, forbidden: parts.forbidden },
      authority: {
        level: parts.level,
        rules: parts.rules.filter((rule) => rule.id !== 'level' && rule.id !== 'defaults'),
      },
      risk: {
        categories: parts.weights,
        thresholds: { medium: parts.medium, high: parts.medium * 2, critical: parts.medium * 3 },
      },
      quality: parts.quality,
      cost: { perRun: parts.perRun, ...parts.outcomes },
      failure: {
        high: parts.high,
        ...parts.afterBreaches,
        compensations: Object.keys(parts.tools)
          .slice(0, parts.compensation === undefined ? 0 : 1)
          .map((name) => ({ id: 'undo', tool: name, by: name, ...parts.compensation })),
      },
    }),
  );
