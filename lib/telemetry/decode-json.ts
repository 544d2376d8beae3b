import { AppError } from '@/lib/errors';
import { jsonNumber, Room, setAttribute, withoutNul } from '@/lib/telemetry/attributes';
import {
  CUT,
  MAX_ATTRIBUTES,
  MAX_DEPTH,
  MAX_EVENTS,
  MAX_JSON_ELEMENTS,
  MAX_LINKS,
  MAX_NAME_BYTES,
  MAX_SPANS,
  MAX_STATUS_BYTES,
} from '@/lib/telemetry/limits';
import { REASONS, type Rejections, tooMany } from '@/lib/telemetry/rejections';
import type { JsonValue, RawSpan } from '@/lib/telemetry/span';
import { mendEventTimes, mendTimes } from '@/lib/telemetry/times';

/**
 * `ExportTraceServiceRequest` from OTLP/JSON: lowerCamelCase keys, hexadecimal ids in either case, 64-bit numbers as
 * text or number, enums as numbers, unknown fields ignored. A null field is one that was not sent.
 *
 * A span whose own shape is wrong is rejected with the field's name; a wrong shape around spans is the body's fault.
 *
 * @throws AppError `invalid` when the text is not JSON or not of this shape, `too_large` when it holds too many things
 */
export function decodeJson(body: Uint8Array, receivedAtUs: number, rejections: Rejections): RawSpan[] {
  if (elementsExceed(body, MAX_JSON_ELEMENTS)) throw tooMany('objects and lists in JSON', MAX_JSON_ELEMENTS);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  let request: unknown;
  try {
    request = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('invalid', `The body is not JSON: ${why}`, { cause: error });
  }
  if (!isRecord(request)) throw wrongShape('', 'an object with resourceSpans');

  const room = new Room();
  const spans: RawSpan[] = [];
  let met = 0;
  for (const [r, resourceSpans] of listAt(request.resourceSpans, 'resourceSpans').entries()) {
    const at = `resourceSpans/${r}`;
    if (!isRecord(resourceSpans)) throw wrongShape(at, 'an object');
    room.reset();
    const resource = envelope(`${at}/resource`, () =>
      attributesOf(recordAt(resourceSpans.resource, `${at}/resource`).attributes, room),
    );
    const cut = room.cut;
    const nul = room.nul;
    for (const [s, scopeSpans] of listAt(resourceSpans.scopeSpans, `${at}/scopeSpans`).entries()) {
      const scopeAt = `${at}/scopeSpans/${s}`;
      if (!isRecord(scopeSpans)) throw wrongShape(scopeAt, 'an object');
      const sent = recordAt(scopeSpans.scope, `${scopeAt}/scope`);
      room.reset();
      const scope = envelope(`${scopeAt}/scope`, () => ({
        name: textOf(sent.name, 'name', MAX_NAME_BYTES, room),
        version: textOf(sent.version, 'version', MAX_NAME_BYTES, room),
      }));
      const scopeCut = cut || room.cut;
      const scopeNul = nul || room.nul;
      for (const span of listAt(scopeSpans.spans, `${scopeAt}/spans`)) {
        if (++met > MAX_SPANS) throw tooMany('spans', MAX_SPANS);
        room.reset();
        room.cut = scopeCut;
        room.nul = scopeNul;
        try {
          spans.push(spanOf(span, room, receivedAtUs, resource, scope));
        } catch (error) {
          if (!(error instanceof Unusable)) throw error;
          rejections.add(error.message);
        }
      }
    }
  }
  return spans;
}

/** Counts what opens an object or list; brackets within texts count too, which only makes the bound stricter. */
function elementsExceed(body: Uint8Array, most: number): boolean {
  if (body.length <= most) return false;
  let elements = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if ((byte === OPEN_OBJECT || byte === OPEN_LIST) && ++elements > most) return true;
  }
  return false;
}

const OPEN_OBJECT = '{'.charCodeAt(0);
const OPEN_LIST = '['.charCodeAt(0);

/** Why one span (or, around spans, the body) cannot be read. */
class Unusable extends Error {}

