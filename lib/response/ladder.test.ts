import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AUTHORITY_LEVELS, BANDS, LADDER_GATES, LADDER_STEPS, type LadderStep } from '@/lib/contract/schema';
import { effectOf, endsWith, isLower, type LadderHistory, nextStep, rankOf } from './ladder';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 21);

function history(over: Partial<LadderHistory> = {}): LadderHistory {
  return {
    breaches: [],
    unknownTools: [],
    attestationOverdueDays: null,
    standing: [],
    ended: [],
    level: 'bounded',
    ...over,
  };
}
const breachesAgo = (...days: number[]) =>
  days.map((ago) => ({ at: NOW - ago * DAY, severity: 'high' as const }));

const NARROW: LadderStep = { id: 'thrice', when: { breaches: 3, withinDays: 7 }, step: 'narrow' };
const PAUSE: LadderStep = {
  id: 'severe',
  when: { breaches: 1, withinDays: 1, severity: 'critical' },
  step: 'pause',
};

describe('a rule of the ladder', () => {
  it('asks for its step once enough breaches came within its days', () => {
    expect(nextStep([NARROW], history({ breaches: breachesAgo(1, 2, 8) }), NOW)).toBeNull();
    expect(nextStep([NARROW], history({ breaches: breachesAgo(1, 2, 6) }), NOW)).toEqual({
      kind: 'narrow',
      clause: 'failure/ladder/thrice',
      level: 'human-in-the-loop',
      gate: 'G6',
      reason: '3 breaches within 7 days',
    });
  });

  it('counts only breaches as bad as it says, or worse', () => {
    const at = NOW - 1000;
    const high = history({ breaches: [{ at, severity: 'high' }] });
    const critical = history({ breaches: [{ at, severity: 'critical' }] });
    expect(nextStep([PAUSE], high, NOW)).toBeNull();
    expect(nextStep([PAUSE], critical, NOW)).toMatchObject({ kind: 'pause', gate: null, level: 'bounded' });
  });

  it('hears of scope that grew and of evidence that went stale', () => {
    const rules: LadderStep[] = [
      { id: 'scope', when: { unknownTools: 2, withinDays: 1 }, step: 'review' },
      { id: 'stale', when: { attestationOverdueDays: 7 }, step: 'recertify', gate: 'G5' },
    ];
    const tool = (name: string) => ({ at: NOW - 1, tool: name });
    expect(nextStep(rules, history({ unknownTools: [tool('a'), tool('a')] }), NOW)).toBeNull();
    expect(nextStep(rules, history({ unknownTools: [tool('a'), tool('b')] }), NOW)).toMatchObject({
      kind: 'review',
      level: 'human-in-the-loop',
    });
    expect(nextStep(rules, history({ attestationOverdueDays: 6.9 }), NOW)).toBeNull();
    expect(nextStep(rules, history({ attestationOverdueDays: 8.4 }), NOW)).toMatchObject({
      kind: 'recertify',
      gate: 'G5',
      reason: 'Its attestation has been overdue for 8 days',
    });
  });

  it('does not hold against the agent what a gate, or the end of as strong a step, has settled', () => {
    const breaches = breachesAgo(1, 2, 3);
    const settled = (kind: (typeof LADDER_STEPS)[number], ending: 'gate' | 'person') =>
      nextStep([NARROW], history({ breaches, ended: [{ kind, ending, at: NOW - 2.5 * DAY }] }), NOW);
    expect(settled('warn', 'gate')).toBeNull();
    expect(settled('pause', 'person')).toBeNull();
    expect(settled('warn', 'person')).not.toBeNull();
  });

  it('asks for the strongest of the steps that are due', () => {
    const breaches = [...breachesAgo(1, 2), { at: NOW - 1, severity: 'critical' as const }];
    expect(nextStep([NARROW, PAUSE], history({ breaches }), NOW)?.kind).toBe('pause');
    expect(nextStep([PAUSE, NARROW], history({ breaches }), NOW)?.kind).toBe('pause');
  });
});

const steps = fc.constantFrom(...LADDER_STEPS);
const levels = fc.constantFrom(...AUTHORITY_LEVELS);
const anyRules = fc
  .array(
    fc.record(
      {
        when: fc.oneof(
          fc.record(
            {
              breaches: fc.integer({ min: 1, max: 4 }),
              withinDays: fc.integer({ min: 1, max: 30 }),
              severity: fc.constantFrom(...BANDS),
            },
            { requiredKeys: ['breaches', 'withinDays'] },
          ),
          fc.record({
            unknownTools: fc.integer({ min: 1, max: 3 }),
            withinDays: fc.integer({ min: 1, max: 30 }),
          }),
          fc.record({ attestationOverdueDays: fc.integer({ min: 1, max: 30 }) }),
        ),
        step: steps,
        to: levels,
        gate: fc.constantFrom(...LADDER_GATES),
      },
      { requiredKeys: ['when', 'step'] },
    ),
    { maxLength: 5 },
  )
  .map((rules) => rules.map((rule, index): LadderStep => ({ id: `rule-${index}`, ...rule })));
