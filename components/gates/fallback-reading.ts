import { formatCount, plural } from '@/lib/format';
import type { FallbackCause } from '@/lib/lifecycle/fallback';
import { GATE_IDS, type GateId } from '@/lib/lifecycle/gates';
import type { FallbackPattern } from '@/lib/services/gates/dto';

/** What fell back before one gate, by cause, and how often it was passed. */
export interface GateFallbacks {
  gate: GateId;
  causes: Record<FallbackCause, number>;
  all: number;
  passed: number;
}

/** The counts of all months together, gate by gate. */
export function byGate({ counts, passed }: Pick<FallbackPattern, 'counts' | 'passed'>): GateFallbacks[] {
  return GATE_IDS.map((gate) => {
    const own = counts.filter((each) => each.gate === gate);
    const causes = { contract: 0, implementation: 0, parameter: 0, evidence: 0, operation: 0 };
    for (const { cause, count } of own) causes[cause] += count;
    return {
      gate,
      causes,
      all: own.reduce((sum, each) => sum + each.count, 0),
      passed: passed.find((each) => each.gate === gate)?.count ?? 0,
    };
  });
}

/** What the chart says: how many there were, whether contracts were right, and where most of it showed. */
export function fallbackReading(gates: readonly GateFallbacks[], months: number): string {
  const all = gates.reduce((sum, each) => sum + each.all, 0);
  if (all === 0) return `No agent fell back in ${plural(months, 'month')}`;
  const contract = gates.reduce((sum, each) => sum + each.causes.contract, 0);
  const most = gates.reduce((best, each) => (each.all > best.all ? each : best));
  const where =
    most.all === all
      ? `all before ${most.gate}`
      : most.all * 2 > all
        ? `most before ${most.gate}`
        : `over ${formatCount(gates.filter((each) => each.all > 0).length)} gates`;
  const right =
    contract === 0
      ? gates.some((each) => each.causes.parameter > 0)
        ? 'contracts were right but for figures in them'
        : 'contracts were right'
      : contract === all
        ? all === 1
          ? 'its contract was wrong'
          : 'each time the contract was wrong'
        : `${formatCount(contract)} because the contract was wrong`;
  return `${plural(all, 'fallback')}, ${all === 1 ? `before ${most.gate}` : where}; ${right}`;
}
