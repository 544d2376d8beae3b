import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROLES } from '@/lib/auth/roles';
import { clausesOf } from './clauses';
import { editValue } from './edit-value';
import { isClean, LINT_RULES, type LintContext, type LintLevel, lint } from './lint';
import { ROLE_NAMES, roleOf } from './lint-rules/role-names';
import { type Contract, contractSchema, type LadderStep } from './schema';
import { TEMPLATES } from './templates/all';
import { lintPage } from './testing/lint-page';
import { randomContract } from './testing/random-contract';

const ANSWERS: Record<string, string> = {
  name: 'Claims processor',
  agent: 'claims-processor',
  businessUnit: 'Motor',
  owner: 'sponsor@example.com',
  delegatedBy: 'sponsor@example.com',
  today: '2026-11-01',
  sponsor: 'sponsor@example.com',
  engineeringLead: 'engineer@example.com',
  qa: 'qa@example.com',
  grc: 'grc@example.com',
  operator: 'operator@example.com',
  sre: 'sre@example.com',
};
const CONTEXT: LintContext = {
  today: '2026-11-21',
  people: new Map([
    ['sponsor@example.com', ['sponsor', 'head-of-ai']],
    ...['engineer', 'qa', 'grc', 'operator', 'sre', 'sme'].map((role): [string, string[]] => [
      `${role}@example.com`,
      [role],
    ]),
  ]),
  labels: ['0.9'],
  endpoints: ['deploys'],
};

function filled(source: string): Contract {
  const text = Object.entries(ANSWERS).reduce((so, [key, value]) => so.replaceAll(`<${key}>`, value), source);
  return contractSchema.parse(parse(text));
}
const BASE = filled(TEMPLATES.find((template) => template.id === 'claims-processing')?.source ?? '');

function tool(contract: Contract, name: string) {
  const found = contract.tools[name];
  if (found === undefined) throw new Error(`There is no tool ${name}.`);
  return found;
}

function filterOf(contract: Contract, categories: string[]) {
  // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
  tool(contract, 'documents.read').filter = [{ id: 'f', categories, then: 'mask' }];
}

function aStep(id: string, step: LadderStep['step']): LadderStep {
  return { id, when: { breaches: 3, withinDays: 7 }, step };
}

type Example = [rule: string, level: LintLevel, clause: string, change: (contract: Contract) => void];

