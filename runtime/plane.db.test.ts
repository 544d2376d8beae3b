import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { otlpJson, type TestSpan } from '@/lib/services/testing/otlp';
import { mixedRequests } from '@/runtime/testing/mixed-requests';
import { type Plane, startPlane } from '@/runtime/testing/plane';

const T0 = Date.UTC(2026, 5, 1, 9);
const planes: Plane[] = [];
afterEach(async () => {
  for (const plane of planes.splice(0)) await plane.end('SIGKILL');
});
const start = async (env?: Record<string, string>) => {
  const plane = await startPlane(env);
  planes.push(plane);
  return plane;
};

async function given() {
  const workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  await givenAgent(workspace);
  const { secret } = await givenKey(workspace, ['ingest']);
  return { workspace, secret };
}

const requestsOf = (runs: number, requests: number) => mixedRequests(runs, requests, T0);

const post = (plane: Plane, secret: string, spans: readonly TestSpan[]) =>
  fetch(`${plane.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: otlpJson(spans),
    signal: AbortSignal.timeout(30_000),
  });

async function storedIds(workspaceId: string): Promise<Set<string>> {
  const result = await db().query<{ id: string }>(
    `SELECT encode(trace_id, 'hex') || encode(span_id, 'hex') AS id FROM span WHERE workspace_id = $1`,
    [workspaceId],
  );
  const ids = new Set(result.rows.map((row) => row.id));
  expect(ids.size).toBe(result.rows.length);
  return ids;
}

/** What the run rows say adds up to what is stored: nothing was counted twice or not at all. */
async function expectWhole(workspaceId: string, requests: readonly TestSpan[][], runs: number) {
  const spans = requests.flat();
  expect(await storedIds(workspaceId)).toEqual(new Set(spans.map((span) => span.traceId + span.spanId)));
  const totals = await db().query(
    `SELECT count(*)::int AS runs, sum(span_count)::int AS spans, sum(tool_calls)::int AS tools,
       sum(model_calls)::int AS models, sum(input_tokens)::int AS tokens, bool_and(status = 'finished') AS finished
     FROM run WHERE workspace_id = $1`,
    [workspaceId],
  );
  expect(totals.rows[0]).toEqual({
    runs,
    spans: spans.length,
    tools: runs * 6,
    models: runs * 3,
    tokens: runs * 3 * 500,
    finished: true,
  });
}

describe('a runtime plane', () => {
  it('loses no acknowledged span and doubles none when it is killed in the middle of the load', async () => {
    const { workspace, secret } = await given();
    const requests = requestsOf(200, 80);
    const acknowledged: TestSpan[] = [];
    const first = await start();
    const unanswered = [...requests];
    const sender = async () => {
      for (let spans = unanswered.shift(); spans !== undefined; spans = unanswered.shift()) {
        const answer = await post(first, secret, spans).catch(() => null);
        if (answer?.status !== 200) return;
        acknowledged.push(...spans);
        if (acknowledged.length > 600) first.process.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, sender));
    expect(acknowledged.length).toBeGreaterThan(600);
    expect(acknowledged.length).toBeLessThan(2000);
    const stored = await storedIds(workspace.id);
    for (const span of acknowledged) expect(stored).toContain(span.traceId + span.spanId);

    // The exporter does not know what came through, so it sends everything again.
    const second = await start();
    for (const answer of await Promise.all(requests.map((spans) => post(second, secret, spans))))
      expect(answer.status).toBe(200);
    await expectWhole(workspace.id, requests, 200);
  }, 120_000);

  it('shares the same traces with another plane without losing or doubling a span', async () => {
    const { workspace, secret } = await given();
    const requests = requestsOf(150, 60);
    const [one, other] = await Promise.all([start(), start()]);
    // Every request goes to both planes at about the same time, in opposite order.
    const answers = await Promise.all([
      ...requests.map((spans) => post(one, secret, spans)),
      ...[...requests].reverse().map((spans) => post(other, secret, spans)),
    ]);
    expect(answers.map((answer) => answer.status).filter((status) => status !== 200)).toEqual([]);
    await expectWhole(workspace.id, requests, 150);
  }, 120_000);

  it('answers what it has taken before it ends on SIGTERM', async () => {
    const { workspace, secret } = await given();
    const requests = requestsOf(100, 20);
    const plane = await start();
    const answers = requests.map((spans) => post(plane, secret, spans));
    // Once the first is answered, all have been sent.
    await Promise.race(answers);
    const ended = plane.end('SIGTERM');
    const statuses = (await Promise.allSettled(answers)).map((one) =>
      one.status === 'fulfilled' ? one.value.status : 0,
    );
    expect((await ended).code).toBe(0);
    const stored = await storedIds(workspace.id);
    for (const [index, spans] of requests.entries())
      if (statuses[index] === 200)
        for (const span of spans) expect(stored).toContain(span.traceId + span.spanId);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  }, 120_000);

  it('says 503 with Retry-After while the database is away, and takes the same request afterwards', async () => {
    const { workspace, secret } = await given();
    const line = await cuttableLine(new URL(process.env.DATABASE_URL ?? ''));
    const plane = await start({ DATABASE_URL: line.url });
    const requests = requestsOf(5, 2);
    const [first = [], second = []] = requests;
    expect((await post(plane, secret, first)).status).toBe(200);
    line.cut();
    const refused = await post(plane, secret, second);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${plane.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${plane.url}/readyz`)).status).toBe(503);
    await line.mend();
    expect((await post(plane, secret, second)).status).toBe(200);
    await expectWhole(workspace.id, requests, 5);
    await plane.end('SIGTERM');
    await line.close();
  }, 120_000);
});

/** A connection to the database that can be cut: a relay on a port of its own. */
async function cuttableLine(target: URL) {
  const open = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve) => {
      server = createServer((near) => {
        const far = connect(Number(target.port), target.hostname);
        for (const [socket, other] of [
          [near, far],
          [far, near],
        ] as const) {
          open.add(socket);
          socket.on('error', () => other.destroy());
          socket.on('close', () => {
            open.delete(socket);
            other.destroy();
          });
        }
        near.pipe(far).pipe(near);
      });
      server.listen(port, '127.0.0.1', () => {
        const address = server?.address();
        if (typeof address === 'object' && address !== null) port = address.port;
        resolve();
      });
    });
  await listen();
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const cut = () => {
    server?.close();
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    mend: listen,
    close: async () => cut(),
  };
}
