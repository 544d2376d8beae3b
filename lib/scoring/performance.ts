import type { Band, Contract } from '@/lib/contract/schema';
import { scoreWeights } from '@/lib/contract/terms';
import { TECHNICAL_WEIGHT } from './criteria';
import { type TechnicalHealth, technicalQuality } from './quality';

export const PILLARS = ['risk', 'quality', 'cost'] as const;
export type Pillar = (typeof PILLARS)[number];

/** How much each pillar counts in the composite, one against the others. */
export type PillarWeights = Readonly<Record<Pillar, number>>;

/**
 * Which formula scores a run. It keeps the one it began with, so that a new formula rewrites nothing. 1: weights 0.5, 0.3
 * and 0.2, cost of models alone. 2: the contract's weights; infrastructure counts in the cost pillar, signals of the run in quality. docs/scores.md.
 */
export const SCORE_FORMULA = 2;
const FIRST_WEIGHTS: PillarWeights = { risk: 0.5, quality: 0.3, cost: 0.2 };

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
  /** What criteria say of it by signals that name it (`signalsOfRun` of criteria.ts); left out: none did. */
  signals?: { weight: number; points: number };
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

/** A score may lie anywhere between these, whole points, whatever was not measured would have been. */
export interface ScoreRange {
  low: number;
  high: number;
}

/** What is known of one pillar of an agent. */
export interface PillarPart {
  /** 0-100; null: nothing is known of it. */
  score: number | null;
  /** How much of it the score speaks for, 0-1. */
  coverage: number;
}

export interface Composite {
  /** 0-100, one decimal; null when nothing was measured. */
  score: number | null;
  /** Share of the weight that was measured, 0-1. */
  coverage: number;
}

/**
 * What infrastructure a run used, US dollars: the hourly rate for the time it worked. Null: its contract names no rate.
 */
export function infrastructureCost(cost: Contract['cost'], workedMs: number): number | null {
  const { infrastructurePerHour } = cost;
  return infrastructurePerHour === undefined
    ? null
    : (infrastructurePerHour * Math.max(0, workedMs)) / 3_600_000;
}

/**
 * Between what the score would be if all that was not measured were at 0, and at 100: in whole points, rounded outwards.
 * The score is taken for rounded to one decimal, as it is told. Where all was measured both ends are the score.
 */
export function rangeOf(score: number | null, coverage: number): ScoreRange {
  if (score === null) return { low: 0, high: 100 };
  if (coverage >= 1 - 1e-9) return { low: score, high: score };
  const unknown = 100 * (1 - coverage);
  return {
    low: Math.max(0, Math.floor((score - 0.05) * coverage + 1e-9)),
    high: Math.min(100, Math.ceil((score + 0.05) * coverage + unknown - 1e-9)),
  };
}

/**
 * The score of an agent, from its three pillars by the weights of its contract; a pillar counts by the share of it that
 * is known. Where every run was measured alike it is the mean of its runs' scores. Formula: docs/scores.md.
 */
export function scoreAgent(weights: PillarWeights, parts: Readonly<Record<Pillar, PillarPart>>): Composite {
  return meanOf(
    PILLARS.map((pillar) => ({
      score: parts[pillar].score,
      weight: weights[pillar] * parts[pillar].coverage,
    })),
    weights,
  );
}

function meanOf(
  parts: readonly { score: number | null; weight: number }[],
  weights: PillarWeights,
): Composite {
  let weighed = 0;
  let weight = 0;
  for (const part of parts) {
    if (part.score === null) continue;
    weighed += part.score * part.weight;
    weight += part.weight;
  }
  const whole = PILLARS.reduce((sum, name) => sum + weights[name], 0);
  return {
    score: weight === 0 ? null : oneDecimal(weighed / weight),
    coverage: whole === 0 ? 0 : Math.min(1, weight / whole),
  };
}

/**
 * The performance score of a run: the mean of its pillars by weight, over the pillars that were measured, and all that
 * is needed to work it out again. Without a contract nothing can be scored. Formula: docs/scores.md.
 *
 * @param formula the one the run began with
 */
