import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import type { Response } from '@/lib/contract/schema';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { acknowledgeIncident } from '@/lib/services/incidents/acknowledge-incident';
import { listNotifications } from '@/lib/services/notifications/list';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { leasePages, pagesDueWithin } from './due-pages';
import { escalateIncident } from './escalate-now';
import { firePage } from './fire-page';
import { getPages } from './get-pages';
import { pageIncident } from './page-incident';
import { reassignIncident } from './reassign-incident';
import { sendDigest } from './send-digest';
import { snoozeIncident } from './snooze-incident';

type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Person;
let sam: Person;
let hana: Person;

const at = (name: string) => `${name}@${workspace.slug}.example.com`;

beforeEach(async () => {
  workspace = await givenWorkspace();
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield', email: at('dana') });
  sam = await givenPerson(workspace, ['sre'], { name: 'Sam Ito', email: at('sam') });
  hana = await givenPerson(workspace, ['head-of-ai'], { name: 'Hana Keller', email: at('hana') });
  agent = await givenAgent(
    workspace,
    aContract({
      ownership: {
        operator: at('dana'),
        escalation: [
          { to: at('hana'), afterMinutes: 30 },
          { to: at('sam'), afterMinutes: 10 },
        ],
      },
    }),
  );
});

async function paged(responses: Response[] = ['page'], now = new Date()) {
  const run = await givenRun(workspace, agent, { status: 'paused', score: 61.5 });
  const incident = await givenIncident(workspace, agent, run, { severity: 'high', pagedAt: null });
  await transact((client) =>
    pageIncident(client, {
      workspaceId: workspace.id,
      incidentId: incident.id,
      contract: agent.version.contract,
      responses: new Set(responses),
      why: 'opened',
      now,
    }),
  );
  return incident;
}
async function steps(incidentId: string) {
  const { rows } = await db().query<{
    id: string;
    kind: string;
    state: string;
    reason: string | null;
    minutes: number;
    to: string[] | null;
  }>(
    `SELECT p.id, p.kind, p.state, p.reason, round(extract(epoch FROM p.due_at - p.created_at) / 60)::int AS minutes,
       (SELECT array_agg(q.name ORDER BY q.name) FROM page_recipient r JOIN person q ON q.id = r.person_id WHERE r.page_id = p.id) AS to
     FROM page p WHERE p.incident_id = $1 ORDER BY p.round, p.step`,
    [incidentId],
  );
  return rows;
}
/** Lets a step fall due, and fires it as a plane would. */
async function fire(id: string): Promise<boolean> {
  await db().query('UPDATE page SET due_at = now() WHERE id = $1', [id]);
  return firePage(id);
}
async function away(person: Person) {
  await db().query(
    `INSERT INTO absence (id, workspace_id, person_id, starts_at, ends_at) VALUES ($1, $2, $3, now() - interval '1 day', now() + interval '1 day')`,
    [newId(), workspace.id, person.personId],
  );
}
async function recorded(incidentId: string, action: string) {
  const { rows } = await db().query<{ detail: Record<string, unknown> }>(
    `SELECT detail FROM audit_entry WHERE action = $1 AND subject = $2 ORDER BY id`,
    [action, `incident:${incidentId}`],
  );
  return rows.map(({ detail }) => detail);
}
const titles = async (person: Person) =>
  (await listNotifications(person)).notifications.map(({ title }) => title);

