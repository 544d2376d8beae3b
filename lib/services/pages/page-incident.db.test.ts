import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { Band, Contract, Response } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { acknowledgeIncident } from '@/lib/services/incidents/acknowledge-incident';
import { openIncident } from '@/lib/services/incidents/open-incident';
import { listNotifications } from '@/lib/services/notifications/list';
import { createSchedule } from '@/lib/services/on-call/create-schedule';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { leasePages } from './due-pages';
import { pageIncident } from './page-incident';
import { sendDigest } from './send-digest';

type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Person;

const at = (name: string) => `${name}@${workspace.slug}.example.com`;
const path = () => ({ operator: at('dana'), escalation: [{ to: at('sam'), afterMinutes: 10 }] });

beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield', email: at('dana') });
  await givenPerson(workspace, ['sre'], { name: 'Sam Ito', email: at('sam') });
  await givenPerson(workspace, ['head-of-ai'], { name: 'Hana Keller', email: at('hana') });
  agent = await givenAgent(workspace, aContract({ ownership: path() }));
});

async function page(
  incidentId: string,
  responses: Response[] = ['page'],
  why: Parameters<typeof pageIncident>[1]['why'] = 'opened',
  contract: Contract = agent.version.contract,
) {
  return transact((client) =>
    pageIncident(client, {
      workspaceId: workspace.id,
      incidentId,
      contract,
      responses: new Set(responses),
      why,
      now: new Date(),
    }),
  );
}
async function anIncident() {
  const run = await givenRun(workspace, agent, { status: 'paused' });
  return givenIncident(workspace, agent, run, { severity: 'medium', pagedAt: null });
}
async function steps(incidentId: string) {
  const { rows } = await db().query<{
    id: string;
    kind: string;
    state: string;
    round: number;
    reason: string;
  }>('SELECT id, kind, state, round, reason FROM page WHERE incident_id = $1 ORDER BY round, step', [
    incidentId,
  ]);
  return rows;
}
const standing = async (incidentId: string) =>
  (await steps(incidentId)).map(({ kind, state, round }) => `${round} ${kind} ${state}`);
async function pagedAt(incidentId: string): Promise<Date | null> {
  const { rows } = await db().query<{ paged_at: Date | null }>(
    'SELECT paged_at FROM incident WHERE id = $1',
    [incidentId],
  );
  return rows[0]?.paged_at ?? null;
}
async function webhook() {
  await db().query(
    `INSERT INTO webhook_endpoint (id, workspace_id, kind, name, url, sealed_secret, events)
     VALUES ($1, $2, 'webhook', 'hook', 'https://hooks.example.com/', 'sealed', '{}')`,
    [newId(), workspace.id],
  );
}

describe('an incident that gets worse', () => {
  it('keeps its escalation path when the worse clause only warns', async () => {
    const { id } = await anIncident();
    await page(id);
    await page(id, ['warn', 'pause'], 'severity-rose');
    expect(await standing(id)).toEqual(['1 operator sent', '1 escalation waiting', '2 operator sent']);
  });

  it('after somebody took it on is paged anew, path and all, though the worse clause only pauses', async () => {
    const { id, number } = await anIncident();
    await page(id);
    await acknowledgeIncident(dana, { number });
    await db().query(`UPDATE incident SET state = 'open', acknowledged_at = NULL WHERE id = $1`, [id]);
    await page(id, ['pause'], 'severity-rose');
    expect((await standing(id)).slice(2)).toEqual(['2 operator sent', '2 escalation waiting']);
  });

  it('tells nobody anew by a clause that only pauses while its path still climbs', async () => {
    const { id } = await anIncident();
    await page(id);
    await page(id, ['pause'], 'severity-rose');
    expect(await standing(id)).toEqual(['1 operator sent', '1 escalation waiting']);
  });
});

it('an incident that nobody was told of is paged when a milder breach that pages joins it', async () => {
  agent = await givenAgent(
    workspace,
    aContract({
      identity: { agent: 'quiet-desk' },
      ownership: path(),
      failure: { high: ['pause'], medium: ['page'] },
    }),
  );
  const run = await givenRun(workspace, agent, { status: 'running' });
  const breach = (severity: Band) =>
    transact((client) =>
      openIncident(client, {
        workspaceId: workspace.id,
        run: { id: run.id, key: run.key },
        agent,
        contract: agent.version.contract,
        versionId: agent.version.id,
        breaches: [
          { clause: 'tools/x', code: 'x', severity, message: 'A clause was broken', happenedAt: new Date() },
        ],
        now: new Date(),
      }),
    );
  const id = (await breach('high')) ?? '';
  expect(await standing(id)).toEqual([]);
  expect(await breach('medium')).toBe(id);
  expect(await standing(id)).toEqual(['1 operator sent', '1 escalation waiting']);
  await breach('medium');
  expect(await standing(id)).toHaveLength(2);
});