export function scoreRun(contract: Contract, measured: Measured, formula: number = SCORE_FORMULA): RunScore {
  const weights = formula === 1 ? FIRST_WEIGHTS : scoreWeights(contract);
  const infrastructure = formula === 1 ? null : infrastructureCost(contract.cost, measured.durationMs);
  const reproduce = [
    riskPillar(contract.risk.thresholds, measured, weights.risk),
    qualityPillar(
      contract.quality.technical,
      measured,
      formula === 1 ? undefined : measured.signals,
      weights.quality,
    ),
    costPillar(contract.cost, measured, infrastructure, weights.cost),
  ];
  const pillars: RunScore['pillars'] = { risk: null, quality: null, cost: null };
  for (const part of reproduce) pillars[part.pillar] = part.score;
  return { ...meanOf(reproduce, weights), pillars, reproduce };
}

function pillar(
  name: Pillar,
  weight: number,
  score: number | null,
  formula: string,
  inputs: Input[],
  missing: string | null = null,
): PillarScore {
  return {
    pillar: name,
    score: score === null ? null : oneDecimal(score),
    weight,
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
  weight: number,
): PillarScore {
  const cap = worstBreach === null ? 100 : CAP[worstBreach];
  return pillar(
    'risk',
    weight,
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

function qualityPillar(
  targets: Contract['quality']['technical'],
  measured: Measured,
  signals: Measured['signals'],
  weight: number,
): PillarScore {
  const quality = technicalQuality(targets, measured);
  const formula =
    'The lower of latency (100 within the target, else 100 × target ÷ duration) and errors (100 within the tolerated share, else 100 × share that went well ÷ share that had to).';
  const technical: Input[] =
    quality === null || targets === undefined
      ? []
      : [
          { label: 'duration', value: measured.durationMs, unit: 'ms' },
          { label: 'target', value: targets.latencyMs, unit: 'ms' },
          { label: 'spans', value: measured.spans, unit: '' },
          { label: 'failed spans', value: measured.errors, unit: '' },
          { label: 'tolerated share of failed spans', value: targets.errorRate, unit: '' },
        ];
  if (signals !== undefined && signals.weight > 0) {
    const own = quality === null ? 0 : TECHNICAL_WEIGHT;
    return pillar(
      'quality',
      weight,
      ((quality?.score ?? 0) * own + signals.points) / (own + signals.weight),
      `${quality === null ? 'The criteria that signals of the run measured, by their weights.' : `Technical health (weight ${TECHNICAL_WEIGHT}) and the criteria that signals of the run measured, by their weights. Technical health: ${formula.charAt(0).toLowerCase()}${formula.slice(1)}`}`,
      [
        ...technical,
        ...(quality === null
          ? []
          : [{ label: 'technical health', value: oneDecimal(quality.score), unit: '' }]),
        {
          label: 'the criteria together, 0 to 100',
          value: oneDecimal(signals.points / signals.weight),
          unit: '',
        },
        { label: 'their weight', value: signals.weight, unit: '' },
      ],
    );
  }
  if (quality === null)
    return pillar(
      'quality',
      weight,
      null,
      formula,
      [],
      targets === undefined ? 'The contract sets no technical target.' : 'The run has no spans yet.',
    );
  return pillar('quality', weight, quality.score, formula, technical);
}

function costPillar(
  cost: Contract['cost'],
  measured: Measured,
  infrastructure: number | null,
  weight: number,
): PillarScore {
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
  const spent = measured.costUsd + (infrastructure ?? 0);
  // Unpriced calls make the sum a lower bound: it can show that the budget is broken, never that it is kept.
  const unpriced =
    cost.perRun !== undefined && measured.unpricedCalls > 0 && spent <= cost.perRun
      ? `${measured.unpricedCalls} model ${measured.unpricedCalls === 1 ? 'call has' : 'calls have'} no price.`
      : null;
  if (unpriced === null && cost.perRun !== undefined && infrastructure !== null)
    inputs.push(
      { label: 'models', value: measured.costUsd, unit: 'USD' },
      { label: 'infrastructure', value: infrastructure, unit: 'USD' },
    );
  const before = inputs.length;
  if (unpriced === null) weigh('cost', spent, cost.perRun, 'USD');
  weigh('tokens', measured.tokens, cost.tokensPerRun, 'tokens');
  weigh('tool calls', measured.calls, cost.callsPerRun, 'calls');
  if (worst === null)
    return pillar('cost', weight, null, formula, [], unpriced ?? 'The contract sets no budget for a run.');
  const score = Math.max(0, 100 - 50 * worst);
  if (unpriced === null) return pillar('cost', weight, score, formula, inputs);
  const ceilings = (inputs.length - before) / 2;
  const part = pillar(
    'cost',
    weight,
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
