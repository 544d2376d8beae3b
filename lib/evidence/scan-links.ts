import { hash as digestOnce } from 'node:crypto';
import { CHAIN_START, linkEnd } from './links';

/** What is wrong with an export, and where: the first thing found. */
export interface ExportFault {
  /** From 1. */
  line: number;
  /** Place in the chain, where it is about one. */
  seq?: number;
  code:
    | 'not-an-export'
    | 'foreign-key'
    | 'truncated'
    | 'missing'
    | 'reordered'
    | 'repeated'
    | 'changed'
    | 'gone'
    | 'unsealed'
    | 'checkpoint'
    | 'contract'
    | 'evidence'
    | 'signature'
    | 'contradiction';
  message: string;
}

/** Where a scan stands: after which line, and after which link. */
export interface ScanPlace {
  line: number;
  seq: number;
  hash: string;
}
export const SCAN_START: ScanPlace = { line: 0, seq: 0, hash: CHAIN_START };

export interface ScanHandler {
  /** A line that is no link, in its turn. Answers what is wrong with it. */
  record(place: ScanPlace, bytes: Buffer): ExportFault | null;
  /** The canonical text of an entry that speaks of a record, verified as a link already. */
  told(place: ScanPlace, text: string): ExportFault | null;
}

const NEWLINE = 10;
const ENTRY = Buffer.from('{"entry":');
const DIGEST = Buffer.from('{"digest":"');
const GONE = Buffer.from('{"gone":');
/** Bytes between the entry's beginning and its action: `{"action":"`. */
const TO_ACTION = 11;
/** Of `,"hash":"` and the hash. */
const HASH_LENGTH = 9 + 64;
/** Entries that speak of records begin so; everything else is verified and passed over without being parsed. */
const TELLING = /^(contract\.imported|evidence\.recorded|gate\.|agent\.stage-changed|passkey\.added)/;
const FIRST_OF_TELLING = new Set(Buffer.from('cegap'));

/**
 * Verifies the links of an export in one pass over its bytes, whatever the pieces they come in: each entry is digested where
 * it stands, each link compared as text, nothing is parsed that is well. Lines that are no links are handed to `handler`.
 * It stops at the first fault; when that is a gap, it looks on for the lines that belong there, to tell lost from moved.
 */
export class LinkScanner {
  fault: ExportFault | null = null;
  /** How the line ends that a gap waits for. */
  private sought: { end: Buffer; seq: number } | null = null;
  private rest = Buffer.alloc(0);
  private line: number;
  private seq: number;
  private hash: string;

  constructor(
    start: ScanPlace,
    private readonly handler: ScanHandler,
  ) {
    ({ line: this.line, seq: this.seq, hash: this.hash } = start);
  }

  get place(): ScanPlace {
    return { line: this.line, seq: this.seq, hash: this.hash };
  }

  /** Bytes after the last newline. */
  get unfinished(): number {
    return this.rest.length;
  }

  /** Whether there is nothing more to be found out. */
  get ended(): boolean {
    return this.fault !== null && this.sought === null;
  }

  /** Takes the next bytes. They may be reused by the caller afterwards. */
  push(piece: Buffer): void {
    if (this.ended) return;
    let from = 0;
    if (this.rest.length > 0) {
      // Only the line that began in the piece before is put together; all others are read where they are.
      const to = piece.indexOf(NEWLINE) + 1;
      this.rest = Buffer.concat([this.rest, to === 0 ? piece : piece.subarray(0, to)]);
      if (to === 0) return;
      const line = this.rest;
      this.rest = Buffer.alloc(0);
      this.line += 1;
      this.next(line, 0, line.length - 1);
      from = to;
    }
    for (let to = piece.indexOf(NEWLINE, from); to >= 0 && !this.ended; to = piece.indexOf(NEWLINE, from)) {
      this.line += 1;
      this.next(piece, from, to);
      from = to + 1;
    }
    if (!this.ended) this.rest = Buffer.from(piece.subarray(from));
  }

  private next(bytes: Buffer, from: number, to: number): void {
    if (this.sought === null) this.take(bytes, from, to);
    else this.seek(bytes, from, to);
  }

