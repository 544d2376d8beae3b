import { parseAsStringLiteral } from 'nuqs';
import type { EstateUnit } from '@/lib/services/overview/get-estate';

export const ESTATE_SORTS = ['unit', 'agents', 'score', 'silent', 'incidents', 'cost'] as const;
export type EstateSort = (typeof ESTATE_SORTS)[number];

/** How the estate is sorted, as it stands in the URL. */
export const estateParsers = {
  sort: parseAsStringLiteral(ESTATE_SORTS).withDefault('unit'),
  order: parseAsStringLiteral(['asc', 'desc']),
};

/** Which way a column is sorted first: names, scores and shares upwards (the worst first), the rest downwards. */
export function usualEstateOrder(sort: EstateSort): 'asc' | 'desc' {
  return sort === 'unit' || sort === 'score' || sort === 'silent' ? 'asc' : 'desc';
}

/** What is unknown comes last, whichever way the rest is sorted; equals stay in the order of their names. */
export function sortUnits(
  units: readonly EstateUnit[],
  sort: EstateSort,
  order: 'asc' | 'desc' | null,
): EstateUnit[] {
  const sign = (order ?? usualEstateOrder(sort)) === 'asc' ? 1 : -1;
  if (sort === 'unit') return sign === 1 ? [...units] : units.toReversed();
  const key = (unit: EstateUnit): number | null => {
    switch (sort) {
      case 'agents':
        return unit.agents;
      case 'score':
        return unit.score;
      case 'silent':
        return unit.runs === 0 ? null : unit.silentRuns / unit.runs;
      case 'incidents':
        return unit.openIncidents;
      case 'cost':
        return unit.costUsd;
    }
  };
  return units.toSorted((left, right) => {
    const [a, b] = [key(left), key(right)];
    if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
    return (a - b) * sign;
  });
}
