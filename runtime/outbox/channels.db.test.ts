import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db, transact } from '@/lib/db/pool';
import { acknowledgeIncident } from '@/lib/services/incidents/acknowledge-incident';
import { getPages } from '@/lib/services/pages/get-pages';
import { pageIncident } from '@/lib/services/pages/page-incident';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { createPagerDutyChannel, createSlackChannel } from '@/lib/services/webhooks/create-channel';
import { discardDelivery } from '@/lib/services/webhooks/discard-delivery';
import { type DeliveryDto, listDeliveries } from '@/lib/services/webhooks/list-deliveries';
import { listEndpoints } from '@/lib/services/webhooks/list-endpoints';
import { redeliver } from '@/lib/services/webhooks/redeliver';
import { sendTest } from '@/lib/services/webhooks/send-test';
import { type MailServer, startMailServer } from '../testing/mail-server';
import { type Receiver, startReceiver } from '../testing/receiver';
import { type OutboxWorker, startOutbox } from './worker';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const log = pino({ level: 'silent' });
let workspace: GivenWorkspace;
let dana: Extract<Actor, { kind: 'person' }>;
let slack: Receiver;
let pagerDuty: Receiver;
let mail: MailServer;
let worker: OutboxWorker;

beforeAll(async () => {
  mail = await startMailServer();
  process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS = 'on';
  process.env.COUNTERSIGN_URL = 'https://countersign.example.com';
  process.env.COUNTERSIGN_SMTP_URL = mail.url;
});
afterAll(async () => {
  await mail.close();
  delete process.env.COUNTERSIGN_ALLOW_PRIVATE_WEBHOOKS;
  delete process.env.COUNTERSIGN_URL;
  delete process.env.COUNTERSIGN_SMTP_URL;
});
beforeEach(async () => {
  [slack, pagerDuty] = await Promise.all([startReceiver(), startReceiver()]);
  slack.respond = (response) => response.writeHead(200).end('ok');
  pagerDuty.respond = (response) =>
    response.writeHead(202).end('{"status":"success","message":"Event processed","dedup_key":"x"}');
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], {
    name: 'Dana Whitfield',
    email: `dana@${workspace.slug}.example.com`,
  });
  await createSlackChannel(dana, { name: '#claims', url: `${slack.url}/services/T1/B2/secret` });
  await createPagerDutyChannel(dana, {
    name: 'Claims',
    key: KEY,
    region: 'other',
    url: `${pagerDuty.url}/v2/enqueue`,
  });
  worker = startOutbox(log);
});
afterEach(async () => {
  await worker.stop();
  await Promise.all([slack.close(), pagerDuty.close()]);
  await db().query(
    'UPDATE outbox_message SET dead_at = now() WHERE delivered_at IS NULL AND dead_at IS NULL',
  );
});

/** An incident under version 1.3, which let the agent touch more than 1.2, of which all is well. */
async function paged() {
  const ownership = { operator: `dana@${workspace.slug}.example.com` };
  const agent = await givenAgent(workspace, aContract({ ownership, versioning: { contract: '1.2' } }));
  await givenRun(workspace, agent);
  const wider = aContract({ ownership, versioning: { contract: '1.3' } });
  const orders = wider.tools?.['orders.get'];
  if (orders === undefined) throw new Error('The contract has no such tool.');
  orders.categories = [...(orders.categories ?? []), 'bank-account'];
  const version = await givenVersion(workspace, agent, wider);
  const run = await givenRun(
    workspace,
    { id: agent.id, version },
    { key: 'claim-4711', status: 'paused', score: 61.5, risk: 42, band: 'high' },
  );
  const incident = await givenIncident(workspace, agent, run, {
    severity: 'high',
    title: 'orders.get touched <bank-account> data',
    pagedAt: null,
  });
  await transact((client) =>
    pageIncident(client, {
      workspaceId: workspace.id,
      incidentId: incident.id,
      contract: version.contract,
      responses: new Set(['page']),
      why: 'opened',
      now: new Date(),
    }),
  );
  return incident;
}
async function delivery(to: string, state: DeliveryDto['state']): Promise<DeliveryDto> {
  return expect
    .poll(
      async () =>
        (await listDeliveries(dana)).deliveries.find((each) => each.to === to && each.state === state),
      {
        timeout: 10_000,
      },
    )
    .toBeDefined()
    .then(async () => {
      const found = (await listDeliveries(dana)).deliveries.find(
        (each) => each.to === to && each.state === state,
      );
      if (found === undefined) throw new Error('It is gone.');
      return found;
    });
}

