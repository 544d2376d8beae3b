import { expect, test } from 'vitest';
import { transact } from '@/lib/db/pool';
import { givenPerson, givenWorkspace } from '../testing/given';
import { appendAudit } from './append';
import { auditQuerySchema, listAudit } from './list-audit';

const ALL = auditQuerySchema.parse({});

test('the log is read newest first, page by page, without gap or repetition', async () => {
  const workspace = await givenWorkspace();
  const auditor = await givenPerson(workspace, ['auditor']);
  await transact((client) =>
    appendAudit(
      client,
      Array.from({ length: 120 }, (_, index) => ({
        workspaceId: workspace.id,
        actor: workspace.system,
        action: index % 2 === 0 ? 'run.paused' : 'incident.opened',
        subject: `run:${index}`,
        detail: { index },
      })),
    ),
  );
  const read: unknown[] = [];
  let before: number | null = null;
  for (let pages = 0; pages < 5; pages++) {
    const page = await listAudit(auditor, { ...ALL, ...(before === null ? {} : { before }) });
    read.push(...page.entries.map((entry) => entry.detail.index));
    before = page.next;
    if (before === null) break;
  }
  expect(read).toEqual(Array.from({ length: 120 }, (_, index) => 119 - index));
  const paused = await listAudit(auditor, { ...ALL, noun: 'run' });
  expect(new Set(paused.entries.map((entry) => entry.action))).toEqual(new Set(['run.paused']));
  const one = await listAudit(auditor, { ...ALL, subject: 'run:7' });
  expect(one.entries).toHaveLength(1);
});

test('a subject that is known is named and linked', async () => {
  const workspace = await givenWorkspace();
  const auditor = await givenPerson(workspace, ['auditor'], { name: 'Vera' });
  await transact((client) =>
    appendAudit(client, [
      {
        workspaceId: workspace.id,
        actor: auditor,
        action: 'person.added',
        subject: `person:${auditor.personId}`,
      },
      { workspaceId: workspace.id, actor: auditor, action: 'run.paused', subject: 'run:not-a-uuid' },
    ]),
  );
  const { entries, actors } = await listAudit(auditor, ALL);
  expect(entries.map((entry) => entry.subjectName)).toEqual([null, 'Vera']);
  expect(entries[0]?.actorName).toBe('Vera');
  expect(actors.map((actor) => actor.name)).toEqual(['Countersign', 'Vera']);
});

test('another workspace’s log, and everybody’s for those without the right, is closed', async () => {
  const workspace = await givenWorkspace();
  await transact((client) =>
    appendAudit(client, [
      { workspaceId: workspace.id, actor: workspace.system, action: 'run.paused', subject: 'run:1' },
    ]),
  );
  const stranger = await givenPerson(await givenWorkspace(), ['auditor']);
  expect((await listAudit(stranger, ALL)).entries).toEqual([]);
  const qa = await givenPerson(workspace, ['qa', 'sponsor', 'engineer']);
  await expect(listAudit(qa, ALL)).rejects.toMatchObject({ code: 'forbidden' });
});
