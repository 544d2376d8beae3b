/**
 * Every field of a contract, each with the one rule of lib/contract/change-rules.ts that speaks of it. The types refuse a
 * field that is left out, so a contract cannot grow one that a diff does not know.
 */
import type { Move } from './change-row';
import type { RuleId } from './change-rules';
import { differInFigures } from './diff-conditions';
import {
  type Around,
  access,
  actionClasses,
  aggregates,
  approvals,
  argumentSchemas,
  audiences,
  type Compare,
  categoryWeights,
  costResponses,
  different,
  egress,
  filterActs,
  ladderGates,
  ladderLevels,
  ladderSteps,
  ladderTriggers,
  laterWidens,
  levels,
  moreNarrows,
  moreWidens,
  neutral,
  presenceNarrows,
  presenceWidens,
  rateLimits,
  reviewDays,
  reviewers,
  rollbacks,
  ruleConditions,
  ruleReach,
  rules,
  runningRuns,
  silentShares,
  targets,
  tiers,
  timeToMend,
  toolCategory,
  tools,
} from './diff-moves';
import { changesRemedies, compensations, remedies, undoing } from './diff-remedies';
import type { Compensation, Contract, LadderStep, RecoveryRequirement, Tool, ToolFilter } from './schema';

/** How a rule is found and a clause compared. */
export interface Judge {
  rule: RuleId;
  compare: Compare;
  /** Another rule that speaks instead of this one of some changes. */
  other?: { rule: RuleId; where: (before: unknown, after: unknown, around: Around) => boolean };
}

export type Node =
  /** One value, compared as a whole. `presence` speaks where it is there on one side only. */
  | { kind: 'leaf'; judge: Judge; presence: Judge; words: boolean; figures: boolean }
  /** A list of plain values, compared one by one. `whole` where an empty list means all. */
  | {
      kind: 'set';
      rule: RuleId;
      element: (value: string, added: boolean, around: Around) => Move;
      whole?: Compare;
    }
  | { kind: 'group'; fields: Fields; presence?: Judge }
  /** A list by `id`, or a map by key. `under` replaces the list's own key in the names of its clauses. */
  | { kind: 'entries'; presence: Judge; fields: Fields; under?: string }
  /** A map from names to single values. */
  | { kind: 'values'; judge: Judge };

export type Fields = Readonly<Record<string, Node>>;
/** A node for every field there is. */
type FieldsOf<T> = { readonly [Key in keyof Required<T>]: Node };

const leaf = (rule: RuleId, compare: Compare, presence: RuleId = rule): Node => ({
  kind: 'leaf',
  judge: { rule, compare },
  presence: { rule: presence, compare },
  words: false,
  figures: false,
});
const says = (rule: RuleId): Node => leaf(rule, neutral);
/** Words that carry meaning; spacing, case and punctuation alone are `wording`. */
const words = (rule: RuleId): Node => ({
  kind: 'leaf',
  judge: { rule, compare: neutral },
  presence: { rule, compare: neutral },
  words: true,
  figures: false,
});
const moreOf = (rule: RuleId): Node => ({
  kind: 'set',
  rule,
  element: (_, added) => (added ? 'wider' : 'narrower'),
});
const lessOf = (rule: RuleId): Node => ({
  kind: 'set',
  rule,
  element: (_, added) => (added ? 'narrower' : 'wider'),
});
const listOf = (rule: RuleId): Node => ({ kind: 'set', rule, element: () => 'neutral' });
const group = (fields: Fields, presence?: Judge): Node => ({
  kind: 'group',
  fields,
  ...(presence === undefined ? {} : { presence }),
});
const entries = <T>(presence: Judge, fields: FieldsOf<T>, under?: string): Node => ({
  kind: 'entries',
  presence,
  fields,
  ...(under === undefined ? {} : { under }),
});
const permits = (rule: RuleId): Judge => ({ rule, compare: presenceWidens });
const restricts = (rule: RuleId): Judge => ({ rule, compare: presenceNarrows });

const id: Node = says('wording');

/** Of what undoes calls, where it changes which calls pass while the agent is held. */
const other = { rule: 'remedy', where: changesRemedies } as const;
const undoneBy: Judge = { rule: 'compensation', compare: remedies, other };

function toolIn(contract: Contract, name: string): Tool | undefined {
  return Object.hasOwn(contract.tools, name) ? contract.tools[name] : undefined;
}

