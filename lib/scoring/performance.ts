import type { Band, Contract } from '@/lib/contract/schema';
import { type TechnicalHealth, technicalQuality } from './quality';

export const PILLARS = ['risk', 'quality', 'cost'] as const;
export type Pillar = (typeof PILLARS)[number];

/** How much each pillar counts in the composite. */
export const PILLAR_WEIGHTS: Readonly<Record<Pillar, number>> = { risk: 0.5, quality: 0.3, cost: 0.2 };

export interface Measured extends TechnicalHealth {
  /** Run risk, from `runRisk`. */
  risk: number;
  /** The severity of the worst breach; null when there is none. */
  worstBreach: Band | null;
  costUsd: number;
  /** Model calls whose model has no price. */
  unpricedCalls: number;
  tokens: number;
  /** Tool calls. */
  calls: number;
}

/** One figure that went into a pillar: `label` names it, `unit` is '' for a plain number. */
export interface Input {
  label: string;
  value: number | string;
  unit: string;
}

/** A pillar and all that is needed to work it out again by hand. */
export interface PillarScore {
  pillar: Pillar;
  /** 0-100; null: not measured. */
  score: number | null;
  /** What it counts in the composite, 0-1: its weight, less the part of it that was not measured. */
  weight: number;
  /** The formula with its terms, in words. */
  formula: string;
  inputs: Input[];
  /** Why it was not measured; null when it was. */
  missing: string | null;
}

export interface RunScore {
  /** 0-100, one decimal; null when nothing was measured. */
  score: number | null;
  pillars: { risk: number | null; quality: number | null; cost: number | null };
  /** Share of the weight that was measured, 0-1. */
  coverage: number;
  reproduce: PillarScore[];
}

/**
 * The performance score of a run: the mean of its pillars by weight, over the pillars that were measured, and all that
 * is needed to work it out again. Without a contract nothing can be scored. Formula: docs/scores.md.
 */
export function scoreRun(contract: Contract, measured: Measured): RunScore {
  return compose([
    riskPillar(contract.risk.thresholds, measured),
    qualityPillar(contract.quality.technical, measured),
    costPillar(contract.cost, measured),
  ]);
}

function compose(reproduce: PillarScore[]): RunScore {
  let weighed = 0;
  let weight = 0;
  const pillars: RunScore['pillars'] = { risk: null, quality: null, cost: null };
  for (const part of reproduce) {
    pillars[part.pillar] = part.score;
    if (part.score === null) continue;
    weighed += part.score * part.weight;
    weight += part.weight;
  }
  return {
    score: weight === 0 ? null : oneDecimal(weighed / weight),
    pillars,
    coverage: weight / PILLARS.reduce((sum, name) => sum + PILLAR_WEIGHTS[name], 0),
    reproduce,
  };
}

function pillar(
  name: Pillar,
  score: number | null,
  formula: string,
  inputs: Input[],
  missing: string | null = null,
): PillarScore {
  return {
    pillar: name,
    score: score === null ? null : oneDecimal(score),
    weight: PILLAR_WEIGHTS[name],
    formula,
    inputs,
    missing,
  };
}

/** The best score a run may have whose worst breach is of this severity: the top of that band's quarter. */
const CAP: Readonly<Record<Band, number>> = { low: 100, medium: 75, high: 50, critical: 25 };

function riskPillar(
  thresholds: Contract['risk']['thresholds'],
  { risk, worstBreach }: Measured,
): PillarScore {
  const cap = worstBreach === null ? 100 : CAP[worstBreach];
  return pillar(
    'risk',
    Math.min(cap, fromRisk(thresholds, risk)),
    'Straight lines from 100 at risk 0 through 75, 50 and 25 at the medium, high and critical thresholds to 0 at twice the critical one; a breach caps it at 75 (medium), 50 (high) or 25 (critical).',
    [
      { label: 'run risk', value: risk, unit: '' },
      { label: 'medium from', value: thresholds.medium, unit: '' },
      { label: 'high from', value: thresholds.high, unit: '' },
      { label: 'critical from', value: thresholds.critical, unit: '' },
      { label: 'worst breach', value: worstBreach ?? 'none', unit: '' },
    ],
  );
}

