import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { startThread } from '@/lib/services/comments/start-thread';
import { createDraft } from '@/lib/services/drafts/create-draft';
import { discardDraft } from '@/lib/services/drafts/discard-draft';
import { openReview } from '@/lib/services/gates/open-review';
import { aContract } from '@/lib/services/testing/a-contract';
import { type GivenWorkspace, givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { listWaiting } from './list-waiting';

type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let sponsor: Person;
let operator: Person;

beforeEach(async () => {
  workspace = await givenWorkspace();
  sponsor = await givenPerson(workspace, ['sponsor'], { name: 'Miriam Osei' });
  operator = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
});

const titles = async (actor: Actor) => (await listWaiting(actor)).map((item) => item.title);

async function anIncident(
  agentId: string,
  state: 'open' | 'acknowledged',
  minutesAgo: number,
): Promise<void> {
  const [run, incident] = [newId(), newId()];
  await db().query(
    `INSERT INTO run (id, workspace_id, agent_id, key, status, started_at, ended_at)
     VALUES ($1, $2, $3, $4, 'paused', now(), now())`,
    [run, workspace.id, agentId, run],
  );
  await db().query(
    `INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, state, operator_id,
       breached_at, opened_at, acknowledged_at, acknowledged_by_id)
     VALUES ($1, $2, $3, $4, $5, 'Bank details', 'tools/x', 'high', $6, $7, now(), now() - $8 * interval '1 minute',
       CASE WHEN $6 = 'acknowledged' THEN now() - $8 * interval '1 minute' END, CASE WHEN $6 = 'acknowledged' THEN $7::uuid END)`,
    [incident, workspace.id, minutesAgo, run, agentId, state, operator.personId, minutesAgo],
  );
  await db().query(
    `INSERT INTO incident_run (workspace_id, incident_id, run_id, clause, severity, breached_at, last_breached_at, joined_at)
     SELECT workspace_id, id, run_id, clause, severity, breached_at, breached_at, opened_at FROM incident WHERE id = $1`,
    [incident],
  );
}

describe('what waits for a person', () => {
  it('is empty for somebody new, and for a key', async () => {
    expect(await listWaiting(operator)).toEqual([]);
  });

  it('are incidents that page them and those they took, the oldest first, and nobody else’s', async () => {
    const agent = await givenAgent(workspace);
    await anIncident(agent.id, 'open', 5);
    await anIncident(agent.id, 'acknowledged', 50);
    expect(await titles(operator)).toEqual([
      'Decide on INC-50: Bank details',
      'Acknowledge INC-5: Bank details',
    ]);
    expect((await listWaiting(operator)).map(({ blocks }) => blocks)).toEqual(
      Array(2).fill(expect.stringMatching(/^a paused run of /)),
    );
    // One that only pages pauses nothing.
    await db().query(`UPDATE run SET status = 'finished' WHERE agent_id = $1`, [agent.id]);
    expect((await listWaiting(operator)).map(({ blocks }) => blocks)).toEqual([
      expect.stringMatching(/^no run of .*, only the incident, which stays open until it is resolved$/),
      expect.stringMatching(
        /^no run of .*, only the incident, which stays open until it is taken and resolved$/,
      ),
    ]);
    expect(await titles(sponsor)).toEqual([]);
    const elsewhere = await givenPerson(await givenWorkspace(), ['operator']);
    expect(await titles(elsewhere)).toEqual([]);
  });

  it('is a change somebody asks for in their draft, until the draft is closed', async () => {
    const { id } = await createDraft(sponsor, {
      subject: 'agent',
      source: stringify(aContract()),
      origin: 'blank',
    });
    const grc = await givenPerson(workspace, ['grc']);
    const thread = await startThread(grc, {
      subject: { kind: 'draft', id },
      clause: 'cost/perRun',
      kind: 'change-request',
      body: 'Too much.',
    });
    expect(await listWaiting(sponsor)).toMatchObject([
      { kind: 'change-request', path: `/contracts/drafts/${id}?thread=${thread.id}` },
    ]);
    expect(await titles(grc)).toEqual([]);
    await discardDraft(sponsor, id, { reason: 'Begun by mistake.' });
    expect(await titles(sponsor)).toEqual([]);
  });

  it('has an incident before what is older and can wait', async () => {
    const agent = await givenAgent(workspace);
    await db().query(
      `INSERT INTO kill_switch (id, workspace_id, scope, target, reason, drill, on_at)
       VALUES ($1, $2, 'agent', $3, 'Twice.', false, now() - interval '2 days')`,
      [newId(), workspace.id, agent.id],
    );
    await db().query(
      `INSERT INTO drill (id, workspace_id, agent_id, kind, started_at, due_at, person_id)
       VALUES ($1, $2, $3, 'paging', now() - interval '3 days', now() + interval '4 minutes', $4)`,
      [newId(), workspace.id, agent.id, operator.personId],
    );
    await anIncident(agent.id, 'open', 5);
    expect((await listWaiting(operator)).map(({ kind }) => kind)).toEqual([
      'incident',
      'kill-switch',
      'drill',
    ]);
  });

  it('is a paging drill that nobody has answered', async () => {
    const agent = await givenAgent(workspace);
    await db().query(
      `INSERT INTO drill (id, workspace_id, agent_id, kind, started_at, due_at, person_id)
       VALUES ($1, $2, $3, 'paging', now(), now() + interval '4 minutes', $4)`,
      [newId(), workspace.id, agent.id, operator.personId],
    );
    expect(await titles(operator)).toEqual([expect.stringMatching(/^Answer the paging drill of /)]);
    await db().query(`UPDATE drill SET acknowledged_at = now(), ended_at = now(), state = 'passed'`);
    expect(await titles(operator)).toEqual([]);
  });

  it('is a kill switch that is on, for those who may release it, and no drill', async () => {
    const agent = await givenAgent(workspace);
    for (const drill of [false, true])
      await db().query(
        `INSERT INTO kill_switch (id, workspace_id, scope, target, reason, drill, on_at)
         VALUES ($1, $2, 'agent', $3, 'Twice.', $4, now())`,
        [newId(), workspace.id, agent.id, drill],
      );
    expect(await listWaiting(operator)).toMatchObject([
      {
        kind: 'kill-switch',
        path: `/agents/${agent.name}`,
        title: expect.stringMatching(/^Release the kill switch for /),
      },
    ]);
    expect(await titles(sponsor)).toEqual([]);
    await db().query('UPDATE kill_switch SET off_at = now() WHERE target = $1', [agent.id]);
    expect(await titles(operator)).toEqual([]);
  });

  it('is the evidence that a gate lacks, for whoever opened it', async () => {
    const head = await givenPerson(workspace, ['head-of-ai']);
    const agent = await givenAgent(workspace);
    await db().query(`UPDATE agent SET stage = 'discovery' WHERE id = $1`, [agent.id]);
    const { id } = await openReview(head, { agent: agent.name, gate: 'G1' });
    expect(await listWaiting(head)).toMatchObject([
      {
        kind: 'gate',
        path: `/review/${id}`,
        title: expect.stringMatching(/^Bring what is missing to G1 of /),
      },
    ]);
    expect(await titles(sponsor)).toEqual([]);
  });
});
