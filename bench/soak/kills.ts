/**
 * `npm run soak [-- spans|pages] [kills]`: the runtime plane killed with SIGKILL at random moments, 50 times unless told: under
 * the load of agents, or (pages.ts) while people are to be paged. Of spans: after each kill the senders send what was not answered again, as exporters do. In the end every acknowledged span is
 * stored, none twice, and every run's totals add up. Exits non-zero otherwise.
 */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { otlpJson, type TestSpan } from '@/lib/services/testing/otlp';
import { mixedRequests, STEPS } from '@/runtime/testing/mixed-requests';
import { withDatabase } from '../support/database';
import { bundlePlane, startBundled } from './bundled-plane';
import { soakPages } from './pages';

const SENDERS = 8;
const RUNS_A_ROUND = 150;

async function post(url: string, secret: string, spans: readonly TestSpan[]): Promise<boolean> {
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: otlpJson(spans),
  }).catch(() => null);
  return answer?.status === 200;
}

const totalsSchema = z.object({
  runs: z.number(),
  spans: z.number(),
  tools: z.number(),
  models: z.number(),
  unfinished: z.number(),
});

async function soakSpans(kills: number): Promise<string[]> {
  const workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  await givenAgent(workspace);
  const { secret } = await givenKey(workspace, ['ingest']);
  const waiting: TestSpan[][] = [];
  const acknowledged = new Set<string>();
  let runs = 0;
  let slowestRecoveryMs = 0;

  for (let kill = 0; kill <= kills; kill += 1) {
    const began = Date.now();
    const plane = await startBundled();
    slowestRecoveryMs = Math.max(slowestRecoveryMs, kill === 0 ? 0 : Date.now() - began);
    if (kill < kills) {
      waiting.push(...mixedRequests(RUNS_A_ROUND, RUNS_A_ROUND / 3, Date.now() - 60_000));
      runs += RUNS_A_ROUND;
    }
    // The last plane lives: it takes whatever is left.
    const timer =
      kill < kills ? setTimeout(() => plane.process.kill('SIGKILL'), randomInt(20, 400)) : undefined;
    const sender = async () => {
      for (let spans = waiting.shift(); spans !== undefined; spans = waiting.shift()) {
        if (!(await post(plane.url, secret, spans))) {
          waiting.push(spans);
          return;
        }
        for (const span of spans) acknowledged.add(span.traceId + span.spanId);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    clearTimeout(timer);
    await plane.end('SIGKILL');
    if (kill % 10 === 0) console.log(`  ${kill} kills, ${acknowledged.size} spans acknowledged`);
  }

  const stored = await db().query<{ id: string }>(
    `SELECT encode(trace_id, 'hex') || encode(span_id, 'hex') AS id FROM span WHERE workspace_id = $1`,
    [workspace.id],
  );
  const ids = new Set(stored.rows.map((row) => row.id));
  const lost = [...acknowledged].filter((id) => !ids.has(id)).length;
  const found = await db().query(
    `SELECT count(*)::int AS runs, sum(span_count)::int AS spans, sum(tool_calls)::int AS tools,
            sum(model_calls)::int AS models, (count(*) FILTER (WHERE status <> 'finished'))::int AS unfinished
       FROM run WHERE workspace_id = $1`,
    [workspace.id],
  );
  const totals = totalsSchema.parse(found.rows[0]);
  console.log(
    `${kills} kills: ${acknowledged.size} spans acknowledged, ${lost} lost, ${stored.rows.length - ids.size} doubled; ` +
      `${totals.runs} runs, ${totals.unfinished} unfinished; slowest restart ${slowestRecoveryMs} ms`,
  );
  const expected = { runs, spans: runs * (STEPS + 1), tools: runs * 6, models: runs * 3, unfinished: 0 };
  return [
    ...(lost > 0 ? [`${lost} acknowledged spans are not stored.`] : []),
    ...(stored.rows.length !== expected.spans
      ? [`${stored.rows.length} spans are stored of ${expected.spans}.`]
      : []),
    ...(JSON.stringify(totals) === JSON.stringify(expected)
      ? []
      : [`Totals are ${JSON.stringify(totals)}, not ${JSON.stringify(expected)}.`]),
  ];
}

const [what, times] = ['spans', 'pages'].includes(process.argv[2] ?? '')
  ? process.argv.slice(2)
  : ['spans', process.argv[2]];
const kills = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .parse(times ?? 50);
await bundlePlane();
const faults = await withDatabase(() => (what === 'pages' ? soakPages(kills) : soakSpans(kills)));
for (const fault of faults) console.log(`✗ ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
