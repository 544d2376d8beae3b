import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listening } from '@/lib/db/listen';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { digestOf } from '@/lib/evidence/digest';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { buildServer } from '../server';

const answerSchema = z.object({
  id: z.string(),
  lane: z.enum(['allow', 'degrade', 'escalate', 'block']),
  clauses: z.array(
    z.object({
      clause: z.string(),
      code: z.string(),
      lane: z.string(),
      detail: z.string(),
      message: z.string(),
    }),
  ),
  obligations: z.array(z.looseObject({ kind: z.string() })),
  undecided: z.array(z.string()),
  contract: z.object({ version: z.number(), digest: z.string() }),
  run: z.object({ id: z.string(), key: z.string(), status: z.string() }),
  decidedAt: z.iso.datetime(),
});
const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
});

const CONTRACT = aContract({
  tools: {
    'policy.lookup': { action: 'read', categories: ['policy'] },
    'claims.settle': {
      action: 'transact',
      categories: ['policy'],
      arguments: {
        type: 'object',
        properties: { amount: { type: 'number', maximum: 10_000 } },
        required: ['amount'],
      },
    },
    'mail.send': { action: 'write', rateLimit: { calls: 3, per: 'hour' } },
  },
  scope: { actions: ['read', 'draft', 'recommend', 'execute'], forbidden: [] },
  authority: {
    level: 'continuous',
    defaults: { read: 'alone', write: 'alone', transact: 'alone' },
    rules: [
      {
        id: 'large',
        tools: ['claims.settle'],
        when: [{ field: 'arg.amount', op: '>', value: 5000 }],
        tier: 'approval',
        by: 'operator',
      },
    ],
  },
  cost: { callsPerRun: 8, repeatedCalls: 5 },
});

let planes: { server: FastifyInstance; url: string }[];
let workspace: GivenWorkspace;
let agent: GivenAgent;
let secret: string;

beforeAll(async () => {
  planes = await Promise.all(
    [0, 1].map(async () => {
      const server = buildServer({ logLevel: 'silent' });
      return { server, url: await server.listen({ port: 0, host: '127.0.0.1' }) };
    }),
  );
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace, CONTRACT);
  await db().query(`UPDATE agent SET authority_level = 'continuous' WHERE id = $1`, [agent.id]);
  secret = (await givenKey(workspace, ['decide'], agent)).secret;
  await listening();
});
afterAll(async () => {
  await Promise.all(planes.map(({ server }) => server.close()));
});

function post(
  path: string,
  body: unknown,
  options: { key?: string; plane?: number; idempotencyKey?: string } = {},
) {
  return fetch(`${planes[options.plane ?? 0]?.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${options.key ?? secret}`,
      ...(options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey }),
    },
    body: JSON.stringify(body),
  });
}
async function ask(run: string, body: unknown, options: Parameters<typeof post>[2] = {}) {
  const response = await post(`/v1/runs/${run}/decisions`, body, options);
  expect(response.status, await response.clone().text()).toBe(200);
  return answerSchema.parse(await response.json());
}
async function refusal(response: Response) {
  return { status: response.status, ...errorSchema.parse(await response.json()).error };
}

