import { z } from 'zod';
import { AUTHORITY_LEVELS, BANDS, LADDER_STEPS } from '@/lib/contract/schema';
import { PAGE_KINDS } from '@/lib/response/escalation';

/**
 * What receivers are told, and in which words: docs/webhooks.md is written from this file. The body is a Standard
 * Webhooks payload `{ type, timestamp, data }`; fields are only ever added.
 */
export const WEBHOOK_TYPES = [
  /** A breach opened an incident: the page. */
  'incident.opened',
  /** Somebody further is paged: the next step of the escalation path, whom it was handed to, or the end of a snooze. */
  'incident.escalated',
  /** Nobody is paged of it until a time. */
  'incident.snoozed',
  'incident.acknowledged',
  'incident.resolved',
  /** A breach that the failure clause only warns of; the run goes on. */
  'run.warned',
  /** A person paused the run. What a breach pauses is told by `incident.opened`. */
  'run.paused',
  'run.resumed',
  /** A person asked the agent to stop; it has not said so yet. */
  'run.stop-requested',
  /** The agent has confirmed that it stopped. */
  'run.stopped',
  /** An agent went back to an earlier version of its contract. */
  'contract.rolled-back',
  /** That was reversed: the version gone back from decides again. */
  'contract.rollback-reversed',
  /** Runs under way that a rollback paused, together. */
  'runs.paused',
  /** Runs under way that a rollback asked to stop, together. */
  'runs.stop-requested',
  /** Runs that a rollback had paused and that go on, together. */
  'runs.resumed',
  /** A call is to be undone: do it, and report how it ended. */
  'compensation.requested',
  /** The agent's code is to go back to an earlier version: do it, and report how it ended. */
  'code.rollback-requested',
  /** An agent was put on a step of the ladder, by rule or by hand. */
  'ladder.step-taken',
  /** It came off one: its gate passed, or somebody lifted it. */
  'ladder.step-ended',
  /** Sent by hand from the settings screen. */
  'webhook.test',
] as const;
export const webhookTypeSchema = z.enum(WEBHOOK_TYPES);
export type WebhookType = z.output<typeof webhookTypeSchema>;

const agentSchema = z.object({
  name: z.string(),
  displayName: z.string(),
  /** 0-100, the mean of its scored runs of the last 30 days; null when none was scored. */
  score: z.number().nullable(),
});
const runSchema = z.object({
  key: z.string(),
  status: z.enum(['running', 'paused', 'stopping', 'stopped', 'finished']),
  /** 0-100; null when nothing could be scored. */
  score: z.number().nullable(),
  risk: z.number(),
  /** Null while nothing was recorded: the agent has only asked for decisions. */
  band: z.enum(BANDS).nullable(),
  /** US dollars. */
  costUsd: z.number(),
  /** The run on the dashboard. */
  url: z.string(),
});

export const incidentEventSchema = z.object({
  incident: z.object({
    number: z.int(),
    title: z.string(),
    severity: z.enum(BANDS),
    state: z.enum(['open', 'acknowledged', 'resolved']),
    /** The incident on the dashboard, where it is acknowledged and resolved. */
    url: z.string(),
  }),
  agent: agentSchema,
  run: runSchema,
  /** The clause that was broken, e.g. `tools/documents.ocr/categories`. */
  clause: z.string(),
  /** The version the run is held to; null when the workspace had none. */
  contract: z.object({ version: z.int(), digest: z.string() }).nullable(),
  /** The operator on call, by name. */
  operator: z.object({ name: z.string(), email: z.string() }).nullable(),
  /** Who acted, for everything but `incident.opened`. */
  by: z.string().nullable(),
  reason: z.string().nullable(),
  /** Who is told, of the types that page somebody. */
  page: z
    .object({
      id: z.string(),
      /** Its place in the round; 0 is the operator. */
      step: z.int(),
      kind: z.enum(PAGE_KINDS),
      /** The first twenty. */
      to: z.array(z.object({ name: z.string(), email: z.string() })),
      /** How many further people are told; left out: none. */
      more: z.int().optional(),
      /** Why it is them. */
      because: z.string(),
    })
    .optional(),
  /** What the contract version changed since the last one known to be good; null where there is none. */
  diff: z
    .object({
      from: z.object({ version: z.int(), name: z.string() }),
      to: z.object({ version: z.int(), name: z.string() }),
      /** The first few, in words. */
      changes: z.array(z.string()),
      more: z.int(),
    })
    .nullable()
    .optional(),
  /** Of `incident.snoozed`: until when, ISO 8601. */
  until: z.string().optional(),
});
export type IncidentEvent = z.output<typeof incidentEventSchema>;

