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
 * The changes that let an agent do more, mixed ones included. None: the contract only narrows, so it may take effect at once in
 * an emergency and be signed after.
 */
export function widens(changes: readonly Change[]): Change[] {
  return changes.filter((change) => change.direction === 'wider');
}
