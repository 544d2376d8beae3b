import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { buildServer } from '@/runtime/server';

let server: FastifyInstance;
let url: string;
let secret: string;
let workspaceId: string;
let proto: protobuf.Root;

beforeAll(async () => {
  server = buildServer({ logLevel: 'silent' });
  url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/v1/traces`;
  const workspace = await givenWorkspace();
  workspaceId = workspace.id;
  await givenVersion(workspace, null);
  await givenAgent(workspace);
  secret = (await givenKey(workspace, ['ingest'])).secret;
  proto = await protobuf.load('lib/telemetry/proto/trace.proto');
});
afterAll(() => server.close());

const T0 = Date.UTC(2026, 5, 1, 9);
const JSON_TYPE = 'application/json';
const PROTO_TYPE = 'application/x-protobuf';

async function post(body: string | Buffer, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': JSON_TYPE, authorization: `Bearer ${secret}`, ...headers },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    bytes,
    json: () => z.record(z.string(), z.unknown()).parse(JSON.parse(bytes.toString())),
    /** The protobuf `Status` of an error. */
    message: () => String(proto.lookupType('countersign.otlp.RpcStatus').decode(bytes).toJSON().message),
  };
}

const sound = (over: Partial<TestSpan> = {}) =>
  toolCall({ traceId: hex(16), start: T0, ...over }, 'orders.get', { orderId: 'A1' });

async function storedSpan(span: { traceId: string; spanId: string }) {
  const result = await db().query(
    `SELECT s.*, s.duration_us::int AS duration_us FROM span s
     WHERE workspace_id = $1 AND trace_id = decode($2, 'hex') AND span_id = decode($3, 'hex')`,
    [workspaceId, span.traceId, span.spanId],
  );
  return result.rows[0];
}
const runOf = async (traceId: string) =>
  (await db().query('SELECT * FROM run WHERE workspace_id = $1 AND key = $2', [workspaceId, traceId]))
    .rows[0];

/** The plane still takes a sound request, which is to say it did not fall. */
async function standsFirm() {
  const span = sound();
  expect((await post(otlpJson([span]))).status).toBe(200);
  expect(await storedSpan(span)).toBeDefined();
}

describe('an exporter that sends nonsense is told so, and the plane stands', () => {
  it('answers malformed protobuf with 400 and a protobuf Status that must not be retried', async () => {
    const answer = await post(Buffer.from('0affffffff0f', 'hex'), { 'content-type': PROTO_TYPE });
    expect(answer).toMatchObject({ status: 400, type: PROTO_TYPE, retryAfter: null });
    expect(answer.message()).toMatch(/OTLP/i);
    await standsFirm();
  });

  it('answers malformed JSON with 400 and a JSON Status', async () => {
    const answer = await post('{"resourceSpans": [');
    expect(answer).toMatchObject({ status: 400, type: JSON_TYPE });
    expect(answer.json()).toMatchObject({ message: expect.stringMatching(/JSON/i) });
    for (const body of [
      'null',
      '[]',
      '"x"',
      '{"resourceSpans": 5}',
      '{"resourceSpans":[{"scopeSpans":[7]}]}',
    ])
      expect((await post(body)).status, body).toBeLessThan(500);
    await standsFirm();
  });

  it('answers gzip that was cut off, or is none, with 400', async () => {
    const whole = gzipSync(otlpJson([sound()]));
    for (const body of [
      whole.subarray(0, whole.length - 12),
      whole.subarray(0, 5),
      Buffer.from('no gzip at all'),
    ]) {
      const answer = await post(body, { 'content-encoding': 'gzip' });
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ message: 'The gzip body is damaged or cut off.' });
    }
    await standsFirm();
  });

  it('cuts a gzip bomb off at 64 MiB without keeping it', async () => {
    const bomb = gzipSync(Buffer.alloc(600 * 1024 * 1024), { level: 9 });
    expect(bomb.length).toBeLessThan(1024 * 1024);
    const before = process.memoryUsage().rss;
    const answer = await post(bomb, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
    await standsFirm();
  }, 60_000);

  it('answers a body of 100 MB with 413, declared or not', async () => {
    const big = Buffer.alloc(100 * 1024 * 1024, 0x20);
    expect((await post(big)).status).toBe(413);
    const chunked = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        url,
        { method: 'POST', headers: { 'content-type': JSON_TYPE, authorization: `Bearer ${secret}` } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      request.on('error', reject);
      for (let at = 0; at < big.length; at += 1024 * 1024) request.write(big.subarray(at, at + 1024 * 1024));
      request.end();
    });
    expect(chunked).toBe(413);
    await standsFirm();
  }, 60_000);

  it('answers another content type or encoding with 415', async () => {
    for (const headers of [
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'nonsense' },
      { 'content-encoding': 'br' },
      { 'content-encoding': 'gzip, gzip' },
    ])
      expect((await post(otlpJson([sound()]), headers)).status, JSON.stringify(headers)).toBe(415);
    await standsFirm();
  });

  it('survives a peer that hangs up in the middle of its body', async () => {
    const { port, hostname } = new URL(url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /v1/traces HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secret}\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: 1000\r\n\r\n{"resource`,
        );
        setTimeout(() => {
          socket.destroy();
          resolve();
        }, 50);
      });
    });
    await standsFirm();
  });
});

