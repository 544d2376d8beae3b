import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { db } from '@/lib/db/pool';
import { endOverdueDrills } from '@/lib/services/drills/end-overdue';
import { drillFailurePaths } from '@/lib/services/drills/failure-paths-drill';
import { drillKillSwitch } from '@/lib/services/drills/kill-switch-drill';
import { listDrills } from '@/lib/services/drills/list-drills';
import { acknowledgePage, drillPaging, pagesWaiting } from '@/lib/services/drills/paging-drill';
import { drillRollback } from '@/lib/services/drills/rollback-drill';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenVersion,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenRun } from '@/lib/services/testing/given-run';
import { type Plane, startPlane } from '../testing/plane';

type Person = Awaited<ReturnType<typeof givenPerson>>;

let planes: Plane[] = [];
beforeAll(async () => {
  planes = await Promise.all([startPlane(), startPlane()]);
  await vi.waitFor(
    async () => expect((await db().query('SELECT FROM runtime_plane')).rows).toHaveLength(2),
    20_000,
  );
}, 200_000);
afterAll(async () => {
  for (const plane of planes) await plane.end('SIGTERM');
});

let workspace: GivenWorkspace;
let agent: GivenAgent;
let head: Person;
let named: Person;
beforeEach(async () => {
  workspace = await givenWorkspace();
  await givenVersion(workspace, null);
  agent = await givenAgent(workspace);
  head = await givenPerson(workspace, ['head-of-ai']);
  const { rows } = await db().query<{ id: string }>(
    `SELECT id FROM person WHERE email = 'operator@example.com'`,
  );
  if (rows[0] === undefined)
    named = await givenPerson(workspace, ['operator'], { name: 'Priya Nair', email: 'operator@example.com' });
  else {
    await db().query('INSERT INTO membership (workspace_id, person_id, roles) VALUES ($1, $2, $3)', [
      workspace.id,
      rows[0].id,
      ['operator'],
    ]);
    named = {
      kind: 'person',
      workspaceId: workspace.id,
      personId: rows[0].id,
      name: 'Priya Nair',
      roles: ['operator'],
    };
  }
});

const evidence = async () =>
  (
    await db().query(
      `SELECT kind, outcome, summary, clause, origin, contract_version_id AS version FROM evidence
       WHERE agent_id = $1 ORDER BY produced_at`,
      [agent.id],
    )
  ).rows;

describe('the kill-switch drill', () => {
  it('turns the real switch on, hears from every plane that it blocks, releases it, and is evidence', async () => {
    const { end } = await drillKillSwitch(head, { agent: agent.name, live: true });
    expect(end).toMatchObject({ state: 'passed' });
    expect(end.summary).toMatch(
      /^2 of 2 planes, 10 of 10 probe calls blocked after (under 1|[\d.]+) m?s; released after (under 1|[\d.]+) m?s\.$/,
    );
    expect(await evidence()).toMatchObject([
      { kind: 'kill-switch-drill', outcome: 'passed', clause: 'failure/killSwitch', version: null },
    ]);
    const { rows } = await db().query('SELECT drill, off_at FROM kill_switch WHERE workspace_id = $1', [
      workspace.id,
    ]);
    expect(rows).toMatchObject([{ drill: true, off_at: expect.any(Date) }]);
    const { drills } = await listDrills(head, agent.name);
    expect(drills).toMatchObject([{ kind: 'kill-switch', state: 'passed', startedBy: 'The head-of-ai' }]);
    expect(drills[0]?.steps).toHaveLength(3);
  });

  it('of an agent whose calls are real asks for a word first', async () => {
    await expect(drillKillSwitch(head, { agent: agent.name, live: false })).rejects.toMatchObject({
      code: 'invalid',
      issues: [{ path: 'live' }],
    });
    expect(await evidence()).toEqual([]);
  });

  it('fails when a plane that is said to serve does not answer', async () => {
    await db().query(
      `INSERT INTO runtime_plane (id, name, started_at, seen_at) VALUES (gen_random_uuid(), 'silent', now(), now() + interval '20 seconds')`,
    );
    const { end } = await drillKillSwitch(head, { agent: agent.name, live: true });
    await db().query(`DELETE FROM runtime_plane WHERE name = 'silent'`);
    expect(end.state).toBe('failed');
    expect(end.summary).toContain('1 plane did not say that the switch had come');
    const { rows } = await db().query('SELECT FROM kill_switch WHERE workspace_id = $1 AND off_at IS NULL', [
      workspace.id,
    ]);
    expect(rows).toEqual([]);
  }, 30_000);

  it('does not wait for a plane that was stopped in peace meanwhile', async () => {
    const leaving = await startPlane();
    await vi.waitFor(
      async () => expect((await db().query('SELECT FROM runtime_plane')).rows).toHaveLength(3),
      20_000,
    );
    const drilled = drillKillSwitch(head, { agent: agent.name, live: true });
    await leaving.end('SIGTERM');
    const { end } = await drilled;
    expect(end.state).toBe('passed');
    expect(end.summary).toMatch(/^[23] of [23] planes/);
  }, 90_000);

  it('whose process ended in its midst is undone by a plane: the switch is released', async () => {
    const switchId = '01a1fd00-0000-7000-8000-0000000000aa';
    await db().query(
      `INSERT INTO kill_switch (id, workspace_id, scope, target, reason, drill, on_at)
       VALUES ($1, $2, 'agent', $3, 'drill', true, now())`,
      [switchId, workspace.id, agent.id],
    );
    await db().query(
      `INSERT INTO drill (id, workspace_id, agent_id, kind, started_at, due_at, detail)
       VALUES (gen_random_uuid(), $1, $2, 'kill-switch', now(), now(), $3)`,
      [workspace.id, agent.id, JSON.stringify({ steps: [], switchId })],
    );
    await expect
      .poll(async () => (await listDrills(head, agent.name)).drills[0]?.summary, { timeout: 20_000 })
      .toBe('The drill broke off before it was done. The switch was released.');
    const { rows } = await db().query('SELECT FROM kill_switch WHERE id = $1 AND off_at IS NULL', [switchId]);
    expect(rows).toEqual([]);
  }, 40_000);
});