describe('a page', () => {
  it('tells run, both scores, clause, version and what it changed, in Slack, PagerDuty and mail', async () => {
    const incident = await paged();
    await expect.poll(() => slack.received.length + pagerDuty.received.length + mail.received.length).toBe(3);

    const said = slack.received[0]?.body ?? '';
    expect(slack.received[0]?.path).toBe('/services/T1/B2/secret');
    for (const word of [
      'claim-4711',
      '61.5 of 100',
      'tools/payments.refund/categories',
      '1.3, version 2',
      'Changed since 1.2',
      'bank-account',
      'Paged: Dana Whitfield',
    ])
      expect(said).toContain(word);
    expect(said).toContain('&lt;bank-account&gt;');
    expect(said).toContain(`https://countersign.example.com/incidents/${incident.number}`);

    expect(JSON.parse(pagerDuty.received[0]?.body ?? '')).toMatchObject({
      routing_key: KEY,
      event_action: 'trigger',
      dedup_key: `countersign-${incident.id}`,
      client_url: `https://countersign.example.com/incidents/${incident.number}`,
      payload: {
        severity: 'error',
        source: 'refund-desk',
        custom_details: {
          'run score': '61.5 of 100',
          clause: 'tools/payments.refund/categories',
          'Changed since 1.2, the last version known to be good': [expect.stringContaining('bank account')],
        },
      },
    });

    const letter = mail.received.find(({ to }) => to[0]?.includes(workspace.slug))?.mail;
    expect(letter?.subject).toBe(`INC-${incident.number}: orders.get touched <bank-account> data`);
    for (const part of [letter?.text, letter?.html]) {
      expect(part).toContain('61.5 of 100');
      expect(part).toContain('Changed since 1.2');
      expect(part).toContain(`https://countersign.example.com/incidents/${incident.number}`);
    }
    expect(letter?.html).not.toContain('<bank-account>');
  });

  it('shows each attempt with its result, and is acknowledged and resolved in PagerDuty under the same key', async () => {
    const { number, id } = await paged();
    await delivery('#claims', 'delivered');
    await delivery('Claims', 'delivered');
    await delivery(`dana@${workspace.slug}.example.com`, 'delivered');
    const { steps } = await getPages(dana, number);
    expect(
      steps[0]?.attempts.map(({ channel, recipient, error }) => [channel, recipient, error]).toSorted(),
    ).toEqual([
      ['in-app', 'Dana Whitfield', null],
      ['mail', `dana@${workspace.slug}.example.com`, null],
      ['pagerduty', 'Claims', null],
      ['slack', '#claims', null],
    ]);
    await acknowledgeIncident(dana, { number });
    await expect.poll(() => pagerDuty.received.length).toBe(2);
    expect(JSON.parse(pagerDuty.received[1]?.body ?? '')).toMatchObject({
      event_action: 'acknowledge',
      dedup_key: `countersign-${id}`,
    });
    await expect
      .poll(() => slack.received[1]?.body)
      .toContain(`INC-${number} was acknowledged by Dana Whitfield.`);
  });

  it('keeps Slack’s address and PagerDuty’s key sealed, and shows neither again', async () => {
    const { rows } = await db().query('SELECT * FROM webhook_endpoint WHERE workspace_id = $1', [
      workspace.id,
    ]);
    const shown = JSON.stringify([rows, await listEndpoints(dana)]);
    expect(shown).not.toContain('/services/T1');
    expect(shown).not.toContain(KEY);
    const kept = await db().query(
      'SELECT body FROM outbox_message UNION ALL SELECT detail::text FROM audit_entry',
    );
    expect(JSON.stringify(kept.rows)).not.toContain(KEY);
  });
});

