import { z } from 'zod';
import { runColumnsSchema } from '@/lib/services/runs/run-columns';
import { runFilterSchema, runPageSchema } from '@/lib/services/runs/run-filters';

/** The lists that views are saved of. */
export const VIEW_LISTS = ['runs'] as const;
export type ViewList = (typeof VIEW_LISTS)[number];

/** What may stand in a view of each list: what is shown and how, never a place in the paging. */
const PARTS = {
  runs: {
    ...runFilterSchema.shape,
    sort: runPageSchema.shape.sort,
    order: runPageSchema.shape.order,
    cols: runColumnsSchema,
  },
} satisfies Record<ViewList, Record<string, z.ZodType>>;

/** `?agent=…` in one spelling: known parts only, in a fixed order, what means nothing left out. '' is the list as it is. */
export function viewQuery(list: ViewList, query: string): string {
  const given = new URLSearchParams(query);
  const kept = new URLSearchParams();
  for (const [name, schema] of Object.entries(PARTS[list])) {
    const value = given.get(name);
    if (value !== null && value !== '' && schema.safeParse(value).success) kept.set(name, value);
  }
  const text = kept.toString();
  return text === '' ? '' : `?${text}`;
}

export const viewNameSchema = z
  .string()
  .trim()
  .min(1, 'Give the view a name.')
  .max(60, 'At most 60 characters.');
