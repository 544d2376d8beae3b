import { canonicalJson } from './canonical';
import { digestOf, sha256Hex } from './digest';
import { type Envelope, PASSKEY_PREFIX, payloadOf } from './dsse';
import { evidenceDigest } from './evidence-digest';
import type { RecordOf } from './export-lines';
import type { ExportFault } from './scan-links';
import { type Statement, statementIn } from './statement';
import { coseKey, type PasskeyKey, passkeyFault } from './webauthn';

/** What the lines so far said, for those after them. */
export interface KnownRecords {
  /** The workspace's id. */
  workspace: string;
  /** By credential; `signed`: the entry that speaks of a signature by it while its enrolment had not been told. */
  passkeys: Map<string, PasskeyKey & { person: string; enrolled: boolean; signed: number | null }>;
  /** Digests of the files whose bytes are in the export; null: none are. */
  files: Set<string> | null;
  /** Digests. */
  contracts: Set<string>;
  /** By id, as the audit log speaks of them; `told` once it did. */
  evidence: Map<string, { line: number; digest: string; told: boolean }>;
  evidenceDigests: Set<string>;
  reviews: Map<string, RecordOf<'review'> & { line: number }>;
  signatures: Map<string, { line: number; digest: string; told: boolean; credentials: readonly string[] }>;
  stageChanges: Map<string, { line: number; facts: Record<string, unknown>; told: boolean }>;
}

export function checkPasskey(
  line: number,
  passkey: RecordOf<'passkey'>,
  known: KnownRecords,
): ExportFault | null {
  const publicKey = Buffer.from(passkey.publicKey, 'base64');
  try {
    coseKey(publicKey);
  } catch {
    return {
      line,
      code: 'signature',
      message: `The passkey ${passkey.credentialId} is no public key that is known.`,
    };
  }
  known.passkeys.set(passkey.credentialId, {
    publicKey,
    rpId: passkey.rpId,
    person: passkey.person,
    enrolled: false,
    signed: null,
  });
  return null;
}

/** A version is its document: the digest that everybody signs must be of what stands here. */
export function checkContract(
  line: number,
  contract: RecordOf<'contract'>,
  known: KnownRecords,
): ExportFault | null {
  if (digestOf(contract.document) !== contract.digest)
    return {
      line,
      code: 'contract',
      message: `Version ${contract.number} of ${contract.agent ?? 'the workspace defaults'} is not the document that its digest is of.`,
    };
  known.contracts.add(contract.digest);
  return null;
}

/**
 * Whether a passkey that signed is the one that the audit log says was added under its id, by the same person, and before it
 * signed: else `another`, or the entry that speaks of a signature by it earlier. Null when it is, or never signed.
 */
export function checkEnrolment(
  { credential, key, subject }: { credential: string; key: string; subject: string | undefined },
  known: KnownRecords,
): 'another' | number | null {
  const passkey = known.passkeys.get(credential);
  if (passkey === undefined) return null;
  if (sha256Hex(passkey.publicKey) !== key || subject !== `person:${passkey.person}`) return 'another';
  passkey.enrolled = true;
  return passkey.signed;
}

/** The log speaks of a signature: passkeys that signed it must have been enrolled by then, where the log holds their enrolment. */
export function noteSigned(
  signature: { credentials: readonly string[] },
  seq: number,
  known: KnownRecords,
): void {
  for (const credential of signature.credentials) {
    const passkey = known.passkeys.get(credential);
    if (passkey !== undefined && !passkey.enrolled) passkey.signed ??= seq;
  }
}

export function checkFile(line: number, file: RecordOf<'file'>, known: KnownRecords): ExportFault | null {
  if (sha256Hex(Buffer.from(file.bytes, 'base64')) !== file.digest)
    return {
      line,
      code: 'evidence',
      message: `The file ${file.digest.slice(0, 16)} is not what its digest is of.`,
    };
  known.files?.add(file.digest);
  return null;
}

/** Of a file there is the digest, and where the export has files its bytes; all else is digested here again. */
export function checkEvidence(
  line: number,
  evidence: RecordOf<'evidence'>,
  known: KnownRecords,
): ExportFault | null {
  const { kind, version, outcome, summary, detail, producedAt } = evidence;
  const time = new Date(producedAt);
  const wrong: ExportFault = {
    line,
    code: 'evidence',
    message: `The evidence "${kind}" of ${evidence.agent} (${producedAt}) is not what its digest is of.`,
  };
  if (evidence.fileName === null) {
    // A time that was changed by less than a millisecond would digest alike.
    if (Number.isNaN(time.getTime()) || time.toISOString() !== producedAt) return wrong;
    if (evidenceDigest({ kind, version, outcome, summary, detail, time }) !== evidence.digest) return wrong;
  }
  if (evidence.fileName !== null && known.files !== null && !known.files.has(evidence.digest))
    return {
      line,
      code: 'missing',
      message: `The file ${evidence.fileName} of ${evidence.agent} is missing: the export says that it holds all of them.`,
    };
  known.evidenceDigests.add(evidence.digest);
  known.evidence.set(evidence.id, { line, digest: evidence.digest, told: false });
  return null;
}

