import type { Template } from './template';

/** What a contract from observed behaviour begins as: it allows nothing, and asks before what changes something. */
export const OBSERVED_TEMPLATE: Template = {
  id: 'observed',
  title: 'From what an agent did',
  group: 'Looks things up',
  does: 'Holds only what was ticked.',
  suits: 'Agents that run already.',
  agent: 'agent',
  source: `# Begun from what the agent did. Everything below "tools" and "cost" was ticked by a person; nothing else was observed.
# Lines that begin with # are notes for whoever writes the contract. Keep, change or delete them: they decide nothing.
apiVersion: countersign/v1
kind: AgentContract

identity:
  name: <name>
  agent: <agent> # the name it sends in telemetry
  class: # what kind of agent it is
  businessUnit: <businessUnit>
  buildPattern: # how it is built, e.g. Single agent with tools
  principal: svc-<agent> # an identity of its own, never a person's
  owner: <owner> # one person answers for it; a team cannot
  delegation:
    by: <delegatedBy> # who gave it this authority
    on: <today>
    environments: [production]

scope:
  # What it may attempt, in your words: what it did is no answer to what it should do.
  tasks: []
  actions: [read, draft, execute]
  forbidden: [] # acts that stay with people

# Only the tools that were ticked. Any other is a breach.
tools:

authority:
  level: bounded
  # Careful until people know it: what changes something is approved, what moves money is never done alone.
  defaults: { read: alone, write: approval, transact: approval }
  rules: []

ownership:
  sponsor: <sponsor>
  engineeringLead: <engineeringLead>
  qa: <qa>
  grc: <grc>
  operator: <operator> # is paged first
  sre: <sre>
  signOff: [sponsor, engineer, grc, operator]
  escalation:
    - { to: <sre>, afterMinutes: 15 }
    - { to: <sponsor>, afterMinutes: 45 }

risk:
  # A call's risk: the weights of the data it touches, times what it does with it, times who is affected.
  categories: { bank-account: 8, payment-card: 8 }
  actions: { read: 1, write: 1.5, transact: 2 }
  audience: { kind: internal, factor: 1 }
  aggregate: { rule: capped, share: 0.5 }
  thresholds: { medium: 12, high: 24, critical: 36 }

quality: {}

# US dollars
cost: {}

failure:
  medium: [log, warn]
  high: [page, pause]
  critical: [page, pause]
  kinds:
    missingEvidence: escalate
    policyMismatch: refuse
    toolFailure: defer
    ambiguousInput: escalate
    costOverrun: pause
    loop: pause
  killSwitch: [operator, sre, head-of-ai]

versioning:
  contract: "1.0"
  code: # the code version it holds for
  lastReviewed: <today>
  reviewEveryDays: 30
  retentionDays: 400
`,
};