describe('a page', () => {
  it('reaches the operator at once, and the path waits, the soonest first', async () => {
    const { id, number } = await paged();
    expect(await steps(id)).toMatchObject([
      { kind: 'operator', state: 'sent', minutes: 0, to: ['Dana Whitfield'] },
      { kind: 'escalation', state: 'waiting', minutes: 10, to: null },
      { kind: 'escalation', state: 'waiting', minutes: 30, to: null },
    ]);
    expect(await titles(dana)).toEqual([`INC-${number}: A clause was broken`]);
    expect(await titles(sam)).toEqual([]);
    expect(await recorded(id, 'page.sent')).toMatchObject([{ to: ['Dana Whitfield'], step: 0 }]);
    const { rows } = await db().query(
      `SELECT channel, recipient, error FROM delivery_attempt WHERE incident_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ channel: 'in-app', recipient: 'Dana Whitfield', error: null }]);
    const incident = await db().query('SELECT operator_id, paged_at FROM incident WHERE id = $1', [id]);
    expect(incident.rows).toMatchObject([{ operator_id: dana.personId, paged_at: expect.any(Date) }]);
  });

  it('climbs when its time comes, once, whoever fires it', async () => {
    const { id } = await paged();
    const second = (await steps(id))[1]?.id ?? '';
    await db().query(
      `UPDATE page SET due_at = now(), created_at = created_at - interval '10 minutes' WHERE id = $1`,
      [second],
    );
    const due = (await pagesDueWithin(0, 1000)).filter((each) => each.id === second);
    expect(due).toHaveLength(1);
    const leases = await Promise.all([leasePages(due), leasePages(due), leasePages(due)]);
    expect(leases.map((ours) => ours.size).toSorted()).toEqual([0, 0, 1]);
    const fired = await Promise.all([firePage(second), firePage(second), firePage(second)]);
    expect(fired.filter(Boolean)).toHaveLength(1);
    expect((await steps(id))[1]).toMatchObject({ state: 'sent', to: ['Sam Ito'] });
    expect(await titles(sam)).toHaveLength(1);
  });

  it('stops climbing when somebody acknowledges, also at the very moment a step fires', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id, number } = await paged();
      const second = (await steps(id))[1]?.id ?? '';
      await db().query('UPDATE page SET due_at = now() WHERE id = $1', [second]);
      const [fired] = await Promise.all([firePage(second), acknowledgeIncident(dana, { number })]);
      const after = await steps(id);
      expect(after.map(({ state }) => state)).toEqual(['sent', fired ? 'sent' : 'cancelled', 'cancelled']);
      expect(after[1]?.to).toEqual(fired ? ['Sam Ito'] : null);
      await db().query('DELETE FROM page_recipient WHERE incident_id = $1', [id]);
    }
  });

  it('may be acknowledged by whoever was paged, whatever their role, and by no one else without it', async () => {
    const lena = await givenPerson(workspace, ['sponsor'], { name: 'Lena Fischer', email: at('lena') });
    const { id, number } = await paged();
    expect(await refusal(acknowledgeIncident(lena, { number }))).toMatchObject({ code: 'forbidden' });
    await reassignIncident(dana, { number, personId: lena.personId });
    await acknowledgeIncident(lena, { number });
    expect((await steps(id)).filter(({ state }) => state === 'waiting')).toEqual([]);
  });

  it('goes to the next step at once when nobody is behind an address, and says why', async () => {
    await away(dana);
    const { id } = await paged();
    expect(await steps(id)).toMatchObject([
      { kind: 'operator', state: 'nobody', reason: 'Dana Whitfield is away.', to: null },
      {
        kind: 'escalation',
        state: 'sent',
        reason: 'Dana Whitfield is away. The escalation path goes on at once.',
        to: ['Sam Ito'],
      },
      { kind: 'escalation', state: 'waiting' },
    ]);
    expect(await recorded(id, 'page.nobody')).toMatchObject([{ why: 'Dana Whitfield is away.', step: 0 }]);
  });

  it('reaches the head of AI in the end, away or not, when everybody of the path is', async () => {
    for (const person of [dana, sam, hana]) await away(person);
    const { id } = await paged();
    const after = await steps(id);
    expect(after.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'operator nobody',
      'escalation nobody',
      'escalation nobody',
      'last-resort sent',
    ]);
    expect(after.at(-1)).toMatchObject({ to: ['Hana Keller'], reason: expect.stringContaining('away') });
  });

  it('goes to every operator when the workspace knows nobody of the operator’s address', async () => {
    agent = await givenAgent(
      workspace,
      aContract({
        identity: { agent: 'other-desk' },
        ownership: { operator: 'nobody@elsewhere.example.com' },
      }),
    );
    const { id } = await paged();
    expect((await steps(id))[0]).toMatchObject({
      state: 'sent',
      to: ['Dana Whitfield'],
      reason: expect.stringContaining('every operator is paged'),
    });
  });

  it('tells the operator once where the contract only warns, and no person where it only pauses', async () => {
    const warned = await paged(['warn', 'pause']);
    expect(await steps(warned.id)).toMatchObject([{ state: 'sent', to: ['Dana Whitfield'] }]);
    const silent = await paged(['pause']);
    expect(await steps(silent.id)).toEqual([]);
    expect(await titles(dana)).toHaveLength(1);
  });
});

describe('a page in somebody’s hands', () => {
  it('can be handed to a person by name, who is paged; what waits keeps its times', async () => {
    const { id, number } = await paged();
    expect(await reassignIncident(dana, { number, personId: sam.personId, note: 'You know the OCR.' })).toBe(
      'Sam Ito',
    );
    expect(await steps(id)).toMatchObject([
      { kind: 'operator', state: 'sent' },
      { kind: 'escalation', state: 'waiting', minutes: 10 },
      { kind: 'escalation', state: 'waiting', minutes: 30 },
      {
        kind: 'reassigned',
        state: 'sent',
        to: ['Sam Ito'],
        reason: 'Dana Whitfield handed it on: You know the OCR.',
      },
    ]);
    expect(await recorded(id, 'incident.reassigned')).toMatchObject([
      { from: 'Dana Whitfield', to: 'Sam Ito' },
    ]);
    expect(await refusal(reassignIncident(dana, { number, personId: sam.personId }))).toMatchObject({
      code: 'conflict',
      message: `INC-${number} is with Sam Ito already.`,
    });
    await away(hana);
    expect(await refusal(reassignIncident(dana, { number, personId: hana.personId }))).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Hana Keller is away'),
    });
  });

  it('is open again, with its path anew, when it is handed on after it was acknowledged', async () => {
    const { id, number } = await paged();
    await acknowledgeIncident(dana, { number });
    await reassignIncident(dana, { number, personId: sam.personId });
    const { rows } = await db().query('SELECT state, acknowledged_at FROM incident WHERE id = $1', [id]);
    expect(rows).toEqual([{ state: 'open', acknowledged_at: null }]);
    expect((await steps(id)).slice(3)).toMatchObject([
      { kind: 'reassigned', state: 'sent', to: ['Sam Ito'] },
      { kind: 'escalation', state: 'waiting' },
      { kind: 'escalation', state: 'waiting' },
    ]);
  });

  it('can be snoozed: it comes back to who did, and the path goes on as long after', async () => {
    const { id, number } = await paged();
    await snoozeIncident(dana, { number, until: new Date(Date.now() + 60 * 60_000) });
    const after = await steps(id);
    expect(after).toMatchObject([
      { kind: 'operator', state: 'sent' },
      { kind: 'escalation', state: 'waiting', minutes: 70 },
      { kind: 'escalation', state: 'waiting', minutes: 90 },
      { kind: 'snooze', state: 'waiting', minutes: 60 },
    ]);
    // Snoozed anew until sooner: the path comes sooner too.
    await snoozeIncident(sam, { number, until: new Date(Date.now() + 30 * 60_000) });
    const again = await steps(id);
    expect(again.map(({ state, minutes }) => `${state} ${minutes}`)).toEqual([
      'sent 0',
      'waiting 40',
      'waiting 60',
      'cancelled 60',
      'waiting 30',
    ]);
    await fire(again.at(-1)?.id ?? '');
    expect((await steps(id)).at(-1)).toMatchObject({
      state: 'sent',
      to: ['Sam Ito'],
      reason: 'The snooze is over and nobody has acknowledged.',
    });
  });

  it('does not come back when it was acknowledged meanwhile, and takes no time beyond a day', async () => {
    const { id, number } = await paged();
    for (const minutes of [-5, 0, 24 * 60 + 1])
      expect(
        await refusal(snoozeIncident(dana, { number, until: new Date(Date.now() + minutes * 60_000) })),
      ).toMatchObject({ code: 'invalid' });
    await snoozeIncident(dana, { number, until: new Date(Date.now() + 5 * 60_000) });
    await acknowledgeIncident(sam, { number });
    expect((await steps(id)).at(-1)).toMatchObject({
      kind: 'snooze',
      state: 'cancelled',
      reason: 'Sam Ito acknowledged it.',
    });
    expect(
      await refusal(snoozeIncident(dana, { number, until: new Date(Date.now() + 5 * 60_000) })),
    ).toMatchObject({ code: 'conflict' });
  });

  it('can be escalated by hand: the next step comes at once, behind the last the head of AI', async () => {
    const { id, number } = await paged();
    expect(await escalateIncident(dana, { number, reason: 'I am on a train.' })).toEqual(['Sam Ito']);
    expect(await escalateIncident(dana, { number })).toEqual(['Hana Keller']);
    expect(await escalateIncident(dana, { number })).toEqual(['Hana Keller']);
    expect((await steps(id)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'operator sent',
      'escalation sent',
      'escalation sent',
      'last-resort sent',
    ]);
  });
});

describe('a storm', () => {
  it('of 500 incidents in a minute pages nobody more than a handful of times, and every incident is there', async () => {
    const began = Date.now() - 60_000;
    const ids: string[] = [];
    for (let n = 0; n < 500; n += 1) {
      // Digests that fall due meanwhile are sent, as the timers would.
      const now = new Date(began + n * 120);
      const due = await db().query<{ id: string }>(
        'SELECT id FROM page_digest WHERE workspace_id = $1 AND sent_at IS NULL AND due_at <= $2',
        [workspace.id, now],
      );
      for (const { id } of due.rows) {
        await sendDigest(id);
        await db().query('UPDATE page_digest SET sent_at = $2 WHERE id = $1', [id, now]);
      }
      ids.push((await paged(['page'], now)).id);
    }
    await db().query('UPDATE page_digest SET due_at = now() WHERE workspace_id = $1', [workspace.id]);
    const left = await db().query<{ id: string }>(
      'SELECT id FROM page_digest WHERE workspace_id = $1 AND sent_at IS NULL',
      [workspace.id],
    );
    for (const { id } of left.rows) await sendDigest(id);

    const told = await titles(dana);
    expect(told.length).toBeLessThanOrEqual(6);
    expect(told.filter((title) => title.startsWith('INC-'))).toHaveLength(3);
    const counted = told.flatMap((title) => /^([\d,]+) further incidents/.exec(title)?.[1] ?? []);
    expect(counted.reduce((sum, count) => sum + Number(count), 0)).toBe(497);
    const linked = await db().query<{ count: number }>(
      `SELECT count(DISTINCT incident_id) FROM page_recipient WHERE incident_id = ANY($1::uuid[]) AND person_id = $2`,
      [ids, dana.personId],
    );
    expect(linked.rows[0]?.count).toBe(500);
  }, 60_000);

  it('is counted also where pages go out at the same moment, on whichever plane', async () => {
    const incidents: { id: string; number: number }[] = [];
    for (let n = 0; n < 8; n += 1) incidents.push(await paged());
    await db().query('DELETE FROM page_recipient WHERE incident_id = ANY($1::uuid[])', [
      incidents.map(({ id }) => id),
    ]);
    await db().query('DELETE FROM page_digest WHERE workspace_id = $1', [workspace.id]);
    const due = await db().query<{ id: string }>(
      `UPDATE page SET due_at = now() WHERE workspace_id = $1 AND state = 'waiting' AND step = 1 RETURNING id`,
      [workspace.id],
    );
    expect(await Promise.all(due.rows.map(({ id }) => firePage(id)))).toEqual(Array(8).fill(true));
    const { rows } = await db().query<{ digest_id: string | null }>(
      'SELECT digest_id FROM page_recipient WHERE person_id = $1',
      [sam.personId],
    );
    expect(rows.filter(({ digest_id }) => digest_id === null)).toHaveLength(3);
    const digests = [...new Set(rows.flatMap(({ digest_id }) => digest_id ?? []))];
    expect(digests).toHaveLength(1);
    // Until that goes out nobody is said to have been told.
    const shown = async () =>
      (await Promise.all(incidents.map(({ number }) => getPages(dana, number)))).flatMap(({ steps: of }) =>
        of.flatMap(({ people }) =>
          people.flatMap(({ inDigest }) => (inDigest === null ? [] : inDigest.sent)),
        ),
      );
    expect(await shown()).toEqual(Array(5).fill(false));
    await db().query('UPDATE page_digest SET due_at = now() WHERE id = ANY($1::uuid[])', [digests]);
    for (const id of digests) expect(await sendDigest(id)).toBe(true);
    expect(await shown()).toEqual(Array(5).fill(true));
  });

  it('holds nobody’s page up for longer than a moment, whatever holds up the others', async () => {
    const { number } = await paged();
    const holder = await db().connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM workspace WHERE id = $1 FOR NO KEY UPDATE', [workspace.id]);
      expect(await escalateIncident(dana, { number })).toEqual(['Sam Ito']);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
    }
  });
});
