import { createServer, type RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import { type GivenWorkspace, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { decideTool, forgetTool } from './decide-tool';
import { importFromMcp } from './import-from-mcp';
import { importOpenApi } from './import-openapi';
import { importTools } from './import-tools';
import { listCatalogue } from './list-catalogue';
import { listDecidedTools } from './list-decided-tools';
import { aToolServer, listenMcp } from './testing/mcp-server';

process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS = 'on';

let workspace: GivenWorkspace;
let engineer: Awaited<ReturnType<typeof givenPerson>>;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  workspace = await givenWorkspace();
  engineer = await givenPerson(workspace, ['engineer'], { name: 'Edda' });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function aServer(more: string[] = [], key?: string): Promise<string> {
  const server = await listenMcp(() => aToolServer(more), key);
  closing.push(server.close);
  return server.url;
}
async function serve(handle: RequestListener): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(
    () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  );
  const at = server.address();
  return `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}/mcp`;
}
const address = (url: string, over: Partial<Parameters<typeof importFromMcp>[1]> = {}) => ({
  server: 'desk',
  url,
  header: '',
  value: '',
  ...over,
});
async function faultOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw error ?? new Error('it was not refused');
  return error;
}
async function find(name: string) {
  const tool = (await listCatalogue(engineer)).tools.find((each) => each.name === name);
  if (tool === undefined) throw new Error(`${name} is not in the catalogue`);
  return tool;
}

describe('tools of an MCP server over HTTP', () => {
  it('come with what the server says of them, a suggestion for each, and wait for a person', async () => {
    const done = await importFromMcp(engineer, address(await aServer(), { server: '' }));
    expect(done).toMatchObject({
      server: 'desk',
      added: ['tickets_search', 'payments_refund', 'tickets_delete'],
      changed: [],
      missing: [],
      refused: [],
    });
    const { counts, tools } = await listCatalogue(engineer);
    expect(counts).toMatchObject({ all: 3, undecided: 3 });
    expect(tools.map((tool) => [tool.name, tool.suggestion.action.value])).toEqual([
      ['payments_refund', 'transact'],
      ['tickets_delete', 'write'],
      ['tickets_search', 'read'],
    ]);
    const search = await find('tickets_search');
    expect(search.suggestion).toMatchObject({
      action: { sure: 'stated' },
      egress: { value: false },
      categories: [{ category: 'contact' }, { category: 'personal' }, { category: 'confidential' }],
      arguments: { required: ['customer_email'] },
    });
    expect(search.suggestion.notEnforced.join()).toContain('"format" of customer_email');
    expect((await find('payments_refund')).suggestion.idempotencyKey?.value).toBe('request_id');
  });

  it('are asked for with the header that was given', async () => {
    const url = await aServer([], 'let-me-in');
    const refused = await faultOf(importFromMcp(engineer, address(url)));
    expect(refused).toMatchObject({ code: 'invalid', issues: [{ path: 'url' }] });
    expect(refused.message).toContain('refuses this caller');
    const done = await importFromMcp(
      engineer,
      address(url, { header: 'Authorization', value: 'Bearer let-me-in' }),
    );
    expect(done.added).toHaveLength(3);
  });

  it('are refused when the server takes too long, sends too much, redirects, or is none', async () => {
    const slow = await serve(() => {});
    const late = await faultOf(importFromMcp(engineer, address(slow), { timeoutMs: 300, maxBytes: 1000 }));
    expect(late.message).toContain('did not list its tools within 300 ms');
    const large = await aServer();
    expect(
      (await faultOf(importFromMcp(engineer, address(large), { timeoutMs: 5000, maxBytes: 600 }))).message,
    ).toContain('longer than 600 B');
    const elsewhere = await serve((_, response) => response.writeHead(307, { location: large }).end());
    expect(await faultOf(importFromMcp(engineer, address(elsewhere)))).toMatchObject({ code: 'invalid' });
    const page = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    );
    expect((await faultOf(importFromMcp(engineer, address(page)))).message).toContain(
      'did not answer as an MCP server',
    );
    expect((await faultOf(importFromMcp(engineer, address('http://127.0.0.1:1/')))).message).toContain(
      'Nothing answers',
    );
    expect((await listCatalogue(engineer)).counts.all).toBe(0);
  });
});

