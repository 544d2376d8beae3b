import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { type GivenRun, givenRun, givenSpan } from '@/lib/services/testing/given-run';
import { getRun } from './get-run';
import { getRunSpan } from './get-run-span';
import { listRunSpans } from './list-run-spans';

let workspace: Awaited<ReturnType<typeof givenWorkspace>>;
let agent: GivenAgent;
let run: GivenRun;
let auditor: Actor;
let operator: Actor;
let stranger: Actor;

beforeAll(async () => {
  workspace = await givenWorkspace();
  auditor = await givenPerson(workspace, ['auditor']);
  operator = await givenPerson(workspace, ['operator'], { name: 'Olga Operator' });
  agent = await givenAgent(workspace);
  run = await givenRun(workspace, agent, { key: 'claim 12/a', risk: 48, band: 'high' });
  stranger = await givenPerson(await givenWorkspace(), ['head-of-ai']);
});

describe('a run', () => {
  test('is found by the key its agent calls it, and by its id', async () => {
    expect((await getRun(auditor, 'claim 12/a')).id).toBe(run.id);
    expect((await getRun(auditor, run.id)).key).toBe('claim 12/a');
  });

  test('goes by its key even when that is the id of another run', async () => {
    const decoy = await givenRun(workspace, agent, { key: run.id });
    expect((await getRun(auditor, run.id)).id).toBe(decoy.id);
    await db().query('DELETE FROM run WHERE id = $1', [decoy.id]);
  });

  test.each(['claim 12/a', 'no such run'])('of another workspace does not exist (%s)', async (key) => {
    await expect(getRun(stranger, key)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getRun(stranger, run.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(listRunSpans(stranger, run.id, 'all')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('of another agent does not exist for a key that is bound to one', async () => {
    const other = await givenAgent(workspace, aContract({ identity: { agent: 'other-desk' } }));
    const { actor } = await givenKey(workspace, ['read'], other);
    await expect(getRun(actor, run.key)).rejects.toMatchObject({ code: 'not_found' });
    await expect(listRunSpans(actor, run.id, 'all')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('carries the thresholds, targets and name of the contract version it is held to', async () => {
    const { contract } = agent.version;
    expect(await getRun(auditor, run.key)).toMatchObject({
      versionName: contract.versioning.contract,
      thresholds: contract.risk.thresholds,
      contract: { number: 1, digest: agent.version.digest, ofAgent: true },
    });
  });

  test('tells who may stop it when the reader may not', async () => {
    expect((await getRun(operator, run.key)).may.stop).toMatchObject({ allowed: true, people: [] });
    expect((await getRun(auditor, run.key)).may.stop).toMatchObject({
      allowed: false,
      people: ['Olga Operator'],
    });
  });

  test('keeps its record in order, people and machine told apart', async () => {
    await transact((client) =>
      appendAudit(client, [
        {
          workspaceId: workspace.id,
          actor: workspace.system,
          action: 'run.paused',
          subject: `run:${run.id}`,
          detail: { clause: 'x' },
        },
        { workspaceId: workspace.id, actor: operator, action: 'run.resumed', subject: `run:${run.id}` },
      ]),
    );
    const { record } = await getRun(auditor, run.key);
    expect(record.map((entry) => [entry.actor, entry.actorName, entry.action])).toEqual([
      ['system', 'Countersign', 'run.paused'],
      ['person', 'Olga Operator', 'run.resumed'],
    ]);
  });

  test('lists the worst breach first, and the answers to calls it asked about in their order', async () => {
    for (const [severity, clause] of [
      ['medium', 'cost/perRun'],
      ['critical', 'tools/x/categories'],
    ])
      await db().query(
        `INSERT INTO breach (id, workspace_id, run_id, agent_id, clause, code, severity, message, happened_at)
         VALUES ($1, $2, $3, $4, $5, 'budget-run', $6, 'It broke.', now())`,
        [newId(), workspace.id, run.id, agent.id, clause, severity],
      );
    for (const seq of [1, 2])
      await db().query(
        `INSERT INTO decision (id, workspace_id, run_id, seq, idempotency_key, tool, lane, clauses, obligations, decided_at)
         VALUES ($1, $2, $3, $4, $5, 'payments.refund', 'escalate', $6, '[]', now())`,
        [
          newId(),
          workspace.id,
          run.id,
          seq,
          `k${seq}`,
          JSON.stringify([
            { clause: 'authority/large', code: 'needs-approval', lane: 'escalate', detail: '' },
          ]),
        ],
      );
    const detail = await getRun(auditor, run.key);
    expect(detail.breaches.map((breach) => breach.clause)).toEqual(['tools/x/categories', 'cost/perRun']);
    expect(detail.decisionCount).toBe(2);
    expect(detail.decisions.map((decision) => decision.seq)).toEqual([1, 2]);
    expect(detail.decisions[0]?.clauses).toEqual([
      { clause: 'authority/large', code: 'needs-approval', detail: '' },
    ]);
  });
});

describe('the spans of a run', () => {
  test('come in the order they began, with times counted from its start', async () => {
    const own = await givenRun(workspace, agent);
    const root = await givenSpan(workspace, own, { operation: 'agent', offsetMs: 0, durationMs: 50 });
    const later = await givenSpan(workspace, own, { parent: root, offsetMs: 20, tool: 'orders.read' });
    const sooner = await givenSpan(workspace, own, { parent: root, offsetMs: 5 });
    const list = await listRunSpans(auditor, own.id, 'all');
    expect(list.spans.map((span) => span.spanId)).toEqual([root, sooner, later]);
    expect(list).toMatchObject({ total: 3, partial: false });
    expect(list.spans[2]).toMatchObject({ offsetUs: 20_000, durationUs: 10_000, parentSpanId: root });
  });

  test('are cut to the telling ones and their ancestors when there are thousands', async () => {
    const own = await givenRun(workspace, agent, { spanCount: 2002 });
    const root = await givenSpan(workspace, own, { operation: 'agent', durationMs: 90_000 });
    const middle = await givenSpan(workspace, own, { parent: root, operation: 'workflow', offsetMs: 80_000 });
    const hot = await givenSpan(workspace, own, {
      parent: middle,
      offsetMs: 80_100,
      risk: 40,
      lane: 'block',
    });
    await db().query(
      `INSERT INTO span (workspace_id, trace_id, span_id, parent_span_id, name, operation, started_at, duration_us,
         status, dialect, categories, clauses, body)
       SELECT $1, decode($2, 'hex'), decode(lpad(to_hex(n), 16, '0'), 'hex'), decode($3, 'hex'), 'chat', 'model',
              r.started_at + make_interval(secs => n / 100.0), 1000, 'ok', 'gen_ai', '{}', '{}', '{}'
         FROM generate_series(1, 2000) AS n, run r WHERE r.id = $4`,
      [workspace.id, own.traceId, root, own.id],
    );
    const telling = await listRunSpans(auditor, own.id, 'telling');
    const shown = new Set(telling.spans.map((span) => span.spanId));
    expect([hot, middle, root].every((span) => shown.has(span))).toBe(true);
    expect(telling.partial).toBe(true);
    expect(telling.spans.length).toBeLessThan(320);
    const all = await listRunSpans(auditor, own.id, 'all');
    expect(all.spans).toHaveLength(2003);
  });

  test('open one at a time with what was received, and only within their run', async () => {
    const own = await givenRun(workspace, agent);
    const spanId = await givenSpan(workspace, own, { body: { attributes: { 'gen_ai.tool.name': 'x' } } });
    const path = { id: own.id, traceId: own.traceId, spanId };
    expect(await getRunSpan(auditor, path)).toMatchObject({
      dialect: 'gen_ai',
      body: { attributes: { 'gen_ai.tool.name': 'x' } },
    });
    await expect(getRunSpan(stranger, path)).rejects.toMatchObject({ code: 'not_found' });
    await expect(getRunSpan(auditor, { ...path, id: run.id })).rejects.toMatchObject({ code: 'not_found' });
  });
});
