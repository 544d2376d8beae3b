import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeTraces } from '@/lib/telemetry/decode';
import { recognise } from '@/lib/telemetry/recognise';
import { encodeExportResponse } from '@/lib/telemetry/response';
import type { Span } from '@/lib/telemetry/span';
import { requestOf, SOUND } from '@/lib/telemetry/testing/otlp';

const KEY = 'the-right-key';
let folder: string;
let server: Server;
let endpoint: string;
let received: Span[] = [];
let outcomes: { metric: string; value: unknown; run: string }[] = [];
const outcomesSchema = z.array(z.object({ metric: z.string(), value: z.unknown(), run: z.string() }));

/** A recorded run of ours: no times, no tokens, one failed call. */
const RUN = {
  source: 'tests',
  agent: 'claims',
  run_id: 'tests/claims/1',
  task_id: '1',
  steps: [
    { kind: 'model', name: 'gpt-4o', out_bytes: 0, tool_calls: 1 },
    { kind: 'tool', name: 'refund.create', args: { amount: 12.5 }, result_bytes: 400 },
    { kind: 'tool', name: 'claim.close', args: {}, result_bytes: 0, error: 'ValueError: No such claim' },
    { kind: 'model', name: 'gpt-4o', out_bytes: 80, tool_calls: 0 },
  ],
  outcome: { success: true },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.headers.authorization !== `Bearer ${KEY}`) {
        response.statusCode = 401;
        response.end();
        return;
      }
      if (request.url === '/v1/signals') {
        outcomes.push(...outcomesSchema.parse(JSON.parse(Buffer.concat(chunks).toString())));
        response.end(JSON.stringify({ refused: 0, signals: [] }));
        return;
      }
      const type = request.headers['content-type'] === 'application/json' ? 'json' : 'protobuf';
      const { spans, rejected } = decodeTraces(Buffer.concat(chunks), type, Date.now());
      received.push(...spans.map(recognise));
      response.setHeader('content-type', request.headers['content-type'] ?? '');
      const partial = { rejectedSpans: rejected.count, errorMessage: rejected.reasons.join('; ') };
      response.end(encodeExportResponse(type, rejected.count === 0 ? null : partial));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  endpoint = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  await new Promise<void>((closed) => server.close(() => closed()));
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  received = [];
  outcomes = [];
});

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Runs the script as `npm run replay` does. */
function replay(...options: string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((done) => {
    const script = ['--import', 'tsx', 'scripts/replay.ts', ...options];
    const env = { ...process.env, COUNTERSIGN_KEY: '', COUNTERSIGN_ENDPOINT: '' };
    execFile(process.execPath, script, { env }, (failure, out, error) => {
      done({
        code: typeof failure?.code === 'number' ? failure.code : failure === null ? 0 : -1,
        out,
        error,
      });
    });
  });
}

const sent = (path: string, ...more: string[]) => replay(path, '--endpoint', endpoint, '--key', KEY, ...more);

describe('replaying recorded runs', { timeout: 30_000 }, () => {
  it('sends each as its agent would have, and says what was supplied', async () => {
    const path = await file(
      'runs.jsonl',
      `${JSON.stringify(RUN)}\n${JSON.stringify({ ...RUN, run_id: 'tests/claims/2' })}\n`,
    );
    const { code, out, error } = await sent(path);
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain('2 runs sent, 10 spans');
    expect(out).toContain('Times were supplied for 2 of them');
    expect(out).toContain('Token counts were supplied for 2 of them');

    expect(received).toHaveLength(10);
    expect(new Set(received.map((span) => span.conversationId)).size).toBe(2);
    expect(received.every((span) => span.faults.length === 0 && span.startUs < Date.now() * 1000)).toBe(true);
    const first = received.filter((span) => span.conversationId?.startsWith('tests/claims/1@'));
    const root = first.find((span) => span.parentSpanId === null);
    expect(root).toMatchObject({ operation: 'agent', agentName: 'claims', tokens: null });
    expect(root?.attributes['replay.supplied']).toEqual(['times', 'tokens']);
    const children = first.filter((span) => span !== root);
    expect(children.every((span) => span.parentSpanId === root?.spanId)).toBe(true);
    expect(
      children.map((span) => [span.operation, span.tool?.name, span.tool?.arguments, span.status]),
    ).toEqual([
      ['model', undefined, undefined, 'unset'],
      ['tool', 'refund.create', { amount: 12.5 }, 'unset'],
      ['tool', 'claim.close', {}, 'error'],
      ['model', undefined, undefined, 'unset'],
    ]);
    expect(children[3]).toMatchObject({
      model: 'gpt-4o',
      provider: 'openai',
      tokens: { input: 630, output: 20 },
    });
  });

  it('keeps recorded times and tokens, under another agent if asked', async () => {
    const steps = [
      { kind: 'model', name: 'm', tokens_in: 9, tokens_out: 3, duration_ms: 250, cost_usd: 0.5 },
    ];
    const path = await file('whole.jsonl', JSON.stringify({ ...RUN, steps }));
    const { out } = await sent(path, '--agent', 'renamed', '--limit', '1');
    expect(out).not.toContain('supplied');
    const call = received.find((span) => span.operation === 'model');
    expect(call).toMatchObject({
      agentName: 'renamed',
      durationUs: 250_000,
      tokens: { input: 9, output: 3 },
      reportedCostUsd: 0.5,
    });
  });

  it('posts an OTLP/JSON file as it is', async () => {
    const path = await file('trace.json', JSON.stringify(requestOf({ name: 'as recorded' })));
    const { code, out } = await sent(path);
    expect([code, out.includes('1 span sent as recorded')]).toEqual([0, true]);
    expect(received).toMatchObject([{ name: 'as recorded', traceId: SOUND.traceId }]);
  });

  it('fails when spans were refused, and says why', async () => {
    const path = await file('bad.json', JSON.stringify(requestOf({ traceId: 'ab' })));
    const { code, error } = await sent(path);
    expect(code).toBe(1);
    expect(error).toContain('traceId must be 16 bytes');
  });

  it('names the file and line of what it cannot read, before sending anything', async () => {
    const bad = await file('bad.jsonl', `${JSON.stringify(RUN)}\n\n{"source": 1}\n`);
    expect(await sent(bad)).toMatchObject({
      code: 1,
      error: expect.stringContaining('bad.jsonl, line 3 is not a recorded run: source'),
    });
    const broken = await file('broken.jsonl', '{"source": ');
    expect((await sent(broken)).error).toContain('broken.jsonl, line 1 is not JSON');
    expect((await sent(join(folder, 'none.jsonl'))).error).toContain('There is no file at');
    expect(received).toEqual([]);
  });

  it('says when nobody listens, and when the key is not known', async () => {
    const path = await file('one.jsonl', JSON.stringify(RUN));
    const nobody = await replay(path, '--endpoint', 'http://127.0.0.1:47', '--key', KEY);
    expect(nobody).toMatchObject({
      code: 1,
      error: expect.stringContaining('Nobody listens at http://127.0.0.1:47'),
    });
    const stranger = await replay(path, '--endpoint', endpoint, '--key', 'wrong');
    expect(stranger).toMatchObject({ code: 1, error: expect.stringContaining('does not know this key') });
    expect((await replay(path)).error).toContain('Give an API key');
  });
});
