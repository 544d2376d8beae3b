import { beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db, transact } from '@/lib/db/pool';
import { acknowledgeIncident } from '@/lib/services/incidents/acknowledge-incident';
import { closeIncident } from '@/lib/services/incidents/close-incident';
import { leaseDue, untilNextDue } from '@/lib/services/outbox/lease';
import { recordAttempt } from '@/lib/services/outbox/record-attempt';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { getPages } from './get-pages';
import { pageIncident } from './page-incident';
import { sendDigest } from './send-digest';
import { snoozeIncident } from './snooze-incident';

let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Extract<Actor, { kind: 'person' }>;

beforeEach(async () => {
  // What is due belongs to one test alone.
  await db().query('DELETE FROM outbox_message');
  workspace = await givenWorkspace();
  const email = `dana@${workspace.slug}.example.com`;
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield', email });
  agent = await givenAgent(workspace, aContract({ ownership: { operator: email } }));
});

async function channel(kind: 'slack' | 'pagerduty'): Promise<string> {
  const id = newId();
  await db().query(
    `INSERT INTO webhook_endpoint (id, workspace_id, kind, name, url, sealed_secret, events)
     VALUES ($1, $2, $3, $3, 'https://hooks.example.com/', 'sealed', '{}')`,
    [id, workspace.id, kind],
  );
  return id;
}
async function anIncident() {
  const run = await givenRun(workspace, agent, { status: 'paused' });
  return givenIncident(workspace, agent, run, { severity: 'high', pagedAt: null });
}
async function paged() {
  const incident = await anIncident();
  await transact((client) =>
    pageIncident(client, {
      workspaceId: workspace.id,
      incidentId: incident.id,
      contract: agent.version.contract,
      responses: new Set(['page']),
      why: 'opened',
      now: new Date(),
    }),
  );
  return incident;
}
const resolve = (incidentId: string) =>
  transact((client) =>
    closeIncident(client, dana, { incidentId, resolution: 'resumed', reason: 'It is well.' }),
  );

/** Two incidents that a channel is told of as one, by an alert that is there. */
async function aDigest(endpointId: string) {
  const [first, second] = [await anIncident(), await anIncident()];
  const digest = newId();
  await db().query(
    `INSERT INTO page_digest (id, workspace_id, endpoint_id, opened_at, due_at, sent_at) VALUES ($1, $2, $3, now(), now(), now())`,
    [digest, workspace.id, endpointId],
  );
  for (const { id } of [first, second]) {
    const page = newId();
    await db().query(
      `WITH p AS (INSERT INTO page (id, workspace_id, incident_id, round, step, kind, state, due_at, ended_at)
         VALUES ($1, $2, $3, 1, 0, 'operator', 'sent', now(), now()) RETURNING id)
       INSERT INTO page_recipient (id, page_id, incident_id, endpoint_id, digest_id, at) SELECT $4, p.id, $3, $5, $6, now() FROM p`,
      [page, workspace.id, id, newId(), endpointId, digest],
    );
  }
  return { digest, first, second };
}
async function said(subject: string): Promise<string[]> {
  const { rows } = await db().query<{ action: string }>(
    `SELECT body::jsonb->>'event_action' AS action FROM outbox_message
     WHERE channel = 'pagerduty' AND body::jsonb->>'dedup_key' = $1 ORDER BY id`,
    [`countersign-${subject}`],
  );
  return rows.map(({ action }) => action);
}