function ruleIn(contract: Contract, name: string) {
  return contract.authority.rules.find((rule) => rule.id === name);
}

function stepIn(contract: Contract, name: string): LadderStep | undefined {
  return contract.failure.ladder?.find((step) => step.id === name);
}

/** The tools or classes of a rule: where one side is empty, and so speaks of all, the list changes as a whole. */
const ruleList = (key: 'tools' | 'actions'): Node => ({
  kind: 'set',
  rule: 'rule-reach',
  element: (value, added, around) =>
    added ? ruleReach([''], ['', value], around) : ruleReach(['', value], [''], around),
  whole: (_before, _after, around) =>
    ruleReach(
      ruleIn(around.before, around.entry)?.[key] ?? [],
      ruleIn(around.after, around.entry)?.[key] ?? [],
      around,
    ),
});

const tool: FieldsOf<Tool> = {
  server: says('tool-server'),
  description: says('wording'),
  action: leaf('tool-class', (_before, _after, around) => {
    const from = toolIn(around.before, around.entry)?.action;
    const to = toolIn(around.after, around.entry)?.action;
    return from === undefined || to === undefined ? 'both' : actionClasses(from, to, around);
  }),
  egress: leaf('egress', egress),
  scopes: moreOf('tool-scopes'),
  categories: { kind: 'set', rule: 'tool-categories', element: toolCategory },
  filter: entries<ToolFilter>(permits('tool-filter'), {
    id,
    statement: says('wording'),
    categories: moreOf('tool-filter'),
    // biome-ignore lint/suspicious/noThenProperty: a word of the contract, in a value that nobody awaits
    then: leaf('filter-act', filterActs),
  }),
  arguments: leaf('tool-arguments', (_before, _after, { before, after, entry }) =>
    argumentSchemas(toolIn(before, entry)?.arguments, toolIn(after, entry)?.arguments),
  ),
  rateLimit: leaf('tool-rate', (_before, _after, { before, after, entry }) =>
    rateLimits(toolIn(before, entry)?.rateLimit, toolIn(after, entry)?.rateLimit),
  ),
  timeoutSeconds: leaf('tool-safety', moreWidens),
  circuitBreaker: group(
    { failures: leaf('tool-safety', moreWidens), coolDownSeconds: leaf('tool-safety', moreNarrows) },
    restricts('tool-safety'),
  ),
  idempotencyKey: leaf('idempotency', presenceNarrows),
  reversible: leaf('reversible', undoing),
};

const authorityRule: FieldsOf<Contract['authority']['rules'][number]> = {
  id,
  statement: says('wording'),
  tools: ruleList('tools'),
  actions: ruleList('actions'),
  when: {
    kind: 'leaf',
    judge: {
      rule: 'rule-conditions',
      compare: (_before, _after, around) =>
        ruleConditions(
          ruleIn(around.before, around.entry)?.when ?? [],
          ruleIn(around.after, around.entry)?.when ?? [],
          around,
        ),
    },
    presence: { rule: 'rule-conditions', compare: different },
    words: false,
    figures: true,
  },
  tier: leaf('rule-tier', tiers),
  by: says('rule-approver'),
  withinMinutes: says('rule-approver'),
};

const criterion: FieldsOf<Contract['quality']['criteria'][number]> = {
  id,
  statement: says('wording'),
  signal: leaf('quality-signal', presenceNarrows),
  metric: leaf('quality-signal', presenceNarrows),
  comparison: leaf('quality-comparison', different),
  target: leaf('quality-target', targets),
  unit: says('quality-signal'),
  windowDays: says('quality-window'),
  leastSamples: leaf('quality-target', moreNarrows),
  freshnessDays: leaf('quality-target', moreWidens),
  weight: says('quality-window'),
};

const ceiling = leaf('cost-figure', moreWidens, 'cost-ceiling');
const costResponse = leaf('cost-response', costResponses);
const responses = lessOf('failure-response');
const failureAnswer = leaf('failure-answer', presenceNarrows);
const owner = says('owners');
const riskFactor = leaf('risk-factor', moreNarrows);
const threshold = leaf('risk-threshold', moreWidens);

type Sections = Omit<Contract, 'apiVersion' | 'kind'>;
const fieldsOf = <Key extends keyof Sections>(fields: FieldsOf<Contract[Key]>): Node => group(fields);

