import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../contract/change-row';
import { GATE_IDS, GATES, type GateId } from './gates';
import {
  adoptedAt,
  afterPassing,
  fellFromWork,
  gatesAhead,
  holdsOf,
  isAdopted,
  missingAt,
  nextGate,
  type Past,
  type StageMove,
  wayOf,
} from './passages';
import { compareStages, STAGES, type Stage } from './stages';

const passage = (gate: GateId, versionId: string | null, at: number) => ({
  gate,
  versionId,
  at,
  reviewId: `${gate}${at}`,
});

/** What was agreed for v1 on its first walk, up to a gate. */
function walked(upTo: GateId, over: Partial<Past> = {}): Past {
  const gates = GATE_IDS.slice(0, GATE_IDS.indexOf(upTo) + 1);
  return {
    stage: GATES[upTo].to,
    passages: gates.map((gate, position) => passage(gate, gate === 'G1' ? null : 'v1', position + 1)),
    moves: gates.map(
      (gate, position): StageMove => ({
        from: GATES[gate].from,
        to: GATES[gate].to,
        kind: 'gate',
        at: position + 1,
      }),
    ),
    adoptedVersionId: null,
    numberOf,
    wayBetween: () => 'scoping',
    ...over,
  };
}
const numberOf = (id: string) => Number(id.slice(1));
const way = (route: Route | null) => ({ wayBetween: () => route });
const states = (past: Past, version: string | null) =>
  GATE_IDS.map((gate) => holdsOf(past, version)[gate].state).join(' ');

describe('which gates hold for a version', () => {
  it('depends on what changed since they were passed', () => {
    expect(states(walked('G5'), 'v1')).toBe('passed passed passed passed passed due');
    expect(states(walked('G5', way('scoping')), 'v2')).toBe('passed due due due due due');
    expect(states(walked('G5', way('build')), 'v2')).toBe('passed carried due due due due');
    expect(states(walked('G5', way('g6')), 'v2')).toBe('passed carried carried carried carried due');
    expect(states(walked('G5', way(null)), 'v2')).toBe('passed carried carried carried carried due');
  });

  it('is undone by a fallback from the stage on that the agent goes back to', () => {
    const back = (to: Stage): Past => {
      const past = walked('G5');
      return {
        ...past,
        stage: to,
        moves: [...past.moves, { from: 'production', to, kind: 'fallback', at: 9 }],
      };
    };
    expect(states(back('build'), 'v1')).toBe('passed passed due due due due');
    expect(states(back('rollout'), 'v1')).toBe('passed passed passed passed due due');
    expect(states(back('discovery'), 'v1')).toBe('due due due due due due');
    const again = { ...back('rollout'), stage: 'production' as const };
    expect(states({ ...again, passages: [...again.passages, passage('G5', 'v1', 10)] }, 'v1')).toBe(
      'passed passed passed passed passed due',
    );
  });

  it('counts what an agent was taken over with as adopted, not as passed', () => {
    const adopted: Past = {
      stage: 'production',
      passages: [],
      moves: [],
      adoptedVersionId: 'v1',
      numberOf,
      ...way('scoping'),
    };
    expect(states(adopted, 'v1')).toBe('adopted adopted adopted adopted adopted due');
    expect(isAdopted(adopted)).toBe(true);
    const attested = { ...adopted, passages: [passage('G6', 'v1', 5)] };
    expect(isAdopted(attested)).toBe(false);
    // Whether it was worth scoping at all is not asked again.
    expect(states(attested, 'v2')).toBe('adopted due due due due due');
    const back = {
      ...adopted,
      stage: 'scoping' as const,
      moves: [{ from: 'production', to: 'scoping', kind: 'fallback', at: 1 } as const],
    };
    expect(adoptedAt(back)).toBe('production');
    expect(states(back, 'v1')).toBe('adopted due due due due due');
  });
});

it('what a later version passes takes nothing from an earlier one in force', () => {
  const past = walked('G4', way('scoping'));
  const both = { ...past, passages: [...past.passages, passage('G2', 'v2', 9)] };
  expect(missingAt(both, 'v1', 'rollout')).toEqual([]);
});

describe('what a version must pass before it does real work', () => {
  it('is what its route asks for', () => {
    expect(missingAt(walked('G5'), 'v1', 'production')).toEqual([]);
    expect(missingAt(walked('G4'), 'v1', 'rollout')).toEqual([]);
    expect(missingAt(walked('G4'), 'v1', 'production')).toEqual(['G5']);
    expect(missingAt(walked('G5', way('scoping')), 'v2', 'production')).toEqual(['G2', 'G3', 'G4', 'G5']);
    expect(missingAt(walked('G5', way('build')), 'v2', 'production')).toEqual(['G3', 'G4', 'G5']);
    expect(missingAt(walked('G5', way('g6')), 'v2', 'production')).toEqual(['G6']);
    expect(missingAt(walked('G5', way(null)), 'v2', 'production')).toEqual([]);
    const signed = walked('G5', way('g6'));
    expect(
      missingAt({ ...signed, passages: [...signed.passages, passage('G6', 'v2', 9)] }, 'v2', 'production'),
    ).toEqual([]);
    expect(wayOf(walked('G3'), 'v1')).toBe('first');
    expect(wayOf(walked('G5', way('build')), 'v2')).toBe('build');
  });

  it('never shrinks when more changed', () => {
    const routes: (Route | null)[] = [null, 'g6', 'build', 'scoping'];
    const needs = routes.map((route) => missingAt(walked('G5', way(route)), 'v2', 'production'));
    expect(needs.map((each) => each.length)).toEqual([0, 1, 3, 4]);
  });
});

