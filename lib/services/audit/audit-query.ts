import { z } from 'zod';

const day = z.union([z.literal(''), z.iso.date('Expected a day as 2026-11-21.')]).default('');

/** What of the audit log is read: by the screen, its exports and their addresses alike. */
export const auditQuerySchema = z.object({
  /** An actor as stored: `person:<id>`, `key:<id>`, `system`. */
  actor: z.string().max(200).default(''),
  /** An action (`incident.opened`), or the noun before the dot for all of its actions. */
  action: z
    .string()
    .regex(/^([a-z-]+(\.[a-z-]+)?)?$/, 'Expected an action such as incident.opened, or its noun.')
    .max(100)
    .default(''),
  /** `run:<id>`, `incident:<id>`, …; or what people call it: INC-5, a run's key, a name. */
  subject: z.string().trim().max(200).default(''),
  /** Days as they are in the workspace's time zone, both included. */
  from: day,
  to: day,
  /** Entries before this number: `next` of the page before. */
  before: z.coerce.number().int().positive().optional(),
});
export type AuditQuery = z.output<typeof auditQuerySchema>;
