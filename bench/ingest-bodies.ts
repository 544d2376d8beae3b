import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** Spans a second is a matter of what the spans carry: these are runs of a refund desk with their arguments and results. */
export interface Bodies {
  /** `ExportTraceServiceRequest` messages, as exporters send them: up to 512 spans, in the order spans ended. */
  bodies: Buffer[];
  spans: number;
  runs: number;
}

const EXPORT_BATCH = 512;
const PROCESSES = 8;
/** Runs that one process of the agent has in hand at a time. */
const CONCURRENT = 8;
const MODEL = 'gpt-4o-2024-08-06';

type Attributes = { key: string; value: Record<string, unknown> }[];
interface WireSpan {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId: Buffer;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attributes;
  status: { code: number };
  endMs: number;
}

/** Deterministic: xorshift32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

function attributesOf(record: Record<string, string | number | string[]>): Attributes {
  return Object.entries(record).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'number'
          ? { intValue: value }
          : { arrayValue: { values: value.map((item) => ({ stringValue: item })) } },
  }));
}

function bytes(random: () => number, length: number): Buffer {
  const id = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) id[at] = Math.floor(random() * 256);
  id[0] = 1 + ((id[0] ?? 0) % 255);
  return id;
}

/** One run: an agent span over five model calls and six tool calls, one after the other. */
function runOf(random: () => number, startMs: number): WireSpan[] {
  const traceId = bytes(random, 16);
  const rootId = bytes(random, 8);
  const order = `A-${Math.floor(random() * 1e6)}`;
  const spans: WireSpan[] = [];
  let at = startMs + 5;
  const add = (name: string, kind: number, lasts: number, attributes: Attributes) => {
    spans.push({
      traceId,
      spanId: bytes(random, 8),
      parentSpanId: rootId,
      name,
      kind,
      startTimeUnixNano: `${Math.round(at * 1000)}000`,
      endTimeUnixNano: `${Math.round((at + lasts) * 1000)}000`,
      attributes,
      status: { code: 0 },
      endMs: at + lasts,
    });
    at += lasts + 3 + random() * 10;
  };
  const model = () => {
    const input = 800 + Math.floor(random() * 4000);
    add(
      `chat ${MODEL}`,
      3,
      400 + random() * 1500,
      attributesOf({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.response.model': MODEL,
        'gen_ai.request.temperature': 0,
        'gen_ai.response.id': `chatcmpl-${Math.floor(random() * 1e12).toString(36)}`,
        'gen_ai.response.finish_reasons': ['tool_calls'],
        'gen_ai.usage.input_tokens': input,
        'gen_ai.usage.output_tokens': 30 + Math.floor(random() * 400),
        'gen_ai.usage.cache_read.input_tokens': Math.floor(input / 2),
        'server.address': 'api.openai.com',
      }),
    );
  };
  const tool = (name: string, args: unknown, result: unknown) =>
    add(
      `execute_tool ${name}`,
      1,
      20 + random() * 200,
      attributesOf({
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': name,
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.call.id': `call_${Math.floor(random() * 1e12).toString(36)}`,
        'gen_ai.tool.call.arguments': JSON.stringify(args),
        'gen_ai.tool.call.result': JSON.stringify(result),
      }),
    );
  model();
  tool(
    'orders.get',
    { orderId: order },
    {
      orderId: order,
      status: 'delivered',
      deliveredOn: '2026-05-28',
      items: [
        { sku: 'CHAIR-OAK', quantity: 2, price: 89.5, note: 'left at the neighbour on the second floor' },
        { sku: 'LAMP-BRASS', quantity: 1, price: 45, note: null },
      ],
      customer: { name: 'R. Okafor', city: 'Leeds' },
    },
  );
  model();
  tool(
    'policy.search',
    { query: 'refund of a damaged item after delivery', limit: 3 },
    {
      hits: [
        {
          title: 'Damaged on arrival',
          text: 'A refund is given when damage is told of within 14 days of delivery.',
        },
        { title: 'Partial refunds', text: 'Where one item of several is damaged its own price is refunded.' },
      ],
    },
  );
  tool(
    'notes.add',
    { orderId: order, text: `Customer told of damage, case ${Math.floor(random() * 1e6)}` },
    { ok: true },
  );
  model();
  tool('orders.get', { orderId: order, part: 'payments' }, { paid: 224, refunded: 0, currency: 'GBP' });
  model();
  tool(
    'refunds.pay',
    { orderId: order, amount: 45 },
    { refund: `R-${Math.floor(random() * 1e6)}`, state: 'accepted' },
  );
  tool('notes.add', { orderId: order, text: 'Refund of 45.00 paid, customer informed.' }, { ok: true });
  model();
  spans.push({
    traceId,
    spanId: rootId,
    parentSpanId: Buffer.alloc(0),
    name: 'invoke_agent refund-desk',
    kind: 1,
    startTimeUnixNano: `${Math.round(startMs * 1000)}000`,
    endTimeUnixNano: `${Math.round(at * 1000)}000`,
    attributes: attributesOf({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'refund-desk',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
    }),
    status: { code: 1 },
    endMs: at,
  });
  return spans;
}

