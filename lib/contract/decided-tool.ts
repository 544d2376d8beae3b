import { z } from 'zod';
import { SURENESS, type ToolSuggestion } from './classify-tool';
import { actionClassSchema, argumentSchemaSchema, type ContractInput } from './schema';

const sure = z.enum(SURENESS);
const suggested = <T extends z.ZodType>(value: T) => z.object({ value, why: z.string(), sure });

/** A suggestion as it is stored. */
export const suggestionSchema: z.ZodType<ToolSuggestion> = z.object({
  action: suggested(actionClassSchema),
  egress: suggested(z.boolean()),
  reversible: suggested(z.union([z.boolean(), z.object({ by: z.string() })])),
  categories: z.array(z.object({ category: z.string(), why: z.string() })),
  idempotencyKey: suggested(z.string()).nullable(),
  arguments: argumentSchemaSchema.nullable(),
  notEnforced: z.array(z.string()),
  doubts: z.array(z.string()),
});

/** A tool entry of a contract, as a person writes it. */
export type ToolEntry = ContractInput['tools'][string];

/** The part of an entry that people decide; the rest follows from the source. */
export interface ToolChoice {
  action: ToolEntry['action'];
  egress: boolean;
  categories: string[];
  reversible: boolean | { by: string };
}

/** What a suggestion would have one choose. */
export function choiceOf(suggestion: ToolSuggestion): ToolChoice {
  return {
    action: suggestion.action.value,
    egress: suggestion.egress.value,
    categories: suggestion.categories.map((each) => each.category),
    reversible: suggestion.reversible.value,
  };
}

/** The entry a contract would get of a tool that was classified so. */
export function entryOf(
  choice: ToolChoice,
  source: { server: string; description: string | null; suggestion: ToolSuggestion },
): ToolEntry {
  const { suggestion } = source;
  const description = source.description?.trim().slice(0, 2000) ?? '';
  return {
    server: source.server,
    ...(description === '' ? {} : { description }),
    action: choice.action,
    ...(choice.egress ? { egress: true } : {}),
    categories: choice.categories,
    ...(suggestion.arguments === null ? {} : { arguments: suggestion.arguments }),
    ...(suggestion.idempotencyKey === null || choice.action === 'read'
      ? {}
      : { idempotencyKey: suggestion.idempotencyKey.value }),
    ...(choice.action === 'read' || choice.reversible === false ? {} : { reversible: choice.reversible }),
  };
}
