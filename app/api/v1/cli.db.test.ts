import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { listCatalogue } from '@/lib/services/catalogue/list-catalogue';
import { aToolServer, listenMcp } from '@/lib/services/catalogue/testing/mcp-server';
import { importContract } from '@/lib/services/contracts/import-contract';
import { changeDraft } from '@/lib/services/drafts/change-draft';
import { getDraft } from '@/lib/services/drafts/get-draft';
import { listDrafts } from '@/lib/services/drafts/list-drafts';
import { aContract } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenKey, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { POST as postTools } from './catalogue/route';
import { GET as getDraftText } from './contracts/[agent]/draft/route';
import { GET as getOne, PUT } from './contracts/[agent]/route';
import { POST as postEvals } from './evals/route';

/** The command line as it is shipped, a process of its own, against the routes behind a real HTTP server. */
const SOURCE = `# ours, with notes\n${stringify(aContract())}`;
let folder: string;
let cli: string;
let url: string;
let close: () => Promise<void>;
let workspace: GivenWorkspace;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-cli-'));
  cli = await bundled(join(folder, 'package'));
  ({ url, close } = await serve());
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  workspace = await givenWorkspace();
  key = (await givenKey(workspace, ['author'])).secret;
});

/** As `npm pack` would ship it. */
function bundled(into: string): Promise<string> {
  const script = fileURLToPath(new URL('../../../cli/bundle.mjs', import.meta.url));
  return new Promise((done, fail) => {
    execFile(process.execPath, [script, into], (error, out) =>
      error === null ? done(out.trim()) : fail(error),
    );
  });
}