describe('asking before acting', () => {
  it('allows what the contract allows, naming contract and run', async () => {
    const answer = await ask('run-1', { tool: 'policy.lookup', arguments: { number: 'P-1' } });
    expect(answer).toMatchObject({
      lane: 'allow',
      clauses: [],
      obligations: [],
      contract: { version: 1, digest: agent.version.digest },
      run: { key: 'run-1', status: 'running' },
    });
    const stored = await db().query(
      `SELECT d.lane, d.seq, d.workspace_id, v.digest, encode(d.arguments_digest, 'hex') AS arguments
       FROM decision d JOIN contract_version v ON v.id = d.contract_version_id WHERE d.id = $1`,
      [answer.id],
    );
    expect(stored.rows).toEqual([
      {
        lane: 'allow',
        seq: 1,
        workspace_id: workspace.id,
        digest: agent.version.digest,
        arguments: digestOf({ number: 'P-1' }),
      },
    ]);
  });

  it('escalates with the obligation and the clause that asks for it', async () => {
    const answer = await ask('run-1', { tool: 'claims.settle', arguments: { amount: 7000 } });
    expect(answer.lane).toBe('escalate');
    expect(answer.clauses).toMatchObject([{ clause: 'authority/large', code: 'needs-approval' }]);
    expect(answer.clauses[0]?.message).toContain('authority/large');
    expect(answer.obligations).toMatchObject([{ kind: 'approval', by: 'operator' }]);
  });

  it('blocks unknown tools, arguments that do not fit, and categories the tool may not touch', async () => {
    const unknown = await ask('run-2', { tool: 'shell.exec', arguments: {} });
    expect(unknown.clauses.map(({ code }) => code)).toEqual(['tool-not-allowed']);
    const misfit = await ask('run-2', { tool: 'claims.settle', arguments: { amount: 50_000 } });
    expect(misfit.lane).toBe('block');
    expect(misfit.clauses.map(({ code }) => code)).toContain('arguments-invalid');
    const declared = await ask('run-2', { tool: 'policy.lookup', arguments: {}, categories: ['health'] });
    expect(declared.clauses).toMatchObject([
      { clause: 'tools/policy.lookup/categories', code: 'category-not-allowed', detail: 'health' },
    ]);
  });

  it('finds bank details in arguments that nobody declared', async () => {
    const answer = await ask('run-2', {
      tool: 'policy.lookup',
      arguments: { note: 'pay DE89370400440532013000' },
    });
    expect(answer.clauses).toMatchObject([{ code: 'category-not-allowed', detail: 'bank-account' }]);
  });

  it('holds missing arguments to every clause on them', async () => {
    const answer = await ask('run-2', { tool: 'claims.settle' });
    expect(answer.lane).toBe('block');
    expect(answer.undecided).toEqual([]);
  });

  it('keeps a stricter lane on the run for the screens', async () => {
    await ask('run-lane', { tool: 'shell.exec' });
    await expect
      .poll(async () => (await db().query(`SELECT lane FROM run WHERE key = 'run-lane'`)).rows, {
        timeout: 5000,
      })
      .toEqual([{ lane: 'block' }]);
  });

  it('creates a discovered agent under the workspace defaults when a key of the workspace names an unknown one', async () => {
    const other = await givenWorkspace();
    const defaults = await givenVersion(other, null, CONTRACT);
    const { secret: key } = await givenKey(other, ['decide']);
    const answer = await ask('first', { agent: 'newcomer', tool: 'policy.lookup' }, { key });
    expect(answer.contract.digest).toBe(defaults.digest);
    const agents = await db().query('SELECT name, discovered FROM agent WHERE workspace_id = $1', [other.id]);
    expect(agents.rows).toEqual([{ name: 'newcomer', discovered: true }]);
    // Later decisions of the run need not name it again.
    expect((await ask('first', { tool: 'policy.lookup' }, { key })).lane).toBe('allow');
  });
});

describe('idempotency', () => {
  it('answers a repeated question with the stored first answer, on any plane', async () => {
    const body = { tool: 'mail.send', arguments: { to: 'a@example.com' } };
    const first = await ask('run-i', body, { idempotencyKey: 'k1' });
    const again = await post('/v1/runs/run-i/decisions', body, { idempotencyKey: 'k1' });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.json()).toEqual(first);
    expect(await ask('run-i', { ...body, idempotencyKey: 'k1' }, { plane: 1 })).toEqual(first);
    const count = await db().query(`SELECT count(*) FROM decision WHERE idempotency_key = 'k1'`);
    expect(count.rows).toEqual([{ count: 1 }]);
  });

  it('decides once when the same question arrives many times at once on two planes', async () => {
    const body = { tool: 'policy.lookup', arguments: { number: 'P-2' } };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => ask('run-burst', body, { idempotencyKey: 'same', plane: i % 2 })),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  });

  it('refuses the key for another call', async () => {
    await ask('run-i', { tool: 'policy.lookup', arguments: { a: 1 } }, { idempotencyKey: 'k2' });
    const refused = await refusal(
      await post(
        '/v1/runs/run-i/decisions',
        { tool: 'policy.lookup', arguments: { a: 2 } },
        { idempotencyKey: 'k2' },
      ),
    );
    expect(refused).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('takes arguments in another key order as the same call', async () => {
    const first = await ask(
      'run-i',
      { tool: 'policy.lookup', arguments: { a: 1, b: 2 } },
      { idempotencyKey: 'k3' },
    );
    const again = await ask(
      'run-i',
      { tool: 'policy.lookup', arguments: { b: 2, a: 1 } },
      { idempotencyKey: 'k3' },
    );
    expect(again.id).toBe(first.id);
  });
});

