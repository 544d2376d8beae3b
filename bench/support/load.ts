/**
 * The load of `decide`, in a process of its own so that it measures and does not share a core with what it measures.
 * Takes its order as JSON in the first argument and prints the result as one line of JSON.
 */
import autocannon from 'autocannon';
import { z } from 'zod';

const order = z
  .object({ url: z.string(), key: z.string(), connections: z.int(), seconds: z.number() })
  .parse(JSON.parse(process.argv[2] ?? ''));

const TOOLS = ['claims.get', 'documents.ocr', 'notes.add', 'payments.execute'];
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
console.log(
  JSON.stringify({
    perSecond: result.requests.average,
    p99: result.latency.p99,
    p50: result.latency.p50,
    total: result.requests.total,
    failed: result.non2xx + result.errors + result.timeouts,
  }),
);
