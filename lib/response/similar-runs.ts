import type { Fingerprint } from './fingerprint';

/** A run as far as its likeness to another goes. */
export interface LikenessFacts {
  /** Clauses it broke. */
  clauses: readonly string[];
  fingerprint: Pick<Fingerprint, 'tools' | 'categories'>;
  /** Tools in the order it called them. */
  path: readonly string[];
}

/** How much each kind of difference counts; together 1. */
export const WEIGHTS = { clauses: 0.4, tools: 0.2, categories: 0.2, path: 0.2 } as const;

export interface Distance {
  /** 0: alike in all four; 1: nothing in common. */
  total: number;
  clauses: number;
  tools: number;
  categories: number;
  path: number;
}

/**
 * How unlike two runs are: the weighted sum of the Jaccard distances (1 − shared ÷ all) of the clauses they broke, the tools
 * they called, the data they touched, and the steps of their paths, a step being one call and the one after it.
 * Two runs that both have none of a kind are alike in it. Symmetric, 0 to 1, 0 for a run and itself.
 */
export function distance(a: LikenessFacts, b: LikenessFacts): Distance {
  const parts = {
    clauses: unlike(a.clauses, b.clauses),
    tools: unlike(a.fingerprint.tools, b.fingerprint.tools),
    categories: unlike(a.fingerprint.categories, b.fingerprint.categories),
    path: unlike(stepsOf(a.path), stepsOf(b.path)),
  };
  const total =
    WEIGHTS.clauses * parts.clauses +
    WEIGHTS.tools * parts.tools +
    WEIGHTS.categories * parts.categories +
    WEIGHTS.path * parts.path;
  return { total: Math.min(1, Math.round(total * 1e6) / 1e6), ...parts };
}

/** A path's steps, its beginning and end among them, so that one call alone is a path too. */
function stepsOf(path: readonly string[]): string[] {
  if (path.length === 0) return [];
  const whole = ['', ...path, ''];
  return whole.slice(1).map((tool, index) => `${whole[index]}\n${tool}`);
}

function unlike(a: readonly string[], b: readonly string[]): number {
  const left = new Set(a);
  const right = new Set(b);
  if (left.size === 0 && right.size === 0) return 0;
  let shared = 0;
  for (const item of left) if (right.has(item)) shared += 1;
  return 1 - shared / (left.size + right.size - shared);
}