describe('the rollback drill', () => {
  const secondVersion = async () => {
    await givenRun(workspace, agent);
    const second = await givenVersion(workspace, agent, aContract({ versioning: { contract: '1.1' } }));
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, second.id]);
    return second;
  };
  const inForce = async () =>
    (await db().query('SELECT contract_version_id AS id FROM agent WHERE id = $1', [agent.id])).rows[0].id;

  it('goes back to the last good version on every plane, and returns', async () => {
    const second = await secondVersion();
    const { end } = await drillRollback(head, { agent: agent.name, live: true });
    expect(end.summary).toMatch(
      /^v1\.1 went back to v1\.0 on 2 of 2 planes in (under 1|[\d.]+) m?s, and returned on 2 of 2 in (under 1|[\d.]+) m?s\.$/,
    );
    expect(end.state).toBe('passed');
    expect(await inForce()).toBe(second.id);
    expect(await evidence()).toMatchObject([
      { kind: 'rollback-drill', outcome: 'passed', version: second.id },
    ]);
  });

  it('of a version that is not in force yet finds out whether what it would go back to decides', async () => {
    await givenRun(workspace, agent);
    const next = await givenVersion(workspace, agent, aContract({ versioning: { contract: '9.9' } }));
    const { end } = await drillRollback(head, { agent: agent.name, live: true, number: next.number });
    expect(end).toMatchObject({ state: 'passed', contractVersionId: next.id });
    expect(end.summary).toContain('v9.9 would go back to v');
    expect(await evidence()).toMatchObject([{ kind: 'rollback-drill', outcome: 'passed', version: next.id }]);
    // Nothing was put in force for it.
    const { rows } = await db().query<{ id: string }>(
      'SELECT contract_version_id AS id FROM agent WHERE id = $1',
      [agent.id],
    );
    expect(rows[0]?.id).toBe(agent.version.id);
  });

  it('is skipped, and says why, when there is nothing to go back to', async () => {
    const { end } = await drillRollback(head, { agent: agent.name, live: true });
    expect(end).toMatchObject({
      state: 'skipped',
      summary: 'Nothing to go back to: this is its only version. A roll-back was not exercised.',
    });
    expect(await evidence()).toMatchObject([{ kind: 'rollback-drill', outcome: 'given' }]);
  });

  it('whose process ended in its midst is undone: the version before is put back', async () => {
    const second = await secondVersion();
    await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, agent.version.id]);
    await db().query(
      `INSERT INTO drill (id, workspace_id, agent_id, kind, started_at, due_at, detail)
       VALUES (gen_random_uuid(), $1, $2, 'rollback', now(), now(), $3)`,
      [
        workspace.id,
        agent.id,
        JSON.stringify({ steps: [], restore: { versionId: second.id, targetId: agent.version.id } }),
      ],
    );
    await expect.poll(inForce, { timeout: 20_000 }).toBe(second.id);
  }, 40_000);
});