  private take(bytes: Buffer, from: number, to: number): void {
    if (startsWith(bytes, from, to, ENTRY)) {
      const seq = this.seq + 1;
      const end = `","seq":${seq}}`;
      const cut = to - end.length - HASH_LENGTH;
      const digest = cut < from ? '' : digestOnce('sha256', bytes.subarray(from + ENTRY.length, cut));
      const hash = digestOnce('sha256', this.hash + digest);
      if (cut < from || bytes.toString('latin1', cut, to) !== `,"hash":"${hash}${end}`) {
        this.wrong(bytes, from, to);
        return;
      }
      this.seq = seq;
      this.hash = hash;
      const action = from + ENTRY.length + TO_ACTION;
      if (
        FIRST_OF_TELLING.has(bytes[action] ?? 0) &&
        TELLING.test(bytes.toString('latin1', action, action + 20))
      )
        this.fault = this.handler.told(this.place, bytes.toString('utf8', from + ENTRY.length, cut));
    } else if (startsWith(bytes, from, to, DIGEST)) {
      const seq = this.seq + 1;
      const digest = bytes.toString('latin1', from + DIGEST.length, from + DIGEST.length + 64);
      const hash = digestOnce('sha256', this.hash + digest);
      if (bytes.toString('latin1', from + DIGEST.length + 64, to) !== `"${linkEnd({ hash, seq })}`) {
        this.wrong(bytes, from, to);
        return;
      }
      this.seq = seq;
      this.hash = hash;
    } else if (startsWith(bytes, from, to, GONE)) this.wrong(bytes, from, to);
    else this.fault = this.handler.record(this.place, bytes.subarray(from, to));
  }

  /** Finds out what is wrong with a link. */
  private wrong(bytes: Buffer, from: number, to: number): void {
    const { line } = this;
    const expected = this.seq + 1;
    const read = readLink(bytes.toString('utf8', from, to));
    if (read === null) {
      this.fault = {
        line,
        seq: expected,
        code: 'changed',
        message: `The line of entry ${expected} is not as it was written.`,
      };
    } else if (read.seq > expected) {
      this.fault = { line, seq: expected, code: 'missing', message: missing(expected, read.seq) };
      this.sought = { end: Buffer.from(`","seq":${expected}}`), seq: expected };
    } else if (read.seq < expected) {
      this.fault = {
        line,
        seq: read.seq,
        code: 'repeated',
        message: `Entry ${read.seq} comes again, after entry ${this.seq}.`,
      };
    } else if (read.gone !== undefined) {
      this.fault = {
        line,
        seq: expected,
        code: 'gone',
        message: `Entry ${expected} (number ${read.gone} in the database) was sealed, and is not in the database any more.`,
      };
    } else {
      const what =
        read.entry === undefined ? '' : ` (${read.entry.action}, ${read.entry.at}, ${read.entry.actorName})`;
      this.fault = {
        line,
        seq: expected,
        code: 'changed',
        message: `Entry ${expected}${what} is not what was sealed: it, its place or its hash was changed.`,
      };
    }
  }

  /** Looks for the line that was expected where a gap is. */
  private seek(bytes: Buffer, from: number, to: number): void {
    const { sought, fault } = this;
    if (sought === null || fault === null) return;
    if (bytes.compare(sought.end, 0, sought.end.length, Math.max(from, to - sought.end.length), to) !== 0)
      return;
    this.sought = null;
    this.fault = {
      ...fault,
      code: 'reordered',
      message: `Entry ${sought.seq} is not in its place: it comes later, at line ${this.line}.`,
    };
  }
}

function startsWith(bytes: Buffer, from: number, to: number, start: Buffer): boolean {
  if (to - from < start.length) return false;
  for (let at = 0; at < start.length; at += 1) if (bytes[from + at] !== start[at]) return false;
  return true;
}

function missing(expected: number, found: number): string {
  return found === expected + 1
    ? `Entry ${expected} is missing: entry ${found} comes in its place.`
    : `Entries ${expected} to ${found - 1} are missing: entry ${found} comes in their place.`;
}

interface ReadLink {
  seq: number;
  gone: number | undefined;
  /** Undefined when the line has none, or none that can be told of. */
  entry: { action: string; at: string; actorName: string } | undefined;
}

/** Read by hand: a scan would take longer to load a schema than to verify a hundred thousand links. */
function readLink(text: string): ReadLink | null {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return null;
  }
  const seq = member(line, 'seq');
  const gone = member(line, 'gone');
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq)) return null;
  if (gone !== undefined && (typeof gone !== 'number' || !Number.isSafeInteger(gone))) return null;
  const entry = member(line, 'entry');
  const [action, at, actorName] = [member(entry, 'action'), member(entry, 'at'), member(entry, 'actorName')];
  const tells = typeof action === 'string' && typeof at === 'string' && typeof actorName === 'string';
  return { seq, gone, entry: tells ? { action, at, actorName } : undefined };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