function fromRisk({ medium, high, critical }: Contract['risk']['thresholds'], risk: number): number {
  const points = [
    [0, 100],
    [medium, 75],
    [high, 50],
    [critical, 25],
    [2 * critical, 0],
  ] as const;
  let [left, leftScore]: readonly [number, number] = points[0];
  for (const [right, rightScore] of points) {
    if (risk <= left) return leftScore;
    if (risk < right) return leftScore + ((risk - left) / (right - left)) * (rightScore - leftScore);
    [left, leftScore] = [right, rightScore];
  }
  return 0;
}

function qualityPillar(targets: Contract['quality']['technical'], measured: Measured): PillarScore {
  const quality = technicalQuality(targets, measured);
  const formula =
    'The lower of latency (100 within the target, else 100 × target ÷ duration) and errors (100 within the tolerated share, else 100 × share that went well ÷ share that had to).';
  if (quality === null || targets === undefined)
    return pillar(
      'quality',
      null,
      formula,
      [],
      targets === undefined ? 'The contract sets no technical target.' : 'The run has no spans yet.',
    );
  return pillar('quality', quality.score, formula, [
    { label: 'duration', value: measured.durationMs, unit: 'ms' },
    { label: 'target', value: targets.latencyMs, unit: 'ms' },
    { label: 'spans', value: measured.spans, unit: '' },
    { label: 'failed spans', value: measured.errors, unit: '' },
    { label: 'tolerated share of failed spans', value: targets.errorRate, unit: '' },
  ]);
}

function costPillar(cost: Contract['cost'], measured: Measured): PillarScore {
  const formula =
    '100 − 50 × used ÷ ceiling, not below 0: 100 when nothing is used, 50 at the ceiling, 0 at twice the ceiling. The ceiling nearest to being broken decides.';
  const inputs: Input[] = [];
  let worst: number | null = null;
  const weigh = (label: string, used: number, ceiling: number | undefined, unit: string) => {
    if (ceiling === undefined) return;
    inputs.push({ label, value: used, unit }, { label: `${label} allowed`, value: ceiling, unit });
    const share = used === 0 ? 0 : used / ceiling;
    if (worst === null || share > worst) worst = share;
  };
  // Unpriced calls make the sum a lower bound: it can show that the budget is broken, never that it is kept.
  const unpriced =
    cost.perRun !== undefined && measured.unpricedCalls > 0 && measured.costUsd <= cost.perRun
      ? `${measured.unpricedCalls} model ${measured.unpricedCalls === 1 ? 'call has' : 'calls have'} no price.`
      : null;
  if (unpriced === null) weigh('cost', measured.costUsd, cost.perRun, 'USD');
  weigh('tokens', measured.tokens, cost.tokensPerRun, 'tokens');
  weigh('tool calls', measured.calls, cost.callsPerRun, 'calls');
  if (worst === null)
    return pillar('cost', null, formula, [], unpriced ?? 'The contract sets no budget for a run.');
  const score = Math.max(0, 100 - 50 * worst);
  if (unpriced === null) return pillar('cost', score, formula, inputs);
  const ceilings = inputs.length / 2;
  const part = pillar(
    'cost',
    score,
    `${formula} The budget is left out, and so is its share of the weight: ${unpriced}`,
    inputs,
  );
  return { ...part, weight: Math.round((part.weight * ceilings * 1000) / (ceilings + 1)) / 1000 };
}

/**
 * Scores are told to one decimal: screens, receivers of webhooks and sorting all see this figure. What the order of adding up
 * leaves in the last digits of a mean is rounded away first, so that the same runs give the same figure whichever way they
 * were read.
 */
export function oneDecimal(value: number): number {
  return Math.round(Math.round(value * 1e6) / 1e5) / 10;
}
