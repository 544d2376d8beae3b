import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { enqueueWebhooks } from '@/lib/services/outbox/enqueue';
import { incidentEvent } from '@/lib/services/outbox/incident-event';
import { type GivenWorkspace, givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { soonest } from '@/lib/services/testing/soonest';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import { disableEndpoint } from '@/lib/services/webhooks/disable-endpoint';
import { listDeliveries } from '@/lib/services/webhooks/list-deliveries';
import { listEndpoints } from '@/lib/services/webhooks/list-endpoints';
import { redeliver } from '@/lib/services/webhooks/redeliver';
import { sendTest } from '@/lib/services/webhooks/send-test';
import { startPlane } from '../testing/plane';
import { type Receiver, startReceiver } from '../testing/receiver';
import { deliver } from './deliver';
import { type OutboxWorker, startOutbox } from './worker';

const log = pino({ level: 'silent' });
let workspace: GivenWorkspace;
let operator: Extract<Actor, { kind: 'person' }>;
let receiver: Receiver;
let endpoint: { id: string; secret: string };
let worker: OutboxWorker | undefined;

beforeAll(() => {
  // Before anything reads the environment: the receivers of these tests are on this machine.
  process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS = 'on';
  process.env.COUNTERSIGN_URL = 'https://countersign.example.com';
});
beforeEach(async () => {
  receiver = await startReceiver();
  workspace = await givenWorkspace();
  operator = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  endpoint = await createEndpoint(operator, { url: `${receiver.url}/hook` });
});
afterEach(async () => {
  await worker?.stop();
  worker = undefined;
  await receiver.close();
  await db().query(
    'UPDATE outbox_message SET dead_at = now() WHERE delivered_at IS NULL AND dead_at IS NULL',
  );
});
afterAll(() => {
  delete process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS;
  delete process.env.COUNTERSIGN_URL;
});

async function deliveries() {
  return (await listDeliveries(operator)).deliveries;
}
async function anIncident(title = 'Bank details in an attachment'): Promise<string> {
  const agent = await givenAgent(workspace);
  const runId = newId();
  await db().query(
    `INSERT INTO run (id, workspace_id, agent_id, key, status, started_at, ended_at, contract_version_id, score, risk, band,
       span_count, risk_score, cost_score)
     VALUES ($1, $2, $3, 'claim-732', 'paused', now(), now(), $4, 61.5, 42, 'high', 1, 61.5, 61.5)`,
    [runId, workspace.id, agent.id, agent.version.id],
  );
  const id = newId();
  await db().query(
    `INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, operator_id, breached_at, opened_at)
     VALUES ($1, $2, 1, $3, $4, $5, 'tools/orders.get/categories', 'high', $6, now(), now())`,
    [id, workspace.id, runId, agent.id, title, operator.personId],
  );
  return id;
}
async function page(incidentId: string): Promise<void> {
  await transact(async (client) => {
    await enqueueWebhooks(client, {
      workspaceId: workspace.id,
      type: 'incident.opened',
      incidentId,
      data: await incidentEvent(client, incidentId, null),
      at: new Date(),
    });
  });
}

describe('a page', () => {
  it('arrives signed, with run, both scores, clause, contract and a link, and is noted as paged', async () => {
    worker = startOutbox(log);
    const incidentId = await anIncident();
    await page(incidentId);
    await expect.poll(() => receiver.received.length).toBe(1);
    const [delivery] = receiver.received;
    if (delivery === undefined) throw new Error('nothing arrived');
    expect(receiver.verified(delivery, endpoint.secret)).toMatchObject({
      type: 'incident.opened',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        incident: {
          number: 1,
          severity: 'high',
          state: 'open',
          url: 'https://countersign.example.com/incidents/1',
        },
        // Risk and cost of its one run are 61.5, its technical health is 100: half of its quality, the other half is unknown.
        agent: { name: 'refund-desk', score: 68.3 },
        run: { key: 'claim-732', score: 61.5, risk: 42, band: 'high' },
        clause: 'tools/orders.get/categories',
        contract: { version: 1 },
        operator: { name: 'Dana Whitfield' },
        by: null,
      },
    });
    await expect
      .poll(async () => (await deliveries())[0])
      .toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 204, incidentNumber: 1 });
    expect((await deliveries())[0]?.id).toBe(delivery.headers['webhook-id']);
    const { rows } = await db().query('SELECT paged_at FROM incident WHERE id = $1', [incidentId]);
    expect(rows[0]?.paged_at).toBeInstanceOf(Date);
    const audit = await db().query(
      `SELECT detail FROM audit_entry WHERE action = 'incident.paged' AND subject = $1`,
      [`incident:${incidentId}`],
    );
    expect(audit.rows).toMatchObject([{ detail: { channel: 'webhook', endpoint: endpoint.id } }]);
  });

  it('arrives within a second', async () => {
    worker = startOutbox(log);
    const incidentId = await anIncident();
    const took = await soonest(1000, async () => {
      const { length } = receiver.received;
      const before = Date.now();
      await page(incidentId);
      await expect.poll(() => receiver.received.length).toBe(length + 1);
      return (receiver.received.at(-1)?.at ?? Number.POSITIVE_INFINITY) - before;
    });
    expect(took).toBeLessThan(1000);
  });

  it('is not sent when its transaction was rolled back', async () => {
    worker = startOutbox(log);
    const incidentId = await anIncident();
    await transact(async (client) => {
      await enqueueWebhooks(client, {
        workspaceId: workspace.id,
        type: 'incident.opened',
        incidentId,
        data: await incidentEvent(client, incidentId, null),
        at: new Date(),
      });
      throw new Error('roll back');
    }).catch(() => {});
    await page(incidentId);
    await expect.poll(() => receiver.received.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(receiver.received).toHaveLength(1);
  });

  it('goes to each endpoint that subscribes to it, and to no other', async () => {
    await createEndpoint(operator, { url: `${receiver.url}/other`, events: ['run.stopped'] });
    await createEndpoint(operator, { url: `${receiver.url}/pager`, events: ['incident.opened'] });
    worker = startOutbox(log);
    await page(await anIncident());
    await expect.poll(() => receiver.received.map(({ path }) => path).sort()).toEqual(['/hook', '/pager']);
  });
});

