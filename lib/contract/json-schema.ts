import { z } from 'zod';
import { contractSchema } from './schema';

/** The contract as JSON Schema (draft 2020-12), with the descriptions editors complete from. */
export function contractJsonSchema(): unknown {
  return {
    title: 'Agent contract',
    ...z.toJSONSchema(contractSchema, { io: 'input' }),
  };
}
