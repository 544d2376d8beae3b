import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { approveCompensation } from '@/lib/services/compensations/approve';
import { getCompensations } from '@/lib/services/compensations/get-compensations';
import { rollBack } from '@/lib/services/incidents/roll-back';
import { getRollbacks } from '@/lib/services/rollbacks/get-rollbacks';
import { reverseRollback } from '@/lib/services/rollbacks/reverse-rollback';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenVersion,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { hex, otlpJson, toolCall } from '@/lib/services/testing/otlp';
import { soonest } from '@/lib/services/testing/soonest';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import { decodeTraces } from '@/lib/telemetry/decode';
import { type Plane, startPlane } from '../testing/plane';
import { type Receiver, startReceiver } from '../testing/receiver';

let planes: Plane[] = [];
beforeAll(async () => {
  process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS = 'on';
  planes = await Promise.all([startPlane(), startPlane()]);
}, 200_000);
afterAll(async () => {
  for (const plane of planes) await plane.end('SIGTERM');
  delete process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS;
});

let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Extract<Actor, { kind: 'person' }>;
let secret: string;
beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  secret = (await givenKey(workspace, ['decide'])).secret;
});

const send = (url: string, body: unknown, key = secret) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });

describe('a rollback', () => {
  let number: number;
  let second: GivenVersion;
  beforeEach(async () => {
    agent = await givenAgent(workspace, aContract({ versioning: { contract: '1.0' } }));
    await givenRun(workspace, agent);
    second = await givenVersion(
      workspace,
      agent,
      aContract({ versioning: { contract: '1.1' }, failure: { runningRuns: 'pause' } }),
    );
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, second.id]);
    const run = await givenRun(workspace, { id: agent.id, version: second }, { status: 'paused' });
    ({ number } = await givenIncident(workspace, agent, run));
  });

  /** Asks both planes about new runs all the time; `stop` answers what they said and when, epoch ms. */
  function asking() {
    const answers: { plane: string; version: number; at: number; run: string }[] = [];
    let going = true;
    const loops = planes.map(async ({ url }) => {
      for (let i = 0; going; i += 1) {
        const run = `r-${hex(8)}`;
        const response = await send(`${url}/v1/runs/${run}/decisions`, {
          agent: agent.name,
          tool: 'orders.get',
          arguments: { orderId: `A${i}` },
        });
        const answer = await response.json();
        answers.push({ plane: url, version: answer.contract.version, at: Date.now(), run });
      }
    });
    return {
      answers,
      stop: async () => {
        going = false;
        await Promise.all(loops);
      },
    };
  }

  async function latest() {
    const rollback = (await getRollbacks(dana, number))?.rollbacks[0];
    if (rollback === undefined) throw new Error('Nothing was rolled back.');
    return rollback;
  }

  it.each([
    ['notified', false],
    ['not notified, as their connections for it have gone silent', true],
  ])(
    'is decided by at every plane within a second (%s), and back again when it is reversed',
    async (_, silent) => {
      const { answers, stop } = asking();
      const byBoth = (version: number) =>
        vi.waitFor(
          () => {
            for (const { url } of planes)
              expect(answers.findLast(({ plane }) => plane === url)?.version).toBe(version);
          },
          { timeout: 10_000, interval: 5 },
        );
      let deafen: NodeJS.Timeout | undefined;
      try {
        await byBoth(2);
        // Whoever listens has lost its connection and does not get another while this lasts.
        if (silent)
          deafen = setInterval(
            () =>
              void db()
                .query(
                  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = 'countersign-listen' AND datname = current_database()`,
                )
                .catch(() => {}),
            10,
          );
        await new Promise((resolve) => setTimeout(resolve, 300));
        const took = await soonest(1000, async () => {
          await rollBack(dana, { number, to: 1, reason: 'It leaks.' });
          const { at, id } = await latest();
          await byBoth(1);
          await new Promise((resolve) => setTimeout(resolve, 500));
          const old = answers.filter((answer) => answer.version === 2 && answer.at > Date.parse(at));
          const reversedAt = Date.now();
          await reverseRollback(dana, { rollbackId: id, reason: 'It does not.' });
          await byBoth(2);
          // That it holds again is known by an answer of each, which takes its time besides.
          const reversed = Date.now() - reversedAt - 500;
          return Math.max(reversed, ...old.map((answer) => answer.at - Date.parse(at)));
        });
        expect(took).toBeLessThan(1000);
      } finally {
        clearInterval(deafen);
        await stop();
      }
    },
    40_000,
  );

  it('holds every run under way, also those that began while planes were hearing of it', async () => {
    const { answers, stop } = asking();
    try {
      await vi.waitFor(() => expect(answers.length).toBeGreaterThan(20), 10_000);
      await rollBack(dana, { number, to: 1, reason: 'It leaks.' });
      await new Promise((resolve) => setTimeout(resolve, 500));
    } finally {
      await stop();
    }
    const began = answers.filter(({ version }) => version === 2).map(({ run }) => run);
    await vi.waitFor(
      async () => {
        const { rows } = await db().query<{ status: string }>(
          'SELECT DISTINCT status FROM run WHERE workspace_id = $1 AND key = ANY($2)',
          [workspace.id, began],
        );
        expect(rows).toEqual([{ status: 'paused' }]);
      },
      { timeout: 5000, interval: 100 },
    );
    const [one] = began;
    const answer = await send(`${planes[0]?.url}/v1/runs/${one}/decisions`, {
      agent: agent.name,
      tool: 'orders.get',
      arguments: { orderId: 'A' },
    });
    expect(await answer.json()).toMatchObject({ lane: 'block', run: { status: 'paused' } });
  }, 40_000);
});

describe('a compensation', () => {
  let receiver: Receiver;
  let endpoint: { secret: string };
  let number: number;
  beforeEach(async () => {
    receiver = await startReceiver();
    endpoint = await createEndpoint(dana, {
      url: `${receiver.url}/undo`,
      events: ['compensation.requested'],
    });
    agent = await givenAgent(
      workspace,
      aContract({
        evidence: [],
        authority: { defaults: { read: 'alone', write: 'alone', transact: 'alone' }, rules: [] },
      }),
    );
    const traceId = hex(16);
    const start = Date.now() - 60_000;
    const { actor } = await givenKey(workspace, ['ingest']);
    const spans = [
      toolCall({ traceId, start }, 'refunds.pay', { orderId: 'A1', amount: 40 }),
      toolCall(
        { traceId, start: start + 1000 },
        'orders.get',
        { orderId: 'A1' },
        { iban: 'DE89 3704 0044 0532 0130 00' },
      ),
    ];
    await recordSpans(actor, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
    const { rows } = await db().query<{ number: number }>(
      'SELECT number FROM incident WHERE workspace_id = $1',
      [workspace.id],
    );
    number = rows[0]?.number ?? 0;
    await approveCompensation(dana, { id: (await one()).id });
  });
  afterEach(() => receiver.close());

  async function one() {
    const [item] = (await getCompensations(dana, number, new Date()))?.items ?? [];
    if (item === undefined) throw new Error('Nothing is to be undone.');
    return item;
  }
  const toldOnce = () => vi.waitFor(() => expect(receiver.received.length).toBeGreaterThan(0), 8000);
  const state = (wanted: string) =>
    vi.waitFor(async () => expect((await one()).state).toBe(wanted), { timeout: 8000, interval: 50 });

  it('is sent, signed, to its receiver, who reports to either plane how it ended', async () => {
    await toldOnce();
    await state('sent');
    const [delivery] = receiver.received;
    if (delivery === undefined) throw new Error('nothing arrived');
    expect(receiver.verified(delivery, endpoint.secret)).toMatchObject({
      type: 'compensation.requested',
      data: {
        compensation: { tool: 'refunds.reverse' },
        call: { arguments: { orderId: 'A1', amount: 40 } },
        approvedBy: 'Dana Whitfield',
      },
    });
    const { id } = await one();
    const [first, second] = planes;
    const outcome = { state: 'done', detail: 'RV-17' };
    const answer = await send(`${first?.url}/v1/compensations/${id}`, outcome);
    expect([answer.status, await answer.json()]).toEqual([200, { id, state: 'done', detail: 'RV-17' }]);
    // Twice, to the other plane: the same answer.
    expect((await send(`${second?.url}/v1/compensations/${id}`, outcome)).status).toBe(200);
    expect((await send(`${second?.url}/v1/compensations/${id}`, { state: 'failed' })).status).toBe(409);
    await state('done');
  });

  it('cannot be answered for with a foreign key, without one, or by nonsense', async () => {
    await state('sent');
    const { id } = await one();
    const url = `${planes[0]?.url}/v1/compensations/${id}`;
    const foreign = (await givenKey(await givenWorkspace(), ['decide'])).secret;
    expect((await send(url, { state: 'done' }, foreign)).status).toBe(404);
    expect((await send(url, { state: 'done' }, 'cs_nobody')).status).toBe(401);
    expect((await send(url, { state: 'perhaps' })).status).toBe(400);
    expect((await send(url, { state: 'done', more: 1 })).status).toBe(400);
    expect((await send(`${planes[0]?.url}/v1/compensations/7`, { state: 'done' })).status).toBe(400);
    expect((await one()).state).toBe('sent');
  });
});

describe('a receiver of compensations that answers 500', () => {
  it('leaves it to be sent, says why, and can still be undone by the operator’s word', async () => {
    const receiver = await startReceiver();
    receiver.respond = (response) => response.writeHead(500).end();
    try {
      await createEndpoint(dana, { url: receiver.url, events: ['compensation.requested'] });
      agent = await givenAgent(
        workspace,
        aContract({
          evidence: [],
          authority: { defaults: { read: 'alone', write: 'alone', transact: 'alone' }, rules: [] },
          failure: {
            compensations: [{ id: 'undo', tool: 'refunds.pay', by: 'refunds.reverse', approval: 'none' }],
          },
        }),
      );
      const traceId = hex(16);
      const start = Date.now() - 60_000;
      const { actor } = await givenKey(workspace, ['ingest']);
      const spans = [
        toolCall({ traceId, start }, 'refunds.pay', { orderId: 'A1', amount: 40 }),
        toolCall(
          { traceId, start: start + 1000 },
          'orders.get',
          { orderId: 'A1' },
          { iban: 'DE89 3704 0044 0532 0130 00' },
        ),
      ];
      await recordSpans(actor, decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now()).spans);
      const { rows } = await db().query<{ number: number }>(
        'SELECT number FROM incident WHERE workspace_id = $1',
        [workspace.id],
      );
      const items = async () => (await getCompensations(dana, rows[0]?.number ?? 0, new Date()))?.items ?? [];
      await vi.waitFor(async () => expect((await items())[0]?.problem).not.toBeNull(), {
        timeout: 8000,
        interval: 50,
      });
      expect(await items()).toMatchObject([
        { state: 'approved', approval: 'none', receivers: 1, sentAt: null },
      ]);
      // Mended meanwhile: the same delivery, tried again on its schedule, arrives.
      receiver.respond = (response) => response.writeHead(204).end();
      await db().query(
        `UPDATE outbox_message SET due_at = now() WHERE workspace_id = $1 AND type = 'compensation.requested'`,
        [workspace.id],
      );
      await vi.waitFor(async () => expect((await items())[0]?.state).toBe('sent'), {
        timeout: 10_000,
        interval: 50,
      });
      const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
      expect(ids.size).toBe(1);
    } finally {
      await receiver.close();
    }
  }, 30_000);
});
