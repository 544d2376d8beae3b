import type { Template } from './template';

export const SUPPORT_AGENT: Template = {
  id: 'support-agent',
  title: 'Support agent',
  group: 'Answers people',
  does: 'Answers customers from the help articles and their own orders, makes small changes, hands over when asked.',
  suits: 'Chat and e-mail support. Promises and money stay with people.',
  agent: 'support-agent',
  source: `# A contract for an agent that answers customers. It reads about one customer at a time, and asks before it promises.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry: gen_ai.agent.name, or service.name
  class: Customer support
  businessUnit: <businessUnit>
  buildPattern: Single agent with retrieval and tools
  principal: svc-<agent> # an identity of its own, never a person's
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [production]
  description: Answers customers' questions from the help articles and their own orders, and hands over what needs a person.

scope:
  # What it may attempt. Whatever is not listed is out of scope.
  tasks:
    - { id: answer, statement: Answer a question from the help articles. }
    - { id: order-status, statement: Tell a customer about their own orders. }
    - { id: small-changes, statement: Change a delivery address or a contact detail at the customer's wish. }
    - { id: hand-over, statement: "Hand the conversation to a colleague, whenever asked." }
  actions: [read, draft, execute]
  forbidden:
    - { id: money, statement: "Give refunds, credits or discounts.", actions: [transact] }
    - { id: others, statement: "Close an account, or merge two.", tools: [accounts.close, accounts.merge] }
    - { id: secrets, statement: Ask for or repeat a password., categories: [secret] }
    - { id: health, statement: Discuss a customer's health., categories: [health] }

# Give each tool the name your agent calls it by. "categories" is the data a call may touch; any other is a breach.
tools:
  articles.search:
    server: knowledge
    action: read
    categories: [public]
    timeoutSeconds: 5
  customers.get:
    server: crm
    action: read
    categories: [personal, contact]
    arguments: # JSON Schema; a call that does not fit is refused. One customer a call: there is no list to ask for.
      type: object
      properties: { customer_id: { type: string, minLength: 1 } }
      required: [customer_id]
      additionalProperties: false
    rateLimit: { calls: 3, per: run }
    timeoutSeconds: 5
  orders.list:
    server: shop
    action: read
    categories: [personal]
    rateLimit: { calls: 10, per: run }
    timeoutSeconds: 5
  customers.update_contact:
    server: crm
    action: write
    categories: [personal, contact]
    idempotencyKey: request_id
    reversible: true
    rateLimit: { calls: 2, per: run }
    arguments:
      type: object
      properties:
        request_id: { type: string, minLength: 1 }
        customer_id: { type: string, minLength: 1 }
        field: { enum: [delivery_address, phone, email] }
        value: { type: string, minLength: 1, maxLength: 300 }
      required: [request_id, customer_id, field, value]
  messages.send:
    server: channel
    action: write
    egress: true # what it says leaves the company
    categories: [personal, contact]
    reversible: false
    rateLimit: { calls: 30, per: run }
  tickets.create:
    server: desk
    action: write
    categories: [personal, contact]
    reversible: true

data:
  domains:
    - { id: own-customer, statement: "The customer it is talking to, and their orders.", access: read-write }
    - { id: help, statement: Published help articles., access: read }

authority:
  level: bounded
  # What holds for a call that no rule below speaks of.
  defaults: { read: alone, write: alone, transact: never }
  rules:
    - id: email-changes
      statement: A new e-mail address can take an account over, so a person confirms it.
      tools: [customers.update_contact]
      when: [{ field: arg.field, op: "=", value: email }]
      tier: approval
      by: operator
      withinMinutes: 60

evidence:
  - id: identified
    statement: The customer was identified in this conversation.
    before: [customers.update_contact]
    requires: source
    maxAgeMinutes: 30
  - id: article-cited
    statement: An answer about rules or deadlines names the article it comes from.
    before: [messages.send]
    requires: source

policies:
  - { id: tone, name: How we write to customers, version: "1", scenarios: tone-scenarios }
  - { id: privacy, name: Customer data policy, version: "1", scenarios: privacy-scenarios }

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
    - { to: <sponsor>, afterMinutes: 60 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { public: 0, personal: 2, contact: 1, health: 10, secret: 10, bank-account: 10, payment-card: 10 }
  actions: { read: 1, write: 1.5, transact: 3 }
  egress: 1.5 # what leaves the company counts half as much again
  audience: { kind: customer-facing, factor: 1.5 }
  aggregate: { rule: capped, share: 0.5 } # the riskiest call, plus at most half of it again for all others
  thresholds: { medium: 16, high: 22, critical: 32 }

quality:
  technical: { latencyMs: 20000, errorRate: 0.05 }
  criteria:
    - id: resolved
      statement: The question is settled and does not come back within a week.
      signal: outcome
      metric: resolved-share
      comparison: ">="
      target: 0.7
      windowDays: 30
      leastSamples: 100
      freshnessDays: 14
    - id: satisfied
      statement: Customers are content with the answer.
      signal: feedback
      metric: satisfied-share
      comparison: ">="
      target: 0.85
      windowDays: 30
      leastSamples: 50
      freshnessDays: 14
    - id: grounded
      statement: Nothing is promised that no article says.
      signal: eval
      metric: grounded-share
      comparison: ">="
      target: 0.98
      windowDays: 30
      leastSamples: 100
      freshnessDays: 14
      weight: 2

cost: # US dollars
  perRun: 0.4
  perDay: 200
  perMonth: 4000
  tokensPerRun: 80000
  callsPerRun: 60
  repeatedCalls: 4 # the same call with the same arguments: more often it is going in circles
  costPerAcceptedOutput: 0.5
  acceptedWhen: resolved

failure:
  # What a breach of each severity does.
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause, roll-back]
  kinds:
    missingEvidence: escalate
    policyMismatch: refuse
    toolFailure: fall-back
    ambiguousInput: escalate
    costOverrun: escalate
    loop: pause
  rollback: propose
  killSwitch: [operator, sre, head-of-ai]
  blastRadius: { records: 1 }

versioning:
  contract: "1.0"
  code: <agent>@1.0.0
  lastReviewed: <today>
  reviewEveryDays: 60
  retentionDays: 365
  redact: [payment-card, secret] # never kept, not even in the record
`,
};