function spanOf(
  sent: unknown,
  room: Room,
  receivedAtUs: number,
  resource: RawSpan['resource'],
  scope: RawSpan['scope'],
): RawSpan {
  if (!isRecord(sent)) throw new Unusable('a span must be an object');
  const traceId = idOf(sent.traceId, 32);
  if (traceId === null) throw new Unusable(REASONS.traceId);
  const spanId = idOf(sent.spanId, 16);
  if (spanId === null) throw new Unusable(REASONS.spanId);
  const sentParent = sent.parentSpanId ?? '';
  const parentSpanId = sentParent === '' || sentParent === NO_SPAN ? null : idOf(sentParent, 16);
  if (parentSpanId === null && sentParent !== '' && sentParent !== NO_SPAN) {
    throw new Unusable(REASONS.parentSpanId);
  }
  const name = textOf(sent.name, 'name', MAX_NAME_BYTES, room);
  const kind = intOf(sent.kind, 'kind');
  const startUs = microsOf(sent.startTimeUnixNano, 'startTimeUnixNano');
  const endUs = microsOf(sent.endTimeUnixNano, 'endTimeUnixNano');
  const attributes = attributesOf(sent.attributes, room);
  const events: RawSpan['events'] = [];
  for (const event of listOf(sent.events, 'events')) {
    if (!isRecord(event)) throw new Unusable('events must hold objects');
    if (events.length >= MAX_EVENTS) {
      room.cut = true;
      break;
    }
    events.push({
      name: textOf(event.name, 'events/name', MAX_NAME_BYTES, room),
      atUs: microsOf(event.timeUnixNano, 'events/timeUnixNano'),
      attributes: attributesOf(event.attributes, room),
    });
  }
  const links: RawSpan['links'] = [];
  for (const [index, link] of listOf(sent.links, 'links').entries()) {
    if (!isRecord(link)) throw new Unusable('links must hold objects');
    if (index >= MAX_LINKS) {
      room.cut = true;
      break;
    }
    const linkedTrace = hexOf(link.traceId, 32);
    const linkedSpan = hexOf(link.spanId, 16);
    // A link that names no span points nowhere.
    if (linkedTrace !== null && linkedSpan !== null) links.push({ traceId: linkedTrace, spanId: linkedSpan });
  }
  const status = sent.status ?? {};
  if (!isRecord(status)) throw new Unusable('status must be an object');
  const code = intOf(status.code, 'status/code');
  const statusMessage = textOf(status.message, 'status/message', MAX_STATUS_BYTES, room) || null;

  const faults = room.faults();
  const times = mendTimes(startUs, endUs, receivedAtUs, faults);
  if (events.length > 0) mendEventTimes(events, times.startUs, receivedAtUs, faults);
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: kind >= 0 && kind <= 5 ? kind : 0,
    startUs: times.startUs,
    durationUs: times.durationUs,
    status: code === 2 ? 'error' : code === 1 ? 'ok' : 'unset',
    statusMessage,
    attributes,
    events,
    links,
    resource,
    scope,
    faults,
  };
}

function attributesOf(sent: unknown, room: Room): Record<string, JsonValue> {
  const attributes: Record<string, JsonValue> = {};
  let count = 0;
  for (const entry of listOf(sent, 'attributes')) {
    if (!isRecord(entry)) throw new Unusable('attributes must hold objects with key and value');
    if (count++ >= MAX_ATTRIBUTES) {
      room.cut = true;
      break;
    }
    const key = textOf(entry.key, 'attributes/key', MAX_NAME_BYTES, room);
    room.open(key, true);
    const opened = room.value;
    setAttribute(attributes, key, anyValueOf(entry.value, room, 0));
    room.close(opened);
  }
  return attributes;
}

/** An AnyValue. The recursion is bounded by MAX_DEPTH, not by what was sent. */
function anyValueOf(sent: unknown, room: Room, depth: number): JsonValue {
  if (sent === undefined || sent === null) return null;
  if (!isRecord(sent)) throw new Unusable('a value must be an object such as {"stringValue": "…"}');
  if (typeof sent.stringValue === 'string') return takeText(sent.stringValue, room);
  if (sent.intValue !== undefined && sent.intValue !== null) return integerOf(sent.intValue);
  if (typeof sent.boolValue === 'boolean') return sent.boolValue;
  if (sent.doubleValue !== undefined && sent.doubleValue !== null) return doubleOf(sent.doubleValue);
  if (isRecord(sent.arrayValue)) {
    if (depth >= MAX_DEPTH) return tooDeep(room);
    const items: JsonValue[] = [];
    for (const item of listOf(sent.arrayValue.values, 'arrayValue/values')) {
      if (!room.takeElement()) break;
      items.push(anyValueOf(item, room, depth + 1));
    }
    return items;
  }
  if (isRecord(sent.kvlistValue)) {
    if (depth >= MAX_DEPTH) return tooDeep(room);
    const record: Record<string, JsonValue> = {};
    for (const entry of listOf(sent.kvlistValue.values, 'kvlistValue/values')) {
      if (!isRecord(entry)) throw new Unusable('kvlistValue/values must hold objects with key and value');
      if (!room.takeElement()) break;
      const key = textOf(entry.key, 'kvlistValue/key', MAX_NAME_BYTES, room);
      setAttribute(record, key, anyValueOf(entry.value, room, depth + 1));
    }
    return record;
  }
  if (typeof sent.bytesValue === 'string') return takeBase64(sent.bytesValue, room);
  if (typeof sent.stringValue === 'number' || typeof sent.stringValue === 'boolean') {
    return takeText(String(sent.stringValue), room);
  }
  return null;
}

function tooDeep(room: Room): string {
  room.cut = true;
  return CUT;
}

