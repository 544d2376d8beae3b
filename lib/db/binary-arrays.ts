/**
 * Arrays in PostgreSQL's binary format, for statements that take many rows as `unnest($1::uuid[], …)`: neither side parses
 * or quotes anything, which at thousands of rows a second is what such a statement mostly costs. `pg` sends a Buffer as a
 * binary parameter. Undefined elements never occur; null ones are SQL's.
 */

/** Type ids, from pg_type. */
const OID = { int4: 23, int8: 20, text: 25, bytea: 17, timestamptz: 1184, uuid: 2950 } as const;
const HEADER_BYTES = 20;
/** 2000-01-01, where PostgreSQL's time begins. Epoch ms. */
const EPOCH_MS = 946_684_800_000;
const TWO_TO_32 = 4_294_967_296;

/** Values of each character code as a hexadecimal digit. */
const DIGIT = new Uint8Array(128);
for (let value = 0; value < 16; value += 1) {
  DIGIT[value.toString(16).charCodeAt(0)] = value;
  DIGIT[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

export function int4Array(values: readonly number[]): Buffer {
  const array = begin(OID.int4, values.length, 4 * values.length, false);
  let at = HEADER_BYTES;
  for (const value of values) {
    array.writeInt32BE(4, at);
    array.writeInt32BE(value, at + 4);
    at += 8;
  }
  return array;
}

/** Of whole numbers that JavaScript counts exactly. */
export function int8Array(values: readonly number[]): Buffer {
  const array = begin(OID.int8, values.length, 8 * values.length, false);
  let at = HEADER_BYTES;
  for (const value of values) {
    array.writeInt32BE(8, at);
    writeInt8(array, value, at + 4);
    at += 12;
  }
  return array;
}

/** Of times in epoch ms, of the years 1715 to 2285. */
export function timestamptzArray(times: readonly number[]): Buffer {
  const array = begin(OID.timestamptz, times.length, 8 * times.length, false);
  let at = HEADER_BYTES;
  for (const time of times) {
    array.writeInt32BE(8, at);
    writeInt8(array, Math.round((time - EPOCH_MS) * 1000), at + 4);
    at += 12;
  }
  return array;
}

/** Of ids in their usual form: 32 hexadecimal digits in five groups. */
export function uuidArray(ids: readonly string[]): Buffer {
  const array = begin(OID.uuid, ids.length, 16 * ids.length, false);
  let at = HEADER_BYTES;
  for (const id of ids) {
    array.writeInt32BE(16, at);
    writeHex(array, id, at + 4);
    at += 20;
  }
  return array;
}

/** Of bytes given as hexadecimal digits, all equally many. */
export function byteaArray(values: readonly string[]): Buffer {
  const bytes = (values[0]?.length ?? 0) / 2;
  const array = begin(OID.bytea, values.length, bytes * values.length, false);
  let at = HEADER_BYTES;
  for (const value of values) {
    array.writeInt32BE(bytes, at);
    writeHex(array, value, at + 4);
    at += 4 + bytes;
  }
  return array;
}

/** Of texts without NUL, which PostgreSQL's text cannot hold. */
export function textArray(values: readonly (string | null)[]): Buffer {
  let bytes = 0;
  let holdsNull = false;
  for (const value of values) {
    if (value === null) holdsNull = true;
    else bytes += Buffer.byteLength(value);
  }
  const array = begin(OID.text, values.length, bytes, holdsNull);
  let at = HEADER_BYTES;
  for (const value of values) {
    if (value === null) {
      array.writeInt32BE(-1, at);
      at += 4;
    } else {
      const written = array.write(value, at + 4);
      array.writeInt32BE(written, at);
      at += 4 + written;
    }
  }
  return array;
}

/** An array of one dimension with room for its elements, each after its length. */
function begin(oid: number, count: number, bytes: number, holdsNull: boolean): Buffer {
  const array = Buffer.allocUnsafe(HEADER_BYTES + 4 * count + bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(holdsNull ? 1 : 0, 4);
  array.writeInt32BE(oid, 8);
  array.writeInt32BE(count, 12);
  // The lower bound.
  array.writeInt32BE(1, 16);
  return array;
}

/** Eight bytes of a whole number; without BigInt, which costs more than the rest. */
function writeInt8(into: Buffer, value: number, offset: number): void {
  const high = Math.floor(value / TWO_TO_32);
  into.writeInt32BE(high, offset);
  into.writeUInt32BE(value - high * TWO_TO_32, offset + 4);
}

function writeHex(into: Buffer, digits: string, offset: number): void {
  let at = offset;
  for (let position = 0; position + 1 < digits.length; position += 2) {
    // Between the groups of an id.
    if (digits.charCodeAt(position) === 0x2d) position += 1;
    into[at] =
      ((DIGIT[digits.charCodeAt(position)] ?? 0) << 4) | (DIGIT[digits.charCodeAt(position + 1)] ?? 0);
    at += 1;
  }
}