describe('the next gate', () => {
  const at = (past: Past, inForceId: string | null, latestId: string | null) =>
    nextGate(past, { inForceId, latestId, wasLive: () => false });
  it('is that of the stage, or an earlier one that a new version must pass again', () => {
    expect(at({ ...walked('G1'), stage: 'discovery', passages: [], moves: [] }, null, null)).toEqual({
      gate: 'G1',
      versionId: null,
    });
    expect(at(walked('G3'), null, 'v1')).toEqual({ gate: 'G4', versionId: 'v1' });
    expect(at(walked('G3', way('build')), 'v1', 'v2')).toEqual({ gate: 'G3', versionId: 'v2' });
    expect(at(walked('G4'), 'v1', 'v1')).toEqual({ gate: 'G5', versionId: 'v1' });
    expect(at(walked('G5'), 'v1', 'v1')).toEqual({ gate: 'G6', versionId: 'v1' });
    expect(at(walked('G5', way('g6')), 'v1', 'v2')).toEqual({ gate: 'G6', versionId: 'v2' });
    expect(at(walked('G5', way('build')), 'v1', 'v2')).toEqual({ gate: 'G3', versionId: 'v2' });
    expect(
      at(
        { stage: 'production', passages: [], moves: [], adoptedVersionId: 'v1', numberOf, ...way('build') },
        'v1',
        'v2',
      ),
    ).toEqual({ gate: 'G6', versionId: 'v1' });
  });
});

describe('a later version of an agent in Rollout', () => {
  const rollout = (over: Partial<Past>): Past => ({ ...walked('G4'), ...way('g6'), ...over });

  it('passes G4 itself, which G6 would otherwise have signed, and goes on by G5', () => {
    expect(missingAt(rollout({}), 'v1', 'rollout')).toEqual([]);
    expect(missingAt(rollout({}), 'v2', 'rollout')).toEqual(['G4']);
    expect(missingAt(rollout(way(null)), 'v2', 'rollout')).toEqual([]);
    expect(gatesAhead(rollout({}), { id: 'v2', inForce: false })).toEqual(['G4', 'G5']);
    expect(gatesAhead(rollout({}), { id: 'v2', inForce: true })).toEqual(['G5']);
  });

  it('needs no other signature where it was signed in Production, until G4 is taken away', () => {
    const back = (to: Stage): Past => {
      const past = walked('G5');
      return {
        ...past,
        ...way('g6'),
        stage: to,
        passages: [...past.passages, passage('G6', 'v2', 6)],
        moves: [...past.moves, { from: 'production', to, kind: 'fallback', at: 7 }],
      };
    };
    expect(missingAt(back('rollout'), 'v2', 'rollout')).toEqual([]);
    expect(fellFromWork(back('rollout'))).toBe(false);
    expect(missingAt(back('review'), 'v2', 'rollout')).toEqual(['G4']);
    expect(fellFromWork(back('review'))).toBe(true);
  });
});

describe('passing gates and falling back, in any order', () => {
  it('leads to Production only past every gate, and keeps in force only what was agreed', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ do: 'pass' as const }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('back' as const), to: fc.constantFrom(...STAGES) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('submit' as const),
          route: fc.constantFrom<(Route | null)[]>('g6', 'build', 'scoping', null),
        }),
      },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const ways: (Route | null)[] = [null];
        const order: (Route | null)[] = [null, 'g6', 'build', 'scoping'];
        const wayBetween = (from: string, to: string): Route | null => {
          const between = ways.slice(
            Math.min(Number(from), Number(to)) + 1,
            Math.max(Number(from), Number(to)) + 1,
          );
          return order[Math.max(0, ...between.map((each) => order.indexOf(each)))] ?? null;
        };
        let past: Past = {
          stage: 'discovery',
          passages: [],
          moves: [],
          adoptedVersionId: null,
          numberOf: Number,
          wayBetween,
        };
        let inForceId: string | null = null;
        const live = new Set<string>();
        let now = 0;
        for (const each of steps) {
          now += 1;
          const latestId = String(ways.length - 1);
          if (each.do === 'submit') ways.push(each.route);
          else if (each.do === 'back') {
            if (compareStages(each.to, past.stage) >= 0) continue;
            past = {
              ...past,
              stage: each.to,
              moves: [...past.moves, { from: past.stage, to: each.to, kind: 'fallback', at: now }],
            };
          } else {
            const next = nextGate(past, { inForceId, latestId, wasLive: (id) => live.has(id) });
            const versionId = next.gate === 'G1' ? null : next.versionId;
            past = {
              ...past,
              passages: [...past.passages, { gate: next.gate, versionId, at: now, reviewId: String(now) }],
            };
            const after = afterPassing(next.gate, { stage: past.stage, versionId, inForceId });
            if (after.putInForce) inForceId = versionId;
            if (after.stage !== past.stage)
              past = {
                ...past,
                stage: after.stage,
                moves: [...past.moves, { from: past.stage, to: after.stage, kind: 'gate', at: now }],
              };
          }
          if (past.stage === 'rollout' || past.stage === 'production') {
            expect(inForceId).not.toBeNull();
            if (inForceId !== null) {
              live.add(inForceId);
              expect(missingAt(past, inForceId, past.stage)).toEqual([]);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
