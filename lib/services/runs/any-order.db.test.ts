import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { agentSpan, modelCall, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { recordSpans } from './record-spans';

const T0 = Date.UTC(2026, 5, 1, 23, 59, 50);
const TOOLS = ['orders.get', 'policy.search', 'refunds.pay', 'shell.exec', 'notes.add'];

/** One workspace as every other: an agent with a tight contract, defaults for strangers, one price. */
async function given() {
  const workspace = await givenWorkspace();
  await givenVersion(
    workspace,
    null,
    aContract({
      tools: { '*': { action: 'read', categories: ['customer-contact'] } },
      cost: { callsPerRun: 9 },
    }),
  );
  await givenAgent(
    workspace,
    aContract({
      identity: { aliases: ['desk-service'] },
      cost: {
        perRun: 0.02,
        perDay: 0.03,
        perMonth: 0.04,
        tokensPerRun: 4000,
        callsPerRun: 4,
        repeatedCalls: 1,
      },
      risk: { thresholds: { medium: 4, high: 12, critical: 20 } },
    }),
  );
  await db().query(
    `INSERT INTO model_price (id, workspace_id, model, input_usd, output_usd, effective_from, source)
     VALUES (gen_random_uuid(), $1, 'priced', 2.5, 10, '2024-01-01', 'test')`,
    [workspace.id],
  );
  const { actor } = await givenKey(workspace, ['ingest']);
  const send = async (spans: readonly TestSpan[]) => {
    const { spans: raw } = decodeTraces(Buffer.from(otlpJson(spans, 'desk-service')), 'json', T0 + 60_000);
    const refused = await recordSpans(actor, raw);
    expect(refused).toEqual({ count: 0, reasons: [] });
  };
  return { workspace, send };
}

const id = (bytes: number, from: number, salt: number) =>
  (BigInt(from + 1) * 0x9e3779b97f4a7c15n + BigInt(salt + 7))
    .toString(16)
    .slice(-16)
    .padStart(16, '1')
    .repeat(2)
    .slice(0, bytes * 2);

const spanArbitrary = fc.record({
  kind: fc.constantFrom('tool', 'tool', 'model', 'other', 'agent'),
  trace: fc.nat(2),
  /** Index of the span it lies under; itself or a later one means the trace's root. */
  parent: fc.nat(12),
  start: fc.integer({ min: 0, max: 20_000 }),
  lasts: fc.integer({ min: 0, max: 5_000 }),
  tool: fc.constantFrom(...TOOLS),
  args: fc.constantFrom(
    undefined,
    { orderId: 'A' },
    { orderId: 'A', amount: 50 },
    { orderId: 'B', amount: 5000 },
  ),
  leak: fc.boolean(),
  priced: fc.boolean(),
  conversation: fc.constantFrom(null, null, null, 'C1', 'C2'),
  agent: fc.constantFrom(null, null, 'refund-desk', 'stranger'),
  error: fc.boolean(),
});
const runArbitrary = fc.record({
  salt: fc.nat(1_000_000),
  roots: fc.array(
    fc.record({ ends: fc.boolean(), agent: fc.constantFrom('refund-desk', 'stranger', null) }),
    {
      minLength: 3,
      maxLength: 3,
    },
  ),
  spans: fc.array(spanArbitrary, { minLength: 1, maxLength: 12 }),
});
type Story = typeof runArbitrary extends fc.Arbitrary<infer T> ? T : never;

function spansOf({ salt, roots, spans }: Story): TestSpan[] {
  const told: TestSpan[] = [];
  const rootId = (trace: number) => id(8, 1000 + trace, salt);
  const used = new Set(spans.map((span) => span.trace));
  for (const [trace, { ends, agent }] of roots.entries())
    if (ends && used.has(trace)) {
      const place = { traceId: id(16, trace, salt), spanId: rootId(trace), start: T0, end: T0 + 20_000 };
      told.push(agent === null ? { ...place, name: 'request' } : agentSpan(place, agent));
    }
  for (const [index, span] of spans.entries()) {
    const above = spans[span.parent];
    const parentSpanId =
      above !== undefined && span.parent < index && above.trace === span.trace
        ? id(8, span.parent, salt)
        : rootId(span.trace);
    const place = {
      traceId: id(16, span.trace, salt),
      spanId: id(8, index, salt),
      parentSpanId,
      start: T0 + span.start,
      end: T0 + span.start + span.lasts,
      error: span.error,
      attributes: {
        ...(span.conversation === null ? {} : { 'gen_ai.conversation.id': span.conversation }),
        ...(span.agent === null ? {} : { 'gen_ai.agent.name': span.agent }),
      },
    };
    const leak = span.leak ? { iban: 'DE89 3704 0044 0532 0130 00' } : { fine: true };
    if (span.kind === 'tool') told.push(toolCall(place, span.tool, span.args, leak));
    else if (span.kind === 'model')
      told.push(modelCall(place, span.priced ? 'priced' : 'unheard-of', 900, 300));
    else told.push({ ...place, name: 'step' });
  }
  return told;
}

/** Everything that is stored of the runs of a workspace, but for ids and the times of storing. */
async function stored(workspaceId: string) {
  const rows = async (sql: string) => (await db().query(sql, [workspaceId])).rows;
  const runs = await rows(
    `SELECT to_jsonb(r) - '{id,workspace_id,agent_id,contract_version_id,received_at,revision,paused_at,status,fold}'::text[] AS row,
       a.name AS agent, r.fold::jsonb AS fold, r.status, EXISTS (SELECT FROM incident i WHERE i.run_id = r.id) AS incident
     FROM run r JOIN agent a ON a.id = r.agent_id WHERE r.workspace_id = $1 AND r.span_count > 0 ORDER BY r.key`,
  );
  const spans = await rows(
    `SELECT to_jsonb(s) - '{workspace_id,received_at}'::text[] AS row, r.key FROM span s
       JOIN run_trace t USING (workspace_id, trace_id) JOIN run r ON r.id = t.run_id
     WHERE s.workspace_id = $1 ORDER BY s.trace_id, s.span_id`,
  );
  const breaches = await rows(
    `SELECT to_jsonb(b) - '{id,workspace_id,run_id,agent_id,contract_version_id,recorded_at}'::text[] AS row, r.key,
       a.name AS agent
     FROM breach b JOIN run r ON r.id = b.run_id JOIN agent a ON a.id = b.agent_id
     WHERE b.workspace_id = $1 ORDER BY r.key, b.clause, b.code`,
  );
  // A run that joined another stays behind, empty, when it has an incident of its own; and so does its agent.
  const agents = await rows(
    `SELECT name, aliases FROM agent a WHERE workspace_id = $1 AND (NOT discovered
       OR EXISTS (SELECT FROM run WHERE agent_id = a.id AND span_count > 0)
       OR NOT EXISTS (SELECT FROM run WHERE agent_id = a.id)) ORDER BY name`,
  );
  const spend = await rows(
    `SELECT a.name, s.day::text, round(s.cost_usd::numeric, 9)::float8 AS usd FROM agent_spend s JOIN agent a ON a.id = s.agent_id
     WHERE s.workspace_id = $1 AND s.cost_usd > 1e-9 ORDER BY 1, 2`,
  );
  return { runs, spans, breaches, agents, spend };
}

describe('a run', () => {
  it('is the same whatever way its spans arrive: in any order, in any batches, some of them twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        runArbitrary,
        fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 30, maxLength: 30 }),
        async (story, shuffle, sizes) => {
          const spans = spansOf(story);
          const [once, anyhow] = [await given(), await given()];
          await once.send(spans);

          const order = [...spans, ...spans.filter((_, index) => (shuffle[index] ?? 0) % 3 === 0)]
            .map((span, index) => ({ span, at: shuffle[index % shuffle.length] ?? 0, index }))
            .sort((a, b) => a.at - b.at || a.index - b.index)
            .map((one) => one.span);
          for (let at = 0, batch = 0; at < order.length; batch += 1) {
            const size = sizes[batch % sizes.length] ?? 1;
            await anyhow.send(order.slice(at, at + size));
            at += size;
          }

          const [expected, actual] = [await stored(once.workspace.id), await stored(anyhow.workspace.id)];
          const facts = (all: Awaited<ReturnType<typeof stored>>) => ({
            ...all,
            // An incident once opened stays, even when the run turned out to be another agent's.
            runs: all.runs.map(({ status: _, incident: __, ...run }) => run),
          });
          expect(facts(actual)).toEqual(facts(expected));
          for (const [index, run] of expected.runs.entries()) {
            const other = actual.runs[index];
            if (run.incident || other.incident) expect(other.status).toBe('paused');
            else expect(other.status).toBe(run.status);
          }
        },
      ),
      { numRuns: Number(process.env.ANY_ORDER_RUNS ?? 50), endOnFailure: true },
    );
  }, 240_000);

  it('that turns out to be another agent’s is answered by that agent’s contract, for breaches known before too', async () => {
    const workspace = await givenWorkspace();
    const tools = {
      'orders.get': { action: 'read', categories: ['customer-contact'] },
    } satisfies ContractInput['tools'];
    await givenVersion(workspace, null, aContract({ tools, failure: { high: ['log'], critical: ['log'] } }));
    const agent = await givenAgent(workspace, aContract({ tools }));
    const { actor } = await givenKey(workspace, ['ingest']);
    const send = (span: TestSpan) =>
      recordSpans(actor, decodeTraces(Buffer.from(otlpJson([span], 'nobody')), 'json', T0 + 60_000).spans);
    const root = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), start: T0, end: T0 + 2000 };
    const call = { ...root, spanId: 'ef'.repeat(8), parentSpanId: root.spanId, start: T0 + 500 };

    await send(toolCall(call, 'shell.exec', {}, {}));
    const [logged] = (await stored(workspace.id)).runs;
    expect(logged).toMatchObject({ agent: 'nobody', status: 'running', incident: false });
    expect(logged?.row.breach_count).toBe(1);

    await send(agentSpan(root, agent.name));
    const [answered] = (await stored(workspace.id)).runs;
    expect(answered).toMatchObject({ agent: agent.name, status: 'paused', incident: true });
  });
});
