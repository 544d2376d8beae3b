import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { AUTHORITY_LEVELS } from '../contract/schema';
import {
  baselineSchema,
  baselineTotals,
  readinessSchema,
  stateBaseline,
  stateReadiness,
  stateValue,
  valueSchema,
  valueTotals,
} from './case-forms';
import { type QuestionId, READINESS_QUESTIONS, readinessOf } from './readiness';

/** The answer of each question by its place, 0 the least ready. */
function answersAt(places: readonly number[]): Record<QuestionId, string> {
  const answer = (index: number) => READINESS_QUESTIONS[index]?.answers[places[index] ?? 0]?.id ?? '';
  return {
    frequency: answer(0),
    reversibility: answer(1),
    observability: answer(2),
    'policy-clarity': answer(3),
    'data-sensitivity': answer(4),
  };
}
const places = fc.tuple(...READINESS_QUESTIONS.map(() => fc.nat(3)));

describe('the stance that answers on autonomy imply', () => {
  it('is suggest only where success is hidden, however ready all else is', () => {
    expect(readinessOf(answersAt([3, 3, 0, 3, 3]))).toEqual({
      stance: 'suggest-only',
      heldBy: ['observability'],
    });
  });

  it('asks for approvals where an action cannot be undone', () => {
    expect(readinessOf(answersAt([3, 0, 3, 3, 3]))).toEqual({
      stance: 'human-in-the-loop',
      heldBy: ['reversibility'],
    });
  });

  it('is continuous only when every answer allows it', () => {
    expect(readinessOf(answersAt([3, 3, 3, 3, 3])).stance).toBe('continuous');
    expect(readinessOf(answersAt([2, 3, 3, 3, 3])).stance).toBe('bounded');
    expect(readinessOf(answersAt([3, 3, 3, 0, 3])).stance).toBe('read-only');
  });

  it('never falls when an answer gets better', () => {
    fc.assert(
      fc.property(places, fc.nat(READINESS_QUESTIONS.length - 1), (before, index) => {
        const after = before.map((place, at) => (at === index ? Math.min(3, place + 1) : place));
        const rank = (each: readonly number[]) =>
          AUTHORITY_LEVELS.indexOf(readinessOf(answersAt(each)).stance);
        expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
      }),
    );
  });

  it('is exactly what the questions named as holding it allow', () => {
    fc.assert(
      fc.property(places, (at) => {
        const { stance, heldBy } = readinessOf(answersAt(at));
        expect(heldBy.length).toBeGreaterThan(0);
        READINESS_QUESTIONS.forEach((question, index) => {
          const ceiling = question.answers[at[index] ?? 0]?.ceiling;
          expect(ceiling === stance).toBe(heldBy.includes(question.id));
        });
      }),
    );
  });

  it('refuses an answer the question does not have', () => {
    expect(() => readinessOf({ ...answersAt([0, 0, 0, 0, 0]), frequency: 'constructor' })).toThrow(
      RangeError,
    );
  });
});

const baseline = {
  work: 'Reading refund requests',
  casesPerMonth: { value: 1200, source: 'Service desk, October' },
  minutesPerCase: { value: 14, source: 'Time study' },
  costPerCase: { value: 9.3, source: 'Controlling' },
  errorRate: { value: 0.04, source: 'Sample of 200' },
};

describe('the case made for an agent', () => {
  it('sums up the work of today', () => {
    expect(baselineTotals(baseline)).toEqual({ hoursPerMonth: 280, costPerMonth: 11160, errorsPerMonth: 48 });
    expect(stateBaseline(baseline).summary).toBe(
      '1,200 cases a month at 14 min and $9.30 each, 4% of them wrong: $11,160 a month.',
    );
  });

  const value = {
    casesPerMonth: 1200,
    minutesSavedPerCase: 10,
    hourlyCost: 40,
    otherPerMonth: 500,
    runningPerMonth: 1500,
    how: 'Time study, and the vendor’s prices.',
  };
  it('computes what the agent would be worth, also when that is less than nothing', () => {
    expect(valueTotals(value)).toEqual({
      hoursSavedPerMonth: 200,
      timePerMonth: 8000,
      netPerMonth: 7000,
      netPerYear: 84_000,
    });
    expect(stateValue(value).summary).toBe(
      '$7,000 a month after what it costs to run (200 hours saved a month).',
    );
    expect(stateValue({ ...value, runningPerMonth: 10_000 }).summary).toContain(
      'cost $1,500 a month more than it brings',
    );
  });

  it('says the stance and what holds it', () => {
    const answered = readinessSchema.parse(
      Object.fromEntries(
        Object.entries(answersAt([2, 0, 2, 2, 1])).map(([id, answer]) => [id, { answer, why: 'Because.' }]),
      ),
    );
    expect(stateReadiness(answered).summary).toBe(
      'The answers allow: human in the loop; it acts once a person has approved the action. Reversibility allows no more.',
    );
  });

  test.each([
    ['below nothing', { casesPerMonth: { value: -1, source: 'x' } }],
    ['no number', { casesPerMonth: { value: Number.NaN, source: 'x' } }],
    ['infinite', { costPerCase: { value: Number.POSITIVE_INFINITY, source: 'x' } }],
    ['more than all', { errorRate: { value: 1.5, source: 'x' } }],
    ['without a source', { errorRate: { value: 0.1, source: '  ' } }],
  ])('a figure that is %s is refused', (_, change) => {
    expect(baselineSchema.safeParse({ ...baseline, ...change }).success).toBe(false);
  });

  it('refuses answers that are none, and fields it does not know', () => {
    expect(valueSchema.safeParse({ ...value, extra: 1 }).success).toBe(false);
    expect(readinessSchema.safeParse({ frequency: { answer: 'sometimes', why: 'x' } }).success).toBe(false);
  });
});

test('the docs have every answer and what it allows', () => {
  const docs = readFileSync(new URL('../../docs/evidence.md', import.meta.url), 'utf8');
  for (const { title, answers } of READINESS_QUESTIONS)
    answers.forEach(({ label, ceiling }, index) => {
      expect(docs).toContain(`| ${index === 0 ? `${title} ` : ''}| ${label} | ${ceiling} |`);
    });
});
