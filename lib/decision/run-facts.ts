import { type CompiledPolicy, toolOf } from './compile';
import { countOf, isRecord } from './json';
import type { IntendedCall, RunFacts } from './types';

/** More distinct calls than this, and those made only once so far are forgotten (a loop comes back soon). */
export const MAX_DISTINCT_CALLS = 1024;

/** The facts of a run that has done nothing. Maps have no prototype, so that a tool may be called `constructor`. */
export function emptyFacts(): RunFacts {
  return {
    calls: 0,
    callsByTool: Object.create(null),
    callTimes: Object.create(null),
    repeats: Object.create(null),
    tokens: 0,
    costUsd: 0,
  };
}

/**
 * Adds one call the run made. In any order the same calls give the same facts. Kept only as far as the contract needs
 * it: times for tools limited per minute, hour or day (the latest `rateLimit.calls` within one window), repeats when
 * `cost.repeatedCalls` is set and the arguments are known.
 */
export function addCall(facts: RunFacts, policy: CompiledPolicy, call: IntendedCall): void {
  const { tool } = call;
  facts.calls += 1;
  facts.callsByTool[tool] = countOf(facts.callsByTool, tool) + 1;
  const limit = toolOf(policy, tool).rateLimit;
  if (limit !== null && limit.windowMs !== null) {
    const known = Object.hasOwn(facts.callTimes, tool) ? facts.callTimes[tool] : undefined;
    const times = known ?? [];
    if (known === undefined) facts.callTimes[tool] = times;
    insert(times, call.at);
    drop(times, limit.calls, limit.windowMs);
  }
  if (policy.repeatedCalls.limit !== Number.POSITIVE_INFINITY && call.argumentsDigest !== undefined) {
    let byDigest = facts.repeats[tool];
    if (byDigest === undefined) {
      byDigest = counts();
      facts.repeats[tool] = byDigest;
    }
    byDigest[call.argumentsDigest] = countOf(byDigest, call.argumentsDigest) + 1;
    if (policy.repeatedCalls.limit > 1) forgetSingles(facts);
  }
}

/** Sets how often a call with these arguments was made. */
export function setRepeats(
  repeats: RunFacts['repeats'],
  tool: string,
  argumentsDigest: string,
  count: number,
): void {
  const byDigest = repeats[tool] ?? counts();
  byDigest[argumentsDigest] = count;
  repeats[tool] = byDigest;
}

/** Adds what one model call used. Tokens are input and output together; dollars are 0 when the model has no price. */
export function addUsage(facts: RunFacts, tokens: number, costUsd: number): void {
  facts.tokens += tokens;
  facts.costUsd += costUsd;
}

/** Reads facts back from JSON. What does not fit is left out: an empty object is a run that has done nothing. */
export function parseFacts(json: unknown): RunFacts {
  const facts = emptyFacts();
  if (!isRecord(json)) return facts;
  facts.calls = amount(json.calls);
  facts.tokens = amount(json.tokens);
  facts.costUsd = amount(json.costUsd);
  readCounts(json.callsByTool, facts.callsByTool);
  if (isRecord(json.repeats))
    for (const [tool, byDigest] of Object.entries(json.repeats))
      if (isRecord(byDigest)) {
        const read = counts();
        readCounts(byDigest, read);
        facts.repeats[tool] = read;
      }
  if (isRecord(json.callTimes))
    for (const [tool, times] of Object.entries(json.callTimes))
      if (Array.isArray(times))
        facts.callTimes[tool] = times
          .filter((time): time is number => typeof time === 'number')
          .sort((a, b) => a - b);
  return facts;
}

/** An empty map from text to counts, without a prototype. */
function counts(): Record<string, number> {
  return Object.create(null);
}

function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function readCounts(from: unknown, into: Record<string, number>): void {
  if (!isRecord(from)) return;
  for (const [key, count] of Object.entries(from)) if (typeof count === 'number') into[key] = count;
}

/** Keeps times ascending; calls mostly come in order, so it looks from the end. */
function insert(times: number[], at: number): void {
  let position = times.length;
  while (position > 0 && (times[position - 1] ?? 0) > at) position -= 1;
  times.splice(position, 0, at);
}

/** Forgets times a limit can no longer need: older than a window before the latest, or beyond the latest `calls`. */
function drop(times: number[], calls: number, windowMs: number): void {
  const oldest = (times[times.length - 1] ?? 0) - windowMs;
  let surplus = Math.max(0, times.length - calls);
  while (surplus < times.length && (times[surplus] ?? 0) <= oldest) surplus += 1;
  if (surplus > 0) times.splice(0, surplus);
}

/** Looked at every so many calls only, because counting keys takes longer than adding one. */
const SWEEP_EVERY = 128;

function forgetSingles({ calls, repeats }: RunFacts): void {
  if (calls % SWEEP_EVERY !== 0) return;
  const maps = Object.values(repeats);
  if (maps.reduce((sum, byDigest) => sum + Object.keys(byDigest).length, 0) <= MAX_DISTINCT_CALLS) return;
  for (const byDigest of maps)
    for (const [digest, made] of Object.entries(byDigest)) if (made === 1) delete byDigest[digest];
}
