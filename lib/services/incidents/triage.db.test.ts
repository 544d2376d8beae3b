import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { listNotifications } from '@/lib/services/notifications/list';
import { markRead } from '@/lib/services/notifications/mark-read';
import { resumeRun } from '@/lib/services/runs/resume-run';
import { confirmStopped, runStatus } from '@/lib/services/runs/run-status';
import { stopRun } from '@/lib/services/runs/stop-run';
import {
  type GivenAgent,
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { givenWaitingRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { createEndpoint } from '@/lib/services/webhooks/create-endpoint';
import { acknowledgeIncident } from './acknowledge-incident';
import { resolveIncident } from './resolve-incident';

type Person = Extract<Actor, { kind: 'person' }>;
let workspace: GivenWorkspace;
let agent: GivenAgent;
let dana: Person;
let idris: Person;
let key: Actor;
let numbers = 0;
/** A paused run with its open incident, anew for each test. */
let run: { id: string; key: string };
let number: number;
let incidentId: string;

beforeAll(async () => {
  workspace = await givenWorkspace({ timeZone: 'Europe/Berlin' });
  agent = await givenAgent(workspace);
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  idris = await givenPerson(workspace, ['sre'], { name: 'Idris Kane' });
  key = (await givenKey(workspace, ['decide'], agent)).actor;
  // Nothing is delivered here; what is enqueued is looked at. An address, so that no name is resolved.
  await createEndpoint(dana, { url: 'https://1.1.1.1/hook' });
});

beforeEach(async () => {
  numbers += 1;
  number = numbers;
  ({ run, incidentId } = await pausedRun(number));
});

async function pausedRun(of: number, rootEnded = false) {
  const made = { id: newId(), key: `run-${of}` };
  await db().query(
    `INSERT INTO run (id, workspace_id, agent_id, key, status, started_at, ended_at, paused_at, root_ended, contract_version_id)
     VALUES ($1, $2, $3, $4, 'paused', now(), now(), now(), $5, $6)`,
    [made.id, workspace.id, agent.id, made.key, rootEnded, agent.version.id],
  );
  const id = newId();
  await db().query(
    `INSERT INTO incident (id, workspace_id, number, run_id, agent_id, title, clause, severity, operator_id, breached_at, opened_at, paused_at)
     VALUES ($1, $2, $3, $4, $5, 'Bank details in an attachment', 'tools/orders.get/categories', 'high', $6, now(), now(), now())`,
    [id, workspace.id, of, made.id, agent.id, dana.personId],
  );
  await givenWaitingRun(id);
  await db().query(
    `INSERT INTO notification (id, workspace_id, person_id, kind, title, incident_id)
     VALUES ($1, $2, $3, 'incident.opened', 'INC', $4)`,
    [newId(), workspace.id, dana.personId, id],
  );
  return { run: made, incidentId: id };
}

async function incident() {
  const { rows } = await db().query('SELECT * FROM incident WHERE id = $1', [incidentId]);
  return rows[0];
}
async function runRow() {
  const { rows } = await db().query('SELECT * FROM run WHERE id = $1', [run.id]);
  return rows[0];
}
async function recorded() {
  const { rows } = await db().query<{ action: string }>(
    'SELECT action FROM audit_entry WHERE subject = ANY($1) ORDER BY id',
    [[`run:${run.id}`, `incident:${incidentId}`]],
  );
  return rows.map(({ action }) => action);
}
async function enqueued() {
  const { rows } = await db().query<{ type: string; body: string }>(
    `SELECT type, body FROM outbox_message WHERE body LIKE '%' || $1 || '"%' ORDER BY created_at, id`,
    [`"key":"${run.key}`],
  );
  return rows.map(({ type, body }) => ({ type, ...JSON.parse(body) }));
}

describe('acknowledging', () => {
  it('says who took it on and when, keeps the run paused, and tells receivers', async () => {
    await acknowledgeIncident(dana, { number });
    expect(await incident()).toMatchObject({ state: 'acknowledged', acknowledged_by_id: dana.personId });
    expect((await runRow()).status).toBe('paused');
    expect(await recorded()).toEqual(['incident.acknowledged']);
    expect(await enqueued()).toMatchObject([
      {
        type: 'incident.acknowledged',
        data: {
          incident: { number, severity: 'high', state: 'acknowledged' },
          agent: { name: agent.name, score: null },
          run: { key: run.key, status: 'paused', score: null },
          clause: 'tools/orders.get/categories',
          contract: { version: 1, digest: agent.version.digest },
          operator: { name: 'Dana Whitfield' },
          by: 'Dana Whitfield',
        },
      },
    ]);
  });

  it('twice tells the second who came first', async () => {
    await acknowledgeIncident(dana, { number });
    const refused = await refusal(acknowledgeIncident(idris, { number }));
    expect(refused.code).toBe('conflict');
    expect(refused.message).toMatch(
      new RegExp(`^INC-${number} was acknowledged before: Dana Whitfield, .* (CET|CEST|GMT\\+[12])\\.$`),
    );
  });

  it('by two at once lets exactly one through', async () => {
    const results = await Promise.allSettled([
      acknowledgeIncident(dana, { number }),
      acknowledgeIncident(idris, { number }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is not for auditors, for other workspaces, or for incidents that are not there', async () => {
    const auditor = await givenPerson(workspace, ['auditor']);
    expect((await refusal(acknowledgeIncident(auditor, { number }))).code).toBe('forbidden');
    const stranger = await givenPerson(await givenWorkspace(), ['operator']);
    expect((await refusal(acknowledgeIncident(stranger, { number }))).code).toBe('not_found');
    expect((await refusal(acknowledgeIncident(dana, { number: 4711 }))).code).toBe('not_found');
    expect((await refusal(acknowledgeIncident(key, { number }))).code).toBe('forbidden');
  });

  it('reads the notification of whoever was paged', async () => {
    const before = await listNotifications(dana);
    await acknowledgeIncident(dana, { number });
    const after = await listNotifications(dana);
    expect(after.unread).toBe(before.unread - 1);
    expect(after.notifications[0]).toMatchObject({ incident: { number, state: 'acknowledged' } });
    await markRead(dana, { ids: 'all' });
    expect((await listNotifications(dana)).unread).toBe(0);
  });
});

describe('resolving', () => {
  it('by resuming lets the run go on and keeps the reason', async () => {
    const { revision } = await runRow();
    await acknowledgeIncident(dana, { number });
    await resolveIncident(dana, {
      number,
      resolution: 'resumed',
      reason: ' The attachment was the client’s own. ',
    });
    expect(await incident()).toMatchObject({
      state: 'resolved',
      resolution: 'resumed',
      reason: 'The attachment was the client’s own.',
      resolved_by_id: dana.personId,
    });
    expect(await runRow()).toMatchObject({ status: 'running', revision: revision + 1 });
    expect(await recorded()).toEqual(['incident.acknowledged', 'run.resumed', 'incident.resolved']);
    expect((await enqueued()).map(({ type }) => type)).toEqual([
      'incident.acknowledged',
      'run.resumed',
      'incident.resolved',
    ]);
  });

  it('by resuming a run whose root span has ended leaves it finished', async () => {
    numbers += 1;
    number = numbers;
    ({ run, incidentId } = await pausedRun(number, true));
    await resolveIncident(dana, { number, resolution: 'resumed', reason: 'Seen.' });
    expect((await runRow()).status).toBe('finished');
  });

  it('without a reason is refused at the field', async () => {
    const refused = await refusal(resolveIncident(dana, { number, resolution: 'stopped', reason: '  ' }));
    expect(refused).toMatchObject({ code: 'invalid', issues: [{ path: 'reason' }] });
    expect((await incident()).state).toBe('open');
  });

  it('twice tells the second who did what', async () => {
    await resolveIncident(dana, { number, resolution: 'resumed', reason: 'Fine.' });
    const refused = await refusal(
      resolveIncident(idris, { number, resolution: 'stopped', reason: 'Stop it.' }),
    );
    expect(refused.code).toBe('conflict');
    expect(refused.message).toContain('was resolved by resuming the run before: Dana Whitfield');
    expect((await runRow()).status).toBe('running');
  });

  it('by resuming is not for the SRE, who may stop', async () => {
    const refused = await refusal(resolveIncident(idris, { number, resolution: 'resumed', reason: 'x' }));
    expect(refused.code).toBe('forbidden');
    await resolveIncident(idris, { number, resolution: 'stopped', reason: 'Wrong payee.' });
    expect((await incident()).acknowledged_by_id).toBe(idris.personId);
  });
});

describe('stopping', () => {
  it('is asked for, heard, and confirmed: three facts with their times', async () => {
    await resolveIncident(dana, { number, resolution: 'stopped', reason: 'Third party’s bank details.' });
    expect(await runRow()).toMatchObject({ status: 'stopping', stop_acked_at: null, stopped_at: null });

    // A person who looks is not the agent that hears.
    expect((await runStatus(dana, { key: run.key })).stop?.acknowledgedAt).toBeNull();
    const heard = await runStatus(key, { key: run.key });
    expect(heard).toMatchObject({ status: 'stopping', instruction: 'stop', stop: { confirmedAt: null } });
    expect(heard.stop?.acknowledgedAt).not.toBeNull();
    // Hearing it again changes nothing.
    expect(await runStatus(key, { key: run.key })).toEqual(heard);

    const stopped = await confirmStopped(key, { key: run.key });
    expect(stopped).toMatchObject({ status: 'stopped', instruction: 'stop' });
    expect(stopped.stop?.confirmedAt).not.toBeNull();
    expect(await confirmStopped(key, { key: run.key })).toEqual(stopped);
    expect(await recorded()).toEqual([
      'run.stop-requested',
      'incident.resolved',
      'run.stop-acknowledged',
      'run.stopped',
    ]);
    expect((await enqueued()).map(({ type }) => type)).toEqual([
      'run.stop-requested',
      'incident.resolved',
      'run.stopped',
    ]);
  });

  it('a run that has ended already is done at once', async () => {
    numbers += 1;
    number = numbers;
    ({ run, incidentId } = await pausedRun(number, true));
    await resolveIncident(dana, { number, resolution: 'stopped', reason: 'Do not continue it.' });
    expect((await runRow()).status).toBe('stopped');
    expect(await recorded()).toEqual(['run.stop-requested', 'run.stopped', 'incident.resolved']);
  });

  it('from the run’s own page resolves the incident that waits on it', async () => {
    await stopRun(idris, { runId: run.id, reason: 'Runaway.' });
    expect(await incident()).toMatchObject({ state: 'resolved', resolution: 'stopped', reason: 'Runaway.' });
    const refused = await refusal(stopRun(dana, { runId: run.id, reason: 'Me too.' }));
    expect(refused.message).toContain('by Idris Kane');
    expect((await refusal(resumeRun(dana, { runId: run.id, reason: 'Back.' }))).code).toBe('conflict');
  });

  it('cannot be confirmed by an agent nobody asked to stop', async () => {
    expect((await refusal(confirmStopped(key, { key: run.key }))).code).toBe('conflict');
  });
});

describe('what a running agent is told', () => {
  it('that it is paused, and that it heard so', async () => {
    const status = await runStatus(key, { key: run.key });
    expect(status).toMatchObject({ key: run.key, status: 'paused', instruction: 'wait', agent: agent.name });
    expect(status.pause?.acknowledgedAt).not.toBeNull();
    expect(await recorded()).toEqual(['run.pause-acknowledged']);
  });

  it('nothing about runs of other agents or workspaces', async () => {
    const other = await givenWorkspace();
    const foreign = (await givenKey(other, ['decide'])).actor;
    expect((await refusal(runStatus(foreign, { key: run.key }))).code).toBe('not_found');
    const second = await givenAgent(
      workspace,
      (await import('@/lib/services/testing/a-contract')).aContract({
        identity: { agent: `other-${number}` },
      }),
    );
    const bound = (await givenKey(workspace, ['decide'], second)).actor;
    expect((await refusal(runStatus(bound, { key: run.key }))).code).toBe('forbidden');
  });
});
