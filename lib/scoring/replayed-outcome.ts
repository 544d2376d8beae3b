import type { Band, Contract, Response } from '@/lib/contract/schema';
import type { RecordedCall, Watcher } from '@/lib/decision/backtest';
import type { Outcome } from '@/lib/decision/backtest-report';
import { type CompiledPolicy, toolOf } from '@/lib/decision/compile';
import type { Evaluation, Finding } from '@/lib/decision/types';
import { addSpanRisk, bandOf, emptyRiskSums, runRisk, spanRisk, withoutFiltered } from './risk';
import { ceilingResponse, isBreach, severityOf } from './severity';

/**
 * What a contract would have made of a whole recorded run, had the agent done just the same: its band by this contract's risk
 * profile, and its breaches as intake would have found them. Data that this contract filters counts as filtered.
 */
export class OutcomeWatcher implements Watcher {
  private readonly sums = emptyRiskSums();
  private readonly severities = new Set<Band>();
  /** What broken ceilings ask for themselves. */
  private readonly ceilings = new Set<Response>();

  constructor(
    private readonly contract: Contract,
    private readonly policy: CompiledPolicy,
  ) {}

  answered(call: RecordedCall, answer: Evaluation, touched: readonly string[]): void {
    if (!call.made) return;
    this.overran(answer.findings);
    // Only what left a span was scored then.
    if (call.spanId === null) return;
    const { action, egress } = toolOf(this.policy, call.tool);
    const categories = withoutFiltered(touched, answer.findings);
    const risk = spanRisk(this.contract.risk, { action, egress, categories });
    if (risk !== 0) addSpanRisk(this.sums, risk);
  }

  overran(findings: readonly Finding[]): void {
    for (const finding of findings)
      if (isBreach(finding, false)) {
        this.severities.add(severityOf(finding, this.contract));
        const own = ceilingResponse(finding.code, this.contract);
        if (own !== null) this.ceilings.add(own);
      }
  }

  outcome(): Outcome {
    const { risk } = this.contract;
    const band = bandOf(risk.thresholds, runRisk(risk, this.sums));
    const severities = new Set(this.severities);
    if (band === 'high' || band === 'critical') severities.add(band);
    return outcomeOf(band, severities, this.contract, this.ceilings);
  }
}

/** What a contract says follows a run's band and breaches; without a contract nothing does. */
export function outcomeOf(
  band: Band,
  severities: ReadonlySet<Band>,
  contract: Contract | null,
  ceilings: ReadonlySet<Response> = new Set(),
): Outcome {
  const responses = new Set([
    ...[...severities].flatMap((severity) => contract?.failure[severity] ?? []),
    ...ceilings,
  ]);
  const pages = responses.has('page');
  return { band, severities, opensIncident: pages || responses.has('pause'), pages };
}
