import { expect, test } from 'vitest';
import { givenKey, givenWorkspace } from '@/lib/services/testing/given';
import { buildServer } from './server';

const ask = (server: ReturnType<typeof buildServer>, key: string, from: string, forwarded: string) =>
  server.inject({
    method: 'GET',
    url: '/v1/runs/some-run',
    remoteAddress: from,
    headers: { 'x-api-key': key, 'x-forwarded-for': forwarded },
  });

test('who guesses keys is refused after thirty wrong ones, whatever they write into X-Forwarded-For', async () => {
  const server = buildServer({ logLevel: 'silent' });
  for (let guess = 0; guess < 30; guess += 1)
    expect((await ask(server, `cs_guess_${guess}`, '203.0.113.5', `198.51.100.${guess}`)).statusCode).toBe(
      401,
    );
  const refused = await ask(server, 'cs_guess_30', '203.0.113.5', '198.51.100.30');
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  await server.close();
});

test('behind a trusted proxy one guesser does not keep the others out', async () => {
  const { secret } = await givenKey(await givenWorkspace(), ['decide']);
  const server = buildServer({ logLevel: 'silent', trustedProxies: ['192.0.2.0/24'] });
  for (let guess = 0; guess < 31; guess += 1)
    await ask(server, `cs_guess_${guess}`, '192.0.2.1', '203.0.113.66');
  expect((await ask(server, 'cs_guess_x', '192.0.2.1', '203.0.113.66')).statusCode).toBe(429);
  // Its key is good; there is no such run.
  expect((await ask(server, secret, '192.0.2.1', '203.0.113.77')).statusCode).toBe(404);
  await server.close();
});
