import { ROUTES, type Route } from './change-row';
import type { Change } from './diff';

export interface Routed {
  /** Null when nothing changed. */
  route: Route | null;
  /** The changes that ask for this route, those that widen first. */
  because: Change[];
}

/** Where a set of changes re-enters the lifecycle: the strongest route any of them asks for. */
export function routeOf(changes: readonly Change[]): Routed {
  const strongest = Math.max(-1, ...changes.map((change) => ROUTES.indexOf(change.route)));
  const route = ROUTES[strongest] ?? null;
  const because = changes.filter((change) => change.route === route);
  return {
    route,
    because: because.toSorted((a, b) => Number(b.direction === 'wider') - Number(a.direction === 'wider')),
  };
}

/**
 * The changes that do more than narrow what an agent may do: those that widen, mixed ones included; those of which no rule can tell
 * (another approver, tool server or task), save words and figures that G6 alone signs; and other owners. None: the contract only
 * narrows, so it may take effect at once in an emergency and be signed after.
 */
export function moreThanNarrower(changes: readonly Change[]): Change[] {
  return changes.filter(
    ({ direction, route, rule }) =>
      direction === 'wider' || (direction === 'neutral' && route !== 'g6') || rule === 'owners',
  );
}
