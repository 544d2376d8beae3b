/**
 * The load of `decide`, in a process of its own. Takes one order after the other as lines of JSON and prints the result of
 * each as a line of JSON: it lives as long as what it measures, so that neither is measured while it is still being compiled.
 *
 * It shares the machine with what it measures, so it does only what a client must: requests are made beforehand, and of an
 * answer it reads status and length. A general client (autocannon) takes half as much again, from both that are compared.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const orderSchema = z.object({ url: z.string(), key: z.string(), connections: z.int(), seconds: z.number() });
type Order = z.output<typeof orderSchema>;

const TOOLS = ['claims.get', 'documents.ocr', 'notes.add', 'payments.execute'];
/** How long after its end an order waits for answers. */
const LINGER_MS = 10_000;
/** Latencies are counted in steps of 10 µs, up to four seconds. */
const STEPS_PER_MS = 100;
const STEPS = 4000 * STEPS_PER_MS;
const HEAD_END = '\r\n\r\n';

/** What is counted over all connections. */
interface Tally {
  readonly latencies: Uint32Array;
  total: number;
  failed: number;
}

async function load(order: Order) {
  const tally: Tally = { latencies: new Uint32Array(STEPS), total: 0, failed: 0 };
  const began = performance.now();
  const until = began + order.seconds * 1000;
  await Promise.all(Array.from({ length: order.connections }, (_, i) => agent(order, i + 1, until, tally)));
  return {
    perSecond: (1000 * tally.total) / (performance.now() - began),
    p50: percentile(tally, 0.5),
    p99: percentile(tally, 0.99),
    total: tally.total,
    failed: tally.failed,
  };
}

/** One agent on a connection of its own: asks, awaits the whole answer, asks the next, until the time is over. */
function agent(order: Order, run: number, until: number, tally: Tally): Promise<void> {
  const requests = requestsOf(order, run);
  return new Promise((ended) => {
    let asked = 0;
    let sentAt = 0;
    let answer = '';
    let left = false;
    const ask = () => {
      const request = requests[asked % requests.length];
      asked += 1;
      sentAt = performance.now();
      if (request !== undefined) socket.write(request);
    };
    const received = Buffer.allocUnsafe(16 * 1024);
    const hear = (length: number) => {
      answer += received.toString('latin1', 0, length);
      if (!isWhole(answer)) return true;
      const now = performance.now();
      tally.total += 1;
      if (!answer.startsWith('HTTP/1.1 200 ')) tally.failed += 1;
      const step = Math.min(STEPS - 1, Math.floor((now - sentAt) * STEPS_PER_MS));
      tally.latencies[step] = (tally.latencies[step] ?? 0) + 1;
      answer = '';
      if (now < until) ask();
      else {
        left = true;
        socket.end();
      }
      return true;
    };
    const { hostname, port } = new URL(order.url);
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer: received, callback: hear },
    });
    const patience = setTimeout(() => socket.destroy(), until - performance.now() + LINGER_MS);
    socket.on('connect', ask);
    // What went wrong shows in the close that follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(patience);
      if (!left) tally.failed += 1;
      ended();
    });
  });
}

/** Each connection is an agent in a run of its own, making the same round of calls again and again. */
function requestsOf({ url, key }: Order, run: number): Buffer[] {
  return Array.from({ length: 16 }, (_, i) => {
    const body = JSON.stringify({
      tool: TOOLS[i % TOOLS.length],
      arguments: {
        claimId: `C-${run}-${i}`,
        amount: 250 * i,
        payee: { name: 'K. Lindner', verified: i % 2 === 0 },
      },
    });
    const head = [
      `POST /v1/runs/bench-${run}/decisions HTTP/1.1`,
      `Host: ${new URL(url).host}`,
      'Connection: keep-alive',
      'content-type: application/json',
      `authorization: Bearer ${key}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    return Buffer.from(`${head.join('\r\n')}${HEAD_END}${body}`);
  });
}

/** Whether head and body are there. Both servers say how long their body is. */
function isWhole(answer: string): boolean {
  const head = answer.indexOf(HEAD_END);
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1];
  return length !== undefined && answer.length >= head + HEAD_END.length + Number(length);
}

/** In ms: so many of the answers took no longer. */
function percentile({ latencies, total }: Tally, share: number): number {
  let seen = 0;
  const step = latencies.findIndex((count) => {
    seen += count;
    return seen >= total * share;
  });
  return (step + 1) / STEPS_PER_MS;
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await load(orderSchema.parse(JSON.parse(line)))));
