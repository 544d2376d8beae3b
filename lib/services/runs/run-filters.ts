import { z } from 'zod';
import { BANDS } from '@/lib/contract/schema';
import type { LANES } from '@/lib/decision/types';

export const RUN_STATUSES = ['running', 'paused', 'stopping', 'stopped', 'finished'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export const RUN_SORTS = ['started', 'risk', 'score', 'cost', 'duration'] as const;
export type RunSort = (typeof RUN_SORTS)[number];
export const LANE_NAMES = ['allow', 'degrade', 'escalate', 'block'] as const satisfies typeof LANES;

/** `a,b` in a URL is a list; an empty text is no filter. */
function listOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(values)).max(values.length))
    .default([]);
}
/** Without NUL, which an address can carry and the database cannot. */
const text = z
  .string()
  .transform((told) => told.replaceAll('\0', '').trim())
  .pipe(z.string().max(200))
  .default('');
const flag = z
  .enum(['', '0', '1'])
  .default('')
  .transform((value) => value === '1');
/** A day (in the workspace's time zone) or an exact moment. */
const moment = z.union([z.literal(''), z.iso.date(), z.iso.datetime({ offset: true })]).default('');

/** The facets of the list of runs as they stand in a URL. Unknown parameters are ignored. */
export const runFilterSchema = z.object({
  /** The name an agent goes by in telemetry. */
  agent: text,
  /** The business unit the agents belong to; '-' for those of none. */
  unit: text,
  status: listOf(RUN_STATUSES),
  band: listOf(BANDS),
  lane: listOf(LANE_NAMES),
  /** Only runs that broke a clause. */
  breached: flag,
  /** Only runs that opened an incident. */
  incident: flag,
  /** Only runs that were recorded and opened no incident. */
  silent: flag,
  /** Only wholly silent runs: recorded, no clause broken, nothing escalated or blocked. */
  clean: flag,
  /** Only runs that have a score. */
  scored: flag,
  /** A contract version: its number, or the beginning of its digest (at least 7 hex digits). */
  version: z
    .string()
    .regex(/^(|[0-9]{1,6}|[0-9a-f]{7,64})$/, 'a version number or the first digits of a digest')
    .default(''),
  /** A tool the run called. */
  tool: text,
  unknownTools: flag,
  unpriced: flag,
  /** Only runs that asked for decisions and sent no span. */
  askedOnly: flag,
  /** Started on that day or later, or at that moment or later. */
  from: moment,
  /** Started on that day or earlier, or before that moment. */
  to: moment,
  /** Beginnings of words of its key, its conversation, the tools it called and the clauses it broke; all must be there. */
  q: text,
});
export type RunFilters = z.output<typeof runFilterSchema>;

export const runPageSchema = z.object({
  sort: z.enum(RUN_SORTS).default('started'),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(400).default(''),
  before: z.string().max(400).default(''),
});
export type RunPage = z.output<typeof runPageSchema>;

export const NO_RUN_FILTERS: RunFilters = runFilterSchema.parse({});

/** The names of the filters that narrow. */
export function filtersSet(filters: RunFilters): (keyof RunFilters)[] {
  const isFilter = (name: string): name is keyof RunFilters => name in NO_RUN_FILTERS;
  return Object.keys(filters)
    .filter(isFilter)
    .filter((name) => {
      const value = filters[name];
      return Array.isArray(value) ? value.length > 0 : value !== NO_RUN_FILTERS[name];
    });
}

/** Above this a count is not worth its time; screens then say "500+". */
export const COUNT_CAP = 500;