/**
 * A signature holds when the instance signed the envelope, the passkey did where there is one, the statement inside is the
 * one that is stored beside it, and it binds the version, the passage and the evidence that the record has.
 */
export function checkSignature(
  line: number,
  signature: RecordOf<'signature'>,
  known: KnownRecords,
  instanceFault: (envelope: Envelope) => { code: ExportFault['code']; message: string } | null,
): ExportFault | null {
  const read = statementIn(signature.envelope);
  const who = read.ok ? `${read.statement.signer.name} at ${read.statement.gate}` : signature.id;
  const fault = (message: string, code: ExportFault['code'] = 'signature'): ExportFault => ({
    line,
    code,
    message: `The signature of ${who} does not hold: ${message}.`,
  });
  if (!read.ok) return fault(read.fault);
  const { statement } = read;
  const ours = instanceFault(signature.envelope);
  if (ours !== null) return fault(ours.message, ours.code);
  const theirs = passkeyOf(signature, statement, known);
  if (theirs !== null) return fault(theirs);
  const differs = differenceOf(signature, statement);
  if (differs !== null) return fault(`its ${differs} is not what was signed`);
  const unbound = bindingFault(signature, statement, known);
  if (unbound !== null) return fault(unbound);
  const credentials = byPasskey(signature.envelope).map((each) => each.keyid.slice(PASSKEY_PREFIX.length));
  known.signatures.set(signature.id, { line, digest: signature.statementDigest, told: false, credentials });
  return null;
}

function byPasskey(envelope: Envelope): Envelope['signatures'] {
  return envelope.signatures.filter((each) => each.keyid.startsWith(PASSKEY_PREFIX));
}

function passkeyOf(
  signature: RecordOf<'signature'>,
  statement: Statement,
  known: KnownRecords,
): string | null {
  const { envelope } = signature;
  const signatures = byPasskey(envelope);
  if (statement.method === 'passkey' && signatures.length === 0)
    return 'the signature of the passkey is missing';
  for (const each of signatures) {
    const key = known.passkeys.get(each.keyid.slice(PASSKEY_PREFIX.length));
    if (key === undefined) return 'it is signed by a passkey that the record does not know';
    if (key.person !== statement.signer.id) return 'it is signed by the passkey of somebody else';
    const fault = passkeyFault(key, envelope.payloadType, payloadOf(envelope), each);
    if (fault !== null) return `the passkey's signature: ${fault}`;
  }
  return null;
}

/** Which column beside the envelope says something else than the statement inside. */
function differenceOf(signature: RecordOf<'signature'>, statement: Statement): string | null {
  const pairs: [string, unknown, unknown][] = [
    ['statement', canonicalJson(signature.statement), canonicalJson(statement)],
    ['digest', signature.statementDigest, digestOf(statement)],
    ['role', signature.role, statement.role],
    ['meaning', signature.meaning, statement.meaning],
    ['note', signature.note, statement.note ?? null],
    ['method', signature.method, statement.method],
    ['time', signature.signedAt, statement.signedAt],
    ['signer', signature.person, statement.signer.id],
    ['passage', signature.review, statement.review],
  ];
  return pairs.find(([, stored, signed]) => stored !== signed)?.[0] ?? null;
}

function bindingFault(
  signature: RecordOf<'signature'>,
  statement: Statement,
  known: KnownRecords,
): string | null {
  if (statement.workspace !== known.workspace) return 'it was given in another workspace';
  const review = known.reviews.get(signature.review);
  if (review === undefined) return 'the passage it was given for is not in the record';
  if (review.gate !== statement.gate) return `it was given at ${statement.gate}, not at ${review.gate}`;
  const { sha256 } = statement.subject.digest;
  if (sha256 !== review.subjectDigest) return 'it binds another version than the passage is about';
  if (review.contract !== null && (review.contract !== sha256 || !known.contracts.has(sha256)))
    return 'the contract it binds is not in the record';
  const lost = statement.evidence.find((each) => !known.evidenceDigests.has(each.digest));
  return lost === undefined ? null : `the evidence "${lost.kind}" it was given on is not in the record`;
}
