import type { Band, Contract, Response } from '@/lib/contract/schema';
import type { Finding, OnCostBreach } from '@/lib/decision/types';

/** A category at least this heavy is critical where it does not belong. */
export const CRITICAL_WEIGHT = 8;

/**
 * How bad a breach is. A call in spite of a kill switch, a forbidden act or one
 * that is never done, and a heavy or unweighed data category where it does
 * not belong, are critical. Table: docs/scores.md.
 */
export function severityOf(finding: Finding, contract: Contract): Band {
  switch (finding.code) {
    case 'kill-switch':
    case 'forbidden':
    case 'never':
      return 'critical';
    case 'category-not-allowed':
    case 'filter-not-applied': {
      const { categories } = contract.risk;
      const weight = Object.hasOwn(categories, finding.detail) ? categories[finding.detail] : undefined;
      return weight === undefined || weight >= CRITICAL_WEIGHT ? 'critical' : 'high';
    }
    case 'run-not-running':
    case 'agent-held':
    case 'tool-not-allowed':
    case 'action-not-in-scope':
    case 'authority-level':
    case 'needs-approval':
    case 'needs-escalation':
      return 'high';
    // Never a breach: where data was not filtered, the finding is another.
    case 'filtered':
      return 'low';
    case 'arguments-invalid':
    case 'rate-limit':
      return 'medium';
    case 'budget-run':
      return ofCeiling(contract.cost.onBreach.perRun);
    case 'budget-day':
      return ofCeiling(contract.cost.onBreach.perDay);
    case 'budget-month':
      return ofCeiling(contract.cost.onBreach.perMonth);
    case 'token-ceiling':
      return ofCeiling(contract.cost.onBreach.tokensPerRun);
    case 'call-ceiling':
      return ofCeiling(contract.cost.onBreach.callsPerRun);
    case 'repeated-call':
      return ofCeiling(contract.cost.onBreach.repeatedCalls);
  }
}

const SEVERITY_OF: Readonly<Record<OnCostBreach, Band>> = {
  pause: 'high',
  page: 'high',
  warn: 'medium',
  log: 'low',
};

function ofCeiling(onBreach: OnCostBreach): Band {
  return SEVERITY_OF[onBreach];
}

/**
 * Whether a finding on a call that was *made* is a breach. All are, except output that only had to be reviewed
 * (`degrade`), and approvals or escalations that a person had granted before the call. A broken ceiling is one whatever its
 * lane: `log` and `warn` let calls pass and are reported all the same.
 */
export function isBreach(finding: Finding, approved: boolean): boolean {
  if (finding.lane === 'degrade') return false;
  return !(approved && (finding.code === 'needs-approval' || finding.code === 'needs-escalation'));
}

const CEILING_OF = {
  'budget-run': 'perRun',
  'budget-day': 'perDay',
  'budget-month': 'perMonth',
  'token-ceiling': 'tokensPerRun',
  'call-ceiling': 'callsPerRun',
  'repeated-call': 'repeatedCalls',
} as const;

/** The codes of breaches of a ceiling of `cost`. */
export const CEILING_CODES: readonly string[] = Object.keys(CEILING_OF);

/** What `cost.onBreach` asks for when the ceiling of this code is broken; null: the code is of no ceiling. */
export function ceilingResponse(code: string, { cost }: Contract): OnCostBreach | null {
  const ceiling = Object.entries(CEILING_OF).find(([each]) => each === code)?.[1];
  return ceiling === undefined ? null : cost.onBreach[ceiling];
}

/**
 * All that follows a breach: what the failure clause of its severity says and, of a ceiling, what its own `onBreach` says, so
 * that a contract cannot promise a pause its failure clause forgets.
 */
export function responsesTo(
  breach: { code: string; severity: Band },
  contract: Contract,
): readonly Response[] {
  const own = ceilingResponse(breach.code, contract);
  const follows = responseTo(breach.severity, contract);
  return own === null || follows.includes(own) ? follows : [...follows, own];
}

/** What the contract's failure clause `failure/<severity>` says follows. */
export function responseTo(severity: Band, contract: Contract): readonly Response[] {
  return contract.failure[severity];
}
