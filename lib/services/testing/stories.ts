/** Random runs as their agents might tell them: several traces, calls, errors, conversations and agents that come to light late. */
import fc from 'fast-check';
import { db } from '@/lib/db/pool';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { decodeTraces } from '@/lib/telemetry/decode';
import { aContract } from './a-contract';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from './given';
import { agentSpan, modelCall, otlpJson, type TestSpan, toolCall } from './otlp';

export const T0 = Date.UTC(2026, 5, 1, 23, 59, 50);
const TOOLS = ['orders.get', 'policy.search', 'refunds.pay', 'shell.exec', 'notes.add'];

/** One workspace as every other: an agent with a tight contract, defaults for strangers, one price. */
export async function givenListener() {
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
    if (refused.count > 0) throw new Error(refused.reasons.join(', '));
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
export const storyArbitrary = fc.record({
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
export type Story = typeof storyArbitrary extends fc.Arbitrary<infer T> ? T : never;

export function spansOf({ salt, roots, spans }: Story): TestSpan[] {
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
