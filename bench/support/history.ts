/**
 * Fills the database with half a year of plausible history: HISTORY_RUNS runs of forty agents under three versions each, ten
 * spans a run (none with HISTORY_SPANS=0), a run in sixteen with breaches, one in two hundred in an incident, signals of half of
 * them. Rows go straight into the tables; what the product derives from them (rollups, words to search) is made by the product's
 * own backfill.
 * Prints, as JSON, whose they are.
 */
import pg from 'pg';
import { closeDb, db } from '@/lib/db/pool';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { agentSpan, hex, modelCall, otlpJson, toolCall } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { fillSaid, SAID_OF } from './history-said';

const RUNS = Number(process.env.HISTORY_RUNS ?? 10_000);
const SPANS = process.env.HISTORY_SPANS !== '0';
const AGENTS = 40;
const DAYS = 180;
const UNITS = ['Retail', 'Claims', 'Treasury', 'Mining', 'Care', 'Logistics', 'Legal', 'People'];

const workspace = await givenWorkspace({ name: 'History', timeZone: 'Europe/Zurich' });
const reader = await givenPerson(workspace, ['operator', 'sponsor', 'engineer']);
await givenVersion(workspace, null);
const agents: { id: string; versions: { id: string; digest: string }[] }[] = [];
for (let number = 0; number < AGENTS; number += 1) {
  const of = (version: string) =>
    aContract({
      identity: {
        agent: `desk-${number}`,
        name: `Desk ${number}`,
        businessUnit: UNITS[number % UNITS.length] ?? 'Retail',
      },
      quality: { technical: { latencyMs: 60_000, errorRate: 0.05 }, ...SAID_OF },
      cost: { perMonth: 100_000, infrastructurePerHour: 0.12, acceptedWhen: 'accepted' },
      versioning: { contract: version },
    });
  const agent = await givenAgent(workspace, of('1.0'));
  const later = [
    await givenVersion(workspace, agent, of('1.1')),
    await givenVersion(workspace, agent, of('1.2')),
  ];
  await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, later[1]?.id]);
  agents.push({
    id: agent.id,
    versions: [agent.version, ...later].map(({ id, digest }) => ({ id, digest })),
  });
}
// A run as intake leaves it: what of it no filter asks for is that of all others.
const { actor: key } = await givenKey(workspace, ['ingest']);
const traceId = hex(16);
const root = { traceId, spanId: hex(8), start: Date.now() - 9000, end: Date.now() };
const at = (spanId: string, ms: number) => ({
  traceId,
  spanId,
  parentSpanId: root.spanId,
  start: root.start + ms,
});
const told = [
  agentSpan(root, 'desk-0'),
  ...[100, 1000, 3000].map((ms) => modelCall(at(hex(8), ms), 'gpt-4o', 1800, 240)),
  ...['orders.get', 'policy.search', 'notes.add'].map((tool, n) =>
    toolCall(at(hex(8), 2000 + n * 900), tool, { orderId: `A-${n}` }, { fine: true }),
  ),
];
await recordSpans(key, decodeTraces(Buffer.from(otlpJson(told, 'desk-0')), 'json', Date.now()).spans);

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
const say = async (what: string, sql: string, values: unknown[] = []) => {
  const began = performance.now();
  const { rowCount } = await client.query(sql, values);
  console.error(`${what}: ${rowCount ?? 0} rows in ${((performance.now() - began) / 1000).toFixed(1)} s`);
};
// Triggers rest: what they would have added row by row is made at the end, at once.
await client.query(
  `SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '256MB'`,
);
await client.query(
  'CREATE TEMP TABLE filled_agent AS SELECT n - 1 AS n, id, versions FROM ROWS FROM (unnest($1::uuid[]), unnest($2::jsonb[])) WITH ORDINALITY AS u(id, versions, n)',
  [agents.map(({ id }) => id), agents.map(({ versions }) => JSON.stringify(versions))],
);
// Indexes are made when the rows are there, in a third of the time.
const { rows: indexes } = await client.query<{ name: string; table: string; made: string }>(
  `SELECT i.indexname AS name, i.tablename AS table, i.indexdef AS made FROM pg_indexes i
    WHERE i.tablename IN ('run', 'signal') AND i.indexdef NOT LIKE 'CREATE UNIQUE%'`,
);
for (const { name } of indexes) await client.query(`DROP INDEX "${name}"`);
const withIndexes = async (table: string) => {
  for (const { name, made } of indexes.filter((index) => index.table === table)) await say(name, made);
};
// Runs lie in the order they came in, under ids that begin with that moment, as intake leaves them. A hash stands for chance, so that
// every fill of a size is the same: nine figures from 0 to 1, in steps of 1/4096.
const CHANCES = Array.from(
  { length: 9 },
  (_, n) => `('x' || substr(x, ${3 * n + 1}, 3))::bit(12)::int / 4096.0::float8`,
).join(', ');
await say(
  'runs',
  `INSERT INTO run (id, workspace_id, agent_id, key, conversation_id, status, started_at, ended_at, received_at,
     contract_version_id, contract_digest, span_count, tool_calls, model_calls, error_count, input_tokens, output_tokens,
     cost_usd, unpriced_calls, risk, band, score, risk_score, quality_score, cost_score, score_coverage, breach_count,
     breaches_low, breaches_medium, breaches_high, breaches_critical, lane, unknown_tools, in_incident, facts, fold,
     fingerprint, root_ended, paused_at)
   SELECT (left(c.came, 8) || '-' || right(c.came, 4) || '-7' || substr(x, 5, 3) || '-8' || substr(x, 8, 3) || '-' || lpad(to_hex(g), 12, '0'))::uuid,
     $1, a.id, CASE WHEN h.p[1] < 0.5 THEN x ELSE 'case-' || g END, CASE WHEN h.p[1] < 0.5 THEN NULL ELSE 'case-' || g END,
     s.status, t.at, t.at + make_interval(secs => 4 + 40 * h.p[2]), t.at + interval '5 seconds',
     (v.version ->> 'id')::uuid, v.version ->> 'digest', s.spans, 3 * s.seen, 3 * s.seen, (h.p[3] < 0.04)::int * s.seen,
     (3000 + 9000 * h.p[4])::int * s.seen, (300 + 900 * h.p[5])::int * s.seen, (0.01 + 0.2 * h.p[4] * h.p[5]) * s.seen,
     (h.p[6] < 0.01)::int * s.seen, s.risk, s.band, s.score, s.score, s.score, s.score, s.seen, s.breaches,
     CASE WHEN s.band = 'low' THEN s.breaches ELSE 0 END, CASE WHEN s.band = 'medium' THEN s.breaches ELSE 0 END,
     CASE WHEN s.band = 'high' THEN s.breaches ELSE 0 END, CASE WHEN s.band = 'critical' THEN s.breaches ELSE 0 END,
     s.lane, CASE WHEN h.p[7] < 0.005 THEN '{shell.exec}'::text[] ELSE '{}' END, g % 200 = 0,
     CASE WHEN s.seen = 0 THEN '{}' ELSE k.facts || jsonb_build_object('callsByTool', CASE
       WHEN h.p[7] < 0.001 THEN '{"orders.get": 1, "payments.reverse": 2}'::jsonb
       WHEN h.p[7] < 0.005 THEN '{"orders.get": 1, "shell.exec": 2}'::jsonb
       WHEN h.p[7] < 0.3 THEN '{"orders.get": 1, "policy.search": 1, "refunds.pay": 1}'::jsonb
       ELSE '{"orders.get": 1, "policy.search": 1, "notes.add": 1}'::jsonb END) END,
     k.fold, k.fingerprint, s.seen = 1, CASE WHEN s.status = 'paused' THEN t.at END
   FROM generate_series(1, ${RUNS}) AS g
   CROSS JOIN LATERAL (SELECT md5('run ' || g) AS x OFFSET 0) AS m
   CROSS JOIN LATERAL (SELECT ARRAY[${CHANCES}] AS p OFFSET 0) AS h
   CROSS JOIN LATERAL (SELECT now() - make_interval(secs => ${DAYS - 1} * 86400.0 * (1 - g / ${RUNS}.0) + 3600 * h.p[8]) AS at OFFSET 0) AS t
   CROSS JOIN LATERAL (SELECT lpad(to_hex((1000 * extract(epoch FROM t.at + interval '5 seconds'))::bigint), 12, '0') AS came OFFSET 0) AS c
   CROSS JOIN LATERAL (SELECT id, versions FROM filled_agent WHERE n = floor(${AGENTS} * h.p[9] * h.p[9]) OFFSET 0) AS a
   CROSS JOIN LATERAL (SELECT a.versions -> least(2, floor(3.0 * g / ${RUNS})::int) AS version OFFSET 0) AS v
   CROSS JOIN (SELECT facts, fold, fingerprint FROM run WHERE workspace_id = $1 LIMIT 1) AS k
   CROSS JOIN LATERAL (SELECT (h.p[3] >= 0.01)::int AS seen) AS n
   CROSS JOIN LATERAL (SELECT n.seen, 10 * n.seen AS spans,
     CASE WHEN h.p[1] < 0.001 THEN 'paused' WHEN h.p[1] < 0.002 THEN 'stopped' WHEN h.p[1] < 0.0025 THEN 'running' ELSE 'finished' END AS status,
     CASE WHEN h.p[2] < 0.82 THEN 'low' WHEN h.p[2] < 0.95 THEN 'medium' WHEN h.p[2] < 0.99 THEN 'high' ELSE 'critical' END AS band,
     CASE WHEN h.p[5] < 0.88 THEN 'allow' WHEN h.p[5] < 0.93 THEN 'degrade' WHEN h.p[5] < 0.98 THEN 'escalate' ELSE 'block' END AS lane,
     100 * h.p[2] * n.seen AS risk,
     CASE n.seen WHEN 1 THEN round((100 - 90 * h.p[2] * h.p[4])::numeric, 1) END AS score,
     CASE WHEN g % 16 = 0 OR g % 200 = 0 THEN n.seen ELSE 0 END AS breaches OFFSET 0) AS s`,
  [workspace.id],
);
await withIndexes('run');
await say(
  'breaches',
  `INSERT INTO breach (id, workspace_id, run_id, agent_id, clause, code, severity, message, contract_version_id, happened_at)
   SELECT gen_random_uuid(), workspace_id, id, agent_id, 'tools/refunds.pay/categories', 'category-not-allowed', band,
     'Touches what the contract does not name.', contract_version_id, started_at
   FROM run WHERE workspace_id = $1 AND breach_count > 0`,
  [workspace.id],
);
await say(
  'incidents',
  `INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, state, breached_at, opened_at,
     paged_at, acknowledged_at, resolved_at, resolution, last_breached_at)
   SELECT md5('incident ' || id)::uuid, workspace_id, n, id, agent_id, 'Touches what it must not',
     'tools/refunds.pay/categories', 'high', CASE WHEN later <= 12 THEN 'open' ELSE 'resolved' END, started_at, started_at,
     started_at + interval '1 second', CASE WHEN later > 12 THEN started_at + interval '1 minute' END,
     CASE WHEN later > 12 THEN started_at + interval '1 hour' END, CASE WHEN later > 12 THEN 'resumed' END, started_at
   FROM (SELECT *, row_number() OVER (ORDER BY started_at) AS n, row_number() OVER (ORDER BY started_at DESC) AS later
           FROM run WHERE workspace_id = $1 AND in_incident) AS r`,
  [workspace.id],
);
await say(
  'runs of incidents',
  `INSERT INTO incident_run (workspace_id, incident_id, run_id, clause, severity, breached_at, last_breached_at, joined_at,
     closed_at, resolution)
   SELECT workspace_id, id, run_id, clause, severity, breached_at, breached_at, opened_at, resolved_at, resolution
     FROM incident WHERE workspace_id = $1`,
  [workspace.id],
);
await client.query(
  'UPDATE workspace SET next_incident = 1 + (SELECT count(*) FROM incident WHERE workspace_id = $1) WHERE id = $1',
  [workspace.id],
);
await fillSaid(say, workspace.id, reader.personId);
await withIndexes('signal');
if (SPANS) {
  // In the order of the index, as ten million places of it at random take many times as long.
  await say(
    'traces',
    `INSERT INTO run_trace (workspace_id, trace_id, run_id)
     SELECT workspace_id, decode(md5(id::text), 'hex'), id FROM run WHERE workspace_id = $1 AND span_count = 10
      ORDER BY md5(id::text)`,
    [workspace.id],
  );
  await say(
    'spans',
    `INSERT INTO span (workspace_id, trace_id, span_id, parent_span_id, name, operation, started_at, duration_us, status,
       dialect, tool, model, input_tokens, output_tokens, cost_usd, risk, categories, lane, clauses, body)
     SELECT t.workspace_id, t.trace_id, int8send(n), CASE WHEN n > 1 THEN int8send(1) END,
       CASE n % 3 WHEN 0 THEN 'execute_tool orders.get' WHEN 1 THEN 'chat gpt-4o' ELSE 'step' END,
       CASE n % 3 WHEN 0 THEN 'tool' WHEN 1 THEN 'model' ELSE 'other' END, r.started_at + make_interval(secs => n), 900000,
       'ok', 'gen_ai', CASE WHEN n % 3 = 0 THEN 'orders.get' END, CASE WHEN n % 3 = 1 THEN 'gpt-4o' END,
       CASE WHEN n % 3 = 1 THEN 1800 END, CASE WHEN n % 3 = 1 THEN 240 END, CASE WHEN n % 3 = 1 THEN 0.007 END, 0, '{}',
       CASE WHEN n % 3 = 0 THEN 'allow' END, '{}', '{"attributes": {"gen_ai.operation.name": "chat", "service.name": "desk"}}'
     FROM run_trace t JOIN run r ON r.id = t.run_id CROSS JOIN generate_series(1, 10) AS n
     WHERE t.workspace_id = $1 ORDER BY t.trace_id, n`,
    [workspace.id],
  );
}
await say('rollups', 'SELECT rollup_rebuild(NULL)');
await say(
  'words to search',
  `INSERT INTO run_words (run_id, words, workspace_id, started_us)
   SELECT id, run_words_of(id, key, conversation_id, facts), workspace_id, epoch_us(started_at) FROM run
   WHERE workspace_id = $1 ON CONFLICT DO NOTHING`,
  [workspace.id],
);
await say('clearing up', 'DELETE FROM run_words_change');
await say('statistics', 'VACUUM (ANALYZE)');
await say('checkpoint', 'CHECKPOINT');
await client.end();
await closeDb();
console.log(JSON.stringify({ workspaceId: workspace.id, personId: reader.personId }));
