import type { Route } from '../contract/change-row';
import type { Change } from '../contract/diff';
import { digestOf } from '../evidence/digest';
import { isLonger, longerOf } from './route-order';

/**
 * Which way back an amendment takes. The rule computes one for every change (lib/contract/change-rules.ts); people may raise
 * it as they like, and lower it for the very changes that GRC consented to.
 */

/** A change that a consent was given for: another value, or another rule, is another change. */
export interface Covered {
  clause: string;
  rule: string;
  /** SHA-256 of what was there before and after, hex. */
  digest: string;
}

export const ROUTE_STEPS = ['raised', 'computed', 'lowering-asked', 'consented', 'declined'] as const;
export type RouteStepKind = (typeof ROUTE_STEPS)[number];

/** One step in deciding on the way back; the oldest comes first. */
export interface RouteStep {
  kind: RouteStepKind;
  route: Route;
  /** Of `consented`: what whoever consented saw. */
  covered: readonly Covered[];
}

export interface Consent {
  route: Route;
  covered: readonly Covered[];
  /** Ids of versions that were put in force after what it was given for: it holds while they left that as it was. */
  through?: readonly string[];
}

/** What people decided so far. */
export interface Choice<Step extends RouteStep = RouteStep> {
  /** No change takes a shorter way than this one; null: as computed. */
  raisedTo: Route | null;
  consent: Consent | null;
  /** Somebody asks for a shorter way, and nobody has answered. */
  asked: Step | null;
}

/** What a consent to a shorter way is given for: the changes that ask for a longer one. */
export function coveredBy(changes: readonly Change[], route: Route): Covered[] {
  return changes.filter((change) => isLonger(change.route, route)).map(coverOf);
}

export function choiceOf<Step extends RouteStep>(steps: readonly Step[]): Choice<Step> {
  let choice: Choice<Step> = { raisedTo: null, consent: null, asked: null };
  for (const step of steps) {
    if (step.kind === 'raised') choice = { raisedTo: step.route, consent: null, asked: null };
    else if (step.kind === 'computed') choice = { raisedTo: null, consent: null, asked: null };
    else if (step.kind === 'lowering-asked') choice = { ...choice, asked: step };
    else if (step.kind === 'consented' && choice.asked?.route === step.route)
      choice = { raisedTo: null, consent: { route: step.route, covered: step.covered }, asked: null };
    else choice = { ...choice, asked: null };
  }
  return choice;
}

/**
 * The way back that changes take by what people decided: each by its rule, those that consents cover by the shortest of
 * them, and none by a shorter way than it was raised to. Null when nothing changed.
 */
export function chosenRoute(
  changes: readonly Change[],
  { raisedTo, consents }: { raisedTo: Route | null; consents: readonly Consent[] },
): Route | null {
  if (changes.length === 0) return null;
  return changes.map((change) => routeOfChange(change, consents)).reduce(longerOf, raisedTo);
}

/** The way that one change takes. */
export function routeOfChange(change: Change, consents: readonly Consent[]): Route {
  if (consents.length === 0) return change.route;
  const { clause, rule, digest } = coverOf(change);
  return consents
    .filter((consent) =>
      consent.covered.some(
        (covered) => covered.clause === clause && covered.rule === rule && covered.digest === digest,
      ),
    )
    .reduce(
      (shortest, consent) => (isLonger(shortest, consent.route) ? consent.route : shortest),
      change.route,
    );
}

/** What is left of a consent where later versions, by their changes from the same start, took back what it covers or made it otherwise. */
export function unlessTakenBack(consent: Consent, later: readonly (readonly Change[])[]): Consent {
  const found = later.map((changes) => changes.map(coverOf));
  const covered = consent.covered.filter(({ clause, rule, digest }) =>
    found.every((covers) =>
      covers.some((each) => each.clause === clause && each.rule === rule && each.digest === digest),
    ),
  );
  return { ...consent, covered };
}

function coverOf({ clause, rule, before, after }: Change): Covered {
  // What is not there is told from what is null.
  return { clause, rule, digest: digestOf([present(before), present(after)]) };
}

function present(value: unknown): unknown {
  return value === undefined ? [] : [value];
}

/** An amendment that was submitted, as far as it decides which way versions take. */
export interface Amended {
  versionId: string;
  /** Of the version. */
  number: number;
  /** It is, or was, in force. */
  cameInForce: boolean;
  choice: Pick<Choice, 'raisedTo' | 'consent'>;
}

/**
 * What people decided on the way from one version to a later one: what this one was raised to, and every consent to a change
 * that lies between the two and was put into effect, with the versions that `decided` after it.
 */
export function choicesBetween(
  amended: readonly Amended[],
  from: { number: number },
  to: { id: string; number: number },
  decided: readonly { id: string; number: number }[],
): { raisedTo: Route | null; consents: Consent[] } {
  const between = amended.filter((each) => from.number < each.number && each.number <= to.number);
  return {
    raisedTo: between.find((each) => each.versionId === to.id)?.choice.raisedTo ?? null,
    consents: between.flatMap(({ versionId, number, cameInForce, choice }): Consent[] => {
      if (choice.consent === null || (versionId !== to.id && !cameInForce)) return [];
      const through = decided.filter((each) => number < each.number && each.number < to.number);
      return [{ ...choice.consent, through: through.map((each) => each.id) }];
    }),
  };
}
