/**
 * The load of `decide`, in a process of its own so that it measures and does not share a core with what it measures. Takes
 * one order after the other as lines of JSON and prints the result of each as a line of JSON: it lives as long as what it
 * measures, so that neither is measured while it is still being compiled.
 */
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';
import { z } from 'zod';

const orderSchema = z.object({ url: z.string(), key: z.string(), connections: z.int(), seconds: z.number() });

const TOOLS = ['claims.get', 'documents.ocr', 'notes.add', 'payments.execute'];

async function load(order: z.output<typeof orderSchema>) {
  let clients = 0;
  const result = await autocannon({
    url: order.url,
    connections: order.connections,
    duration: order.seconds,
    // Each connection is an agent in a run of its own, making the same round of calls again and again.
    setupClient: (client) => {
      clients += 1;
      const run = clients;
      client.setRequests(
        Array.from({ length: 16 }, (_, i) => ({
          method: 'POST',
          path: `/v1/runs/bench-${run}/decisions`,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${order.key}` },
          body: JSON.stringify({
            tool: TOOLS[i % TOOLS.length],
            arguments: {
              claimId: `C-${run}-${i}`,
              amount: 250 * i,
              payee: { name: 'K. Lindner', verified: i % 2 === 0 },
            },
          }),
        })),
      );
    },
  });
  return {
    perSecond: result.requests.average,
    p99: result.latency.p99,
    p50: result.latency.p50,
    total: result.requests.total,
    failed: result.non2xx + result.errors + result.timeouts,
  };
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await load(orderSchema.parse(JSON.parse(line)))));