describe('two planes', () => {
  it('allow exactly eight calls of a run that may make eight, never nine', async () => {
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          ask(`ceiling-${round}`, { tool: 'policy.lookup', arguments: { i } }, { plane: i % 2 }),
        ),
      );
      expect(answers.filter(({ lane }) => lane === 'allow')).toHaveLength(8);
      expect(answers.filter(({ clauses }) => clauses[0]?.code === 'call-ceiling')).toHaveLength(32);
      const stored = await db().query<{ seq: number }>(
        'SELECT seq FROM decision d JOIN run r ON r.id = d.run_id WHERE r.key = $1 ORDER BY seq',
        [`ceiling-${round}`],
      );
      expect(stored.rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    }
  });

  it('agree on a rate limit', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        ask('rate', { tool: 'mail.send', arguments: { i } }, { plane: i % 2 }),
      ),
    );
    expect(answers.filter(({ lane }) => lane === 'allow')).toHaveLength(3);
  });

  it('agree on repeated calls', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        ask('loop', { tool: 'policy.lookup', arguments: { same: true } }, { plane: i % 2 }),
      ),
    );
    expect(answers.filter(({ lane }) => lane === 'allow')).toHaveLength(5);
  });
});

describe('a run that changes', () => {
  it('is blocked by the first decision asked after its pause was committed, though nobody was notified', async () => {
    for (let round = 0; round < 20; round += 1) {
      const run = `pause-${round}`;
      await ask(run, { tool: 'policy.lookup' });
      await ask(run, { tool: 'policy.lookup' }, { plane: 1 });
      await db().query(
        `UPDATE run SET status = 'paused', paused_at = now(), revision = revision + 1 WHERE key = $1`,
        [run],
      );
      const answers = await Promise.all(
        [0, 1].map((plane) => ask(run, { tool: 'policy.lookup' }, { plane })),
      );
      for (const answer of answers)
        expect(answer).toMatchObject({
          lane: 'block',
          run: { status: 'paused' },
          clauses: [{ code: 'run-not-running' }],
        });
    }
  });

  it('goes on when it is resumed', async () => {
    await db().query(`UPDATE run SET status = 'running', revision = revision + 1 WHERE key = 'pause-0'`);
    expect((await ask('pause-0', { tool: 'policy.lookup' })).lane).toBe('allow');
  });

  it('counts a call that was decided and then recorded once, and one that was only recorded too', async () => {
    for (let i = 0; i < 3; i += 1) await ask('recorded', { tool: 'policy.lookup', arguments: { i } });
    // Its spans arrive: the three asked calls, and two settlements nobody asked about.
    await db().query(`UPDATE run SET revision = revision + 1, facts = $1 WHERE key = 'recorded'`, [
      { calls: 5, callsByTool: { 'policy.lookup': 3, 'claims.settle': 2 }, tokens: 10, costUsd: 0.1 },
    ]);
    const lanes: string[] = [];
    for (let i = 3; i < 8; i += 1)
      lanes.push((await ask('recorded', { tool: 'policy.lookup', arguments: { i } })).lane);
    expect(lanes).toEqual(['allow', 'allow', 'allow', 'block', 'block']);
  });

  it('follows the authority level of its agent', async () => {
    const other = await givenWorkspace();
    const demoted = await givenAgent(other, CONTRACT);
    const { secret: key } = await givenKey(other, ['decide'], demoted);
    await db().query(`UPDATE agent SET authority_level = 'continuous' WHERE id = $1`, [demoted.id]);
    expect((await ask('level', { tool: 'mail.send' }, { key })).lane).toBe('allow');
    await transact(async (client) => {
      await client.query(`UPDATE agent SET authority_level = 'read-only' WHERE id = $1`, [demoted.id]);
      await notify(client, { workspaceId: other.id, topic: 'agent', id: demoted.id });
    });
    await expect
      .poll(
        async () =>
          (await ask('level', { tool: 'mail.send', arguments: { n: randomUUID() } }, { key })).clauses[0]
            ?.code,
      )
      .toBe('authority-level');
  });

  it('is held to a daily budget of its agent by what was spent', async () => {
    const other = await givenWorkspace();
    const spender = await givenAgent(other, aContract({ cost: { perDay: 5 } }));
    const { secret: key } = await givenKey(other, ['decide'], spender);
    await db().query(
      `INSERT INTO agent_spend (workspace_id, agent_id, day, cost_usd) VALUES ($1, $2, (now() AT TIME ZONE 'utc')::date, 5.5)`,
      [other.id, spender.id],
    );
    const answer = await ask('spent', { tool: Object.keys(spender.version.contract.tools)[0] }, { key });
    expect(answer.clauses.map(({ code }) => code)).toContain('budget-day');
  });
});

describe('text the database cannot hold', () => {
  it('in arguments is answered all the same, with a mark in its place, and fails nobody beside it', async () => {
    const strange = { amount: 'x\u0000\ud800y', '\udfff': 1 };
    const answers = await Promise.all([
      ask('strange', { tool: 'claims.settle', arguments: strange }, { idempotencyKey: 's1' }),
      ...Array.from({ length: 5 }, (_, i) => ask(`beside-${i}`, { tool: 'policy.lookup' })),
    ]);
    expect(answers.map(({ lane }) => lane)).toEqual(['block', 'allow', 'allow', 'allow', 'allow', 'allow']);
    const again = await ask(
      'strange',
      { tool: 'claims.settle', arguments: strange },
      { idempotencyKey: 's1' },
    );
    expect(again).toEqual(answers[0]);
  });
});

