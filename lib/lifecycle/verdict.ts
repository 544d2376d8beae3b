import type { Route } from '../contract/change-row';

/** What was wrong, so that an incident happened. */
export const VERDICT_CAUSES = ['parameter', 'implementation', 'contract'] as const;
export type VerdictCause = (typeof VERDICT_CAUSES)[number];

/** Who finds it: the first two for themselves, the last where these disagree. */
export const VERDICT_ROLES = ['sponsor', 'grc', 'head-of-ai'] as const;
export type VerdictRole = (typeof VERDICT_ROLES)[number];

export const VERDICT_WORDS: Readonly<Record<VerdictCause, { title: string; means: string; route: Route }>> = {
  parameter: {
    title: 'A parameter was wrong',
    means: 'A figure, a limit or a name; what was agreed and what was built hold.',
    route: 'g6',
  },
  implementation: {
    title: 'The implementation was wrong',
    means: 'The contract says the right thing, and the agent did not keep it.',
    route: 'build',
  },
  contract: {
    title: 'The contract was wrong',
    means: 'The agent did what was agreed, or nobody agreed what it should do.',
    route: 'scoping',
  },
};

export function isVerdictCause(text: string): text is VerdictCause {
  return VERDICT_CAUSES.some((cause) => cause === text);
}

export interface GivenVerdict {
  role: VerdictRole;
  cause: VerdictCause;
}

export interface Settlement {
  cause: VerdictCause;
  /** agreed: sponsor and GRC say the same. decided: the head of AI said which of them holds. */
  by: 'agreed' | 'decided';
}

/**
 * The cause that holds, of verdicts in the order they were given: what sponsor and GRC both say now; else what the head of
 * AI decided, as long as neither has said anything new since. Null while it is open.
 */
export function settledCause(verdicts: readonly GivenVerdict[]): Settlement | null {
  const now = currentVerdicts(verdicts);
  if (now.sponsor !== null && now.sponsor.cause === now.grc?.cause)
    return { cause: now.sponsor.cause, by: 'agreed' };
  const last = verdicts.at(-1);
  return last?.role === 'head-of-ai' ? { cause: last.cause, by: 'decided' } : null;
}

/** The newest of each role. */
export function currentVerdicts<Given extends GivenVerdict>(
  verdicts: readonly Given[],
): Record<VerdictRole, Given | null> {
  const newest = (role: VerdictRole) => verdicts.findLast((verdict) => verdict.role === role) ?? null;
  return { sponsor: newest('sponsor'), grc: newest('grc'), 'head-of-ai': newest('head-of-ai') };
}
