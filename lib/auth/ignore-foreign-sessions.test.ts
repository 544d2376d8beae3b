import { createServer } from 'node:http';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { ignoreForeignSessions, isForeign } from './ignore-foreign-sessions';

afterEach(() => vi.unstubAllEnvs());

const URL_OF_PEOPLE = 'https://countersign.example.com';
const HOST = 'countersign.example.com';

describe('a request that would change something', () => {
  it.each([
    ['says that a page of the dashboard sent it', { 'sec-fetch-site': 'same-origin' }],
    ['says that no page sent it', { 'sec-fetch-site': 'none' }],
    ['comes from no browser', {}],
    ['names the origin it goes to', { origin: `https://${HOST}`, host: HOST }],
    ['names the origin people use, behind a proxy', { origin: `https://${HOST}`, host: '10.0.0.7:3000' }],
    [
      'names the origin that a proxy was asked for',
      { origin: 'https://other.example.com', host: '10.0.0.7:3000', 'x-forwarded-host': 'other.example.com' },
    ],
  ])('keeps its session when it %s', (_, headers) => {
    expect(isForeign('POST', headers, URL_OF_PEOPLE)).toBe(false);
  });

  it.each([
    ['says that another site sent it', { 'sec-fetch-site': 'cross-site' }],
    ['says that another name or port of the same site sent it', { 'sec-fetch-site': 'same-site' }],
    ['names another origin', { origin: 'https://evil.example.com', host: HOST }],
    ['names another port of this host', { origin: 'http://localhost:8080', host: 'localhost:3000' }],
    ['names no origin', { origin: 'null', host: HOST }],
  ])('loses its session when it %s', (_, headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(isForeign(method, headers, URL_OF_PEOPLE)).toBe(true);
    expect(isForeign('GET', headers, URL_OF_PEOPLE)).toBe(false);
  });
});

test('a server’s routes do not see the cookies of such a request', async () => {
  vi.stubEnv('DATABASE_URL', 'postgresql://localhost/none');
  vi.stubEnv('COUNTERSIGN_SECRET', 'x'.repeat(32));
  ignoreForeignSessions();
  const server = createServer((request, response) => response.end(String(request.headers.cookie)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const seen = async (origin: string, method = 'POST') =>
    (
      await fetch(`http://127.0.0.1:${address.port}/`, { method, headers: { cookie: 'session=1', origin } })
    ).text();
  expect(await seen(`http://127.0.0.1:${address.port}`)).toBe('session=1');
  expect(await seen('http://127.0.0.1:1')).toBe('undefined');
  expect(await seen('http://127.0.0.1:1', 'GET')).toBe('session=1');
  server.close();
});
