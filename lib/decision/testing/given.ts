import { emptyFacts } from '../run-facts';
import type { IntendedCall, Policy, RunState } from '../types';

/** What an example changes; each part given is laid over the one below, lists and tools are replaced. */
export interface PolicyChanges {
  scope?: Partial<Policy['scope']>;
  tools?: Policy['tools'];
  authority?: Partial<Omit<Policy['authority'], 'defaults'>> & {
    defaults?: Partial<Policy['authority']['defaults']>;
  };
  cost?: Partial<Omit<Policy['cost'], 'onBreach'>> & { onBreach?: Partial<Policy['cost']['onBreach']> };
  failure?: Policy['failure'];
}

/** A claims desk that may do everything with four tools and has no ceilings: an example adds the clause it is about. */
export function givenPolicy(changes: PolicyChanges = {}): Policy {
  const pause = 'pause' as const;
  return {
    scope: { actions: ['read', 'draft', 'execute'], forbidden: [], ...changes.scope },
    tools: changes.tools ?? {
      'claims.get': { action: 'read', egress: false, categories: ['claim', 'pii'] },
      'web.search': { action: 'read', egress: true, categories: [] },
      'claims.note': { action: 'write', egress: false, categories: ['claim', 'pii'] },
      'payments.send': { action: 'transact', egress: false, categories: ['claim', 'pii', 'bank-account'] },
    },
    authority: {
      level: 'bounded',
      rules: [],
      ...changes.authority,
      defaults: { read: 'alone', write: 'alone', transact: 'alone', ...changes.authority?.defaults },
    },
    cost: {
      ...changes.cost,
      onBreach: {
        perRun: pause,
        perDay: pause,
        perMonth: pause,
        tokensPerRun: pause,
        callsPerRun: pause,
        repeatedCalls: pause,
        ...changes.cost?.onBreach,
      },
    },
    failure: changes.failure,
  };
}

export function givenState(changes: Partial<RunState> = {}): RunState {
  return {
    ...emptyFacts(),
    status: 'running',
    killSwitch: null,
    held: null,
    authorityLevel: 'continuous',
    agentDayCostUsd: 0,
    agentMonthCostUsd: 0,
    ...changes,
  };
}

/** A call with arguments it says it had; pass `arguments: undefined` for a recorded call nobody kept them of. */
export function givenCall(tool: string, changes: Partial<IntendedCall> = {}): IntendedCall {
  return {
    tool,
    arguments: {},
    argumentsDigest: 'd'.repeat(64),
    categories: [],
    at: 1_800_000_000_000,
    ...changes,
  };
}
