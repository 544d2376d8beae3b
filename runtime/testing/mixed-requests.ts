import { agentSpan, hex, modelCall, type TestSpan, toolCall } from '@/lib/services/testing/otlp';

/** Spans of each run: a root, six tool calls and three model calls. */
export const STEPS = 9;

/**
 * `runs` finished runs dealt out over `requests` bodies, so that a run's spans come in several of them.
 * Times are epoch milliseconds; the first run starts at `startMs`, each next one a millisecond later.
 */
export function mixedRequests(runs: number, requests: number, startMs: number): TestSpan[][] {
  const bodies: TestSpan[][] = Array.from({ length: requests }, () => []);
  for (let run = 0; run < runs; run += 1) {
    const traceId = hex(16);
    const start = startMs + run;
    const root = agentSpan({ traceId, start, end: start + STEPS * 1000 }, 'refund-desk');
    const spans = [root];
    for (let step = 0; step < STEPS; step += 1) {
      const place = { traceId, parentSpanId: root.spanId, start: start + step * 1000 };
      spans.push(
        step % 3 === 0
          ? modelCall(place, 'gpt-4o', 500, 50)
          : toolCall(place, 'orders.get', { orderId: `A${step}` }, { fine: true }),
      );
    }
    for (const [index, span] of spans.entries()) bodies[(run * 7 + index * 3) % requests]?.push(span);
  }
  return bodies;
}
