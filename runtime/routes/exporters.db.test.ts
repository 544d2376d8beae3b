import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { buildServer } from '@/runtime/server';

let server: FastifyInstance;
let base: string;
beforeAll(async () => {
  server = buildServer({ logLevel: 'silent' });
  base = await server.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

describe('an agent with an unmodified OpenTelemetry SDK', () => {
  for (const [name, Exporter] of [
    ['protobuf', ProtoExporter],
    ['JSON', HttpExporter],
  ] as const)
    for (const compression of ['none', 'gzip'] as const)
      it(`has its run recorded over ${name}, compression ${compression}`, async () => {
        const workspace = await givenWorkspace();
        await givenVersion(workspace, null);
        const agent = await givenAgent(workspace);
        const { secret } = await givenKey(workspace, ['ingest']);
        process.env.OTEL_EXPORTER_OTLP_COMPRESSION = compression;
        const exporter = new Exporter({
          url: `${base}/v1/traces`,
          headers: { authorization: `Bearer ${secret}` },
        });
        const provider = new NodeTracerProvider({
          resource: resourceFromAttributes({ 'service.name': 'refund-desk' }),
          spanProcessors: [new BatchSpanProcessor(exporter)],
        });
        const tracer = provider.getTracer('test');
        const root = tracer.startSpan('invoke_agent refund-desk', {
          root: true,
          attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'refund-desk' },
        });
        const inRun = trace.setSpan(context.active(), root);
        tracer
          .startSpan(
            'chat gpt-4o',
            {
              attributes: {
                'gen_ai.operation.name': 'chat',
                'gen_ai.request.model': 'gpt-4o',
                'gen_ai.usage.input_tokens': 120,
                'gen_ai.usage.output_tokens': 30,
              },
            },
            inRun,
          )
          .end();
        const tool = tracer.startSpan(
          'execute_tool orders.get',
          {
            attributes: {
              'gen_ai.operation.name': 'execute_tool',
              'gen_ai.tool.name': 'orders.get',
              'gen_ai.tool.call.arguments': JSON.stringify({ orderId: 'A1' }),
            },
          },
          inRun,
        );
        tool.setStatus({ code: SpanStatusCode.ERROR, message: 'timeout' });
        tool.end();
        root.end();
        await provider.forceFlush();
        await provider.shutdown();
        const runs = await db().query('SELECT * FROM run WHERE workspace_id = $1', [workspace.id]);
        expect(runs.rows).toHaveLength(1);
        expect(runs.rows[0]).toMatchObject({
          key: root.spanContext().traceId,
          agent_id: agent.id,
          status: 'finished',
          span_count: 3,
          tool_calls: 1,
          model_calls: 1,
          error_count: 1,
          input_tokens: 120,
          faults: [],
        });
        expect(runs.rows[0].cost_usd).toBeGreaterThan(0);
      });
});
