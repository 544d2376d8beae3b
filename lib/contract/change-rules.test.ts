import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FilterAct } from '@/lib/decision/types';
import { aContract } from '@/lib/services/testing/a-contract';
import { type Direction, ROUTES, type Route } from './change-row';
import { CHANGE_RULES, type RuleId } from './change-rules';
import { diffContracts } from './diff';
import { routeOf } from './route';
import { type Contract, contractSchema } from './schema';
import { changeRulesPage, clausesOfRules } from './testing/change-rules-page';

type Write<T> = { -readonly [Key in keyof T]: T[Key] };
type Draft = Write<Contract>;

const BASE: Contract = contractSchema.parse(
  aContract({
    cost: { perRun: 0.5, perDay: 100, throttle: { calls: 10, perSeconds: 1 }, infrastructurePerHour: 0.1 },
    failure: {
      kinds: { loop: 'pause' },
      killSwitch: ['operator'],
      compensations: [{ id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse' }],
      ladder: [
        {
          id: 'often',
          when: { breaches: 3, withinDays: 7, severity: 'high' },
          step: 'narrow',
          to: 'read-only',
        },
      ],
      recovery: [{ id: 'cause', statement: 'The cause is known.' }],
      blastRadius: { amount: 1000 },
    },
  }),
);

BASE.quality.review = { share: 0.1 };
const pay = BASE.tools['refunds.pay'];
if (pay !== undefined) pay.filter = [aFilter('mask')];

function aFilter(act: FilterAct) {
  // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
  return { id: 'accounts', categories: ['bank-account'], then: act };
}
const step = (draft: Draft) => first(draft.failure.ladder ?? []);
const tool = (draft: Draft, name: string) => {
  const found = draft.tools[name];
  if (found === undefined) throw new Error(`There is no tool ${name}.`);
  return found;
};
function first<T>(list: readonly T[]): T {
  const [item] = list;
  if (item === undefined) throw new Error('The list is empty.');
  return item;
}

/** Each: what a person changes, and what the table says of it. */
const EXAMPLES: [rule: RuleId, what: string, change: (draft: Draft) => void, Direction, Route][] = [
  [
    'wording',
    'the name',
    (d) => {
      d.identity.name = 'Refunds';
    },
    'neutral',
    'g6',
  ],
  [
    'wording',
    'a full stop after a task',
    (d) => {
      first(d.scope.tasks).statement += '!';
    },
    'neutral',
    'g6',
  ],
  [
    'order',
    'the order of the rules',
    (d) => {
      d.authority.rules.reverse();
    },
    'neutral',
    'g6',
  ],
  [
    'inheritance',
    'taking from the defaults',
    (d) => {
      d.extends = 'workspace-defaults';
    },
    'neutral',
    'g6',
  ],
  [
    'agent-class',
    'what it is',
    (d) => {
      d.identity.class = 'payments';
    },
    'neutral',
    'scoping',
  ],
  [
    'telemetry',
    'another alias',
    (d) => {
      d.identity.aliases.push('refunds');
    },
    'neutral',
    'build',
  ],
  [
    'build',
    'another code version',
    (d) => {
      d.versioning.code = 'refund-desk@2';
    },
    'neutral',
    'build',
  ],
  [
    'owners',
    'another operator',
    (d) => {
      d.ownership.operator = 'new@example.com';
    },
    'neutral',
    'g6',
  ],
  [
    'owners',
    'a step of the escalation',
    (d) => {
      d.ownership.escalation = [];
    },
    'neutral',
    'g6',
  ],
  [
    'review',
    'a review every 180 days',
    (d) => {
      d.versioning.reviewEveryDays = 180;
    },
    'wider',
    'g6',
  ],
  [
    'version-label',
    'its label',
    (d) => {
      d.versioning.contract = '1.1';
    },
    'neutral',
    'g6',
  ],
  [
    'environments',
    'a second environment',
    (d) => {
      d.identity.delegation.environments.push('eu');
    },
    'wider',
    'scoping',
  ],
  [
    'delegation',
    'an end of the delegation',
    (d) => {
      d.identity.delegation.until = '2027-01-01';
    },
    'narrower',
    'g6',
  ],
  [
    'task',
    'one more task',
    (d) => {
      d.scope.tasks.push({ id: 'x', statement: 'Pay claims.' });
    },
    'wider',
    'scoping',
  ],
  [
    'task',
    'a task less',
    (d) => {
      d.scope.tasks.pop();
    },
    'narrower',
    'build',
  ],
  [
    'task-words',
    'what a task says',
    (d) => {
      first(d.scope.tasks).statement = 'Look up any account.';
    },
    'neutral',
    'scoping',
  ],
  [
    'actions',
    'no drafts',
    (d) => {
      d.scope.actions = ['read', 'execute'];
    },
    'narrower',
    'build',
  ],
  [
    'forbidden-act',
    'an act no longer forbidden',
    (d) => {
      d.scope.forbidden.shift();
    },
    'wider',
    'scoping',
  ],
  [
    'forbidden-reach',
    'an act that covers more',
    (d) => {
      first(d.scope.forbidden).tools.push('notes.add');
    },
    'narrower',
    'build',
  ],
  [
    'tool',
    'one more tool',
    (d) => {
      d.tools['mail.send'] = { ...tool(d, 'notes.add') };
    },
    'wider',
    'scoping',
  ],
  [
    'tool',
    'a tool less',
    (d) => {
      delete d.tools['policy.search'];
    },
    'narrower',
    'build',
  ],
  [
    'tool',
    'one more tool beside *',
    (d) => {
      d.tools['*'] = { ...tool(d, 'policy.search') };
    },
    'wider',
    'scoping',
  ],
  [
    'tool-class',
    'a transaction called a read',
    (d) => {
      tool(d, 'refunds.reverse').action = 'read';
    },
    'wider',
    'scoping',
  ],
  [
    'tool-class',
    'a read called a transaction',
    (d) => {
      tool(d, 'orders.get').action = 'transact';
    },
    'narrower',
    'build',
  ],
  [
    'egress',
    'a tool that sends data out',
    (d) => {
      tool(d, 'policy.search').egress = true;
    },
    'wider',
    'scoping',
  ],
  [
    'tool-scopes',
    'an access scope',
    (d) => {
      tool(d, 'orders.get').scopes.push('orders.all');
    },
    'wider',
    'scoping',
  ],
  [
    'tool-categories',
    'a category more',
    (d) => {
      tool(d, 'policy.search').categories.push('payment');
    },
    'wider',
    'scoping',
  ],
  [
    'tool-categories',
    'a category less',
    (d) => {
      tool(d, 'refunds.pay').categories.pop();
    },
    'narrower',
    'build',
  ],
  [
    'tool-filter',
    'data that is filtered instead of refused',
    (d) => {
      tool(d, 'orders.get').filter = [aFilter('mask')];
    },
    'wider',
    'scoping',
  ],
  [
    'tool-filter',
    'one more filtered category',
    (d) => {
      tool(d, 'refunds.pay').filter = [{ ...aFilter('mask'), categories: ['bank-account', 'health'] }];
    },
    'wider',
    'scoping',
  ],
  [
    'tool-filter',
    'one filtered category fewer',
    (d) => {
      tool(d, 'refunds.pay').filter = [];
    },
    'narrower',
    'build',
  ],
  [
    'filter-act',
    'filtered data that is left out',
    (d) => {
      tool(d, 'refunds.pay').filter = [aFilter('withhold')];
    },
    'narrower',
    'build',
  ],
  [
    'filter-act',
    'filtered data that is only reviewed',
    (d) => {
      tool(d, 'refunds.pay').filter = [aFilter('review')];
    },
    'wider',
    'scoping',
  ],
  [
    'tool-arguments',
    'a bound on an argument',
    (d) => {
      tool(d, 'refunds.pay').arguments = { ...tool(d, 'refunds.pay').arguments, additionalProperties: false };
    },
    'narrower',
    'build',
  ],
  [
    'tool-arguments',
    'no schema',
    (d) => {
      delete tool(d, 'orders.get').arguments;
    },
    'wider',
    'build',
  ],
  [
    'tool-arguments',
    'a description in a schema',
    (d) => {
      tool(d, 'orders.get').arguments = { ...tool(d, 'orders.get').arguments, description: 'By id.' };
    },
    'neutral',
    'g6',
  ],
  [
    'tool-rate',
    'a higher rate',
    (d) => {
      tool(d, 'notes.add').rateLimit = { calls: 30, per: 'run' };
    },
    'wider',
    'build',
  ],
  [
    'tool-rate',
    'as many, but in an hour',
    (d) => {
      tool(d, 'notes.add').rateLimit = { calls: 20, per: 'hour' };
    },
    'wider',
    'build',
  ],
  [
    'tool-server',
    'another server',
    (d) => {
      tool(d, 'orders.get').server = 'erp';
    },
    'neutral',
    'build',
  ],
  [
    'tool-safety',
    'a time-out',
    (d) => {
      tool(d, 'orders.get').timeoutSeconds = 5;
    },
    'narrower',
    'g6',
  ],
  [
    'idempotency',
    'no idempotency key',
    (d) => {
      delete tool(d, 'refunds.pay').idempotencyKey;
    },
    'wider',
    'build',
  ],
  [
    'reversible',
    'no way back',
    (d) => {
      tool(d, 'refunds.pay').reversible = false;
    },
    'wider',
    'scoping',
  ],
  [
    'reversible',
    'a way back by a tool that nothing was undone by',
    (d) => {
      tool(d, 'accounts.delete').reversible = { by: 'notes.add' };
    },
    'wider',
    'scoping',
  ],
  [
    'remedy',
    'a compensation by a tool that nothing was undone by',
    (d) => {
      d.failure.compensations.push({ id: 'take-back', tool: 'refunds.pay', by: 'refunds.pay' });
    },
    'wider',
    'build',
  ],
  [
    'remedy',
    'another tool that undoes',
    (d) => {
      first(d.failure.compensations).by = 'refunds.pay';
    },
    'wider',
    'build',
  ],
  [
    'compensation',
    'a compensation more that nobody approves',
    (d) => {
      d.failure.compensations.push({
        id: 'again',
        tool: 'refunds.pay',
        by: 'refunds.reverse',
        approval: 'none',
      });
    },
    'wider',
    'build',
  ],
  [
    'compensation',
    'a compensation more, by a tool that undoes already',
    (d) => {
      d.failure.compensations.push({ id: 'again', tool: 'refunds.pay', by: 'refunds.reverse' });
    },
    'narrower',
    'build',
  ],
  [
    'data-domain',
    'a data domain less',
    (d) => {
      d.data.domains = [];
    },
    'narrower',
    'build',
  ],
  [
    'domain-access',
    'writing to a domain',
    (d) => {
      first(d.data.domains).access = 'read-write';
    },
    'wider',
    'scoping',
  ],
  [
    'authority-level',
    'a lower level',
    (d) => {
      d.authority.level = 'human-in-the-loop';
    },
    'narrower',
    'g6',
  ],
  [
    'authority-level',
    'a higher level',
    (d) => {
      d.authority.level = 'continuous';
    },
    'wider',
    'scoping',
  ],
  [
    'authority-default',
    'asking before writes',
    (d) => {
      d.authority.defaults.write = 'approval';
    },
    'narrower',
    'build',
  ],
  [
    'authority-rule',
    'a freedom less',
    (d) => {
      d.authority.rules.shift();
    },
    'narrower',
    'build',
  ],
  [
    'authority-rule',
    'a restriction less',
    (d) => {
      d.authority.rules.pop();
    },
    'wider',
    'scoping',
  ],
  [
    'rule-tier',
    'alone where it escalated',
    (d) => {
      Object.assign(d.authority.rules[1] ?? {}, { tier: 'alone' });
    },
    'wider',
    'scoping',
  ],
  [
    'rule-reach',
    'a freedom for all tools',
    (d) => {
      first(d.authority.rules).tools = [];
    },
    'wider',
    'scoping',
  ],
  [
    'rule-figure',
    'a freedom up to 500',
    (d) => {
      first(d.authority.rules).when = [{ field: 'arg.amount', op: '<=', value: 500 }];
    },
    'wider',
    'build',
  ],
  [
    'rule-figure',
    'a freedom up to 50',
    (d) => {
      first(d.authority.rules).when = [{ field: 'arg.amount', op: '<=', value: 50 }];
    },
    'narrower',
    'g6',
  ],
  [
    'rule-conditions',
    'a freedom of any amount',
    (d) => {
      first(d.authority.rules).when = [];
    },
    'wider',
    'scoping',
  ],
  [
    'rule-approver',
    'another who decides',
    (d) => {
      Object.assign(d.authority.rules[1] ?? {}, { by: 'sponsor' });
    },
    'neutral',
    'build',
  ],
  [
    'evidence',
    'no evidence',
    (d) => {
      d.evidence = [];
    },
    'wider',
    'scoping',
  ],
  [
    'evidence-reach',
    'evidence before another tool',
    (d) => {
      first(d.evidence).before.push('refunds.reverse');
    },
    'narrower',
    'build',
  ],
  [
    'evidence-kind',
    'another kind of evidence',
    (d) => {
      first(d.evidence).requires = 'source';
    },
    'wider',
    'scoping',
  ],
  [
    'evidence-age',
    'older evidence',
    (d) => {
      first(d.evidence).maxAgeMinutes = 120;
    },
    'wider',
    'build',
  ],
  [
    'policy',
    'a policy less',
    (d) => {
      d.policies = [];
    },
    'wider',
    'scoping',
  ],
  [
    'policy-version',
    'the next version of a policy',
    (d) => {
      first(d.policies).version = '5';
    },
    'neutral',
    'build',
  ],
  [
    'risk-weight',
    'a lighter category',
    (d) => {
      d.risk.categories.health = 1;
    },
    'wider',
    'build',
  ],
  [
    'risk-factor',
    'a heavier multiplier',
    (d) => {
      d.risk.actions.write = 3;
    },
    'narrower',
    'g6',
  ],
  [
    'risk-factor',
    'the highest span alone',
    (d) => {
      d.risk.aggregate = { rule: 'max' };
    },
    'wider',
    'build',
  ],
  [
    'risk-threshold',
    'a higher threshold',
    (d) => {
      d.risk.thresholds.high = 40;
    },
    'wider',
    'build',
  ],
  [
    'audience',
    'inside only',
    (d) => {
      d.risk.audience.kind = 'internal';
    },
    'narrower',
    'build',
  ],
  [
    'detectors',
    'no search for cards',
    (d) => {
      d.risk.detectors = ['iban'];
    },
    'wider',
    'build',
  ],
  [
    'criterion',
    'no criterion',
    (d) => {
      d.quality.criteria = [];
    },
    'wider',
    'scoping',
  ],
  [
    'quality-target',
    'a lower target',
    (d) => {
      first(d.quality.criteria).target = 0.9;
    },
    'wider',
    'g6',
  ],
  [
    'quality-window',
    'a longer window',
    (d) => {
      first(d.quality.criteria).windowDays = 60;
    },
    'neutral',
    'g6',
  ],
  [
    'quality-signal',
    'another signal',
    (d) => {
      first(d.quality.criteria).signal = 'sme';
    },
    'neutral',
    'build',
  ],
  [
    'quality-signal',
    'no signal',
    (d) => {
      delete first(d.quality.criteria).signal;
    },
    'wider',
    'build',
  ],
  [
    'quality-comparison',
    'the other side of the target',
    (d) => {
      first(d.quality.criteria).comparison = '<=';
    },
    'wider',
    'scoping',
  ],
  [
    'cost-figure',
    'a higher budget',
    (d) => {
      d.cost.perRun = 1;
    },
    'wider',
    'g6',
  ],
  [
    'cost-ceiling',
    'no budget',
    (d) => {
      delete d.cost.perDay;
    },
    'wider',
    'build',
  ],
  [
    'cost-response',
    'a warning instead of a pause',
    (d) => {
      d.cost.onBreach.perRun = 'warn';
    },
    'wider',
    'build',
  ],
  [
    'cost-rate',
    'the rate of its infrastructure',
    (d) => {
      d.cost.infrastructurePerHour = 0.2;
    },
    'neutral',
    'g6',
  ],
  [
    'cost-outcome',
    'another outcome that says what is accepted',
    (d) => {
      d.cost.acceptedWhen = 'reversed';
    },
    'neutral',
    'g6',
  ],
  [
    'expert-review',
    'fewer silent runs reviewed',
    (d) => {
      d.quality.review = { share: 0.1, silentShare: 0.02 };
    },
    'wider',
    'g6',
  ],
  [
    'expert-review',
    'two reviewers for each run',
    (d) => {
      d.quality.review = { share: 0.1, reviewers: 2 };
    },
    'narrower',
    'g6',
  ],
  [
    'score-weight',
    'other weights of the score',
    (d) => {
      d.quality.score = { risk: 0.2, quality: 0.7, cost: 0.1 };
    },
    'neutral',
    'g6',
  ],
  [
    'failure-response',
    'no pause when it is high',
    (d) => {
      d.failure.high = ['page'];
    },
    'wider',
    'build',
  ],
  [
    'failure-answer',
    'another answer to a loop',
    (d) => {
      d.failure.kinds.loop = 'refuse';
    },
    'neutral',
    'build',
  ],
  [
    'rollback',
    'a rollback at once',
    (d) => {
      d.failure.rollback = 'at-once';
    },
    'narrower',
    'build',
  ],
  [
    'kill-switch',
    'one more who may stop it',
    (d) => {
      d.failure.killSwitch.push('sre');
    },
    'narrower',
    'g6',
  ],
  [
    'compensation',
    'no compensation',
    (d) => {
      d.failure.compensations = [];
    },
    'wider',
    'build',
  ],
  [
    'running-runs',
    'runs that are stopped',
    (d) => {
      d.failure.runningRuns = 'stop';
    },
    'narrower',
    'build',
  ],
  [
    'code-rollback',
    'code that goes back too',
    (d) => {
      d.failure.codeRollback = { hook: 'deploys' };
    },
    'narrower',
    'build',
  ],
  [
    'compensation-terms',
    'a compensation that nobody approves',
    (d) => {
      first(d.failure.compensations).approval = 'none';
    },
    'wider',
    'build',
  ],
  [
    'compensation-terms',
    'an hour to make it good',
    (d) => {
      first(d.failure.compensations).withinMinutes = 60;
    },
    'wider',
    'build',
  ],
  [
    'ladder',
    'one step more',
    (d) => {
      d.failure.ladder?.push({ id: 'stale', when: { attestationOverdueDays: 14 }, step: 'pause' });
    },
    'narrower',
    'g6',
  ],
  [
    'ladder',
    'no ladder',
    (d) => {
      delete d.failure.ladder;
    },
    'wider',
    'build',
  ],
  [
    'ladder-trigger',
    'a step that comes later',
    (d) => {
      step(d).when = { breaches: 3, withinDays: 7, severity: 'critical' };
    },
    'wider',
    'build',
  ],
  [
    'ladder-trigger',
    'a step that comes sooner',
    (d) => {
      step(d).when = { breaches: 2, withinDays: 14 };
    },
    'narrower',
    'g6',
  ],
  [
    'ladder-trigger',
    'a step with another cause',
    (d) => {
      step(d).when = { unknownTools: 1, withinDays: 7 };
    },
    'wider',
    'build',
  ],
  [
    'ladder-step',
    'a stricter step',
    (d) => {
      step(d).step = 'pause';
    },
    'narrower',
    'g6',
  ],
  [
    'ladder-step',
    'a step to a higher level',
    (d) => {
      step(d).to = 'human-in-the-loop';
    },
    'wider',
    'build',
  ],
  [
    'ladder-step',
    'a step that a longer way ends',
    (d) => {
      step(d).gate = 'G3';
    },
    'narrower',
    'g6',
  ],
  [
    'recovery',
    'no requirement',
    (d) => {
      d.failure.recovery = [];
    },
    'wider',
    'build',
  ],
  [
    'recovery',
    'other words for a requirement',
    (d) => {
      d.failure.recovery = [{ id: 'cause', statement: 'Somebody had a look.' }];
    },
    'neutral',
    'build',
  ],
  [
    'blast-radius',
    'a smaller blast radius',
    (d) => {
      d.failure.blastRadius = { amount: 500 };
    },
    'narrower',
    'g6',
  ],
  [
    'retention',
    'two years of keeping',
    (d) => {
      d.versioning.retentionDays = 730;
    },
    'wider',
    'build',
  ],
  [
    'redact',
    'a category never kept',
    (d) => {
      d.versioning.redact.push('payment');
    },
    'narrower',
    'g6',
  ],
];

describe('the table of changes', () => {
  it.each(EXAMPLES)('%s: %s', (rule, _what, change, direction, route) => {
    const after = structuredClone(BASE);
    change(after);
    const changes = diffContracts(BASE, after);
    expect(changes.length).toBeGreaterThan(0);
    for (const one of changes) expect(one).toMatchObject({ rule, direction, route });
    expect(routeOf(changes)).toEqual({ route, because: changes });
    // The other way round it moves the other way.
    const back = diffContracts(after, BASE)[0];
    if (direction === 'neutral') expect(back?.direction).toBe('neutral');
    else if (back?.mixed === false) expect(back.direction).toBe(direction === 'wider' ? 'narrower' : 'wider');
  });

  it('has an example of every rule', () => {
    const shown = new Set(EXAMPLES.map(([rule]) => rule));
    expect(CHANGE_RULES.map((rule) => rule.id).filter((id) => !shown.has(id))).toEqual([]);
  });

  it('has a clause for every rule', () => {
    const clauses = clausesOfRules();
    const bare = CHANGE_RULES.filter(
      (rule) => rule.id !== 'order' && (clauses.get(rule.id)?.length ?? 0) === 0,
    );
    expect(bare.filter((rule) => rule.id !== 'rule-figure')).toEqual([]);
  });

  it('never lets a change that widens take a shorter way than one that narrows', () => {
    for (const rule of CHANGE_RULES)
      expect(ROUTES.indexOf(rule.routes.wider), rule.id).toBeGreaterThanOrEqual(
        rule.id === 'rollback' ? 0 : ROUTES.indexOf(rule.routes.narrower),
      );
  });

  it('is the table of docs/contract-changes.md, row by row', () => {
    const page = readFileSync(new URL('../../docs/contract-changes.md', import.meta.url), 'utf8');
    expect(page).toContain(changeRulesPage());
  });
});

describe('the route of several changes', () => {
  it('is the longest that any of them asks for, those that widen named first', () => {
    const after = structuredClone(BASE);
    after.cost.perRun = 1;
    after.versioning.code = 'refund-desk@2';
    expect(routeOf(diffContracts(BASE, after))).toMatchObject({
      route: 'build',
      because: [{ clause: 'versioning/code' }],
    });
    after.scope.tasks.pop();
    first(after.scope.tasks).statement = 'Anything.';
    after.scope.tasks.push({ id: 'pay', statement: 'Pay claims.' });
    expect(routeOf(diffContracts(BASE, after)).because.map((change) => change.clause)).toEqual([
      'scope/tasks/pay',
      'scope/tasks/check-order/statement',
    ]);
  });

  it('is none when nothing changed', () => {
    expect(routeOf([])).toEqual({ route: null, because: [] });
  });
});
