import { z } from 'zod';
import type { FindingCode, Lane, Obligation, RunState } from '@/lib/decision/types';

/** Text that the database can hold and a log line can show. */
const printable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'no control characters');

export const runKeySchema = printable(256);
export const idempotencyKeySchema = printable(255);

/** The body of `POST /v1/runs/{key}/decisions`. Unknown fields are refused: a misspelt one would widen the answer. */
export const askSchema = z.strictObject({
  /** Who asks; needed for the first decision of a run unless the API key belongs to one agent. */
  agent: printable(200).optional(),
  tool: printable(200),
  /** The arguments of the call; left out means `{}`. */
  arguments: z.unknown().optional(),
  /** Data categories the call touches, besides those of the tool's entry and those detected in the arguments. */
  categories: z
    .array(
      z
        .string()
        .max(64)
        .regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and hyphens'),
    )
    .max(64)
    .optional(),
  idempotencyKey: idempotencyKeySchema.optional(),
});
export type Ask = z.output<typeof askSchema>;

/** Text that `printable` takes at every length here, told at a glance. */
const PLAIN = /^[\x20-\x7e]{1,200}$/;

/** The run key of a request's path when it plainly is one; else undefined, and `runKeySchema` tells. */
export function plainRunKey(key: string): string | undefined {
  return PLAIN.test(key) ? key : undefined;
}

/**
 * The body of a request when it plainly is one, as nearly all are: a tool and arguments, nothing else. Else undefined, and
 * `askSchema` tells.
 */
export function plainAsk(body: unknown): Ask | undefined {
  if (typeof body !== 'object' || body === null || !('tool' in body) || !('arguments' in body))
    return undefined;
  const { tool, arguments: given } = body;
  if (typeof tool !== 'string' || !PLAIN.test(tool)) return undefined;
  let members = 0;
  for (const _ in body) members += 1;
  return members === 2 ? { tool, arguments: given } : undefined;
}

export interface DecisionAnswer {
  id: string;
  lane: Lane;
  clauses: { clause: string; code: FindingCode; lane: Lane; detail: string; message: string }[];
  obligations: readonly Obligation[];
  /** Clauses that could not be decided; empty, because whoever asks sends the arguments. */
  undecided: readonly string[];
  contract: { version: number; digest: string };
  run: { id: string; key: string; status: RunState['status'] };
  /** ISO 8601. */
  decidedAt: string;
}