/** What Next does between the socket and these handlers. */
async function serve(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
      const method = incoming.method ?? 'GET';
      const request = new Request(`http://countersign.test${incoming.url}`, {
        method,
        headers: Object.fromEntries(
          Object.entries(incoming.headers).filter(
            (each): each is [string, string] => typeof each[1] === 'string',
          ),
        ),
        ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
      });
      const [, agent = '', rest = ''] =
        /^\/api\/v1\/contracts\/([^/?]+)(\/draft)?/.exec(incoming.url ?? '') ?? [];
      const context = { params: Promise.resolve({ agent: decodeURIComponent(agent) }) };
      const response = await (incoming.url?.startsWith('/api/v1/evals') === true
        ? postEvals(request)
        : agent === ''
          ? postTools(request)
          : rest !== ''
            ? getDraftText(request, context)
            : method === 'PUT'
              ? PUT(request, context)
              : getOne(request, context));
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const at = server.address();
  return {
    url: `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { DATABASE_URL: _, ...env } = process.env;
  return new Promise((done) => {
    execFile(
      process.execPath,
      [cli, ...args],
      { cwd: folder, env: { ...env, COUNTERSIGN_URL: url, COUNTERSIGN_KEY: key } },
      (error, out, err) => done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}
async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return name;
}

describe('countersign lint', () => {
  it('says what it found and at which line, and fails only for faults and errors', async () => {
    const good = await run('lint', await file('good.yaml', SOURCE));
    expect(good.out).toContain('good.yaml: ');
    const bad = await run('lint', await file('bad.yaml', SOURCE.replace('perRun: 0.5', 'perRun: "0.5"')));
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^bad\.yaml:\d+:\d+ {2}This is text\. Expected: a number.* \(cost\/perRun\)$/m);
    const json: unknown = JSON.parse((await run('lint', 'bad.yaml', '--json')).out);
    expect(json).toMatchObject({
      clean: false,
      files: [{ file: 'bad.yaml', issues: [{ path: 'cost/perRun' }] }],
    });
  });

  it.each([
    [['lint', 'nowhere.yaml'], 'there is no such file'],
    [['lint'], 'needs the files'],
    [['lint', '--force', 'good.yaml'], 'knows no --force'],
    [['dance'], 'no command "dance"'],
    [['lint', '--wat'], 'wat'],
    [['pull', 'a', '--draft', '--version', '1'], 'Either --draft or --version'],
    [['tools', 'import'], 'Say where the tools are'],
  ])('%j is called wrongly, and says how', async (args, why) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});

it('countersign diff names each change, its direction and the route, and can fail a build', async () => {
  const before = await file('before.yaml', SOURCE);
  const after = await file('after.yaml', SOURCE.replace('perRun: 0.5', 'perRun: 5'));
  const told = await run('diff', before, after);
  expect(told.code).toBe(0);
  expect(told.out).toMatch(/^wider +cost\/perRun {2}\$0\.50 → \$5\.00$/m);
  expect(told.out).toContain('1 change, 1 of them wider. Route: ');
  // In the words of the dashboard, also what is new: never as JSON.
  const more = await file('more.yaml', stringify(aContract({ quality: { review: { share: 0.05 } } })));
  expect((await run('diff', before, more)).out).toMatch(/quality\/review {2}added Subject experts review 5%/);
  expect((await run('diff', before, after, '--fail-on', 'wider')).code).toBe(1);
  expect((await run('diff', after, before, '--fail-on', 'wider')).code).toBe(0);
  expect((await run('diff', before, before)).out).toContain('Nothing changed.');
  const head = await givenPerson(workspace, ['head-of-ai']);
  await importContract(head, { source: SOURCE, format: 'yaml', putInForce: true });
  expect(JSON.parse((await run('diff', 'server:refund-desk', after, '--json')).out)).toMatchObject({
    changes: [{ clause: 'cost/perRun', direction: 'wider' }],
  });
});

it('countersign test runs scenarios through the functions that decide, and says what differs', async () => {
  await file('contract.yaml', SOURCE);
  const suite = {
    contract: './contract.yaml',
    scenarios: [
      {
        name: 'pays a small refund',
        call: { tool: 'refunds.pay', arguments: { orderId: 'a', amount: 50 } },
        expect: { lane: 'allow' },
      },
      {
        name: 'escalates a large one',
        call: { tool: 'refunds.pay', arguments: { orderId: 'a', amount: 5000 } },
        expect: { lane: 'escalate', clause: 'authority/large-refunds', by: 'operator' },
      },
      {
        name: 'stops going in circles',
        given: { calls: [{ tool: 'policy.search', arguments: { q: 'x' }, times: 3 }] },
        call: { tool: 'policy.search', arguments: { q: 'x' } },
        expect: { lane: 'block', clause: 'cost/repeatedCalls' },
      },
      {
        name: 'finds an account number in the arguments',
        call: { tool: 'notes.add', arguments: { text: 'DE89370400440532013000' } },
        expect: { lane: 'block', clause: 'tools/notes.add/categories' },
      },
    ],
  };
  const good = await run('test', await file('suite.yaml', stringify(suite)));
  expect(good.out).toContain('4 scenarios passed, 0 failed.');
  expect(good.code).toBe(0);
  const wrong = stringify(suite).replace('lane: escalate', 'lane: allow');
  const bad = await run('test', await file('wrong.yaml', wrong));
  expect(bad.code).toBe(1);
  expect(bad.out).toContain('Expected allow, got escalate: the contract is narrower than expected.');
  expect((await run('test', await file('none.yaml', 'scenarios: []'))).code).toBe(2);
});

describe('countersign push and pull', () => {
  it('bring a text there and back without a byte lost', async () => {
    const text = `${SOURCE}# the last line, without an end`;
    const pushed = await run('push', await file('own.yaml', text));
    expect(pushed).toMatchObject({ code: 0 });
    expect(pushed.out).toMatch(/^own\.yaml: a new draft\.$/m);
    const pulled = await run('pull', 'refund-desk', '--draft', '--out', 'back.yaml');
    expect(pulled.out).toContain('draft at revision 1 of refund-desk');
    expect(await readFile(join(folder, 'back.yaml'), 'utf8')).toBe(text);
    expect((await run('push', 'own.yaml')).out).toContain('the draft says this already');
  });

  it('stop where people have changed the draft, and go on from the revision that was pulled', async () => {
    const sponsor = await givenPerson(workspace, ['sponsor']);
    await run('push', await file('mine.yaml', SOURCE));
    const draft = (await listDrafts(sponsor)).rows[0];
    await changeDraft(sponsor, draft?.id ?? '', {
      revision: 1,
      source: SOURCE.replace('perDay: 100', 'perDay: 80'),
    });
    await file('mine.yaml', SOURCE.replace('perRun: 0.5', 'perRun: 0.75'));
    const refused = await run('push', 'mine.yaml');
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('People have changed this draft');
    expect(refused.err).toContain('(cost/perDay)');
    const onto = `"${draft?.id}.1"`;
    const merged = await run('push', 'mine.yaml', '--onto', onto);
    expect(merged.out).toContain('What people changed meanwhile is in it too');
    expect((await getDraft(sponsor, draft?.id ?? '')).source).toContain('perDay: 80');
    expect((await run('push', 'mine.yaml', '--force')).code).toBe(0);
    expect((await getDraft(sponsor, draft?.id ?? '')).source).toContain('perDay: 100');
  });

  it('send nothing that is no contract, and tell a wrong key and a wrong address apart', async () => {
    const bad = await run('push', await file('bad.yaml', SOURCE.replace('action: transact', 'action: pay')));
    expect(bad.code).toBe(1);
    expect(bad.err).toContain('was not sent');
    expect(bad.err).toMatch(/bad\.yaml:\d+:\d+/);
    key = 'wrong';
    const refused = await run('push', await file('good.yaml', SOURCE));
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.err).toContain('unknown or revoked');
    const away = await run('pull', 'x', '--url', 'http://127.0.0.1:1');
    expect(away).toMatchObject({ code: 3 });
    expect(away.err).toContain('cannot be reached');
    expect((await run('pull', 'x', '--url', 'nowhere')).code).toBe(2);
  });
});

