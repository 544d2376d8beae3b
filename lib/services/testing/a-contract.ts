import type { ContractInput } from '@/lib/contract/schema';

/** What a test changes: each section given is laid over the default one, key by key; lists are replaced. */
export interface ContractChanges {
  identity?: Partial<ContractInput['identity']>;
  scope?: Partial<ContractInput['scope']>;
  tools?: ContractInput['tools'];
  data?: ContractInput['data'];
  authority?: Partial<ContractInput['authority']>;
  evidence?: ContractInput['evidence'];
  policies?: ContractInput['policies'];
  ownership?: Partial<ContractInput['ownership']>;
  risk?: Partial<ContractInput['risk']>;
  quality?: ContractInput['quality'];
  cost?: ContractInput['cost'];
  failure?: ContractInput['failure'];
  versioning?: Partial<ContractInput['versioning']>;
}

/** A whole, valid contract of a refund desk: it reads orders, writes notes, pays refunds (above 100 with approval). */
export function aContract(changes: ContractChanges = {}): ContractInput {
  return {
    apiVersion: 'countersign/v1',
    kind: 'AgentContract',
    identity: {
      name: 'Refund desk',
      agent: 'refund-desk',
      class: 'customer refunds',
      businessUnit: 'Retail',
      buildPattern: 'single agent with tools',
      principal: 'svc-refund-desk',
      owner: 'sponsor@example.com',
      delegation: { by: 'sponsor@example.com', on: '2026-01-15', environments: ['production'] },
      ...changes.identity,
    },
    scope: {
      tasks: [
        { id: 'check-order', statement: 'Look up an order and its refund policy.' },
        { id: 'refund', statement: 'Refund an order that the policy covers.' },
      ],
      actions: ['read', 'draft', 'execute'],
      forbidden: [
        { id: 'no-account-deletion', statement: 'Never delete an account.', tools: ['accounts.delete'] },
        { id: 'no-health-data', statement: 'Never touch health data.', categories: ['health'] },
      ],
      ...changes.scope,
    },
    tools: {
      'orders.get': {
        server: 'orders',
        action: 'read',
        categories: ['customer-contact'],
        arguments: {
          type: 'object',
          properties: { orderId: { type: 'string', minLength: 1 } },
          required: ['orderId'],
          additionalProperties: false,
        },
      },
      'policy.search': { server: 'knowledge', action: 'read' },
      'notes.add': {
        server: 'orders',
        action: 'write',
        categories: ['customer-contact'],
        reversible: true,
        rateLimit: { calls: 20, per: 'run' },
      },
      'refunds.pay': {
        server: 'payments',
        action: 'transact',
        categories: ['customer-contact', 'payment'],
        arguments: {
          type: 'object',
          properties: {
            orderId: { type: 'string', minLength: 1 },
            amount: { type: 'number', exclusiveMinimum: 0 },
          },
          required: ['orderId', 'amount'],
        },
        idempotencyKey: 'orderId',
        reversible: { by: 'refunds.reverse', within: '24 h' },
      },
      'refunds.reverse': { server: 'payments', action: 'transact', categories: ['payment'] },
      'accounts.delete': { server: 'accounts', action: 'write', categories: ['customer-contact'] },
      ...changes.tools,
    },
    data: changes.data ?? {
      domains: [{ id: 'orders', statement: 'Orders of the last two years.', access: 'read' }],
    },
    authority: {
      level: 'bounded',
      defaults: { read: 'alone', write: 'alone', transact: 'approval' },
      rules: [
        {
          id: 'small-refunds',
          tools: ['refunds.pay'],
          when: [{ field: 'arg.amount', op: '<=', value: 100 }],
          tier: 'alone',
        },
        {
          id: 'large-refunds',
          tools: ['refunds.pay'],
          when: [{ field: 'arg.amount', op: '>', value: 1000 }],
          tier: 'escalation',
          by: 'operator',
          withinMinutes: 30,
        },
      ],
      ...changes.authority,
    },
    evidence: changes.evidence ?? [
      {
        id: 'policy-read',
        statement: 'The refund policy was looked up.',
        before: ['refunds.pay'],
        requires: 'policy-version',
        maxAgeMinutes: 60,
      },
    ],
    policies: changes.policies ?? [{ id: 'refunds', name: 'Refund policy', version: '4' }],
    ownership: {
      sponsor: 'sponsor@example.com',
      engineeringLead: 'engineer@example.com',
      qa: 'qa@example.com',
      grc: 'grc@example.com',
      operator: 'operator@example.com',
      sre: 'sre@example.com',
      escalation: [{ to: 'sre@example.com', afterMinutes: 10 }],
      ...changes.ownership,
    },
    risk: {
      categories: { 'customer-contact': 2, payment: 5, 'bank-account': 9, 'payment-card': 9, health: 10 },
      actions: { read: 1, write: 1.5, transact: 2 },
      audience: { kind: 'customer-facing', factor: 1 },
      aggregate: { rule: 'capped', share: 0.5 },
      thresholds: { medium: 10, high: 30, critical: 60 },
      ...changes.risk,
    },
    quality: changes.quality ?? {
      technical: { latencyMs: 30_000, errorRate: 0.2 },
      criteria: [
        {
          id: 'right-amount',
          statement: 'The refund is what the policy says.',
          signal: 'eval',
          metric: 'correct amount',
          comparison: '>=',
          target: 0.98,
          windowDays: 30,
          leastSamples: 50,
          freshnessDays: 7,
        },
      ],
    },
    cost: changes.cost ?? {
      perRun: 0.5,
      perDay: 100,
      perMonth: 2000,
      tokensPerRun: 100_000,
      callsPerRun: 40,
      repeatedCalls: 3,
    },
    failure: changes.failure ?? {
      kinds: { toolFailure: 'defer', loop: 'pause' },
      killSwitch: ['operator', 'sre'],
    },
    versioning: {
      contract: '1.0',
      code: 'refund-desk@1.0.0',
      lastReviewed: '2026-01-15',
      reviewEveryDays: 90,
      retentionDays: 365,
      ...changes.versioning,
    },
  };
}