/** Bodies with about `spans` spans, from a few processes that each have several runs in hand. */
export async function makeBodies(spans: number, seed = 42): Promise<Bodies> {
  const root = await protobuf.load('lib/telemetry/proto/trace.proto');
  const request = root.lookupType('countersign.otlp.ExportTraceServiceRequest');
  const random = randomOf(seed);
  const perProcess = Math.ceil(spans / PROCESSES);
  const queues: Buffer[][] = [];
  let total = 0;
  let runs = 0;
  for (let process = 0; process < PROCESSES; process += 1) {
    const all: WireSpan[] = [];
    const busyUntil = Array.from({ length: CONCURRENT }, () => Date.UTC(2026, 5, 1, 9) + random() * 5000);
    while (all.length < perProcess) {
      const next = busyUntil.indexOf(Math.min(...busyUntil));
      const run = runOf(random, busyUntil[next] ?? 0);
      busyUntil[next] = (run.at(-1)?.endMs ?? 0) + random() * 1000;
      all.push(...run);
      runs += 1;
    }
    all.sort((a, b) => a.endMs - b.endMs);
    total += all.length;
    const resource = {
      attributes: attributesOf({
        'service.name': 'refund-desk',
        'service.version': '4.2.0',
        'service.instance.id': `refund-desk-${process}`,
        'host.name': `worker-${process}.internal`,
        'telemetry.sdk.language': 'nodejs',
        'telemetry.sdk.name': 'opentelemetry',
        'telemetry.sdk.version': '2.1.0',
      }),
    };
    const queue: Buffer[] = [];
    for (let at = 0; at < all.length; at += EXPORT_BATCH)
      queue.push(
        Buffer.from(
          request
            .encode(
              request.fromObject({
                resourceSpans: [
                  {
                    resource,
                    scopeSpans: [
                      {
                        scope: { name: 'refund-desk', version: '4.2.0' },
                        spans: all.slice(at, at + EXPORT_BATCH),
                      },
                    ],
                  },
                ],
              }),
            )
            .finish(),
        ),
      );
    queues.push(queue);
  }
  const bodies: Buffer[] = [];
  for (let at = 0; queues.some((queue) => at < queue.length); at += 1)
    for (const queue of queues) {
      const body = queue[at];
      if (body !== undefined) bodies.push(body);
    }
  return { bodies, spans: total, runs };
}

/** For handing bodies to another process: lengths and bytes, one after the other. */
export function pack(bodies: readonly Buffer[]): Buffer {
  const parts = bodies.flatMap((body) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(body.length);
    return [length, body];
  });
  return gzipSync(Buffer.concat(parts), { level: 1 });
}

export function unpack(file: string): Buffer[] {
  const all = gunzipSync(readFileSync(file));
  const bodies: Buffer[] = [];
  for (let at = 0; at < all.length; ) {
    const length = all.readUInt32LE(at);
    bodies.push(all.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return bodies;
}
