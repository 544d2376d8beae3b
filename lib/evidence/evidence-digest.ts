import { canonicalJson } from './canonical';
import { sha256Hex } from './digest';

/** What the digest of a piece of evidence is of, unless it is a file: then it is of the file's bytes. */
export interface DigestedEvidence {
  kind: string;
  /** Digest of the contract version it speaks of, hex; null where it speaks of the agent. */
  version: string | null;
  /** passed, failed or given. */
  outcome: string;
  summary: string;
  detail: unknown;
  /** When it was found out. */
  time: Date;
}

/**
 * SHA-256, hex, of the canonical form of `{kind, version, outcome, summary, detail, time}`; `time` in UTC with
 * milliseconds (2026-11-21T15:00:00.000Z). Whoever holds the row can compute it again.
 *
 * Throws TypeError for a detail that is not JSON.
 */
export function evidenceDigest(evidence: DigestedEvidence): string {
  const { kind, version, outcome, summary, detail, time } = evidence;
  return sha256Hex(canonicalJson({ kind, version, outcome, summary, detail, time: time.toISOString() }));
}

/**
 * A JSON value as every database and reader can hold it: no NUL character, no half of a surrogate pair, in texts and in
 * names of members; undefined members are gone. Digests are of this, so that the stored value has the same one.
 */
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\uFFFD');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === undefined ? [] : [[name.toWellFormed().replaceAll('\0', '\uFFFD'), storable(member)]],
    ),
  );
}
