import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { getRun } from '@/lib/services/runs/get-run';
import { recordSpans } from '@/lib/services/runs/record-spans';
import { resumeRun } from '@/lib/services/runs/resume-run';
import { stopRun } from '@/lib/services/runs/stop-run';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { refusal } from '@/lib/services/testing/refusal';
import { tell } from '@/lib/services/testing/tell';
import { decodeTraces } from '@/lib/telemetry/decode';
import { acknowledgeIncident } from './acknowledge-incident';
import { resolveIncident } from './resolve-incident';

let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Extract<Actor, { kind: 'person' }>;
let key: Actor;

const contract = (name: string, failure: ContractInput['failure'] = {}) =>
  aContract({
    identity: { agent: name },
    ownership: { operator: `${workspace.slug}-dana@example.com` },
    failure,
  });

beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], {
    name: 'Dana Whitfield',
    email: `${workspace.slug}-dana@example.com`,
  });
  key = (await givenKey(workspace, ['ingest'])).actor;
  agent = await givenAgent(workspace, contract('refund-desk'));
});

async function send(...spans: TestSpan[]): Promise<void> {
  const { spans: raw } = decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now());
  expect(await recordSpans(key, raw)).toEqual({ count: 0, reasons: [] });
}
let clock = 0;
/** A run that calls a tool its contract does not know; it has ended. */
function stray(tool = 'shell.exec', of = 'refund-desk', traceId = hex(16)): TestSpan {
  clock += 1;
  const start = Date.now() - 90_000 + clock;
  return toolCall({ traceId, start, attributes: { 'gen_ai.agent.name': of } }, tool, {});
}
async function incidents() {
  const { rows } = await db().query(
    `SELECT i.number, i.state, i.severity, i.clause, i.run_count AS runs, i.breach_count AS breaches, r.key AS first,
            (SELECT count(*) FROM incident_run t WHERE t.incident_id = i.id AND t.closed_at IS NULL) AS waiting
       FROM incident i JOIN run r ON r.id = i.run_id WHERE i.workspace_id = $1 ORDER BY i.number`,
    [workspace.id],
  );
  return rows;
}
async function paged(): Promise<number> {
  const { rows } = await db().query<{ n: number }>(
    `SELECT count(*) AS n FROM audit_entry WHERE workspace_id = $1 AND action = 'page.sent'`,
    [workspace.id],
  );
  return rows[0]?.n ?? 0;
}
const statusOf = async (traceId: string) => (await getRun(dana, traceId)).status;

describe('a breach that comes again and again', () => {
  it('is one incident with all its runs, each paused and counted, and one page', async () => {
    const spans = [stray(), stray(), stray(), stray()];
    for (const span of spans) await send(span);
    expect(await incidents()).toEqual([
      {
        number: 1,
        state: 'open',
        severity: 'high',
        clause: 'tools/shell.exec',
        runs: 4,
        breaches: 4,
        first: spans[0]?.traceId,
        waiting: 4,
      },
    ]);
    expect(await paged()).toBe(1);
    for (const { traceId } of spans) {
      const run = await getRun(dana, traceId);
      expect(run).toMatchObject({ status: 'paused', incident: { number: 1 } });
    }
    // Another clause is another incident.
    await send(stray('disk.wipe'));
    expect(await incidents()).toMatchObject([
      { number: 1, runs: 4 },
      { number: 2, runs: 1 },
    ]);
    expect(await paged()).toBe(2);
  });

  it('is one incident too when it comes many times at once', async () => {
    await Promise.all(Array.from({ length: 30 }, () => send(stray())));
    expect(await incidents()).toMatchObject([{ number: 1, runs: 30, breaches: 30, waiting: 30 }]);
    expect(await paged()).toBe(1);
  });

  it('pages anew, under the same number, when it gets worse', async () => {
    const first = stray();
    await send(first);
    await acknowledgeIncident(dana, { number: 1 });
    await send(stray());
    expect(await incidents()).toMatchObject([{ state: 'acknowledged', severity: 'high', runs: 2 }]);
    expect(await paged()).toBe(1);
    // The first run goes on and does what is forbidden.
    await send(stray('accounts.delete', 'refund-desk', first.traceId));
    expect(await incidents()).toMatchObject([
      {
        number: 1,
        state: 'open',
        severity: 'critical',
        clause: 'scope/forbidden/no-account-deletion',
        runs: 2,
      },
    ]);
    expect(await paged()).toBe(2);
    // What it was about before still joins it.
    await send(stray());
    expect(await incidents()).toMatchObject([{ number: 1, runs: 3 }]);
  });

  it('opens a new incident once the old one is resolved', async () => {
    await send(stray());
    await resolveIncident(dana, { number: 1, resolution: 'stopped', reason: 'Not again.' });
    await send(stray());
    expect(await incidents()).toMatchObject([
      { number: 1, state: 'resolved', waiting: 0 },
      { number: 2, state: 'open', waiting: 1 },
    ]);
  });
});

