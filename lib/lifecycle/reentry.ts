import type { Route } from '../contract/change-row';
import type { FallbackCause } from './fallback';
import { GATES, type GateId } from './gates';
import type { Stage } from './stages';

/**
 * Where an amendment stands between its draft and the version in force, while its agent stays where it is: the stage whose
 * gate it comes to next. Null when no gate is due.
 */
export function standsAt(due: readonly GateId[]): Stage | null {
  const [next] = due;
  return next === undefined ? null : GATES[next].from;
}

/** Days in which an emergency amendment must have passed the gates that it came into force before. */
export const EMERGENCY_DAYS = 7;

/** Where an agent is sent back to whose emergency amendment nobody signed in time, and as what it counts. */
export const UNSIGNED_FALLBACK: Readonly<Record<Route, { to: Stage; cause: FallbackCause }>> = {
  // G6 leads out of Production, and there is no falling back to where one stands.
  g6: { to: 'rollout', cause: 'parameter' },
  build: { to: 'build', cause: 'implementation' },
  scoping: { to: 'scoping', cause: 'contract' },
};
