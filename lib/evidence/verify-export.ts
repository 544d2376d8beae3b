import { createHash, type Hash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical';
import { CHECKPOINT_TYPE, checkpointSchema } from './chain';
import {
  checkContract,
  checkEnrolment,
  checkEvidence,
  checkFile,
  checkPasskey,
  checkSignature,
  type KnownRecords,
  noteSigned,
} from './check-records';
import { sha256Hex } from './digest';
import { type Envelope, instanceKeyId, instancePublicKey, payloadOf } from './dsse';
import { EXPORT_TYPE, endSchema, RECORD_SCHEMAS, type RecordKind, type RecordOf } from './export-lines';
import { instanceSignatureFault, short } from './instance-signature';
import type { ExportFault, ScanHandler, ScanPlace } from './scan-links';

/** What was verified, once it was. */
export interface VerifiedExport {
  workspace: { id: string; name: string };
  at: string;
  /** The instance key that signed the end. */
  signedBy: string;
  /** Whether that key was given by the one who asks; else it is only the export's own word. */
  trusted: boolean;
  filter: Record<string, string> | null;
  lines: number;
  entries: number;
  counts: Partial<Record<RecordKind, number>>;
  /** Files that are named by digest and are not in the export. */
  files: number;
  /** Passkeys that signed and whose enrolment this chain does not hold: their person joined with them, or it is older. */
  unenrolled: number;
  hash: string;
}

const KINDS = Object.keys(RECORD_SCHEMAS).filter((key): key is RecordKind => key in RECORD_SCHEMAS);
const HEAD = /^\{"([a-zA-Z]+)":/;
/** `,"sha256":"` + 64 + `"}` */
const TAIL_LENGTH = 11 + 64 + 2;

const toldSchema = z.object({
  action: z.string(),
  subject: z.string().optional(),
  detail: z.looseObject({
    digest: z.string().optional(),
    evidence: z.string().optional(),
    signature: z.string().optional(),
    statement: z.string().optional(),
    review: z.string().optional(),
    change: z.string().optional(),
    credential: z.string().optional(),
    key: z.string().optional(),
  }),
});

/** Verifies all of an export but its links, which `LinkScanner` does, in the order of its lines. */
export class RecordVerifier implements ScanHandler {
  private n = 0;
  private readonly digest: Hash = createHash('sha256');
  private readonly counts: Partial<Record<RecordKind, number>> = {};
  private readonly keys = new Map<string, KeyObject>();
  private head: RecordOf<'export'> | null = null;
  private end: { line: number; seq: number; hash: string } | null = null;
  private files = 0;
  private readonly known: KnownRecords = {
    workspace: '',
    passkeys: new Map(),
    files: null,
    contracts: new Set(),
    evidence: new Map(),
    evidenceDigests: new Set(),
    reviews: new Map(),
    signatures: new Map(),
    stageChanges: new Map(),
  };

  /** `trusted`: ids of the instance keys that whoever asks has from elsewhere; empty: they take the export's word. */
  constructor(private readonly trusted: ReadonlySet<string>) {}

  record(place: ScanPlace, bytes: Buffer): ExportFault | null {
    const { line } = place;
    if (this.end !== null)
      return {
        line,
        code: 'repeated',
        message: `There is more after the end, which stood at line ${this.end.line}.`,
      };
    const text = bytes.toString('utf8');
    const kind = KINDS.find((each) => each === HEAD.exec(text)?.[1]);
    if (this.n === 0 && kind !== 'export')
      return {
        line,
        code: 'not-an-export',
        message: 'This is not an export of a Countersign record: its head is missing.',
      };
    if (kind === undefined) return changed(line, 'The line is of no kind that is known');
    const from = kind.length + 4;
    const tail = text.slice(-TAIL_LENGTH);
    const middle = text.lastIndexOf(',"n":', text.length - TAIL_LENGTH);
    const canonical = text.slice(from, middle);
    const n = this.n + 1;
    const found = text.slice(middle, -TAIL_LENGTH);
    if (tail !== `,"sha256":"${sha256Hex(canonical)}"}`)
      return changed(line, `The ${WORDS[kind]} is not as it was written`);
    if (found !== `,"n":${n}`) return this.misplaced(line, n, found);
    let read: unknown;
    try {
      read = JSON.parse(canonical);
    } catch {
      return changed(line, `The ${WORDS[kind]} is not JSON`);
    }
    if (canonicalJson(read) !== canonical)
      return changed(line, `The ${WORDS[kind]} is not in canonical form`);
    if (place.seq > 0 && kind !== 'checkpoint' && kind !== 'end')
      return {
        line,
        code: 'reordered',
        message: `The ${WORDS[kind]} stands among the entries, which come after it.`,
      };
    this.n = n;
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (kind !== 'end') this.digest.update(bytes).update('\n');
    return this.check(kind, read, place);
  }

  told({ line, seq }: ScanPlace, text: string): ExportFault | null {
    if (this.head?.filter !== null) return null;
    const parsed = toldSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const { action, detail, subject } = parsed.data;
    const { known } = this;
    const lost = (what: string): ExportFault => ({
      line,
      seq,
      code: 'contradiction',
      message: `Entry ${seq} (${action}) speaks of ${what}, which is not in the record as it was written.`,
    });
    if (action === 'contract.imported')
      return detail.digest === undefined || known.contracts.has(detail.digest)
        ? null
        : lost(`contract ${short(detail.digest)}`);
    if (action === 'passkey.added') {
      const { credential, key } = detail;
      if (credential === undefined || key === undefined) return null;
      const wrong = checkEnrolment({ credential, key, subject }, known);
      if (wrong === null) return null;
      if (wrong === 'another') return lost(`passkey ${credential}`);
      return {
        line,
        seq,
        code: 'contradiction',
        message: `Entry ${seq} (${action}) enrols passkey ${credential}, by which entry ${wrong} says that somebody had signed already.`,
      };
    }
    if (action === 'evidence.recorded') {
      if (detail.evidence === undefined) return null;
      const evidence = known.evidence.get(detail.evidence);
      if (evidence === undefined || evidence.digest !== detail.digest)
        return lost(`evidence ${detail.evidence}`);
      evidence.told = true;
      return null;
    }
    if (action === 'agent.stage-changed') {
      if (detail.change === undefined) return null;
      const change = known.stageChanges.get(detail.change);
      if (change === undefined || canonicalJson(change.facts) !== canonicalJson(factsOf(detail)))
        return lost(`stage change ${detail.change}`);
      change.told = true;
      return null;
    }
    if (action === 'gate.signed') {
      if (detail.signature === undefined) return null;
      const signature = known.signatures.get(detail.signature);
      if (signature === undefined || signature.digest !== detail.statement)
        return lost(`signature ${detail.signature}`);
      signature.told = true;
      // What waits for its link comes first in the export and last in the log: it was enrolled before, if it ever was.
      if (seq > 0) noteSigned(signature, seq, known);
      return null;
    }
    const closed = /^gate\.(passed|declined|withdrawn|expired|superseded)$/.exec(action)?.[1];
    if (closed === undefined || detail.review === undefined) return null;
    const review = known.reviews.get(detail.review);
    return review === undefined || review.state !== closed
      ? lost(`the passage ${detail.review} as ${closed}`)
      : null;
  }

  /** After the last line: what is wrong with the whole, or what was verified. */
  finish(place: ScanPlace, unfinished: number): { fault: ExportFault } | { verified: VerifiedExport } {
    const line = place.line + 1;
    if (this.head === null)
      return {
        fault: {
          line: 1,
          code: 'not-an-export',
          message: 'This is not an export of a Countersign record: it is empty.',
        },
      };
    if (unfinished > 0)
      return {
        fault: {
          line,
          code: 'truncated',
          message: `The file ends in the middle of line ${line}: its tail was cut off.`,
        },
      };
    if (this.end === null)
      return {
        fault: {
          line,
          code: 'truncated',
          message: `The file ends after line ${place.line}, entry ${place.seq}, without the end that the instance signs.`,
        },
      };
    const untold = this.untold();
    if (untold !== null) return { fault: untold };
    return {
      verified: {
        workspace: this.head.workspace,
        at: this.head.at,
        signedBy: this.head.signedBy,
        trusted: this.trusted.has(this.head.signedBy),
        filter: this.head.filter,
        lines: place.line,
        entries: place.seq,
        counts: this.counts,
        files: this.files,
        unenrolled: [...this.known.passkeys.values()].filter((passkey) => !passkey.enrolled).length,
        hash: place.hash,
      },
    };
  }

  private check(kind: RecordKind, read: unknown, place: ScanPlace): ExportFault | null {
    const { line } = place;
    const S = RECORD_SCHEMAS;
    /** Goes on with a record that is whole. */
    const whole = <T>(schema: z.ZodType<T>, go: (record: T) => ExportFault | null): ExportFault | null => {
      const parsed = schema.safeParse(read);
      if (parsed.success) return go(parsed.data);
      const [issue] = parsed.error.issues;
      const where = issue?.path.join('/') || 'the line';
      return changed(line, `The ${WORDS[kind]} is not whole (${where}: ${issue?.message ?? ''})`);
    };
    switch (kind) {
      case 'export':
        return whole(S.export, (head) => this.begin(line, head));
      case 'key':
        return whole(S.key, (key) => this.takeKey(line, key));
      case 'passkey':
        return whole(S.passkey, (passkey) => checkPasskey(line, passkey, this.known));
      case 'contract':
        return whole(S.contract, (contract) => checkContract(line, contract, this.known));
      case 'file':
        return whole(S.file, (file) => checkFile(line, file, this.known));
      case 'evidence':
        return whole(S.evidence, (evidence) => {
          if (evidence.fileName !== null && this.known.files === null) this.files += 1;
          return checkEvidence(line, evidence, this.known);
        });
      case 'review':
        return whole(S.review, (review) => {
          this.known.reviews.set(review.id, { ...review, line });
          return null;
        });
      case 'signature':
        return whole(S.signature, (signature) =>
          checkSignature(line, signature, this.known, (envelope) => this.instanceFault(envelope)),
        );
      case 'stageChange':
        return whole(S.stageChange, (change) => {
          this.known.stageChanges.set(change.id, { line, told: false, facts: factsOf(change) });
          return null;
        });
      case 'pending':
        // What an entry says that waits for its link counts as said: the end is signed over it.
        return whole(S.pending, (entry) => this.told(place, canonicalJson(entry)));
      case 'unsealed':
        return whole(S.unsealed, (entry) => ({
          line,
          code: 'unsealed',
          message: `Entry number ${entry.id} of the database (${entry.action}) was never sealed: it came in, or lost its link, past the rules.`,
        }));
      case 'checkpoint':
        return whole(S.checkpoint, (envelope) => this.checkpoint(place, envelope));
      case 'end':
        return whole(S.end, (envelope) => this.finishWith(place, envelope));
    }
  }

  private begin(line: number, head: RecordOf<'export'>): ExportFault | null {
    if (this.head !== null) return changed(line, 'A second head stands here');
    this.head = head;
    this.known.workspace = head.workspace.id;
    if (head.files === true) this.known.files = new Set();
    if (this.trusted.size === 0 || this.trusted.has(head.signedBy)) return null;
    return {
      line,
      code: 'foreign-key',
      message:
        `This export is signed by the key ${short(head.signedBy)}, not by the one given ` +
        `(${[...this.trusted].map(short).join(', ')}).`,
    };
  }

  private takeKey(line: number, key: RecordOf<'key'>): ExportFault | null {
    if (instanceKeyId(Buffer.from(key.publicKey, 'base64')) !== key.id)
      return changed(line, `The key ${short(key.id)} is not the one that its id is the digest of`);
    try {
      this.keys.set(key.id, instancePublicKey(key.publicKey));
      return null;
    } catch {
      return changed(line, `The key ${short(key.id)} is no Ed25519 key`);
    }
  }

  /** What is wrong with the instance's signature in an envelope; null when it is there and right. */
  private instanceFault(envelope: Envelope): { code: 'foreign-key' | 'signature'; message: string } | null {
    if (payloadOf(envelope).toString('base64') !== envelope.payload)
      return { code: 'signature', message: 'its payload is spelled in another way than it was signed' };
    return instanceSignatureFault(envelope, this.keys, 'no key of this instance');
  }

  private checkpoint({ line, seq, hash }: ScanPlace, envelope: Envelope): ExportFault | null {
    const fault = this.instanceFault(envelope);
    const about = { line, seq };
    if (fault !== null)
      return {
        ...about,
        code: fault.code,
        message: `The checkpoint after entry ${seq} does not hold: ${fault.message}.`,
      };
    const said = readPayload(checkpointSchema, envelope, CHECKPOINT_TYPE);
    if (said === null || said.workspace !== this.known.workspace)
      return {
        ...about,
        code: 'checkpoint',
        message: `The checkpoint after entry ${seq} is not one of this chain.`,
      };
    if (said.seq > seq)
      return {
        line,
        seq: seq + 1,
        code: 'missing',
        message: `A checkpoint signed at ${said.at} says the chain had ${said.seq} entries; here it has ${seq}.`,
      };
    if (said.seq < seq)
      return {
        ...about,
        code: 'reordered',
        message: `The checkpoint of entry ${said.seq} is not in its place.`,
      };
    if (said.hash !== hash)
      return {
        ...about,
        code: 'checkpoint',
        message:
          `The checkpoint signed at ${said.at} contradicts the chain at entry ${seq}: ` +
          'an entry at or before it was changed and the chain written anew.',
      };
    return null;
  }

  private finishWith({ line, seq, hash }: ScanPlace, envelope: Envelope): ExportFault | null {
    this.end = { line, seq, hash };
    const head = this.head;
    const fault = this.instanceFault(envelope);
    if (fault !== null)
      return { line, code: fault.code, message: `The end of the export does not hold: ${fault.message}.` };
    if (head === null || envelope.signatures[0]?.keyid !== head.signedBy)
      return { line, code: 'foreign-key', message: 'The end is signed by another key than the head says.' };
    const said = readPayload(endSchema, envelope, EXPORT_TYPE);
    if (said === null || said.workspace !== head.workspace.id || said.at !== head.at)
      return { line, code: 'signature', message: 'The end is that of another export.' };
    if (said.seq > seq)
      return {
        line,
        code: 'missing',
        message: `Entries ${seq + 1} to ${said.seq} are missing before the end.`,
      };
    if (said.seq !== seq || said.hash !== hash)
      return {
        line,
        code: 'changed',
        message: `The chain ended at entry ${said.seq} with another hash than it has here.`,
      };
    if (said.lines > line - 1)
      return { line, code: 'missing', message: `${said.lines - line + 1} lines are missing before the end.` };
    if (said.lines !== line - 1 || said.records !== this.digest.digest('hex'))
      return {
        line,
        code: 'changed',
        message:
          'The lines that are no entries are not those that were signed: one was changed together with its own digest.',
      };
    return null;
  }

  private misplaced(line: number, n: number, found: string): ExportFault {
    const number = Number(/^,"n":(\d{1,12})$/.exec(found)?.[1] ?? Number.NaN);
    if (number > n)
      return {
        line,
        code: 'missing',
        message: `Record ${n} is not in its place: record ${number} comes instead.`,
      };
    if (number < n)
      return { line, code: 'repeated', message: `Record ${number} comes again, or after record ${n - 1}.` };
    return changed(line, 'The number of the record is not as it was written');
  }

  /** A signature, evidence or stage change that the audit log does not know of was put in past the rules. */
  private untold(): ExportFault | null {
    if (this.head?.filter !== null) return null;
    for (const [what, records] of [
      ['piece of evidence', this.known.evidence],
      ['signature', this.known.signatures],
      ['stage change', this.known.stageChanges],
    ] as const)
      for (const [id, { line, told }] of records)
        if (!told)
          return {
            line,
            code: 'contradiction',
            message: `No audit entry speaks of this ${what} (${id}): it came in past the rules.`,
          };
    return null;
  }
}

const WORDS: Record<RecordKind, string> = {
  export: 'head',
  key: 'key',
  passkey: 'passkey',
  contract: 'contract',
  file: 'file',
  evidence: 'evidence',
  review: 'gate review',
  signature: 'signature',
  stageChange: 'stage change',
  pending: 'waiting entry',
  unsealed: 'unsealed entry',
  checkpoint: 'checkpoint',
  end: 'end',
};

function changed(line: number, what: string): ExportFault {
  return { line, code: 'changed', message: `${what}: the line was changed.` };
}

function factsOf(detail: Record<string, unknown>): Record<string, unknown> {
  const facts = ['from', 'to', 'kind', 'gate', 'cause', 'reason', 'clause'];
  return Object.fromEntries(facts.map((fact) => [fact, detail[fact] ?? null]));
}

function readPayload<T>(schema: z.ZodType<T>, envelope: Envelope, type: string): T | null {
  if (envelope.payloadType !== type) return null;
  try {
    return schema.parse(JSON.parse(payloadOf(envelope).toString('utf8')));
  } catch {
    return null;
  }
}