describe('who may send', () => {
  it('refuses an absent, a wrong, a revoked key and one without the scope', async () => {
    const body = otlpJson([sound()]);
    const bare = await fetch(url, { method: 'POST', headers: { 'content-type': JSON_TYPE }, body });
    expect(bare.status).toBe(401);
    expect((await post(body, { authorization: 'Bearer cs_wrong' })).status).toBe(401);
    expect((await post(body, { authorization: 'Basic dXNlcjpwYXNz' })).status).toBe(401);
    const reader = await givenKey({ id: workspaceId }, ['read', 'decide']);
    expect((await post(body, { authorization: `Bearer ${reader.secret}` })).status).toBe(403);
    const revoked = await givenKey({ id: workspaceId }, ['ingest']);
    await db().query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [revoked.actor.keyId]);
    expect((await post(body, { authorization: `Bearer ${revoked.secret}` })).status).toBe(401);
  });

  it('takes the key from x-api-key too', async () => {
    const span = sound();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, 'x-api-key': secret },
      body: otlpJson([span]),
    });
    expect(response.status).toBe(200);
    expect(await storedSpan(span)).toBeDefined();
  });

  it("writes with another workspace's key to that workspace, and to no other", async () => {
    const other = await givenWorkspace();
    const key = await givenKey(other, ['ingest']);
    const span = sound();
    expect((await post(otlpJson([span]), { authorization: `Bearer ${key.secret}` })).status).toBe(200);
    expect(await storedSpan(span)).toBeUndefined();
    const there = await db().query('SELECT count(*)::int AS spans FROM span WHERE workspace_id = $1', [
      other.id,
    ]);
    expect(there.rows[0]).toEqual({ spans: 1 });
    // The same span under the first workspace's key is another span.
    expect((await post(otlpJson([span]))).status).toBe(200);
    expect(await storedSpan(span)).toBeDefined();
  });

  it('stops an address that tries key after key, while known keys go on', async () => {
    const alone = buildServer({ logLevel: 'silent' });
    await alone.ready();
    const attempt = (key: string) =>
      alone.inject({
        method: 'POST',
        url: '/v1/traces',
        remoteAddress: '203.0.113.9',
        headers: { 'content-type': JSON_TYPE, authorization: `Bearer ${key}` },
        payload: otlpJson([sound()]),
      });
    expect((await attempt(secret)).statusCode).toBe(200);
    for (let guess = 0; guess < 30; guess += 1)
      expect((await attempt(`cs_guess${guess}`)).statusCode).toBe(401);
    const stopped = await attempt('cs_guess31');
    expect(stopped.statusCode).toBe(429);
    expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0);
    expect((await attempt(secret)).statusCode).toBe(200);
    await alone.close();
  });
});

