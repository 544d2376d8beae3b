import type { CompiledPolicy } from '@/lib/decision/compile';
import { addCall, emptyFacts, setRepeats } from '@/lib/decision/run-facts';
import type { IntendedCall, RunFacts, RunState } from '@/lib/decision/types';

/** The part of a run's state that is not told by its calls. */
export type Standing = Omit<RunState, keyof RunFacts>;

/**
 * What a run has done, for its next decision. Two witnesses tell: its spans (`run.facts`) and the decisions that let a
 * call pass. An instrumented agent that asks first is seen by both, spans later than decisions, so neither their sum
 * nor either alone is right. The rule, of docs/decision-api.md: for each tool, and for each call with its arguments,
 * the larger count holds; the run's calls are the sum over its tools. It never counts a call twice, and counts exactly
 * when an agent asks always or never for a tool.
 */
export class WitnessedRun {
  /** By the larger count; kept current by `add`. Read only. */
  readonly state: RunState;
  /** No span tells of a call: the decisions alone count, and their maps serve as they are. */
  readonly #decidedAlone: boolean;
  #sinceMerge = 0;

  /** Takes the facts over: nobody else may change them. */
  constructor(
    private readonly policy: CompiledPolicy,
    standing: Standing,
    private readonly recorded: RunFacts,
    readonly decided: RunFacts,
  ) {
    const { callsByTool, callTimes, repeats, tokens, costUsd } = recorded;
    this.#decidedAlone = [callsByTool, callTimes, repeats].every((map) => Object.keys(map).length === 0);
    const facts = this.#decidedAlone ? { ...decided, tokens, costUsd } : emptyFacts();
    // Field by field, so that all states are of one shape, which is read at a glance.
    this.state = {
      calls: facts.calls,
      callsByTool: facts.callsByTool,
      callTimes: facts.callTimes,
      repeats: facts.repeats,
      tokens,
      costUsd,
      status: standing.status,
      killSwitch: standing.killSwitch,
      held: standing.held,
      authorityLevel: standing.authorityLevel,
      agentDayCostUsd: standing.agentDayCostUsd,
      agentMonthCostUsd: standing.agentMonthCostUsd,
    };
    if (!this.#decidedAlone) this.#merge();
  }

  /** Adds a call that is about to pass. */
  add(call: IntendedCall): void {
    const { recorded, decided, state } = this;
    const { tool } = call;
    addCall(decided, this.policy, call);
    if (this.#decidedAlone) {
      state.calls = decided.calls;
      return;
    }
    // `decided` forgets what it need not keep; now and then `state` must follow.
    this.#sinceMerge += 1;
    if (this.#sinceMerge >= 1024) {
      this.#merge();
      return;
    }
    const count = larger(recorded.callsByTool, decided.callsByTool, tool);
    state.calls += count - (state.callsByTool[tool] ?? 0);
    state.callsByTool[tool] = count;
    const repeats = decided.repeats[tool];
    if (repeats !== undefined) {
      const ofRecorded = recorded.repeats[tool];
      // Where no span tells of the tool the decisions alone count, and their map serves as it is.
      if (ofRecorded === undefined) state.repeats[tool] = repeats;
      else if (call.argumentsDigest !== undefined) {
        const digest = call.argumentsDigest;
        const count = larger(ofRecorded, repeats, digest);
        if (count > 0) setRepeats(state.repeats, tool, digest, count);
      }
    }
    const times = decided.callTimes[tool];
    if (times !== undefined) state.callTimes[tool] = latest(recorded.callTimes[tool] ?? [], times);
  }

  #merge(): void {
    const { recorded, decided, state } = this;
    Object.assign(state, emptyFacts(), { tokens: recorded.tokens, costUsd: recorded.costUsd });
    for (const tool of keys(recorded.callsByTool, decided.callsByTool)) {
      const count = larger(recorded.callsByTool, decided.callsByTool, tool);
      state.callsByTool[tool] = count;
      state.calls += count;
    }
    for (const tool of keys(recorded.repeats, decided.repeats)) {
      const ofRecorded = recorded.repeats[tool];
      const ofDecided = decided.repeats[tool] ?? {};
      if (ofRecorded === undefined) {
        state.repeats[tool] = ofDecided;
        continue;
      }
      for (const digest of keys(ofRecorded, ofDecided))
        setRepeats(state.repeats, tool, digest, larger(ofRecorded, ofDecided, digest));
    }
    for (const tool of keys(recorded.callTimes, decided.callTimes))
      state.callTimes[tool] = latest(recorded.callTimes[tool] ?? [], decided.callTimes[tool] ?? []);
    this.#sinceMerge = 0;
  }
}

function keys(a: Record<string, unknown>, b: Record<string, unknown>): Set<string> {
  return new Set([...Object.keys(a), ...Object.keys(b)]);
}

/** Maps of facts have no prototype, so a missing key is undefined whatever its name. */
function larger(a: Record<string, number>, b: Record<string, number>, key: string): number {
  return Math.max(a[key] ?? 0, b[key] ?? 0);
}

/**
 * The larger count for every window at once: the k-th latest time of the answer is the later of both lists' k-th
 * latest, so since any moment it holds as many times as the list that holds more. All ascending.
 */
export function latest(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = [];
  for (let k = Math.max(a.length, b.length); k >= 1; k -= 1)
    merged.push(
      Math.max(a[a.length - k] ?? Number.NEGATIVE_INFINITY, b[b.length - k] ?? Number.NEGATIVE_INFINITY),
    );
  return merged;
}
