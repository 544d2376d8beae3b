import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { givenAgent, givenKey, givenWorkspace } from '@/lib/services/testing/given';
import { buildServer } from './server';

let server: FastifyInstance;
let url: string;
let headers: Record<string, string>;

beforeAll(async () => {
  server = buildServer({ logLevel: 'silent' });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
  const workspace = await givenWorkspace();
  const { secret } = await givenKey(workspace, ['decide'], await givenAgent(workspace));
  headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
});
afterAll(() => server.close());

const ask = (run: string, more: Record<string, string> = {}, body: BodyInit = '{"tool":"policy.lookup"}') =>
  fetch(`${url}/v1/runs/${run}/decisions`, { method: 'POST', headers: { ...headers, ...more }, body });
const refused = (status: number, code: string) => ({
  status,
  body: { error: { code, message: expect.any(String) } },
});
const told = async (response: Response) => ({ status: response.status, body: await response.json() });

it('a body that is no JSON by its own word is refused as what it is', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])
    expect(await told(await ask('typed', { 'content-type': type })), type).toMatchObject(
      refused(415, 'unsupported_media'),
    );
  // By curl's own word for -d: what should have been said instead.
  const form = await told(await ask('typed', { 'content-type': 'application/x-www-form-urlencoded' }));
  expect(form.body.error.message).toBe('Send the body as JSON, with content-type: application/json.');
});

it('an agent that says it has stopped may send no body, whatever type of body it names', async () => {
  const stopped = (init: RequestInit) =>
    fetch(`${url}/v1/runs/stops/stopped`, { method: 'POST', ...init }).then(told);
  expect((await ask('stops')).status).toBe(200);
  const { 'content-type': _, ...untyped } = headers;
  // Nobody asked it to stop, and that is what it is told.
  for (const init of [{ headers: untyped }, { headers }, { headers, body: '{}' }])
    expect(await stopped(init)).toMatchObject(refused(409, 'conflict'));
  expect(await stopped({ headers, body: '{"reason":' })).toMatchObject(refused(400, 'invalid'));
  expect(await stopped({ headers, body: '{"reason":"done"}' })).toMatchObject(refused(400, 'invalid'));
});

it('a zipped body is refused as such, not as broken JSON', async () => {
  const zipped = new Uint8Array(gzipSync('{"tool":"policy.lookup"}'));
  expect(await told(await ask('zipped', { 'content-encoding': 'gzip' }, zipped))).toMatchObject(
    refused(415, 'unsupported_media'),
  );
  expect((await ask('zipped', { 'content-encoding': 'identity' })).status).toBe(200);
});

it('an address that cannot be decoded is refused in the words of every other refusal', async () => {
  expect(await told(await fetch(`${url}/v1/runs/%ff`, { headers }))).toMatchObject(refused(400, 'invalid'));
});

it('a run may be called by 256 characters of any script, and not by one more', async () => {
  for (const character of ['r', 'Ж', '運', '🚀']) {
    const run = character.repeat(256);
    expect((await ask(encodeURIComponent(run))).status, character).toBe(200);
    expect((await fetch(`${url}/v1/runs/${encodeURIComponent(run)}`, { headers })).status, character).toBe(
      200,
    );
    expect(await told(await ask(encodeURIComponent(`${run}${character}`))), character).toMatchObject(
      refused(400, 'invalid'),
    );
  }
});
