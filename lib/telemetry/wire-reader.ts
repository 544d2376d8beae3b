import { AppError } from '@/lib/errors';
import { type Room, withoutNul } from '@/lib/telemetry/attributes';
import { MAX_NAME_BYTES } from '@/lib/telemetry/limits';

/** Protobuf's wire types: how the bytes behind a tag are to be read. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** Names remembered per body: a power of two. Two names that share a place replace each other. */
const NAME_PLACES = 1024;
const LONGEST_REMEMBERED_NAME = 64;
/** Ids remembered per body, likewise: spans of one trace, and children of one parent, mostly come together. */
const ID_PLACES = 256;

/** An id of the wrong length. */
export const WRONG = 'wrong';

/** A cursor over a protobuf body: numbers, texts and ids, and the bounds of what it stands in. */
export class WireReader {
  protected readonly bytes: Buffer;
  protected readonly view: DataView;
  protected pos = 0;
  private readonly names: (string | undefined)[] = new Array(NAME_PLACES);
  private readonly ids: (string | undefined)[] = new Array(ID_PLACES);
  /** Where in the body each remembered id stands. */
  private readonly idStarts = new Int32Array(ID_PLACES);

  /** @param room where texts that had to be cut or mended are marked */
  constructor(
    body: Uint8Array,
    protected readonly room: Room,
  ) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  /** A string of at most `most` bytes; the rest is cut at a character's edge. */
  protected text(end: number, most: number): string {
    const start = this.pos;
    this.pos = end;
    let stop = end;
    if (end - start > most) {
      this.room.cut = true;
      stop = start + most;
      // Not in the middle of a character: its continuation bytes are 10xxxxxx.
      while (stop > start && ((this.bytes[stop] ?? 0) & 0xc0) === 0x80) stop--;
    }
    if (stop === start) return '';
    return withoutNul(this.bytes.toString('utf8', start, stop), this.room);
  }

  /** A string of the kind that returns in every span: remembered, so that it is made once per body. */
  protected name(end: number): string {
    const start = this.pos;
    const size = end - start;
    if (size > LONGEST_REMEMBERED_NAME) return this.text(end, MAX_NAME_BYTES);
    let hash = size;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (this.bytes[at] ?? 0)) | 0;
    const place = (hash ^ (hash >>> 15)) & (NAME_PLACES - 1);
    const known = this.names[place];
    if (known !== undefined && known.length === size) {
      let at = 0;
      while (at < size && known.charCodeAt(at) === this.bytes[start + at]) at++;
      if (at === size) {
        this.pos = end;
        return known;
      }
    }
    const text = this.text(end, MAX_NAME_BYTES);
    // Only plain ASCII is compared byte by byte above; what was mended has to be marked each time.
    if (text.length === size && isAscii(text)) this.names[place] = text;
    return text;
  }

  /** An id that stands nowhere else, as a span's own. */
  protected hex(end: number, size: number): string {
    const start = this.pos;
    this.pos = end;
    if (end === start) return '';
    return end - start === size ? this.bytes.toString('hex', start, end) : WRONG;
  }

  /** An id that returns in other spans: a trace's, a parent's. */
  protected sharedHex(end: number, size: number): string {
    const { bytes, pos: start } = this;
    if (end - start !== size) return this.hex(end, size);
    const place = ((bytes[start] ?? 0) ^ (bytes[end - 1] ?? 0)) & (ID_PLACES - 1);
    const known = this.ids[place];
    if (known !== undefined && known.length === 2 * size) {
      const other = this.idStarts[place] ?? 0;
      let at = 0;
      while (at < size && bytes[other + at] === bytes[start + at]) at++;
      if (at === size) {
        this.pos = end;
        return known;
      }
    }
    const id = this.hex(end, size);
    this.ids[place] = id;
    this.idStarts[place] = start;
    return id;
  }

  /** A fixed64 of nanoseconds, in whole microseconds. Exact until 2255; what is later is implausible anyway. */
  protected micros(end: number): number {
    if (end - this.pos < 8) throw malformed('a time is cut short');
    const low = this.view.getUint32(this.pos, true);
    const high = this.view.getUint32(this.pos + 4, true);
    this.pos += 8;
    // 2^32 ns = 4,294,967 µs and 296 ns.
    return high * 4_294_967 + Math.floor((high * 296 + low) / 1000);
  }

  /** Where the length-delimited field at the cursor ends. */
  protected length(end: number): number {
    const size = this.varint();
    const stop = this.pos + size;
    if (stop > end) throw malformed('a field is longer than the message it stands in');
    return stop;
  }

  protected endAt(end: number): void {
    if (this.pos !== end) throw malformed('a field runs past the message it stands in');
  }

  /** The low 32 bits of a varint, unsigned: tags, lengths and enums. */
  protected varint(): number {
    const bytes = this.bytes;
    let byte = bytes[this.pos++];
    if (byte === undefined) throw malformed('it ends inside a field');
    if (byte < 0x80) return byte;
    let result = byte & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = bytes[this.pos++];
      if (byte === undefined) throw malformed('it ends inside a field');
      if (shift < 32) result |= (byte & 0x7f) << shift;
      if (byte < 0x80) return result >>> 0;
    }
    throw malformed('a number has more than ten bytes');
  }

  /** A signed 64-bit varint: a number, or decimal text when a number cannot hold it exactly. */
  protected int64(): number | string {
    const first = this.bytes[this.pos];
    if (first !== undefined && first < 0x80) {
      this.pos++;
      return first;
    }
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.pos++];
      if (byte === undefined) throw malformed('it ends inside a field');
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        const value = (high | 0) * 4_294_967_296 + (low >>> 0);
        if (Number.isSafeInteger(value)) return value;
        return String(BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)));
      }
    }
    throw malformed('a number has more than ten bytes');
  }

  /** Steps over a field we do not know; groups by counting, so that no nesting can exhaust the stack. */
  protected skip(tag: number, end: number): void {
    let depth = 0;
    let current = tag;
    for (;;) {
      if (current >>> 3 === 0) throw malformed('a field has the number 0');
      switch (current & 7) {
        case VARINT:
          this.int64();
          break;
        case FIXED64:
          this.pos += 8;
          break;
        case BYTES:
          this.pos = this.length(end);
          break;
        case FIXED32:
          this.pos += 4;
          break;
        case GROUP:
          depth++;
          break;
        case END_GROUP:
          depth--;
          break;
        default:
          throw malformed('a field has an unknown wire type');
      }
      if (this.pos > end || depth < 0) throw malformed('a field runs past the message it stands in');
      if (depth === 0) return;
      if (this.pos === end) throw malformed('it ends inside a group');
      current = this.varint();
    }
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

export function malformed(what: string): AppError {
  return new AppError('invalid', `The body is not an OTLP traces request in protobuf: ${what}.`);
}
