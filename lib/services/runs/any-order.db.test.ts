import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenKey, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { agentSpan, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { givenListener, spansOf, storyArbitrary, T0 } from '@/lib/services/testing/stories';
import { decodeTraces } from '@/lib/telemetry/decode';
import { recordSpans } from './record-spans';

/** Everything that is stored of the runs of a workspace, but for ids and the times of storing. */
async function stored(workspaceId: string) {
  const rows = async (sql: string) => (await db().query(sql, [workspaceId])).rows;
  const runs = await rows(
    `SELECT to_jsonb(r) - '{id,workspace_id,agent_id,contract_version_id,received_at,revision,paused_at,status,in_incident,fold,marks}'::text[] AS row,
       a.name AS agent, r.fold::jsonb AS fold, r.status, EXISTS (SELECT FROM incident i WHERE i.run_id = r.id) AS incident
     FROM run r JOIN agent a ON a.id = r.agent_id WHERE r.workspace_id = $1 AND r.span_count > 0 ORDER BY r.key`,
  );
  const spans = await rows(
    `SELECT to_jsonb(s) - '{workspace_id,received_at}'::text[] AS row, r.key FROM span s
       JOIN run_trace t USING (workspace_id, trace_id) JOIN run r ON r.id = t.run_id
     WHERE s.workspace_id = $1 ORDER BY s.trace_id, s.span_id`,
  );
  const breaches = await rows(
    `SELECT to_jsonb(b) - '{id,workspace_id,run_id,agent_id,contract_version_id,recorded_at}'::text[] AS row, r.key,
       a.name AS agent
     FROM breach b JOIN run r ON r.id = b.run_id JOIN agent a ON a.id = b.agent_id
     WHERE b.workspace_id = $1 ORDER BY r.key, b.clause, b.code`,
  );
  // A run that joined another stays behind, empty, when it has an incident of its own; and so does its agent.
  const agents = await rows(
    `SELECT name, aliases FROM agent a WHERE workspace_id = $1 AND (NOT discovered
       OR EXISTS (SELECT FROM run WHERE agent_id = a.id AND span_count > 0)
       OR NOT EXISTS (SELECT FROM run WHERE agent_id = a.id)) ORDER BY name`,
  );
  const spend = await rows(
    `SELECT a.name, s.day::text, round(s.cost_usd::numeric, 9)::float8 AS usd FROM agent_spend s JOIN agent a ON a.id = s.agent_id
     WHERE s.workspace_id = $1 AND s.cost_usd > 1e-9 ORDER BY 1, 2`,
  );
  return { runs, spans, breaches, agents, spend };
}

describe('a run', () => {
  it('is the same whatever way its spans arrive: in any order, in any batches, some of them twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        storyArbitrary,
        fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 30, maxLength: 30 }),
        async (story, shuffle, sizes) => {
          const spans = spansOf(story);
          const [once, anyhow] = [await givenListener(), await givenListener()];
          await once.send(spans);

          const order = [...spans, ...spans.filter((_, index) => (shuffle[index] ?? 0) % 3 === 0)]
            .map((span, index) => ({ span, at: shuffle[index % shuffle.length] ?? 0, index }))
            .sort((a, b) => a.at - b.at || a.index - b.index)
            .map((one) => one.span);
          for (let at = 0, batch = 0; at < order.length; batch += 1) {
            const size = sizes[batch % sizes.length] ?? 1;
            await anyhow.send(order.slice(at, at + size));
            at += size;
          }

          const [expected, actual] = [await stored(once.workspace.id), await stored(anyhow.workspace.id)];
          const facts = (all: Awaited<ReturnType<typeof stored>>) => ({
            ...all,
            // An incident once opened stays, even when the run turned out to be another agent's.
            runs: all.runs.map(({ status: _, incident: __, ...run }) => run),
          });
          expect(facts(actual)).toEqual(facts(expected));
          for (const [index, run] of expected.runs.entries()) {
            const other = actual.runs[index];
            if (run.incident || other.incident) expect(other.status).toBe('paused');
            else expect(other.status).toBe(run.status);
          }
        },
      ),
      { numRuns: Number(process.env.ANY_ORDER_RUNS ?? 50), endOnFailure: true },
    );
  }, 240_000);

  it('that turns out to be another agent’s is answered by that agent’s contract, for breaches known before too', async () => {
    const workspace = await givenWorkspace();
    const tools = {
      'orders.get': { action: 'read', categories: ['customer-contact'] },
    } satisfies ContractInput['tools'];
    await givenVersion(workspace, null, aContract({ tools, failure: { high: ['log'], critical: ['log'] } }));
    const agent = await givenAgent(workspace, aContract({ tools }));
    const { actor } = await givenKey(workspace, ['ingest']);
    const send = (span: TestSpan) =>
      recordSpans(actor, decodeTraces(Buffer.from(otlpJson([span], 'nobody')), 'json', T0 + 60_000).spans);
    const root = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), start: T0, end: T0 + 2000 };
    const call = { ...root, spanId: 'ef'.repeat(8), parentSpanId: root.spanId, start: T0 + 500 };

    await send(toolCall(call, 'shell.exec', {}, {}));
    const [logged] = (await stored(workspace.id)).runs;
    expect(logged).toMatchObject({ agent: 'nobody', status: 'running', incident: false });
    expect(logged?.row.breach_count).toBe(1);

    await send(agentSpan(root, agent.name));
    const [answered] = (await stored(workspace.id)).runs;
    expect(answered).toMatchObject({ agent: agent.name, status: 'paused', incident: true });
  });
});