describe('resolving an incident of several runs', () => {
  it('acts on all of them, and says which could not be', async () => {
    const spans = [stray(), stray(), stray()];
    for (const span of spans) await send(span);
    const [one, two, three] = spans.map(({ traceId }) => traceId);
    await stopRun(dana, { runId: (await getRun(dana, two ?? '')).id, reason: 'This one is lost.' });
    expect(await incidents()).toMatchObject([{ state: 'open', runs: 3, waiting: 2 }]);
    const { done, failed } = await resolveIncident(dana, {
      number: 1,
      resolution: 'resumed',
      reason: 'Harmless.',
    });
    expect({ done, failed }).toEqual({ done: [one, three], failed: [] });
    expect(await incidents()).toMatchObject([{ state: 'resolved', waiting: 0 }]);
    expect([await statusOf(one ?? ''), await statusOf(two ?? ''), await statusOf(three ?? '')]).toEqual([
      'finished',
      'stopped',
      'finished',
    ]);
  });

  it('tells of a run that somebody has decided about otherwise, and settles the others', async () => {
    const spans = [stray(), stray()];
    for (const span of spans) await send(span);
    await db().query(`UPDATE run SET status = 'stopping', stop_requested_at = now() WHERE key = $1`, [
      spans[0]?.traceId,
    ]);
    expect(await resolveIncident(dana, { number: 1, resolution: 'resumed', reason: 'Harmless.' })).toEqual({
      done: [spans[1]?.traceId],
      failed: [{ run: spans[0]?.traceId, why: 'This run was asked to stop, which cannot be taken back.' }],
    });
    expect(await incidents()).toMatchObject([{ state: 'resolved', waiting: 0 }]);
  });

  it('run by run resolves it with the last, also when the last two go at once', async () => {
    const spans = [stray(), stray(), stray()];
    for (const span of spans) await send(span);
    const ids = await Promise.all(spans.map(async ({ traceId }) => (await getRun(dana, traceId)).id));
    await resumeRun(dana, { runId: ids[0] ?? '', reason: 'Harmless.' });
    expect(await incidents()).toMatchObject([{ state: 'open', waiting: 2 }]);
    await Promise.all(ids.slice(1).map((runId) => resumeRun(dana, { runId, reason: 'Harmless.' })));
    expect(await incidents()).toMatchObject([{ state: 'resolved', waiting: 0 }]);
    // One that breaks another clause opens it again, alone.
    await send(stray('disk.wipe', 'refund-desk', spans[1]?.traceId));
    expect(await incidents()).toMatchObject([
      { number: 1, state: 'open', clause: 'tools/disk.wipe', runs: 3, waiting: 1, first: spans[1]?.traceId },
    ]);
  });

  it('holds while further runs keep joining', async () => {
    await send(stray());
    const joining = (async () => {
      for (let n = 0; n < 25; n += 1) await send(stray());
    })();
    const resolving: Promise<unknown>[] = [];
    for (let n = 0; n < 5; n += 1) {
      await new Promise((done) => setTimeout(done, 40));
      const open = (await incidents()).findLast(({ state }) => state !== 'resolved');
      if (open !== undefined)
        resolving.push(
          // Somebody may have been quicker; nothing else may come of it.
          resolveIncident(dana, { number: open.number, resolution: 'resumed', reason: 'Harmless.' }).catch(
            (error: unknown) => expect(error).toMatchObject({ code: 'conflict' }),
          ),
        );
    }
    await joining;
    await Promise.all(resolving);
    const all = await incidents();
    expect(all.filter(({ state }) => state !== 'resolved').length).toBeLessThanOrEqual(1);
    expect(all.reduce((sum, { runs }) => sum + runs, 0)).toBe(26);
    for (const one of all) if (one.state === 'resolved') expect(one.waiting).toBe(0);
    const { rows } = await db().query<{ n: number }>(
      `SELECT count(*) AS n FROM run r WHERE r.workspace_id = $1 AND r.status = 'paused' AND NOT EXISTS (
         SELECT FROM incident_run t WHERE t.run_id = r.id AND t.closed_at IS NULL)`,
      [workspace.id],
    );
    expect(rows[0]?.n).toBe(0);
  }, 30_000);
});

