import type { Template } from './template';

export const CLAIMS_PROCESSING: Template = {
  id: 'claims-processing',
  title: 'Claims processing',
  group: 'Decides and pays',
  does: 'Reads a claim with its documents, drafts a settlement, pays the clear ones and refers the rest.',
  suits: 'Insurance, warranty and expense claims where small, clear cases may go through without a person.',
  agent: 'claims-processor',
  source: `# A contract for an agent that settles claims. Small, clear claims go through; people get everything else.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry: gen_ai.agent.name, or service.name
  class: Claims triage and settlement
  businessUnit: <businessUnit>
  buildPattern: Single agent with tools
  principal: svc-<agent> # an identity of its own, never a person's
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [production]
  description: Reads a claim and its documents, drafts a settlement, and pays it where cover and cause are clear.

scope:
  # What it may attempt. Whatever is not listed is out of scope, so nothing has to be thought of in advance.
  tasks:
    - { id: read-claim, statement: "Read a claim, its policy and its documents." }
    - { id: draft-settlement, statement: Draft a settlement with the reasons for it. }
    - { id: pay-clear-claims, statement: Pay a claim whose cover and cause are clear. }
    - { id: refer, statement: Refer every other claim to an adjuster. }
  actions: [read, draft, execute]
  # Acts that stay with people. Each names the tools or data that would be the act, so that it can be refused.
  forbidden:
    - { id: deny-claim, statement: Deny a claim., tools: [claims.deny] }
    - { id: write-to-claimant, statement: Write to the claimant., tools: [mail.send] }
    - { id: change-policy, statement: Change a policy., tools: [policy.update] }
    - { id: medical-files, statement: Open medical files., categories: [health] }

# Give each tool the name your agent calls it by. "categories" is the data a call may touch; any other is a breach.
tools:
  claims.read:
    server: claims
    action: read
    categories: [personal, contact]
    arguments: # JSON Schema; a call that does not fit is refused
      type: object
      properties: { claim_id: { type: string, minLength: 1 } }
      required: [claim_id]
    rateLimit: { calls: 5, per: run }
    timeoutSeconds: 5
  policy.lookup:
    server: policies
    action: read
    categories: [personal]
    rateLimit: { calls: 5, per: run }
    timeoutSeconds: 5
  documents.read:
    server: documents
    action: read
    categories: [personal]
    rateLimit: { calls: 10, per: run }
    timeoutSeconds: 20
  fraud.score:
    server: fraud
    action: read
    categories: [personal]
    circuitBreaker: { failures: 3, coolDownSeconds: 60 } # a service that fails is left alone for a minute
  claims.note:
    server: claims
    action: write
    categories: [personal]
    reversible: true
  claims.refer:
    server: claims
    action: write
    categories: [personal]
    reversible: true
  payments.draft:
    server: payments
    action: write
    categories: [personal, financial]
    idempotencyKey: claim_id
    reversible: { by: payments.void, within: 1 day }
    arguments:
      type: object
      properties:
        claim_id: { type: string, minLength: 1 }
        amount: { type: number, exclusiveMinimum: 0 }
        currency: { enum: [USD] } # one currency, so that the limits below mean what they say
      required: [claim_id, amount, currency]
  payments.void:
    server: payments
    action: write
    categories: [financial]
    reversible: false
  payments.release:
    server: payments
    action: transact # moves money
    categories: [personal, financial]
    idempotencyKey: claim_id # the same claim is paid once, however often the call is repeated
    reversible: false
    rateLimit: { calls: 1, per: run }
    arguments:
      type: object
      properties:
        claim_id: { type: string, minLength: 1 }
        amount: { type: number, exclusiveMinimum: 0 }
        currency: { enum: [USD] }
      required: [claim_id, amount, currency]

data:
  domains:
    - { id: open-claims, statement: "Claims that are open, and the policies they belong to.", access: read-write }

authority:
  level: bounded
  # What holds for a call that no rule below speaks of.
  defaults: { read: alone, write: alone, transact: approval }
  rules:
    - id: small-payments
      statement: Pays up to $1,000 by itself.
      tools: [payments.release]
      when: [{ field: arg.amount, op: "<=", value: 1000 }]
      tier: alone
    - id: large-payments
      statement: Above $1,000 the operator approves.
      tools: [payments.release]
      when: [{ field: arg.amount, op: ">", value: 1000 }]
      tier: approval
      by: operator
      withinMinutes: 240
    - id: very-large-payments
      statement: "Above $10,000 it goes to the sponsor."
      tools: [payments.release]
      when: [{ field: arg.amount, op: ">", value: 10000 }]
      tier: escalation
      by: sponsor
      withinMinutes: 480

# What must be true before a tool is called.
evidence:
  - id: cover-checked
    statement: The policy was looked up in this run and covered the day of loss.
    before: [payments.draft, payments.release]
    requires: policy-version
    maxAgeMinutes: 60
  - id: claim-complete
    statement: "Claim, cause, day of loss and amount are all there."
    before: [payments.draft]
    requires: complete-fields
    fields: [claim_id, cause, day_of_loss, amount]

policies:
  - { id: settlement, name: Settlement guideline, version: "1", scenarios: settlement-scenarios }
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
    - { to: <sre>, afterMinutes: 10 }
    - { to: <sponsor>, afterMinutes: 30 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { personal: 2, contact: 1, financial: 3, health: 10, bank-account: 10, payment-card: 10 }
  actions: { read: 1, write: 1.5, transact: 2 }
  audience: { kind: customer-facing, factor: 1.5 }
  aggregate: { rule: capped, share: 0.5 } # the riskiest call, plus at most half of it again for all others
  detectors: [iban, payment-card] # said here, so that defaults it may inherit cannot leave them out
  thresholds: { medium: 24, high: 32, critical: 42 }

quality:
  technical: { latencyMs: 60000, errorRate: 0.1 }
  criteria:
    - id: adjuster-agrees
      statement: An adjuster who looks at a settled claim would have settled it alike.
      signal: sme
      metric: agreement
      comparison: ">="
      target: 0.95
      windowDays: 30
      leastSamples: 30
      freshnessDays: 14
      weight: 2
    - id: fields-read-right
      statement: What it reads off documents is right.
      signal: eval
      metric: extraction-accuracy
      comparison: ">="
      target: 0.9
      windowDays: 30
      leastSamples: 50
      freshnessDays: 30
    - id: reopened
      statement: Few settled claims are reopened.
      signal: outcome
      metric: reopened-share
      comparison: "<="
      target: 0.03
      windowDays: 90
      leastSamples: 50
      freshnessDays: 30
  review: { share: 0.2, silentShare: 0.05, withinDays: 5 } # subject experts rate runs drawn at random

cost: # US dollars
  perRun: 2
  perDay: 400
  perMonth: 6000
  tokensPerRun: 150000
  callsPerRun: 30
  repeatedCalls: 3 # the same call with the same arguments: more often it is going in circles
  costPerAcceptedOutput: 1
  acceptedWhen: reopened # a settled claim that was not reopened

failure:
  # What a breach of each severity does.
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause, roll-back]
  kinds:
    missingEvidence: defer
    policyMismatch: refuse
    toolFailure: fall-back
    ambiguousInput: escalate
    costOverrun: pause
    loop: pause
  rollback: propose
  killSwitch: [operator, sre, head-of-ai]
  compensations:
    - { id: void-draft, tool: payments.draft, by: payments.void }
  blastRadius: { records: 1, amount: 10000 }

versioning:
  contract: "1.0"
  code: <agent>@1.0.0
  lastReviewed: <today>
  reviewEveryDays: 90
  retentionDays: 400
  redact: [payment-card, bank-account] # never kept, not even in the record
`,
};
