import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { givenAgent, givenKey, givenWorkspace } from '@/lib/services/testing/given';
import { buildServer } from '../server';

let server: FastifyInstance;
let port: number;
let secret: string;
const open: Socket[] = [];

beforeAll(async () => {
  ({ server, port } = await listening());
  const workspace = await givenWorkspace();
  secret = (await givenKey(workspace, ['decide'], await givenAgent(workspace))).secret;
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(() => server.close());

async function listening() {
  const server = buildServer({ logLevel: 'silent' });
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return { server, port: Number(new URL(address).port) };
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** A connection, and what came on it so far. */
function visit(to = port) {
  const socket = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true });
  open.push(socket);
  let heard = Buffer.alloc(0);
  let ended = false;
  socket.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
  });
  socket.on('end', () => {
    ended = true;
  });
  socket.on('error', () => {
    ended = true;
  });
  return {
    socket,
    send: (bytes: string | Buffer) => socket.write(bytes),
    /** So many answers, once they have come. */
    answers: async (count: number) => {
      await expect.poll(() => answersIn(heard).length).toBeGreaterThanOrEqual(count);
      expect(answersIn(heard)).toHaveLength(count);
      return answersIn(heard);
    },
    ended: () => expect.poll(() => ended).toBe(true),
  };
}

/** Whole answers; each says how long it is. */
function answersIn(bytes: Buffer): Answer[] {
  const answers: Answer[] = [];
  let rest = bytes.toString('latin1');
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return answers;
    const [line = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const length = Number(headers['content-length']);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    const text = Buffer.from(body, 'latin1').toString();
    answers.push({
      status: Number(line.split(' ')[1]),
      headers,
      body: text === '' ? undefined : JSON.parse(text),
    });
    rest = rest.slice(end + 4 + length);
  }
}

function request(run: string, body: unknown, more: Record<string, string> = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = {
    host: 'plane',
    'content-type': 'application/json',
    authorization: `Bearer ${secret}`,
    'content-length': String(Buffer.byteLength(text)),
    ...more,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /v1/runs/${run}/decisions HTTP/1.1\r\n${lines.join('')}\r\n${text}`;
}
const HEALTH = 'GET /healthz HTTP/1.1\r\nhost: plane\r\n\r\n';
const ASK = { tool: 'policy.lookup', arguments: { id: 'Zoë' } };
const decided = { status: 200, body: { lane: expect.any(String), run: { key: expect.any(String) } } };

describe('an answer at the door', () => {
  it('is told apart by nothing from the one the router gives, right or wrong', async () => {
    const cases: [body: unknown, headers?: Record<string, string>][] = [
      [ASK],
      [{ ...ASK, tool: 'Ünheard of' }],
      [{ ...ASK, categories: ['policy'] }],
      [{ ...ASK, agent: 'somebody-else' }],
      [{ tool: 7 }],
      [{}],
      ['[]'],
      ['null'],
      ['"text"'],
      ['{"tool":'],
      [`\u{feff}${JSON.stringify(ASK)}`],
      ['{"tool":"t","arguments":{"__proto__":1}}'],
      [ASK, { 'idempotency-key': 'k-1' }],
      [ASK, { 'idempotency-key': 'k-1' }],
      [{ ...ASK, tool: 'other' }, { 'idempotency-key': 'k-1' }],
      [{ ...ASK, idempotencyKey: 'k-2' }, { 'idempotency-key': 'k-3' }],
      [ASK, { 'idempotency-key': '' }],
      [ASK, { authorization: 'Bearer cs_wrong' }],
      [ASK, { authorization: 'Basic eDp5' }],
      [ASK, { authorization: '' }],
      [ASK, { 'content-type': 'text/plain' }],
      [ASK, { 'content-type': 'application/json; charset=utf-8' }],
    ];
    for (const [index, [body, headers]] of cases.entries()) {
      const connection = visit();
      connection.send(request('at-the-door', body, headers));
      const [door] = await connection.answers(1);
      const router = await server.inject({
        method: 'POST',
        url: '/v1/runs/at-the-router/decisions',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${secret}`,
          ...headers,
        },
        payload: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const what = `case ${index}`;
      expect(door?.status, what).toBe(router.statusCode);
      expect(comparable(door?.body), what).toEqual(comparable(router.json()));
      for (const name of ['content-type', 'idempotent-replayed', 'retry-after'])
        expect(door?.headers[name], `${what}: ${name}`).toBe(router.headers[name]);
    }
  });

  it('keeps the connection, dates itself, and counts bytes, not characters', async () => {
    const connection = visit();
    connection.send(request('kept', { tool: 'Ünheard of' }));
    connection.send(request('kept', ASK));
    const [first] = await connection.answers(2);
    expect(first?.headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=65' });
    expect(Math.abs(Date.parse(first?.headers.date ?? '') - Date.now())).toBeLessThan(60_000);
  });

  it('comes for a request that was cut anywhere', async () => {
    const whole = Buffer.from(request('cut', ASK));
    for (const at of [3, 20, whole.indexOf('\r\n\r\n') + 2, whole.length - 20, whole.length - 1]) {
      const connection = visit();
      connection.socket.setNoDelay(true);
      connection.send(whole.subarray(0, at));
      await new Promise((resolve) => setTimeout(resolve, 20));
      connection.send(whole.subarray(at));
      expect(await connection.answers(1)).toMatchObject([decided]);
    }
  });
});

