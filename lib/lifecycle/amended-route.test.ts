import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROUTES, type Route } from '../contract/change-row';
import type { Change } from '../contract/diff';
import {
  choiceOf,
  choicesBetween,
  chosenRoute,
  coveredBy,
  ROUTE_STEPS,
  type RouteStep,
  routeOfChange,
  unlessTakenBack,
} from './amended-route';
import { isLonger, longerOf } from './route-order';

const routes = fc.constantFrom(...ROUTES);
const change: fc.Arbitrary<Change> = fc
  .record({
    clause: fc.constantFrom('cost/perDay', 'tools/a', 'tools/b', 'scope/actions'),
    before: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 2 })),
    after: fc.integer({ min: 3, max: 5 }),
    route: routes,
  })
  .map(
    (part): Change => ({
      ...part,
      kind: part.before === undefined ? 'added' : 'changed',
      direction: 'wider',
      mixed: false,
      // One rule for each route, so that a change asks for the same way wherever it is found.
      rule: part.route === 'g6' ? 'wording' : part.route === 'build' ? 'build' : 'tool',
      why: '',
    }),
  );
const changes = fc.array(change, { minLength: 1, maxLength: 6 });
const computedOf = (of: readonly Change[]) => chosenRoute(of, { raisedTo: null, consents: [] });

describe('the way back of an amendment', () => {
  it('is never shorter than the computed one without a consent, whatever people decide', () => {
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom(...ROUTE_STEPS.filter((kind) => kind !== 'consented')),
        route: routes,
        covered: fc.constant([]),
      }),
    );
    fc.assert(
      fc.property(changes, steps, (of, decided: RouteStep[]) => {
        const { raisedTo, consent } = choiceOf(decided);
        expect(consent).toBeNull();
        expect(isLonger(computedOf(of), chosenRoute(of, { raisedTo, consents: [] }))).toBe(false);
      }),
    );
  });

  it('is shortened by a consent for the changes it was given for, and for no other', () => {
    fc.assert(
      fc.property(changes, changes, routes, (agreed, later, route) => {
        const consents = [{ route, covered: coveredBy(agreed, route) }];
        const chosen = chosenRoute(agreed, { raisedTo: null, consents });
        expect(isLonger(chosen, longerOf(route, null))).toBe(false);
        const key = ({ clause, before, after, rule }: Change) =>
          JSON.stringify([clause, before, after, rule]);
        const known = new Set(agreed.map(key));
        for (const one of later)
          if (!known.has(key(one))) expect(routeOfChange(one, consents)).toBe(one.route);
      }),
    );
  });

  it('is asked for first: a consent that nobody asked for, or to another way, is none', () => {
    const consented: RouteStep = { kind: 'consented', route: 'g6', covered: [] };
    expect(choiceOf([consented]).consent).toBeNull();
    expect(choiceOf([{ kind: 'lowering-asked', route: 'build', covered: [] }, consented]).consent).toBeNull();
    expect(
      choiceOf([{ kind: 'lowering-asked', route: 'g6', covered: [] }, consented]).consent,
    ).not.toBeNull();
  });

  it('is raised over a consent, and goes back to what was computed', () => {
    const lowered: RouteStep[] = [
      { kind: 'lowering-asked', route: 'g6', covered: [] },
      { kind: 'consented', route: 'g6', covered: [] },
    ];
    expect(choiceOf([...lowered, { kind: 'raised', route: 'scoping', covered: [] }])).toMatchObject({
      raisedTo: 'scoping',
      consent: null,
    });
    expect(choiceOf([...lowered, { kind: 'computed', route: 'build', covered: [] }])).toMatchObject({
      raisedTo: null,
      consent: null,
    });
  });

  it('of a later version keeps consents that were put into effect before it, and no raise', () => {
    const consent = { route: 'g6' as Route, covered: [] };
    const amended = [
      { versionId: 'two', number: 2, cameInForce: true, choice: { raisedTo: 'scoping' as Route, consent } },
      { versionId: 'three', number: 3, cameInForce: false, choice: { raisedTo: null, consent } },
    ];
    const decided = [1, 2, 3, 5].map((number) => ({ id: `v${number}`, number }));
    expect(choicesBetween(amended, { number: 1 }, { id: 'four', number: 4 }, decided)).toEqual({
      raisedTo: null,
      consents: [{ ...consent, through: ['v3'] }],
    });
    expect(choicesBetween(amended, { number: 1 }, { id: 'two', number: 2 }, decided).raisedTo).toBe(
      'scoping',
    );
    expect(choicesBetween(amended, { number: 2 }, { id: 'four', number: 4 }, decided).consents).toEqual([]);
  });

  it('is shortened by an earlier consent only for changes that every version since has left as they were', () => {
    fc.assert(
      fc.property(changes, changes, routes, (agreed, later, route) => {
        const consent = { route, covered: coveredBy(agreed, route) };
        expect(unlessTakenBack(consent, []).covered).toEqual(consent.covered);
        expect(unlessTakenBack(consent, [agreed]).covered).toEqual(consent.covered);
        expect(unlessTakenBack(consent, [agreed, []]).covered).toEqual([]);
        for (const each of unlessTakenBack(consent, [later]).covered)
          expect(later.map((change) => change.clause)).toContain(each.clause);
      }),
    );
  });

  it('is none where nothing changed', () => {
    expect(chosenRoute([], { raisedTo: 'scoping', consents: [] })).toBeNull();
  });
});
