import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { importContract } from '@/lib/services/contracts/import-contract';
import { changeDraft } from '@/lib/services/drafts/change-draft';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { GET as getSchema } from '../../../schema/v1/contract.json/route';
import { POST as postTools } from '../catalogue/route';
import { POST as postLint } from '../lint/route';
import { GET as getDiff, POST as postDiff } from './[agent]/diff/route';
import { GET as getDraftText } from './[agent]/draft/route';
import { GET as getOne, PUT } from './[agent]/route';

const SOURCE = `# ours, with notes\n${stringify(aContract())}`;
let workspace: GivenWorkspace;
let key: string;
let sponsor: Awaited<ReturnType<typeof givenPerson>>;

beforeEach(async () => {
  workspace = await givenWorkspace();
  key = (await givenKey(workspace, ['author'])).secret;
  sponsor = await givenPerson(workspace, ['sponsor']);
});

const at = (path: string, init: RequestInit = {}) =>
  new Request(`http://countersign.test/api/v1/${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/yaml',
      ...Object.fromEntries(new Headers(init.headers)),
    },
  });
const of = (agent: string) => ({ params: Promise.resolve({ agent }) });
const put = (body: string, headers: Record<string, string> = {}, agent = 'refund-desk') =>
  PUT(at(`contracts/${agent}`, { method: 'PUT', body, headers }), of(agent));
const pull = (agent = 'refund-desk', query = '') =>
  getDraftText(at(`contracts/${agent}/draft${query}`), of(agent));

const pushedSchema = z.object({
  outcome: z.string(),
  merged: z.boolean(),
  version: z.number().nullable(),
  draft: z.object({ id: z.string(), revision: z.number(), url: z.string() }).optional(),
});
async function pushed(response: Response) {
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    ...pushedSchema.parse(await response.json()),
  };
}
const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z
      .array(z.object({ path: z.string(), line: z.number().optional(), expected: z.string().optional() }))
      .default([]),
  }),
});
async function errorOf(response: Response) {
  return { status: response.status, ...errorSchema.parse(await response.json()).error };
}

describe('PUT /api/v1/contracts/{agent}', () => {
  it('makes a draft with the very text, also for an agent nobody has heard of, and GET …/draft gives it back', async () => {
    const first = await pushed(await put(SOURCE));
    expect(first).toMatchObject({ status: 201, outcome: 'created', version: null });
    const text = await pull();
    expect(await text.text()).toBe(SOURCE);
    expect(text.headers.get('etag')).toBe(first.etag);
    expect(text.headers.get('content-type')).toContain('yaml');
    expect(await getDraft(sponsor, first.draft?.id ?? '')).toMatchObject({ origin: 'code', agentId: null });
  });

  it('pushed again changes the same draft, and the same text changes nothing', async () => {
    const first = await pushed(await put(SOURCE));
    const second = await pushed(await put(SOURCE.replace('perRun: 0.5', 'perRun: 0.75')));
    expect(second).toMatchObject({
      status: 200,
      outcome: 'changed',
      draft: { id: first.draft?.id, revision: 2 },
    });
    expect(await pushed(await put(SOURCE.replace('perRun: 0.5', 'perRun: 0.75')))).toMatchObject({
      outcome: 'unchanged',
      draft: { revision: 2 },
    });
  });

  it('of what is in force already makes no draft', async () => {
    const head = await givenPerson(workspace, ['head-of-ai']);
    await importContract(head, { source: SOURCE, format: 'yaml', putInForce: true });
    const again = await pushed(await put(`# other notes\n${SOURCE}`));
    expect(again).toMatchObject({ status: 200, outcome: 'unchanged', version: 1 });
    expect(again.draft).toBeUndefined();
    expect((await pull()).status).toBe(404);
    const changed = await pushed(await put(SOURCE.replace('perRun: 0.5', 'perRun: 0.75')));
    expect(await getDraft(sponsor, changed.draft?.id ?? '')).toMatchObject({ base: { number: 1 } });
  });

  it('is refused once people have changed the draft, merges with theirs when it names its revision, and asks where both changed the same', async () => {
    const first = await pushed(await put(SOURCE));
    const id = first.draft?.id ?? '';
    await changeDraft(sponsor, id, { revision: 1, source: SOURCE.replace('perDay: 100', 'perDay: 80') });
    const mine = SOURCE.replace('perRun: 0.5', 'perRun: 0.75');
    expect(await errorOf(await put(mine))).toMatchObject({
      status: 409,
      code: 'conflict',
      issues: [{ path: 'cost/perDay' }],
    });
    const merged = await pushed(await put(mine, { 'if-match': first.etag }));
    expect(merged).toMatchObject({ status: 200, outcome: 'changed', merged: true, draft: { revision: 3 } });
    const both = await (await pull()).text();
    expect(both).toContain('perDay: 80');
    expect(both).toContain('perRun: 0.75');
    const other = await put(SOURCE.replace('perDay: 100', 'perDay: 90'), { 'if-match': first.etag });
    expect(await errorOf(other)).toMatchObject({ status: 409, issues: [{ path: 'cost/perDay' }] });
    expect(await pushed(await put(SOURCE, { 'if-match': '*' }))).toMatchObject({ outcome: 'changed' });
    expect(await (await pull()).text()).toBe(SOURCE);
  });

  it('of a contract that extends the workspace defaults is judged with them, and its text is kept as it is', async () => {
    await givenVersion(workspace, null, aContract({ identity: { agent: 'workspace-defaults' } }));
    const { cost: _, ...rest } = aContract();
    const source = stringify({ extends: 'workspace-defaults', ...rest });
    expect(await pushed(await put(source))).toMatchObject({ status: 201, outcome: 'created' });
    expect(await (await pull()).text()).toBe(source);
  });

  it('naming a draft that a person began changes that draft, and makes no second one', async () => {
    await givenAgent(workspace);
    const { draftFromVersion } = await import('@/lib/services/drafts/draft-from-version');
    const begun = await draftFromVersion(sponsor, { agent: 'refund-desk' });
    const theirs = await pull('refund-desk', '?any=true');
    const text = (await theirs.text()).replace('perRun: 0.5', 'perRun: 0.75');
    const done = await pushed(await put(text, { 'if-match': theirs.headers.get('etag') ?? '' }));
    expect(done).toMatchObject({ status: 200, outcome: 'changed', draft: { id: begun.id, revision: 2 } });
    expect(await (await pull('refund-desk', '?any=true')).text()).toContain('perRun: 0.75');
  });

  it('naming a draft that is not open any more is refused', async () => {
    const tag = `"01a1fd00-0000-7000-8000-000000000001.1"`;
    expect(await errorOf(await put(SOURCE, { 'if-match': tag }))).toMatchObject({ status: 409 });
    expect(await errorOf(await put(SOURCE, { 'if-match': 'W/x' }))).toMatchObject({ status: 400 });
  });

  it('answers 422 with line, clause and what was expected for a contract with faults, and makes nothing', async () => {
    const bad = await errorOf(await put(SOURCE.replace('action: transact', 'action: pay')));
    expect(bad).toMatchObject({
      status: 422,
      code: 'invalid_contract',
      issues: [{ path: 'tools/refunds.pay/action', line: expect.any(Number), expected: expect.any(String) }],
    });
    expect((await pull()).status).toBe(404);
    expect(await errorOf(await put(SOURCE, {}, 'another'))).toMatchObject({
      status: 422,
      issues: [{ path: 'identity/agent' }],
    });
  });

  it('is for keys that author, of this workspace, and of this agent', async () => {
    const agent = await givenAgent(workspace);
    const { secret: reads } = await givenKey(workspace, ['read']);
    expect(await errorOf(await put(SOURCE, { authorization: `Bearer ${reads}` }))).toMatchObject({
      status: 403,
    });
    const { secret: bound } = await givenKey(workspace, ['author'], agent);
    const other = SOURCE.replace('agent: refund-desk', 'agent: other-desk');
    expect(await errorOf(await put(other, { authorization: `Bearer ${bound}` }, 'other-desk'))).toMatchObject(
      {
        status: 403,
      },
    );
    await put(SOURCE.replace('perRun: 0.5', 'perRun: 0.75'));
    const stranger = (await givenKey(await givenWorkspace(), ['author'])).secret;
    const theirs = await getDraftText(
      at('contracts/refund-desk/draft', { headers: { authorization: `Bearer ${stranger}` } }),
      of('refund-desk'),
    );
    expect(theirs.status).toBe(404);
  });
});

