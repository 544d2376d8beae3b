import type { Contract, ToolFilter } from '../contract/schema';

/** What a contract could say so that the next such call is no breach; offered to a person, never done by itself. */
export interface ProposedFilter {
  tool: string;
  /** The entry of `tools` that speaks for it. */
  entry: string;
  filter: ToolFilter;
}

/** A call that touched data its tool's entry does not allow. */
export interface CategoryBreach {
  tool: string;
  /** Everything the call touched. */
  touched: readonly string[];
}

/**
 * A filter for the categories that a tool returned and its entry neither allows nor filters; null where the contract has no
 * entry of its own for the tool, forbids one of them outright, or says all there is to say.
 */
export function proposeFilter(contract: Contract, breach: CategoryBreach): ProposedFilter | null {
  const entry = Object.hasOwn(contract.tools, breach.tool) ? contract.tools[breach.tool] : undefined;
  if (entry === undefined) return null;
  const filters = entry.filter ?? [];
  const spokenOf = new Set([...entry.categories, ...filters.flatMap((filter) => filter.categories)]);
  const categories = [...new Set(breach.touched)].filter((category) => !spokenOf.has(category)).sort();
  const [first] = categories;
  if (first === undefined) return null;
  // What is never to be touched is not made bearable by a filter.
  const forbidden = contract.scope.forbidden.flatMap((act) => act.categories);
  if (categories.some((category) => forbidden.includes(category))) return null;
  return {
    tool: breach.tool,
    entry: breach.tool,
    filter: {
      id: freeId(
        first,
        filters.map((filter) => filter.id),
      ),
      categories,
      // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
      then: 'mask',
    },
  };
}

function freeId(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1)
    if (!taken.includes(`${wanted}-${number}`)) return `${wanted}-${number}`;
}
