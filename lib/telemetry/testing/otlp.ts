import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs';

/** For tests only: OTLP requests, written by protobufjs from proto/trace.proto, and random ones in both encodings. */
const proto = protobuf.parse(readFileSync(new URL('../proto/trace.proto', import.meta.url), 'utf8')).root;

/** The bytes of a message of proto/trace.proto, given in OTLP/JSON's shape: ids hexadecimal, 64-bit numbers as text. */
export function toProtobuf(message: object, type = 'ExportTraceServiceRequest'): Uint8Array {
  const encoder = proto.lookupType(`countersign.otlp.${type}`);
  return encoder.encode(encoder.fromObject(withBytes(message))).finish();
}

/** A message of proto/trace.proto from its bytes, 64-bit numbers as text. */
export function fromProtobuf(bytes: Uint8Array, type: string): Record<string, unknown> {
  const decoder = proto.lookupType(`countersign.otlp.${type}`);
  return decoder.toObject(decoder.decode(bytes), { longs: String });
}

export function toJson(message: object): Uint8Array {
  return Buffer.from(JSON.stringify(message));
}

/** One span in a request of its own; `span` overrides the fields of a sound one. */
export function requestOf(...spans: object[]): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'claims' } }] },
        scopeSpans: [
          { scope: { name: 'tests', version: '1' }, spans: spans.map((span) => ({ ...SOUND, ...span })) },
        ],
      },
    ],
  };
}

/** 2026-11-20 12:00 UTC, in nanoseconds as OTLP writes it; a second long. */
export const SOUND = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  name: 'chat',
  kind: 1,
  startTimeUnixNano: '1795176000000000000',
  endTimeUnixNano: '1795176001000000000',
};
/** Half an hour after `SOUND`, in milliseconds. */
export const RECEIVED_MS = 1_795_177_800_000;

/** Whether text survives both encodings as it is. */
const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });

const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'value' },
    fc.record({ stringValue: text(60) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.from(b).toString('base64')) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 4 }) }) }),
    fc.record({
      kvlistValue: fc.record({
        values: fc.array(fc.record({ key: text(8), value: tie('value') }), { maxLength: 4 }),
      }),
    }),
  ),
}));
const attributes = fc.array(fc.record({ key: text(20), value: anyValue }), { maxLength: 6 });
const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const recent = fc.bigInt({ min: 1_790_000_000_000_000_000n, max: 1_795_000_000_000_000_000n }).map(String);

const anySpan = fc.record(
  {
    traceId: fc.oneof(
      { arbitrary: hex(32), weight: 9 },
      { arbitrary: fc.constantFrom('', '00', '0'.repeat(32)), weight: 1 },
    ),
    spanId: fc.oneof(
      { arbitrary: hex(16), weight: 9 },
      { arbitrary: fc.constantFrom('', 'abcd', '0'.repeat(16)), weight: 1 },
    ),
    parentSpanId: fc.oneof(hex(16), fc.constantFrom('', '0'.repeat(16), 'abcd')),
    name: text(30),
    kind: fc.integer({ min: 0, max: 9 }),
    startTimeUnixNano: fc.oneof(recent, nanos),
    endTimeUnixNano: fc.oneof(recent, nanos),
    attributes,
    events: fc.array(fc.record({ timeUnixNano: fc.oneof(recent, nanos), name: text(12), attributes }), {
      maxLength: 3,
    }),
    links: fc.array(fc.record({ traceId: hex(32), spanId: hex(16) }), { maxLength: 3 }),
    status: fc.record({ code: fc.integer({ min: 0, max: 4 }), message: text(20) }),
    traceState: text(5),
    flags: fc.nat(),
    droppedAttributesCount: fc.nat(),
  },
  { requiredKeys: ['traceId', 'spanId'] },
);

/** Requests of every shape OTLP allows, sound and unsound spans mixed, in OTLP/JSON's shape. */
export const anyRequest = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeSpans: fc.array(
        fc.record({
          scope: fc.record({ name: text(10), version: text(5) }),
          spans: fc.array(anySpan, { maxLength: 4 }),
        }),
        { maxLength: 3 },
      ),
      schemaUrl: text(10),
    }),
    { maxLength: 3 },
  ),
});

const IDS = new Set(['traceId', 'spanId', 'parentSpanId']);

/** Ids as the bytes protobuf carries. */
function withBytes(message: unknown): { [key: string]: unknown } {
  return Object.fromEntries(
    Object.entries(message ?? {}).map(([key, value]) => {
      if (IDS.has(key) && typeof value === 'string') return [key, Buffer.from(value, 'hex')];
      if (Array.isArray(value)) return [key, value.map((item) => withBytes(item))];
      return [key, typeof value === 'object' && value !== null ? withBytes(value) : value];
    }),
  );
}
