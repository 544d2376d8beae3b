import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { prepareSpans } from './prepare-spans';
import { recordSpans } from './record-spans';
import { SpanWriter } from './span-writer';

const T0 = Date.UTC(2026, 5, 1, 9);
const IBAN = { iban: 'DE89 3704 0044 0532 0130 00' };

async function given() {
  const workspace = await givenWorkspace();
  const defaults = await givenVersion(workspace, null, aContract({ tools: { '*': { action: 'read' } } }));
  const agent = await givenAgent(
    workspace,
    aContract({
      identity: { aliases: ['asst_42'] },
      ownership: { operator: `op-${workspace.slug}@example.com` },
    }),
  );
  const operator = await givenPerson(workspace, ['operator'], { email: `op-${workspace.slug}@example.com` });
  const { actor } = await givenKey(workspace, ['ingest']);
  const send = async (spans: readonly TestSpan[], service: string | null = null, as = actor) =>
    recordSpans(as, decodeTraces(Buffer.from(otlpJson(spans, service)), 'json', Date.now()).spans);
  const run = async (key: string) =>
    (
      await db().query(
        `SELECT r.*, a.name AS agent FROM run r JOIN agent a ON a.id = r.agent_id WHERE r.workspace_id = $1 AND r.key = $2`,
        [workspace.id, key],
      )
    ).rows[0];
  const rows = async (sql: string) => (await db().query(sql, [workspace.id])).rows;
  return { workspace, defaults, agent, operator, actor, send, run, rows };
}

describe('whose run it is', () => {
  it('keeps an agent nobody registered, flagged, under the workspace defaults, and its unknown tools', async () => {
    const { send, run, rows, defaults } = await given();
    const traceId = hex(16);
    await send([toolCall({ traceId, parentSpanId: hex(8), start: T0 }, 'made.up', { a: 1 })], 'stranger');
    expect(await run(traceId)).toMatchObject({
      agent: 'stranger',
      contract_version_id: defaults.id,
      unknown_tools: ['made.up'],
      breach_count: 0,
      status: 'running',
    });
    expect(await rows('SELECT name, discovered FROM agent WHERE workspace_id = $1 AND discovered')).toEqual([
      { name: 'stranger', discovered: true },
    ]);
    expect(await rows(`SELECT action FROM audit_entry WHERE workspace_id = $1`)).toEqual([
      { action: 'agent.discovered' },
    ]);
  });

  it('gives the run to the agent its root names, with that contract, and forgets the stranger it was taken for', async () => {
    const { send, run, rows, agent } = await given();
    const traceId = hex(16);
    const root = agentSpan({ traceId, start: T0, end: T0 + 5000 }, 'asst_42');
    await send(
      [toolCall({ traceId, parentSpanId: root.spanId, start: T0 + 100 }, 'made.up', {})],
      'some-service',
    );
    expect((await run(traceId)).agent).toBe('some-service');
    await send([root], 'some-service');
    expect(await run(traceId)).toMatchObject({
      agent: 'refund-desk',
      contract_version_id: agent.version.id,
      lane: 'block',
      status: 'paused',
    });
    expect(await rows('SELECT name FROM agent WHERE workspace_id = $1')).toEqual([{ name: 'refund-desk' }]);
  });

  it('gives what a bound key sends to its agent, whatever the spans say', async () => {
    const { send, run, workspace, agent } = await given();
    const { actor } = await givenKey(workspace, ['ingest'], agent);
    const traceId = hex(16);
    await send([agentSpan({ traceId, start: T0, end: T0 + 1 }, 'somebody-else')], 'x', actor);
    expect((await run(traceId)).agent).toBe('refund-desk');
  });
});