/** In the order a contract is read. */
export const SHAPE: FieldsOf<Sections> = {
  extends: says('inheritance'),
  identity: fieldsOf<'identity'>({
    name: says('wording'),
    agent: says('telemetry'),
    aliases: listOf('telemetry'),
    class: words('agent-class'),
    businessUnit: says('wording'),
    buildPattern: says('build'),
    principal: says('build'),
    owner,
    delegation: group({
      by: owner,
      on: owner,
      environments: moreOf('environments'),
      until: leaf('delegation', laterWidens),
    } satisfies FieldsOf<Contract['identity']['delegation']>),
    description: says('wording'),
  }),
  scope: fieldsOf<'scope'>({
    tasks: entries<Contract['scope']['tasks'][number]>(permits('task'), {
      id,
      statement: words('task-words'),
    }),
    actions: moreOf('actions'),
    forbidden: entries<Contract['scope']['forbidden'][number]>(restricts('forbidden-act'), {
      id,
      statement: words('task-words'),
      tools: lessOf('forbidden-reach'),
      actions: lessOf('forbidden-reach'),
      categories: lessOf('forbidden-reach'),
    }),
  }),
  tools: entries<Tool>({ rule: 'tool', compare: tools }, tool),
  data: fieldsOf<'data'>({
    domains: entries<Contract['data']['domains'][number]>(permits('data-domain'), {
      id,
      statement: words('task-words'),
      access: leaf('domain-access', access),
    }),
  }),
  authority: fieldsOf<'authority'>({
    level: leaf('authority-level', levels),
    defaults: group({
      read: leaf('authority-default', tiers),
      write: leaf('authority-default', tiers),
      transact: leaf('authority-default', tiers),
    } satisfies FieldsOf<Contract['authority']['defaults']>),
    // Rules stand directly under `authority`, as decisions name them.
    rules: entries<Contract['authority']['rules'][number]>(
      {
        rule: 'authority-rule',
        compare: (_before, _after, { before, after, entry }) =>
          rules(ruleIn(before, entry), ruleIn(after, entry)),
      },
      authorityRule,
      'authority',
    ),
  }),
  evidence: entries<Contract['evidence'][number]>(restricts('evidence'), {
    id,
    statement: says('wording'),
    before: lessOf('evidence-reach'),
    requires: leaf('evidence-kind', different),
    fields: lessOf('evidence-reach'),
    maxAgeMinutes: leaf('evidence-age', moreWidens),
  }),
  policies: entries<Contract['policies'][number]>(restricts('policy'), {
    id,
    name: says('wording'),
    version: says('policy-version'),
    scenarios: says('policy-version'),
    link: says('wording'),
  }),
  ownership: fieldsOf<'ownership'>({
    sponsor: owner,
    engineeringLead: owner,
    qa: owner,
    grc: owner,
    operator: owner,
    sre: owner,
    stakeholders: listOf('owners'),
    signOff: listOf('owners'),
    escalation: owner,
  }),
  risk: fieldsOf<'risk'>({
    categories: { kind: 'values', judge: { rule: 'risk-weight', compare: categoryWeights } },
    actions: group({
      read: riskFactor,
      write: riskFactor,
      transact: riskFactor,
    } satisfies FieldsOf<Contract['risk']['actions']>),
    egress: riskFactor,
    audience: group({ kind: leaf('audience', audiences), factor: riskFactor } satisfies FieldsOf<
      Contract['risk']['audience']
    >),
    aggregate: leaf('risk-factor', aggregates),
    thresholds: group({
      medium: threshold,
      high: threshold,
      critical: threshold,
    } satisfies FieldsOf<Contract['risk']['thresholds']>),
    detectors: lessOf('detectors'),
  }),
  quality: fieldsOf<'quality'>({
    technical: group(
      {
        latencyMs: leaf('quality-target', moreWidens),
        errorRate: leaf('quality-target', moreWidens),
      } satisfies FieldsOf<NonNullable<Contract['quality']['technical']>>,
      restricts('criterion'),
    ),
    criteria: entries<Contract['quality']['criteria'][number]>(restricts('criterion'), criterion),
    review: group(
      {
        share: leaf('expert-review', moreNarrows),
        silentShare: leaf('expert-review', silentShares),
        reviewers: leaf('expert-review', reviewers),
        withinDays: leaf('expert-review', reviewDays),
      } satisfies FieldsOf<NonNullable<Contract['quality']['review']>>,
      restricts('expert-review'),
    ),
    score: group(
      {
        risk: says('score-weight'),
        quality: says('score-weight'),
        cost: says('score-weight'),
      } satisfies FieldsOf<NonNullable<Contract['quality']['score']>>,
      { rule: 'score-weight', compare: neutral },
    ),
  }),
  cost: fieldsOf<'cost'>({
    perRun: ceiling,
    perDay: ceiling,
    perMonth: ceiling,
    tokensPerRun: ceiling,
    callsPerRun: ceiling,
    repeatedCalls: ceiling,
    throttle: group(
      {
        calls: leaf('cost-figure', moreWidens),
        perSeconds: leaf('cost-figure', moreNarrows),
      } satisfies FieldsOf<NonNullable<Contract['cost']['throttle']>>,
      restricts('cost-ceiling'),
    ),
    costPerAcceptedOutput: ceiling,
    infrastructurePerHour: says('cost-rate'),
    acceptedWhen: says('cost-outcome'),
    completedWhen: says('cost-outcome'),
    onBreach: group({
      perRun: costResponse,
      perDay: costResponse,
      perMonth: costResponse,
      tokensPerRun: costResponse,
      callsPerRun: costResponse,
      repeatedCalls: costResponse,
    } satisfies FieldsOf<Contract['cost']['onBreach']>),
  }),
  failure: fieldsOf<'failure'>({
    low: responses,
    medium: responses,
    high: responses,
    critical: responses,
    kinds: group({
      missingEvidence: failureAnswer,
      policyMismatch: failureAnswer,
      toolFailure: failureAnswer,
      ambiguousInput: failureAnswer,
      costOverrun: failureAnswer,
      loop: failureAnswer,
    } satisfies FieldsOf<Contract['failure']['kinds']>),
    rollback: leaf('rollback', rollbacks),
    runningRuns: leaf('running-runs', runningRuns),
    codeRollback: group(
      { hook: says('code-rollback'), to: says('code-rollback') } satisfies FieldsOf<
        NonNullable<Contract['failure']['codeRollback']>
      >,
      restricts('code-rollback'),
    ),
    killSwitch: lessOf('kill-switch'),
    compensations: entries<Compensation>(
      { rule: 'compensation', compare: compensations, other },
      {
        id,
        tool: says('compensation'),
        by: { kind: 'leaf', judge: undoneBy, presence: undoneBy, words: false, figures: false },
        approval: leaf('compensation-terms', approvals),
        withinMinutes: leaf('compensation-terms', timeToMend),
      },
    ),
    ladder: entries<LadderStep>(restricts('ladder'), {
      id,
      when: leaf('ladder-trigger', (_before, _after, { before, after, entry }) =>
        ladderTriggers(stepIn(before, entry)?.when, stepIn(after, entry)?.when),
      ),
      step: leaf('ladder-step', ladderSteps),
      to: leaf('ladder-step', ladderLevels),
      gate: leaf('ladder-step', ladderGates),
    }),
    recovery: entries<RecoveryRequirement>(restricts('recovery'), { id, statement: words('recovery') }),
    blastRadius: group(
      {
        records: leaf('blast-radius', moreWidens),
        amount: leaf('blast-radius', moreWidens),
      } satisfies FieldsOf<NonNullable<Contract['failure']['blastRadius']>>,
      restricts('blast-radius'),
    ),
  }),
  versioning: fieldsOf<'versioning'>({
    contract: says('version-label'),
    code: says('build'),
    lastReviewed: says('version-label'),
    reviewEveryDays: leaf('review', moreWidens),
    retentionDays: leaf('retention', moreWidens),
    redact: lessOf('redact'),
  }),
};

/** The rule of a leaf that changed, where words or figures alone make it a smaller one. */
export function ruleOfLeaf(node: Extract<Node, { kind: 'leaf' }>, before: unknown, after: unknown): RuleId {
  if (node.words && letters(before) === letters(after)) return 'wording';
  if (node.figures && isConditions(before) && isConditions(after) && differInFigures(before, after))
    return 'rule-figure';
  return node.judge.rule;
}

/** What is left of a text without spacing, case and punctuation. */
function letters(text: unknown): string {
  return typeof text === 'string' ? text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '') : '';
}

type Conditions = Contract['authority']['rules'][number]['when'];

function isConditions(value: unknown): value is Conditions {
  return Array.isArray(value);
}
