import { z } from 'zod';
import { canonicalJson } from './canonical';
import { digestOf } from './digest';
import { envelopeSchema } from './dsse';

/** The DSSE payload type of a run's receipt. */
export const RECEIPT_TYPE = 'application/vnd.countersign.receipt+json';
const TYPE = 'https://countersign.dev/Receipt/v1';

const text = z.string();
const nullableText = z.string().nullable();
const moment = z.iso.datetime();
const count = z.int().nonnegative();
const hex = z.string().regex(/^[0-9a-f]{64}$/, 'Expected SHA-256 in 64 lower-case hex digits.');
const lane = z.enum(['allow', 'degrade', 'escalate', 'block']);
const band = z.enum(['low', 'medium', 'high', 'critical']);

/** A list that may be longer than what is given of it. */
const some = <T extends z.ZodType>(each: T) => z.strictObject({ total: count, given: z.array(each) });

/**
 * The record of one run as the instance signs it: what it did, under which version, who approved what, what it scored and cost,
 * which answers it got, what it broke, how it was measured. Times are UTC, money US dollars, durations milliseconds.
 */
export const receiptSchema = z.strictObject({
  _type: z.literal(TYPE),
  /** Of the receipt. */
  id: z.uuid(),
  madeAt: moment,
  /** Null: the product itself. */
  madeBy: z.strictObject({ id: z.uuid(), name: text }).nullable(),
  workspace: z.strictObject({ id: z.uuid(), name: text }),
  run: z.strictObject({
    id: z.uuid(),
    key: text,
    conversation: nullableText,
    status: z.enum(['finished', 'stopped']),
    startedAt: moment,
    endedAt: moment,
    /** From start to end, less what it waited for people. */
    durationMs: z.number(),
  }),
  agent: z.strictObject({ id: z.uuid(), name: text }),
  /** The version it was held to; null when there was none. */
  contract: z
    .strictObject({
      digest: hex,
      number: count,
      /** What people call it. */
      name: nullableText,
      /** False: the workspace defaults. */
      ofAgent: z.boolean(),
    })
    .nullable(),
  /** By whom that version was signed when the receipt was made, each as an envelope of its own. */
  signatures: z.array(
    z.strictObject({
      gate: text,
      role: text,
      person: text,
      onBehalfOf: nullableText,
      meaning: text,
      signedAt: moment,
      statement: hex,
      envelope: envelopeSchema,
    }),
  ),
  score: z.strictObject({
    /** 0-100; null when nothing could be scored. */
    composite: z.number().nullable(),
    risk: z.number().nullable(),
    quality: z.number().nullable(),
    cost: z.number().nullable(),
    /** Share of its weight that was measured, 0-1. */
    coverage: z.number(),
  }),
  risk: z.strictObject({ sum: z.number(), band }),
  usage: z.strictObject({
    costUsd: z.number(),
    /** Model calls that have no price: they are not in the cost. */
    unpricedCalls: count,
    reportedCostUsd: z.number().nullable(),
    inputTokens: count,
    outputTokens: count,
    spans: count,
    modelCalls: count,
    toolCalls: count,
    errors: count,
  }),
  models: z.array(
    z.strictObject({
      model: text,
      calls: count,
      inputTokens: count,
      outputTokens: count,
      /** Null: none of its calls has a price. */
      costUsd: z.number().nullable(),
    }),
  ),
  /** Its tool calls, oldest first; of arguments only the digest. */
  calls: some(
    z.strictObject({
      at: moment,
      tool: text,
      trace: text,
      span: text,
      failed: z.boolean(),
      /** SHA-256 of their canonical form; null: not recorded. */
      arguments: hex.nullable(),
      categories: z.array(text),
      /** What the version says of it. */
      lane: lane.nullable(),
      clauses: z.array(text),
    }),
  ),
  /** What it asked before it acted, and the answers, in their order. */
  decisions: some(
    z.strictObject({
      seq: count,
      at: moment,
      tool: text,
      lane,
      clauses: z.array(text),
      arguments: hex.nullable(),
      /** Digest of the version that decided. */
      contract: hex.nullable(),
    }),
  ),
  breaches: some(
    z.strictObject({
      clause: text,
      code: text,
      severity: band,
      message: text,
      at: moment,
      span: nullableText,
    }),
  ),
  incidents: z.array(
    z.strictObject({ number: count, title: text, severity: band, state: text, openedAt: moment }),
  ),
  /** What was to be undone of it, who decided so, and how that ended. */
  compensations: z.array(
    z.strictObject({
      tool: text,
      call: text,
      by: text,
      state: text,
      decidedBy: nullableText,
      endedBy: nullableText,
      endedAt: moment.nullable(),
    }),
  ),
  /** What was measured of it. */
  signals: some(
    z.strictObject({
      family: text,
      metric: text,
      value: z.number(),
      unit: nullableText,
      samples: count,
      at: moment,
      source: text,
    }),
  ),
  /** What people, keys and the product did about it and its incidents, as the audit log has it. */
  record: some(
    z.strictObject({
      /** Number of the entry. */
      entry: count,
      at: text,
      who: text,
      action: text,
      subject: text,
      /** SHA-256 of the entry's canonical form: an export of the log has it under this digest. */
      digest: hex,
    }),
  ),
  /** The instance's public keys that signed this and the signatures in it: SPKI in base64, by their SHA-256. */
  keys: z.array(z.strictObject({ id: hex, publicKey: z.base64() })).min(1),
});
export type Receipt = z.output<typeof receiptSchema>;

/** A receipt from its parts. Throws a ZodError when a part is not what it must be. */
export function receiptOf(parts: Omit<Receipt, '_type'>): Receipt {
  return receiptSchema.parse({ _type: TYPE, ...parts });
}

/** RFC 8785: the text that is signed. */
export function receiptText(receipt: Receipt): string {
  return canonicalJson(receipt);
}

/** SHA-256, hex, of what a receipt says of the run, whenever and by whomever it was made. */
export function contentDigest({
  id: _id,
  madeAt: _at,
  madeBy: _by,
  keys: _keys,
  ...content
}: Receipt): string {
  return digestOf(content);
}
