import { once } from 'node:events';
import type { PoolClient } from 'pg';
import { startCopy } from '@/lib/db/start-copy';
import { BufferPool } from './buffer-pool';
import { NO_VERDICT, type Verdict } from './fold-calls';
import type { RunSpan } from './run-span';
import { SPAN_COLUMNS } from './span-rows';

/** A chunk is handed to the server as soon as it is this long, so that it works while we write the next. */
const CHUNK_BYTES = 256 * 1024;
const chunks = new BufferPool(CHUNK_BYTES + 64 * 1024, 64);
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TEXT_OID = 25;

/** Writes the spans of runs with PostgreSQL's binary COPY. Every span must be new: a known id fails the transaction. */
export async function copySpans(
  client: PoolClient,
  judged: readonly (readonly (readonly [RunSpan, Verdict])[])[],
): Promise<void> {
  const stream = startCopy(client, `COPY span (${SPAN_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`, {
    highWaterMark: 4 * CHUNK_BYTES,
  });
  // `finish` comes when the server has taken everything; an error before that (a refused row) ends the wait.
  const finished = once(stream, 'finish');
  finished.catch(() => {});
  const rows = new CopyRows();
  try {
    for (const run of judged)
      for (const [span, verdict] of run) {
        rows.add(span, verdict);
        if (rows.length < CHUNK_BYTES) continue;
        if (!stream.write(rows.take())) await Promise.race([once(stream, 'drain'), finished]);
      }
    stream.end(rows.end());
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
    await finished.catch(() => {});
    throw error;
  }
  await finished;
  rows.release();
}

/** Prepared rows completed by their verdicts, after the header that begins a binary COPY. */
class CopyRows {
  private bytes = chunks.take();
  private at = HEADER.copy(this.bytes, 0);
  /** Pieces taken, to be used again when the server has them. */
  private readonly taken: Buffer[] = [];

  get length(): number {
    return this.at;
  }

  /** What was added since the last call. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.at);
    this.taken.push(this.bytes);
    this.bytes = chunks.take();
    this.at = 0;
    return taken;
  }

  /** Nobody reads any more what was taken. */
  release(): void {
    for (const bytes of this.taken) chunks.give(bytes);
    chunks.give(this.bytes);
  }

  /** The last piece, with the mark that ends the copy. */
  end(): Buffer {
    this.room(2);
    this.at = this.bytes.writeInt16BE(-1, this.at);
    return this.take();
  }

  add({ row }: RunSpan, verdict: Verdict): void {
    if (row === null) throw new Error('A span that is stored cannot be stored again.');
    this.room(row.end - row.start + 128);
    this.at += row.rows.bytes.copy(this.bytes, this.at, row.start, row.end);
    if (verdict === NO_VERDICT) this.at += UNJUDGED.copy(this.bytes, this.at);
    else this.verdict(verdict);
  }

  /** The columns of VERDICT_COLUMNS. */
  verdict({ costUsd, risk, lane, categories, clauses }: Verdict): void {
    this.room(64);
    if (costUsd === null) this.at = this.bytes.writeInt32BE(-1, this.at);
    else this.float8(costUsd);
    this.float8(risk);
    if (lane === null) this.at = this.bytes.writeInt32BE(-1, this.at);
    else this.text(lane);
    this.texts(categories);
    this.texts(clauses);
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + bytes));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  private text(text: string): void {
    this.room(4 + 3 * text.length);
    const length = this.bytes.write(text, this.at + 4);
    this.bytes.writeInt32BE(length, this.at);
    this.at += 4 + length;
  }

  private texts(items: readonly string[]): void {
    this.room(24);
    const start = this.at;
    this.at += 4;
    this.at = this.bytes.writeInt32BE(items.length === 0 ? 0 : 1, this.at);
    this.at = this.bytes.writeInt32BE(0, this.at);
    this.at = this.bytes.writeInt32BE(TEXT_OID, this.at);
    if (items.length > 0) {
      this.at = this.bytes.writeInt32BE(items.length, this.at);
      this.at = this.bytes.writeInt32BE(1, this.at);
      for (const item of items) this.text(item);
    }
    this.bytes.writeInt32BE(this.at - start - 4, start);
  }

  private float8(value: number): void {
    this.at = this.bytes.writeInt32BE(8, this.at);
    this.at = this.bytes.writeDoubleBE(value, this.at);
  }
}

/** What most spans have for a verdict. */
const UNJUDGED = unjudged();

function unjudged(): Buffer {
  const rows = new CopyRows();
  rows.take();
  rows.verdict(NO_VERDICT);
  const verdict = Buffer.from(rows.take());
  rows.release();
  return verdict;
}
