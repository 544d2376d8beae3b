/**
 * The contract, defined once. Types, JSON Schema, the form, lint and docs all follow from these schemas.
 * Every part a breach, diff or comment may name is addressable as a clause: the keys down to it joined by "/",
 * list items by their `id` (`tools/documents.ocr/categories`, `authority/large-payments`, `cost/perRun`).
 */
import { z } from 'zod';
import { FILTER_ACTS } from '@/lib/decision/types';

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens')
  .max(64);
const text = z.string().trim().min(1).max(2000);
const name = z.string().trim().min(1).max(200);
/** Tool names as MCP servers and agents send them. */
const toolName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s/]+$/, 'a tool name has no spaces and no slash');
const email = z.email().max(320);
const day = z.iso.date();
const positive = z.number().positive().finite();
const wholePositive = z.int().positive();
const money = z.number().nonnegative().finite();

export const ACTION_CLASSES = ['read', 'write', 'transact'] as const;
export const ACTION_TYPES = ['read', 'draft', 'recommend', 'execute'] as const;
export const BANDS = ['low', 'medium', 'high', 'critical'] as const;
export const AUTHORITY_LEVELS = [
  'suggest-only',
  'read-only',
  'human-in-the-loop',
  'bounded',
  'continuous',
] as const;
export const TIERS = ['alone', 'approval', 'escalation', 'never'] as const;
export const RESPONSES = ['log', 'warn', 'page', 'pause', 'roll-back'] as const;
export const FAILURE_ANSWERS = ['refuse', 'escalate', 'defer', 'fall-back', 'pause', 'roll-back'] as const;
/** What becomes of runs that have begun under a version that is rolled back from, from the mildest to the strictest. */
export const RUNNING_RUNS = ['finish', 'pause', 'stop'] as const;
/** What is done to an agent whose breaches add up, from the mildest to the strictest. */
export const LADDER_STEPS = ['warn', 'narrow', 'review', 'pause', 'recertify'] as const;
/** Gates that may end a step of the ladder. */
export const LADDER_GATES = ['G3', 'G4', 'G5', 'G6'] as const;

export const actionClassSchema = z.enum(ACTION_CLASSES);
export const authorityLevelSchema = z.enum(AUTHORITY_LEVELS);
const categories = z.array(slug).max(64);

const identitySchema = z.strictObject({
  name: name.describe('What people call the agent.'),
  agent: slug.describe('The name it goes by in telemetry (gen_ai.agent.name or service.name).'),
  aliases: z.array(name).max(20).default([]).describe('Other names it sends: agent ids, service names.'),
  class: name.describe('What kind of agent this is, e.g. "claims triage and settlement".'),
  businessUnit: name,
  buildPattern: name.describe('How it is built, e.g. "LangGraph, single agent with tools".'),
  principal: name.describe('Its own non-human identity.'),
  owner: email.describe('The person accountable for it.'),
  delegation: z.strictObject({
    by: email.describe('Who enabled its autonomy.'),
    on: day,
    environments: z.array(name).min(1).max(10),
    until: day.optional(),
  }),
  description: text.optional(),
});

const scopeSchema = z.strictObject({
  tasks: z
    .array(z.strictObject({ id: slug, statement: text }))
    .min(1)
    .max(100)
    .describe('What it may attempt. Anything not listed is out of scope.'),
  actions: z.array(z.enum(ACTION_TYPES)).min(1).describe('Kinds of action it may take at all.'),
  forbidden: z
    .array(
      z.strictObject({
        id: slug,
        statement: text,
        tools: z.array(toolName).max(200).default([]).describe('Tools whose use would be the forbidden act.'),
        actions: z
          .array(actionClassSchema)
          .default([])
          .describe('Action classes that are forbidden outright.'),
        categories: categories.default([]).describe('Data categories it may never touch.'),
      }),
    )
    .max(100)
    .default([]),
});

