import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 1024 * 1024;

/** The bytes of a file from `from` to before `to`, in pieces that are one buffer used again and again. */
export function* piecesOf(path: string, from = 0, to = Number.POSITIVE_INFINITY): Generator<Buffer> {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  try {
    for (let at = from; at < to; ) {
      const read = readSync(file, buffer, 0, Math.min(PIECE_BYTES, to - at), at);
      if (read === 0) return;
      at += read;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}
