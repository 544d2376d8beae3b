import { ROUTES, type Route } from '../contract/change-row';

/** Whether `one` is the longer way back; none is the shortest. */
export function isLonger(one: Route | null, other: Route | null): boolean {
  return strength(one) > strength(other);
}

export function longerOf(one: Route | null, other: Route | null): Route | null {
  return isLonger(other, one) ? other : one;
}

function strength(route: Route | null): number {
  return route === null ? -1 : ROUTES.indexOf(route);
}
