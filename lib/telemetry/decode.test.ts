import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import { decodeTraces } from '@/lib/telemetry/decode';
import {
  CUT,
  MAX_ATTRIBUTES,
  MAX_DEPTH,
  MAX_VALUE_BYTES,
  MAX_WHOLE_VALUE_BYTES,
} from '@/lib/telemetry/limits';
import { anyRequest, RECEIVED_MS, requestOf, SOUND, toJson, toProtobuf } from '@/lib/telemetry/testing/otlp';

const ENCODINGS = ['protobuf', 'json'] as const;
type Encoding = (typeof ENCODINGS)[number];

const encode = (type: Encoding, message: object) => (type === 'json' ? toJson(message) : toProtobuf(message));

function decode(type: Encoding, ...spans: object[]) {
  return decodeTraces(encode(type, requestOf(...spans)), type, RECEIVED_MS);
}

function only(type: Encoding, span: object) {
  const { spans, rejected } = decode(type, span);
  expect(rejected).toEqual({ count: 0, reasons: [] });
  const [first] = spans;
  if (first === undefined || spans.length !== 1) throw new Error(`expected one span, not ${spans.length}`);
  return first;
}

const withAttribute = (key: string, value: object) => ({ attributes: [{ key, value }] });

describe.each(ENCODINGS)('a traces request in %s', { timeout: 60_000 }, (type) => {
  it('becomes spans with lower-case ids, whole microseconds and plain attribute values', () => {
    const span = only(type, {
      traceId: type === 'json' ? SOUND.traceId.toUpperCase() : SOUND.traceId,
      parentSpanId: 'aaaaaaaaaaaaaaaa',
      kind: 3,
      startTimeUnixNano: '1795176000123456789',
      endTimeUnixNano: '1795176000123999999',
      status: { code: 2, message: 'refused' },
      attributes: [
        { key: 'text', value: { stringValue: 'é' } },
        { key: 'whole', value: { intValue: '-42' } },
        { key: 'beyond', value: { intValue: '9007199254740993' } },
        { key: 'half', value: { doubleValue: 0.5 } },
        { key: 'yes', value: { boolValue: true } },
        { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } } },
        { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: false } }] } } },
        { key: 'bytes', value: { bytesValue: 'AQID' } },
        { key: 'nothing', value: {} },
        { key: '__proto__', value: { stringValue: 'a name like any other' } },
      ],
      events: [{ timeUnixNano: '1795176000123500000', name: 'exception', attributes: [] }],
      links: [{ traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' }],
    });
    expect(span).toMatchObject({
      traceId: SOUND.traceId,
      spanId: SOUND.spanId,
      parentSpanId: 'aaaaaaaaaaaaaaaa',
      kind: 3,
      startUs: 1_795_176_000_123_456,
      durationUs: 543,
      status: 'error',
      statusMessage: 'refused',
      events: [{ name: 'exception', atUs: 1_795_176_000_123_500, attributes: {} }],
      links: [{ traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' }],
      resource: { 'service.name': 'claims' },
      scope: { name: 'tests', version: '1' },
      faults: [],
    });
    expect(Object.entries(span.attributes)).toEqual([
      ['text', 'é'],
      ['whole', -42],
      ['beyond', '9007199254740993'],
      ['half', 0.5],
      ['yes', true],
      ['list', ['a', 1]],
      ['map', { k: false }],
      ['bytes', 'AQID'],
      ['nothing', null],
      ['__proto__', 'a name like any other'],
    ]);
  });

  it('without spans is an empty request', () => {
    expect(decodeTraces(encode(type, {}), type, RECEIVED_MS)).toEqual({
      spans: [],
      rejected: { count: 0, reasons: [] },
    });
  });

  it('loses only the spans whose ids are unusable, and says why', () => {
    const { spans, rejected } = decode(
      type,
      { name: 'kept' },
      { traceId: 'abcd' },
      { traceId: '0'.repeat(32) },
      { spanId: '0'.repeat(16) },
      { parentSpanId: 'abcd' },
      { name: 'kept too', parentSpanId: '0'.repeat(16) },
    );
    expect(spans.map((span) => [span.name, span.parentSpanId])).toEqual([
      ['kept', null],
      ['kept too', null],
    ]);
    expect(rejected.count).toBe(4);
    expect(rejected.reasons).toEqual([
      expect.stringMatching(/^2 spans: traceId must be 16 bytes/),
      expect.stringMatching(/^1 span: spanId must be 8 bytes/),
      expect.stringMatching(/^1 span: parentSpanId must be 8 bytes/),
    ]);
  });

  describe('with times that cannot be true', () => {
    const receivedUs = RECEIVED_MS * 1000;
    const year = (y: number) => String(BigInt(Date.UTC(y, 0, 1)) * 1_000_000n);

    it('takes a negative duration as none', () => {
      const span = only(type, { endTimeUnixNano: '1795175999000000000' });
      expect(span).toMatchObject({ durationUs: 0, faults: ['negative-duration'] });
    });

    it('lets the receipt stand in for a start in 1970 or 2100', () => {
      for (const odd of [year(1970), '86400000000000', year(2100), year(2500)]) {
        const span = only(type, { startTimeUnixNano: odd });
        expect(span).toMatchObject({ startUs: receivedUs, durationUs: 0, faults: ['implausible-time'] });
      }
    });

    it('still believes how long a span of a clock without a battery took', () => {
      const span = only(type, { startTimeUnixNano: '5000000000', endTimeUnixNano: '7000000000' });
      expect(span).toMatchObject({
        startUs: receivedUs,
        durationUs: 2_000_000,
        faults: ['implausible-time'],
      });
    });

    it('does not believe a span that ends in 2100', () => {
      const span = only(type, { endTimeUnixNano: year(2100) });
      expect(span).toMatchObject({
        startUs: 1_795_176_000_000_000,
        durationUs: 0,
        faults: ['implausible-time'],
      });
    });

    it('accepts clocks that are up to a day ahead', () => {
      const inADay = BigInt(RECEIVED_MS + 86_400_000) * 1_000_000n;
      const ahead = { startTimeUnixNano: String(inADay - 1_000n), endTimeUnixNano: String(inADay) };
      expect(only(type, ahead).faults).toEqual([]);
      const tooFar = { ...ahead, endTimeUnixNano: String(inADay + 1_000n) };
      expect(only(type, tooFar).faults).toEqual(['implausible-time']);
    });

    it('marks a span without an end as unfinished', () => {
      const span = only(type, { endTimeUnixNano: '0' });
      expect(span).toMatchObject({ durationUs: 0, faults: ['unfinished'] });
    });

    it("gives an event of 1970 its span's start", () => {
      const span = only(type, { events: [{ timeUnixNano: '1', name: 'e' }] });
      expect(span.events).toEqual([{ name: 'e', atUs: span.startUs, attributes: {} }]);
      expect(span.faults).toEqual(['implausible-time']);
    });
  });

  it('has no NUL left in any name or value', () => {
    const span = only(type, {
      name: 'a\0b',
      status: { code: 2, message: '\0' },
      events: [
        {
          timeUnixNano: SOUND.startTimeUnixNano,
          name: 'e\0',
          ...withAttribute('k\0', { stringValue: '\0' }),
        },
      ],
      attributes: [
        { key: 'k\0', value: { stringValue: 'v\0v' } },
        {
          key: 'm',
          value: {
            kvlistValue: {
              values: [{ key: 'i\0', value: { arrayValue: { values: [{ stringValue: '\0' }] } } }],
            },
          },
        },
      ],
    });
    expect(JSON.stringify(span)).not.toContain('\\u0000');
    expect(span.name).toBe('a\uFFFDb');
    expect(span.attributes).toEqual({ 'k\uFFFD': 'v\uFFFDv', m: { 'i\uFFFD': ['\uFFFD'] } });
    expect(span.faults).toEqual(['nul-replaced']);
  });

  it('marks every span of a resource that had to be mended', () => {
    const request = {
      resourceSpans: [
        {
          resource: withAttribute('service.name', { stringValue: 'cla\0ims' }),
          scopeSpans: [{ spans: [SOUND, { ...SOUND, spanId: 'bbbbbbbbbbbbbbbb' }] }],
        },
        { scopeSpans: [{ spans: [{ ...SOUND, spanId: 'cccccccccccccccc' }] }] },
      ],
    };
    const { spans } = decodeTraces(encode(type, request), type, RECEIVED_MS);
    expect(spans.map((span) => span.faults)).toEqual([['nul-replaced'], ['nul-replaced'], []]);
    expect(spans[0]?.resource).toBe(spans[1]?.resource);
  });

  it('cuts a megabyte of text at the edge of a character', () => {
    const span = only(type, withAttribute('long', { stringValue: 'é'.repeat(500_000) }));
    expect(span.attributes.long).toBe('é'.repeat(MAX_VALUE_BYTES / 2));
    expect(span.faults).toEqual(['truncated-attribute']);
    const odd = only(type, withAttribute('long', { stringValue: `a${'é'.repeat(500_000)}` }));
    expect(odd.attributes.long).toBe(`a${'é'.repeat(MAX_VALUE_BYTES / 2 - 1)}`);
  });

  it("keeps a tool call's arguments sixteen times as long as other values", () => {
    const args = JSON.stringify({ body: 'x'.repeat(100_000) });
    const span = only(type, withAttribute('gen_ai.tool.call.arguments', { stringValue: args }));
    expect(span.attributes['gen_ai.tool.call.arguments']).toBe(args);
    expect(span.faults).toEqual([]);
    const longer = only(
      type,
      withAttribute('gen_ai.tool.call.arguments', { stringValue: 'x'.repeat(1_000_000) }),
    );
    expect(longer.attributes['gen_ai.tool.call.arguments']).toHaveLength(MAX_WHOLE_VALUE_BYTES);
    expect(longer.faults).toEqual(['truncated-attribute']);
  });

  it('bounds what lists and maps hold together', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => ({ intValue: String(i) }));
    const span = only(type, withAttribute('list', { arrayValue: { values } }));
    expect(span.attributes.list).toHaveLength(MAX_VALUE_BYTES / 8);
    expect(span.faults).toEqual(['truncated-attribute']);
  });

  it('keeps the first attributes of a span with thousands', () => {
    const attributes = Array.from({ length: 5_000 }, (_, i) => ({ key: `k${i}`, value: { intValue: '1' } }));
    const span = only(type, { attributes });
    expect(Object.keys(span.attributes)).toHaveLength(MAX_ATTRIBUTES);
    expect(span.faults).toEqual(['truncated-attribute']);
  });

  it('bounds a span whose every attribute is as long as one may be', () => {
    const attributes = Array.from({ length: 200 }, (_, i) => ({
      key: `k${i}`,
      value: { stringValue: 'x'.repeat(16_000) },
    }));
    const span = only(type, { attributes });
    expect(JSON.stringify(span).length).toBeLessThan(1_100_000);
    expect(span.faults).toEqual(['truncated-attribute']);
  });

  it('cuts what is nested deeper than anyone means', () => {
    let value: object = { stringValue: 'core' };
    for (let depth = 0; depth < 40; depth++) value = { arrayValue: { values: [value] } };
    const span = only(type, withAttribute('deep', value));
    expect(JSON.stringify(span.attributes.deep)).toBe(
      `${'['.repeat(MAX_DEPTH)}"${CUT}"${']'.repeat(MAX_DEPTH)}`,
    );
    expect(span.faults).toEqual(['truncated-attribute']);
  });

  it('of more spans than a request may hold is refused whole', () => {
    const many = requestOf(...Array.from({ length: 40 }, () => ({})));
    const body = encode(type, many);
    expect(decodeTraces(body, type, RECEIVED_MS).spans).toHaveLength(40);
    const spans = type === 'json' ? bombOfJson('{"traceId":"00"},') : bombOfProtobuf();
    expect(() => decodeTraces(spans, type, RECEIVED_MS)).toThrow(
      expect.objectContaining({
        code: 'too_large',
        message: expect.stringContaining('Send smaller batches'),
      }),
    );
  });

  it('says the same of any span as the other encoding does', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const other = type === 'json' ? 'protobuf' : 'json';
        expect(decodeTraces(encode(type, request), type, RECEIVED_MS)).toEqual(
          decodeTraces(encode(other, request), other, RECEIVED_MS),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('either reads any bytes or refuses them as invalid', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (bytes) => readsOrRefuses(type, bytes)),
      { numRuns: 1_000 },
    );
  });

  it('either reads a damaged body or refuses it as invalid', () => {
    const damage = fc.record({
      request: anyRequest,
      cut: fc.option(fc.nat(4_000)),
      flips: fc.array(fc.record({ at: fc.nat(4_000), to: fc.integer({ min: 0, max: 255 }) }), {
        maxLength: 8,
      }),
    });
    fc.assert(
      fc.property(damage, ({ request, cut, flips }) => {
        const bytes = Uint8Array.from(encode(type, request));
        for (const { at, to } of flips) if (at < bytes.length) bytes[at] = to;
        readsOrRefuses(type, cut === null ? bytes : bytes.subarray(0, cut));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** A third of a million spans in a few megabytes. */
function bombOfJson(span: string): Uint8Array {
  return Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span.repeat(333_333)}{}]}]}]}`);
}

function bombOfProtobuf(): Uint8Array {
  // Empty ResourceSpans: two bytes each.
  return Buffer.alloc(666_666, Buffer.from([0x0a, 0x00]));
}

/** What may come of any body: spans that can be stored, or AppError `invalid`. */
function readsOrRefuses(type: Encoding, bytes: Uint8Array): void {
  try {
    const { spans } = decodeTraces(bytes, type, RECEIVED_MS);
    for (const span of spans) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(Number.isSafeInteger(span.startUs) && Number.isSafeInteger(span.durationUs)).toBe(true);
      expect(span.durationUs).toBeGreaterThanOrEqual(0);
      const stored = JSON.stringify(span);
      expect(stored).not.toMatch(/(?<!\\)(?:\\\\)*\\u(0000|d[89a-f])/);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toBe('invalid');
  }
}

describe('a protobuf body', () => {
  it('may hold the resource behind its spans, and fields nobody knows yet', () => {
    const spans = toProtobuf(requestOf({ name: 'first' }));
    const unknown = [0xf8, 0x7f, 0x01, 0xf3, 0x7f, 0x08, 0x01, 0xf4, 0x7f];
    const { spans: read } = decodeTraces(Uint8Array.from([...unknown, ...spans]), 'protobuf', RECEIVED_MS);
    expect(read.map((span) => span.name)).toEqual(['first']);

    const resource = toProtobuf({ attributes: [{ key: 'k', value: { stringValue: 'late' } }] }, 'Resource');
    const scopeSpans = toProtobuf({ spans: [SOUND] }, 'ScopeSpans');
    const inner = [0x12, scopeSpans.length, ...scopeSpans, 0x0a, resource.length, ...resource];
    const late = decodeTraces(Uint8Array.from([0x0a, inner.length, ...inner]), 'protobuf', RECEIVED_MS);
    expect(late.spans.map((span) => span.resource)).toEqual([{ k: 'late' }]);
  });

  it('has every trace and parent as it was sent, however alike their ids are', () => {
    const id = (size: number, middle: number) => `aa${middle.toString(16).padStart(2 * size - 4, '0')}bb`;
    const sent = Array.from({ length: 300 }, (_, at) => ({
      ...SOUND,
      traceId: id(16, at % 7),
      parentSpanId: id(8, at % 5),
      spanId: id(8, at + 1),
    }));
    const ids = (spans: readonly { traceId: string; spanId: string; parentSpanId: string | null }[]) =>
      spans.map(({ traceId, spanId, parentSpanId }) => [traceId, spanId, parentSpanId]);
    expect(ids(decode('protobuf', ...sent).spans)).toEqual(ids(sent));
  });

  it('that is text is refused with a reason', () => {
    expect(() => decodeTraces(Buffer.from('hello there'), 'protobuf', RECEIVED_MS)).toThrow(
      /not an OTLP traces request in protobuf/,
    );
  });

  it('of a million nested groups does not exhaust the stack', () => {
    const bomb = new Uint8Array(1_000_000).fill(0x0b);
    expect(() => decodeTraces(bomb, 'protobuf', RECEIVED_MS)).toThrow(AppError);
  });
});

describe('a JSON body', () => {
  const refusal = (body: string) => {
    try {
      decodeTraces(Buffer.from(body), 'json', RECEIVED_MS);
    } catch (error) {
      if (error instanceof AppError)
        return { code: error.code, message: error.message, issues: error.issues };
      throw error;
    }
    return null;
  };

  it('that is no JSON is refused with the place', () => {
    expect(refusal('{"resourceSpans": [')).toMatchObject({
      code: 'invalid',
      message: /The body is not JSON/,
    });
    expect(refusal('')).toMatchObject({ code: 'invalid' });
  });

  it('whose envelope has the wrong shape is refused with the path', () => {
    expect(refusal('[]')?.message).toContain('it should be an object with resourceSpans');
    expect(refusal('{"resourceSpans": {}}')?.issues[0]?.path).toBe('resourceSpans');
    expect(refusal('{"resourceSpans": [{"scopeSpans": [{"spans": 1}]}]}')?.issues[0]?.path).toBe(
      'resourceSpans/0/scopeSpans/0/spans',
    );
    expect(refusal('{"resourceSpans": [{"resource": {"attributes": 1}}]}')?.issues[0]?.path).toBe(
      'resourceSpans/0/resource',
    );
  });

  it('loses only spans with a field of the wrong type, and says which', () => {
    const { spans, rejected } = decodeTraces(
      toJson(
        requestOf(
          { name: 'kept' },
          { name: 5 },
          { attributes: {} },
          { startTimeUnixNano: 'yesterday' },
          withAttribute('k', { intValue: 'many' }),
        ),
      ),
      'json',
      RECEIVED_MS,
    );
    expect(spans.map((span) => span.name)).toEqual(['kept']);
    expect(rejected).toEqual({
      count: 4,
      reasons: [
        '1 span: name must be text',
        '1 span: attributes must be a list',
        '1 span: startTimeUnixNano must be nanoseconds since 1970, in decimal digits',
        '1 span: intValue must be a whole number, or one in decimal digits',
      ],
    });
  });

  it('may hold 64-bit numbers as numbers, and fields nobody knows yet', () => {
    const span = only('json', {
      startTimeUnixNano: 1_795_176_000_000_000_000,
      endTimeUnixNano: 1_795_176_001_000_000_000,
      ...withAttribute('n', { intValue: 7 }),
      somethingNew: { deep: [1] },
    });
    expect(span).toMatchObject({
      startUs: 1_795_176_000_000_000,
      durationUs: 1_000_000,
      attributes: { n: 7 },
    });
  });

  it('has no half surrogate pair left, which the database cannot hold', () => {
    const body = JSON.stringify(requestOf({ name: 'NAME' })).replace('NAME', '\\ud83d!');
    const { spans } = decodeTraces(Buffer.from(body), 'json', RECEIVED_MS);
    expect(spans[0]).toMatchObject({ name: '\uFFFD!', faults: ['nul-replaced'] });
  });

  it('of millions of empty objects is refused before it is parsed', () => {
    const started = performance.now();
    expect(refusal(`{"resourceSpans":[${'{},'.repeat(8_000_000)}{}]}`)?.code).toBe('too_large');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('of a million brackets does not exhaust the stack', () => {
    expect(refusal('['.repeat(1_000_000))?.code).toBe('invalid');
    const deep = `${'{"arrayValue":{"values":['.repeat(100_000)}${']}}'.repeat(100_000)}`;
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${SOUND.traceId}","spanId":"${SOUND.spanId}",
      "startTimeUnixNano":"${SOUND.startTimeUnixNano}","attributes":[{"key":"k","value":${deep}}]}]}]}]}`;
    const { spans } = decodeTraces(Buffer.from(body), 'json', RECEIVED_MS);
    expect(spans[0]?.faults).toContain('truncated-attribute');
  });
});
