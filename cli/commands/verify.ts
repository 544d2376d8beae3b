import { createPublicKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type ExportFault, LinkScanner, SCAN_START } from '@/lib/evidence/scan-links';
import type { VerifiedExport } from '@/lib/evidence/verify-export';
import { formatCount, plural } from '@/lib/format';
import { EXIT, Failure, type Outcome } from '../outcome';
import { piecesOf } from '../read-pieces';
import { verifyInParts } from '../verify-parts';

export type Verification = { fault: ExportFault } | { verified: VerifiedExport };

/** Verifies an exported record, or a run's receipt, with nothing but the file, and the public keys one has from elsewhere. */
export async function verifyFile(path: string, keyFiles: readonly string[]): Promise<Outcome> {
  const trusted = new Set((await Promise.all(keyFiles.map(readKeys))).flat());
  let result: Verification;
  try {
    if (path !== '-' && isReceipt(path))
      return await (await import('./verify-receipt')).verifyReceiptFile(path, trusted);
    result = await verification(path, trusted);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const why =
      code === 'ENOENT' ? 'there is no such file' : error instanceof Error ? error.message : String(error);
    throw new Failure(EXIT.usage, `${path} cannot be read: ${why}.`);
  }
  if ('fault' in result) {
    const { fault } = result;
    return {
      exit: EXIT.found,
      lines: [`${path}:${fault.line}  ${fault.message} [${fault.code}]`, 'The record does NOT verify.'],
      json: { verified: false, file: path, fault },
    };
  }
  return {
    exit: EXIT.ok,
    lines: told(path, result.verified),
    json: { verified: true, file: path, ...result.verified },
  };
}

/** Whether a file begins as a receipt does: an envelope alone. Throws when it cannot be read. */
function isReceipt(path: string): boolean {
  for (const piece of piecesOf(path, 0, 200))
    return /^\s*\{\s*"(payload|payloadType|signatures)"\s*:/.test(piece.toString('latin1'));
  return false;
}

/** Whether an export holds, and if not, what is wrong first. `-` is what is piped in. */
export async function verification(path: string, trusted: ReadonlySet<string>): Promise<Verification> {
  const verified = path === '-' ? null : await verifyInParts(path, (await stat(path)).size, trusted);
  if (verified !== null) return { verified };
  const { RecordVerifier } = await import('@/lib/evidence/verify-export');
  const records = new RecordVerifier(trusted);
  const scanner = new LinkScanner(SCAN_START, records);
  for await (const piece of path === '-' ? process.stdin : piecesOf(path)) {
    if (Buffer.isBuffer(piece)) scanner.push(piece);
    if (scanner.ended) break;
  }
  return scanner.fault === null
    ? records.finish(scanner.place, scanner.unfinished)
    : { fault: scanner.fault };
}

function told(path: string, verified: VerifiedExport): string[] {
  const { counts, filter } = verified;
  const count = (kind: keyof typeof counts) => counts[kind] ?? 0;
  return [
    `${path}: ${verified.workspace.name}, exported ${verified.at}`,
    `  chain        ${plural(verified.entries, 'entry', 'entries')}, head ${verified.hash}`,
    `  checkpoints  ${formatCount(count('checkpoint'))} signed and in their places`,
    ...(filter === null
      ? [
          `  signatures   ${formatCount(count('signature'))} at ${plural(count('review'), 'gate review')}, on ${plural(count('contract'), 'contract version')}`,
          `  evidence     ${plural(count('evidence'), 'piece')}${filesOf(verified)}`,
          ...(count('passkey') === 0 ? [] : [`  passkeys     ${passkeysOf(verified)}`]),
          `  stages       ${plural(count('stageChange'), 'change')}`,
        ]
      : [
          `  filtered by  ${Object.entries(filter)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ')}`,
          '  left out     the entries that do not fit (their digests close the chain), and all contracts, evidence, reviews and signatures',
        ]),
    `  signed by    ${verified.signedBy}${verified.trusted ? ', the key given' : ''}`,
    verified.trusted
      ? 'The record verifies.'
      : 'The record verifies in itself. That the key is the instance’s is only its own word: compare it with the one in Settings, Audit log, or give it with --key.',
  ];
}

function filesOf({ counts, files }: VerifiedExport): string {
  if (counts.file !== undefined) return `; ${plural(counts.file, 'file')} contained`;
  return files === 0 ? '' : `; ${plural(files, 'file')} named by digest, not contained`;
}

function passkeysOf({ counts, unenrolled }: VerifiedExport): string {
  const all = plural(counts.passkey ?? 0, 'passkey');
  return unenrolled === 0
    ? `${all}, as enrolled`
    : `${all}, ${formatCount(unenrolled)} of which this log does not say when it was enrolled`;
}

/** Ids of the public keys in a PEM file. */
async function readKeys(path: string): Promise<string[]> {
  const wrong = (why: string) => new Failure(EXIT.usage, `${path} cannot be used as a key: ${why}.`);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw wrong(error instanceof Error ? error.message : String(error));
  });
  const blocks = text.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw wrong('there is no public key (-----BEGIN PUBLIC KEY-----) in it');
  const { instanceKeyId } = await import('@/lib/evidence/dsse');
  return blocks.map((block) => {
    try {
      return instanceKeyId(createPublicKey(block).export({ format: 'der', type: 'spki' }));
    } catch {
      throw wrong('a public key in it cannot be read');
    }
  });
}
