import { z } from 'zod';

/** The columns the list of runs can show beside the run itself, in the order they stand in. */
export const RUN_COLUMN_NAMES = [
  'agent',
  'unit',
  'status',
  'band',
  'answer',
  'breaches',
  'incident',
  'risk',
  'score',
  'risk-score',
  'quality-score',
  'cost-score',
  'cost',
  'tokens',
  'model-calls',
  'tool-calls',
  'spans',
  'errors',
  'duration',
  'contract',
  'started',
] as const;
export type RunColumn = (typeof RUN_COLUMN_NAMES)[number];

/** What the list shows to who has not chosen. */
export const USUAL_RUN_COLUMNS: readonly RunColumn[] = [
  'agent',
  'status',
  'band',
  'answer',
  'breaches',
  'risk',
  'cost',
  'tokens',
  'duration',
  'started',
];

/** `agent,band` in a URL; names that mean nothing any more are left out. Empty: nobody has chosen. */
export const runColumnsSchema = z
  .string()
  .max(400)
  .default('')
  .transform((text) => {
    const wanted = new Set(text.split(','));
    return RUN_COLUMN_NAMES.filter((name) => wanted.has(name));
  });
