import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { buildServer } from '@/runtime/server';

let server: FastifyInstance;
let base: string;

beforeAll(async () => {
  server = buildServer({ logLevel: 'warn' });
  base = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

const T0 = Date.UTC(2026, 5, 1, 9);

async function given() {
  const workspace = await givenWorkspace();
  await givenVersion(workspace, null, aContract({ tools: { '*': { action: 'read' } } }));
  const agent = await givenAgent(workspace);
  const key = await givenKey(workspace, ['ingest']);
  const operator = await givenPerson(workspace, ['operator'], { email: `operator@example.com` }).catch(
    () => null,
  );
  const send = (spans: readonly TestSpan[], service: string | null = 'refund-desk') =>
    fetch(`${base}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key.secret}` },
      body: otlpJson(spans, service),
    });
  const runs = async () =>
    (await db().query('SELECT * FROM run WHERE workspace_id = $1 ORDER BY started_at, key', [workspace.id]))
      .rows;
  return { workspace, agent, key, operator, send, runs };
}

describe('a recorded run', () => {
  it('is joined from its spans, counted, priced and finished when its root span is in', async () => {
    const { send, runs, agent } = await given();
    const traceId = hex(16);
    const root = agentSpan({ traceId, start: T0, end: T0 + 5000 }, 'refund-desk');
    const child = { traceId, parentSpanId: root.spanId };
    const response = await send([
      root,
      modelCall({ ...child, start: T0 + 100 }, 'gpt-nobody-knows', 1000, 50),
      toolCall({ ...child, start: T0 + 300 }, 'orders.get', { orderId: 'A1' }, { status: 'delivered' }),
      toolCall({ ...child, start: T0 + 500, error: true }, 'policy.search', { query: 'late' }),
    ]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({});
    const [run] = await runs();
    expect(run).toMatchObject({
      key: traceId,
      agent_id: agent.id,
      status: 'finished',
      span_count: 4,
      tool_calls: 2,
      model_calls: 1,
      error_count: 1,
      input_tokens: 1000,
      output_tokens: 50,
      unpriced_calls: 1,
      contract_version_id: agent.version.id,
      band: 'low',
      breach_count: 0,
      root_ended: true,
      faults: [],
    });
    expect(run.score).toBeGreaterThan(0);
  });

  it('opens one incident, pauses the run and pages the operator when it breaks its contract', async () => {
    const { send, runs, workspace, operator } = await given();
    const traceId = hex(16);
    const response = await send([
      toolCall(
        { traceId, start: T0 },
        'orders.get',
        { orderId: 'A1' },
        { iban: 'DE89 3704 0044 0532 0130 00' },
      ),
      toolCall({ traceId, start: T0 + 100 }, 'shell.exec', { command: 'ls' }),
    ]);
    expect(response.status).toBe(200);
    const [run] = await runs();
    expect(run).toMatchObject({ status: 'paused', lane: 'block', unknown_tools: ['shell.exec'] });
    const breaches = await db().query(
      'SELECT clause, code, severity FROM breach WHERE run_id = $1 ORDER BY clause',
      [run.id],
    );
    expect(breaches.rows).toEqual([
      { clause: 'tools/orders.get/categories', code: 'category-not-allowed', severity: 'critical' },
      { clause: 'tools/shell.exec', code: 'tool-not-allowed', severity: 'high' },
    ]);
    const incidents = await db().query('SELECT * FROM incident WHERE workspace_id = $1', [workspace.id]);
    expect(incidents.rows).toHaveLength(1);
    expect(incidents.rows[0]).toMatchObject({
      number: 1,
      state: 'open',
      severity: 'critical',
      clause: 'tools/orders.get/categories',
      operator_id: operator?.kind === 'person' ? operator.personId : null,
    });
  });
});
