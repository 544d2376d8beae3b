import { z } from 'zod';

/** What a run can be made of, as its spans tell. */
export const PARTS = ['code', 'models', 'prompts', 'tools', 'categories'] as const;
export type Part = (typeof PARTS)[number];

/**
 * What a run was made of: sorted sets. `code` are versions ("claims-agent@4.2.0"), `prompts` names with their version or
 * the beginning of a digest, `tools` those it called, `categories` the data its calls touched. Empty: no span said it.
 */
export interface Fingerprint extends Record<Part, string[]> {
  /** Parts that had more than is kept: nothing can be said of what is missing there. */
  cut: Part[];
}

/** Of each part the first so many in order are kept: which those are does not depend on the order spans came in. */
export const MOST_ITEMS = 32;
const MOST_CHARACTERS = 120;

export function emptyFingerprint(): Fingerprint {
  return { code: [], models: [], prompts: [], tools: [], categories: [], cut: [] };
}

/** Adds one item in place. Any order of additions, repeated or not, ends in the same fingerprint. */
export function addPart(fingerprint: Fingerprint, part: Part, item: string): void {
  const items = fingerprint[part];
  if (items.includes(item)) return;
  const kept = item.length > MOST_CHARACTERS ? item.slice(0, MOST_CHARACTERS) : item;
  let at = items.length;
  while (at > 0 && (items[at - 1] ?? '') >= kept) at -= 1;
  if (items[at] === kept) return;
  items.splice(at, 0, kept);
  if (items.length <= MOST_ITEMS) return;
  items.pop();
  if (!fingerprint.cut.includes(part)) {
    fingerprint.cut.push(part);
    fingerprint.cut.sort();
  }
}

const list = z.array(z.string()).default([]);
const fingerprintSchema = z.object({
  code: list,
  models: list,
  prompts: list,
  tools: list,
  categories: list,
  cut: z.array(z.enum(PARTS)).default([]),
});

/** Reads `run.fingerprint`; `{}` (a run without spans, or of before there were fingerprints) is an empty one. */
export function parseFingerprint(json: unknown): Fingerprint {
  return fingerprintSchema.parse(json);
}
