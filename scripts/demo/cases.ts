/** What the demo's people say of their work, and what their test sets gave. */
import type { Baseline, ReadinessAnswers, ValueCase } from '@/lib/lifecycle/case-forms';

export interface DemoCase {
  baseline: Baseline;
  value: ValueCase;
  readiness: ReadinessAnswers;
  /** Eval results as a CSV file. */
  evals: string;
  riskReview: string;
}

/** One row a case of the test set; `right` of `count` passed, spread evenly. */
function testSet(criterion: string, count: number, right: number): string {
  const rows = Array.from({ length: count }, (_, n) => {
    const passed = Math.floor(((n + 1) * right) / count) > Math.floor((n * right) / count);
    return `${criterion},case-${String(n + 1).padStart(3, '0')},${passed ? 'pass' : 'fail'}`;
  });
  return `criterion,case,passed\n${rows.join('\n')}\n`;
}

export const CLAIMS: DemoCase = {
  baseline: {
    work: 'Adjusters read tier 1 motor claims under $10,000, check cover and settle or refer them.',
    casesPerMonth: { value: 740, source: 'Claims core, mean of the last twelve months' },
    minutesPerCase: { value: 34, source: 'Time study of 120 claims in March' },
    costPerCase: { value: 27.2, source: 'Finance: $48 an hour of an adjuster' },
    errorRate: { value: 0.041, source: 'Reopened within 60 days, last twelve months' },
  },
  value: {
    casesPerMonth: 740,
    minutesSavedPerCase: 26,
    hourlyCost: 48,
    otherPerMonth: 1900,
    runningPerMonth: 620,
    how: 'Two thirds of claims need no adjuster; the rest arrive read and sorted. Other: earlier payment, fewer calls.',
  },
  readiness: {
    frequency: { answer: 'always', why: 'About 25 claims a day, as they are reported.' },
    reversibility: { answer: 'easily', why: 'A payment under $10,000 can be called back for five days.' },
    observability: { answer: 'measured', why: 'Adjusters look at a sample, reopened claims are counted.' },
    'policy-clarity': {
      answer: 'rules',
      why: 'Settlement rules are written down for tier 1; the rest is referred.',
    },
    'data-sensitivity': {
      answer: 'segmented',
      why: 'Personal and vehicle data, kept apart from medical records.',
    },
  },
  evals: testSet('extraction', 80, 76),
  riskReview:
    'Weights and thresholds were gone through with claims and privacy. Bank details weigh as much as health, since they can be used against the claimant.',
};

export const SETTLEMENT: DemoCase = {
  baseline: {
    work: 'Service agents answer what a settlement letter means, without advising.',
    casesPerMonth: { value: 410, source: 'Call statistics, last quarter' },
    minutesPerCase: { value: 8, source: 'Call statistics, last quarter' },
    costPerCase: { value: 4.4, source: 'Finance: $33 an hour' },
    errorRate: { value: 0.02, source: 'Complaints upheld, last twelve months' },
  },
  value: {
    casesPerMonth: 410,
    minutesSavedPerCase: 7,
    hourlyCost: 33,
    otherPerMonth: 0,
    runningPerMonth: 190,
    how: 'Most questions are answered from the letter itself; agents keep those that ask for advice.',
  },
  readiness: {
    frequency: { answer: 'daily', why: 'Twenty a day.' },
    reversibility: { answer: 'never', why: 'What was said to a claimant cannot be taken back.' },
    observability: { answer: 'sampled', why: 'Answers are read by people, a sample each week.' },
    'policy-clarity': {
      answer: 'guidelines',
      why: 'Where information ends and advice begins needs judgement.',
    },
    'data-sensitivity': { answer: 'segmented', why: 'The letter and the claim it belongs to.' },
  },
  evals: testSet('advice-boundary', 100, 53),
  riskReview: 'Not reviewed yet.',
};

export const INVOICES: DemoCase = {
  baseline: {
    work: 'Accounting clerks match repair invoices with orders and payments.',
    casesPerMonth: { value: 1450, source: 'Ledger, last twelve months' },
    minutesPerCase: { value: 6, source: 'Estimate of the team, checked on 60 invoices' },
    costPerCase: { value: 3.6, source: 'Finance: $36 an hour' },
    errorRate: { value: 0.015, source: 'Corrections after month end' },
  },
  value: {
    casesPerMonth: 1450,
    minutesSavedPerCase: 5,
    hourlyCost: 36,
    otherPerMonth: 400,
    runningPerMonth: 210,
    how: 'Nine of ten invoices match without a question. Other: cash discounts taken in time.',
  },
  readiness: {
    frequency: { answer: 'daily', why: 'Seventy a day, more at month end.' },
    reversibility: { answer: 'easily', why: 'Entries are drafts until the daily posting.' },
    observability: { answer: 'measured', why: 'Corrections after month end are counted.' },
    'policy-clarity': { answer: 'rules', why: 'The matching rules are those of the auditors.' },
    'data-sensitivity': { answer: 'internal', why: 'Suppliers and amounts.' },
  },
  evals: testSet('matching', 60, 59),
  riskReview: 'Amounts are the only thing at stake, and entries are drafts until the daily posting.',
};
