import type { Template } from './template';

export const INVOICE_RECONCILIATION: Template = {
  id: 'invoice-reconciliation',
  title: 'Invoice reconciliation',
  group: 'Works in the back office',
  does: 'Matches invoices with orders and receipts, drafts journal entries, and hands differences to a person.',
  suits: 'Accounts payable, bank statements and intercompany balances. It never pays.',
  agent: 'invoice-reconciliation',
  source: `# A contract for an agent that reconciles invoices. It drafts and posts entries that can be reversed; it never pays.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry: gen_ai.agent.name, or service.name
  class: Back-office reconciliation
  businessUnit: <businessUnit>
  buildPattern: Single agent with tools
  principal: svc-<agent> # an identity of its own, with the rights below and no others
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [production]
  description: Matches suppliers' invoices with orders and receipts and drafts the entries; differences go to a controller.

scope:
  # What it may attempt. Whatever is not listed is out of scope.
  tasks:
    - { id: match, statement: "Match an invoice with its order and its receipt, line by line." }
    - { id: draft-entry, statement: Draft the journal entry of a matched invoice. }
    - { id: post-entry, statement: Post a small entry to an open period. }
    - { id: report-difference, statement: "Describe a difference and hand it to a controller, with both documents." }
  actions: [read, draft, execute]
  # Whoever reconciles does not pay: the duties stay apart, whatever the agent is asked.
  forbidden:
    - { id: pay, statement: Pay an invoice or release a payment., actions: [transact] }
    - id: change-vendor
      statement: Create or change a vendor, or its bank account.
      tools: [erp.vendor_create, erp.vendor_update]
    - { id: closed-period, statement: Open a closed period., tools: [erp.period_open] }

# Give each tool the name your agent calls it by. "categories" is the data a call may touch; any other is a breach.
tools:
  erp.invoice:
    server: erp
    action: read
    categories: [financial, confidential]
    timeoutSeconds: 10
  erp.purchase_order:
    server: erp
    action: read
    categories: [financial, confidential]
    timeoutSeconds: 10
  erp.goods_receipt:
    server: erp
    action: read
    categories: [confidential]
    timeoutSeconds: 10
  documents.read:
    server: documents
    action: read
    categories: [financial, confidential]
    timeoutSeconds: 20
  erp.entry_draft:
    server: erp
    action: write
    categories: [financial]
    reversible: true
    idempotencyKey: invoice_id
    arguments: # JSON Schema; a call that does not fit is refused
      type: object
      properties:
        invoice_id: { type: string, minLength: 1 }
        account: { type: string, minLength: 3 }
        amount: { type: number, exclusiveMinimum: 0 }
      required: [invoice_id, account, amount]
  erp.entry_post:
    server: erp
    action: write
    categories: [financial]
    idempotencyKey: invoice_id # an invoice is posted once, however often the call is repeated
    reversible: { by: erp.entry_reverse, within: the open period }
    rateLimit: { calls: 3, per: run }
    arguments:
      type: object
      properties:
        invoice_id: { type: string, minLength: 1 }
        account: { type: string, minLength: 3 }
        amount: { type: number, exclusiveMinimum: 0 }
      required: [invoice_id, account, amount]
  erp.entry_reverse:
    server: erp
    action: write
    categories: [financial]
    reversible: false
  desk.task_create:
    server: desk
    action: write
    categories: [confidential]
    reversible: true

data:
  domains:
    - { id: payables, statement: "Invoices, orders and receipts of the open periods.", access: read-write }

authority:
  level: bounded
  # What holds for a call that no rule below speaks of.
  defaults: { read: alone, write: alone, transact: never }
  rules:
    - id: large-entries
      statement: Entries of $5,000 and more are approved by the operator.
      tools: [erp.entry_post]
      when: [{ field: arg.amount, op: ">=", value: 5000 }]
      tier: approval
      by: operator
      withinMinutes: 480
    - id: reversals
      statement: Taking back an entry always asks first.
      tools: [erp.entry_reverse]
      tier: approval
      by: operator
      withinMinutes: 480

evidence:
  - id: three-way-match
    statement: "Invoice, order and receipt were read in this run and agree within the tolerance."
    before: [erp.entry_post]
    requires: no-conflict
    maxAgeMinutes: 120
  - id: complete-invoice
    statement: "Number, date, vendor, tax and amount are all on the invoice."
    before: [erp.entry_draft, erp.entry_post]
    requires: complete-fields
    fields: [number, date, vendor, tax, amount]

policies:
  - { id: matching, name: Three-way matching and tolerances, version: "1", scenarios: matching-scenarios }
  - { id: duties, name: Separation of duties in payables, version: "1", scenarios: duties-scenarios }

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
    - { to: <sre>, afterMinutes: 30 }
    - { to: <sponsor>, afterMinutes: 120 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { confidential: 2, financial: 3, personal: 2, bank-account: 10 }
  actions: { read: 1, write: 1.5, transact: 3 }
  audience: { kind: internal, factor: 1 }
  aggregate: { rule: capped, share: 0.5 } # the riskiest call, plus at most half of it again for all others
  thresholds: { medium: 10, high: 15, critical: 22 }

quality:
  technical: { latencyMs: 120000, errorRate: 0.1 }
  criteria:
    - id: right-match
      statement: What it calls a match is one.
      signal: eval
      metric: match-precision
      comparison: ">="
      target: 0.99
      windowDays: 30
      leastSamples: 100
      freshnessDays: 30
      weight: 2
    - id: corrected-entries
      statement: Few posted entries are corrected later.
      signal: outcome
      metric: corrected-share
      comparison: "<="
      target: 0.02
      windowDays: 60
      leastSamples: 50
      freshnessDays: 30

cost: # US dollars
  perRun: 1.25
  perDay: 120
  perMonth: 2000
  tokensPerRun: 120000
  callsPerRun: 40
  repeatedCalls: 3 # the same call with the same arguments: more often it is going in circles
  costPerAcceptedOutput: 0.8
  acceptedWhen: corrected-entries # an entry that nobody had to correct

failure:
  # What a breach of each severity does.
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause, roll-back]
  kinds:
    missingEvidence: defer
    policyMismatch: escalate
    toolFailure: defer
    ambiguousInput: escalate
    costOverrun: pause
    loop: pause
  rollback: propose
  killSwitch: [operator, sre, head-of-ai]
  compensations:
    - { id: reverse-entry, tool: erp.entry_post, by: erp.entry_reverse }
  blastRadius: { records: 3, amount: 15000 }

versioning:
  contract: "1.0"
  code: <agent>@1.0.0
  lastReviewed: <today>
  reviewEveryDays: 90
  retentionDays: 3650 # as long as the books
  redact: [bank-account] # never kept, not even in the record
`,
};
