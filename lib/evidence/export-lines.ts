import { z } from 'zod';
import { canonicalJson } from './canonical';
import { sha256Hex } from './digest';
import { envelopeSchema } from './dsse';

/**
 * An export of a workspace's record: JSON Lines, each ending with one newline, of two forms.
 *
 *   records   {"<kind>":<canonical JSON>,"n":<number>,"sha256":"<digest of the canonical JSON>"}
 *   links     {"entry":<canonical entry>,"hash":"<hash of the link>","seq":<number>}
 *             {"digest":"<digest of an entry left out>","hash":"…","seq":<number>}
 *             {"gone":<number of an entry that was sealed and is not in the database>,"hash":"…","seq":<number>}
 *
 * `n` counts records from 1, `seq` links from 1. The head comes first, then keys and what the entries speak of, then the
 * links in their order, each checkpoint after the link it speaks of, and at the end the instance's signature over all of it.
 */
export const EXPORT_FORMAT = 'countersign-record/1';

/** The DSSE payload type of the end of an export. */
export const EXPORT_TYPE = 'application/vnd.countersign.export+json';

const hex = z.string().regex(/^[0-9a-f]{64}$/, 'expected SHA-256 in 64 lower-case hex digits');
const moment = z.iso.datetime();
const nullableText = z.string().nullable();

/** What each kind of record holds; loose where a reader needs it and the verifier does not. */
export const RECORD_SCHEMAS = {
  export: z.strictObject({
    format: z.literal(EXPORT_FORMAT),
    workspace: z.strictObject({ id: z.uuid(), name: z.string() }),
    at: moment,
    /** Id of the instance key that signs the end. */
    signedBy: hex,
    /** What entries were chosen by; null: all of them, and all records. */
    filter: z.record(z.string(), z.string()).nullable(),
    /** True: the bytes of attached files are in the export too. */
    files: z.boolean().optional(),
  }),
  /** An instance key. SPKI in base64. */
  key: z.strictObject({
    id: hex,
    publicKey: z.base64(),
    createdAt: moment,
    retiredAt: moment.nullable(),
  }),
  /** A passkey that signed. The COSE key in base64. */
  passkey: z.strictObject({
    credentialId: z.string(),
    publicKey: z.base64(),
    person: z.string(),
    rpId: z.string(),
    createdAt: moment,
    revokedAt: moment.nullable(),
  }),
  contract: z.looseObject({
    id: z.string(),
    /** Null: the workspace defaults. */
    agent: nullableText,
    number: z.int(),
    digest: hex,
    document: z.unknown(),
  }),
  /** An attached file. */
  file: z.strictObject({
    /** SHA-256 of its bytes. */
    digest: hex,
    bytes: z.base64(),
  }),
  evidence: z.looseObject({
    id: z.string(),
    agent: z.string(),
    kind: z.string(),
    /** Digest of the contract version it speaks of. */
    version: hex.nullable(),
    outcome: z.string(),
    summary: z.string(),
    detail: z.unknown(),
    producedAt: z.string(),
    digest: hex,
    /** Not null: the digest is of the file. */
    fileName: nullableText,
  }),
  review: z.looseObject({
    id: z.string(),
    agent: z.string(),
    gate: z.string(),
    /** What its signatures bind. */
    subjectDigest: hex,
    /** Digest of the contract version; null before there was one. */
    contract: hex.nullable(),
    state: z.string(),
  }),
  signature: z.looseObject({
    id: z.string(),
    review: z.string(),
    person: z.string(),
    role: z.string(),
    meaning: z.string(),
    note: nullableText,
    method: z.string(),
    signedAt: z.string(),
    statement: z.unknown(),
    statementDigest: hex,
    envelope: envelopeSchema,
  }),
  stageChange: z.looseObject({
    id: z.string(),
    agent: z.string(),
    from: z.string(),
    to: z.string(),
    kind: z.string(),
    gate: nullableText,
    review: nullableText,
    cause: nullableText,
    reason: nullableText,
    clause: nullableText,
  }),
  /** An entry that was written while the export began: it gets its link a moment later. */
  pending: z.looseObject({ id: z.int(), action: z.string() }),
  /** An entry that neither has a link nor waits for one, which cannot come about by the rules. */
  unsealed: z.looseObject({ id: z.int(), action: z.string() }),
  checkpoint: envelopeSchema,
  end: envelopeSchema,
} as const;
export type RecordKind = keyof typeof RECORD_SCHEMAS;
export type RecordOf<K extends RecordKind> = z.output<(typeof RECORD_SCHEMAS)[K]>;

/** What the instance signs at the end. */
export const endSchema = z.strictObject({
  _type: z.literal('https://countersign.dev/Export/v1'),
  workspace: z.uuid(),
  at: moment,
  /** Lines before this one. */
  lines: z.int(),
  /** SHA-256 of all lines before this one that are records, with their newlines, in their order. */
  records: hex,
  /** Where the chain stood. */
  seq: z.int(),
  hash: hex,
});
export type ExportEnd = z.output<typeof endSchema>;

export function endText(end: Omit<ExportEnd, '_type'>): string {
  return canonicalJson({ _type: 'https://countersign.dev/Export/v1', ...end });
}

/** A record as a line, its newline included. */
export function recordLine<K extends RecordKind>(kind: K, n: number, record: unknown): string {
  const text = canonicalJson(record);
  return `{"${kind}":${text},"n":${n},"sha256":"${sha256Hex(text)}"}\n`;
}
