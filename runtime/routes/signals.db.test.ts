import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { createSource } from '@/lib/services/signals/sources';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson } from '@/lib/services/testing/otlp';
import { Countersign } from '@/sdk/client';
import { buildServer } from '../server';

const criterion = {
  comparison: '>=' as const,
  target: 0.8,
  windowDays: 30,
  leastSamples: 1,
  freshnessDays: 30,
};
const quality = {
  criteria: [
    {
      id: 'faithful',
      statement: 'Answers rest on their sources.',
      signal: 'eval' as const,
      metric: 'faithfulness',
      ...criterion,
    },
    { id: 'resolved', statement: 'The case is resolved.', signal: 'outcome' as const, ...criterion },
    { id: 'csat', statement: 'Customers are content.', signal: 'feedback' as const, ...criterion },
  ],
};

let server: FastifyInstance;
let url: string;
beforeAll(async () => {
  server = buildServer({ logLevel: 'silent' });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

async function given() {
  const workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  const agent = await givenAgent(workspace, aContract({ quality }));
  const { secret } = await givenKey(workspace, ['signals']);
  const stored = async () =>
    (
      await db().query(
        'SELECT family, metric, value, unit, source, label, note, run_id IS NOT NULL AS joined FROM signal WHERE workspace_id = $1 ORDER BY received_at, id',
        [workspace.id],
      )
    ).rows;
  return { workspace, agent, secret, stored };
}
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('POST /v1/signals', () => {
  it('answers each row for itself', async () => {
    const { secret, stored } = await given();
    const answer = await post(
      '/v1/signals',
      [
        { agent: 'refund-desk', metric: 'resolved', value: true, id: 'a' },
        { agent: 'refund-desk', metric: 'resolved', value: 'NaN' },
        { agent: 'refund-desk', metric: 'resolved', value: 53 },
        { agent: 'refund-desk', metric: 'resolved', value: true, at: '2100-01-01T00:00:00Z' },
        { agent: 'refund-desk', metric: 'resolved', value: true, id: 'a' },
        { agent: 'refund-desk', metric: 'resolved', value: true, typo: 1 },
        'nonsense',
      ],
      { authorization: `Bearer ${secret}` },
    );
    expect(answer.status).toBe(200);
    const body = await answer.json();
    expect(body).toMatchObject({ recorded: 1, duplicates: 1, corrected: 0, refused: 5 });
    expect(body.signals.map((each: { reason: string | null }) => each.reason)).toEqual([
      null,
      'value: NaN is not a number that can be counted.',
      expect.stringContaining('off the scale'),
      expect.stringContaining('in the future'),
      null,
      expect.stringContaining('typo'),
      expect.any(String),
    ]);
    expect(await stored()).toHaveLength(1);
  });

  it('is refused to keys that may not send signals, and for more than it may bring', async () => {
    const { workspace, secret } = await given();
    const { secret: reader } = await givenKey(workspace, ['read']);
    expect((await post('/v1/signals', [], { authorization: `Bearer ${reader}` })).status).toBe(403);
    expect((await post('/v1/signals', [])).status).toBe(401);
    const many = Array.from({ length: 2001 }, () => ({}));
    expect((await post('/v1/signals', many, { authorization: `Bearer ${secret}` })).status).toBe(413);
    expect((await post('/v1/signals', { nothing: 1 }, { authorization: `Bearer ${secret}` })).status).toBe(
      400,
    );
  });

  it('is what the SDK calls', async () => {
    const { secret, stored } = await given();
    const countersign = new Countersign({ endpoint: url, key: secret });
    const taken = await countersign
      .run('talk-1', { agent: 'refund-desk' })
      .signal({ metric: 'csat', value: true, note: 'Thanks!' });
    expect(taken).toMatchObject({ recorded: 1, refused: 0 });
    await countersign.signals([{ agent: 'refund-desk', metric: 'resolved', value: 0.5 }]);
    expect(await stored()).toMatchObject([
      { family: 'feedback', metric: 'csat', note: 'Thanks!' },
      { family: 'outcome', value: 0.5 },
    ]);
  });
});

describe('evaluations in spans', () => {
  it('are signals of their run, once, however often the span is sent', async () => {
    const { workspace, stored } = await given();
    const { secret } = await givenKey(workspace, ['ingest']);
    const start = Date.now() - 60_000;
    const traceId = hex(16);
    const body = JSON.parse(
      otlpJson([
        agentSpan({ traceId, start, end: start + 900 }, 'refund-desk'),
        modelCall({ traceId, start }, 'gpt-4o', 10, 1),
        modelCall(
          {
            traceId,
            start,
            attributes: { 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.label': 'pass' },
          },
          'judge',
          1,
          1,
        ),
      ]),
    );
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    body.resourceSpans[0].scopeSpans[0].spans[1].events = [
      {
        timeUnixNano: `${start}000000`,
        name: 'gen_ai.evaluation.result',
        attributes: [
          text('gen_ai.evaluation.name', 'Faithfulness'),
          { key: 'gen_ai.evaluation.score.value', value: { doubleValue: 0.9 } },
          text('gen_ai.evaluation.explanation', 'Every claim is in the policy.'),
        ],
      },
      {
        timeUnixNano: `${start}000000`,
        name: 'gen_ai.evaluation.result',
        attributes: [
          text('gen_ai.evaluation.name', 'faithfulness'),
          { key: 'gen_ai.evaluation.score.value', value: { doubleValue: 90 } },
        ],
      },
    ];
    const send = () => post('/v1/traces', body, { authorization: `Bearer ${secret}` });
    const answer = await send();
    expect(answer.status).toBe(200);
    expect((await answer.json()).partialSuccess.errorMessage).toContain(
      'off the scale of quality/criteria/faithful',
    );
    await send();
    expect(await stored()).toEqual([
      {
        family: 'eval',
        metric: 'Faithfulness',
        value: 0.9,
        unit: null,
        source: 'otel',
        label: null,
        note: 'Every claim is in the policy.',
        joined: true,
      },
      {
        family: 'eval',
        metric: 'tone',
        value: 1,
        unit: 'share',
        source: 'otel',
        label: 'pass',
        note: null,
        joined: true,
      },
    ]);
  });
});

describe('POST /v1/signals/{source}', () => {
  const source = async (kind: 'zendesk' | 'servicenow' | 'webhook') => {
    const there = await given();
    const engineer = await givenPerson(there.workspace, ['engineer']);
    return { ...there, ...(await createSource(engineer, { name: kind, kind, agent: 'refund-desk' })) };
  };

  it('takes a rating that Zendesk signed', async () => {
    const { key, secret, stored } = await source('zendesk');
    const body = JSON.stringify({
      ticket_id: 35436,
      score: 'good',
      comment: 'Quick!',
      updated_at: new Date().toISOString(),
    });
    const stamp = new Date().toISOString();
    const headers = {
      'x-zendesk-webhook-signature': createHmac('sha256', secret)
        .update(stamp + body)
        .digest('base64'),
      'x-zendesk-webhook-signature-timestamp': stamp,
    };
    const answer = await post(`/v1/signals/${key}`, body, headers);
    expect(await answer.json()).toMatchObject({ recorded: 1, refused: 0, skipped: 0 });
    const offered = JSON.stringify({ ticket_id: 35437, score: 'offered' });
    const skipped = await post(`/v1/signals/${key}`, offered, {
      ...headers,
      'x-zendesk-webhook-signature': createHmac('sha256', secret)
        .update(stamp + offered)
        .digest('base64'),
    });
    expect(await skipped.json()).toMatchObject({ recorded: 0, skipped: 1 });
    expect((await post(`/v1/signals/${key}`, body.replace('good', 'bad'), headers)).status).toBe(401);
    expect(await stored()).toEqual([
      {
        family: 'feedback',
        metric: 'csat',
        value: 1,
        unit: 'share',
        source: 'zendesk',
        label: 'good',
        note: 'Quick!',
        joined: false,
      },
    ]);
  });

  it('takes incidents of ServiceNow with the secret as a token, and keeps why one could not be read', async () => {
    const { key, secret, stored, id } = await source('servicenow');
    const answer = await post(
      `/v1/signals/${key}`,
      {
        records: [
          { sys_id: 'x1', close_code: 'Solved (Permanently)', resolved_at: '2026-06-01 10:00:00' },
          { sys_id: 'x2', close_code: 'Beamed up', resolved_at: '2026-06-01 10:00:00' },
          { sys_id: 'x3', close_code: '' },
        ],
      },
      { authorization: `Bearer ${secret}` },
    );
    expect(await answer.json()).toMatchObject({ recorded: 1, refused: 1, skipped: 1 });
    expect(await stored()).toMatchObject([
      { family: 'outcome', metric: 'resolved', value: 1, label: 'Solved (Permanently)' },
    ]);
    const { rows } = await db().query('SELECT last_refusal FROM signal_source WHERE id = $1', [id]);
    expect(rows[0].last_refusal).toContain('Beamed up');
  });

  it('takes Standard Webhooks, and nothing that is old, unsigned or for nobody', async () => {
    const { key, secret } = await source('webhook');
    const body = JSON.stringify({ metric: 'resolved', family: 'outcome', value: true, id: 1 });
    const sign = (at: Date) => ({
      'webhook-id': 'm1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('m1', at, body),
    });
    expect((await post(`/v1/signals/${key}`, body, sign(new Date()))).status).toBe(200);
    expect((await post(`/v1/signals/${key}`, body, sign(new Date(Date.now() - 3_600_000)))).status).toBe(401);
    expect((await post(`/v1/signals/${key}`, body)).status).toBe(401);
    expect((await post('/v1/signals/nobody', body, sign(new Date()))).status).toBe(401);
    expect((await post(`/v1/signals/${key}`, '{', { authorization: `Bearer ${secret}` })).status).toBe(400);
  });

  it('keeps the ids of two systems of one kind apart', async () => {
    const { workspace, key, secret, stored } = await source('webhook');
    const engineer = await givenPerson(workspace, ['engineer']);
    const input = { name: 'Another desk', kind: 'webhook' as const, agent: 'refund-desk' };
    const other = await createSource(engineer, input);
    const send = async (to: { key: string; secret: string }, value: boolean) => {
      const body = { metric: 'resolved', family: 'outcome', value, id: 1 };
      const headers = { authorization: `Bearer ${to.secret}` };
      return (await post(`/v1/signals/${to.key}`, body, headers)).json();
    };
    expect(await send({ key, secret }, true)).toMatchObject({ recorded: 1 });
    expect(await send(other, false)).toMatchObject({ recorded: 1, corrected: 0 });
    expect(await send(other, false)).toMatchObject({ duplicates: 1 });
    expect(await send({ key, secret }, false)).toMatchObject({ corrected: 1 });
    expect(await stored()).toHaveLength(3);
  });

  it('takes no signature by what little base64 makes of a secret in words', async () => {
    const { workspace } = await given();
    const engineer = await givenPerson(workspace, ['engineer']);
    const words = 'пароль-пароль-пароль';
    const { key } = await createSource(engineer, { name: 'Desk', kind: 'webhook', secret: words });
    const body = JSON.stringify({ agent: 'refund-desk', metric: 'resolved', value: true });
    const stamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', Buffer.from(words, 'base64'))
      .update(`m1.${stamp}.${body}`)
      .digest('base64');
    const headers = {
      'webhook-id': 'm1',
      'webhook-timestamp': stamp,
      'webhook-signature': `v1,${signature}`,
    };
    expect((await post(`/v1/signals/${key}`, body, headers)).status).toBe(401);
  });

  it('answers a record with characters no database can hold, and keeps why it was refused', async () => {
    const { key, secret, id } = await source('webhook');
    const body = { metric: 'resolved', family: 'outcome', value: 'od\u0000d' };
    const answer = await post(`/v1/signals/${key}`, body, { authorization: `Bearer ${secret}` });
    expect(answer.status).toBe(200);
    const { rows } = await db().query('SELECT last_refusal FROM signal_source WHERE id = $1', [id]);
    expect(rows[0].last_refusal).toContain('od\ufffdd');
  });
});