describe('a storm', () => {
  it('is when a person was told in this workspace: what another one told them does not count', async () => {
    const [here, there, mine] = [workspace, await givenWorkspace(), agent];
    await db().query('INSERT INTO membership (workspace_id, person_id, roles) VALUES ($1, $2, $3)', [
      there.id,
      dana.personId,
      ['operator'],
    ]);
    const owner = path();
    workspace = there;
    agent = await givenAgent(there, aContract({ ownership: owner }));
    for (let n = 0; n < 4; n += 1) await page((await anIncident()).id);
    workspace = here;
    agent = mine;
    const { number, id } = await anIncident();
    await page(id);
    expect((await listNotifications(dana)).notifications.map(({ title }) => title)).toEqual([
      `INC-${number}: A clause was broken`,
    ]);
  });

  it('has paged people when its digest is sent, not before', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { id } = await anIncident();
      await page(id);
      ids.push(id);
    }
    expect(await pagedAt(ids[2] ?? '')).toBeInstanceOf(Date);
    const last = ids[3] ?? '';
    expect(await pagedAt(last)).toBeNull();
    const { rows } = await db().query<{ id: string }>(
      'UPDATE page_digest SET due_at = now() WHERE workspace_id = $1 RETURNING id',
      [workspace.id],
    );
    for (const { id } of rows) await sendDigest(id);
    expect(await pagedAt(last)).toBeInstanceOf(Date);
  });
});

describe('a breach is answered', () => {
  it('though hundreds are to be paged: receivers are told the first of them, and how many more', async () => {
    await webhook();
    await db().query(
      `WITH p AS (INSERT INTO person (id, email, name)
         SELECT gen_random_uuid(), 'operator-with-a-long-name-' || n || '@${workspace.slug}.example.com', 'Operator number ' || n
           FROM generate_series(1, 300) n RETURNING id)
       INSERT INTO membership (workspace_id, person_id, roles) SELECT $1, id, '{operator}' FROM p`,
      [workspace.id],
    );
    const { id } = await anIncident();
    await page(id, ['page'], 'opened', {
      ...agent.version.contract,
      ownership: { ...agent.version.contract.ownership, operator: 'x@nowhere.example' },
    });
    const { rows } = await db().query<{ body: string }>(
      'SELECT body FROM outbox_message WHERE incident_id = $1',
      [id],
    );
    const told: unknown = JSON.parse(rows[0]?.body ?? '{}');
    expect(told).toMatchObject({ data: { page: { more: 281, to: expect.any(Array) } } });
  });

  it('though its on-call schedule cannot be read: the path goes on, and says why', async () => {
    await db().query(
      `INSERT INTO on_call_schedule (id, workspace_id, address, name, time_zone, layers) VALUES ($1, $2, $3, 'Claims desk', 'UTC', '[{"kind":"torn"}]')`,
      [newId(), workspace.id, at('desk')],
    );
    const { id } = await anIncident();
    await page(id, ['page'], 'opened', {
      ...agent.version.contract,
      ownership: { ...agent.version.contract.ownership, operator: at('desk') },
    });
    expect(await steps(id)).toMatchObject([
      { state: 'nobody', reason: 'The on-call schedule Claims desk cannot be read.' },
      { state: 'sent' },
    ]);
  });

  it('though its contract cannot be read any more: the page goes without what changed', async () => {
    await givenRun(workspace, agent);
    const torn = newId();
    await db().query(
      `INSERT INTO contract_version (id, workspace_id, agent_id, number, digest, document, source, source_format)
       VALUES ($1, $2, $3, 2, repeat('0', 64), '{"versioning":{"contract":"2"}}', '', 'json')`,
      [torn, workspace.id, agent.id],
    );
    const run = await givenRun(workspace, { id: agent.id, version: { id: torn, digest: '0'.repeat(64) } });
    const { id } = await givenIncident(workspace, agent, run, { pagedAt: null });
    await page(id);
    expect(await steps(id)).toMatchObject([{ state: 'sent' }, { state: 'waiting' }]);
  });
});

it('whoever is paged in the place of two who are away is told so', async () => {
  const ana = await givenPerson(workspace, ['sre'], { name: 'Ana Ruiz', email: at('ana') });
  const ben = await givenPerson(workspace, ['sre'], { name: 'Ben Okoye', email: at('ben') });
  await createSchedule(dana, {
    name: 'Claims desk',
    address: at('desk'),
    timeZone: 'UTC',
    layers: [
      {
        id: 'all',
        name: 'All hours',
        people: [dana.personId, ana.personId, ben.personId],
        every: { count: 1, unit: 'weeks' },
        startsOn: new Date().toISOString().slice(0, 10),
        handoverAt: '00:00',
        windows: [],
      },
    ],
  });
  await db().query(
    `INSERT INTO absence (id, workspace_id, person_id, starts_at, ends_at)
     SELECT gen_random_uuid(), $1, p, now() - interval '1 day', now() + interval '1 day' FROM unnest($2::uuid[]) p`,
    [workspace.id, [dana.personId, ana.personId]],
  );
  const { id } = await anIncident();
  await page(id, ['warn'], 'opened', {
    ...agent.version.contract,
    ownership: { ...agent.version.contract.ownership, operator: at('desk') },
  });
  expect(await steps(id)).toMatchObject([
    { state: 'sent', reason: 'Dana Whitfield and Ana Ruiz are away. On call: Claims desk.' },
  ]);
});

it('steps are taken past one that somebody holds', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 2; n += 1) {
    const { id } = await anIncident();
    await page(id);
    ids.push((await steps(id))[1]?.id ?? '');
  }
  await db().query('UPDATE page SET due_at = now() WHERE id = ANY($1::uuid[])', [ids]);
  await transact(async (client) => {
    await client.query('SELECT FROM page WHERE id = $1 FOR UPDATE', [ids[0]]);
    const leased = await Promise.race([
      leasePages(ids.map((id) => ({ id, what: 'page' as const }))),
      new Promise<null>((done) => setTimeout(() => done(null), 3000)),
    ]);
    expect(leased).toEqual(new Set([ids[1]]));
  });
});