it('…/draft?any=true gives the draft people last changed, whoever began it', async () => {
  await givenAgent(workspace);
  const { draftFromVersion } = await import('@/lib/services/drafts/draft-from-version');
  await draftFromVersion(sponsor, { agent: 'refund-desk' });
  expect((await pull()).status).toBe(404);
  expect((await pull('refund-desk', '?any=true')).status).toBe(200);
});

it('…/diff names each change with its direction and route, between versions and to a text', async () => {
  const head = await givenPerson(workspace, ['head-of-ai']);
  await importContract(head, { source: SOURCE, format: 'yaml', putInForce: true });
  const wider = SOURCE.replace('perRun: 0.5', 'perRun: 5');
  const text = await postDiff(
    at('contracts/refund-desk/diff', { method: 'POST', body: wider }),
    of('refund-desk'),
  );
  expect(await text.json()).toMatchObject({
    from: { number: 1 },
    to: null,
    changes: [{ clause: 'cost/perRun', direction: 'wider', before: 0.5, after: 5 }],
    route: expect.any(String),
  });
  await importContract(head, {
    source: wider.replace('contract: "1.0"', 'contract: "1.1"'),
    format: 'yaml',
    putInForce: false,
  });
  const versions = await getDiff(at('contracts/refund-desk/diff?from=1&to=2'), of('refund-desk'));
  expect(await versions.json()).toMatchObject({ from: { number: 1 }, to: { number: 2 } });
  expect((await getDiff(at('contracts/refund-desk/diff'), of('refund-desk'))).status).toBe(400);
});