/** A run that somebody paused, resumed or stopped. */
export const runEventSchema = z.object({
  agent: agentSchema,
  run: runSchema,
  contract: z.object({ version: z.int(), digest: z.string() }).nullable(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
});
export type RunEvent = z.output<typeof runEventSchema>;

/** A clause that a run broke, of which the contract only warns. */
export const warningEventSchema = runEventSchema.extend({
  clause: z.string(),
  severity: z.enum(BANDS),
  message: z.string(),
});
export type WarningEvent = z.output<typeof warningEventSchema>;

const versionSchema = z.object({ version: z.int(), name: z.string() });
const rollbackSchema = z.object({
  agent: z.object({ name: z.string(), displayName: z.string() }),
  incident: z.object({ number: z.int(), url: z.string() }),
  from: versionSchema,
  to: versionSchema,
});

/** A return to an earlier version; of a reversal, `from` decides again. */
export const rollbackEventSchema = rollbackSchema.extend({
  how: z.enum(['at-once', 'by-person']),
  runs: z.object({
    /** Under way under the version gone back from. */
    underWay: z.int(),
    /** What the failure clause does to them. */
    handling: z.enum(['finish', 'pause', 'stop']),
    held: z.int(),
  }),
  /** Null: the failure clause. */
  by: z.string().nullable(),
  reason: z.string().nullable(),
});
export type RollbackEvent = z.output<typeof rollbackEventSchema>;

/** Runs that share a fate, each named in one part. */
export const runBatchEventSchema = rollbackSchema.extend({
  /** Keys of runs. */
  runs: z.array(z.string()),
  part: z.int(),
  parts: z.int(),
  /** Runs in all parts. */
  total: z.int(),
  by: z.string().nullable(),
  reason: z.string(),
});
export type RunBatchEvent = z.output<typeof runBatchEventSchema>;

/** A call to undo. */
export const compensationEventSchema = z.object({
  compensation: z.object({
    id: z.string(),
    /** The clause that names it, e.g. `failure/compensations/void-draft`. */
    clause: z.string(),
    /** The tool that undoes the call. */
    tool: z.string(),
    /** Until when the contract says that it can be undone, ISO 8601; null: it does not say. */
    until: z.string().nullable(),
    /** Where the receiver reports how it ended, on the runtime plane. */
    report: z.string(),
  }),
  /** The call that is to be undone. */
  call: z.object({
    tool: z.string(),
    at: z.string(),
    traceId: z.string(),
    spanId: z.string(),
    /** As they were recorded; absent when they were not, or are too long to send. */
    arguments: z.json().optional(),
    /** SHA-256 of their canonical form, hex; null when they were not recorded. */
    argumentsDigest: z.string().nullable(),
    /** The argument that makes a repeated call the same call, and its value. */
    idempotencyKey: z.object({ argument: z.string(), value: z.string() }).nullable(),
  }),
  agent: z.object({ name: z.string(), displayName: z.string() }),
  run: z.object({ key: z.string(), url: z.string() }),
  incident: z.object({ number: z.int(), url: z.string() }),
  /** Who approved it; null: the contract asks for nobody's approval. */
  approvedBy: z.string().nullable(),
});
export type CompensationEvent = z.output<typeof compensationEventSchema>;

/** Code to take back. */
export const codeRollbackEventSchema = z.object({
  codeRollback: z.object({ id: z.string(), report: z.string() }),
  agent: z.object({ name: z.string(), displayName: z.string() }),
  /** The code version the contract version gone back from binds to. */
  from: z.string(),
  to: z.string(),
  incident: z.object({ number: z.int(), url: z.string() }),
  by: z.string().nullable(),
});
export type CodeRollbackEvent = z.output<typeof codeRollbackEventSchema>;

/** A step of the ladder. */
export const ladderEventSchema = z.object({
  agent: z.object({ name: z.string(), displayName: z.string(), url: z.string() }),
  step: z.enum(LADDER_STEPS),
  /** The rule that asks for it, e.g. `failure/ladder/twice`; null: a person took it. */
  clause: z.string().nullable(),
  reason: z.string().nullable(),
  /** What the agent may do now, and might before. */
  authority: z.object({ from: z.enum(AUTHORITY_LEVELS), to: z.enum(AUTHORITY_LEVELS) }),
  /** What must pass before it is over, or did. */
  gate: z.string().nullable(),
  incident: z.object({ number: z.int(), url: z.string() }).nullable(),
  by: z.string().nullable(),
});
export type LadderEvent = z.output<typeof ladderEventSchema>;

export interface TestEvent {
  message: string;
  by: string;
}

export type WebhookData =
  | IncidentEvent
  | RunEvent
  | WarningEvent
  | RollbackEvent
  | RunBatchEvent
  | CompensationEvent
  | CodeRollbackEvent
  | LadderEvent
  | TestEvent;
