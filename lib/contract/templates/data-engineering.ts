import type { Template } from './template';

export const DATA_ENGINEERING: Template = {
  id: 'data-engineering',
  title: 'Data-engineering assistant',
  group: 'Works in the back office',
  does: 'Reads schemas and samples, writes queries and pipelines on a branch, opens pull requests. Production is for people.',
  suits: 'Data and platform teams. It may try anything where trying can be undone.',
  agent: 'data-assistant',
  source: String.raw`# A contract for an agent that helps data engineers. It works freely where work can be undone, and asks at the border.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry: gen_ai.agent.name, or service.name
  class: Engineering assistant
  businessUnit: <businessUnit>
  buildPattern: Coding agent with tools
  principal: svc-<agent> # an identity of its own: never the rights of whoever asks it
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [development, staging]
  description: Writes queries, models and pipelines for engineers, tries them on staging, and proposes them for review.

scope:
  # What it may attempt. Whatever is not listed is out of scope.
  tasks:
    - { id: explore, statement: Read schemas and run queries that only read. }
    - { id: write, statement: Write queries and pipelines on a branch of its own. }
    - { id: try, statement: Run a pipeline on staging. }
    - { id: propose, statement: Open a pull request for a person to review. }
  actions: [read, draft, recommend, execute]
  forbidden:
    - { id: merge, statement: Merge its own work., tools: [repository.merge] }
    - { id: drop, statement: "Drop or truncate a table, or delete a bucket.", tools: [warehouse.drop, storage.delete] }
    - { id: production, statement: Deploy to production., tools: [pipeline.deploy] }
    - { id: secrets, statement: Read credentials., categories: [secret] }
    - { id: spend, statement: Buy or resize anything., actions: [transact] }

# Give each tool the name your agent calls it by. "categories" is the data a call may touch; any other is a breach.
tools:
  warehouse.schema:
    server: warehouse
    action: read
    categories: [confidential]
    timeoutSeconds: 10
  warehouse.query:
    server: warehouse
    action: read
    categories: [confidential, personal]
    arguments: # JSON Schema; a call that does not fit is refused. A limit on rows is a limit on what can leak.
      type: object
      properties:
        sql: { type: string, minLength: 1, maxLength: 20000, pattern: '^\s*([Ss][Ee][Ll][Ee][Cc][Tt]|[Ww][Ii][Tt][Hh])\b' }
        row_limit: { type: integer, minimum: 1, maximum: 1000 }
      required: [sql, row_limit]
    rateLimit: { calls: 100, per: run }
    timeoutSeconds: 120
  repository.read:
    server: repository
    action: read
    categories: [confidential]
  repository.commit:
    server: repository
    action: write
    categories: [confidential]
    reversible: true
    arguments:
      type: object
      properties:
        branch: { type: string, pattern: '^agent/' } # its own branches only
        message: { type: string, minLength: 10 }
      required: [branch, message]
  repository.pull_request:
    server: repository
    action: write
    categories: [confidential]
    reversible: true
    rateLimit: { calls: 3, per: run }
  pipeline.run_staging:
    server: orchestrator
    action: write
    categories: [confidential]
    reversible: { by: pipeline.cancel_staging, within: 1 hour }
    rateLimit: { calls: 10, per: hour }
    timeoutSeconds: 900
    circuitBreaker: { failures: 3, coolDownSeconds: 300 }
  pipeline.cancel_staging:
    server: orchestrator
    action: write
    categories: [confidential]
    reversible: true

data:
  domains:
    - { id: warehouse, statement: The warehouse without its raw zone., access: read }
    - { id: repositories, statement: The repositories of the data team., access: read-write }

authority:
  level: bounded
  # What holds for a call that no rule below speaks of.
  defaults: { read: alone, write: alone, transact: never }
  rules:
    - id: many-rows
      statement: More than 200 rows at once are approved by the operator.
      tools: [warehouse.query]
      when: [{ field: arg.row_limit, op: ">", value: 200 }]
      tier: approval
      by: operator
      withinMinutes: 60

evidence:
  - id: tests-green
    statement: The tests of the branch ran in this run and passed.
    before: [repository.pull_request]
    requires: source
    maxAgeMinutes: 60

policies:
  - { id: data-access, name: Access to the warehouse, version: "1", scenarios: access-scenarios }
  - { id: review, name: Code review, version: "1", scenarios: review-scenarios }

ownership:
  sponsor: <sponsor>
  engineeringLead: <engineeringLead>
  qa: <qa>
  grc: <grc>
  operator: <operator> # is paged first
  sre: <sre>
  signOff: [sponsor, engineer, grc]
  # Who is to be told when the operator does not answer, and how many minutes after the page. The incident shows it.
  escalation:
    - { to: <sre>, afterMinutes: 30 }
    - { to: <engineeringLead>, afterMinutes: 60 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { confidential: 2, personal: 3, contact: 3, financial: 4, bank-account: 9, payment-card: 9, secret: 10 }
  actions: { read: 1, write: 1.5, transact: 3 }
  audience: { kind: internal, factor: 1 }
  aggregate: { rule: capped, share: 0.5 } # the riskiest call, plus at most half of it again for all others
  thresholds: { medium: 8, high: 12, critical: 20 }

quality:
  technical: { latencyMs: 1800000, errorRate: 0.3 } # trying and failing is part of the work
  criteria:
    - id: merged
      statement: Reviewers merge what it proposes.
      signal: outcome
      metric: merged-share
      comparison: ">="
      target: 0.6
      windowDays: 60
      leastSamples: 20
      freshnessDays: 30
    - id: reverted
      statement: Little of what was merged is reverted.
      signal: outcome
      metric: reverted-share
      comparison: "<="
      target: 0.05
      windowDays: 60
      leastSamples: 20
      freshnessDays: 30
      weight: 2
    - id: reviewers-agree
      statement: Reviewers find the change sound and readable.
      signal: sme
      metric: sound-share
      comparison: ">="
      target: 0.8
      windowDays: 60
      leastSamples: 20
      freshnessDays: 30
  review: { share: 0.2, silentShare: 0.1, withinDays: 10 } # subject experts rate runs drawn at random

cost: # US dollars
  perRun: 8
  perDay: 150
  perMonth: 2500
  tokensPerRun: 2000000
  callsPerRun: 300
  repeatedCalls: 5 # the same call with the same arguments: more often it is going in circles
  costPerAcceptedOutput: 15
  acceptedWhen: merged

failure:
  # What a breach of each severity does.
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause]
  kinds:
    missingEvidence: defer
    policyMismatch: refuse
    toolFailure: defer
    ambiguousInput: escalate
    costOverrun: pause
    loop: pause
  killSwitch: [operator, sre, head-of-ai]
  compensations:
    - { id: cancel-run, tool: pipeline.run_staging, by: pipeline.cancel_staging }
  blastRadius: { records: 1000 }

versioning:
  contract: "1.0"
  code: <agent>@1.0.0
  lastReviewed: <today>
  reviewEveryDays: 90
  retentionDays: 180
  redact: [secret, payment-card, bank-account] # never kept, not even in the record
`,
};
