import { z } from 'zod';
import type { Contract } from '@/lib/contract/schema';
import { AppError } from '@/lib/errors';
import { formatCount, formatNumber, plural } from '@/lib/format';
import {
  type Criterion,
  criterionClause,
  criterionKeys,
  criterionValue,
  DAY_MS,
  metricKey,
  reaches,
  onScale as readOnScale,
  SHARE,
  scaleTop,
  unitFactor,
  unitInWords,
} from '@/lib/scoring/criteria';
import { type EvalResults, type EvalSample, PASS_RATE } from './eval-results';

export const EVAL_VERDICTS = ['met', 'not-met', 'too-few', 'stale', 'missing'] as const;
export type EvalVerdict = (typeof EVAL_VERDICTS)[number];

/** One eval criterion of the version and where it stands. */
export const judgedCriterionSchema = z.object({
  clause: z.string(),
  id: z.string(),
  statement: z.string(),
  metric: z.string().nullable(),
  comparison: z.enum(['>=', '<=']),
  target: z.number(),
  unit: z.string().nullable(),
  leastSamples: z.number(),
  freshnessDays: z.number(),
  /** Mean over the samples; null without any. */
  value: z.number().nullable(),
  samples: z.number(),
  verdict: z.enum(EVAL_VERDICTS),
  /** When its results were found out, ISO; null without any. */
  ranAt: z.string().nullable(),
  /** True when they came with earlier results than those that were sent now. */
  earlier: z.boolean(),
  /** The cases furthest from the target, at most five. */
  worst: z.array(z.object({ case: z.string(), score: z.number() })),
});
export type JudgedCriterion = z.output<typeof judgedCriterionSchema>;

/** What is stored of eval results, as evidence of kind `evals`. */
export const evalsDetailSchema = z.object({
  format: z.enum(['promptfoo', 'junit', 'csv', 'json']),
  tool: z.string().nullable(),
  ranAt: z.string().nullable(),
  file: z.object({ name: z.string().nullable(), size: z.number(), digest: z.string() }).nullable(),
  criteria: z.array(judgedCriterionSchema),
  /** Results no criterion takes: listed, and counted for nothing. */
  unbound: z.array(z.object({ name: z.string(), value: z.number(), samples: z.number() })),
  /** How many more such names there are than are listed. */
  unboundLeftOut: z.number(),
  skipped: z.number(),
  errored: z.number(),
});
export type EvalsDetail = z.output<typeof evalsDetailSchema>;

export interface JudgedEvals {
  outcome: 'passed' | 'failed';
  /** One sentence a signer reads. */
  summary: string;
  /** The first criterion that keeps it from passing; null when it passed. */
  clause: string | null;
  detail: EvalsDetail;
}

const WORST = 5;
const MOST_UNBOUND = 200;

/**
 * Holds eval results against every criterion of the contract whose signal is `eval`. A result is bound by the criterion's
 * id, its metric or its clause, whatever the case, hyphens and spaces. What was found out for other criteria before
 * (`earlier`) still counts while it is fresh, so that results may come file by file.
 *
 * Passed: every such criterion is met. Throws `invalid` for a score off the criterion's scale (a target between 0 and 1
 * without a unit is a share; one in per cent goes to 100).
 *
 * @param now when they were sent: what results without a time of their own are dated
 */
export function judgeEvals(
  contract: Contract,
  results: EvalResults,
  file: EvalsDetail['file'],
  earlier: readonly JudgedCriterion[],
  now: Date,
): JudgedEvals {
  const criteria = contract.quality.criteria.filter(({ signal }) => signal === 'eval');
  const { bound, unbound } = bind(criteria, results.samples);
  const ranAt = results.ranAt ?? now;
  const judged = criteria.map((criterion): JudgedCriterion => {
    const samples = bound.get(criterion.id) ?? [];
    if (samples.length > 0) return judge(criterion, samples, ranAt, now);
    const before = earlier.find((each) => each.id === criterion.id && each.value !== null);
    return before === undefined ? judge(criterion, [], ranAt, now) : carried(criterion, before, now);
  });
  const open =
    judged.find(({ verdict }) => verdict === 'not-met') ?? judged.find(({ verdict }) => verdict !== 'met');
  const listed = [...unbound].sort((a, b) => b.samples - a.samples);
  return {
    outcome: criteria.length > 0 && open === undefined ? 'passed' : 'failed',
    summary: summaryOf(judged, open, listed.filter(({ name }) => name !== PASS_RATE).length),
    clause: criteria.length === 0 ? 'quality/criteria' : (open?.clause ?? null),
    detail: {
      format: results.format,
      tool: results.tool,
      ranAt: results.ranAt?.toISOString() ?? null,
      file,
      criteria: judged,
      unbound: listed.slice(0, MOST_UNBOUND),
      unboundLeftOut: Math.max(0, listed.length - MOST_UNBOUND),
      skipped: results.skipped,
      errored: results.errored,
    },
  };
}