it('GET /api/v1/contracts/{agent} says which version and digest it is', async () => {
  const head = await givenPerson(workspace, ['head-of-ai']);
  const { digest } = await importContract(head, { source: SOURCE, format: 'yaml', putInForce: true });
  const response = await getOne(at('contracts/refund-desk'), of('refund-desk'));
  expect(await response.text()).toBe(SOURCE);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    etag: `"${digest}"`,
    'x-contract-version': '1',
    'x-contract-label': '1.0',
    'x-contract-digest': digest,
  });
});

it('POST /api/v1/lint tells faults, or findings that know the people of the workspace', async () => {
  const lint = async (body: string): Promise<unknown> =>
    (await postLint(at('lint', { method: 'POST', body }))).json();
  expect(await lint(SOURCE.replace('action: transact', 'action: pay'))).toMatchObject({
    ok: false,
    issues: [{ path: 'tools/refunds.pay/action' }],
  });
  expect(await lint(SOURCE)).toMatchObject({
    ok: true,
    agent: 'refund-desk',
    clean: false,
    findings: expect.arrayContaining([
      expect.objectContaining({ clause: expect.stringContaining('ownership/') }),
    ]),
  });
});

it('POST /api/v1/catalogue takes the list a command line read, and refuses what is none', async () => {
  const good = {
    server: 'files',
    origin: 'mcp',
    tools: [{ name: 'read_file', arguments: { type: 'object' } }],
  };
  const taken = await postTools(at('catalogue', { method: 'POST', body: JSON.stringify(good) }));
  expect(await taken.json()).toMatchObject({ added: ['read_file'] });
  expect(
    await errorOf(await postTools(at('catalogue', { method: 'POST', body: '{"server":1}' }))),
  ).toMatchObject({
    status: 400,
    issues: expect.arrayContaining([expect.objectContaining({ path: 'server' })]),
  });
  expect((await postTools(at('catalogue', { method: 'POST', body: '{' }))).status).toBe(400);
});

it('every field of the published JSON Schema is described', async () => {
  const bare: string[] = [];
  const visit = (value: unknown, path: string) => {
    const node = z.object({ description: z.string().optional() }).loose().safeParse(value);
    if (!node.success || path.endsWith('/arguments')) return;
    const { properties } = node.data;
    if (typeof properties === 'object' && properties !== null)
      for (const [key, inner] of Object.entries(properties)) {
        const field = z
          .object({ description: z.string().min(1) })
          .loose()
          .safeParse(inner);
        if (!field.success) bare.push(`${path}/${key}`);
        visit(inner, `${path}/${key}`);
      }
    visit(node.data.items, `${path}/*`);
    visit(node.data.additionalProperties, `${path}/*`);
  };
  const response = getSchema();
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  visit(await response.json(), '');
  expect(bare).toEqual([]);
});
