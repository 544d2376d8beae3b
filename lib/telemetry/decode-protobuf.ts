import { jsonNumber, Room, setAttribute } from '@/lib/telemetry/attributes';
import {
  CUT,
  MAX_ATTRIBUTES,
  MAX_DEPTH,
  MAX_EVENTS,
  MAX_LINKS,
  MAX_SPANS,
  MAX_STATUS_BYTES,
  MAX_VALUE_BYTES,
} from '@/lib/telemetry/limits';
import { REASONS, type Rejections, tooMany } from '@/lib/telemetry/rejections';
import type { JsonValue, RawSpan } from '@/lib/telemetry/span';
import { mendEventTimes, mendTimes } from '@/lib/telemetry/times';
import { BYTES, FIXED64, malformed, VARINT, WireReader, WRONG } from '@/lib/telemetry/wire-reader';

/**
 * `ExportTraceServiceRequest` (proto/trace.proto) from its bytes. Written by hand because generated decoders build an
 * object for every message and every oneof first: this one makes the span itself, and remembers the keys it has seen.
 *
 * @throws AppError `invalid` when the bytes are no protobuf message of this shape
 */
export function decodeProtobuf(body: Uint8Array, receivedAtUs: number, rejections: Rejections): RawSpan[] {
  return new Decoder(body, receivedAtUs, rejections).request();
}

/** A field's number and wire type, as they stand before it. */
const tagOf = (field: number, wire: number): number => (field << 3) | wire;

const TAG = {
  one: tagOf(1, BYTES),
  two: tagOf(2, BYTES),
  three: tagOf(3, BYTES),
  oneFixed64: tagOf(1, FIXED64),
  spanParent: tagOf(4, BYTES),
  spanName: tagOf(5, BYTES),
  spanKind: tagOf(6, VARINT),
  spanStart: tagOf(7, FIXED64),
  spanEnd: tagOf(8, FIXED64),
  spanAttribute: tagOf(9, BYTES),
  spanEvent: tagOf(11, BYTES),
  spanLink: tagOf(13, BYTES),
  spanStatus: tagOf(15, BYTES),
  statusCode: tagOf(3, VARINT),
  valueBool: tagOf(2, VARINT),
  valueInt: tagOf(3, VARINT),
  valueDouble: tagOf(4, FIXED64),
  valueArray: tagOf(5, BYTES),
  valueMap: tagOf(6, BYTES),
  valueBytes: tagOf(7, BYTES),
} as const;

/** Bytes of a text that is looked for among those seen before. */
const SHORT_VALUE = 32;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

class Decoder extends WireReader {
  /** Resources, scopes and spans met so far. */
  private met = 0;
  private readonly spans: RawSpan[] = [];

  constructor(
    body: Uint8Array,
    private readonly receivedAtUs: number,
    private readonly rejections: Rejections,
  ) {
    super(body, new Room());
  }

  request(): RawSpan[] {
    const end = this.bytes.length;
    while (this.pos < end) {
      const tag = this.varint();
      if (tag === TAG.one) this.resourceSpans(this.length(end));
      else this.skip(tag, end);
    }
    return this.spans;
  }

  /** Two passes: the resource may stand behind the spans it belongs to. */
  private resourceSpans(end: number): void {
    this.meet();
    const start = this.pos;
    this.room.reset();
    const resource: Record<string, JsonValue> = {};
    let count = 0;
    while (this.pos < end) {
      const tag = this.varint();
      if (tag !== TAG.one) {
        this.skip(tag, end);
        continue;
      }
      const resourceEnd = this.length(end);
      while (this.pos < resourceEnd) {
        const inner = this.varint();
        if (inner === TAG.one) this.attribute(this.length(resourceEnd), resource, count++);
        else this.skip(inner, resourceEnd);
      }
      this.endAt(resourceEnd);
    }
    this.endAt(end);
    const cut = this.room.cut;
    const nul = this.room.nul;

    this.pos = start;
    while (this.pos < end) {
      const tag = this.varint();
      if (tag === TAG.two) this.scopeSpans(this.length(end), resource, cut, nul);
      else this.skip(tag, end);
    }
  }

