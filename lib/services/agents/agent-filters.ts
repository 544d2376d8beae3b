import { z } from 'zod';
import { STAGES } from '@/lib/lifecycle/stages';

export const AGENT_SORTS = ['band', 'name', 'score', 'silent', 'cost', 'last'] as const;

export type AgentSort = (typeof AGENT_SORTS)[number];

export const agentFilterSchema = z.object({
  stage: z.union([z.literal(''), z.enum(STAGES)]).default(''),
  /** Only agents that were first heard of in telemetry and that nobody has registered. */
  discovered: z
    .enum(['', '0', '1'])
    .default('')
    .transform((value) => value === '1'),
  /** A business unit; '-' for agents of none. */
  unit: z.string().trim().max(200).default(''),
  q: z.string().trim().max(200).default(''),
  sort: z.enum(AGENT_SORTS).default('band'),
  order: z.enum(['', 'asc', 'desc']).default(''),
});
export type AgentFilters = z.output<typeof agentFilterSchema>;
export const NO_AGENT_FILTERS: AgentFilters = agentFilterSchema.parse({});

/** Which way a column is sorted first: names and shares upwards (the worst first), the rest downwards. */
export function usualOrder(sort: AgentSort): 'asc' | 'desc' {
  return sort === 'name' || sort === 'score' || sort === 'silent' ? 'asc' : 'desc';
}
