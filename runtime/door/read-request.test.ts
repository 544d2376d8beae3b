import { describe, expect, it } from 'vitest';
import { readRequest } from './read-request';

const BODY = '{"tool":"mail.send","arguments":{"to":"Zoë"}}';

function request(over: { line?: string; headers?: readonly string[]; body?: string } = {}): Buffer {
  const body = Buffer.from(over.body ?? BODY);
  const lines = [
    over.line ?? 'POST /v1/runs/run-7/decisions HTTP/1.1',
    ...(over.headers ?? [
      'Host: plane',
      'Content-Type: application/json',
      'Authorization: Bearer k',
      `Content-Length: ${body.length}`,
    ]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
const withHeader = (...more: string[]) =>
  request({
    headers: [
      'host: plane',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(BODY)}`,
      ...more,
    ],
  });

describe('a request for a decision', () => {
  it('is read whole: its run, who asks, what', () => {
    expect(readRequest(request())).toEqual({
      runKey: 'run-7',
      headers: {
        authorization: 'Bearer k',
        'x-api-key': undefined,
        'idempotency-key': undefined,
        'x-forwarded-for': undefined,
      },
      body: { tool: 'mail.send', arguments: { to: 'Zoë' } },
    });
  });

  it('is unfinished at every byte before its last', () => {
    const whole = request();
    for (let length = 1; length < whole.length; length += 1)
      expect(readRequest(whole.subarray(0, length)), `${length} bytes`).toBe('unfinished');
  });

  it('is read the same by a head that was read before, whatever its body', () => {
    const other = BODY.replace('mail.send', 'mail.read');
    for (const body of [BODY, other, BODY])
      expect(readRequest(request({ body }))).toMatchObject({ runKey: 'run-7', body: JSON.parse(body) });
    expect(readRequest(request().subarray(0, -1))).toBe('unfinished');
    expect(readRequest(Buffer.concat([request(), Buffer.from('P')]))).toBe('unusual');
  });

  it('may name its headers in any case and carry others', () => {
    const read = readRequest(
      withHeader(
        'X-API-KEY:  key ',
        'IDEMPOTENCY-KEY: i-1\t',
        'x-forwarded-for: 192.0.2.1',
        'User-Agent: agent/1 (test)',
        'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'Connection: Keep-Alive',
        'accept-encoding: gzip, br',
        'empty:',
      ),
    );
    expect(read).toMatchObject({
      headers: { 'x-api-key': 'key', 'idempotency-key': 'i-1', 'x-forwarded-for': '192.0.2.1' },
    });
  });
});

describe('is left to node:http', () => {
  it.each([
    ['another method', request({ line: 'PUT /v1/runs/run-7/decisions HTTP/1.1' })],
    ['another address', request({ line: 'POST /v1/runs/run-7/stopped HTTP/1.1' })],
    ['a query', request({ line: 'POST /v1/runs/run-7/decisions?x=1 HTTP/1.1' })],
    ['a run key that needs decoding', request({ line: 'POST /v1/runs/run%207/decisions HTTP/1.1' })],
    ['a run key of two parts', request({ line: 'POST /v1/runs/run/7/decisions HTTP/1.1' })],
    ['a run key too long', request({ line: `POST /v1/runs/${'r'.repeat(257)}/decisions HTTP/1.1` })],
    ['an absolute address', request({ line: 'POST http://plane/v1/runs/run-7/decisions HTTP/1.1' })],
    ['HTTP/1.0', request({ line: 'POST /v1/runs/run-7/decisions HTTP/1.0' })],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['a handshake of TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00])],
    ['no host', request({ headers: ['content-type: application/json', 'content-length: 45'] })],
    ['no length', request({ headers: ['host: plane', 'content-type: application/json'] })],
    ['no type', request({ headers: ['host: plane', `content-length: ${Buffer.byteLength(BODY)}`] })],
    ['another type', withHeader('content-type: text/plain')],
    ['a second length', withHeader('content-length: 3')],
    ['a second key', withHeader('authorization: Bearer a', 'authorization: Bearer b')],
    ['a second idempotency key', withHeader('idempotency-key: a', 'Idempotency-Key: b')],
    ['a second host', withHeader('Host: other')],
    ['a body in chunks', withHeader('Transfer-Encoding: chunked')],
    ['a body that waits to be asked for', withHeader('Expect: 100-continue')],
    ['an upgrade', withHeader('Connection: upgrade', 'Upgrade: h2c')],
    ['a last request', withHeader('Connection: close')],
    ['a zipped body', withHeader('content-encoding: gzip')],
    ['a header folded over two lines', withHeader('x-a: b', ' c')],
    ['a space before the colon', withHeader('x-a : b')],
    ['a header without a colon', withHeader('nonsense')],
    ['a header without a name', withHeader(': b')],
    ['a NUL in a header', withHeader('x-a: b\0c')],
    ['a bare line feed', withHeader('x-a: b\nx-b: c')],
    ['a bare carriage return', withHeader('x-a: b\rc')],
    ['a header beyond ASCII', withHeader('x-a: \u00fc')],
    ['a head too large', withHeader(`x-a: ${'b'.repeat(9000)}`)],
    ['a length that is signed', request({ headers: lengthOf('+45') })],
    ['a length in hexadecimal', request({ headers: lengthOf('0x2d') })],
    ['a length of two', request({ headers: lengthOf('45, 45') })],
    ['a body too large', request({ headers: lengthOf('99999') })],
    ['no body', request({ headers: lengthOf('0'), body: '' })],
    ['a body that is not JSON', request({ body: '{"tool":' })],
    ['a second request behind it', Buffer.concat([request(), request()])],
    ['a name that reaches the prototype', request({ body: '{"tool":"t","arguments":{"__proto__":{}}}' })],
    [
      'the same, escaped',
      request({ body: '{"tool":"t","arguments":{"\\u005f_proto__":{},"\\u0063onstructor":1}}' }),
    ],
  ])('%s', (_what, bytes) => {
    expect(readRequest(bytes)).toBe('unusual');
  });

  it('a beginning that goes on for too long', () => {
    expect(readRequest(Buffer.from(`POST /v1/runs/${'r'.repeat(9000)}`))).toBe('unusual');
  });
});

function lengthOf(length: string): string[] {
  return ['host: plane', 'content-type: application/json', `content-length: ${length}`];
}
