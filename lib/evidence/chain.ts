import { z } from 'zod';
import { canonicalJson } from './canonical';
import { sha256Hex } from './digest';

/**
 * The chain of a workspace's audit log.
 *
 *   digest(entry)  = SHA-256 of the entry's canonical form, as 64 lower-case hex digits
 *   hash(0)        = 64 zeros
 *   hash(n)        = SHA-256 of hash(n - 1) and digest(entry n), as text one after the other: 128 hex digits
 *
 * The canonical form is RFC 8785 (JCS) of an object with exactly the members of `ChainedEntry`, in UTF-8. The digest stands
 * between the two so that an export may leave an entry out, give its digest, and still close: nobody has to show what they
 * may not show. All hashes are over text, so that a shell, openssl and a dozen lines of Python can follow.
 */
export interface ChainedEntry {
  /** What happened, in the past tense after its noun: `incident.acknowledged`. */
  action: string;
  /** `person:<id>`, `key:<id>` or `system`. */
  actor: string;
  actorName: string;
  /** In UTC with all six digits that the database keeps: `2026-11-21T15:00:00.123456Z`. */
  at: string;
  detail: unknown;
  /** Rises with time, but has gaps, and is shared by the instance's workspaces; the place in the chain is another number. */
  id: number;
  subject: string;
  /** The workspace's id. */
  workspace: string;
}

/** The text that an entry's digest is of. Throws TypeError for a detail that is not JSON. */
export function entryText(entry: ChainedEntry): string {
  // Written out in JCS's order rather than sorted: every entry of every export passes here.
  return (
    `{"action":${canonicalJson(entry.action)},"actor":${canonicalJson(entry.actor)}` +
    `,"actorName":${canonicalJson(entry.actorName)},"at":${canonicalJson(entry.at)}` +
    `,"detail":${canonicalJson(entry.detail)},"id":${entry.id}` +
    `,"subject":${canonicalJson(entry.subject)},"workspace":${canonicalJson(entry.workspace)}}`
  );
}

/** SHA-256 of the entry's canonical form, hex. */
export function entryDigest(entry: ChainedEntry): string {
  return sha256Hex(entryText(entry));
}

/** The DSSE payload type of a checkpoint. */
export const CHECKPOINT_TYPE = 'application/vnd.countersign.checkpoint+json';
/** A checkpoint is signed when the chain has grown to a multiple of this. */
export const CHECKPOINT_EVERY = 1000;

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'Expected SHA-256 in 64 lower-case hex digits.');

/** The instance's word: this is where the workspace's chain stood. */
export const checkpointSchema = z.strictObject({
  _type: z.literal('https://countersign.dev/Checkpoint/v1'),
  workspace: z.uuid(),
  /** Number of links so far. */
  seq: z.int().positive(),
  hash: hex,
  at: z.iso.datetime(),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

/** The text of a checkpoint, which is signed. */
export function checkpointText(checkpoint: Omit<Checkpoint, '_type'>): string {
  return canonicalJson({ _type: 'https://countersign.dev/Checkpoint/v1', ...checkpoint });
}