describe('odd spans are kept, mended and marked', () => {
  it('takes an empty request', async () => {
    expect(await post(Buffer.alloc(0), { 'content-type': PROTO_TYPE })).toMatchObject({
      status: 200,
      type: PROTO_TYPE,
    });
    const answer = await post('{}');
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({});
  });

  it('says which spans it could not keep, and keeps the others', async () => {
    const good = sound();
    const answer = await post(otlpJson([good, sound({ traceId: 'zz' }), sound({ spanId: '00' })]));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      partialSuccess: {
        rejectedSpans: expect.anything(),
        errorMessage: expect.stringMatching(/traceId.*spanId/s),
      },
    });
    expect(String(answer.json().partialSuccess && JSON.stringify(answer.json().partialSuccess))).toMatch(
      /"?2"?/,
    );
    expect(await storedSpan(good)).toBeDefined();
  });

  it('takes a negative duration for none', async () => {
    const span = sound({ end: T0 - 5000 });
    expect((await post(otlpJson([span]))).status).toBe(200);
    expect(await storedSpan(span)).toMatchObject({ duration_us: 0, started_at: new Date(T0) });
    expect((await runOf(span.traceId)).faults).toEqual(['negative-duration']);
  });

  it('puts the time of receipt for 1970 and 2100', async () => {
    for (const start of [5, Date.UTC(2100, 0, 1)]) {
      const span = sound({ start, end: start + 10 });
      expect((await post(otlpJson([span]))).status).toBe(200);
      const stored = await storedSpan(span);
      expect(Math.abs(stored.started_at.getTime() - Date.now())).toBeLessThan(60_000);
      expect((await runOf(span.traceId)).faults).toContain('implausible-time');
    }
  });

  it('cuts attributes of megabytes and keeps the rest', async () => {
    const span = sound({ attributes: { huge: 'x'.repeat(5 * 1024 * 1024), small: 'kept' } });
    expect((await post(otlpJson([span]))).status).toBe(200);
    const stored = await storedSpan(span);
    expect(stored.body.attributes.small).toBe('kept');
    expect(stored.body.attributes.huge.length).toBeLessThan(64 * 1024);
    expect((await runOf(span.traceId)).faults).toContain('truncated-attribute');
  });

  it('replaces NUL bytes and half characters wherever they stand', async () => {
    const span = sound({
      name: 'na\0me \ud83d',
      attributes: { 'k\0ey': 'va\0lue', lone: 'a\ud800b', 'gen_ai.tool.name': 'or\0ders\udc00' },
    });
    const answer = await post(otlpJson([span], 'refund\0desk'));
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({});
    expect(await storedSpan(span)).toMatchObject({ name: expect.stringContaining('na\uFFFDme') });
    expect((await runOf(span.traceId)).faults).toContain('nul-replaced');
  });

  it('keeps a call whose arguments hold a number too large for one', async () => {
    const span = sound({ attributes: { 'gen_ai.tool.call.arguments': '{"amount":1e999}' } });
    const answer = await post(otlpJson([span]));
    expect(answer.json()).toEqual({});
    expect(await storedSpan(span)).toBeDefined();
    expect((await runOf(span.traceId)).tool_calls).toBe(1);
  });

  it('takes a trace of 10,000 spans in one request, and its late part in another', async () => {
    const traceId = hex(16);
    const rootId = hex(8);
    const spans = Array.from({ length: 10_000 }, (_, index) =>
      sound({ traceId, parentSpanId: rootId, start: T0 + index, end: T0 + index + 1 }),
    );
    expect((await post(otlpJson(spans.slice(500)))).status).toBe(200);
    expect((await post(otlpJson(spans.slice(0, 500)))).status).toBe(200);
    expect(await runOf(traceId)).toMatchObject({ span_count: 10_000, tool_calls: 10_000 });
  }, 60_000);

  it('bears values, JSON texts and lists nested ten thousand deep', async () => {
    const deepText = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const inText = sound({ attributes: { 'gen_ai.tool.call.arguments': deepText } });
    expect((await post(otlpJson([inText]))).status).toBe(200);
    expect(await storedSpan(inText)).toBeDefined();

    let nested = '{"stringValue":"core"}';
    for (let depth = 0; depth < 10_000; depth += 1) nested = `{"arrayValue":{"values":[${nested}]}}`;
    const span = sound({ attributes: { deep: 'HERE' } });
    const answer = await post(otlpJson([span]).replace('{"stringValue":"HERE"}', nested));
    expect([200, 400]).toContain(answer.status);

    let message = Buffer.from([0x0a, 0x04, ...Buffer.from('core')]);
    for (let depth = 0; depth < 3000; depth += 1) {
      const inner = Buffer.concat([Buffer.from([0x0a]), varint(message.length), message]);
      message = Buffer.concat([Buffer.from([0x2a]), varint(inner.length), inner]);
    }
    const wrap = (tag: number, body: Buffer) =>
      Buffer.concat([Buffer.from([tag]), varint(body.length), body]);
    const attribute = Buffer.concat([wrap(0x0a, Buffer.from('deep')), wrap(0x12, message)]);
    const wire = Buffer.concat([
      wrap(0x0a, Buffer.from(hex(16), 'hex')),
      wrap(0x12, Buffer.from(hex(8), 'hex')),
      wrap(0x4a, attribute),
    ]);
    const body = wrap(0x0a, wrap(0x12, wrap(0x12, wire)));
    expect([200, 400]).toContain((await post(body, { 'content-type': PROTO_TYPE })).status);
    await standsFirm();
  });

  it('bears a body of millions of empty messages', async () => {
    const pairs = Buffer.alloc(16 * 1024 * 1024);
    for (let at = 0; at < pairs.length; at += 2) pairs[at] = 0x12;
    const scopes = Buffer.concat([Buffer.from([0x12]), varint(pairs.length), pairs]);
    const body = Buffer.concat([Buffer.from([0x0a]), varint(scopes.length), scopes]);
    const answer = await post(body, { 'content-type': PROTO_TYPE });
    expect([200, 400, 413]).toContain(answer.status);
    await standsFirm();
  }, 60_000);
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
