import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { CHECKPOINT_TYPE, type ChainedEntry, checkpointText, entryDigest, entryText } from '../chain';
import { digestOf, sha256Hex } from '../digest';
import { envelopeOf, instanceKeyId, passkeyChallenge, signEnvelope } from '../dsse';
import { evidenceDigest } from '../evidence-digest';
import { EXPORT_FORMAT, EXPORT_TYPE, endText, type RecordKind, recordLine } from '../export-lines';
import { CHAIN_START, entryLine, leftOutLine, linkHash } from '../links';
import { type ExportFault, LinkScanner, SCAN_START } from '../scan-links';
import { SIGNATURE_TYPE, statementDigest, statementOf, statementText } from '../statement';
import { RecordVerifier, type VerifiedExport } from '../verify-export';

const id = (number: number) => `01a1fd00-0000-7000-8000-${String(number).padStart(12, '0')}`;
const WORKSPACE = id(1);
const AT = '2026-11-21T15:00:00.000Z';

export interface TestKey {
  id: string;
  spki: string;
  pem: string;
  privateKey: KeyObject;
}

export function aKey(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    id: instanceKeyId(spki),
    spki: spki.toString('base64'),
    pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    privateKey,
  };
}

/** What a passkey answers, and its COSE key, as an authenticator of the kind makes them. */
export function passkeyOf(kind: 'ES256' | 'EdDSA' | 'RS256', rpId = 'localhost') {
  const { publicKey, privateKey } =
    kind === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : kind === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' });
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  const head = (major: number, value: number) =>
    value < 24
      ? Buffer.from([(major << 5) | value])
      : value < 256
        ? Buffer.from([(major << 5) | 24, value])
        : Buffer.from([(major << 5) | 25, value >> 8, value & 255]);
  const int = (value: number) => (value < 0 ? head(1, -1 - value) : head(0, value));
  const binary = (value: Buffer) => Buffer.concat([head(2, value.length), value]);
  const pairs: [number, Buffer][] =
    kind === 'ES256'
      ? [
          [1, int(2)],
          [3, int(-7)],
          [-1, int(1)],
          [-2, binary(bytes(jwk.x))],
          [-3, binary(bytes(jwk.y))],
        ]
      : kind === 'EdDSA'
        ? [
            [1, int(1)],
            [3, int(-8)],
            [-1, int(6)],
            [-2, binary(bytes(jwk.x))],
          ]
        : [
            [1, int(3)],
            [3, int(-257)],
            [-1, binary(bytes(jwk.n))],
            [-2, binary(bytes(jwk.e))],
          ];
  const publicCose = Buffer.concat([
    head(5, pairs.length),
    ...pairs.flatMap(([label, value]) => [int(label), value]),
  ]);
  const assert = (
    payloadType: string,
    payload: string,
    over: { origin?: string; type?: string; flags?: number; rpId?: string } = {},
  ) => {
    const clientData = Buffer.from(
      JSON.stringify({
        type: over.type ?? 'webauthn.get',
        challenge: passkeyChallenge(payloadType, payload),
        origin: over.origin ?? `https://${rpId}`,
        crossOrigin: false,
      }),
    );
    const authenticatorData = Buffer.concat([
      createHash('sha256')
        .update(over.rpId ?? rpId)
        .digest(),
      Buffer.from([over.flags ?? 0x05, 0, 0, 0, 1]),
    ]);
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
    return {
      keyid: `passkey:${kind}`,
      sig: sign(kind === 'EdDSA' ? null : 'sha256', signed, privateKey).toString('base64'),
      webauthn: {
        authenticatorData: authenticatorData.toString('base64url'),
        clientDataJSON: clientData.toString('base64url'),
      },
    };
  };
  return { publicCose, rpId, assert };
}