function takeText(text: string, room: Room): string {
  const size = byteLength(text);
  const kept = size > room.value ? cutText(text, room.value, room) : text;
  room.value -= Math.min(size, room.value);
  return mendText(kept, room);
}

function takeBase64(text: string, room: Room): string {
  const most = Math.floor(room.value / 4) * 4;
  const kept = text.length > most ? text.slice(0, most) : text;
  if (kept.length < text.length) room.cut = true;
  room.value -= kept.length;
  return mendText(kept, room);
}

function integerOf(sent: unknown): number | string {
  if (typeof sent === 'number' && Number.isInteger(sent)) return sent;
  if (typeof sent === 'string' && /^-?\d{1,20}$/.test(sent)) {
    const value = Number(sent);
    return Number.isSafeInteger(value) ? value : BigInt.asIntN(64, BigInt(sent)).toString();
  }
  throw new Unusable('intValue must be a whole number, or one in decimal digits');
}

function doubleOf(sent: unknown): number | string {
  const value = typeof sent === 'string' && sent.trim() !== '' ? Number(sent) : sent;
  if (typeof value !== 'number' || (Number.isNaN(value) && sent !== 'NaN')) {
    throw new Unusable('doubleValue must be a number');
  }
  return jsonNumber(value);
}

/** Whole microseconds of a time in nanoseconds; 0 when none was sent. Decimal text is read without rounding. */
function microsOf(sent: unknown, field: string): number {
  if (sent === undefined || sent === null || sent === '') return 0;
  if (typeof sent === 'string' && /^\d{1,20}$/.test(sent)) return Number(sent.slice(0, -3));
  const nanos = typeof sent === 'string' ? Number(sent) : sent;
  if (typeof nanos !== 'number' || !Number.isFinite(nanos)) {
    throw new Unusable(`${field} must be nanoseconds since 1970, in decimal digits`);
  }
  // A negative time was sent, so it is not "missing": one before 1970 is mended like any implausible one.
  return Math.floor(nanos / 1000);
}

function intOf(sent: unknown, field: string): number {
  if (sent === undefined || sent === null) return 0;
  if (typeof sent !== 'number' || !Number.isInteger(sent))
    throw new Unusable(`${field} must be a whole number`);
  return sent;
}

function textOf(sent: unknown, field: string, most: number, room: Room): string {
  if (sent === undefined || sent === null) return '';
  if (typeof sent !== 'string') throw new Unusable(`${field} must be text`);
  return mendText(byteLength(sent) > most ? cutText(sent, most, room) : sent, room);
}

const NO_SPAN = '0'.repeat(16);
const HEX = /^[0-9a-fA-F]*$/;

function hexOf(sent: unknown, digits: number): string | null {
  return typeof sent === 'string' && sent.length === digits && HEX.test(sent) ? sent.toLowerCase() : null;
}

/** An id in lower case, or null when it is none. */
function idOf(sent: unknown, digits: number): string | null {
  const id = hexOf(sent, digits);
  return id === null || /^0+$/.test(id) ? null : id;
}

/** UTF-8 bytes; text of unpaired surrogates counts as it will be stored. */
function byteLength(text: string): number {
  // Each UTF-16 unit makes at most three bytes, and most texts are short.
  return Buffer.byteLength(text, 'utf8');
}

/** The first `most` bytes, cut at a character's edge. */
function cutText(text: string, most: number, room: Room): string {
  room.cut = true;
  const bytes = Buffer.from(text, 'utf8');
  let stop = most;
  while (stop > 0 && ((bytes[stop] ?? 0) & 0xc0) === 0x80) stop--;
  return bytes.toString('utf8', 0, stop);
}

/** PostgreSQL holds neither NUL nor half a surrogate pair. */
function mendText(text: string, room: Room): string {
  if (text.isWellFormed()) return withoutNul(text, room);
  room.nul = true;
  return withoutNul(text.toWellFormed(), room);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(sent: unknown, field: string): readonly unknown[] {
  if (sent === undefined || sent === null) return [];
  if (!Array.isArray(sent)) throw new Unusable(`${field} must be a list`);
  return sent;
}

function listAt(sent: unknown, path: string): readonly unknown[] {
  if (sent === undefined || sent === null) return [];
  if (!Array.isArray(sent)) throw wrongShape(path, 'a list');
  return sent;
}

function recordAt(sent: unknown, path: string): Record<string, unknown> {
  if (sent === undefined || sent === null) return {};
  if (!isRecord(sent)) throw wrongShape(path, 'an object');
  return sent;
}

/** Runs a reader of what stands around spans: there, an unusable field is the whole body's. */
function envelope<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unusable) throw wrongShape(path, error.message);
    throw error;
  }
}

function wrongShape(path: string, expected: string): AppError {
  return new AppError(
    'invalid',
    `The body is not an OTLP traces request in JSON: ${path || 'it'} should be ${expected}.`,
    {
      issues: [{ path, message: 'has the wrong shape', expected }],
    },
  );
}