describe('what belongs to one run', () => {
  it('joins the traces of a conversation, even when it is learnt late, and takes decisions and incident along', async () => {
    const { send, run, rows, workspace } = await given();
    const [first, second] = [hex(16), hex(16)];
    await send(
      [toolCall({ traceId: first, start: T0 }, 'orders.get', { orderId: 'A' }, IBAN)],
      'refund-desk',
    );
    const alone = await run(first);
    expect(alone.status).toBe('paused');
    await db().query(
      `INSERT INTO decision (id, workspace_id, run_id, seq, tool, lane, clauses, obligations, decided_at)
       VALUES ($1, $2, $3, 1, 'orders.get', 'escalate', '[]', '[]', now())`,
      [newId(), workspace.id, alone.id],
    );
    const talk = { 'gen_ai.conversation.id': 'talk-7' };
    await send(
      [modelCall({ traceId: second, start: T0 + 5000, attributes: talk }, 'gpt-4o', 10, 5)],
      'refund-desk',
    );
    await send(
      [modelCall({ traceId: first, start: T0 + 100, attributes: talk }, 'gpt-4o', 10, 5)],
      'refund-desk',
    );
    expect(await run(first)).toBeUndefined();
    const joined = await run('talk-7');
    expect(joined).toMatchObject({
      span_count: 3,
      model_calls: 2,
      tool_calls: 1,
      status: 'paused',
      lane: 'block',
    });
    expect(await rows('SELECT run_id FROM incident WHERE workspace_id = $1')).toEqual([
      { run_id: joined.id },
    ]);
    expect(await rows('SELECT run_id FROM decision WHERE workspace_id = $1')).toEqual([
      { run_id: joined.id },
    ]);
    expect(await rows('SELECT DISTINCT run_id FROM breach WHERE workspace_id = $1')).toEqual([
      { run_id: joined.id },
    ]);
  });

  it('marks a child that began before its parent, whichever came first', async () => {
    const { send, run } = await given();
    for (const parentFirst of [true, false]) {
      const traceId = hex(16);
      const parent = agentSpan({ traceId, start: T0 + 1000, end: T0 + 2000 }, 'refund-desk');
      const child = toolCall({ traceId, parentSpanId: parent.spanId, start: T0 + 500 }, 'policy.search', {});
      for (const span of parentFirst ? [parent, child] : [child, parent]) await send([span]);
      expect((await run(traceId)).faults).toEqual(['clock-skew']);
    }
  });

  it('runs on when its conversation goes on after it had finished', async () => {
    const { send, run } = await given();
    const talk = { 'gen_ai.conversation.id': 'talk-8' };
    await send([agentSpan({ traceId: hex(16), start: T0, end: T0 + 9, attributes: talk }, 'refund-desk')]);
    expect((await run('talk-8')).status).toBe('finished');
    const next = hex(16);
    await send([
      modelCall({ traceId: next, parentSpanId: hex(8), start: T0 + 99, attributes: talk }, 'gpt-4o', 1, 1),
    ]);
    expect((await run('talk-8')).status).toBe('running');
    await send([agentSpan({ traceId: next, start: T0 + 90, end: T0 + 999 }, 'refund-desk')]);
    expect((await run('talk-8')).status).toBe('finished');
  });
});

describe('a breach', () => {
  it('pauses, pages, tells receivers and is audited, once, in the transaction that stored it', async () => {
    const { send, run, rows, workspace, operator } = await given();
    await db().query(
      `INSERT INTO webhook_endpoint (id, workspace_id, url, sealed_secret, events) VALUES ($1, $2, 'https://x.example', 's', '{incident.opened}')`,
      [newId(), workspace.id],
    );
    const traceId = hex(16);
    await send([toolCall({ traceId, start: T0 }, 'orders.get', { orderId: 'A' }, IBAN)], 'refund-desk');
    await send([toolCall({ traceId, start: T0 + 100 }, 'shell.exec', {})], 'refund-desk');
    const { id } = await run(traceId);
    const incidents = await rows('SELECT * FROM incident WHERE workspace_id = $1');
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      number: 1,
      run_id: id,
      operator_id: operator.kind === 'person' ? operator.personId : '',
      title: 'orders.get touched bank-account data',
    });
    expect(incidents[0].paged_at).not.toBeNull();
    expect(await rows('SELECT title FROM notification WHERE workspace_id = $1')).toEqual([
      { title: 'INC-1: orders.get touched bank-account data' },
    ]);
    const outbox = await rows('SELECT type, body FROM outbox_message WHERE workspace_id = $1');
    expect(outbox).toHaveLength(1);
    expect(JSON.parse(outbox[0].body)).toMatchObject({
      type: 'incident.opened',
      data: { run: { key: traceId, status: 'paused' }, clause: 'tools/orders.get/categories' },
    });
    expect(
      (await rows('SELECT action FROM audit_entry WHERE workspace_id = $1 ORDER BY id')).map(
        (row) => row.action,
      ),
    ).toEqual(['run.paused', 'incident.opened', 'page.sent']);
    expect(await rows('SELECT count(*)::int AS breaches FROM breach WHERE workspace_id = $1')).toEqual([
      { breaches: 2 },
    ]);
  });

  it('opens the incident again when the run was resumed and breaks another clause', async () => {
    const { send, run, rows, workspace } = await given();
    const traceId = hex(16);
    await send([toolCall({ traceId, start: T0 }, 'shell.exec', {})], 'refund-desk');
    await db().query(
      `WITH settled AS (
         UPDATE incident_run SET closed_at = now(), resolution = 'resumed' WHERE workspace_id = $1)
       UPDATE incident SET state = 'resolved', resolution = 'resumed', resolved_at = now() WHERE workspace_id = $1`,
      [workspace.id],
    );
    await db().query(`UPDATE run SET status = 'running' WHERE workspace_id = $1`, [workspace.id]);
    // The same clause again is known and was answered for.
    await send([toolCall({ traceId, start: T0 + 50 }, 'shell.exec', {})], 'refund-desk');
    expect((await run(traceId)).status).toBe('finished');
    await send([toolCall({ traceId, start: T0 + 100 }, 'accounts.delete', {})], 'refund-desk');
    expect((await run(traceId)).status).toBe('paused');
    expect(await rows('SELECT number, state, severity FROM incident WHERE workspace_id = $1')).toEqual([
      { number: 1, state: 'open', severity: 'critical' },
    ]);
  });

  it('names the threshold when the run as a whole becomes too risky', async () => {
    const { send, rows } = await given();
    const traceId = hex(16);
    const calls = Array.from({ length: 6 }, (_, index) =>
      toolCall({ traceId, start: T0 + index }, 'refunds.pay', { orderId: `A${index}`, amount: 10 }),
    );
    await send(calls, 'refund-desk');
    expect(await rows('SELECT clause, code FROM breach WHERE workspace_id = $1')).toEqual([]);
    const other = hex(16);
    await send(
      Array.from({ length: 3 }, (_, index) =>
        toolCall(
          { traceId: other, start: T0 + index },
          'refunds.pay',
          { orderId: `B${index}`, amount: 10 },
          { card: '4111 1111 1111 1111' },
        ),
      ),
      'refund-desk',
    );
    expect(
      await rows('SELECT clause, code FROM breach WHERE workspace_id = $1 ORDER BY clause'),
    ).toContainEqual({
      clause: 'risk/thresholds/high',
      code: 'risk-band',
    });
  });

  it('holds the spending of all runs of a day against the daily budget', async () => {
    const { rows, workspace } = await given();
    const agent = await givenAgent(
      workspace,
      aContract({ identity: { agent: 'spender' }, cost: { perDay: 0.02, perRun: 1 } }),
    );
    const { actor } = await givenKey(workspace, ['ingest'], agent);
    for (let index = 0; index < 3; index += 1)
      await recordSpans(
        actor,
        decodeTraces(
          Buffer.from(
            otlpJson([modelCall({ traceId: hex(16), start: T0 + index }, 'gpt-4o', 2000, 400)], null),
          ),
          'json',
          Date.now(),
        ).spans,
      );
    // 0.009 each: the third is over.
    expect(await rows('SELECT clause FROM breach WHERE workspace_id = $1')).toEqual([
      { clause: 'cost/perDay' },
    ]);
    const spend = await rows(
      'SELECT round(cost_usd::numeric, 6)::float8 AS usd FROM agent_spend WHERE workspace_id = $1',
    );
    expect(spend).toEqual([{ usd: 0.027 }]);
  });
});

