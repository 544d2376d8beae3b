import { z } from 'zod';
import { canonicalJson } from './canonical';
import { sha256Hex } from './digest';
import { type Envelope, payloadOf } from './dsse';

/** The DSSE payload type of a signature at a gate. */
export const SIGNATURE_TYPE = 'application/vnd.countersign.signature+json';
const STATEMENT_TYPE = 'https://countersign.dev/Signature/v1';

const text = (max: number) => z.string().min(1).max(max);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'Expected SHA-256 in 64 lower-case hex digits.');
const personSchema = z.strictObject({ id: z.uuid(), name: text(200), email: text(320) });

export const SIGNING_METHODS = ['passkey', 'password', 'oidc', 'demo'] as const;
export type SigningMethod = (typeof SIGNING_METHODS)[number];

/** What one person says at one gate, in one role, about one digest, with one meaning. */
export const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  /** The workspace's id. */
  workspace: z.uuid(),
  /** The name the agent goes by in its contract. */
  agent: text(200),
  /** G1 … G6. */
  gate: z.string().regex(/^G[1-6]$/, 'Expected a gate, G1 to G6.'),
  /** The passage of the gate; without it, an envelope from one passage would fit another on the same version. */
  review: z.uuid(),
  /** What is signed: a contract version (at G1 the proposal), by a name for people and by its digest. */
  subject: z.strictObject({ name: text(400), digest: z.strictObject({ sha256 }) }),
  role: text(40),
  /** "I approve … as GRC", in full. */
  meaning: text(2000),
  note: text(4000).optional(),
  /** What was there to look at, in the order of the gate's table. */
  evidence: z.array(z.strictObject({ kind: text(60), digest: sha256 })).max(200),
  signer: personSchema,
  /** Whom the signer stands in for, by a delegation. */
  onBehalfOf: personSchema.optional(),
  /** How the signer proved who they are, at that moment. */
  method: z.enum(SIGNING_METHODS),
  /** To the millisecond, UTC. */
  signedAt: z.iso.datetime(),
});
export type Statement = z.output<typeof statementSchema>;

/** A statement from its parts. Throws a ZodError when a part is not what it must be. */
export function statementOf(parts: Omit<Statement, '_type'>): Statement {
  return statementSchema.parse({ _type: STATEMENT_TYPE, ...parts });
}

/** RFC 8785: the text that is signed and that the digest is of. */
export function statementText(statement: Statement): string {
  return canonicalJson(statement);
}

/** SHA-256 of the canonical form, hex. */
export function statementDigest(statement: Statement): string {
  return sha256Hex(statementText(statement));
}

/**
 * The statement inside an envelope, or what is wrong with it in a sentence: another payload type, no JSON, not a
 * statement, or not in canonical form (the digest would be another's).
 */
export function statementIn(
  envelope: Pick<Envelope, 'payload' | 'payloadType'>,
): { ok: true; statement: Statement } | { ok: false; fault: string } {
  if (envelope.payloadType !== SIGNATURE_TYPE)
    return { ok: false, fault: `its payload type is "${envelope.payloadType}", not that of a signature` };
  const payload = payloadOf(envelope).toString('utf8');
  let read: unknown;
  try {
    read = JSON.parse(payload);
  } catch {
    return { ok: false, fault: 'its payload is not JSON' };
  }
  const parsed = statementSchema.safeParse(read);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      ok: false,
      fault: `its statement is not whole: ${issue?.path.join('/') || 'the whole'}: ${issue?.message ?? ''}`,
    };
  }
  if (statementText(parsed.data) !== payload)
    return { ok: false, fault: 'its payload is not in canonical form' };
  return { ok: true, statement: parsed.data };
}
