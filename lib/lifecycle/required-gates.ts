import type { Route } from '../contract/change-row';
import type { EvidenceKind } from './evidence-kinds';
import type { GateId } from './gates';

/** How a version came about: `first`, or by a change of what was agreed before. */
export type Way = 'first' | Route;

/** The gates that a version must pass by the way it came about; those it does not name hold from before. */
export const REQUIRED_GATES: Readonly<Record<Way, readonly GateId[]>> = {
  first: ['G1', 'G2', 'G3', 'G4', 'G5'],
  scoping: ['G2', 'G3', 'G4', 'G5'],
  build: ['G3', 'G4', 'G5'],
  g6: ['G6'],
};

/**
 * Which evidence about an earlier version still speaks for a later one, by the route of what changed between them. Evidence
 * about the agent (lib/lifecycle/evidence-kinds.ts) always does, while it is fresh. This is a table of its own: a gate
 * may be signed again on evidence that carries over, and evidence may be due again though its gate is not.
 */
export const CARRIES_OVER: Readonly<Record<Route, readonly EvidenceKind[]>> = {
  // What the product computes at once is computed again; what took people or real runs is not asked for twice.
  g6: ['failure-paths-drill', 'rollback-drill', 'rollout'],
  build: ['rollback-drill'],
  scoping: [],
};