  private scopeSpans(end: number, resource: Record<string, JsonValue>, cut: boolean, nul: boolean): void {
    this.meet();
    const start = this.pos;
    const scope = { name: '', version: '' };
    this.room.reset();
    while (this.pos < end) {
      const tag = this.varint();
      if (tag !== TAG.one) {
        this.skip(tag, end);
        continue;
      }
      const scopeEnd = this.length(end);
      while (this.pos < scopeEnd) {
        const inner = this.varint();
        if (inner === TAG.one) scope.name = this.name(this.length(scopeEnd));
        else if (inner === TAG.two) scope.version = this.name(this.length(scopeEnd));
        else this.skip(inner, scopeEnd);
      }
      this.endAt(scopeEnd);
    }
    this.endAt(end);
    const scopeCut = cut || this.room.cut;
    const scopeNul = nul || this.room.nul;

    this.pos = start;
    while (this.pos < end) {
      const tag = this.varint();
      if (tag === TAG.two) {
        const spanEnd = this.length(end);
        this.room.reset();
        this.room.cut = scopeCut;
        this.room.nul = scopeNul;
        this.span(spanEnd, resource, scope);
        this.endAt(spanEnd);
      } else this.skip(tag, end);
    }
  }

  private span(end: number, resource: RawSpan['resource'], scope: RawSpan['scope']): void {
    this.meet();
    let traceId = '';
    let spanId = '';
    let parentSpanId = '';
    let name = '';
    let kind = 0;
    let startUs = 0;
    let endUs = 0;
    let status: RawSpan['status'] = 'unset';
    let statusMessage: string | null = null;
    const attributes: Record<string, JsonValue> = {};
    let attributeCount = 0;
    const events: RawSpan['events'] = [];
    const links: RawSpan['links'] = [];

    while (this.pos < end) {
      const tag = this.varint();
      switch (tag) {
        case TAG.spanAttribute:
          this.attribute(this.length(end), attributes, attributeCount++);
          break;
        case TAG.one:
          traceId = this.sharedHex(this.length(end), 16);
          break;
        case TAG.two:
          spanId = this.hex(this.length(end), 8);
          break;
        case TAG.spanParent:
          parentSpanId = this.sharedHex(this.length(end), 8);
          break;
        case TAG.spanName:
          name = this.name(this.length(end));
          break;
        case TAG.spanKind:
          kind = this.varint();
          break;
        case TAG.spanStart:
          startUs = this.micros(end);
          break;
        case TAG.spanEnd:
          endUs = this.micros(end);
          break;
        case TAG.spanEvent:
          this.event(this.length(end), events);
          break;
        case TAG.spanLink:
          this.link(this.length(end), links);
          break;
        case TAG.spanStatus: {
          const statusEnd = this.length(end);
          while (this.pos < statusEnd) {
            const inner = this.varint();
            if (inner === TAG.statusCode) {
              const code = this.varint();
              status = code === 2 ? 'error' : code === 1 ? 'ok' : 'unset';
            } else if (inner === TAG.two) {
              statusMessage = this.text(this.length(statusEnd), MAX_STATUS_BYTES) || null;
            } else this.skip(inner, statusEnd);
          }
          this.endAt(statusEnd);
          break;
        }
        default:
          this.skip(tag, end);
      }
    }

    if (traceId === '' || traceId === WRONG || traceId === NO_TRACE) {
      this.rejections.add(REASONS.traceId);
    } else if (spanId === '' || spanId === WRONG || spanId === NO_SPAN) {
      this.rejections.add(REASONS.spanId);
    } else if (parentSpanId === WRONG) {
      this.rejections.add(REASONS.parentSpanId);
    } else {
      const faults = this.room.faults();
      const times = mendTimes(startUs, endUs, this.receivedAtUs, faults);
      if (events.length > 0) mendEventTimes(events, times.startUs, this.receivedAtUs, faults);
      this.spans.push({
        traceId,
        spanId,
        parentSpanId: parentSpanId === '' || parentSpanId === NO_SPAN ? null : parentSpanId,
        name,
        kind: kind <= 5 ? kind : 0,
        startUs: times.startUs,
        durationUs: times.durationUs,
        status,
        statusMessage,
        attributes,
        events,
        links,
        resource,
        scope,
        faults,
      });
    }
  }

  private event(end: number, events: RawSpan['events']): void {
    if (events.length >= MAX_EVENTS) {
      this.room.cut = true;
      this.pos = end;
      return;
    }
    let atUs = 0;
    let name = '';
    const attributes: Record<string, JsonValue> = {};
    let count = 0;
    while (this.pos < end) {
      const tag = this.varint();
      if (tag === TAG.oneFixed64) atUs = this.micros(end);
      else if (tag === TAG.two) name = this.name(this.length(end));
      else if (tag === TAG.three) this.attribute(this.length(end), attributes, count++);
      else this.skip(tag, end);
    }
    this.endAt(end);
    events.push({ name, atUs, attributes });
  }