describe('what is refused', () => {
  it.each([
    ['no tool', {}, 'tool'],
    ['a field that does not exist', { tool: 'policy.lookup', argumets: {} }, ''],
    ['a tool that is no text', { tool: 7 }, 'tool'],
    ['a control character', { tool: 'policy\u0000lookup' }, 'tool'],
    ['categories in capitals', { tool: 'policy.lookup', categories: ['PII'] }, 'categories/0'],
  ])('a body with %s, naming it', async (_what, body, path) => {
    const refused = await refusal(await post('/v1/runs/bad/decisions', body));
    expect(refused).toMatchObject({ status: 400, code: 'invalid' });
    expect(refused.issues?.map((issue) => issue.path)).toContain(path);
  });

  it('a body that is not JSON, one that is too large, and arguments nested too deeply or too large for anybody', async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
    const url = `${planes[0]?.url}/v1/runs/bad/decisions`;
    const broken = await fetch(url, { method: 'POST', headers, body: '{"tool":' });
    expect(await refusal(broken)).toMatchObject({ status: 400, code: 'invalid' });
    const huge = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ tool: 'policy.lookup', arguments: 'x'.repeat(2_000_000) }),
    });
    expect(await refusal(huge)).toMatchObject({ status: 413, code: 'too_large' });
    const deep = await fetch(url, {
      method: 'POST',
      headers,
      body: `{"tool":"policy.lookup","arguments":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
    });
    expect(await refusal(deep)).toMatchObject({ status: 400, code: 'invalid' });
    const endless = await fetch(url, {
      method: 'POST',
      headers,
      body: '{"tool":"policy.lookup","arguments":{"amounts":[1, -1e999]}}',
    });
    expect(await refusal(endless)).toMatchObject({
      status: 400,
      code: 'invalid',
      issues: [{ path: 'arguments', message: 'a number is too large to be computed with' }],
    });
  });

  it('no key, a wrong key, and a key without the scope', async () => {
    const anonymous = await fetch(`${planes[0]?.url}/v1/runs/x/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tool: 'policy.lookup' }),
    });
    expect(await refusal(anonymous)).toMatchObject({ status: 401, code: 'invalid_key' });
    const wrong = await post('/v1/runs/x/decisions', { tool: 'policy.lookup' }, { key: 'cs_wrong' });
    expect(await refusal(wrong)).toMatchObject({ status: 401, code: 'invalid_key' });
    const { secret: ingest } = await givenKey(workspace, ['ingest']);
    const scope = await post('/v1/runs/x/decisions', { tool: 'policy.lookup' }, { key: ingest });
    expect(await refusal(scope)).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('a first decision that names no agent, a run of another agent, and a key of another agent', async () => {
    const { secret: key } = await givenKey(workspace, ['decide']);
    const nameless = await refusal(
      await post('/v1/runs/nameless/decisions', { tool: 'policy.lookup' }, { key }),
    );
    expect(nameless).toMatchObject({ status: 400, code: 'invalid', issues: [{ path: 'agent' }] });
    await ask('taken', { tool: 'policy.lookup' });
    const other = await refusal(
      await post('/v1/runs/taken/decisions', { agent: 'somebody-else', tool: 'policy.lookup' }, { key }),
    );
    expect(other).toMatchObject({ status: 409, code: 'conflict' });
    const second = await givenAgent(workspace, aContract({ identity: { agent: 'second-agent' } }));
    const { secret: bound } = await givenKey(workspace, ['decide'], second);
    const foreign = await refusal(
      await post('/v1/runs/taken/decisions', { tool: 'policy.lookup' }, { key: bound }),
    );
    expect(foreign).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('a run of another workspace: its key begins a run of its own there', async () => {
    const other = await givenWorkspace();
    const theirs = await givenAgent(other, CONTRACT);
    const { secret: key } = await givenKey(other, ['decide'], theirs);
    const mine = await ask('shared-name', { tool: 'policy.lookup' });
    const their = await ask('shared-name', { tool: 'policy.lookup' }, { key });
    expect(their.run.id).not.toBe(mine.run.id);
  });

  it('everything in a workspace without any contract', async () => {
    const bare = await givenWorkspace();
    const { secret: key } = await givenKey(bare, ['decide']);
    const refused = await refusal(await post('/v1/runs/r/decisions', { agent: 'a', tool: 't' }, { key }));
    expect(refused).toMatchObject({ status: 409, code: 'conflict' });
  });
});
