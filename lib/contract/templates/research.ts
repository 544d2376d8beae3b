import type { Template } from './template';

export const RESEARCH: Template = {
  id: 'read-only-research',
  title: 'Read-only research',
  group: 'Looks things up',
  does: 'Searches the web and your own documents and writes a report with its sources. It changes nothing.',
  suits: 'Market, legal and technical questions. Often the first agent a company signs a contract for.',
  agent: 'research-assistant',
  source: `# A contract for an agent that only reads. The risk is not what it does but what it carries out in a search.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry: gen_ai.agent.name, or service.name
  class: Research
  businessUnit: <businessUnit>
  buildPattern: Single agent with search
  principal: svc-<agent> # an identity of its own, with the right to read and no other
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [production]
  description: Searches the web and our own documents for an answer and writes it down with its sources.

scope:
  # What it may attempt. Whatever is not listed is out of scope.
  tasks:
    - { id: search, statement: Search the web and the shared documents. }
    - { id: read, statement: Read what was found. }
    - { id: report, statement: "Write a report, each statement with its source." }
  actions: [read, recommend]
  forbidden:
    - { id: change, statement: Change anything., actions: [write, transact] }
    - { id: personal, statement: Look into a private person., categories: [personal, contact, location] }
    - { id: secrets, statement: Read credentials., categories: [secret] }

# Give each tool the name your agent calls it by. "categories" is the data a call may touch; any other is a breach.
tools:
  web.search:
    server: web
    action: read
    egress: true # a search tells somebody outside what we are looking for
    categories: [public]
    arguments: # JSON Schema; a call that does not fit is refused. Short queries carry little out.
      type: object
      properties: { query: { type: string, minLength: 2, maxLength: 200 } }
      required: [query]
    rateLimit: { calls: 30, per: run }
    timeoutSeconds: 10
  web.fetch:
    server: web
    action: read
    egress: true
    categories: [public]
    arguments:
      type: object
      properties: { url: { type: string, pattern: '^https://' } }
      required: [url]
    rateLimit: { calls: 60, per: run }
    timeoutSeconds: 20
    circuitBreaker: { failures: 5, coolDownSeconds: 30 }
  documents.search:
    server: documents
    action: read
    categories: [confidential]
    rateLimit: { calls: 30, per: run }
    timeoutSeconds: 10
  documents.read:
    server: documents
    action: read
    categories: [confidential]
    rateLimit: { calls: 60, per: run }
    timeoutSeconds: 10

data:
  domains:
    - { id: shared-documents, statement: Documents shared with the whole company., access: read }

authority:
  level: read-only # whatever a tool could do, this agent reads
  defaults: { read: alone, write: never, transact: never }

# A read-only agent acts by what it tells people, so its evidence stands in quality: the report is checked for sources.
evidence: []

policies:
  - { id: sources, name: Sources and quoting, version: "1", scenarios: source-scenarios }

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
    - { to: <sre>, afterMinutes: 60 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { public: 0, confidential: 3, personal: 4, contact: 4, location: 5, secret: 10 }
  actions: { read: 1, write: 2, transact: 3 }
  egress: 2 # what is carried out counts double
  audience: { kind: internal, factor: 1 }
  aggregate: { rule: capped, share: 0.5 } # the riskiest call, plus at most half of it again for all others
  thresholds: { medium: 6, high: 10, critical: 20 }

quality:
  technical: { latencyMs: 300000, errorRate: 0.2 } # the web fails often
  criteria:
    - id: sourced
      statement: Every statement has a source that says it.
      signal: eval
      metric: sourced-share
      comparison: ">="
      target: 0.95
      windowDays: 30
      leastSamples: 30
      freshnessDays: 30
    - id: useful
      statement: Whoever asked could use the report.
      signal: feedback
      metric: useful-share
      comparison: ">="
      target: 0.8
      windowDays: 30
      leastSamples: 20
      freshnessDays: 30

cost: # US dollars
  perRun: 3
  perDay: 60
  perMonth: 600
  tokensPerRun: 500000
  callsPerRun: 120
  repeatedCalls: 3 # the same call with the same arguments: more often it is going in circles

failure:
  # What a breach of each severity does.
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause]
  kinds:
    missingEvidence: refuse
    policyMismatch: refuse
    toolFailure: fall-back
    ambiguousInput: escalate
    costOverrun: pause
    loop: pause
  killSwitch: [operator, sre, head-of-ai]

versioning:
  contract: "1.0"
  code: <agent>@1.0.0
  lastReviewed: <today>
  reviewEveryDays: 180
  retentionDays: 180
  redact: [secret] # never kept, not even in the record
`,
};