function bind(criteria: readonly Criterion[], samples: readonly EvalSample[]) {
  const known = new Map<string, Set<string>>();
  for (const criterion of criteria)
    for (const name of criterionKeys(criterion))
      known.set(name, (known.get(name) ?? new Set()).add(criterion.id));
  const bound = new Map<string, EvalSample[]>();
  const loose = new Map<string, { name: string; sum: number; samples: number }>();
  for (const sample of samples) {
    const name = sample.names.find((each) => known.has(metricKey(each)));
    if (name === undefined) {
      const last = sample.names.at(-1) ?? sample.case;
      const group = loose.get(last) ?? { name: last, sum: 0, samples: 0 };
      group.sum += sample.score * sample.count;
      group.samples += sample.count;
      loose.set(last, group);
      continue;
    }
    for (const id of known.get(metricKey(name)) ?? []) {
      const list = bound.get(id);
      if (list === undefined) bound.set(id, [sample]);
      else list.push(sample);
    }
  }
  const unbound = [...loose.values()].map(({ name, sum, samples: count }) => ({
    name,
    value: sum / count,
    samples: count,
  }));
  return { bound, unbound };
}

function judge(
  criterion: Criterion,
  samples: readonly EvalSample[],
  ranAt: Date,
  now: Date,
): JudgedCriterion {
  const scored = samples.map((sample) => ({ ...sample, score: onScale(criterion, sample) }));
  const count = scored.reduce((sum, sample) => sum + sample.count, 0);
  const value =
    count === 0 ? null : scored.reduce((sum, { score, count: each }) => sum + score * each, 0) / count;
  const far = (score: number) => (criterion.comparison === '>=' ? -score : score);
  return {
    ...about(criterion),
    value,
    samples: count,
    verdict: verdictOf(criterion, value, count, ranAt, now),
    ranAt: count === 0 ? null : ranAt.toISOString(),
    earlier: false,
    worst: scored
      .filter(({ score }) => !reaches(criterion, score))
      .sort((a, b) => far(b.score) - far(a.score))
      .slice(0, WORST)
      .map(({ case: name, score }) => ({ case: name, score })),
  };
}

function carried(criterion: Criterion, before: JudgedCriterion, now: Date): JudgedCriterion {
  const ranAt = before.ranAt === null ? new Date(0) : new Date(before.ranAt);
  return {
    ...before,
    ...about(criterion),
    verdict: verdictOf(criterion, before.value, before.samples, ranAt, now),
    earlier: true,
  };
}

function about(criterion: Criterion) {
  const { id, statement, metric, comparison, target, unit, leastSamples, freshnessDays } = criterion;
  return {
    clause: criterionClause(id),
    id,
    statement,
    metric: metric ?? null,
    comparison,
    target,
    unit: unit ?? null,
    leastSamples,
    freshnessDays,
  };
}

function verdictOf(
  criterion: Criterion,
  value: number | null,
  samples: number,
  ranAt: Date,
  now: Date,
): EvalVerdict {
  if (value === null) return 'missing';
  if (now.getTime() - ranAt.getTime() > criterion.freshnessDays * DAY_MS) return 'stale';
  if (samples < criterion.leastSamples) return 'too-few';
  return reaches(criterion, value) ? 'met' : 'not-met';
}

function onScale(criterion: Criterion, sample: EvalSample): number {
  const unit = sample.share ? SHARE : null;
  const score = readOnScale(criterion, sample.score, unit);
  if (score !== null) return score;
  const clause = criterionClause(criterion.id);
  const factor = unitFactor(criterion, unit);
  if (factor === null)
    throw new AppError(
      'invalid',
      `"${sample.case}" passed or failed, and ${clause} is in ${unitInWords(criterion)}: give it a score.`,
      {
        issues: [{ path: clause, message: 'A result is in another unit.', expected: unitInWords(criterion) }],
      },
    );
  const most = scaleTop(criterion) ?? 1;
  const sent = sample.score * factor;
  throw new AppError(
    'invalid',
    `The score ${formatNumber(sent, 4)} of "${sample.case}" is off the scale: ${clause} goes from 0 to ${most}.`,
    { issues: [{ path: clause, message: 'A score is off its scale.', expected: `0 to ${most}` }] },
  );
}

function summaryOf(
  judged: readonly JudgedCriterion[],
  open: JudgedCriterion | undefined,
  unbound: number,
): string {
  const loose = unbound === 0 ? '' : ` ${plural(unbound, 'result name')} bound to no criterion.`;
  if (judged.length === 0)
    return `This version has no criterion whose signal is eval: nothing to hold results against.${loose}`;
  if (open === undefined) {
    const [only] = judged;
    return `${
      judged.length === 1 && only !== undefined
        ? `${sentenceOf(only)}`
        : `All ${judged.length} eval criteria reach their targets.`
    }${loose}`;
  }
  const others = judged.filter((each) => each.verdict !== 'met').length - 1;
  return `${sentenceOf(open)}${others > 0 ? ` ${plural(others, 'other criterion', 'other criteria')} not met either.` : ''}${loose}`;
}

/** "53% against the 80% target of quality/criteria/right-amount, over 100 samples." */
export function sentenceOf(judged: JudgedCriterion): string {
  const { clause, value, samples, verdict, target, leastSamples, freshnessDays } = judged;
  if (value === null) return `No results for ${clause}.`;
  const figure = `${criterionValue(value, judged)} against the ${criterionValue(target, judged)} target of ${clause}`;
  if (verdict === 'too-few')
    return `${formatCount(samples)} of at least ${plural(leastSamples, 'sample')} for ${clause}: too few to tell.`;
  if (verdict === 'stale')
    return `${figure}, but the results are older than ${plural(freshnessDays, 'day')}.`;
  return `${figure}, over ${plural(samples, 'sample')}.`;
}
