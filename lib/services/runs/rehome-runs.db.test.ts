import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { turnOn } from '@/lib/services/kill-switches/turn-on';
import { intervene } from '@/lib/services/ladder/intervene';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { hex, otlpJson, type TestSpan, toolCall } from '@/lib/services/testing/otlp';
import { decodeTraces } from '@/lib/telemetry/decode';
import { recordSpans } from './record-spans';

let workspace: GivenWorkspace;
let grc: Actor;
let key: Actor;

beforeEach(async () => {
  workspace = await givenWorkspace();
  grc = await givenPerson(workspace, ['grc', 'head-of-ai']);
  key = (await givenKey(workspace, ['ingest'])).actor;
});

async function send(...spans: TestSpan[]): Promise<void> {
  const { spans: raw } = decodeTraces(Buffer.from(otlpJson(spans)), 'json', Date.now());
  expect(await recordSpans(key, raw)).toEqual({ count: 0, reasons: [] });
}
const called = (traceId: string, agent: string, tool: string, args: unknown = {}, result: unknown = {}) =>
  toolCall(
    { traceId, start: Date.now() - 60_000, attributes: { 'gen_ai.agent.name': agent } },
    tool,
    args,
    result,
  );
/** A root span names the agent better than a call does. */
function root(traceId: string, agent: string): TestSpan {
  const start = Date.now() - 120_000;
  return {
    traceId,
    spanId: hex(8),
    start,
    end: start + 90_000,
    name: `invoke_agent ${agent}`,
    attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent },
  };
}
async function agentNamed(name: string): Promise<string | null> {
  const { rows } = await db().query<{ id: string }>(
    'SELECT id FROM agent WHERE workspace_id = $1 AND name = $2',
    [workspace.id, name],
  );
  return rows[0]?.id ?? null;
}

describe('an agent that was only known for runs that turn out to be another’s', () => {
  beforeEach(async () => {
    await givenAgent(workspace, aContract({ identity: { agent: 'other-desk' } }));
  });

  it('is forgotten', async () => {
    const traceId = hex(16);
    await send(called(traceId, 'helper', 'orders.get', { orderId: 'A' }));
    expect(await agentNamed('helper')).not.toBeNull();
    await send(root(traceId, 'other-desk'));
    expect(await agentNamed('helper')).toBeNull();
  });

  it('stays once people have held it back: nobody comes free under its name', async () => {
    const traceId = hex(16);
    await send(called(traceId, 'helper', 'orders.get', { orderId: 'A' }));
    const id = await agentNamed('helper');
    const step = await intervene(grc, { agent: 'helper', kind: 'pause', reason: 'Nobody knows it.' });
    await db().query(
      `INSERT INTO recovery_mark (intervention_id, requirement, reason, at) VALUES ($1, 'cause', 'Known.', now())`,
      [step.id],
    );
    await send(root(traceId, 'other-desk'));
    expect(await agentNamed('helper')).toBe(id);
  });

  it('stays once a kill switch is about it', async () => {
    const traceId = hex(16);
    await send(called(traceId, 'helper', 'orders.get', { orderId: 'A' }));
    const id = await agentNamed('helper');
    await turnOn(grc, { scope: 'agent', target: 'helper', reason: 'Nobody knows it.', stopRuns: false });
    await send(root(traceId, 'other-desk'));
    expect(await agentNamed('helper')).toBe(id);
  });
});

it('what is to be undone follows the run to the agent it turns out to be of', async () => {
  const agent = await givenAgent(
    workspace,
    aContract({
      evidence: [],
      authority: { defaults: { read: 'alone', write: 'alone', transact: 'alone' }, rules: [] },
    }),
  );
  const traceId = hex(16);
  await send(
    called(traceId, agent.name, 'refunds.pay', { orderId: 'A1', amount: 40 }),
    called(traceId, agent.name, 'orders.get', { orderId: 'A1' }, { iban: 'DE89 3704 0044 0532 0130 00' }),
  );
  const other = await givenAgent(workspace, aContract({ identity: { agent: 'other-desk' } }));
  const owner = async () =>
    (
      await db().query<{ agent_id: string }>('SELECT agent_id FROM compensation WHERE workspace_id = $1', [
        workspace.id,
      ])
    ).rows.map((row) => row.agent_id);
  expect(await owner()).toEqual([agent.id]);
  await send(root(traceId, other.name));
  expect(await owner()).toEqual([other.id]);
});