describe('a receiver that fails', () => {
  it('is tried again under the same id with a signature of its own, on the schedule', async () => {
    receiver.respond = (response) => response.writeHead(500).end('database\u0000 down');
    worker = startOutbox(log);
    await sendTest(operator, { id: endpoint.id });
    await expect
      .poll(async () => (await deliveries())[0])
      .toMatchObject({
        state: 'waiting',
        attempts: 1,
        lastStatus: 500,
        lastError: 'Answered 500. It said: database down',
      });
    const next =
      Date.parse((await deliveries())[0]?.nextAttemptAt ?? '') - (receiver.received[0]?.at ?? Number.NaN);
    expect(next).toBeGreaterThan(3500);
    expect(next).toBeLessThan(6000);
    receiver.respond = (response) => response.writeHead(204).end();
    await expect.poll(() => receiver.received.length, { timeout: 20_000 }).toBe(2);
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    for (const delivery of receiver.received) receiver.verified(delivery, endpoint.secret);
    await expect.poll(async () => (await deliveries())[0]?.state).toBe('delivered');
  });

  it('is given the time it asks for with 429 or 503', async () => {
    receiver.respond = (response) => response.writeHead(429, { 'retry-after': '600' }).end();
    worker = startOutbox(log);
    await sendTest(operator, { id: endpoint.id });
    await expect.poll(async () => (await deliveries())[0]?.lastStatus).toBe(429);
    const next = Date.parse((await deliveries())[0]?.nextAttemptAt ?? '') - Date.now();
    expect(next).toBeGreaterThan(590_000);
  });

  it('that answers 410 Gone is disabled, with everything that waited for it', async () => {
    receiver.respond = (response) => response.writeHead(410).end();
    await sendTest(operator, { id: endpoint.id });
    await sendTest(operator, { id: endpoint.id });
    worker = startOutbox(log);
    await expect
      .poll(async () => (await listEndpoints(operator))[0])
      .toMatchObject({ disabledReason: 'The receiver answered 410 Gone.', waiting: 0, dead: 2 });
    await expect(sendTest(operator, { id: endpoint.id })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that redirects is not followed', async () => {
    receiver.respond = (response) => response.writeHead(302, { location: `${receiver.url}/elsewhere` }).end();
    worker = startOutbox(log);
    await sendTest(operator, { id: endpoint.id });
    await expect.poll(async () => (await deliveries())[0]?.lastError).toContain('Redirects are not followed');
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('that never ends its answer is cut off', async () => {
    receiver.respond = (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    };
    const outcome = await deliver(await aLease(), 300);
    expect(outcome).toMatchObject({ status: null, error: 'No answer within 0.3 s.' });
  });

  it('that wants another protocol has not taken it, and holds nothing up', async () => {
    receiver.respond = (response) =>
      response.socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      );
    expect(await deliver(await aLease(), 2000)).toMatchObject({
      status: null,
      error: 'Answered 101: it wants another protocol, which is not spoken.',
    });
  });

  it('that sends a huge answer costs no more than its beginning', async () => {
    let written = 0;
    receiver.respond = (response) => {
      response.writeHead(400);
      const pour = () => {
        while (written < 500_000_000 && !response.destroyed) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536, 'y'))) return void response.once('drain', pour);
        }
        response.end();
      };
      pour();
    };
    const outcome = await deliver(await aLease());
    expect(outcome.status).toBe(400);
    expect(outcome.error?.length).toBeLessThanOrEqual(500);
    expect(written).toBeLessThan(50_000_000);
  });

  it('is given up after the tenth attempt, and can be tried again by hand', async () => {
    receiver.respond = (response) => response.writeHead(500).end();
    await sendTest(operator, { id: endpoint.id });
    await db().query('UPDATE outbox_message SET attempts = 9 WHERE endpoint_id = $1', [endpoint.id]);
    worker = startOutbox(log);
    await expect.poll(async () => (await deliveries())[0]).toMatchObject({ state: 'dead', attempts: 10 });
    receiver.respond = (response) => response.writeHead(204).end();
    await redeliver(operator, { id: (await deliveries())[0]?.id ?? '' });
    await expect.poll(async () => (await deliveries())[0]?.state).toBe('delivered');
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('and is slow does not hold up the others', async () => {
    const slow = await startReceiver();
    slow.respond = () => {};
    try {
      const stuck = await createEndpoint(operator, { url: `${slow.url}/slow` });
      for (let i = 0; i < 40; i += 1) await sendTest(operator, { id: stuck.id });
      worker = startOutbox(log);
      await expect.poll(() => slow.received.length).toBe(16);
      await sendTest(operator, { id: endpoint.id });
      await expect.poll(() => receiver.received.length).toBe(1);
      await disableEndpoint(operator, { id: stuck.id });
    } finally {
      await slow.close();
    }
  });

  async function aLease() {
    await sendTest(operator, { id: endpoint.id });
    const { leaseDue } = await import('@/lib/services/outbox/lease');
    const [leased] = await leaseDue(1, 1, new Map());
    if (leased?.channel !== 'webhook') throw new Error('no webhook was leased');
    return leased;
  }
});

