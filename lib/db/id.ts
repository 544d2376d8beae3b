import { randomFillSync } from 'node:crypto';

/** The two hexadecimal digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Fetched for many ids at once: asking for random bytes takes longer than everything else here. */
const RANDOM = Buffer.allocUnsafe(4096);
const BYTES_FOR_ID = 10;

let used = RANDOM.length;
/** Epoch ms in the latest id, and as its first twelve digits. */
let latestMs = 0;
let latestTime = '';
/** Tells ids of one millisecond apart, in order. Begins anywhere below 2^25 and has 26 bits, so it never overflows. */
let counter = 0;

/** A new row's id: UUIDv7, so that ids sort by time and keyset paging has a tie-breaker that means something. */
export function newId(): string {
  if (used + BYTES_FOR_ID > RANDOM.length) {
    randomFillSync(RANDOM);
    used = 0;
  }
  const at = used;
  used += BYTES_FOR_ID;
  const now = Date.now();
  if (now > latestMs) {
    latestMs = now;
    const digits = now.toString(16).padStart(12, '0');
    latestTime = `${digits.slice(0, 8)}-${digits.slice(8)}`;
    counter = RANDOM.readUInt32LE(at + 6) >>> 7;
  } else counter += 1;
  // RFC 9562: the version is 7, the variant binary 10.
  return `${latestTime}-${pair(0x7000 | (counter >>> 14))}-${pair(0x8000 | (counter & 0x3fff))}-${random(at)}${random(at + 2)}${random(at + 4)}`;
}

/** Two bytes as four digits. */
function pair(bytes: number): string {
  return `${HEX[bytes >>> 8]}${HEX[bytes & 0xff]}`;
}

function random(at: number): string {
  return `${HEX[RANDOM[at] ?? 0]}${HEX[RANDOM[at + 1] ?? 0]}`;
}

/** The smallest UUIDv7 of a moment: ids of runs that were begun before it are smaller. */
export function firstIdAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
