/**
 * What holds where a contract is silent. These fields came after contracts were in force; they have no default in the schema,
 * because one that is filled in would change the digest of every older document.
 */
import type {
  Compensation,
  Contract,
  LadderGate,
  LadderStep,
  RecoveryRequirement,
  RunningRuns,
  Tool,
  ToolFilter,
} from './schema';

/** How much each pillar counts in the performance score. Silent: risk half of it, quality more than cost. */
export function scoreWeights({ quality }: Pick<Contract, 'quality'>): {
  risk: number;
  quality: number;
  cost: number;
} {
  return quality.score ?? { risk: 0.5, quality: 0.3, cost: 0.2 };
}

/** Which runs subject experts review, how many people each, and within how many days. Silent: none. */
export function reviewTerms({ quality }: Pick<Contract, 'quality'>): {
  share: number;
  silentShare: number;
  reviewers: number;
  withinDays: number;
} | null {
  const { review } = quality;
  if (review === undefined) return null;
  const { share, silentShare = share, reviewers = 1, withinDays = 7 } = review;
  return { share, silentShare, reviewers, withinDays };
}

/** What becomes of runs that have begun under a version that is rolled back from. Silent: they finish. */
export function runningRuns({ failure }: Contract): RunningRuns {
  return failure.runningRuns ?? 'finish';
}

/** The steps of the ladder, in the contract's order. Silent: none. */
export function ladder({ failure }: Contract): readonly LadderStep[] {
  return failure.ladder ?? [];
}

/** The gate that must pass before a step of the ladder is over. Silent: G6. */
export function gateOf(step: LadderStep): LadderGate {
  return step.gate ?? 'G6';
}

/** What must hold before a paused agent works again. Silent: nothing. */
export function recovery({ failure }: Contract): readonly RecoveryRequirement[] {
  return failure.recovery ?? [];
}

/** Who approves a compensation, and for how many minutes after the call it can be made (null: at any time). */
export function compensationTerms(compensation: Compensation): {
  approval: 'operator' | 'none';
  withinMinutes: number | null;
} {
  return {
    approval: compensation.approval ?? 'operator',
    withinMinutes: compensation.withinMinutes ?? null,
  };
}

/** What is filtered out of what a tool returns. Silent: nothing. */
export function filtersOf(tool: Tool): readonly ToolFilter[] {
  return tool.filter ?? [];
}