describe('a channel that', () => {
  it('lies is not believed: Slack must say ok, PagerDuty that it took the event', async () => {
    slack.respond = (response) => response.writeHead(200).end('invalid_token');
    pagerDuty.respond = (response) => response.writeHead(202).end('{"status":"throttle exceeded"}');
    const { number } = await paged();
    await expect
      .poll(
        async () =>
          (await getPages(dana, number)).steps[0]?.attempts.filter(({ error }) => error !== null).length,
      )
      .toBe(2);
    const { attempts, undelivered } = (await getPages(dana, number)).steps[0] ?? {
      attempts: [],
      undelivered: [],
    };
    expect(attempts.find(({ channel }) => channel === 'slack')?.error).toContain('It said: invalid_token');
    expect(attempts.find(({ channel }) => channel === 'pagerduty')?.error).toContain('throttle exceeded');
    expect(
      undelivered
        .filter(({ channel }) => channel !== 'mail')
        .map(({ channel, nextAt }) => [channel, nextAt !== null])
        .toSorted(),
    ).toEqual([
      ['pagerduty', true],
      ['slack', true],
    ]);
  });

  it('answers 500 or redirects is tried again and not followed', async () => {
    slack.respond = (response) => response.writeHead(500).end('oops');
    pagerDuty.respond = (response) =>
      response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    await paged();
    expect(await delivery('#claims', 'waiting')).toMatchObject({ endpointId: expect.any(String) });
    await expect
      .poll(async () => (await listDeliveries(dana)).deliveries.find(({ to }) => to === '#claims')?.lastError)
      .toContain('Answered 500');
    await expect
      .poll(async () => (await listDeliveries(dana)).deliveries.find(({ to }) => to === 'Claims')?.lastError)
      .toContain('Redirects are not followed');
  });

  it('will never take it is given up at once, and can be sent again or discarded', async () => {
    slack.respond = (response) => response.writeHead(404).end('no_service');
    pagerDuty.respond = (response) =>
      response.writeHead(400).end('{"status":"invalid event","message":"bad key"}');
    await paged();
    const dead = await delivery('#claims', 'dead');
    expect(dead.lastError).toContain('no_service');
    const event = await delivery('Claims', 'dead');
    slack.respond = (response) => response.writeHead(200).end('ok');
    await redeliver(dana, { id: dead.id });
    await delivery('#claims', 'delivered');
    expect(slack.received.map(({ body }) => body)).toEqual([
      slack.received[0]?.body,
      slack.received[0]?.body,
    ]);
    await discardDelivery(dana, { id: event.id });
    expect((await listDeliveries(dana, { state: 'dead' })).deliveries).toEqual([]);
    expect(await refusal(discardDelivery(dana, { id: event.id }))).toMatchObject({ code: 'conflict' });
    expect(await refusal(discardDelivery(dana, { id: dead.id }))).toMatchObject({ code: 'conflict' });
  });

  it('is tested by a button of its own, and the alert that opens is closed again', async () => {
    for (const { id } of await listEndpoints(dana)) await sendTest(dana, { id });
    await expect.poll(() => slack.received.length + pagerDuty.received.length).toBe(3);
    expect(slack.received[0]?.body).toContain('Dana Whitfield sent this');
    const [opened, closed] = pagerDuty.received.map(({ body }) => JSON.parse(body));
    expect(opened).toMatchObject({ event_action: 'trigger', payload: { severity: 'info' } });
    expect(closed).toMatchObject({ event_action: 'resolve', dedup_key: opened.dedup_key });
  });
});

describe('adding a channel', () => {
  it('wants a name that is free, a key of PagerDuty’s form, and an address that can be posted to', async () => {
    expect(await refusal(createSlackChannel(dana, { name: '#claims', url: slack.url }))).toMatchObject({
      code: 'conflict',
      message: 'There is a channel named #claims already.',
    });
    await expect(createPagerDutyChannel(dana, { name: 'Other', key: 'short' })).rejects.toThrow(/32 letters/);
    expect(
      await refusal(
        createSlackChannel(dana, { name: 'Other', url: 'https://me:secret@hooks.slack.com/services/x' }),
      ),
    ).toMatchObject({ code: 'invalid' });
    expect(
      await refusal(
        createPagerDutyChannel(dana, { name: 'Other', key: KEY, region: 'other', url: 'ftp://x.example' }),
      ),
    ).toMatchObject({ code: 'invalid' });
  });
});