describe('stopping', () => {
  it('is confirmed by a root span that ends after it was asked for', async () => {
    const { send, run, workspace, rows } = await given();
    const traceId = hex(16);
    const rootId = hex(8);
    await send(
      [modelCall({ traceId, parentSpanId: rootId, start: Date.now() - 5000 }, 'gpt-4o', 1, 1)],
      'refund-desk',
    );
    await db().query(
      `UPDATE run SET status = 'stopping', stop_requested_at = now() - interval '1 second' WHERE workspace_id = $1`,
      [workspace.id],
    );
    await send([
      agentSpan({ traceId, spanId: rootId, start: Date.now() - 6000, end: Date.now() }, 'refund-desk'),
    ]);
    expect(await run(traceId)).toMatchObject({ status: 'stopped' });
    expect((await run(traceId)).stopped_at).not.toBeNull();
    expect(
      await rows(`SELECT action FROM audit_entry WHERE workspace_id = $1 AND action = 'run.stopped'`),
    ).toHaveLength(1);
  });
});

describe('the writer', () => {
  it('asks senders to come back when more waits than it may hold', async () => {
    const { workspace, rows } = await given();
    const writer = new SpanWriter(10);
    const spans = (count: number) =>
      prepareSpans(
        workspace.id,
        decodeTraces(
          Buffer.from(
            otlpJson(
              Array.from({ length: count }, () =>
                toolCall({ traceId: hex(16), start: T0 }, 'policy.search', {}),
              ),
            ),
          ),
          'json',
          Date.now(),
        ).spans,
      ).spans;
    const taken = writer.write(workspace.id, { spans: spans(8), boundAgentId: null });
    await expect(writer.write(workspace.id, { spans: spans(8), boundAgentId: null })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 1,
    });
    expect(await taken).toEqual({ count: 0, reasons: [] });
    // One request larger than all that may wait is taken when nothing else does.
    expect(await writer.write(workspace.id, { spans: spans(20), boundAgentId: null })).toEqual({
      count: 0,
      reasons: [],
    });
    expect(await rows('SELECT count(*)::int AS spans FROM span WHERE workspace_id = $1')).toEqual([
      { spans: 28 },
    ]);
  });

  it('refuses the one span the database will not take, says why, and keeps its neighbours', async () => {
    const { workspace, rows } = await given();
    const decoded = decodeTraces(
      Buffer.from(
        otlpJson(
          Array.from({ length: 7 }, (_, index) =>
            toolCall({ traceId: hex(16), start: T0 + index }, 'policy.search', {}),
          ),
        ),
      ),
      'json',
      Date.now(),
    ).spans;
    const bad = decoded[3];
    // Decoding never lets one through; this stands for whatever nobody has thought of.
    if (bad !== undefined) bad.name = `nul \0 ${randomBytes(2).toString('hex')}`;
    const { actor } = await givenKey(workspace, ['ingest']);
    const refused = await recordSpans(actor, decoded);
    expect(refused.count).toBe(1);
    expect(refused.reasons.join()).toMatch(/cannot be stored/);
    expect(await rows('SELECT count(*)::int AS spans FROM span WHERE workspace_id = $1')).toEqual([
      { spans: 6 },
    ]);
    expect(await rows('SELECT count(*)::int AS runs FROM run WHERE workspace_id = $1')).toEqual([
      { runs: 6 },
    ]);
  });

  it('asks for spans again when others held the runs for too long, instead of refusing them', async () => {
    const { send, run } = await given();
    const spans = [toolCall({ traceId: hex(16), start: T0 }, 'policy.search', {})];
    const holder = await db().connect();
    await holder.query('BEGIN; LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE');
    let settled = false;
    const sent = send(spans, 'refund-desk').finally(() => {
      settled = true;
    });
    const outcome = sent.catch((error: unknown) => error);
    // As the statement timeout does it, without the minute.
    while (!settled) {
      await db().query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await holder.query('ROLLBACK');
    holder.release();
    expect(await outcome).toMatchObject({ code: 'unavailable' });
    expect(await send(spans, 'refund-desk')).toEqual({ count: 0, reasons: [] });
    expect(await run(spans[0]?.traceId ?? '')).toMatchObject({ span_count: 1 });
  });

  it('finds the spans of a run that was removed, and makes the run anew from them', async () => {
    const { send, run, workspace } = await given();
    const traceId = hex(16);
    const spans = [0, 1, 2].map((index) =>
      toolCall({ traceId, start: T0 + index * 50 }, 'policy.search', { index }),
    );
    await send(spans.slice(0, 2), 'refund-desk');
    await db().query('DELETE FROM run WHERE workspace_id = $1', [workspace.id]);
    await send(spans, 'refund-desk');
    expect(await run(traceId)).toMatchObject({ span_count: 3, tool_calls: 3 });
  });

  it('keeps every span as it was sent, however many requests share its memory', async () => {
    const { send, rows } = await given();
    const sent: string[] = [];
    const request = (number: number) => {
      const traceId = hex(16);
      const spans = Array.from({ length: 1 + (number % 7) }, (_, index) => {
        const text = `${number}/${index} ${'ä"\\'.repeat((number * 37 + index * 11) % 500)}`;
        sent.push(text);
        return toolCall({ traceId, start: T0 + index }, 'policy.search', { text });
      });
      return send(spans);
    };
    for (let wave = 0; wave < 4; wave += 1)
      await Promise.all(Array.from({ length: 24 }, (_, index) => request(wave * 24 + index)));
    const stored = await rows(
      `SELECT (body->'attributes'->>'gen_ai.tool.call.arguments')::json->>'text' AS text FROM span WHERE workspace_id = $1`,
    );
    expect(stored.map((row) => row.text).sort()).toEqual(sent.sort());
  });

  it('counts each span of a long trace once, and finds the parents that children do not lie in', async () => {
    const { send, run } = await given();
    const traceId = hex(16);
    const root = agentSpan({ traceId, start: T0, end: T0 + 60_000 }, 'refund-desk');
    const calls = Array.from({ length: 60 }, (_, index) =>
      toolCall(
        { traceId, parentSpanId: root.spanId, start: T0 + 100 + index, end: T0 + 101 + index },
        'policy.search',
        {},
      ),
    );
    await send([...calls, root, ...calls]);
    expect(await run(traceId)).toMatchObject({ span_count: 61, tool_calls: 60, faults: [] });
    const early = toolCall({ traceId, parentSpanId: root.spanId, start: T0 - 5000 }, 'policy.search', {});
    const other = hex(16);
    const otherRoot = agentSpan({ traceId: other, start: T0, end: T0 + 60_000 }, 'refund-desk');
    await send([
      ...calls.map((call) => ({ ...call, traceId: other, parentSpanId: otherRoot.spanId })),
      { ...early, traceId: other, parentSpanId: otherRoot.spanId },
      otherRoot,
    ]);
    expect(await run(other)).toMatchObject({ span_count: 62, faults: ['clock-skew'] });
  });
});
