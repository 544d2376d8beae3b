import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { generateText, stepCountIs, tool } from 'ai';
import { MockLanguageModelV2 } from 'ai/test';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeTraces } from '@/lib/telemetry/decode';
import { recognise } from '@/lib/telemetry/recognise';
import { encodeExportResponse } from '@/lib/telemetry/response';
import type { Span } from '@/lib/telemetry/span';

/** What unmodified OpenTelemetry clients really send, taken in by a server that answers as the runtime plane does. */
let server: Server;
let endpoint: string;
let received: Span[] = [];
let contentTypes: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const type = request.headers['content-type'] === 'application/json' ? 'json' : 'protobuf';
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      received.push(...decodeTraces(plain, type, Date.now()).spans.map(recognise));
      contentTypes.push(request.headers['content-type']);
      response.setHeader('content-type', request.headers['content-type'] ?? '');
      response.end(encodeExportResponse(type, null));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (!isAddress(address)) throw new Error('the server has no port');
  endpoint = `http://127.0.0.1:${address.port}/v1/traces`;
});

afterAll(() => new Promise<void>((closed) => server.close(() => closed())));

beforeEach(() => {
  received = [];
  contentTypes = [];
});

function isAddress(address: unknown): address is AddressInfo {
  return typeof address === 'object' && address !== null && 'port' in address;
}

/** Gives `send` a tracer, and returns once everything it made has arrived. */
async function exporting(
  exporter: JsonExporter | ProtoExporter,
  send: (tracer: Tracer) => Promise<void> | void,
) {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'claims' }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  await send(provider.getTracer('claims-agent', '2.1'));
  await provider.shutdown();
  return received;
}

const EXPORTERS = {
  'application/x-protobuf': () => new ProtoExporter({ url: endpoint }),
  'application/json': () => new JsonExporter({ url: endpoint }),
};

describe.each(Object.entries(EXPORTERS))('an OpenTelemetry client that sends %s', (contentType, exporter) => {
  it('has its spans read as it meant them', async () => {
    const startMs = Date.now() - 60_000;
    const spans = await exporting(exporter(), (tracer) => {
      const root = tracer.startSpan('invoke_agent claims', {
        startTime: startMs,
        kind: SpanKind.INTERNAL,
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'claims' },
      });
      const call = tracer.startSpan(
        'execute_tool refund.create',
        {
          startTime: startMs + 10,
          attributes: {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': 'refund.create',
            'gen_ai.tool.call.arguments': '{"amount":12.5}',
            numbers: [1, 2.5],
            note: 'ünïcode 👋',
          },
        },
        trace.setSpan(ROOT_CONTEXT, root),
      );
      call.addEvent('exception', { 'exception.message': 'refused' }, startMs + 20);
      call.setStatus({ code: SpanStatusCode.ERROR, message: 'refused' });
      call.end(startMs + 30);
      root.end(startMs + 40);
    });

    expect(contentTypes).toEqual([contentType]);
    const root = spans.find((span) => span.parentSpanId === null);
    const call = spans.find((span) => span.parentSpanId !== null);
    expect(root).toMatchObject({ operation: 'agent', agentName: 'claims', durationUs: 40_000, faults: [] });
    expect(call).toMatchObject({
      traceId: root?.traceId,
      parentSpanId: root?.spanId,
      kind: 1,
      startUs: (startMs + 10) * 1000,
      durationUs: 20_000,
      status: 'error',
      statusMessage: 'refused',
      attributes: { numbers: [1, 2.5], note: 'ünïcode 👋' },
      events: [
        { name: 'exception', atUs: (startMs + 20) * 1000, attributes: { 'exception.message': 'refused' } },
      ],
      scope: { name: 'claims-agent', version: '2.1' },
      tool: { name: 'refund.create', arguments: { amount: 12.5 } },
      faults: [],
    });
    expect(call?.resource['service.name']).toBe('claims');
  });

  it('has the telemetry of the Vercel AI SDK recognised, each token once', async () => {
    const answers = [
      {
        content: [
          {
            type: 'tool-call',
            toolCallId: 'call-1',
            toolName: 'getWeather',
            input: '{"city":"Bonn"}',
          } as const,
        ],
        finishReason: 'tool-calls' as const,
        usage: { inputTokens: 40, outputTokens: 8, totalTokens: 48 },
        warnings: [],
      },
      {
        content: [{ type: 'text', text: 'Sunny.' } as const],
        finishReason: 'stop' as const,
        usage: { inputTokens: 60, outputTokens: 5, totalTokens: 65 },
        warnings: [],
      },
    ];
    const spans = await exporting(exporter(), async (tracer) => {
      const { text } = await generateText({
        model: new MockLanguageModelV2({ provider: 'mock.chat', modelId: 'mock-1', doGenerate: answers }),
        prompt: 'What is the weather in Bonn?',
        stopWhen: stepCountIs(3),
        tools: {
          getWeather: tool({
            inputSchema: z.object({ city: z.string() }),
            execute: ({ city }) => ({ city, sky: 'clear' }),
          }),
        },
        experimental_telemetry: {
          isEnabled: true,
          functionId: 'weather-agent',
          metadata: { sessionId: 'session-7' },
          tracer,
        },
      });
      expect(text).toBe('Sunny.');
    });

    expect(spans.map((span) => span.operation).sort()).toEqual(['agent', 'model', 'model', 'tool']);
    const calls = spans.filter((span) => span.operation === 'model').sort((a, b) => a.startUs - b.startUs);
    expect(calls.map((span) => [span.model, span.provider, span.tokens])).toEqual([
      ['mock-1', 'mock', { input: 40, output: 8, cachedInput: 0 }],
      ['mock-1', 'mock', { input: 60, output: 5, cachedInput: 0 }],
    ]);
    expect(spans.filter((span) => span.operation !== 'model').every((span) => span.tokens === null)).toBe(
      true,
    );
    expect(spans.find((span) => span.operation === 'tool')?.tool).toEqual({
      name: 'getWeather',
      callId: 'call-1',
      arguments: { city: 'Bonn' },
      result: { city: 'Bonn', sky: 'clear' },
    });
    const agent = spans.find((span) => span.operation === 'agent');
    expect(agent).toMatchObject({
      agentName: 'weather-agent',
      conversationId: 'session-7',
      parentSpanId: null,
    });
  });
});