  private link(end: number, links: RawSpan['links']): void {
    if (links.length >= MAX_LINKS) {
      this.room.cut = true;
      this.pos = end;
      return;
    }
    let traceId = '';
    let spanId = '';
    while (this.pos < end) {
      const tag = this.varint();
      if (tag === TAG.one) traceId = this.hex(this.length(end), 16);
      else if (tag === TAG.two) spanId = this.hex(this.length(end), 8);
      else this.skip(tag, end);
    }
    this.endAt(end);
    // A link that names no span points nowhere.
    if (traceId.length === 32 && spanId.length === 16) links.push({ traceId, spanId });
  }

  /** A KeyValue. Its value is read last, when the key (and so the room it has) is known. */
  private attribute(end: number, into: Record<string, JsonValue>, count: number): void {
    if (count >= MAX_ATTRIBUTES) {
      this.room.cut = true;
      this.pos = end;
      return;
    }
    let key = '';
    let valueStart = -1;
    let valueEnd = -1;
    while (this.pos < end) {
      const tag = this.varint();
      if (tag === TAG.one) key = this.name(this.length(end));
      else if (tag === TAG.two) {
        valueEnd = this.length(end);
        valueStart = this.pos;
        this.pos = valueEnd;
      } else this.skip(tag, end);
    }
    this.endAt(end);
    if (valueStart < 0) {
      setAttribute(into, key, null);
      return;
    }
    this.pos = valueStart;
    this.room.open(key, valueEnd - valueStart > MAX_VALUE_BYTES);
    const opened = this.room.value;
    setAttribute(into, key, this.value(valueEnd, 0));
    this.room.close(opened);
    this.pos = end;
  }

  /** An AnyValue; the last of several members of its oneof wins. */
  private value(end: number, depth: number): JsonValue {
    let result: JsonValue = null;
    while (this.pos < end) {
      const tag = this.varint();
      switch (tag) {
        case TAG.one: {
          const stringEnd = this.length(end);
          const size = stringEnd - this.pos;
          // Short values are names of models, tools, operations: the same in many spans.
          result =
            size <= SHORT_VALUE && size <= this.room.value
              ? this.name(stringEnd)
              : this.text(stringEnd, this.room.value);
          this.room.value -= Math.min(size, this.room.value);
          break;
        }
        case TAG.valueInt:
          result = this.int64();
          break;
        case TAG.valueDouble:
          if (end - this.pos < 8) throw malformed('a number is cut short');
          result = jsonNumber(this.view.getFloat64(this.pos, true));
          this.pos += 8;
          break;
        case TAG.valueBool:
          result = this.int64() !== 0;
          break;
        case TAG.valueArray:
          result = this.list(this.length(end), depth + 1);
          break;
        case TAG.valueMap:
          result = this.map(this.length(end), depth + 1);
          break;
        case TAG.valueBytes: {
          const bytesEnd = this.length(end);
          // Base64 makes four characters of three bytes.
          const most = Math.floor(this.room.value / 4) * 3;
          const size = Math.min(bytesEnd - this.pos, most);
          if (size < bytesEnd - this.pos) this.room.cut = true;
          result = this.bytes.toString('base64', this.pos, this.pos + size);
          this.room.value -= result.length;
          this.pos = bytesEnd;
          break;
        }
        default:
          this.skip(tag, end);
      }
    }
    this.endAt(end);
    return result;
  }

  private list(end: number, depth: number): JsonValue {
    if (depth > MAX_DEPTH) return this.tooDeep(end);
    const items: JsonValue[] = [];
    while (this.pos < end) {
      const tag = this.varint();
      if (tag !== TAG.one) this.skip(tag, end);
      else {
        const itemEnd = this.length(end);
        if (this.room.takeElement()) items.push(this.value(itemEnd, depth));
        else this.pos = itemEnd;
      }
    }
    this.endAt(end);
    return items;
  }

  private map(end: number, depth: number): JsonValue {
    if (depth > MAX_DEPTH) return this.tooDeep(end);
    const record: Record<string, JsonValue> = {};
    while (this.pos < end) {
      const tag = this.varint();
      if (tag !== TAG.one) {
        this.skip(tag, end);
        continue;
      }
      const entryEnd = this.length(end);
      if (!this.room.takeElement()) {
        this.pos = entryEnd;
        continue;
      }
      let key = '';
      let value: JsonValue = null;
      while (this.pos < entryEnd) {
        const inner = this.varint();
        if (inner === TAG.one) key = this.name(this.length(entryEnd));
        else if (inner === TAG.two) value = this.value(this.length(entryEnd), depth);
        else this.skip(inner, entryEnd);
      }
      this.endAt(entryEnd);
      setAttribute(record, key, value);
    }
    this.endAt(end);
    return record;
  }

  private tooDeep(end: number): string {
    this.room.cut = true;
    this.pos = end;
    return CUT;
  }

  private meet(): void {
    if (++this.met > MAX_SPANS) throw tooMany('spans, scopes and resources', MAX_SPANS);
  }
}
