import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { listSwitches, switchControl } from '@/lib/services/kill-switches/list-switches';
import { turnOff } from '@/lib/services/kill-switches/turn-off';
import { turnOn } from '@/lib/services/kill-switches/turn-on';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { soonest } from '@/lib/services/testing/soonest';
import { type Plane, startPlane } from '../testing/plane';

type Person = Awaited<ReturnType<typeof givenPerson>>;

let planes: Plane[] = [];
beforeAll(async () => {
  planes = await Promise.all([startPlane(), startPlane()]);
}, 200_000);
afterAll(async () => {
  for (const plane of planes) await plane.end('SIGTERM');
});

let workspace: GivenWorkspace;
let agent: GivenAgent;
let secret: string;
let operator: Person;
let runs = 0;
beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  agent = await givenAgent(workspace);
  ({ secret } = await givenKey(workspace, ['decide', 'read']));
  operator = await givenPerson(workspace, ['operator']);
});

interface Told {
  lane: string;
  clauses: { clause: string; code: string; message: string }[];
  status: number;
}

async function ask(plane: Plane | undefined, key: string, name = agent.name): Promise<Told> {
  if (plane === undefined) throw new Error('no such plane');
  const response = await fetch(`${plane.url}/v1/runs/${key}/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    // Never the same call twice, which the contract would block for itself.
    body: JSON.stringify({ agent: name, tool: 'orders.get', arguments: { orderId: randomUUID() } }),
  });
  const body = await response.json();
  return { ...body, status: response.status };
}

async function status(plane: Plane | undefined, key: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${plane?.url}/v1/runs/${key}`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  return response.json();
}

function aRun(): string {
  runs += 1;
  return `run-${runs}`;
}

/** What is promised, answering included. */
const WITHIN_MS = 1000;

/** Asks every plane until all answer `lane`; how long that took, in milliseconds. */
async function untilAll(lane: string, keys: readonly string[], name = agent.name): Promise<number> {
  const began = performance.now();
  for (;;) {
    const answers = await Promise.all(planes.map((plane, index) => ask(plane, keys[index] ?? aRun(), name)));
    const took = performance.now() - began;
    if (answers.every((each) => each.lane === lane)) return took;
    if (took > 15_000) throw new Error(`Still ${answers.map((each) => each.lane).join(', ')}`);
    await sleep(50);
  }
}

describe('a kill switch that is turned on', () => {
  it('has every runtime plane block every call well within a second, in runs under way and in new ones', async () => {
    const keys = [aRun(), aRun()];
    await untilAll('allow', keys);
    const on = () =>
      turnOn(operator, {
        scope: 'agent',
        target: agent.name,
        reason: 'It pays twice.',
        stopRuns: false,
      });
    const off = (switchId: string) => turnOff(operator, { switchId, reason: 'Mended.' });
    const took = await soonest(WITHIN_MS, async () => {
      const { id } = await on();
      const blocked = await untilAll('block', keys);
      await off(id);
      return Math.max(blocked, await untilAll('allow', keys));
    });
    expect(took).toBeLessThan(WITHIN_MS);
    const { id } = await on();
    await untilAll('block', keys);
    for (const plane of planes) {
      const answer = await ask(plane, aRun());
      expect(answer).toMatchObject({
        status: 200,
        lane: 'block',
        clauses: [
          {
            clause: 'failure/killSwitch',
            code: 'kill-switch',
            message:
              'A kill switch is on for this agent: make no call until a person releases it. (failure/killSwitch)',
          },
        ],
      });
    }
    await off(id);
    await untilAll('allow', keys);
  });

  it('says so to an agent that asks whether it may go on, and lets it go on afterwards', async () => {
    const key = aRun();
    await ask(planes[0], key);
    const { id } = await turnOn(operator, {
      scope: 'workspace',
      target: '',
      reason: 'All.',
      stopRuns: false,
    });
    await untilAll('block', [key]);
    expect(await status(planes[0], key)).toMatchObject({
      status: 'running',
      instruction: 'wait',
      killSwitch: 'the whole workspace',
    });
    await turnOff(operator, { switchId: id, reason: 'Done.' });
    await untilAll('allow', [key]);
    expect(await status(planes[0], key)).toMatchObject({ instruction: 'continue', killSwitch: null });
  });

  it('takes back the answer to a question that is repeated under its key', async () => {
    const key = aRun();
    const again = () =>
      fetch(`${planes[0]?.url}/v1/runs/${key}/decisions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          agent: agent.name,
          tool: 'orders.get',
          arguments: { orderId: 'o-1' },
          idempotencyKey: 'step-1',
        }),
      });
    expect(await (await again()).json()).toMatchObject({ lane: 'allow' });
    await turnOn(operator, { scope: 'agent', target: agent.name, reason: 'Stop.', stopRuns: false });
    await untilAll('block', []);
    const answer = await again();
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining('A kill switch has been turned on') },
    });
  });

  it('by a person holds though a drill is under way, which releases only its own', async () => {
    const switchId = newId();
    await db().query(
      `INSERT INTO kill_switch (id, workspace_id, scope, target, reason, drill, on_at)
       VALUES ($1, $2, 'agent', $3, 'drill', true, now())`,
      [switchId, workspace.id, agent.id],
    );
    await turnOn(operator, { scope: 'agent', target: agent.name, reason: 'Stop.', stopRuns: false });
    await turnOff(operator, { switchId, reason: 'The drill is over.' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await ask(planes[0], aRun())).lane).toBe('block');
  });

  it('for a business unit stops its agents and no others', async () => {
    const { identity } = aContract();
    const other = await givenAgent(
      workspace,
      aContract({ identity: { agent: 'other-desk', aliases: [], businessUnit: 'Elsewhere' } }),
    );
    await turnOn(operator, {
      scope: 'business-unit',
      target: identity.businessUnit,
      reason: 'Audit.',
      stopRuns: false,
    });
    await untilAll('block', []);
    expect((await ask(planes[1], aRun())).clauses[0]?.message).toContain(
      `business unit ${identity.businessUnit}`,
    );
    expect((await ask(planes[1], aRun(), other.name)).lane).toBe('allow');
  });

  it('holds though no notification came: planes look for themselves', async () => {
    const key = aRun();
    await untilAll('allow', [key, key]);
    const took = await soonest(1500, async () => {
      await db().query(
        `INSERT INTO kill_switch (id, workspace_id, scope, target, reason, on_at)
         VALUES (gen_random_uuid(), $1, 'agent', $2, 'By hand.', clock_timestamp())`,
        [workspace.id, agent.id],
      );
      const blocked = await untilAll('block', [key, key]);
      await db().query('UPDATE kill_switch SET off_at = clock_timestamp() WHERE workspace_id = $1', [
        workspace.id,
      ]);
      await untilAll('allow', [key, key]);
      return blocked;
    });
    // What a plane knows is 0.9 s old at most; the answer takes its time besides.
    expect(took).toBeLessThan(1500);
  });

  it('asks runs under way to stop, and shows the three facts apart', async () => {
    const keys = [aRun(), aRun(), aRun()];
    for (const key of keys) await ask(planes[0], key);
    expect(await switchControl(operator, { scope: 'agent', target: agent.name })).toMatchObject({
      underWay: 3,
    });
    const { runsAsked } = await turnOn(operator, {
      scope: 'agent',
      target: agent.name,
      reason: 'Stop.',
      stopRuns: true,
    });
    expect(runsAsked).toBe(3);
    await status(planes[0], keys[0] ?? '');
    await status(planes[0], keys[1] ?? '');
    await fetch(`${planes[0]?.url}/v1/runs/${keys[0]}/stopped`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
    });
    const { on } = await listSwitches(operator, { agent: agent.name });
    expect(on).toMatchObject([
      {
        scope: 'agent',
        reason: 'Stop.',
        runs: { underWay: 0, requested: 3, acknowledged: 2, confirmed: 1 },
      },
    ]);
  });

  it('is heard of by every plane, which say how soon', async () => {
    const withinMs = await soonest(WITHIN_MS, async () => {
      const { id } = await turnOn(operator, {
        scope: 'agent',
        target: agent.name,
        reason: 'Stop.',
        stopRuns: false,
      });
      await expect
        .poll(async () => (await listSwitches(operator)).on[0]?.planes)
        .toMatchObject({ heard: 2, alive: 2, withinMs: expect.any(Number) });
      const told = (await listSwitches(operator)).on[0]?.planes.withinMs;
      await turnOff(operator, { switchId: id, reason: 'Done.' });
      return told ?? Number.POSITIVE_INFINITY;
    });
    expect(withinMs).toBeLessThan(WITHIN_MS);
  });

  it('stops nobody in another workspace', async () => {
    const elsewhere = await givenWorkspace();
    await givenVersion(elsewhere, null);
    const theirs = await givenPerson(elsewhere, ['operator']);
    await turnOn(theirs, { scope: 'workspace', target: '', reason: 'Ours only.', stopRuns: false });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await ask(planes[0], aRun())).lane).toBe('allow');
    expect((await listSwitches(operator)).on).toEqual([]);
  });
});

describe('who may', () => {
  const on = (actor: Person) =>
    turnOn(actor, { scope: 'agent', target: agent.name, reason: 'Stop.', stopRuns: false });

  it('turn it on: operators, SREs, the head of AI, and whom the contract names', async () => {
    await expect(on(await givenPerson(workspace, ['qa']))).rejects.toMatchObject({ code: 'forbidden' });
    const contract = aContract();
    const named = await givenAgent(
      workspace,
      aContract({
        identity: { agent: 'named-desk', aliases: [] },
        failure: { ...contract.failure, killSwitch: ['QA'] },
      }),
    );
    const qa = await givenPerson(workspace, ['qa']);
    await turnOn(qa, { scope: 'agent', target: named.name, reason: 'Stop.', stopRuns: false });
    await expect(
      turnOn(qa, { scope: 'workspace', target: '', reason: 'Stop.', stopRuns: false }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('release it: the head of AI, operators and GRC, not whoever turned it on', async () => {
    const sre = await givenPerson(workspace, ['sre']);
    const { id } = await on(sre);
    await expect(turnOff(sre, { switchId: id, reason: 'Oops.' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const grc = await givenPerson(workspace, ['grc']);
    await turnOff(grc, { switchId: id, reason: 'Looked at.' });
    await expect(turnOff(grc, { switchId: id, reason: 'Again.' })).rejects.toMatchObject({
      code: 'conflict',
      message: `The kill switch for Refund desk is off already.`,
    });
  });

  it('turn it on twice: the second hears that it is on', async () => {
    const both = await Promise.allSettled([on(operator), on(operator)]);
    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(on(operator)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('leave out the reason: nobody', async () => {
    await expect(
      turnOn(operator, { scope: 'agent', target: agent.name, reason: ' ', stopRuns: false }),
    ).rejects.toMatchObject({ code: 'invalid', issues: [{ path: 'reason' }] });
  });
});
