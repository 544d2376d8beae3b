import type { Template } from './template';

export const SETTLEMENT_INFORMATION: Template = {
  id: 'settlement-information',
  title: 'Settlement information',
  group: 'Answers people',
  does: 'Explains how a product settles, from its documents, and never says what a person should choose.',
  suits: 'Regulated products, where information is allowed and advice needs a licence.',
  agent: 'settlement-information',
  source: `# A contract for an agent that informs about settlement options and must never advise.
# The line it may not cross is drawn three times: in scope, in evidence before it answers, and in what quality measures.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry: gen_ai.agent.name, or service.name
  class: Product information
  businessUnit: <businessUnit>
  buildPattern: Retrieval and one model
  principal: svc-<agent> # an identity of its own, never a person's
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [production]
  description: Explains what a settlement option means and where that is written. What suits a person is for a licensed adviser.

scope:
  # Information: what an option is, when it pays, what it costs, where that is written. It is the same for everyone.
  tasks:
    - { id: explain, statement: "Explain a settlement option in general, with the document it is written in." }
    - { id: compare-facts, statement: "Set the documented terms of options side by side, without ranking them." }
    - { id: hand-over, statement: Hand a question that asks for advice to a licensed adviser. }
  actions: [read, draft]
  # Advice: what a person in their situation should do. The agent has neither the tools nor the data it would need.
  forbidden:
    - { id: recommend, statement: Recommend an option to a person., tools: [advice.recommend, suitability.assess] }
    - { id: project, statement: Work out what an option would pay a person., tools: [projection.calculate] }
    - { id: finances, statement: Look at a person's finances., categories: [financial, bank-account] }
    - { id: health, statement: Ask for or look at a person's health., categories: [health] }
    - { id: transact, statement: Start or change a settlement., actions: [transact] }

# Give each tool the name your agent calls it by. "categories" is the data a call may touch; any other is a breach.
tools:
  products.search:
    server: product-library
    action: read
    categories: [public]
    timeoutSeconds: 5
  products.document:
    server: product-library
    action: read
    categories: [public]
    timeoutSeconds: 5
  advice.classify:
    server: guard
    description: Says whether a question, or the answer about to be given, amounts to advice.
    action: read
    categories: [personal]
    timeoutSeconds: 5
    circuitBreaker: { failures: 3, coolDownSeconds: 60 }
  answer.send:
    server: channel
    action: write
    categories: [personal]
    reversible: false
    rateLimit: { calls: 20, per: run }
    arguments: # JSON Schema; a call that does not fit is refused: no answer without its source
      type: object
      properties:
        text: { type: string, minLength: 1, maxLength: 4000 }
        sources: { type: array, items: { type: string }, minItems: 1 }
        advice_class: { enum: [information] }
      required: [text, sources, advice_class]
  adviser.hand_over:
    server: desk
    action: write
    categories: [personal, contact]
    reversible: true

data:
  domains:
    - { id: product-documents, statement: "Product documents that are approved and in force.", access: read }

authority:
  level: bounded
  defaults: { read: alone, write: alone, transact: never }
  # No rule: the limits of this agent are not amounts but questions, and scope and evidence speak of those.
  rules: []

# What must be true before it answers.
evidence:
  - id: classified
    statement: The answer about to be given was classified as information in this run.
    before: [answer.send]
    requires: no-conflict
    maxAgeMinutes: 5
  - id: cited
    statement: Each statement names the approved document it comes from.
    before: [answer.send]
    requires: source
  - id: document-in-force
    statement: The document is the version in force today.
    before: [answer.send]
    requires: policy-version
    maxAgeMinutes: 1440

policies:
  - { id: advice-boundary, name: Boundary between information and advice, version: "1", scenarios: advice-scenarios }
  - { id: fair-wording, name: Clear and fair communication, version: "1", scenarios: wording-scenarios }

ownership:
  sponsor: <sponsor>
  engineeringLead: <engineeringLead>
  qa: <qa>
  grc: <grc> # decides what counts as advice
  operator: <operator> # is paged first
  sre: <sre>
  signOff: [sponsor, engineer, grc, operator]
  # Who is to be told when the operator does not answer, and how many minutes after the page. The incident shows it.
  escalation:
    - { to: <grc>, afterMinutes: 15 }
    - { to: <sponsor>, afterMinutes: 45 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { public: 0, personal: 2, contact: 1, financial: 6, bank-account: 8, health: 10 }
  actions: { read: 1, write: 1.5, transact: 3 }
  audience: { kind: customer-facing, factor: 2 }
  aggregate: { rule: capped, share: 0.5 } # the riskiest call, plus at most half of it again for all others
  thresholds: { medium: 14, high: 18, critical: 26 }

quality:
  technical: { latencyMs: 12000, errorRate: 0.05 }
  criteria:
    - id: no-advice
      statement: No answer amounts to regulated advice.
      signal: sme
      metric: advice-share
      comparison: "<="
      target: 0
      windowDays: 30
      leastSamples: 50
      freshnessDays: 7
      weight: 3
    - id: grounded
      statement: Every statement is in the document it names.
      signal: eval
      metric: grounded-share
      comparison: ">="
      target: 0.99
      windowDays: 30
      leastSamples: 100
      freshnessDays: 7
      weight: 2
    - id: understood
      statement: People say the answer helped.
      signal: feedback
      metric: helpful-share
      comparison: ">="
      target: 0.8
      windowDays: 30
      leastSamples: 50
      freshnessDays: 14
  review: { share: 0.2, silentShare: 0.05, withinDays: 5 } # subject experts rate runs drawn at random

cost: # US dollars
  perRun: 0.25
  perDay: 60
  perMonth: 1200
  tokensPerRun: 40000
  callsPerRun: 30
  repeatedCalls: 3 # the same call with the same arguments: more often it is going in circles

failure:
  # What a breach of each severity does.
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause, roll-back]
  kinds:
    missingEvidence: refuse # no source, no answer
    policyMismatch: refuse
    toolFailure: defer
    ambiguousInput: escalate
    costOverrun: pause
    loop: pause
  rollback: at-once # a wording that became advice is not left standing until somebody looks
  killSwitch: [operator, grc, head-of-ai]
  blastRadius: { records: 1 }

versioning:
  contract: "1.0"
  code: <agent>@1.0.0
  lastReviewed: <today>
  reviewEveryDays: 30
  retentionDays: 1825 # as long as a customer may ask what they were told
  redact: [health, bank-account]
`,
};