describe('several planes', () => {
  it('deliver each message once', async () => {
    const workers = [startOutbox(log), startOutbox(log), startOutbox(log)];
    for (let i = 0; i < 30; i += 1) await sendTest(operator, { id: endpoint.id });
    await expect
      .poll(async () => (await listEndpoints(operator))[0]?.delivered, { timeout: 10_000 })
      .toBe(30);
    expect(receiver.received).toHaveLength(30);
    await Promise.all(workers.map((one) => one.stop()));
  });

  it('take over within seconds when one is killed in the middle of a delivery', async () => {
    // The first plane's request hangs, and the plane is killed with it.
    receiver.respond = () => {};
    const plane = await startPlane();
    await sendTest(operator, { id: endpoint.id });
    await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBe(1);
    await plane.end('SIGKILL');
    receiver.respond = (response) => response.writeHead(204).end();
    const killedAt = Date.now();
    worker = startOutbox(log);
    await expect.poll(() => receiver.received.length, { timeout: 15_000, interval: 20 }).toBe(2);
    expect(Date.now() - killedAt).toBeLessThan(10_000);
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    await expect.poll(async () => (await deliveries())[0]).toMatchObject({ state: 'delivered', attempts: 2 });
    // Starting a process takes as long as the machine is busy; what is measured begins when it is killed.
  }, 150_000);

  it('keep a delivery to themselves that takes longer than a lease', async () => {
    receiver.respond = (response) => setTimeout(() => response.writeHead(204).end(), 6000);
    worker = startOutbox(log);
    const second = startOutbox(log);
    await sendTest(operator, { id: endpoint.id });
    await expect.poll(async () => (await deliveries())[0]?.state, { timeout: 20_000 }).toBe('delivered');
    expect(receiver.received).toHaveLength(1);
    await second.stop();
  }, 40_000);
});

describe('managing endpoints', () => {
  it('shows a secret once, refuses a second endpoint for a URL, and says who may', async () => {
    expect(endpoint.secret).toMatch(/^whsec_/);
    const listed = await listEndpoints(operator);
    expect(JSON.stringify(listed)).not.toContain(endpoint.secret.slice(6));
    await expect(createEndpoint(operator, { url: `${receiver.url}/hook` })).rejects.toMatchObject({
      code: 'conflict',
    });
    const auditor = await givenPerson(workspace, ['auditor']);
    await expect(createEndpoint(auditor, { url: receiver.url })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(listDeliveries(auditor)).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await givenPerson(await givenWorkspace(), ['operator']);
    await expect(disableEndpoint(stranger, { id: endpoint.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(sendTest(stranger, { id: endpoint.id })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('pages through deliveries without losing or repeating one', async () => {
    for (let i = 0; i < 7; i += 1) await sendTest(operator, { id: endpoint.id });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await listDeliveries(operator, { limit: 3, ...(after === undefined ? {} : { after }) });
      seen.push(...page.deliveries.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    expect((await listDeliveries(operator, { state: 'delivered' })).deliveries).toEqual([]);
  });
});
