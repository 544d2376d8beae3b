import { z } from 'zod';
import { BANDS } from '@/lib/contract/schema';

export const INCIDENT_VIEWS = ['unresolved', 'resolved', 'all', 'mine', 'snoozed', 'no-verdict'] as const;
export const incidentFilterSchema = z.object({
  /** `unresolved`: open and acknowledged; `mine`: those of them the reader has; `no-verdict`: what was wrong is not settled. */
  view: z.enum(INCIDENT_VIEWS).default('all'),
  severity: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(BANDS)).max(BANDS.length)),
  agent: z.string().trim().max(200).default(''),
  /** The business unit of the agent; '-' for agents of none. */
  unit: z.string().trim().max(200).default(''),
  /** Part of the title or the clause, or a number such as "INC-7". */
  q: z.string().trim().max(200).default(''),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `rank.number` of the last row of the page before. */
  after: z
    .string()
    .regex(/^(|[012]\.\d{1,9})$/, 'the mark of a page of incidents')
    .default(''),
});
export type IncidentFilters = z.output<typeof incidentFilterSchema>;
