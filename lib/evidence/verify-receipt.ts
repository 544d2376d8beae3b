import type { KeyObject } from 'node:crypto';
import { sha256Hex } from './digest';
import { type Envelope, envelopeSchema, instanceKeyId, instancePublicKey, payloadOf } from './dsse';
import { instanceSignatureFault, short } from './instance-signature';
import { RECEIPT_TYPE, type Receipt, receiptSchema, receiptText } from './receipt';
import { statementDigest, statementIn } from './statement';

export interface ReceiptFault {
  code: 'not-a-receipt' | 'changed' | 'foreign-key' | 'signature' | 'contradiction';
  message: string;
}

export interface VerifiedReceipt {
  receipt: Receipt;
  /** SHA-256 of what is signed, hex: the audit log names it. */
  digest: string;
  /** The instance key that signed it. */
  signedBy: string;
  /** Whether that key was given by the one who asks; else it is only the receipt's own word. */
  trusted: boolean;
}

/**
 * Verifies a receipt with nothing but its text: the instance's signature over it, and each signature at a gate in it.
 *
 * @param trusted ids of instance keys that whoever asks has from elsewhere; empty: the receipt's own word is taken
 */
export function verifyReceipt(
  file: string,
  trusted: ReadonlySet<string>,
): { fault: ReceiptFault } | { verified: VerifiedReceipt } {
  const fault = (code: ReceiptFault['code'], message: string) => ({ fault: { code, message } });
  const envelope = read(file);
  if (envelope === null || envelope.payloadType !== RECEIPT_TYPE)
    return fault('not-a-receipt', 'This is not a receipt of a Countersign run, or it was changed.');
  const payload = payloadOf(envelope);
  if (payload.toString('base64') !== envelope.payload)
    return fault('changed', 'What is signed is spelled in another way than it was: the file was changed.');
  const [signature, more] = envelope.signatures;
  if (signature === undefined || more !== undefined || signature.webauthn !== undefined)
    return fault('changed', 'A receipt has one signature, the instance’s: the file was changed.');
  const receipt = readReceipt(payload.toString('utf8'));
  if (typeof receipt === 'string') return fault('changed', receipt);
  const keys = new Map<string, KeyObject>();
  for (const { id, publicKey } of receipt.keys) {
    const key = keyOf(id, publicKey);
    if (key === null)
      return fault('changed', `Key ${short(id)} is not the one that its id is the digest of.`);
    keys.set(id, key);
  }
  const signedBy = signature.keyid;
  if (trusted.size > 0 && !trusted.has(signedBy))
    return fault(
      'foreign-key',
      `The receipt is signed by key ${short(signedBy)}, not by the one given (${[...trusted].map(short).join(', ')}).`,
    );
  const problem = instanceSignatureFault(envelope, keys, 'none of its keys');
  if (problem !== null) return fault(problem.code, `The receipt does not hold: ${problem.message}.`);
  const wrong = wrongSignature(receipt, keys);
  if (wrong !== null) return fault('contradiction', wrong);
  for (const [what, list] of [
    ['calls', receipt.calls],
    ['decisions', receipt.decisions],
    ['breaches', receipt.breaches],
    ['signals', receipt.signals],
    ['entries', receipt.record],
  ] as const)
    if (list.given.length > list.total)
      return fault('contradiction', `The receipt gives more ${what} than it says there were.`);
  return {
    verified: { receipt, digest: sha256Hex(payload), signedBy, trusted: trusted.has(signedBy) },
  };
}

function read(file: string): Envelope | null {
  try {
    return envelopeSchema.parse(JSON.parse(file));
  } catch {
    return null;
  }
}

/** The receipt, or what is wrong with it in a sentence. */
function readReceipt(payload: string): Receipt | string {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return 'What is signed is not JSON.';
  }
  const parsed = receiptSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `The receipt is not whole: ${issue?.path.join('/') || 'the whole'}: ${issue?.message ?? ''}`;
  }
  return receiptText(parsed.data) === payload ? parsed.data : 'What is signed is not in canonical form.';
}

/** Each signature at a gate is of this version, says what stands beside it, and was countersigned by the instance. */
function wrongSignature(receipt: Receipt, keys: ReadonlyMap<string, KeyObject>): string | null {
  for (const { envelope, ...told } of receipt.signatures) {
    const whose = `The signature of ${told.person} at ${told.gate}`;
    const inside = statementIn(envelope);
    if (!inside.ok) return `${whose} does not hold: ${inside.fault}.`;
    const { statement } = inside;
    if (statementDigest(statement) !== told.statement) return `${whose} is over another statement.`;
    if (statement.subject.digest.sha256 !== receipt.contract?.digest)
      return `${whose} is on another contract version.`;
    if (
      statement.workspace !== receipt.workspace.id ||
      statement.gate !== told.gate ||
      statement.role !== told.role ||
      statement.signer.name !== told.person ||
      (statement.onBehalfOf?.name ?? null) !== told.onBehalfOf ||
      statement.meaning !== told.meaning ||
      statement.signedAt !== told.signedAt
    )
      return `${whose} says something else than stands beside it.`;
    const problem = instanceSignatureFault(envelope, keys, 'none of its keys');
    if (problem !== null) return `${whose} does not hold: ${problem.message}.`;
  }
  return null;
}

function keyOf(id: string, publicKey: string): KeyObject | null {
  try {
    return instanceKeyId(Buffer.from(publicKey, 'base64')) === id ? instancePublicKey(publicKey) : null;
  } catch {
    return null;
  }
}