const EXAMPLES: Example[] = [
  [
    'no-tools',
    'error',
    'tools',
    (c) => {
      c.tools = {};
    },
  ],
  [
    'any-tool',
    'note',
    'tools/*',
    (c) => {
      c.tools['*'] = { ...tool(c, 'claims.read') };
    },
  ],
  [
    'tool-without-categories',
    'warning',
    'tools/claims.note/categories',
    (c) => {
      tool(c, 'claims.note').categories = [];
    },
  ],
  [
    'tool-without-categories',
    'note',
    'tools/fraud.score/categories',
    (c) => {
      tool(c, 'fraud.score').categories = [];
    },
  ],
  [
    'tool-forbidden',
    'warning',
    'tools/claims.deny',
    (c) => {
      c.tools['claims.deny'] = { ...tool(c, 'claims.note') };
    },
  ],
  [
    'category-forbidden',
    'error',
    'tools/documents.read/categories',
    (c) => {
      tool(c, 'documents.read').categories.push('health');
    },
  ],
  [
    'forbidden-unbound',
    'warning',
    'scope/forbidden/lie',
    (c) => {
      c.scope.forbidden.push({ id: 'lie', statement: 'Lie.', tools: [], actions: [], categories: [] });
    },
  ],
  [
    'category-unweighted',
    'warning',
    'risk/categories',
    (c) => {
      delete c.risk.categories.contact;
    },
  ],
  [
    'transaction-repeatable',
    'warning',
    'tools/payments.release',
    (c) => {
      delete tool(c, 'payments.release').idempotencyKey;
    },
  ],
  [
    'irreversible-alone',
    'warning',
    'tools/payments.release/reversible',
    (c) => {
      c.authority.rules = [];
      c.authority.defaults.transact = 'alone';
    },
  ],
  [
    'arguments-unchecked',
    'note',
    'tools/payments.draft',
    (c) => {
      for (const each of Object.values(c.tools)) if (each.action === 'write') each.action = 'read';
      tool(c, 'payments.draft').action = 'write';
      delete tool(c, 'payments.draft').arguments;
    },
  ],
  [
    'evidence-missing',
    'warning',
    'evidence',
    (c) => {
      c.evidence = [];
    },
  ],
  [
    'evidence-without-fields',
    'warning',
    'evidence/claim-complete/fields',
    (c) => {
      const [, item] = c.evidence;
      if (item) item.fields = [];
    },
  ],
  [
    'rule-speaks-of-nothing',
    'error',
    'authority/idle',
    (c) => {
      c.authority.rules.push({
        id: 'idle',
        tools: ['claims.read'],
        actions: ['write'],
        when: [],
        tier: 'never',
      });
    },
  ],
  [
    'rule-impossible',
    'error',
    'authority/never/when',
    (c) => {
      c.authority.rules.push({
        id: 'never',
        tools: ['payments.draft'],
        actions: [],
        when: [
          { field: 'arg.amount', op: '>', value: 10 },
          { field: 'arg.amount', op: '<=', value: 10 },
        ],
        tier: 'never',
      });
    },
  ],
  [
    'rule-never-reached',
    'warning',
    'authority/small-payments',
    (c) => {
      c.authority.rules.push({
        id: 'stop',
        tools: ['payments.release'],
        actions: [],
        when: [],
        tier: 'never',
      });
    },
  ],
  [
    'rule-overlapped',
    'warning',
    'authority/small-payments/when',
    (c) => {
      const [small] = c.authority.rules;
      if (small) small.when = [{ field: 'arg.amount', op: '<=', value: 5000 }];
    },
  ],
  [
    'words-against-figures',
    'warning',
    'authority/small-payments/statement',
    (c) => {
      const [small] = c.authority.rules;
      if (small) small.when = [{ field: 'arg.amount', op: '<=', value: 500 }];
    },
  ],
  [
    'rule-twice',
    'warning',
    'authority/again',
    (c) => {
      const [, rule] = c.authority.rules;
      if (rule) c.authority.rules.push({ ...rule, id: 'again' });
    },
  ],
  [
    'rule-idle',
    'warning',
    'authority/free',
    (c) => {
      c.authority.rules.push({ id: 'free', tools: ['claims.note'], actions: [], when: [], tier: 'alone' });
    },
  ],
  [
    'freed-and-forbidden',
    'error',
    'authority/deny',
    (c) => {
      c.tools['claims.deny'] = { ...tool(c, 'claims.note') };
      c.authority.rules.push({ id: 'deny', tools: ['claims.deny'], actions: [], when: [], tier: 'alone' });
    },
  ],
  [
    'condition-on-unknown-argument',
    'warning',
    'authority/small-payments/when',
    (c) => {
      tool(c, 'payments.release').arguments = { type: 'object', properties: {}, additionalProperties: false };
    },
  ],
  [
    'rule-unaimed',
    'warning',
    'authority/large-payments/tools',
    (c) => {
      const [, rule] = c.authority.rules;
      if (rule) rule.tools = [];
    },
  ],
  [
    'tool-out-of-scope',
    'error',
    'scope/actions',
    (c) => {
      c.scope.actions = ['read', 'draft'];
    },
  ],
  [
    'level-below-tools',
    'warning',
    'authority/level',
    (c) => {
      c.authority.level = 'read-only';
    },
  ],
  [
    'person-unknown',
    'error',
    'ownership/operator',
    (c) => {
      c.ownership.operator = 'nobody@example.com';
    },
  ],
  [
    'person-unknown',
    'warning',
    'ownership/qa',
    (c) => {
      c.ownership.qa = 'nobody@example.com';
    },
  ],
  [
    'person-without-role',
    'warning',
    'ownership/sre',
    (c) => {
      c.ownership.sre = 'qa@example.com';
      c.ownership.escalation = [];
    },
  ],
  [
    'duties-not-separate',
    'warning',
    'ownership/qa',
    (c) => {
      c.ownership.qa = c.ownership.engineeringLead;
    },
  ],
  [
    'nobody-next',
    'warning',
    'ownership/escalation',
    (c) => {
      c.ownership.escalation = [];
    },
  ],
  [
    'escalation-circle',
    'error',
    'ownership/escalation',
    (c) => {
      c.ownership.escalation.push({ to: 'Operator@Example.com', afterMinutes: 60 });
    },
  ],
  [
    'approver-unknown',
    'warning',
    'authority/large-payments/by',
    (c) => {
      const [, rule] = c.authority.rules;
      if (rule) rule.by = 'claims lead';
    },
  ],
  [
    'approver-unknown',
    'error',
    'authority/large-payments/by',
    (c) => {
      const [, rule] = c.authority.rules;
      if (rule) rule.by = 'auditor';
    },
  ],
  [
    'stopper-unknown',
    'warning',
    'failure/killSwitch',
    (c) => {
      c.failure.killSwitch.push('the boss');
    },
  ],
  [
    'budgets-out-of-order',
    'error',
    'cost/perRun',
    (c) => {
      c.cost.perRun = 1_000_000;
    },
  ],
  [
    'no-budget',
    'warning',
    'cost',
    (c) => {
      c.cost = { onBreach: c.cost.onBreach };
    },
  ],
  [
    'ceiling-out-of-reach',
    'warning',
    'cost/repeatedCalls',
    (c) => {
      c.cost.callsPerRun = 10;
      c.cost.repeatedCalls = 11;
    },
  ],
  [
    'ceiling-out-of-reach',
    'note',
    'tools/documents.read/rateLimit',
    (c) => {
      c.cost.callsPerRun = 9;
      c.cost.repeatedCalls = 2;
    },
  ],
  [
    'threshold-out-of-reach',
    'warning',
    'risk/thresholds/critical',
    (c) => {
      c.risk.thresholds.critical = 1000;
    },
  ],
  [
    'multipliers-out-of-order',
    'warning',
    'risk/actions/transact',
    (c) => {
      c.risk.actions.transact = 1.2;
    },
  ],
  [
    'outcome-unknown',
    'error',
    'cost/completedWhen',
    (c) => {
      c.cost.completedWhen = 'nothing-of-the-kind';
    },
  ],
  [
    'accepted-unsaid',
    'note',
    'cost/costPerAcceptedOutput',
    (c) => {
      c.cost.costPerAcceptedOutput = 0.5;
      delete c.cost.acceptedWhen;
    },
  ],
  [
    'nobody-reviews',
    'warning',
    'quality/review/reviewers',
    (c) => {
      c.quality.review = { share: 0.1, reviewers: 2 };
    },
  ],
  [
    'review-draws-nothing',
    'warning',
    'quality/review',
    (c) => {
      c.quality.review = { share: 0 };
    },
  ],
  [
    'review-draws-nothing',
    'note',
    'quality',
    (c) => {
      delete c.quality.review;
    },
  ],
  [
    'silence-unwatched',
    'note',
    'quality/review/silentShare',
    (c) => {
      c.quality.review = { share: 0.1, silentShare: 0 };
    },
  ],
  [
    'redacts-nothing',
    'note',
    'versioning/redact',
    (c) => {
      c.versioning.redact = ['genetic'];
    },
  ],
  [
    'criterion-unbound',
    'error',
    'quality/criteria/adjuster-agrees',
    (c) => {
      delete c.quality.criteria[0]?.signal;
    },
  ],
  [
    'criterion-without-metric',
    'warning',
    'quality/criteria/adjuster-agrees',
    (c) => {
      delete c.quality.criteria[0]?.metric;
    },
  ],
  [
    'window-inverted',
    'warning',
    'quality/criteria/adjuster-agrees/freshnessDays',
    (c) => {
      const [item] = c.quality.criteria;
      if (item) item.freshnessDays = 31;
    },
  ],
  [
    'no-criterion',
    'warning',
    'quality',
    (c) => {
      c.quality.criteria = [];
    },
  ],
  [
    'no-technical-target',
    'note',
    'quality',
    (c) => {
      delete c.quality.technical;
    },
  ],
  [
    'no-policy',
    'warning',
    'policies',
    (c) => {
      c.policies = [];
    },
  ],
  [
    'policy-untested',
    'warning',
    'policies/privacy',
    (c) => {
      delete c.policies[1]?.scenarios;
    },
  ],
  [
    'nobody-may-stop-it',
    'warning',
    'failure/killSwitch',
    (c) => {
      c.failure.killSwitch = [];
    },
  ],
  [
    'failure-silent',
    'warning',
    'failure/critical',
    (c) => {
      c.failure.critical = ['pause'];
    },
  ],
  [
    'failure-out-of-order',
    'warning',
    'failure/critical',
    (c) => {
      c.failure.high = ['page', 'pause'];
      c.failure.critical = ['page'];
    },
  ],
  [
    'failure-unsaid',
    'note',
    'failure/kinds',
    (c) => {
      delete c.failure.kinds.loop;
    },
  ],
  [
    'filter-idle',
    'error',
    'tools/documents.read/filter/f',
    (c) => {
      filterOf(c, ['personal']);
    },
  ],
  [
    'filter-idle',
    'error',
    'tools/documents.read/filter/f',
    (c) => {
      filterOf(c, ['bank-account', 'genetic']);
      c.scope.forbidden.push({
        id: 'genes',
        statement: 'Never.',
        tools: [],
        actions: [],
        categories: ['genetic'],
      });
    },
  ],
  [
    'filter-unseen',
    'note',
    'tools/documents.read/filter/f',
    (c) => {
      filterOf(c, ['health']);
    },
  ],
  [
    'category-unweighted',
    'warning',
    'risk/categories',
    (c) => {
      filterOf(c, ['biometric']);
      delete c.risk.categories.biometric;
    },
  ],
  [
    'ladder-out-of-order',
    'warning',
    'failure/ladder/second',
    (c) => {
      c.failure.ladder = [aStep('first', 'pause'), aStep('second', 'warn')];
    },
  ],
  [
    'ladder-not-lower',
    'error',
    'failure/ladder/first/to',
    (c) => {
      c.failure.ladder = [{ ...aStep('first', 'narrow'), to: 'continuous' }];
    },
  ],
  [
    'ladder-level-idle',
    'warning',
    'failure/ladder/first/to',
    (c) => {
      c.failure.ladder = [{ ...aStep('first', 'warn'), to: 'read-only' }];
    },
  ],
  [
    'recovery-unsaid',
    'note',
    'failure/ladder/first',
    (c) => {
      c.failure.ladder = [aStep('first', 'pause')];
    },
  ],
  [
    'compensation-irreversible',
    'warning',
    'failure/compensations/anew',
    (c) => {
      c.failure.compensations.push({
        id: 'anew',
        tool: 'documents.read',
        by: 'irreversible',
        approval: 'none',
      });
      c.tools.irreversible = {
        action: 'write',
        egress: false,
        scopes: [],
        categories: [],
        reversible: false,
      };
    },
  ],
  [
    'code-rollback-unheard',
    'error',
    'failure/codeRollback/hook',
    (c) => {
      c.failure.codeRollback = { hook: 'nobody' };
    },
  ],
  [
    'rollback-idle',
    'warning',
    'failure/runningRuns',
    (c) => {
      c.failure.runningRuns = 'stop';
      c.failure.critical = ['page', 'pause'];
    },
  ],
  [
    'compensation-by-itself',
    'warning',
    'failure/compensations/void-draft',
    (c) => {
      const [item] = c.failure.compensations;
      if (item) item.by = item.tool;
    },
  ],
  [
    'delegation-over',
    'error',
    'identity/delegation/until',
    (c) => {
      c.identity.delegation.until = '2026-11-20';
    },
  ],
  [
    'day-to-come',
    'warning',
    'versioning/lastReviewed',
    (c) => {
      c.versioning.lastReviewed = '2027-01-01';
    },
  ],
  [
    'review-overdue',
    'warning',
    'versioning/lastReviewed',
    (c) => {
      c.versioning.lastReviewed = '2025-11-01';
    },
  ],
  [
    'label-taken',
    'error',
    'versioning/contract',
    (c) => {
      c.versioning.contract = '0.9';
    },
  ],
  ['not-enforced', 'note', 'evidence', () => undefined],
];

