import { z } from 'zod';

/** The most tools one source may have. */
export const MAX_TOOLS = 1000;

const text = (most: number) => z.string().transform((value) => value.slice(0, most));

/** What a source says of itself about a tool, as far as a classification is made from it. */
export const hintsSchema = z.object({
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
  openWorldHint: z.boolean().optional(),
  /** HTTP method and path of an OpenAPI operation. */
  method: z.string().max(10).optional(),
  path: text(500).optional(),
  /** What its JSON Schema said that could not be taken over. */
  notEnforced: z.array(text(200)).max(50).optional(),
});
export type Hints = z.output<typeof hintsSchema>;

/** One tool as its source lists it: what an import is made of, from the server's own request or a client's. */
export const sourceToolSchema = z.object({
  name: z.string().min(1).max(500),
  description: text(4000).nullish(),
  /** JSON Schema of the arguments. */
  arguments: z.unknown().optional(),
  hints: hintsSchema.default({}),
});
export type SourceTool = z.output<typeof sourceToolSchema>;

export const importToolsSchema = z.object({
  server: z
    .string()
    .trim()
    .min(1, 'Which server or API is it? Contracts name it.')
    .max(200, 'At most 200 characters.'),
  origin: z.enum(['mcp', 'openapi']),
  tools: z.array(sourceToolSchema).max(MAX_TOOLS, `At most ${MAX_TOOLS} tools at a time.`),
});
export type ImportTools = z.output<typeof importToolsSchema>;
