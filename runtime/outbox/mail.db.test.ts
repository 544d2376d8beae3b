import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { addNotifications } from '@/lib/services/notifications/add';
import { setMail } from '@/lib/services/people/set-mail';
import { type GivenWorkspace, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { listDeliveries } from '@/lib/services/webhooks/list-deliveries';
import { redeliver } from '@/lib/services/webhooks/redeliver';
import { type MailServer, startMailServer } from '../testing/mail-server';
import { type OutboxWorker, startOutbox } from './worker';

let server: MailServer;
let worker: OutboxWorker;
let workspace: GivenWorkspace;
let sponsor: Extract<Actor, { kind: 'person' }>;
let operator: Extract<Actor, { kind: 'person' }>;

beforeAll(async () => {
  server = await startMailServer();
  // Before anything reads the environment.
  process.env.COUNTERSIGN_SMTP_URL = server.url;
  process.env.COUNTERSIGN_URL = 'https://countersign.example.com';
});
beforeEach(async () => {
  server.received.length = 0;
  server.refuse = null;
  workspace = await givenWorkspace();
  sponsor = await givenPerson(workspace, ['sponsor'], { name: 'Maya Osei' });
  operator = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  worker = startOutbox(pino({ level: 'silent' }));
});
afterEach(() => worker.stop());
afterAll(async () => {
  await server.close();
  delete process.env.COUNTERSIGN_SMTP_URL;
  delete process.env.COUNTERSIGN_URL;
});

async function ask(title: string, ...people: { personId: string }[]): Promise<void> {
  await transact((client) =>
    addNotifications(
      client,
      sponsor,
      people.map(({ personId }) => ({ personId, kind: 'gate.requested', title, path: '/review/1' })),
    ),
  );
}
async function emailOf(person: { personId: string }): Promise<string> {
  const found = await db().query<{ email: string }>('SELECT email FROM person WHERE id = $1', [
    person.personId,
  ]);
  return found.rows[0]?.email ?? '';
}
const deliveries = async () => (await listDeliveries(operator)).deliveries;

describe('mail', () => {
  it('reaches whom something waits for, with a link that lands there', async () => {
    await ask('Maya Osei asks you to sign G5 of Claims processor – “straße”', operator);
    await expect.poll(() => server.received.length).toBe(1);
    const [arrived] = server.received;
    expect(arrived?.to).toEqual([await emailOf(operator)]);
    expect(arrived?.mail).toMatchObject({
      subject: 'Maya Osei asks you to sign G5 of Claims processor – “straße”',
      from: { address: 'countersign@countersign.example.com', name: 'Countersign' },
      text: expect.stringContaining('https://countersign.example.com/review/1'),
      html: expect.stringContaining('href="https://countersign.example.com/review/1"'),
    });
    await expect.poll(async () => (await deliveries())[0]?.state).toBe('delivered');
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ state: 'delivered', endpointId: null, lastStatus: 250 });
    expect(arrived?.mail.messageId).toBe(`<${delivery?.id}@countersign.example.com>`);
  });

  it('is not sent to those who did it themselves, left, or turned it off', async () => {
    await setMail(operator, { wanted: false });
    await ask('Nobody is mailed of this', operator, sponsor);
    await setMail(operator, { wanted: true });
    await expect.poll(() => server.received.length).toBe(1);
    expect(server.received[0]?.mail.subject).toBe('From now on you hear by mail of what waits for you');
  });

  it('that the server does not take for good is given up with its words, and can be sent again by hand', async () => {
    server.refuse = 550;
    await ask('Sign G5', operator);
    await expect.poll(async () => (await deliveries())[0]?.state).toBe('dead');
    const [dead] = await deliveries();
    expect(dead).toMatchObject({
      lastStatus: 550,
      lastError: expect.stringContaining('No such mailbox here'),
    });
    server.refuse = null;
    await redeliver(await givenPerson(workspace, ['sre']), { id: dead?.id ?? '' });
    await expect.poll(() => server.received.length).toBe(1);
  });

  it('that the server cannot take now is tried again later', async () => {
    server.refuse = 451;
    await ask('Sign G5', operator);
    await expect.poll(async () => (await deliveries())[0]?.lastStatus).toBe(451);
    expect((await deliveries())[0]).toMatchObject({ state: 'waiting', attempts: 1 });
  });

  it('goes nowhere when what caused it is undone', async () => {
    await expect(
      transact(async (client) => {
        await addNotifications(client, sponsor, [
          { personId: operator.personId, kind: 'gate.requested', title: 'Undone', path: '/' },
        ]);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    await ask('Done', operator);
    await expect.poll(() => server.received.map(({ mail }) => mail.subject)).toEqual(['Done']);
  });
});