describe('lint', { timeout: 30_000 }, () => {
  it('finds nothing to mend in any template', () => {
    for (const template of TEMPLATES) {
      const findings = lint(filled(template.source), CONTEXT).filter((finding) => finding.level !== 'note');
      expect(findings, template.id).toEqual([]);
    }
    expect(isClean(lint(BASE, CONTEXT))).toBe(true);
  });

  it.each(EXAMPLES)('%s (%s) at %s', (rule, level, clause, change) => {
    const contract = structuredClone(BASE);
    change(contract);
    const findings = lint(contract, CONTEXT);
    const found = findings.find((finding) => finding.rule === rule && finding.clause === clause);
    expect(found).toMatchObject({
      level,
      message: expect.stringMatching(/[.]$/),
      why: expect.stringMatching(/[.]$/),
    });
    // The clause is one of the contract, or the part where it is missing.
    const paths = clausesOf(contract).map((each) => each.path);
    expect(
      paths.some((path) => path === clause || path.startsWith(`${clause}/`) || clause.startsWith(`${path}/`)),
    ).toBe(true);
    if (found?.mend === undefined) return;
    // What is offered as the mend does mend it, and the contract stays sound.
    const mended = contractSchema.parse(editValue(contract, found.mend.edits));
    expect(lint(mended, CONTEXT)).not.toContainEqual(
      expect.objectContaining({ rule, clause, message: found.message }),
    );
  });

  it('has an example of every rule', () => {
    const shown = new Set(EXAMPLES.map(([rule]) => rule));
    expect(LINT_RULES.map((rule) => rule.id).filter((id) => !shown.has(id))).toEqual([]);
  });

  it('shows the worst first, then as a contract is read', () => {
    const contract = structuredClone(BASE);
    contract.cost.perRun = (contract.cost.perDay ?? 0) + 1;
    contract.policies = [];
    contract.scope.actions = ['read', 'draft'];
    expect(lint(contract, CONTEXT).map((finding) => finding.level)).toEqual(
      lint(contract, CONTEXT)
        .map((finding) => finding.level)
        .toSorted(
          (a, b) => ['error', 'warning', 'note'].indexOf(a) - ['error', 'warning', 'note'].indexOf(b),
        ),
    );
    expect(
      lint(contract, CONTEXT)
        .map((finding) => finding.clause)
        .slice(0, 3),
    ).toEqual(['scope/actions', 'cost/perRun', 'policies']);
  });

  it('says so when nobody holds the role that a criterion is rated by', () => {
    const people = new Map(CONTEXT.people);
    people.delete('sme@example.com');
    expect(lint(BASE, { ...CONTEXT, people }).filter(({ rule }) => rule === 'nobody-reviews')).toMatchObject([
      { level: 'warning', message: 'Nobody of this workspace holds the role "sme".' },
    ]);
  });

  it.each(['$2.5 million', '$1,500 thousand', '$2.5 billion', '$20k'])(
    'takes %s for no other amount',
    (words) => {
      const contract = structuredClone(BASE);
      const [rule] = contract.authority.rules;
      if (rule === undefined) throw new Error('The template has rules.');
      rule.when = [{ field: 'arg.amount', op: '<=', value: 2_500_000 }];
      rule.statement = `Payments up to ${words}.`;
      expect(lint(contract, CONTEXT).filter((found) => found.rule === 'words-against-figures')).toEqual([]);
    },
  );

  it('takes a figure that no amount in the words speaks of for something else', () => {
    const contract = structuredClone(BASE);
    const [rule] = contract.authority.rules;
    if (rule === undefined) throw new Error('The template has rules.');
    rule.when = [
      { field: 'arg.amount', op: '<=', value: 1000 },
      { field: 'arg.days', op: '<=', value: 30 },
    ];
    rule.statement = 'Pays up to $1,000 within a month.';
    expect(lint(contract, CONTEXT).filter((found) => found.rule === 'words-against-figures')).toEqual([]);
  });

  it('judges people only when it knows who there is', () => {
    const contract = structuredClone(BASE);
    contract.ownership.operator = 'nobody@example.com';
    expect(
      lint(contract, { today: CONTEXT.today }).filter((finding) => finding.rule.startsWith('person')),
    ).toEqual([]);
  });

  it('never fails, and never changes what it is given, whatever the contract', () => {
    fc.assert(
      fc.property(randomContract, (input) => {
        const contract = contractSchema.parse(input);
        const before = structuredClone(contract);
        for (const finding of lint(contract, CONTEXT)) {
          expect(finding.message).not.toBe('');
          if (finding.mend !== undefined)
            expect(contractSchema.safeParse(editValue(contract, finding.mend.edits)).success).toBe(true);
        }
        expect(contract).toEqual(before);
      }),
      { numRuns: 100 },
    );
  });

  it('knows the roles there are, by id, title or what contracts call them', () => {
    expect([...ROLE_NAMES].sort()).toEqual([...ROLES].sort());
    expect(roleOf('Head of AI')).toBe('head-of-ai');
    expect(roleOf('operator on call')).toBe('operator');
    expect(roleOf('claims lead')).toBeUndefined();
  });

  it('is described by docs/lint.md, rule by rule', () => {
    const page = readFileSync(new URL('../../docs/lint.md', import.meta.url), 'utf8');
    expect(page).toContain(lintPage());
  });
});
