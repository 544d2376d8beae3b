import { context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { actAs, enterDemo, expect, runtimeUrl, test } from './fixtures';
import { createKeyInTheBrowser } from './keys';

/** An agent as any OpenTelemetry user writes one: nothing of ours in it. */
async function runAgent(key: string, options: { conversation: string; attachment: string }): Promise<void> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'claims-processor' }),
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
  const root = tracer.startSpan('invoke_agent claims-processor', {
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'claims-processor',
      'gen_ai.conversation.id': options.conversation,
    },
  });
  const within = trace.setSpan(context.active(), root);
  tracer
    .startSpan(
      'execute_tool documents.ocr',
      {
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'documents.ocr',
          'gen_ai.tool.call.arguments': JSON.stringify({ document_id: `${options.conversation}/att-1` }),
          'gen_ai.tool.call.result': JSON.stringify({ text: options.attachment }),
        },
      },
      within,
    )
    .end();
  root.end();
  await provider.forceFlush();
  await provider.shutdown();
}

test('a run of an unmodified OpenTelemetry client shows in the open list without a reload', async ({
  page,
}) => {
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Live agent');
  await page.goto('/runs');
  await expect(page.getByText('CLM-209117')).toBeVisible();
  const conversation = `live-${Date.now()}`;
  await runAgent(key, { conversation, attachment: 'Estimate. Total 812.40.' });
  // New rows wait behind a pill, so that the list does not move under the reader.
  await page.getByRole('button', { name: /1 new/ }).click();
  await expect(page.getByText(conversation)).toBeVisible();
});

test('a breach reaches the operator in the app at once, and resuming the run says so to the agent', async ({
  page,
}) => {
  await enterDemo(page);
  const key = await createKeyInTheBrowser(page, 'Breaching agent');
  await actAs(page, 'Dana Whitfield');
  await page.goto('/agents');
  const conversation = `breach-${Date.now()}`;
  await runAgent(key, { conversation, attachment: 'Payee Kessler, IBAN GB82 WEST 1234 5698 7654 32.' });
  const call = page.getByRole('button', { name: /Open INC-\d+/ });
  await expect(call).toBeVisible();
  await call.click();
  await expect(page.getByText(conversation).first()).toBeVisible();

  const state = async () => {
    const response = await fetch(`${runtimeUrl()}/v1/runs/${conversation}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'status' in body ? body.status : null;
  };
  expect(await state()).toBe('paused');
  await page.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByText('by Dana').first()).toBeVisible();
  await page.getByRole('button', { name: 'Resume run' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('The account is the claimant’s own.');
  await page.getByRole('dialog').getByRole('button', { name: 'Resume run' }).click();
  await expect(page.getByText('Run resumed').first()).toBeVisible();
  expect(await state()).toBe('finished');
});
