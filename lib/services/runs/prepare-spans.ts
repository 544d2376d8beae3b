import { codeOf } from '@/lib/telemetry/made-of';
import { factsOf } from '@/lib/telemetry/recognise';
import type { RawSpan, SpanFacts } from '@/lib/telemetry/span';
import { BufferPool } from './buffer-pool';
import { type RunSpan, runSpanOf, serviceOf } from './run-span';
import { SPAN_COLUMNS } from './span-rows';

/** PostgreSQL counts microseconds from 2000-01-01. */
const EPOCH_US = 946_684_800_000_000;
const JSONB_VERSION = 1;
/** What most spans' rows need; the buffer grows when they need more. */
const ROW_BYTES = 1280;
/** What a body begins with, by the span's kind. */
const BODY_HEADS = [0, 1, 2, 3, 4, 5].map((kind) => Buffer.from(`{"kind":${kind},"attributes":`));
const UNKNOWN_KIND = Buffer.from('{"kind":0,"attributes":');
const NO_EVENTS = Buffer.from(',"events":[],"links":[]');
const NO_FAULTS = Buffer.from('[]}');
/** For what exporters send at once by default: 512 spans. */
const pool = new BufferPool(512 * ROW_BYTES, 64);

/**
 * Recognises spans and writes their rows, up to what judging fills in. It is done as requests arrive, while the database
 * is at work on those before; the objects that spans were decoded into can go.
 */
export function prepareSpans(workspaceId: string, spans: readonly RawSpan[]): Prepared {
  const rows = new Rows(workspaceId, spans.length);
  let resource: RawSpan['resource'] | undefined;
  let service: string | null = null;
  let code: string | null = null;
  const prepared = spans.map((raw) => {
    if (raw.resource !== resource) {
      resource = raw.resource;
      service = serviceOf(resource);
      code = codeOf(resource);
    }
    const facts = factsOf(raw);
    const start = rows.length;
    rows.add(raw, facts);
    return runSpanOf(raw, facts, service, code, { rows, start, end: rows.length });
  });
  return { spans: prepared, release: () => rows.release() };
}

export interface Prepared {
  spans: RunSpan[];
  /** Lets others use the memory of their rows: to be called when they are written, or given up. */
  release: () => void;
}

/** Rows of `span` in PostgreSQL's binary COPY format, without the columns of VERDICT_COLUMNS. */
class Rows {
  bytes: Buffer;
  private at = 0;
  private readonly workspace: Buffer;
  /** Spans of one request share their resource and scope, so what they make of a body is kept. */
  private resource: unknown;
  private scope: unknown;
  private tail = Buffer.alloc(0);

  constructor(workspaceId: string, count: number) {
    this.bytes = pool.take(count * ROW_BYTES);
    this.workspace = Buffer.alloc(22);
    this.workspace.writeInt16BE(SPAN_COLUMNS.length, 0);
    this.workspace.writeInt32BE(16, 2);
    this.workspace.write(workspaceId.replaceAll('-', ''), 6, 16, 'hex');
  }

  release(): void {
    pool.give(this.bytes);
  }

  get length(): number {
    return this.at;
  }

  add(span: RawSpan, facts: SpanFacts): void {
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
    this.text(facts.operation);
    this.text(span.status);
    this.text(span.statusMessage);
    this.text(facts.dialect);
    this.text(facts.tool === null ? null : facts.tool.name);
    this.text(facts.model);
    this.int4(facts.tokens === null ? null : facts.tokens.input);
    this.int4(facts.tokens === null ? null : facts.tokens.output);
    this.float8(facts.reportedCostUsd);
    this.body(span);
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + bytes));
    this.bytes.copy(larger, 0, 0, this.at);
    pool.give(this.bytes);
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

  /**
   * The JSON of `span.body`. What PostgreSQL's JSON does not take, NUL and half surrogate pairs, decoding has replaced.
   */
  private body(span: RawSpan): void {
    if (span.resource !== this.resource || span.scope !== this.scope) {
      this.resource = span.resource;
      this.scope = span.scope;
      this.tail = Buffer.from(
        `,"resource":${JSON.stringify(span.resource)},"scope":${JSON.stringify(span.scope)},"faults":`,
      );
    }
    const attributes = JSON.stringify(span.attributes);
    // A UTF-16 unit takes at most three bytes of UTF-8.
    this.room(256 + this.tail.length + 3 * attributes.length);
    const start = this.at;
    this.bytes[start + 4] = JSONB_VERSION;
    this.at += 5;
    const head = BODY_HEADS[span.kind] ?? UNKNOWN_KIND;
    this.bytes.set(head, this.at);
    this.at += head.length;
    this.at += this.bytes.write(attributes, this.at);
    if (span.events.length === 0 && span.links.length === 0) {
      this.bytes.set(NO_EVENTS, this.at);
      this.at += NO_EVENTS.length;
    } else this.json(`,"events":${JSON.stringify(span.events)},"links":${JSON.stringify(span.links)}`);
    this.room(this.tail.length + 8);
    this.bytes.set(this.tail, this.at);
    this.at += this.tail.length;
    if (span.faults.length === 0) {
      this.bytes.set(NO_FAULTS, this.at);
      this.at += NO_FAULTS.length;
    } else this.json(`${JSON.stringify(span.faults)}}`);
    this.bytes.writeInt32BE(this.at - start - 4, start);
  }

  private json(text: string): void {
    this.room(3 * text.length);
    this.at += this.bytes.write(text, this.at);
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
