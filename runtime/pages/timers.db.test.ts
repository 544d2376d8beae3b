import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@/lib/db/id';
import { listening } from '@/lib/db/listen';
import { notify } from '@/lib/db/notify';
import { db } from '@/lib/db/pool';
import { leasePages } from '@/lib/services/pages/due-pages';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { type PageTimers, startPageTimers, takeDue } from './timers';

const log = pino({ level: 'silent' });
let workspace: GivenWorkspace;
let agent: GivenAgent;
let timers: PageTimers[] = [];

beforeEach(async () => {
  workspace = await givenWorkspace();
  agent = await givenAgent(workspace, aContract());
  await givenPerson(workspace, ['sre'], { name: 'Sam Ito', email: at('sam') });
});
afterEach(async () => {
  for (const each of timers) await each.stop();
  timers = [];
  await db().query(`UPDATE page SET state = 'cancelled', ended_at = now() WHERE state = 'waiting'`);
});

const at = (name: string) => `${name}@${workspace.slug}.example.com`;

/** A step of an open incident of its own that falls due in so many ms. */
async function aStep(inMs: number): Promise<string> {
  const run = await givenRun(workspace, agent, { status: 'paused' });
  const incident = await givenIncident(workspace, agent, run);
  const id = newId();
  await db().query(
    `INSERT INTO page (id, workspace_id, incident_id, round, step, kind, address, due_at)
     VALUES ($1, $2, $3, 1, 1, 'escalation', $4, clock_timestamp() + make_interval(secs => $5))`,
    [id, workspace.id, incident.id, at('sam'), inMs / 1000],
  );
  return id;
}
const planned = () => notify(db(), { workspaceId: workspace.id, topic: 'page', id: '' });
async function steps(ids: readonly string[]) {
  const { rows } = await db().query<{ state: string; late_ms: number; told: number }>(
    `SELECT p.state, (extract(epoch FROM p.ended_at - p.due_at) * 1000)::float8 AS late_ms,
       (SELECT count(*) FROM page_recipient r WHERE r.page_id = p.id) AS told
     FROM page p WHERE p.id = ANY($1::uuid[])`,
    [ids],
  );
  return rows;
}
const taken = async (ids: readonly string[]) =>
  (await steps(ids)).filter(({ state }) => state === 'sent').length;

describe('the timers of several planes', () => {
  it('take each step once, when it is due and not before', async () => {
    timers = [startPageTimers(log), startPageTimers(log), startPageTimers(log)];
    await listening();
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await aStep(800 + n * 40));
    await planned();
    await expect.poll(() => taken(ids), { timeout: 10_000 }).toBe(12);
    for (const { told, late_ms } of await steps(ids)) {
      expect(told).toBe(1);
      expect(late_ms).toBeGreaterThanOrEqual(0);
      // Looking every five seconds would find them too.
      expect(late_ms).toBeLessThan(2000);
    }
  });

  it('take over what a killed plane had leased, within ten seconds', async () => {
    const id = await aStep(0);
    expect((await leasePages([{ id, what: 'page' }])).size).toBe(1);
    timers = [startPageTimers(log)];
    await expect.poll(() => taken([id]), { timeout: 10_000 }).toBe(1);
    expect((await steps([id]))[0]?.told).toBe(1);
  });

  it('catch up on what fell due while nothing ran', async () => {
    const ids = [await aStep(-3_600_000), await aStep(-60_000)];
    timers = [startPageTimers(log)];
    await expect.poll(() => taken(ids), { timeout: 10_000 }).toBe(2);
  });

  it('follow a step that is put off at the last moment', async () => {
    timers = [startPageTimers(log)];
    await listening();
    let id: string;
    let putOff: number | null;
    // Where the machine is too slow to put one off before it falls due, another is.
    do {
      id = await aStep(1500);
      await planned();
      const { rowCount } = await db().query(
        `UPDATE page SET due_at = due_at + interval '1 hour'
          WHERE id = $1 AND due_at > clock_timestamp() + interval '100 milliseconds'`,
        [id],
      );
      putOff = rowCount;
    } while (putOff === 0);
    await planned();
    await new Promise((done) => setTimeout(done, 1800));
    expect(await taken([id])).toBe(0);
    await db().query(`UPDATE page SET due_at = clock_timestamp() + interval '200 ms' WHERE id = $1`, [id]);
    await planned();
    await expect.poll(() => taken([id]), { timeout: 10_000 }).toBe(1);
    expect((await steps([id]))[0]?.late_ms).toBeGreaterThanOrEqual(0);
  });

  it('take no more than four beside each other, whenever they fall due', async () => {
    let beside = 0;
    let most = 0;
    const slowly = async (due: Parameters<typeof takeDue>[0]) => {
      beside += 1;
      most = Math.max(most, beside);
      await new Promise((done) => setTimeout(done, 400));
      await takeDue(due);
      beside -= 1;
    };
    timers = [startPageTimers(log, slowly)];
    await listening();
    const ids: string[] = [];
    for (let n = 0; n < 10; n += 1) ids.push(await aStep(600 + n * 30));
    await planned();
    await expect.poll(() => taken(ids), { timeout: 15_000 }).toBe(10);
    expect(most).toBe(4);
    for (const { told } of await steps(ids)) expect(told).toBe(1);
  });

  it('send what a digest has collected when its time is up', async () => {
    const page = await aStep(3_600_000);
    const digest = newId();
    await db().query(
      `WITH d AS (INSERT INTO page_digest (id, workspace_id, person_id, opened_at, due_at)
         SELECT $1, $2, id, now(), clock_timestamp() + interval '300 ms' FROM person WHERE email = $3 RETURNING id, person_id)
       INSERT INTO page_recipient (id, page_id, incident_id, person_id, digest_id, at)
       SELECT $4, p.id, p.incident_id, d.person_id, d.id, now() FROM d, page p WHERE p.id = $5`,
      [digest, workspace.id, at('sam'), newId(), page],
    );
    timers = [startPageTimers(log), startPageTimers(log)];
    await expect
      .poll(
        async () =>
          (await db().query(`SELECT title FROM notification WHERE workspace_id = $1`, [workspace.id])).rows,
        { timeout: 10_000 },
      )
      .toEqual([{ title: '1 further incident' }]);
  });
});
