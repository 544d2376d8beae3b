import { createServer } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { settleClientAddress } from './settle-client-address';

afterEach(() => vi.unstubAllEnvs());

test('what a server’s routes read of where a request came from is not what the client wrote', async () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none');
  vi.stubEnv('COUNTERSIGN_SECRET', 'x'.repeat(32));
  settleClientAddress();
  const server = createServer((request, response) =>
    response.end(String(request.headers['x-forwarded-for'])),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const seen = async (headers: Record<string, string>) =>
    (await fetch(`http://127.0.0.1:${address.port}/`, { headers })).text();
  expect(await seen({})).toBe('127.0.0.1');
  expect(await seen({ 'x-forwarded-for': '203.0.113.9' })).toBe('127.0.0.1');
  server.close();
});