/** Takes the place of what `anExport` would write. */
export interface ExportOptions {
  entries?: number;
  /** A checkpoint after each so many entries; 10 when left out. */
  checkpointEvery?: number;
  key?: TestKey;
  /** Entries of which only the digest is given; the export says that it is filtered. */
  leaveOut?: (seq: number) => boolean;
  /** Changes a record before it is written, as a hand-edited row would be. */
  edit?: (kind: RecordKind, record: Record<string, unknown>) => unknown;
  /** Changes what the log tells of the records, before it is sealed. */
  tell?: (told: Partial<ChainedEntry>[]) => Partial<ChainedEntry>[];
  /** Changes an entry before it is sealed. */
  entry?: (entry: ChainedEntry) => ChainedEntry;
  /** Changes an entry after it was sealed. */
  editEntry?: (entry: ChainedEntry, seq: number) => ChainedEntry;
}

/** A whole export, made in memory as lib/services/audit/export-record.ts makes it from the database. */
export function anExport(options: ExportOptions = {}): { text: string; key: TestKey } {
  const key = options.key ?? aKey();
  const signer = { id: key.id, sign: (bytes: Uint8Array) => sign(null, bytes, key.privateKey) };
  const enveloped = (type: string, payload: string) =>
    envelopeOf(type, payload, [signEnvelope(type, payload, signer)]);
  const lines: string[] = [];
  const records = createHash('sha256');
  let n = 0;
  const write = (kind: RecordKind, record: Record<string, unknown>) => {
    n += 1;
    const line = recordLine(kind, n, options.edit?.(kind, record) ?? record);
    records.update(line);
    lines.push(line);
  };
  const filter = options.leaveOut === undefined ? null : { action: 'run' };
  write('export', {
    format: EXPORT_FORMAT,
    workspace: { id: WORKSPACE, name: 'Acme' },
    at: AT,
    signedBy: key.id,
    filter,
  });
  write('key', { id: key.id, publicKey: key.spki, createdAt: AT, retiredAt: null });
  const written = filter === null ? writeRecords(write, enveloped) : [];
  const told = options.tell?.(written) ?? written;

  let before = CHAIN_START;
  const count = Math.max(options.entries ?? 25, told.length);
  for (let seq = 1; seq <= count; seq += 1) {
    const plain: ChainedEntry = {
      action: 'run.paused',
      actor: 'system',
      actorName: 'Countersign',
      at: `2026-11-21T15:00:00.${String(seq).padStart(6, '0')}Z`,
      detail: { reason: `cost overrun ${seq} – “é”`, clause: 'cost/perRun' },
      id: 100 + seq,
      subject: `run:${id(seq)}`,
      workspace: WORKSPACE,
      ...told[seq - 1],
    };
    const entry = options.entry?.(plain) ?? plain;
    const hash = linkHash(before, entryDigest(entry));
    before = hash;
    const shown = options.editEntry?.(entry, seq) ?? entry;
    lines.push(
      options.leaveOut?.(seq) === true
        ? leftOutLine(entryDigest(shown), { hash, seq })
        : entryLine(entryText(shown), { hash, seq }),
    );
    if (seq % (options.checkpointEvery ?? 10) === 0 || seq === count)
      write(
        'checkpoint',
        enveloped(CHECKPOINT_TYPE, checkpointText({ workspace: WORKSPACE, seq, hash, at: AT })),
      );
  }
  const end = endText({
    workspace: WORKSPACE,
    at: AT,
    lines: lines.length,
    records: records.digest('hex'),
    seq: count,
    hash: before,
  });
  lines.push(recordLine('end', n + 1, enveloped(EXPORT_TYPE, end)));
  return { text: lines.join(''), key };
}