const time = fc.integer({ min: NOW - 40 * DAY, max: NOW });
const anyHistory: fc.Arbitrary<LadderHistory> = fc.record({
  breaches: fc.array(fc.record({ at: time, severity: fc.constantFrom(...BANDS) }), { maxLength: 8 }),
  unknownTools: fc.array(fc.record({ at: time, tool: fc.constantFrom('a', 'b', 'c') }), { maxLength: 4 }),
  attestationOverdueDays: fc.option(fc.double({ min: 0, max: 40, noNaN: true })),
  standing: fc.array(
    fc.record({
      kind: steps,
      clause: fc.constantFrom(null, 'failure/ladder/rule-0', 'failure/ladder/rule-1'),
    }),
    { maxLength: 2 },
  ),
  ended: fc.array(
    fc.record({ kind: steps, at: time, ending: fc.constantFrom('gate' as const, 'person' as const) }),
    { maxLength: 2 },
  ),
  level: levels,
});

describe('whatever the rules and the history', () => {
  it('a rule never raises the authority level, and what it takes only a gate gives back', () => {
    fc.assert(
      fc.property(anyRules, anyHistory, (rules, past) => {
        const due = nextStep(rules, past, NOW);
        if (due === null) return;
        expect(isLower(past.level, due.level)).toBe(false);
        if (isLower(due.level, past.level)) expect(due.gate).not.toBeNull();
      }),
      { numRuns: 3000 },
    );
  });

  it('a step is never weaker than one the agent stands on, and always changes something', () => {
    fc.assert(
      fc.property(anyRules, anyHistory, (rules, past) => {
        const due = nextStep(rules, past, NOW);
        if (due === null) return;
        const strongest = Math.max(-1, ...past.standing.map((one) => rankOf(one.kind)));
        expect(rankOf(due.kind)).toBeGreaterThanOrEqual(strongest);
        expect(rankOf(due.kind) > strongest || isLower(due.level, past.level)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('once its step is taken, the same history asks for nothing weaker, and comes to rest', () => {
    fc.assert(
      fc.property(anyRules, anyHistory, (rules, past) => {
        let now = past;
        let taken = 0;
        for (let due = nextStep(rules, now, NOW); due !== null; due = nextStep(rules, now, NOW)) {
          taken += 1;
          expect(taken).toBeLessThanOrEqual(rules.length);
          now = { ...now, level: due.level, standing: [...now.standing, due] };
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('more breaches never make the answer milder', () => {
    fc.assert(
      fc.property(anyRules, anyHistory, time, (rules, past, at) => {
        const before = nextStep(rules, past, NOW);
        const worse = { ...past, breaches: [...past.breaches, { at, severity: 'critical' as const }] };
        const after = nextStep(rules, worse, NOW);
        if (before !== null)
          expect(rankOf(after?.kind ?? 'warn')).toBeGreaterThanOrEqual(rankOf(before.kind));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the steps an agent stands on', () => {
  const step = (kind: (typeof LADDER_STEPS)[number], toLevel = 'bounded' as const, recover = false) => ({
    kind,
    fromLevel: 'bounded' as const,
    toLevel,
    recover,
  });

  it('take together what each of them takes', () => {
    expect(effectOf([step('warn')])).toEqual({ level: null, held: null });
    expect(
      effectOf([
        { ...step('narrow'), toLevel: 'human-in-the-loop' },
        { ...step('narrow'), toLevel: 'read-only' },
        step('pause', 'bounded', true),
      ]),
    ).toEqual({ level: 'read-only', held: { step: 'pause', recover: true } });
  });

  it('let nothing pass in recovery that one of them keeps back', () => {
    expect(effectOf([step('pause', 'bounded', true), step('recertify')]).held).toEqual({
      step: 'recertify',
      recover: false,
    });
  });

  it('end with their gate, opened after them, or on the whole way back into production', () => {
    const at = NOW;
    expect(endsWith({ gate: 'G6', at }, { gate: 'G6', openedAt: NOW + 1 })).toBe(true);
    expect(endsWith({ gate: 'G6', at }, { gate: 'G6', openedAt: NOW - 1 })).toBe(false);
    expect(endsWith({ gate: 'G6', at }, { gate: 'G5', openedAt: NOW + 1 })).toBe(true);
    expect(endsWith({ gate: 'G4', at }, { gate: 'G5', openedAt: NOW + 1 })).toBe(false);
  });
});
