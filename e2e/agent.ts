import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { expect, runtimeUrl } from './fixtures';

interface Call {
  tool: string;
  arguments: Record<string, unknown>;
  result: Record<string, unknown>;
}

/** One run with one call of a tool, by an agent as any OpenTelemetry user writes one: nothing of ours in it. */
export async function runAgent(
  key: string,
  { agent, conversation, call }: { agent: string; conversation: string; call: Call },
): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': agent }),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({
          url: `${runtimeUrl()}/v1/traces`,
          headers: { authorization: `Bearer ${key}` },
        }),
      ),
    ],
  });
  const tracer = provider.getTracer('e2e');
  const root = tracer.startSpan(`invoke_agent ${agent}`, {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      'gen_ai.conversation.id': conversation,
    },
  });
  tracer
    .startSpan(
      `execute_tool ${call.tool}`,
      {
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': call.tool,
          'gen_ai.tool.call.arguments': JSON.stringify(call.arguments),
          'gen_ai.tool.call.result': JSON.stringify(call.result),
        },
      },
      trace.setSpan(context.active(), root),
    )
    .end();
  root.end();
  await provider.forceFlush();
  await provider.shutdown();
}

/** How so many pieces of an agent's work ended, as the system tells that they end up in: well, each of them. */
export async function sendOutcomes(
  key: string,
  { agent, metric, count }: { agent: string; metric: string; count: number },
): Promise<void> {
  const response = await fetch(`${runtimeUrl()}/v1/signals`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(
      Array.from({ length: count }, (_, n) => ({ agent, metric, value: true, id: `${metric}-${n}` })),
    ),
  });
  const answer = await response.text();
  expect(response.status, answer).toBe(200);
  expect(answer.match(/"result":"recorded"/g)).toHaveLength(count);
}

/** What the claims processor does with an attachment. */
export function readAttachment(claim: string, text: string): Call {
  return { tool: 'documents.ocr', arguments: { document_id: `${claim}/att-1` }, result: { text } };
}
