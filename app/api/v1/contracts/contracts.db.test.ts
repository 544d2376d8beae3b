import { beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { aContract } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenKey, givenWorkspace } from '@/lib/services/testing/given';
import { GET as getSchema } from '../contract-schema.json/route';
import { GET as getOne } from './[agent]/route';
import { GET as getAll, POST } from './route';

const SOURCE = `# ours\n${stringify(aContract())}`;
let workspace: GivenWorkspace;
let author: string;

beforeEach(async () => {
  workspace = await givenWorkspace();
  author = (await givenKey(workspace, ['author'])).secret;
});

function post(body: BodyInit, headers: Record<string, string>, query = ''): Promise<Response> {
  return POST(
    new Request(`http://countersign.test/api/v1/contracts${query}`, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${author}`, ...headers },
    }),
  );
}

function get(agent: string, headers: Record<string, string> = {}, query = ''): Promise<Response> {
  return getOne(
    new Request(`http://countersign.test/api/v1/contracts/${agent}${query}`, {
      headers: { authorization: `Bearer ${author}`, ...headers },
    }),
    { params: Promise.resolve({ agent }) },
  );
}

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ path: z.string(), line: z.number().optional() })).optional(),
  }),
});
async function errorOf(response: Response) {
  return { status: response.status, ...errorSchema.parse(await response.json()).error };
}

describe('POST /api/v1/contracts', () => {
  it('stores a YAML contract, answers 201 and where it is, then 200 for the same again', async () => {
    const first = await post(SOURCE, { 'content-type': 'application/yaml; charset=utf-8' });
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe('/api/v1/contracts/refund-desk?version=1');
    expect(await first.json()).toMatchObject({
      agent: 'refund-desk',
      number: 1,
      added: true,
      inForce: false,
    });
    const again = await post(JSON.stringify(aContract()), { 'content-type': 'application/json' });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ number: 1, added: false });
  });

  it('takes the key in x-api-key too', async () => {
    const response = await POST(
      new Request('http://countersign.test/api/v1/contracts', {
        method: 'POST',
        body: SOURCE,
        headers: { 'x-api-key': author, 'content-type': 'text/yaml' },
      }),
    );
    expect(response.status).toBe(201);
  });

  it('answers 422 with each fault, its clause and its line', async () => {
    const response = await post(SOURCE.replace('action: transact', 'action: pay'), {
      'content-type': 'text/yaml',
    });
    expect(await errorOf(response)).toMatchObject({
      status: 422,
      code: 'invalid_contract',
      issues: [{ path: 'tools/refunds.pay/action', line: expect.any(Number) }],
    });
  });

  it.each([
    ['no content type it knows', SOURCE, { 'content-type': 'text/html' }, '', 415, 'unsupported_media'],
    [
      'a wrong key',
      SOURCE,
      { 'content-type': 'text/yaml', authorization: 'Bearer wrong' },
      '',
      401,
      'invalid_key',
    ],
    ['a key that asks for force', SOURCE, { 'content-type': 'text/yaml' }, '?inForce=true', 403, 'forbidden'],
    ['an unknown inForce', SOURCE, { 'content-type': 'text/yaml' }, '?inForce=yes', 400, 'invalid'],
    [
      'more bytes than a contract can have',
      'a'.repeat(3_000_001),
      { 'content-type': 'text/yaml' },
      '',
      413,
      'too_large',
    ],
    [
      'bytes that are no text',
      new Uint8Array([0x61, 0xff, 0xfe]),
      { 'content-type': 'text/yaml' },
      '',
      400,
      'invalid',
    ],
    ['nothing', '', { 'content-type': 'text/yaml' }, '', 422, 'invalid_contract'],
  ])('refuses %s', async (_, body, headers, query, status, code) => {
    expect(await errorOf(await post(body, headers, query))).toMatchObject({ status, code });
  });
});

describe('GET /api/v1/contracts/{agent}', () => {
  it('gives the text as it was imported, or JSON with every default when JSON is asked for', async () => {
    await post(SOURCE, { 'content-type': 'application/yaml' });
    const yaml = await get('refund-desk');
    expect(yaml.headers.get('content-type')).toContain('application/yaml');
    expect(await yaml.text()).toBe(SOURCE);
    const json = await get('refund-desk', { accept: 'application/json' });
    expect(json.headers.get('etag')).toMatch(/^"[0-9a-f]{64}"$/);
    expect(await json.json()).toMatchObject({ risk: { detectors: ['iban', 'payment-card'] } });
  });

  it('prints YAML of a contract that came as JSON, and the JSON itself to download', async () => {
    const source = JSON.stringify(aContract());
    await post(source, { 'content-type': 'application/json' });
    expect(parse(await (await get('refund-desk')).text())).toMatchObject({
      identity: { agent: 'refund-desk' },
    });
    const download = await get('refund-desk', {}, '?version=1&as=imported');
    expect(download.headers.get('content-disposition')).toBe('attachment; filename="refund-desk-1.0.json"');
    expect(await download.text()).toBe(source);
  });

  it('answers 404 for what is not there or belongs to others, and 400 for what is no version', async () => {
    await post(SOURCE, { 'content-type': 'application/yaml' });
    expect(await errorOf(await get('unknown'))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await errorOf(await get('refund-desk', {}, '?version=2'))).toMatchObject({ status: 404 });
    expect(await errorOf(await get('refund-desk', {}, '?version=-1'))).toMatchObject({ status: 400 });
    const other = (await givenKey(await givenWorkspace(), ['read'])).secret;
    expect(await errorOf(await get('refund-desk', { authorization: `Bearer ${other}` }))).toMatchObject({
      status: 404,
    });
  });

  it('is not for keys that only send', async () => {
    const { secret } = await givenKey(workspace, ['ingest']);
    expect(await errorOf(await get('refund-desk', { authorization: `Bearer ${secret}` }))).toMatchObject({
      status: 403,
    });
  });
});

it('GET /api/v1/contracts lists what the workspace has', async () => {
  await post(SOURCE, { 'content-type': 'application/yaml' });
  const response = await getAll(
    new Request('http://countersign.test/api/v1/contracts', {
      headers: { authorization: `Bearer ${author}` },
    }),
  );
  expect(await response.json()).toMatchObject({
    contracts: [{ agent: { name: 'refund-desk' }, versions: 1 }],
  });
});

it('the JSON Schema is open to anyone and describes every section', async () => {
  const schema = z
    .object({ required: z.array(z.string()), properties: z.record(z.string(), z.unknown()) })
    .parse(await getSchema().json());
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['identity', 'scope', 'tools', 'authority', 'failure', 'versioning']),
  );
  expect(schema.required).not.toContain('cost');
});
