/** How a rule about changes is written: which way a change moves and where it re-enters the lifecycle. */

/** Whether the agent may do more, less, or the same as before; stricter duties and closer watch are narrower. */
export type Direction = 'wider' | 'narrower' | 'neutral';
/** A move of one clause; `both` permits some things more and others less, and counts as wider. */
export type Move = Direction | 'both';

/** Where a change re-enters the lifecycle, from the shortest way back to the longest. */
export const ROUTES = ['g6', 'build', 'scoping'] as const;
export type Route = (typeof ROUTES)[number];

/** How a route is called on screens, which gates are signed again and what that means. */
export const ROUTE_WORDS: Readonly<
  Record<Route, { title: string; kind: string; gates: string; means: string }>
> = {
  g6: { title: 'G6', kind: 'Parameter tweak', gates: 'G6', means: 'operator and sponsor sign again' },
  build: {
    title: 'Build',
    kind: 'Implementation change',
    gates: 'G3, G4 and G5',
    means: 'it is tested and reviewed again',
  },
  scoping: {
    title: 'Scoping',
    kind: 'Re-scope',
    gates: 'G2 to G5',
    means: 'what it may do is agreed again',
  },
};

/** A wide change takes the first, a narrow one the second, a neutral one the third; `why` likewise. */
export interface Row {
  /** What the clauses have in common, for the table of the docs. */
  what: string;
  /** What moves it wider; null when it is always neutral. */
  wider: string | null;
  routes: Readonly<Record<Direction, Route>>;
  why: Readonly<Record<Direction, string>>;
}

export function always(route: Route, what: string, why: string): Row {
  return {
    what,
    wider: null,
    routes: { wider: route, narrower: route, neutral: route },
    why: { wider: why, narrower: why, neutral: why },
  };
}

export function moving(
  what: string,
  wider: string,
  routes: [wider: Route, narrower: Route, neutral?: Route],
  why: [wider: string, narrower: string, neutral?: string],
): Row {
  return {
    what,
    wider,
    routes: { wider: routes[0], narrower: routes[1], neutral: routes[2] ?? 'g6' },
    why: { wider: why[0], narrower: why[1], neutral: why[2] ?? 'It decides as before.' },
  };
}
