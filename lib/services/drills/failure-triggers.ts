import type { Contract } from '@/lib/contract/schema';
import { type CompiledPolicy, touchedCategories } from '@/lib/decision/compile';
import { evaluate } from '@/lib/decision/evaluate';
import { emptyFacts } from '@/lib/decision/run-facts';
import type { Finding, IntendedCall, Lane, RunState } from '@/lib/decision/types';
import { isBreach, severityOf } from '@/lib/scoring/severity';

type Band = 'low' | 'medium' | 'high' | 'critical';

/** A call in a run that breaks a clause, as `evaluate` says. */
export interface Trigger {
  finding: Finding;
  tool: string;
}

/**
 * For each severity a call that leads to a breach of it under this contract, tried out with `evaluate`: calls of its tools
 * and of one it does not know, in runs at and beyond each of its ceilings. Null where nothing tried does.
 */
export function triggersOf(contract: Contract, compiled: CompiledPolicy): Record<Band, Trigger | null> {
  const found: Record<Band, Trigger | null> = { low: null, medium: null, high: null, critical: null };
  for (const { state, call } of attempts(contract, compiled))
    for (const finding of evaluate(compiled, state, call).findings) {
      if (!isBreach(finding, false)) continue;
      const severity = severityOf(finding, contract);
      found[severity] ??= { finding, tool: call.tool };
    }
  return found;
}

/** What the runtime itself answers to a failure of a kind; null: it is the agent's own to answer. */
export function answerOf(
  kind: 'costOverrun' | 'loop',
  contract: Contract,
  compiled: CompiledPolicy,
): { clause: string; lane: Lane }[] {
  const call = callOf(compiled, firstTool(contract));
  const codes =
    kind === 'loop' ? ['repeated-call'] : ['budget-run', 'budget-day', 'budget-month', 'token-ceiling'];
  return evaluate(compiled, beyond(contract, call), call).findings.flatMap(({ clause, code, lane }) =>
    codes.includes(code) ? [{ clause, lane }] : [],
  );
}

function* attempts(
  contract: Contract,
  compiled: CompiledPolicy,
): Generator<{ state: RunState; call: IntendedCall }> {
  const tools = [...Object.keys(contract.tools).filter((tool) => tool !== '*'), 'countersign.drill'];
  const plain = standing(contract);
  for (const tool of tools) yield { state: plain, call: callOf(compiled, tool) };
  const call = callOf(compiled, firstTool(contract));
  yield { state: beyond(contract, call), call };
  for (const tool of tools) {
    const limited = callOf(compiled, tool);
    yield { state: beyond(contract, limited), call: limited };
  }
  yield { state: { ...plain, status: 'paused' }, call };
  yield { state: { ...plain, killSwitch: 'this agent' }, call };
}

function standing(contract: Contract): RunState {
  return {
    ...emptyFacts(),
    status: 'running',
    killSwitch: null,
    held: null,
    authorityLevel: contract.authority.level,
    agentDayCostUsd: 0,
    agentMonthCostUsd: 0,
  };
}

/** A run that is past every ceiling the contract has. */
function beyond({ cost, authority, tools }: Contract, call: IntendedCall): RunState {
  const limit = tools[call.tool]?.rateLimit;
  const made = Math.max(cost.callsPerRun ?? 0, cost.repeatedCalls ?? 0, limit?.calls ?? 0);
  return {
    ...emptyFacts(),
    status: 'running',
    killSwitch: null,
    held: null,
    authorityLevel: authority.level,
    calls: made,
    callsByTool: { [call.tool]: made },
    callTimes: { [call.tool]: Array.from({ length: limit?.calls ?? 0 }, () => call.at) },
    repeats: { [call.tool]: { [call.argumentsDigest ?? '']: cost.repeatedCalls ?? 0 } },
    tokens: (cost.tokensPerRun ?? 0) + 1,
    costUsd: (cost.perRun ?? 0) + 1,
    agentDayCostUsd: (cost.perDay ?? 0) + 1,
    agentMonthCostUsd: (cost.perMonth ?? 0) + 1,
  };
}

/** Of an empty object's canonical form; any would do. */
const DIGEST = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

function callOf(compiled: CompiledPolicy, tool: string): IntendedCall {
  return {
    tool,
    arguments: {},
    argumentsDigest: DIGEST,
    categories: touchedCategories(compiled, tool, []),
    at: 0,
  };
}

function firstTool(contract: Contract): string {
  return Object.keys(contract.tools).find((tool) => tool !== '*') ?? 'countersign.drill';
}