describe('importing again', () => {
  it('keeps what was decided, marks what changed and what is missing, and lets it come back', async () => {
    await importFromMcp(engineer, address(await aServer(['notes_add', 'notes_list'])));
    for (const name of ['notes_add', 'notes_list', 'tickets_search']) {
      const tool = await find(name);
      await decideTool(engineer, {
        id: tool.id,
        importedAt: tool.importedAt,
        choice: { action: 'read', egress: false, categories: ['contact'], reversible: false },
      });
    }
    expect(await listDecidedTools(engineer)).toHaveLength(3);
    const tools = [
      { name: 'tickets_search', hints: {}, description: 'Now it also writes.' },
      { name: 'notes_list', hints: {}, arguments: (await find('notes_list')).schema },
    ];
    const done = await importTools(engineer, { server: 'desk', origin: 'mcp', tools });
    expect(done).toMatchObject({ changed: ['tickets_search'], unchanged: 1 });
    expect(done.missing.toSorted()).toEqual(['notes_add', 'payments_refund', 'tickets_delete']);
    expect((await find('tickets_search')).state).toBe('changed');
    expect((await find('tickets_search')).decision).toMatchObject({ action: 'read', server: 'desk' });
    expect((await find('notes_add')).state).toBe('missing');
    expect((await listCatalogue(engineer)).counts).toMatchObject({
      all: 5,
      changed: 1,
      decided: 1,
      missing: 3,
    });

    const back = await importFromMcp(engineer, address(await aServer(['notes_add'])));
    expect(back.missing).toEqual(['notes_list']);
    expect((await find('notes_add')).state).toBe('decided');
  });

  it('of the same list changes nothing', async () => {
    const url = await aServer();
    await importFromMcp(engineer, address(url));
    expect(await importFromMcp(engineer, address(url))).toMatchObject({
      added: [],
      changed: [],
      unchanged: 3,
    });
  });

  it('takes no tool that a contract could not name, and says which', async () => {
    const tools = ['ok', 'two words', 'a/b', 'ok'].map((name) => ({ name, hints: {} }));
    const done = await importTools(engineer, { server: 'x', origin: 'mcp', tools });
    expect(done.added).toEqual(['ok']);
    expect(done.refused.map((each) => each.name)).toEqual(['two words', 'a/b', 'ok']);
  });
});

describe('a decision', () => {
  it('becomes the entry contracts are offered, with what can be enforced of the arguments', async () => {
    await importFromMcp(engineer, address(await aServer()));
    const tool = await find('payments_refund');
    await decideTool(engineer, {
      id: tool.id,
      importedAt: tool.importedAt,
      choice: { action: 'transact', egress: false, categories: ['financial'], reversible: false },
    });
    expect(await listDecidedTools(engineer)).toMatchObject([
      {
        server: 'desk',
        name: 'payments_refund',
        tool: {
          action: 'transact',
          categories: ['financial'],
          idempotencyKey: 'request_id',
          arguments: { properties: { amount: { type: 'number', exclusiveMinimum: 0 } } },
        },
      },
    ]);
    expect(await find('payments_refund')).toMatchObject({ state: 'decided', decidedBy: 'Edda' });
    await decideTool(engineer, { id: tool.id, importedAt: tool.importedAt, choice: null });
    expect(await listDecidedTools(engineer)).toEqual([]);
  });

  it('is refused on what was imported again meanwhile, and for what is not listed any more to be kept', async () => {
    await importTools(engineer, { server: 'x', origin: 'mcp', tools: [{ name: 'a', hints: {} }] });
    const before = await find('a');
    const tools = [{ name: 'a', description: 'new', hints: {} }];
    await importTools(engineer, { server: 'x', origin: 'mcp', tools });
    const choice = { action: 'read' as const, egress: false, categories: [], reversible: false };
    const late = { id: before.id, importedAt: before.importedAt, choice };
    expect(await faultOf(decideTool(engineer, late))).toMatchObject({ code: 'conflict' });
    expect(await faultOf(forgetTool(engineer, before.id))).toMatchObject({ code: 'conflict' });
    await importTools(engineer, { server: 'x', origin: 'mcp', tools: [{ name: 'b', hints: {} }] });
    await forgetTool(engineer, before.id);
    expect((await listCatalogue(engineer)).counts.all).toBe(1);
  });

  it('is for people, and nothing crosses workspaces', async () => {
    await importTools(engineer, { server: 'x', origin: 'mcp', tools: [{ name: 'a', hints: {} }] });
    const { actor } = await givenKey(workspace, ['author']);
    await importTools(actor, { server: 'y', origin: 'mcp', tools: [{ name: 'b', hints: {} }] });
    const tool = await find('a');
    const choice = { action: 'read' as const, egress: false, categories: [], reversible: false };
    const decision = { id: tool.id, importedAt: tool.importedAt, choice };
    expect(await faultOf(decideTool(actor, decision))).toMatchObject({ code: 'forbidden' });
    const stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
    expect(await faultOf(decideTool(stranger, decision))).toMatchObject({ code: 'not_found' });
    expect((await listCatalogue(stranger)).counts.all).toBe(0);
    const sponsor = await givenPerson(workspace, ['sponsor']);
    expect(
      await faultOf(importTools(sponsor, { server: 'x', origin: 'mcp', tools: [{ name: 'a', hints: {} }] })),
    ).toMatchObject({ code: 'forbidden' });
  });
});

it('operations of an OpenAPI file come as tools of the API its title names', async () => {
  const file = `
openapi: 3.1.0
info: { title: Ledger, version: '1' }
paths:
  /accounts/{id}/payments:
    post:
      operationId: createPayment
      summary: Pays.
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/Payment' } } }
components:
  schemas:
    Payment:
      type: object
      required: [amount]
      properties: { amount: { type: number, minimum: 0 }, iban: { type: string } }
`;
  expect(await importOpenApi(engineer, { server: '', file })).toMatchObject({
    server: 'Ledger',
    added: ['createPayment'],
  });
  expect(await find('createPayment')).toMatchObject({
    origin: 'openapi',
    hints: { method: 'POST', path: '/accounts/{id}/payments' },
    suggestion: { action: { value: 'transact' }, arguments: { required: ['id', 'amount'] } },
  });
  expect(await faultOf(importOpenApi(engineer, { server: '', file: 'a: 1' }))).toMatchObject({
    code: 'invalid',
    issues: [{ path: 'file' }],
  });
});