/** The part of JSON Schema that decisions enforce on arguments. Unknown keywords are refused, never ignored. */
export interface ArgumentSchema {
  type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null' | undefined;
  description?: string | undefined;
  properties?: Record<string, ArgumentSchema> | undefined;
  required?: string[] | undefined;
  additionalProperties?: boolean | undefined;
  items?: ArgumentSchema | undefined;
  enum?: (string | number | boolean | null)[] | undefined;
  const?: string | number | boolean | null | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
}
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const argumentSchemaSchema: z.ZodType<ArgumentSchema> = z.lazy(() =>
  z.strictObject({
    type: z.enum(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']).optional(),
    description: z.string().optional(),
    properties: z.record(z.string(), argumentSchemaSchema).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.boolean().optional(),
    items: argumentSchemaSchema.optional(),
    enum: z.array(scalar).min(1).optional(),
    const: scalar.optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    exclusiveMaximum: z.number().optional(),
    minLength: z.int().nonnegative().optional(),
    maxLength: z.int().nonnegative().optional(),
    pattern: z
      .string()
      .max(500)
      .refine(
        (source) => {
          try {
            new RegExp(source, 'u');
            return true;
          } catch {
            return false;
          }
        },
        { error: 'not a regular expression' },
      )
      .optional(),
    minItems: z.int().nonnegative().optional(),
    maxItems: z.int().nonnegative().optional(),
  }),
);

export const toolSchema = z.strictObject({
  server: name.optional().describe('The MCP server or system that offers it.'),
  description: text.optional(),
  action: actionClassSchema.describe(
    'read leaves the world as it is, write changes it, transact moves money or commits the company.',
  ),
  egress: z
    .boolean()
    .default(false)
    .describe('True when a call can carry data out of the company (a web request is a read that does).'),
  scopes: z.array(name).max(50).default([]),
  categories: categories.default([]).describe('Data categories a call may touch. Others are a breach.'),
  filter: z
    .array(
      z.strictObject({
        id: slug,
        statement: text.optional(),
        categories: z
          .array(slug)
          .min(1)
          .max(64)
          .describe('Data categories that may occur in what the tool returns and are filtered.'),
        // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
        then: z
          .enum(FILTER_ACTS)
          .describe(
            'review: a person looks first. mask: the data is made unreadable. withhold: it is left out.',
          ),
      }),
    )
    .max(50)
    .optional()
    .describe('What is filtered out of what the tool returns, before the agent sees it.'),
  arguments: argumentSchemaSchema.optional(),
  rateLimit: z
    .strictObject({ calls: wholePositive, per: z.enum(['run', 'minute', 'hour', 'day']) })
    .optional(),
  timeoutSeconds: positive.optional(),
  circuitBreaker: z
    .strictObject({ failures: wholePositive, coolDownSeconds: positive })
    .optional()
    .describe('After so many failures in a row the tool is not called again until it has cooled down.'),
  idempotencyKey: name.optional().describe('The argument that makes a repeated call the same call.'),
  reversible: z
    .union([z.boolean(), z.strictObject({ by: toolName, within: name.optional() })])
    .default(false)
    .describe('True, false, or the compensating tool and until when it works.'),
});

const dataSchema = z.strictObject({
  domains: z
    .array(z.strictObject({ id: slug, statement: text, access: z.enum(['read', 'write', 'read-write']) }))
    .max(100)
    .default([]),
});

/**
 * One test of a rule. `field` is `arg.<path>` (dots between keys), `category`, `action` or `tool`.
 * A list of conditions holds when all of them do.
 */
export const conditionSchema = z.discriminatedUnion('op', [
  z.strictObject({ field: name, op: z.enum(['<', '<=', '>', '>=']), value: z.number().finite() }),
  z.strictObject({ field: name, op: z.enum(['=', '!=']), value: scalar }),
  z.strictObject({ field: name, op: z.enum(['in', 'not-in']), value: z.array(scalar).min(1).max(1000) }),
  z.strictObject({ field: name, op: z.enum(['present', 'absent']) }),
]);

const authoritySchema = z.strictObject({
  level: authorityLevelSchema.describe('The most it may ever do on its own.'),
  defaults: z
    .strictObject({ read: z.enum(TIERS), write: z.enum(TIERS), transact: z.enum(TIERS) })
    .describe('What holds for a call that no rule speaks of, by action class.'),
  rules: z
    .array(
      z.strictObject({
        id: slug,
        statement: text.optional(),
        tools: z.array(toolName).max(200).default([]).describe('Empty: any tool.'),
        actions: z.array(actionClassSchema).default([]).describe('Empty: any action class.'),
        when: z.array(conditionSchema).max(20).default([]),
        tier: z.enum(TIERS).describe('alone, after approval, by escalation, or never.'),
        by: name.optional().describe('The role that approves or is escalated to.'),
        withinMinutes: positive.optional(),
      }),
    )
    .max(200)
    .default([]),
});

const evidenceSchema = z
  .array(
    z.strictObject({
      id: slug,
      statement: text,
      before: z.array(toolName).min(1).max(200).describe('Tools that may not be called until it holds.'),
      requires: z.enum(['policy-version', 'source', 'complete-fields', 'no-conflict']),
      fields: z.array(name).max(100).default([]),
      maxAgeMinutes: positive.optional(),
    }),
  )
  .max(100);

const policiesSchema = z
  .array(
    z.strictObject({
      id: slug,
      name,
      version: name,
      scenarios: name.optional(),
      link: z.url({ protocol: /^https?$/ }).optional(),
    }),
  )
  .max(100);

const ownershipSchema = z.strictObject({
  sponsor: email,
  engineeringLead: email,
  qa: email,
  grc: email,
  operator: email.describe('The operator on call: who is paged.'),
  sre: email,
  stakeholders: z.array(email).max(50).default([]),
  signOff: z.array(name).max(20).default([]),
  escalation: z
    .array(z.strictObject({ to: email, afterMinutes: positive }))
    .max(10)
    .default([])
    .describe('Who is paged next when a page goes unanswered, and how many minutes after it.'),
});

const riskSchema = z.strictObject({
  categories: z.record(slug, z.number().min(0).max(10)).describe('Weight of each data category, 0 to 10.'),
  actions: z
    .strictObject({ read: money, write: money, transact: money })
    .describe('Multiplier of each action class; 1 is neutral.'),
  egress: money.default(1).describe('Further multiplier for calls that carry data out.'),
  audience: z.strictObject({
    kind: z.enum(['internal', 'single-user', 'multi-user', 'customer-facing']),
    factor: positive,
  }),
  aggregate: z.discriminatedUnion('rule', [
    z.strictObject({ rule: z.literal('sum') }),
    z.strictObject({ rule: z.literal('max') }),
    z.strictObject({
      rule: z.literal('capped'),
      share: z
        .number()
        .min(0)
        .max(1)
        .describe('At most this share of the highest span is added for all others.'),
    }),
  ]),
  thresholds: z
    .strictObject({ medium: positive, high: positive, critical: positive })
    .refine((t) => t.medium < t.high && t.high < t.critical, {
      error: 'thresholds must rise strictly: medium < high < critical',
    }),
  detectors: z
    .array(z.enum(['iban', 'payment-card']))
    .default(['iban', 'payment-card'])
    .describe(
      'Checksum-validated detectors run over arguments and results: iban finds bank-account, payment-card finds payment-card.',
    ),
});

const share = z.number().min(0).max(1);
/** Which runs subject experts review. Its fields, and all of it, came later: no defaults (lib/contract/terms.ts says what holds). */
export const reviewSchema = z.strictObject({
  share: share.describe('Share of its runs that are drawn for review: 0.05 is one in twenty.'),
  silentShare: share
    .optional()
    .describe(
      'The same of silent runs, in which no clause was broken and nothing escalated or blocked. Left out: as of the others.',
    ),
  reviewers: z.int().min(1).max(9).optional().describe('How many people rate each of them. Left out: 1.'),
  withinDays: positive.optional().describe('How soon they are rated. Left out: 7.'),
});
const pillarWeight = z.number().min(0).max(100);
const qualitySchema = z.strictObject({
  technical: z
    .strictObject({
      latencyMs: positive.describe('A run should end within this many milliseconds.'),
      errorRate: z.number().min(0).max(1).describe('At most this share of its spans may fail.'),
    })
    .optional(),
  criteria: z
    .array(
      z.strictObject({
        id: slug,
        statement: text,
        signal: z.enum(['technical', 'eval', 'feedback', 'outcome', 'sme']).optional(),
        metric: name.optional(),
        comparison: z.enum(['>=', '<=']),
        target: z.number().finite(),
        unit: name.optional(),
        windowDays: positive,
        leastSamples: wholePositive,
        freshnessDays: positive,
        weight: positive.default(1),
      }),
    )
    .max(200)
    .default([]),
  review: reviewSchema.optional().describe('Which runs subject experts review.'),
  // Without a default, as what follows below: an older document must keep its digest. lib/contract/terms.ts says what holds.
  score: z
    .strictObject({ risk: pillarWeight, quality: pillarWeight, cost: pillarWeight })
    .refine(({ risk, quality, cost }) => risk + quality + cost > 0, {
      error: 'at least one pillar must weigh something',
    })
    .optional()
    .describe('How much each pillar counts in the performance score. Left out: 0.5, 0.3 and 0.2.'),
});

const onCostBreach = z.enum(['log', 'warn', 'page', 'pause']);
const costSchema = z.strictObject({
  perRun: money.optional().describe('US dollars a run may spend.'),
  perDay: money.optional().describe('US dollars all its runs of a day (UTC) may spend together.'),
  perMonth: money
    .optional()
    .describe('US dollars all its runs of a calendar month (UTC) may spend together.'),
  tokensPerRun: wholePositive.optional(),
  callsPerRun: wholePositive.optional().describe('Tool calls a run may make.'),
  repeatedCalls: wholePositive
    .optional()
    .describe('How often the same call with the same arguments may be made in a run.'),
  throttle: z.strictObject({ calls: wholePositive, perSeconds: positive }).optional(),
  costPerAcceptedOutput: money.optional(),
  infrastructurePerHour: money
    .optional()
    .describe('US dollars for each hour that a run works; waiting for people costs nothing.'),
  acceptedWhen: slug
    .optional()
    .describe('The criterion, measured by an outcome, that says whether an output was accepted.'),
  completedWhen: slug
    .optional()
    .describe('The criterion, measured by an outcome, that says whether a task was completed.'),
  onBreach: z
    .strictObject({
      perRun: onCostBreach.default('pause'),
      perDay: onCostBreach.default('pause'),
      perMonth: onCostBreach.default('pause'),
      tokensPerRun: onCostBreach.default('pause'),
      callsPerRun: onCostBreach.default('pause'),
      repeatedCalls: onCostBreach.default('pause'),
    })
    .prefault({}),
});

/** What sets off a step of the ladder: exactly one of these. */
export const ladderTriggerSchema = z
  .union([
    z.strictObject({
      breaches: wholePositive.describe('So many breaches of the severity or above it'),
      withinDays: positive.describe('Within how many days'),
      severity: z.enum(BANDS).optional().describe('Left out: of any severity.'),
    }),
    z.strictObject({
      unknownTools: wholePositive.describe('So many tools used that the contract does not know'),
      withinDays: positive.describe('Within how many days'),
    }),
    z.strictObject({
      attestationOverdueDays: positive.describe('Its attestation has been overdue for so many days'),
    }),
  ])
  .describe('What sets it off: breaches, tools the contract does not know, or an overdue attestation.');

export const ladderStepSchema = z.strictObject({
  id: slug,
  when: ladderTriggerSchema,
  step: z
    .enum(LADDER_STEPS)
    .describe('warn, narrow the authority, have what it writes approved, pause, or certify again.'),
  to: authorityLevelSchema
    .optional()
    .describe('The authority level it is narrowed to. Left out: one level lower.'),
  gate: z
    .enum(LADDER_GATES)
    .optional()
    .describe('The gate that must pass before it is as it was. Left out: G6.'),
});

const responses = z.array(z.enum(RESPONSES)).min(1);
const failureSchema = z.strictObject({
  low: responses.default(['log']),
  medium: responses.default(['log', 'warn']),
  high: responses.default(['page', 'pause']),
  critical: responses.default(['page', 'pause', 'roll-back']),
  kinds: z
    .strictObject({
      missingEvidence: z.enum(FAILURE_ANSWERS),
      policyMismatch: z.enum(FAILURE_ANSWERS),
      toolFailure: z.enum(FAILURE_ANSWERS),
      ambiguousInput: z.enum(FAILURE_ANSWERS),
      costOverrun: z.enum(FAILURE_ANSWERS),
      loop: z.enum(FAILURE_ANSWERS),
    })
    .partial()
    .prefault({}),
  rollback: z.enum(['at-once', 'propose']).default('propose'),
  // Fields without a default came later: an older document must keep its digest. lib/contract/terms.ts says what holds.
  runningRuns: z
    .enum(RUNNING_RUNS)
    .optional()
    .describe('What becomes of runs that have begun under a version that is rolled back from.'),
  codeRollback: z
    .strictObject({
      hook: name.describe('The webhook endpoint, by name, that takes the code back.'),
      to: name
        .optional()
        .describe('The code version to go back to. Left out: the one the older version binds to.'),
    })
    .optional()
    .describe('Whom to tell that the code must go back too.'),
  killSwitch: z.array(name).default([]).describe('Roles that may stop it at once.'),
  compensations: z
    .array(
      z.strictObject({
        id: slug,
        tool: toolName,
        by: toolName,
        approval: z
          .enum(['operator', 'none'])
          .optional()
          .describe(
            'Whether the operator approves a compensation before it is sent. Left out: the operator does.',
          ),
        withinMinutes: positive
          .optional()
          .describe('How long after the call it can be made good. Left out: at any time.'),
      }),
    )
    .max(100)
    .default([]),
  ladder: z
    .array(ladderStepSchema)
    .max(50)
    .optional()
    .describe('What follows when breaches add up, from the mildest step to the strictest.'),
  recovery: z
    .array(z.strictObject({ id: slug, statement: text }))
    .max(50)
    .optional()
    .describe('What must hold before a paused agent works again.'),
  blastRadius: z.strictObject({ records: wholePositive.optional(), amount: money.optional() }).optional(),
});

const versioningSchema = z.strictObject({
  contract: name.describe('The version people call it by, e.g. "1.3".'),
  code: name.describe('The code version it binds to.'),
  lastReviewed: day,
  reviewEveryDays: wholePositive,
  retentionDays: wholePositive,
  redact: categories.default([]).describe('Data categories whose content is never kept.'),
});

export const contractSchema = z.strictObject({
  apiVersion: z.literal('countersign/v1'),
  kind: z.literal('AgentContract'),
  extends: z
    .literal('workspace-defaults')
    .optional()
    .describe('Clauses it leaves out are those of the workspace defaults when the version is made.'),
  identity: identitySchema,
  scope: scopeSchema,
  tools: z.record(toolName, toolSchema),
  data: dataSchema.prefault({}),
  authority: authoritySchema,
  evidence: evidenceSchema.default([]),
  policies: policiesSchema.default([]),
  ownership: ownershipSchema,
  risk: riskSchema,
  quality: qualitySchema.prefault({}),
  cost: costSchema.prefault({}),
  failure: failureSchema.prefault({}),
  versioning: versioningSchema,
});

/** A contract with every default filled in. */
export type Contract = z.output<typeof contractSchema>;
/** A contract as a person may write it, defaults left out. */
export type ContractInput = z.input<typeof contractSchema>;
export type Tool = z.output<typeof toolSchema>;
export type ActionClass = (typeof ACTION_CLASSES)[number];
export type Band = (typeof BANDS)[number];
export type AuthorityLevel = (typeof AUTHORITY_LEVELS)[number];
export type Tier = (typeof TIERS)[number];
export type Response = (typeof RESPONSES)[number];
export type Condition = z.output<typeof conditionSchema>;
export type ToolFilter = NonNullable<Tool['filter']>[number];
export type RunningRuns = (typeof RUNNING_RUNS)[number];
export type Compensation = Contract['failure']['compensations'][number];
export type LadderStep = z.output<typeof ladderStepSchema>;
export type LadderTrigger = z.output<typeof ladderTriggerSchema>;
export type LadderGate = (typeof LADDER_GATES)[number];
export type ReviewRule = z.output<typeof reviewSchema>;
export type RecoveryRequirement = NonNullable<Contract['failure']['recovery']>[number];

/** The twelve sections, in the order a contract is read; `data` belongs to tools. */
export const SECTIONS = [
  { key: 'identity', title: 'Identity' },
  { key: 'scope', title: 'Scope' },
  { key: 'tools', title: 'Tools and data' },
  { key: 'authority', title: 'Authority' },
  { key: 'evidence', title: 'Evidence' },
  { key: 'policies', title: 'Policies' },
  { key: 'ownership', title: 'Ownership' },
  { key: 'risk', title: 'Risk' },
  { key: 'quality', title: 'Quality' },
  { key: 'cost', title: 'Cost' },
  { key: 'failure', title: 'Failure' },
  { key: 'versioning', title: 'Versioning' },
] as const;
export type SectionKey = (typeof SECTIONS)[number]['key'];
