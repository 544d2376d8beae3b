import { expect, test } from 'vitest';
import { listening } from '@/lib/db/listen';
import { notify, type Topic } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { givenPerson, givenWorkspace } from '../testing/given';
import { type Changes, subscribe } from './subscribe';

async function say(workspaceId: string, topic: Topic, id: string): Promise<void> {
  await notify(await db(), { workspaceId, topic, id });
}

test('a reader hears of changes in their workspace, gathered, and of no other', async () => {
  const workspace = await givenWorkspace();
  const other = await givenWorkspace();
  const reader = await givenPerson(workspace, ['auditor']);
  const heard: Changes[] = [];
  const stop = subscribe(reader, (changes) => heard.push(changes));
  await listening();
  heard.length = 0;
  await say(other.id, 'run', 'theirs');
  await say(workspace.id, 'run', 'a');
  await say(workspace.id, 'run', 'b');
  await say(workspace.id, 'run', 'a');
  await say(workspace.id, 'incident', 'c');
  await expect.poll(() => heard.length).toBe(1);
  expect(heard).toEqual([{ run: ['a', 'b'], incident: ['c'] }]);
  stop();
  await say(workspace.id, 'run', 'd');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(heard).toHaveLength(1);
});

test('what was rolled back is not heard of', async () => {
  const workspace = await givenWorkspace();
  const reader = await givenPerson(workspace, ['auditor']);
  const heard: Changes[] = [];
  const stop = subscribe(reader, (changes) => heard.push(changes));
  await listening();
  heard.length = 0;
  await transact(async (client) => {
    await notify(client, { workspaceId: workspace.id, topic: 'run', id: 'undone' });
    throw new Error('no');
  }).catch(() => {});
  await say(workspace.id, 'run', 'done');
  await expect.poll(() => heard).toEqual([{ run: ['done'] }]);
  stop();
});

test('many changes at once become "look again"', async () => {
  const workspace = await givenWorkspace();
  const reader = await givenPerson(workspace, ['auditor']);
  const heard: Changes[] = [];
  const stop = subscribe(reader, (changes) => heard.push(changes));
  await listening();
  heard.length = 0;
  await transact(async (client) => {
    for (let i = 0; i < 60; i++)
      await notify(client, { workspaceId: workspace.id, topic: 'run', id: String(i) });
  });
  await expect.poll(() => heard).toEqual([{ run: [] }]);
  stop();
});

test('a key that only sends may not listen', async () => {
  const workspace = await givenWorkspace();
  expect(() =>
    subscribe(
      { kind: 'key', workspaceId: workspace.id, keyId: 'k', name: 'k', scopes: ['ingest'], agentId: null },
      () => {},
    ),
  ).toThrow('scope read');
});