describe('an alert in PagerDuty', () => {
  it('is not acknowledged before it is there', async () => {
    await channel('pagerduty');
    const { number } = await paged();
    const [trigger] = await leaseDue(10, 10, new Map());
    if (trigger === undefined) throw new Error('Nothing was due.');
    await acknowledgeIncident(dana, { number });
    // It is under way, then waits to be tried again: what comes after it waits too, and nobody is woken for it.
    expect(await leaseDue(10, 10, new Map())).toEqual([]);
    await recordAttempt(
      trigger,
      { status: 500, error: 'Answered 500.', retryAfterMs: null },
      { at: new Date(), ms: 1 },
    );
    expect(await leaseDue(10, 10, new Map())).toEqual([]);
    expect(await untilNextDue()).toBeGreaterThan(3000);
    await recordAttempt(trigger, { status: 202, error: null, retryAfterMs: null }, { at: new Date(), ms: 1 });
    const [next] = await leaseDue(10, 10, new Map());
    expect(JSON.parse(next?.body ?? '{}')).toMatchObject({ event_action: 'acknowledge' });
  });

  it('of several is acknowledged when the last open one is resolved and others are only taken on', async () => {
    const { digest, first, second } = await aDigest(await channel('pagerduty'));
    await acknowledgeIncident(dana, { number: first.number });
    expect(await said(digest)).toEqual([]);
    await resolve(second.id);
    expect(await said(digest)).toEqual(['acknowledge']);
    await resolve(first.id);
    expect(await said(digest)).toEqual(['acknowledge', 'resolve']);
  });

  it('of several is settled also when the last two are at the same moment', async () => {
    const endpoint = await channel('pagerduty');
    for (let round = 0; round < 8; round += 1) {
      const { digest, first, second } = await aDigest(endpoint);
      await Promise.all([first, second].map(({ number }) => acknowledgeIncident(dana, { number })));
      expect(await said(digest)).toEqual(['acknowledge']);
    }
  });
});

describe('a page that has not arrived', () => {
  it('is given up when somebody has the incident, and is on nobody’s list to send again', async () => {
    await channel('slack');
    await channel('pagerduty');
    const { id, number } = await paged();
    // They were tried and wait for another attempt.
    await db().query(`UPDATE outbox_message SET attempts = 1, due_at = now() + interval '5 seconds'`);
    await acknowledgeIncident(dana, { number });
    const { rows } = await db().query(
      `SELECT channel, dead_at IS NOT NULL AS dead, discarded_at IS NOT NULL AS discarded, last_error
       FROM outbox_message WHERE incident_id = $1 AND page_id IS NOT NULL ORDER BY channel`,
      [id],
    );
    expect(rows).toEqual(
      ['pagerduty', 'slack'].map((each) => ({
        channel: each,
        dead: true,
        discarded: true,
        last_error: 'Dana Whitfield acknowledged it.',
      })),
    );
    expect((await getPages(dana, number)).steps[0]?.undelivered.map(({ state }) => state)).toEqual([
      'discarded',
      'discarded',
    ]);
  });

  it('is tried again within seconds, not minutes', async () => {
    await channel('slack');
    await paged();
    const [message] = await leaseDue(1, 1, new Map());
    if (message === undefined) throw new Error('Nothing was due.');
    const failed = { status: 500, error: 'Answered 500.', retryAfterMs: null };
    await recordAttempt({ ...message, attempts: 2 }, failed, { at: new Date(), ms: 1 });
    const wait = (await untilNextDue()) ?? 0;
    expect(wait).toBeGreaterThan(10_000);
    expect(wait).toBeLessThan(17_000);
  });
});

describe('a digest', () => {
  it('leaves out what was snoozed meanwhile, is when the others were paged, and is shown while it is on its way', async () => {
    const endpoint = await channel('slack');
    const { digest, first, second } = await aDigest(endpoint);
    await snoozeIncident(dana, { number: first.number, until: new Date(Date.now() + 3_600_000) });
    await db().query('DELETE FROM outbox_message');
    await db().query('UPDATE page_digest SET sent_at = NULL WHERE id = $1', [digest]);
    expect(await sendDigest(digest)).toBe(true);
    const { rows } = await db().query<{ body: string }>(
      'SELECT body FROM outbox_message WHERE digest_id = $1',
      [digest],
    );
    expect(rows[0]?.body).toContain(`INC-${second.number}`);
    expect(rows[0]?.body).not.toContain(`INC-${first.number} `);
    expect((await getPages(dana, second.number)).steps[0]?.undelivered).toMatchObject([
      { channel: 'slack', recipient: 'slack', state: 'waiting' },
    ]);
  });
});