describe('a connection', () => {
  it('goes to the router with the first other request, and stays there', async () => {
    const connection = visit();
    connection.send(request('passing', ASK));
    await connection.answers(1);
    connection.send(HEALTH);
    await connection.answers(2);
    connection.send(request('passing', ASK));
    expect(await connection.answers(3)).toMatchObject([
      decided,
      { status: 200, body: { status: 'ok' } },
      decided,
    ]);
  });

  it('that sends everything at once is answered in order', async () => {
    const connection = visit();
    const asked = ['one', 'two', 'three'].map((run) => request(run, ASK));
    connection.send(asked.join('') + HEALTH);
    const answers = await connection.answers(4);
    expect(answers.map(({ body }) => keyIn(body))).toEqual(['one', 'two', 'three', undefined]);
  });

  it('that asks again before it was answered is answered in order', async () => {
    const connection = visit();
    connection.socket.setNoDelay(true);
    for (const run of ['one', 'two', 'three', 'four']) {
      connection.send(request(run, ASK));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const answers = await connection.answers(4);
    expect(answers.map(({ body }) => keyIn(body))).toEqual(['one', 'two', 'three', 'four']);
  });

  it('that sends half a request and then waits is answered when the rest comes', async () => {
    const whole = request('slow', ASK);
    const connection = visit();
    connection.send(whole.slice(0, 90));
    // Longer than the door waits.
    await new Promise((resolve) => setTimeout(resolve, 1800));
    connection.send(whole.slice(90));
    expect(await connection.answers(1)).toMatchObject([decided]);
  });

  it('that sends byte by byte is answered', async () => {
    const connection = visit();
    connection.socket.setNoDelay(true);
    for (const byte of Buffer.from(request('dripping', ASK))) {
      connection.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await connection.answers(1)).toMatchObject([decided]);
  });

  it('that says it sends no more is answered, then ended', async () => {
    const connection = visit();
    connection.socket.end(request('last', ASK));
    expect(await connection.answers(1)).toMatchObject([decided]);
    await connection.ended();
  });

  it('that ends in the middle of a request is told so', async () => {
    const connection = visit();
    connection.socket.end(request('broken', ASK).slice(0, -5));
    expect(await connection.answers(1)).toMatchObject([{ status: 400 }]);
    await connection.ended();
  });

  it('that is gone before its answer harms nobody', async () => {
    const gone = visit();
    gone.send(request('gone', ASK));
    gone.socket.resetAndDestroy();
    const connection = visit();
    connection.send(request('gone', ASK));
    expect(await connection.answers(1)).toMatchObject([decided]);
  });

  it('that never reads is asked no further, and loses nothing once it reads', async () => {
    const connection = visit();
    connection.socket.pause();
    const asked = 300;
    for (let n = 0; n < asked; n += 1) connection.send(request('deaf', ASK));
    connection.socket.resume();
    const answers = await connection.answers(asked);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe('a plane that closes', () => {
  it('answers who waits, lets go who does not, and takes no more', async () => {
    const plane = await listening();
    const idle = visit(plane.port);
    idle.send(request('idle', ASK));
    await idle.answers(1);
    const silent = visit(plane.port);
    await expect.poll(() => silent.socket.readyState).toBe('open');
    const asking = visit(plane.port);
    asking.send(request('asking', ASK, { 'idempotency-key': 'while-it-closes' }));
    const half = visit(plane.port);
    half.send(request('half', ASK).slice(0, -5));
    // All of it has arrived once what was sent after it is answered.
    const after = visit(plane.port);
    after.send(HEALTH);
    await after.answers(1);
    const closed = plane.server.close();
    half.send(request('half', ASK).slice(-5));
    await idle.ended();
    await silent.ended();
    expect(await asking.answers(1)).toMatchObject([decided]);
    await asking.ended();
    await half.ended();
    await closed;
  });
});

function keyIn(body: unknown): string | undefined {
  return z.object({ run: z.object({ key: z.string() }) }).safeParse(body).data?.run.key;
}

/** Without what no two answers have in common. */
function comparable(body: unknown): unknown {
  const own = new Set(['id', 'key', 'decidedAt']);
  return JSON.parse(JSON.stringify(body), (name: string, value: unknown) => (own.has(name) ? '' : value));
}
