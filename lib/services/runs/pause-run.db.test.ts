import { beforeEach, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/actor';
import { db } from '@/lib/db/pool';
import { aContract } from '@/lib/services/testing/a-contract';
import {
  type GivenWorkspace,
  givenAgent,
  givenKey,
  givenPerson,
  givenWorkspace,
} from '@/lib/services/testing/given';
import { type GivenRun, givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { refusal } from '@/lib/services/testing/refusal';
import { getIncident } from '../incidents/get-incident';
import { resolveIncident } from '../incidents/resolve-incident';
import { getRun } from './get-run';
import { pauseRun } from './pause-run';
import { resumeRun } from './resume-run';
import { runStatus } from './run-status';
import { stopRun } from './stop-run';

let workspace: GivenWorkspace;
let run: GivenRun;
let agent: { id: string };
let dana: Actor;
/** QA: a role that no contract need name, but this one does. */
let quinn: Actor;
let key: Actor;

beforeEach(async () => {
  workspace = await givenWorkspace();
  const given = await givenAgent(
    workspace,
    aContract({ failure: { killSwitch: ['QA', 'operator', 'The night desk'] } }),
  );
  agent = given;
  run = await givenRun(workspace, given, { status: 'running', spanCount: 1 });
  dana = await givenPerson(workspace, ['operator'], { name: 'Dana Whitfield' });
  quinn = await givenPerson(workspace, ['qa'], { name: 'Quinn Adler' });
  key = (await givenKey(workspace, ['decide'])).actor;
});

const audited = async () =>
  (
    await db().query('SELECT action, actor_name, detail FROM audit_entry WHERE subject = $1 ORDER BY id', [
      `run:${run.id}`,
    ])
  ).rows;

it('a person may pause a run with a reason, and its agent reads it', async () => {
  await pauseRun(dana, { runId: run.id, reason: 'The claim looks odd.' });
  expect(await runStatus(key, { key: run.key })).toMatchObject({ status: 'paused', instruction: 'wait' });
  expect(await audited()).toMatchObject([
    { action: 'run.paused', actor_name: 'Dana Whitfield', detail: { reason: 'The claim looks odd.' } },
    { action: 'run.pause-acknowledged' },
  ]);
  expect((await refusal(pauseRun(dana, { runId: run.id, reason: 'Again.' }))).code).toBe('conflict');
  await resumeRun(dana, { runId: run.id, reason: 'It is fine.' });
  expect((await runStatus(key, { key: run.key })).instruction).toBe('continue');
});

it('a pause needs a reason, and a run that goes on', async () => {
  expect((await refusal(pauseRun(dana, { runId: run.id, reason: ' ' }))).code).toBe('invalid');
  const over = await givenRun(workspace, agent, { status: 'finished' });
  expect((await refusal(pauseRun(dana, { runId: over.id, reason: 'x' }))).message).toContain('finished');
});

it('a run whose incident only paged is paused by hand, which its incident shows', async () => {
  const { number } = await givenIncident(workspace, agent, run);
  await pauseRun(dana, { runId: run.id, reason: 'Wait.' });
  expect((await getIncident(dana, number, new Date())).pausedAt).not.toBeNull();
});

it('a role that the kill switch names may stop and pause that agent’s runs, and no other agent’s', async () => {
  expect((await getRun(quinn, run.id)).may).toMatchObject({
    stop: { allowed: true },
    pause: { allowed: true },
  });
  await pauseRun(quinn, { runId: run.id, reason: 'Odd.' });
  // Pausing is a brake for anybody at the switch; letting go on is the operator's.
  expect((await refusal(resumeRun(quinn, { runId: run.id, reason: 'x' }))).code).toBe('forbidden');
  await stopRun(quinn, { runId: run.id, reason: 'Stop.' });

  const other = await givenAgent(workspace, aContract({ identity: { agent: 'other' } }));
  const theirs = await givenRun(workspace, other, { status: 'running' });
  expect((await refusal(stopRun(quinn, { runId: theirs.id, reason: 'x' }))).code).toBe('forbidden');
  expect((await getRun(quinn, theirs.id)).may.stop).toMatchObject({ allowed: false });
});

it('who is at the kill switch may end an incident by stopping its run', async () => {
  const { number } = await givenIncident(workspace, agent, run);
  expect((await refusal(resolveIncident(quinn, { number, resolution: 'resumed', reason: 'x' }))).code).toBe(
    'forbidden',
  );
  await resolveIncident(quinn, { number, resolution: 'stopped', reason: 'No.' });
  expect((await getRun(quinn, run.id)).status).toBe('stopping');
});