describe('a run whose telemetry turns out otherwise', () => {
  it('is one of the incident’s runs fewer when it was part of another of them', async () => {
    const [a, b] = [stray(), stray()];
    await send(a);
    await send(b);
    const talk = { 'gen_ai.conversation.id': 'talk-1' };
    for (const { traceId } of [a, b])
      await send(
        toolCall({ traceId, start: Date.now() - 50_000, attributes: talk }, 'orders.get', { orderId: 'A' }),
      );
    expect(await incidents()).toMatchObject([{ number: 1, runs: 1, waiting: 1, first: 'talk-1' }]);
  });

  it('waits on for what it joins, though its own part was settled', async () => {
    const [a, b] = [stray(), stray()];
    await send(a);
    await send(b);
    const talk = { 'gen_ai.conversation.id': 'talk-1' };
    const go = (traceId: string) =>
      send(
        toolCall({ traceId, start: Date.now() - 50_000, attributes: talk }, 'orders.get', { orderId: 'A' }),
      );
    await go(a.traceId);
    await resumeRun(dana, { runId: (await getRun(dana, 'talk-1')).id, reason: 'Harmless.' });
    await go(b.traceId);
    expect(await statusOf('talk-1')).toBe('paused');
    expect(await incidents()).toMatchObject([{ number: 1, state: 'open', runs: 1, waiting: 1 }]);
  });

  it('takes a copy of the incident along when it is another agent’s', async () => {
    await send(stray());
    const nameless = hex(16);
    await send(stray('shell.exec', 'refund-desk', nameless));
    expect(await incidents()).toMatchObject([{ number: 1, runs: 2 }]);
    await givenAgent(workspace, contract('other-desk'));
    // A root span names the agent better than a call does.
    const start = Date.now() - 120_000;
    const root: TestSpan = {
      traceId: nameless,
      spanId: hex(8),
      start,
      end: start + 60_000,
      name: 'invoke_agent other-desk',
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'other-desk' },
    };
    await send(root);
    const run = await getRun(dana, nameless);
    expect(run.agent.name).toBe('other-desk');
    expect(await incidents()).toMatchObject([
      { number: 1, runs: 1, waiting: 1 },
      { number: 2, runs: 1, waiting: 1, first: nameless },
    ]);
    expect(run.incident).toMatchObject({ number: 2 });
    expect(
      (await refusal(resolveIncident(dana, { number: 3, resolution: 'resumed', reason: 'x' }))).code,
    ).toBe('not_found');
  });
});

describe('a storm', () => {
  it('of 500 breaches across 250 agents opens every incident and pages nobody 500 times', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `desk-${index}`);
    // The defaults hold them all.
    await db().query(
      `INSERT INTO agent (id, workspace_id, name, display_name, contract_version_id)
       SELECT gen_random_uuid(), $1, name, name, $3 FROM unnest($2::text[]) AS name`,
      [workspace.id, names, agent.version.id],
    );
    await tell({ workspaceId: workspace.id, topic: 'agent', id: '' });
    const spans = names.flatMap((name) => [stray('shell.exec', name), stray('shell.exec', name)]);
    const began = performance.now();
    await Promise.all(
      Array.from({ length: 10 }, (_, part) => send(...spans.filter((_, index) => index % 10 === part))),
    );
    const took = performance.now() - began;
    const all = await incidents();
    expect(all).toHaveLength(250);
    expect(all.every(({ runs, waiting }) => runs === 2 && waiting === 2)).toBe(true);
    const { rows } = await db().query<{ mails: number; notified: number }>(
      `SELECT (SELECT count(*) FROM outbox_message WHERE workspace_id = $1 AND channel = 'mail') AS mails,
              (SELECT count(*) FROM notification WHERE workspace_id = $1 AND person_id = $2) AS notified`,
      [workspace.id, dana.personId],
    );
    expect(rows[0]?.mails).toBeLessThan(20);
    expect(rows[0]?.notified).toBeLessThan(20);
    // Within the minute in which they came, on any machine.
    expect(took).toBeLessThan(60_000);
  }, 90_000);
});
