import { z } from 'zod';
import { BANDS } from '@/lib/contract/schema';

/**
 * What receivers are told, and in which words: docs/webhooks.md is written from this file. The body is a Standard
 * Webhooks payload `{ type, timestamp, data }`; fields are only ever added.
 */
export const WEBHOOK_TYPES = [
  /** A breach opened an incident: the page. */
  'incident.opened',
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

export interface TestEvent {
  message: string;
  by: string;
}

export type WebhookData = IncidentEvent | RunEvent | WarningEvent | TestEvent;