describe('the failure-path drill', () => {
  it('lets the incident response answer every severity and leaves nothing behind', async () => {
    const before = await counts();
    const { end } = await drillFailurePaths(head, { agent: agent.name });
    expect(end.summary).toContain('4 of 4 severities of v1.0 answered as the contract says');
    expect(end.summary).toContain('Not exercised, being the agent’s own to answer: tool failure.');
    expect(end.state).toBe('passed');
    const after = await counts();
    expect(after).toEqual(before);
    expect(await evidence()).toMatchObject([
      { kind: 'failure-paths-drill', outcome: 'passed', version: agent.version.id },
    ]);
  });

  it('fails when a severity is to page and there is nobody to page', async () => {
    await db().query('DELETE FROM membership WHERE workspace_id = $1 AND person_id = $2', [
      workspace.id,
      named.personId,
    ]);
    const { end } = await drillFailurePaths(head, { agent: agent.name });
    expect(end.state).toBe('failed');
    expect(end.summary).toContain('high: nobody but the last resort was paged');
  });

  it('speaks of a version that is not in force yet', async () => {
    const next = await givenVersion(
      workspace,
      agent,
      aContract({
        failure: { low: ['log'], medium: ['warn'], high: ['roll-back'], critical: ['page', 'pause'] },
      }),
    );
    const { end } = await drillFailurePaths(head, { agent: agent.name, number: next.number });
    expect(end.state).toBe('failed');
    expect(end.summary).toContain('high: a roll-back needs a page or a pause beside it');
    expect(await evidence()).toMatchObject([{ version: next.id }]);
  });

  async function counts() {
    const { rows } = await db().query(
      `SELECT (SELECT count(*) FROM run WHERE workspace_id = $1) AS runs,
              (SELECT count(*) FROM incident WHERE workspace_id = $1) AS incidents,
              (SELECT count(*) FROM notification WHERE workspace_id = $1) AS notifications,
              (SELECT next_incident FROM workspace WHERE id = $1) AS next`,
      [workspace.id],
    );
    return rows[0];
  }
});

describe('the paging drill', () => {
  it('passes when the very person the contract names acknowledges in time', async () => {
    const { drillId, person } = await drillPaging(head, { agent: agent.name });
    expect(person).toBe('Priya Nair');
    expect(await pagesWaiting(named)).toMatchObject([{ drillId, agent: agent.name }]);
    const told = await db().query(`SELECT kind, title, path FROM notification WHERE person_id = $1`, [
      named.personId,
    ]);
    expect(told.rows.at(-1)).toMatchObject({ kind: 'drill.page', path: `/agents/${agent.name}/drills` });
    await expect(acknowledgePage(head, { drillId })).rejects.toMatchObject({ code: 'forbidden' });
    const end = await acknowledgePage(named, { drillId });
    expect(end.summary).toMatch(/^Priya Nair acknowledged after .+; 10 min were allowed\.$/);
    await expect(acknowledgePage(named, { drillId })).rejects.toMatchObject({ code: 'conflict' });
    expect(await evidence()).toMatchObject([{ kind: 'paging-drill', outcome: 'passed', version: null }]);
  });

  it('fails when the time runs out, by whichever plane is there then', async () => {
    const { drillId } = await drillPaging(head, { agent: agent.name });
    await db().query(`UPDATE drill SET due_at = now() WHERE id = $1`, [drillId]);
    await expect
      .poll(async () => (await listDrills(head, agent.name)).drills[0], { timeout: 20_000 })
      .toMatchObject({
        state: 'failed',
        summary: 'Priya Nair did not acknowledge the page within 10 min.',
      });
    expect(await evidence()).toMatchObject([{ kind: 'paging-drill', outcome: 'failed' }]);
    await expect(acknowledgePage(named, { drillId })).rejects.toMatchObject({ code: 'conflict' });
  }, 40_000);

  it('is not begun when nobody of the named address is a member', async () => {
    await db().query('DELETE FROM membership WHERE workspace_id = $1 AND person_id = $2', [
      workspace.id,
      named.personId,
    ]);
    await expect(drillPaging(head, { agent: agent.name })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('operator@example.com'),
    });
  });

  it('is ended once, though two planes find it overdue', async () => {
    const { drillId } = await drillPaging(head, { agent: agent.name });
    await db().query(`UPDATE drill SET due_at = now() WHERE id = $1`, [drillId]);
    // The two planes of this test look as well.
    await Promise.all([endOverdueDrills(), endOverdueDrills(), endOverdueDrills()]);
    await expect.poll(evidence, { timeout: 20_000 }).toHaveLength(1);
    await endOverdueDrills();
    expect(await evidence()).toHaveLength(1);
  });
});

describe('who may', () => {
  it('run drills: the head of AI, operators and SREs', async () => {
    const qa = await givenPerson(workspace, ['qa']);
    for (const drill of [
      () => drillKillSwitch(qa, { agent: agent.name, live: true }),
      () => drillRollback(qa, { agent: agent.name, live: true }),
      () => drillFailurePaths(qa, { agent: agent.name }),
      () => drillPaging(qa, { agent: agent.name }),
    ])
      await expect(drill()).rejects.toMatchObject({ code: 'forbidden' });
  });
});
