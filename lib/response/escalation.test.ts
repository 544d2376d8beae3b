import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { afterNobody, planRound, snoozed, type WaitingStep } from './escalation';

const AT = new Date('2026-11-21T02:04:11Z');
const MINUTE = 60_000;
const pathArb = fc.array(
  fc.record({ to: fc.emailAddress(), afterMinutes: fc.integer({ min: 1, max: 600 }) }),
  {
    maxLength: 10,
  },
);
const waitingArb: fc.Arbitrary<WaitingStep[]> = fc
  .array(fc.integer({ min: 0, max: 600 }), { maxLength: 8 })
  .map((minutes) =>
    minutes.map((minute, index) => ({
      id: `${index}`,
      step: index + 1,
      kind: 'escalation' as const,
      dueAt: new Date(AT.getTime() + minute * MINUTE),
    })),
  );

describe('the steps of a round', () => {
  it('begin with the operator at once, then follow the path, the soonest first', () => {
    const ownership = {
      operator: 'on-call@example.com',
      escalation: [
        { to: 'head@example.com', afterMinutes: 45 },
        { to: 'sre@example.com', afterMinutes: 15 },
      ],
    };
    expect(
      planRound(ownership, AT).map(({ step, address, dueAt }) => [step, address, dueAt.toISOString()]),
    ).toEqual([
      [0, 'on-call@example.com', '2026-11-21T02:04:11.000Z'],
      [1, 'sre@example.com', '2026-11-21T02:19:11.000Z'],
      [2, 'head@example.com', '2026-11-21T02:49:11.000Z'],
    ]);
  });

  test('name everybody of the path once, in the order they are due', () => {
    fc.assert(
      fc.property(pathArb, (escalation) => {
        const plan = planRound({ operator: 'on-call@example.com', escalation }, AT);
        expect(plan).toHaveLength(escalation.length + 1);
        expect(plan.map(({ step }) => step)).toEqual(plan.map((_, index) => index));
        for (const [index, step] of plan.entries())
          expect(step.dueAt.getTime()).toBeGreaterThanOrEqual(
            plan[Math.max(0, index - 1)]?.dueAt.getTime() ?? 0,
          );
        expect(
          plan
            .slice(1)
            .map(({ address }) => address)
            .toSorted(),
        ).toEqual(escalation.map(({ to }) => to).toSorted());
      }),
    );
  });
});

describe('after a step that found nobody', () => {
  it('the soonest that waits comes, never the end of a snooze, and the last resort when none does', () => {
    const step = (id: string, minutes: number, kind: WaitingStep['kind'] = 'escalation'): WaitingStep => ({
      id,
      step: 1,
      kind,
      dueAt: new Date(AT.getTime() + minutes * MINUTE),
    });
    expect(afterNobody([step('late', 45), step('soon', 15), step('snooze', 5, 'snooze')])).toMatchObject({
      id: 'soon',
    });
    expect(afterNobody([step('snooze', 5, 'snooze')])).toBe('last-resort');
    expect(afterNobody([])).toBe('last-resort');
  });
});

describe('a snooze', () => {
  test('keeps the order and the distances of what waits, and none of it comes before its end', () => {
    fc.assert(
      fc.property(waitingArb, fc.integer({ min: 1, max: 1440 }), (waiting, minutes) => {
        const until = new Date(AT.getTime() + minutes * MINUTE);
        const moved = snoozed(waiting, AT, until);
        expect(moved.map(({ id }) => id)).toEqual(waiting.map(({ id }) => id));
        for (const [index, step] of moved.entries()) {
          expect(step.dueAt.getTime() - until.getTime()).toBe(
            (waiting[index]?.dueAt.getTime() ?? 0) - AT.getTime(),
          );
          expect(step.dueAt.getTime()).toBeGreaterThanOrEqual(until.getTime());
        }
      }),
    );
  });

  test('puts off what is overdue to its end, not before', () => {
    const until = new Date(AT.getTime() + 60 * MINUTE);
    const overdue: WaitingStep = {
      id: 'late',
      step: 1,
      kind: 'escalation',
      dueAt: new Date(AT.getTime() - 5 * MINUTE),
    };
    expect(snoozed([overdue], AT, until)).toMatchObject([{ id: 'late', dueAt: until }]);
  });

  test('that is snoozed anew is as if it had been snoozed until the second time at once', () => {
    fc.assert(
      fc.property(
        waitingArb,
        fc.integer({ min: 1, max: 1440 }),
        fc.integer({ min: 1, max: 1440 }),
        (waiting, first, second) => {
          const until = (minutes: number) => new Date(AT.getTime() + minutes * MINUTE);
          const once = snoozed(waiting, AT, until(first));
          const snooze: WaitingStep = { id: 's', step: 99, kind: 'snooze', dueAt: until(first) };
          expect(snoozed([...once, snooze], AT, until(second))).toEqual(snoozed(waiting, AT, until(second)));
        },
      ),
    );
  });
});
