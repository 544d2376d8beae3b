import { z } from 'zod';
import { BANDS, type Band } from '@/lib/contract/schema';
import { emptyFacts, parseFacts } from '@/lib/decision/run-facts';
import { LANES, type Lane, type RunFacts } from '@/lib/decision/types';
import { emptyFingerprint, type Fingerprint, parseFingerprint } from '@/lib/response/fingerprint';
import { emptyRiskSums, type RiskSums } from '@/lib/scoring/risk';
import type { RunSpan } from './run-span';

/** Where a span stands in its run: runs are judged in this order whatever order spans arrive in. */
export interface Place {
  us: number;
  traceId: string;
  spanId: string;
}

/** What a run's agent is taken from, best first. */
export const EVIDENCE = ['key', 'root', 'span', 'service', 'none'] as const;
export interface AgentEvidence {
  /** Index in EVIDENCE. */
  rank: number;
  at: Place;
  /** Names to look the agent up by; the first names a new one. */
  names: string[];
  /** Set when the key was bound to an agent, or an agent asked for decisions under the run's key. */
  agentId: string | null;
}

/**
 * Everything the spans of a run amount to, and what is needed to add more. Kept in `run.fold`; the columns of `run` are
 * its figures. Adding spans in any number of batches gives the same fold as adding them at once, as long as calls and
 * usage come in order of their `Place`; what comes behind `last` makes the run be folded anew.
 */
export interface RunFold {
  spans: number;
  toolCalls: number;
  modelCalls: number;
  errors: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  reportedCostUsd: number | null;
  unpricedCalls: number;
  /** Microseconds since the epoch; null before the first span. */
  startUs: number | null;
  endUs: number | null;
  /** End of the root span that ended last; null before the first one. */
  rootEndUs: number | null;
  /** Traces whose root span is not in. */
  open: string[];
  /** Parents not yet in, as `trace span`: the earliest and latest start of their children. */
  waiting: Record<string, [number, number]>;
  faults: string[];
  agent: AgentEvidence | null;
  /** The last call or model usage folded. */
  last: Place | null;
  facts: RunFacts;
  risk: RiskSums;
  band: Band;
  lane: Lane;
  unknownTools: string[];
  argumentsMissing: boolean;
  /** Breaches found, by `clause code`, and how bad each is. */
  breaches: Record<string, Band>;
  worstBreach: Band | null;
  /** US dollars by UTC day, `2026-11-21`. */
  spend: Record<string, number>;
  /** What the run is made of; kept in a column of its own. */
  fingerprint: Fingerprint;
}

export function emptyFold(): RunFold {
  return {
    spans: 0,
    toolCalls: 0,
    modelCalls: 0,
    errors: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    reportedCostUsd: null,
    unpricedCalls: 0,
    startUs: null,
    endUs: null,
    rootEndUs: null,
    open: [],
    waiting: {},
    faults: [],
    agent: null,
    last: null,
    facts: emptyFacts(),
    risk: emptyRiskSums(),
    band: 'low',
    lane: 'allow',
    unknownTools: [],
    argumentsMissing: false,
    breaches: {},
    worstBreach: null,
    spend: {},
    fingerprint: emptyFingerprint(),
  };
}

const placeSchema = z.object({ us: z.number(), traceId: z.string(), spanId: z.string() });
const count = z.number().default(0);
const foldSchema = z.object({
  spans: count,
  toolCalls: count,
  modelCalls: count,
  errors: count,
  inputTokens: count,
  outputTokens: count,
  costUsd: count,
  reportedCostUsd: z.number().nullable().default(null),
  unpricedCalls: count,
  startUs: z.number().nullable().default(null),
  endUs: z.number().nullable().default(null),
  rootEndUs: z.number().nullable().default(null),
  open: z.array(z.string()).default([]),
  waiting: z.record(z.string(), z.tuple([z.number(), z.number()])).default({}),
  faults: z.array(z.string()).default([]),
  agent: z
    .object({
      rank: z.number(),
      at: placeSchema,
      names: z.array(z.string()),
      agentId: z.string().nullable(),
    })
    .nullable()
    .default(null),
  last: placeSchema.nullable().default(null),
  risk: z.object({ sum: z.number(), max: z.number() }).default({ sum: 0, max: 0 }),
  band: z.enum(BANDS).default('low'),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']).default('allow'),
  unknownTools: z.array(z.string()).default([]),
  argumentsMissing: z.boolean().default(false),
  breaches: z.record(z.string(), z.enum(BANDS)).default({}),
  worstBreach: z.enum(BANDS).nullable().default(null),
  spend: z.record(z.string(), z.number()).default({}),
});

/** Reads a fold back from `run.fold`, `run.facts` and `run.fingerprint`; `{}` (a run that only asked for decisions) is an empty one. */
export function parseFold(fold: unknown, facts: unknown, fingerprint: unknown): RunFold {
  return { ...foldSchema.parse(fold), facts: parseFacts(facts), fingerprint: parseFingerprint(fingerprint) };
}

export function isWorse(a: Band, b: Band): boolean {
  return BANDS.indexOf(a) > BANDS.indexOf(b);
}

/** Negative when `a` comes before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.us !== b.us) return a.us - b.us;
  if (a.traceId !== b.traceId) return a.traceId < b.traceId ? -1 : 1;
  if (a.spanId === b.spanId) return 0;
  return a.spanId < b.spanId ? -1 : 1;
}

/** Negative when `a` stands before `b` in their run. */
export function compareSpans(a: RunSpan, b: RunSpan): number {
  if (a.startUs !== b.startUs) return a.startUs - b.startUs;
  if (a.traceId !== b.traceId) return a.traceId < b.traceId ? -1 : 1;
  if (a.spanId === b.spanId) return 0;
  return a.spanId < b.spanId ? -1 : 1;
}

export function placeOf(span: RunSpan): Place {
  return { us: span.startUs, traceId: span.traceId, spanId: span.spanId };
}

/** Whether folding this span depends on what was folded before: calls and usage do, structure does not. */
export function isOrdered(span: RunSpan): boolean {
  return span.operation === 'tool' || span.operation === 'model' || span.operation === 'embedding';
}

export function stricterLane(a: Lane, b: Lane): Lane {
  return LANES.indexOf(a) >= LANES.indexOf(b) ? a : b;
}

export function addTo<T>(list: T[], item: T): void {
  if (!list.includes(item)) list.push(item);
}