/** One contract, its evidence, a passage of G4 that one signature passed; and what the audit log says of them. */
function writeRecords(
  write: (kind: RecordKind, record: Record<string, unknown>) => void,
  enveloped: (type: string, payload: string) => ReturnType<typeof envelopeOf>,
): Partial<ChainedEntry>[] {
  const passkey = passkeyOf('ES256');
  const person = { id: id(7), name: 'Priya Nair', email: 'priya@example.com' };
  write('passkey', {
    credentialId: 'ES256',
    publicKey: passkey.publicCose.toString('base64'),
    person: person.id,
    rpId: passkey.rpId,
    createdAt: AT,
    revokedAt: null,
  });
  const document = { identity: { agent: 'ledger-clerk' }, limits: [1, 2.5, null] };
  const digest = digestOf(document);
  write('contract', {
    id: id(2),
    agent: 'ledger-clerk',
    number: 3,
    digest,
    document,
    createdAt: AT,
    createdBy: 'Vera',
  });
  const facts = {
    kind: 'backtest',
    version: digest,
    outcome: 'given',
    summary: '3 of 200 runs differ.',
    detail: { runs: 200 },
  };
  const evidence = evidenceDigest({ ...facts, time: new Date(AT) });
  write('evidence', {
    ...facts,
    id: id(3),
    agent: 'ledger-clerk',
    digest: evidence,
    producedAt: AT,
    fileName: null,
  });
  write('review', {
    id: id(4),
    agent: 'ledger-clerk',
    gate: 'G4',
    subjectDigest: digest,
    contract: digest,
    state: 'passed',
  });
  const statement = statementOf({
    workspace: WORKSPACE,
    agent: 'ledger-clerk',
    gate: 'G4',
    review: id(4),
    subject: { name: 'ledger-clerk v3', digest: { sha256: digest } },
    role: 'grc',
    meaning: 'I approve ledger-clerk v3 for rollout, as GRC.',
    evidence: [{ kind: 'backtest', digest: evidence }],
    signer: person,
    method: 'passkey',
    signedAt: AT,
  });
  const payload = statementText(statement);
  const envelope = enveloped(SIGNATURE_TYPE, payload);
  envelope.signatures.push(passkey.assert(SIGNATURE_TYPE, payload));
  write('signature', {
    id: id(5),
    review: id(4),
    person: person.id,
    role: 'grc',
    meaning: statement.meaning,
    note: null,
    method: 'passkey',
    signedAt: AT,
    statement,
    statementDigest: statementDigest(statement),
    envelope,
  });
  const change = {
    from: 'review',
    to: 'rollout',
    kind: 'gate',
    gate: 'G4',
    cause: null,
    reason: null,
    clause: null,
  };
  write('stageChange', { ...change, id: id(6), agent: 'ledger-clerk', review: id(4), at: AT });
  return [
    {
      action: 'passkey.added',
      subject: `person:${person.id}`,
      detail: { credential: 'ES256', key: sha256Hex(passkey.publicCose) },
    },
    { action: 'contract.imported', detail: { digest, number: 3 } },
    { action: 'evidence.recorded', detail: { evidence: id(3), digest: evidence } },
    {
      action: 'gate.signed',
      detail: { signature: id(5), statement: statementDigest(statement), review: id(4) },
    },
    { action: 'gate.passed', detail: { review: id(4) } },
    { action: 'agent.stage-changed', detail: { ...change, change: id(6) } },
  ];
}

/** What the verifier says of a text, read in pieces of this many bytes. */
export function verifyText(
  text: string | Buffer,
  options: { trusted?: readonly string[]; piece?: number } = {},
): { fault: ExportFault } | { verified: VerifiedExport } {
  const records = new RecordVerifier(new Set(options.trusted ?? []));
  const scanner = new LinkScanner(SCAN_START, records);
  const bytes = Buffer.from(text);
  const piece = options.piece ?? 4096;
  for (let from = 0; from < bytes.length && !scanner.ended; from += piece)
    scanner.push(bytes.subarray(from, from + piece));
  return scanner.fault === null
    ? records.finish(scanner.place, scanner.unfinished)
    : { fault: scanner.fault };
}
