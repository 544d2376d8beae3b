import { once } from 'node:events';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Span } from '@/lib/telemetry/span';
import type { Verdict } from './fold-calls';
import { BodyWriter, SPAN_COLUMNS } from './span-rows';

/** A chunk is handed to the server as soon as it is this long, so that it works while we write the next. */
const CHUNK_BYTES = 256 * 1024;
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_US = 946_684_800_000_000;
const TEXT_OID = 25;
const JSONB_VERSION = 1;

/** Writes spans with PostgreSQL's binary COPY. Every span must be new: a known id fails the transaction. */
export async function copySpans(
  client: PoolClient,
  workspaceId: string,
  judged: Iterable<readonly [Span, Verdict]>,
): Promise<void> {
  const stream = client.query(
    copyFrom(`COPY span (${SPAN_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`, {
      highWaterMark: 4 * CHUNK_BYTES,
    }),
  );
  // `finish` comes when the server has taken everything; an error before that (a refused row) ends the wait.
  const finished = once(stream, 'finish');
  finished.catch(() => {});
  try {
    const rows = new CopyRows(workspaceId);
    for (const [span, verdict] of judged) {
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
}

/** Rows of `span` in PostgreSQL's binary COPY format. */
export class CopyRows {
  private bytes = Buffer.allocUnsafe(2 * CHUNK_BYTES);
  private at = 0;
  private readonly workspace: Buffer;
  private readonly bodies = new BodyWriter();

  constructor(workspaceId: string) {
    this.workspace = Buffer.from(workspaceId.replaceAll('-', ''), 'hex');
    HEADER.copy(this.bytes, 0);
    this.at = HEADER.length;
  }

  get length(): number {
    return this.at;
  }

  /** What was added since the last call. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.at);
    this.bytes = Buffer.allocUnsafe(2 * CHUNK_BYTES);
    this.at = 0;
    return taken;
  }

  /** The last piece, with the mark that ends the copy. */
  end(): Buffer {
    this.room(2);
    this.at = this.bytes.writeInt16BE(-1, this.at);
    return this.take();
  }

  add(span: Span, verdict: Verdict): void {
    this.room(512);
    this.at = this.bytes.writeInt16BE(SPAN_COLUMNS.length, this.at);
    this.at = this.bytes.writeInt32BE(16, this.at);
    this.workspace.copy(this.bytes, this.at);
    this.at += 16;
    this.hex(span.traceId, 16);
    this.hex(span.spanId, 8);
    if (span.parentSpanId === null) this.none();
    else this.hex(span.parentSpanId, 8);
    this.text(span.name);
    this.text(span.operation);
    this.int8(span.startUs - EPOCH_US);
    this.int8(span.durationUs);
    this.text(span.status);
    this.text(span.statusMessage);
    this.text(span.dialect);
    this.text(span.tool?.name ?? null);
    this.text(span.model);
    this.int4(span.tokens?.input ?? null);
    this.int4(span.tokens?.output ?? null);
    this.float8(verdict.costUsd);
    this.float8(span.reportedCostUsd);
    this.float8(verdict.risk);
    this.texts(verdict.categories);
    this.text(verdict.lane);
    this.texts(verdict.clauses);
    this.body(this.bodies.write(span));
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.at + bytes));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  private none(): void {
    this.room(4);
    this.at = this.bytes.writeInt32BE(-1, this.at);
  }

  private hex(digits: string, length: number): void {
    this.room(4 + length);
    this.at = this.bytes.writeInt32BE(length, this.at);
    this.bytes.write(digits, this.at, length, 'hex');
    this.at += length;
  }

  private text(text: string | null): void {
    if (text === null) {
      this.none();
      return;
    }
    // A UTF-16 unit takes at most three bytes of UTF-8.
    this.room(4 + 3 * text.length);
    const length = this.bytes.write(text, this.at + 4, 'utf8');
    this.bytes.writeInt32BE(length, this.at);
    this.at += 4 + length;
  }

  private body(json: string): void {
    this.room(5 + 3 * json.length);
    this.bytes[this.at + 4] = JSONB_VERSION;
    const length = this.bytes.write(json, this.at + 5, 'utf8');
    this.bytes.writeInt32BE(1 + length, this.at);
    this.at += 5 + length;
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

  private int4(value: number | null): void {
    if (value === null) {
      this.none();
      return;
    }
    this.room(8);
    this.at = this.bytes.writeInt32BE(4, this.at);
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  /** A safe integer, as two halves: cheaper than a BigInt for each. */
  private int8(value: number): void {
    this.room(12);
    this.at = this.bytes.writeInt32BE(8, this.at);
    const high = Math.floor(value / 0x1_0000_0000);
    this.at = this.bytes.writeInt32BE(high, this.at);
    this.at = this.bytes.writeUInt32BE(value - high * 0x1_0000_0000, this.at);
  }

  private float8(value: number | null): void {
    if (value === null) {
      this.none();
      return;
    }
    this.room(12);
    this.at = this.bytes.writeInt32BE(8, this.at);
    this.at = this.bytes.writeDoubleBE(value, this.at);
  }
}
