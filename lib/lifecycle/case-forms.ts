import { z } from 'zod';
import { formatCount, formatDuration, formatList, formatMoney, formatNumber, formatPercent } from '../format';
import { type QuestionId, READINESS_QUESTIONS, readinessOf, STANCE_WORDS } from './readiness';

const sentence = (what: string) =>
  z.string().trim().min(1, `Say ${what}.`).max(2000, 'At most 2,000 characters.');
const source = sentence('where the figure comes from');
const figure = (most: number, words: string) =>
  z.number({ error: 'Enter a number.' }).min(0, 'Not below 0.').max(most, words);

/** A figure and where it was taken from: a report, a system, an estimate of somebody's. */
const sourced = <T extends z.ZodType>(value: T) => z.strictObject({ value, source });

/** How the work is done today, before any agent. */
export const baselineSchema = z.strictObject({
  work: sentence('what work it is'),
  casesPerMonth: sourced(figure(1e9, 'At most a thousand million.')),
  minutesPerCase: sourced(figure(1e5, 'At most 100,000 minutes.')),
  /** US dollars. */
  costPerCase: sourced(figure(1e9, 'At most a thousand million dollars.')),
  /** A share, 0 to 1. */
  errorRate: sourced(figure(1, 'At most 100%.')),
});
export type Baseline = z.output<typeof baselineSchema>;

/** What the agent would be worth, with all that goes into the sum. */
export const valueSchema = z.strictObject({
  casesPerMonth: figure(1e9, 'At most a thousand million.'),
  minutesSavedPerCase: figure(1e5, 'At most 100,000 minutes.'),
  /** US dollars an hour of that work costs. */
  hourlyCost: figure(1e5, 'At most $100,000.'),
  /** US dollars a month besides time: fewer errors, earlier payments. */
  otherPerMonth: figure(1e9, 'At most a thousand million dollars.'),
  /** US dollars a month the agent costs. */
  runningPerMonth: figure(1e9, 'At most a thousand million dollars.'),
  how: sentence('how the figures were found'),
});
export type ValueCase = z.output<typeof valueSchema>;

/** An answer of one of the questions, and why. */
function answered(id: QuestionId) {
  const question = READINESS_QUESTIONS.find((each) => each.id === id);
  return z.strictObject({
    answer: z
      .string()
      .refine((answer) => question?.answers.some((each) => each.id === answer), 'Choose an answer.'),
    why: sentence('why'),
  });
}

export const readinessSchema = z.strictObject({
  frequency: answered('frequency'),
  reversibility: answered('reversibility'),
  observability: answered('observability'),
  'policy-clarity': answered('policy-clarity'),
  'data-sensitivity': answered('data-sensitivity'),
});
export type ReadinessAnswers = z.output<typeof readinessSchema>;

/** What a form comes to: its title, the sentence a signer reads, and all its figures with those computed from them. */
export interface Stated {
  title: string;
  summary: string;
  detail: Record<string, unknown>;
}

export interface BaselineTotals {
  hoursPerMonth: number;
  /** US dollars. */
  costPerMonth: number;
  errorsPerMonth: number;
}

export function baselineTotals(baseline: Baseline): BaselineTotals {
  const cases = baseline.casesPerMonth.value;
  return {
    hoursPerMonth: (cases * baseline.minutesPerCase.value) / 60,
    costPerMonth: cases * baseline.costPerCase.value,
    errorsPerMonth: cases * baseline.errorRate.value,
  };
}

export function stateBaseline(baseline: Baseline): Stated {
  const { casesPerMonth, minutesPerCase, costPerCase, errorRate } = baseline;
  const totals = baselineTotals(baseline);
  return {
    title: 'Baseline of today’s work',
    summary: `${formatCount(casesPerMonth.value)} cases a month at ${formatDuration(minutesPerCase.value * 60_000)} and ${formatMoney(costPerCase.value)} each, ${formatPercent(errorRate.value)} of them wrong: ${formatMoney(totals.costPerMonth)} a month.`,
    detail: { ...baseline, totals },
  };
}

export interface ValueTotals {
  hoursSavedPerMonth: number;
  /** US dollars. */
  timePerMonth: number;
  netPerMonth: number;
  netPerYear: number;
}

/** Net a month: cases × minutes saved ÷ 60 × cost of an hour, plus what it brings besides, less what it costs to run. */
export function valueTotals(value: ValueCase): ValueTotals {
  const hoursSavedPerMonth = (value.casesPerMonth * value.minutesSavedPerCase) / 60;
  const timePerMonth = hoursSavedPerMonth * value.hourlyCost;
  const netPerMonth = timePerMonth + value.otherPerMonth - value.runningPerMonth;
  return { hoursSavedPerMonth, timePerMonth, netPerMonth, netPerYear: 12 * netPerMonth };
}

export function stateValue(value: ValueCase): Stated {
  const totals = valueTotals(value);
  const hours = `${formatNumber(totals.hoursSavedPerMonth, 1)} hours saved a month`;
  return {
    title: 'Expected value',
    summary:
      totals.netPerMonth < 0
        ? `It would cost ${formatMoney(-totals.netPerMonth)} a month more than it brings (${hours}).`
        : `${formatMoney(totals.netPerMonth)} a month after what it costs to run (${hours}).`,
    detail: { ...value, totals },
  };
}

export function stateReadiness(answers: ReadinessAnswers): Stated {
  const readiness = readinessOf({
    frequency: answers.frequency.answer,
    reversibility: answers.reversibility.answer,
    observability: answers.observability.answer,
    'policy-clarity': answers['policy-clarity'].answer,
    'data-sensitivity': answers['data-sensitivity'].answer,
  });
  const { title, means } = STANCE_WORDS[readiness.stance];
  const held = READINESS_QUESTIONS.filter(({ id }) => readiness.heldBy.includes(id)).map((each) =>
    each.title.toLowerCase(),
  );
  return {
    title: 'Autonomy readiness',
    summary:
      readiness.stance === 'continuous'
        ? `The answers allow: ${title.toLowerCase()}; ${means}.`
        : `The answers allow: ${title.toLowerCase()}; ${means}. ${capital(formatList(held))} ${held.length === 1 ? 'allows' : 'allow'} no more.`,
    detail: { answers, ...readiness },
  };
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
