import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none');
  vi.stubEnv('COUNTERSIGN_SECRET', 'x'.repeat(32));
});
afterEach(() => vi.unstubAllEnvs());

it.each([
  ['a private address', 'http://10.1.2.3/mcp', 'not a public address'],
  ['the machine itself', 'http://127.0.0.1:1/mcp', 'not a public address'],
  ['the address of cloud metadata', 'http://169.254.169.254/latest', 'not a public address'],
  ['the machine itself in IPv6', 'http://[::1]/mcp', 'not a public address'],
  ['another scheme', 'file:///etc/passwd', 'begins with'],
  ['a password in it', 'http://a:b@example.com/mcp', 'header field'],
  ['no address at all', 'desk', 'not a web address'],
])('an MCP server is not called at %s', async (_, url, why) => {
  const { parseServerUrl } = await import('./guarded-fetch');
  expect(() => parseServerUrl(url)).toThrow(why);
});

it('a name that leads to the machine itself is refused when the connection is made', async () => {
  const { guardedFetch } = await import('./guarded-fetch');
  await expect(guardedFetch(1000)('http://localhost:1/mcp')).rejects.toThrow('not a public address');
});

it.each([
  ['a number that is no status', 'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: odd\r\n\r\n'],
  ['nothing', ''],
])('a server that answers with %s is a server that failed', async (_, said) => {
  vi.stubEnv('COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS', 'on');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(said));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    const { guardedFetch } = await import('./guarded-fetch');
    const port = typeof address === 'object' ? address?.port : undefined;
    const status = await guardedFetch(1000)(`http://127.0.0.1:${port}/mcp`).then(
      (response) => response.status,
      () => 502,
    );
    expect(status).toBe(502);
  } finally {
    server.close();
  }
});
