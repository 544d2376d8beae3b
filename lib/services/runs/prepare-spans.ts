import { recognise } from '@/lib/telemetry/recognise';
import type { RawSpan, Span } from '@/lib/telemetry/span';
import { type RunSpan, runSpanOf } from './run-span';
import { BodyWriter, SPAN_COLUMNS } from './span-rows';

/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_US = 946_684_800_000_000;
const JSONB_VERSION = 1;
/** What most spans' rows need; the buffer grows when they need more. */
const ROW_BYTES = 1280;

/**
 * Recognises spans and writes their rows, up to what judging fills in. It is done as requests arrive, while the database
 * is at work on those before; the objects that spans were decoded into can go.
 */
export function prepareSpans(workspaceId: string, spans: readonly RawSpan[]): RunSpan[] {
  const rows = new Rows(workspaceId, spans.length);
  return spans.map((raw) => {
    const span = recognise(raw);
    const start = rows.length;
    rows.add(span);
    return runSpanOf(span, { rows, start, end: rows.length });
  });
}

/** Rows of `span` in PostgreSQL's binary COPY format, without the columns of VERDICT_COLUMNS. */
class Rows {
  bytes: Buffer;
  private at = 0;
  private readonly workspace: Buffer;
  private readonly bodies = new BodyWriter();

  constructor(workspaceId: string, count: number) {
    this.bytes = Buffer.allocUnsafeSlow(count * ROW_BYTES);
    this.workspace = Buffer.alloc(22);
    this.workspace.writeInt16BE(SPAN_COLUMNS.length, 0);
    this.workspace.writeInt32BE(16, 2);
    this.workspace.write(workspaceId.replaceAll('-', ''), 6, 16, 'hex');
  }

  get length(): number {
    return this.at;
  }

  add(span: Span): void {
    this.room(256);
    this.workspace.copy(this.bytes, this.at);
    this.at += this.workspace.length;
    this.hex(span.traceId, 16);
    this.hex(span.spanId, 8);
    if (span.parentSpanId === null) this.none();
    else this.hex(span.parentSpanId, 8);
    this.int8(span.startUs - EPOCH_US);
    this.int8(span.durationUs);
    this.text(span.name);
    this.text(span.operation);
    this.text(span.status);
    this.text(span.statusMessage);
    this.text(span.dialect);
    this.text(span.tool === null ? null : span.tool.name);
    this.text(span.model);
    this.int4(span.tokens === null ? null : span.tokens.input);
    this.int4(span.tokens === null ? null : span.tokens.output);
    this.float8(span.reportedCostUsd);
    this.body(this.bodies.write(span));
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + bytes));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  private none(): void {
    this.room(4);
    this.at = this.bytes.writeInt32BE(-1, this.at);
  }

  private hex(digits: string, length: number): void {
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
    const length = this.bytes.write(text, this.at + 4);
    this.bytes.writeInt32BE(length, this.at);
    this.at += 4 + length;
  }

  private body(json: string): void {
    this.room(5 + 3 * json.length);
    this.bytes[this.at + 4] = JSONB_VERSION;
    const length = this.bytes.write(json, this.at + 5);
    this.bytes.writeInt32BE(1 + length, this.at);
    this.at += 5 + length;
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