describe('countersign tools import', () => {
  it('starts a real MCP server over stdio, sends its tools, and leaves no process behind', async () => {
    const server = fileURLToPath(
      new URL('../../../lib/services/catalogue/testing/stdio-server.ts', import.meta.url),
    );
    const tsx = fileURLToPath(new URL('../../../node_modules/tsx/dist/cli.mjs', import.meta.url));
    const done = await run(
      'tools',
      'import',
      '--stdio',
      `"${process.execPath}" "${tsx}" "${server}" extra_get`,
    );
    expect(done.err).toBe('');
    expect(done.out).toContain('desk: 4 new, 0 changed, 0 unchanged, 0 no longer listed.');
    const engineer = await givenPerson(workspace, ['engineer']);
    const { tools } = await listCatalogue(engineer);
    expect(tools.map((tool) => tool.name)).toContain('extra_get');
    expect(tools.find((tool) => tool.name === 'tickets_delete')?.hints).toMatchObject({
      destructiveHint: true,
    });
  });

  it('reads one over HTTP, and an OpenAPI file', async () => {
    const mcp = await listenMcp(() => aToolServer(), 'secret');
    const asked = ['tools', 'import', '--http', mcp.url, '--server', 'tickets'];
    expect((await run(...asked)).code).toBe(3);
    expect((await run(...asked, '--header', 'Authorization: Bearer secret')).out).toContain('tickets: 3 new');
    await mcp.close();
    const api = await file(
      'api.json',
      '{"openapi":"3.0.0","info":{"title":"Pets"},"paths":{"/p":{"get":{}}}}',
    );
    expect((await run('tools', 'import', '--openapi', api)).out).toContain('Pets: 1 new');
  });

  it('says so when the command is no MCP server', async () => {
    const done = await run('tools', 'import', '--stdio', `"${process.execPath}" -e "process.exit(3)"`);
    expect(done.code).toBe(3);
    expect(done.err).toContain('did not answer as an MCP server');
  });
});

describe('evals push', () => {
  it('ends with 1 below the quality bar, naming the clause, and with 0 at it', async () => {
    const actor = await givenPerson(workspace, ['head-of-ai']);
    await importContract(actor, { source: SOURCE, format: 'yaml', putInForce: false });
    const results = (score: number) =>
      file('results.csv', `metric,score,samples\ncorrect amount,${score},100\n`);
    const below = await run('evals', 'push', await results(0.53), '--agent', 'refund-desk');
    expect(below).toMatchObject({ code: 1, err: '' });
    expect(below.out).toContain('53% against the 98% target of quality/criteria/right-amount');
    const at = await run(
      'evals',
      'push',
      await results(0.99),
      '--agent',
      'refund-desk',
      '--version',
      '1',
      '--json',
    );
    expect(at.code).toBe(0);
    expect(JSON.parse(at.out)).toMatchObject({ outcome: 'passed', version: { number: 1 } });
  });

  it('says what is wrong: no agent, no file, a file that is none', async () => {
    expect(await run('evals', 'push', 'gone.csv', '--agent', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('gone.csv cannot be read'),
    });
    expect((await run('evals', 'push', await file('a.csv', 'x'))).err).toContain('--agent');
    const actor = await givenPerson(workspace, ['head-of-ai']);
    await importContract(actor, { source: SOURCE, format: 'yaml', putInForce: false });
    const bad = await run('evals', 'push', await file('a.xml', '<testsuites>'), '--agent', 'refund-desk');
    expect(bad).toMatchObject({ code: 3, err: expect.stringContaining('not well-formed XML') });
  });
});
