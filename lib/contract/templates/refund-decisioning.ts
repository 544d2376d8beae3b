import type { Template } from './template';

export const REFUND_DECISIONING: Template = {
  id: 'refund-decisioning',
  title: 'Refund decisioning',
  group: 'Decides and pays',
  does: 'Checks whether a refund is owed, works out how much, books small ones and prepares the others.',
  suits: 'Retail, travel and subscriptions: many small decisions under one written policy.',
  agent: 'refund-desk',
  source: `# A contract for an agent that decides refunds. The policy decides, the agent applies it, people take what is unclear.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry: gen_ai.agent.name, or service.name
  class: Refund and goodwill decisions
  businessUnit: <businessUnit>
  buildPattern: Workflow with model steps
  principal: svc-<agent> # an identity of its own, never a person's
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [production]
  description: Decides refunds by the refund policy, books those it may book, and hands over the rest with its computation.

scope:
  # What it may attempt. Whatever is not listed is out of scope.
  tasks:
    - { id: check, statement: "Look up an order, its payments and the refund policy that holds for it." }
    - { id: compute, statement: "Work out what is owed, and say which line of the policy says so." }
    - { id: book, statement: Book a refund the policy covers. }
    - { id: hand-over, statement: Hand any other case to a colleague with the computation. }
  actions: [read, draft, execute]
  forbidden:
    - { id: goodwill, statement: Give goodwill beyond the policy., tools: [goodwill.grant] }
    - { id: close-account, statement: Close or change a customer's account., tools: [accounts.close, accounts.update] }
    - { id: see-card, statement: See a card number in full., categories: [payment-card] }

# Give each tool the name your agent calls it by. "categories" is the data a call may touch; any other is a breach.
tools:
  orders.get:
    server: orders
    action: read
    categories: [personal, contact]
    arguments: # JSON Schema; a call that does not fit is refused
      type: object
      properties: { order_id: { type: string, minLength: 1 } }
      required: [order_id]
    rateLimit: { calls: 5, per: run }
    timeoutSeconds: 5
  policy.search:
    server: knowledge
    action: read
    categories: [public]
    timeoutSeconds: 5
  refund.compute:
    server: refunds
    action: read
    categories: [financial]
  refund.book:
    server: refunds
    action: transact # moves money
    categories: [personal, financial]
    idempotencyKey: order_id # an order is refunded once, however often the call is repeated
    reversible: { by: refund.reverse, within: 1 day }
    rateLimit: { calls: 1, per: run }
    arguments:
      type: object
      properties:
        order_id: { type: string, minLength: 1 }
        amount: { type: number, exclusiveMinimum: 0 }
        currency: { enum: [USD] }
        reason: { type: string, minLength: 10, description: The line of the policy it rests on. }
      required: [order_id, amount, currency, reason]
  refund.reverse:
    server: refunds
    action: transact
    categories: [financial]
    reversible: false
  ticket.create:
    server: desk
    action: write
    categories: [personal]
    reversible: true

data:
  domains:
    - { id: recent-orders, statement: Orders and payments of the last two years., access: read }

authority:
  level: bounded
  # What holds for a call that no rule below speaks of: here, any other movement of money asks first.
  defaults: { read: alone, write: alone, transact: approval }
  rules:
    - id: small-refunds
      statement: Books refunds up to $200 by itself.
      tools: [refund.book]
      when: [{ field: arg.amount, op: "<=", value: 200 }]
      tier: alone
    - id: large-refunds
      statement: Above $200 the operator approves.
      tools: [refund.book]
      when: [{ field: arg.amount, op: ">", value: 200 }]
      tier: approval
      by: operator
      withinMinutes: 480
    - id: reversals
      statement: Taking a refund back always asks first.
      tools: [refund.reverse]
      tier: approval
      by: operator
      withinMinutes: 480

evidence:
  - id: policy-read
    statement: The refund policy in its present version was read in this run.
    before: [refund.book]
    requires: policy-version
    maxAgeMinutes: 60
  - id: no-conflict
    statement: Order, payment and policy say the same about amount and date.
    before: [refund.book]
    requires: no-conflict

policies:
  - { id: refunds, name: Refund policy, version: "1", scenarios: refund-scenarios }

ownership:
  sponsor: <sponsor>
  engineeringLead: <engineeringLead>
  qa: <qa>
  grc: <grc>
  operator: <operator> # is paged first
  sre: <sre>
  signOff: [sponsor, engineer, grc, operator]
  # Who is to be told when the operator does not answer, and how many minutes after the page. The incident shows it.
  escalation:
    - { to: <sre>, afterMinutes: 15 }
    - { to: <sponsor>, afterMinutes: 45 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { public: 0, personal: 2, contact: 1, financial: 3, bank-account: 8, payment-card: 8 }
  actions: { read: 1, write: 1.5, transact: 2 }
  audience: { kind: customer-facing, factor: 1.5 }
  aggregate: { rule: capped, share: 0.5 } # the riskiest call, plus at most half of it again for all others
  thresholds: { medium: 24, high: 30, critical: 40 }

quality:
  technical: { latencyMs: 30000, errorRate: 0.05 }
  criteria:
    - id: right-amount
      statement: The amount is the one the policy gives.
      signal: eval
      metric: correct-amount
      comparison: ">="
      target: 0.98
      windowDays: 30
      leastSamples: 50
      freshnessDays: 14
      weight: 2
    - id: complaints
      statement: Few customers complain about a decision.
      signal: feedback
      metric: complaint-share
      comparison: "<="
      target: 0.02
      windowDays: 30
      leastSamples: 100
      freshnessDays: 14

cost: # US dollars
  perRun: 0.5
  perDay: 150
  perMonth: 3000
  tokensPerRun: 60000
  callsPerRun: 15
  repeatedCalls: 3 # the same call with the same arguments: more often it is going in circles
  costPerAcceptedOutput: 0.4

failure:
  # What a breach of each severity does.
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause, roll-back]
  kinds:
    missingEvidence: escalate
    policyMismatch: refuse
    toolFailure: defer
    ambiguousInput: escalate
    costOverrun: pause
    loop: pause
  rollback: propose
  killSwitch: [operator, sre, head-of-ai]
  compensations:
    - { id: take-back, tool: refund.book, by: refund.reverse }
  blastRadius: { records: 1, amount: 1000 }

versioning:
  contract: "1.0"
  code: <agent>@1.0.0
  lastReviewed: <today>
  reviewEveryDays: 90
  retentionDays: 400
  redact: [payment-card, bank-account] # never kept, not even in the record
`,
};
