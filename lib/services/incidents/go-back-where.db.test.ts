import { expect, it } from 'vitest';
import { db, transact } from '@/lib/db/pool';
import { givenDesk } from '@/lib/services/gates/testing/refund-desk';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenPerson, givenVersion, givenWorkspace } from '@/lib/services/testing/given';
import { givenIncident, givenRun } from '@/lib/services/testing/given-run';
import { lastKnownGood, rollbackTarget } from './last-known-good';
import { rollBack } from './roll-back';

it('an agent that does real work goes back only to a version that has done it, or has passed the gates for it', async () => {
  const desk = await givenDesk();
  const built = await desk.submit({ authority: { level: 'continuous' } });
  const live = await desk.submit({ versioning: { contract: '1.1' } });
  await desk.walk(live, 'G1', 'G2', 'G3', 'G4', 'G5');
  expect(await desk.stage()).toMatchObject({ stage: 'production', inForce: live.number });
  const next = await desk.submit({ versioning: { contract: '1.2' } });
  for (const { agentId, versionId } of [built, live])
    await givenRun(desk.workspace, { id: agentId, version: { id: versionId, digest: '' } });
  const good = async (before: { number: number }) =>
    (await lastKnownGood(db(), live.agentId, before.number))?.number ?? null;
  expect(await good(next)).toBe(live.number);
  // It did well in Build, and nobody has agreed to it in Production.
  expect(await good(live)).toBe(null);
  expect((await rollbackTarget(db(), live.agentId, live.versionId))?.state).toBe('nothing-to-go-back-to');
  await db().query(`UPDATE agent SET stage = 'build' WHERE id = $1`, [live.agentId]);
  expect(await good(live)).toBe(built.number);
}, 60_000);

it('an agent that does real work goes back to a version that does nothing but narrow what was agreed, wherever that did well', async () => {
  const desk = await givenDesk();
  const narrower = await desk.submit({ authority: { level: 'human-in-the-loop' } });
  const live = await desk.submit({ versioning: { contract: '1.1', code: 'refund-desk@2' } });
  await desk.walk(live, 'G1', 'G2', 'G3', 'G4', 'G5');
  await givenRun(desk.workspace, { id: live.agentId, version: { id: narrower.versionId, digest: '' } });
  expect(await rollbackTarget(db(), live.agentId, live.versionId)).toMatchObject({
    state: 'possible',
    to: { number: narrower.number },
  });
  // What nobody has agreed to vouches for nothing.
  const next = await desk.submit({ authority: { level: 'continuous' }, versioning: { contract: '1.2' } });
  await db().query('DELETE FROM run WHERE agent_id = $1', [live.agentId]);
  const wide = await desk.submit({ authority: { level: 'continuous' }, versioning: { contract: '1.3' } });
  await givenRun(desk.workspace, { id: live.agentId, version: { id: next.versionId, digest: '' } });
  expect(await lastKnownGood(db(), live.agentId, wide.number)).toBeNull();
}, 60_000);

it('who rolls back takes the agent before the incident, as those who open incidents do', async () => {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace);
  await givenRun(workspace, agent);
  const second = await givenVersion(workspace, agent, aContract({ versioning: { contract: '1.1' } }));
  await db().query('UPDATE agent SET contract_version_id = $2 WHERE id = $1', [agent.id, second.id]);
  const run = await givenRun(workspace, { id: agent.id, version: second });
  const { id: incidentId, number } = await givenIncident(workspace, agent, run);
  const dana = await givenPerson(workspace, ['operator']);
  let going: Promise<unknown> = Promise.resolve();
  await transact(async (client) => {
    await client.query('SELECT FROM agent WHERE id = $1 FOR NO KEY UPDATE', [agent.id]);
    going = rollBack(dana, { number, to: 1, reason: 'It leaks.' });
    going.catch(() => {});
    await new Promise((done) => setTimeout(done, 500));
    await client.query('SELECT FROM incident WHERE id = $1 FOR UPDATE NOWAIT', [incidentId]);
  });
  expect(await going).toMatchObject({ number: 1 });
});
