import { expect, test } from 'vitest';
import { transact } from '@/lib/db/pool';
import { createDraft } from '../drafts/create-draft';
import { givenAgent, givenPerson, givenWorkspace } from '../testing/given';
import { appendAudit } from './append';
import { auditQuerySchema } from './audit-query';
import { exportEntries } from './export-entries';
import { listAudit } from './list-audit';

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
  const paused = await listAudit(auditor, { ...ALL, action: 'run' });
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
  const agent = await givenAgent(workspace);
  const writer = await givenPerson(workspace, ['engineer']);
  const { id } = await createDraft(writer, {
    subject: 'agent',
    agentId: agent.id,
    source: 'kind: AgentContract',
    origin: 'blank',
  });
  expect((await listAudit(auditor, { ...ALL, subject: `draft:${id}` })).entries).toMatchObject([
    { subjectName: expect.stringMatching(/^Draft of ./), href: `/contracts/drafts/${id}` },
  ]);
  const { entries, actors } = await listAudit(auditor, ALL);
  expect(entries.slice(-2).map((entry) => entry.subjectName)).toEqual([null, 'Vera']);
  expect(entries.at(-1)?.actorName).toBe('Vera');
  expect(actors.map((actor) => actor.name)).toContain('Vera');
});

test('entries are found by action, by what people call their subject, and by day where the workspace is', async () => {
  const workspace = await givenWorkspace({ timeZone: 'Asia/Tokyo' });
  const auditor = await givenPerson(workspace, ['auditor'], { name: 'Vera' });
  const subject = `person:${auditor.personId}`;
  await transact(async (client) => {
    await appendAudit(client, [
      { workspaceId: workspace.id, actor: auditor, action: 'person.added', subject },
      { workspaceId: workspace.id, actor: auditor, action: 'person.disabled', subject },
      { workspaceId: workspace.id, actor: workspace.system, action: 'personnel.counted', subject: 'run:1' },
    ]);
    // 15:30 UTC is the next day in Tokyo. Written as it would have been then: entries cannot be changed.
    await client.query(
      `INSERT INTO audit_entry (workspace_id, at, actor, actor_name, action, subject)
       VALUES ($1, '2026-03-01T15:30:00Z', 'system', 'Countersign', 'run.paused', 'run:2')`,
      [workspace.id],
    );
  });
  const found = async (query: Partial<typeof ALL>) =>
    (await listAudit(auditor, { ...ALL, ...query })).entries.map((entry) => entry.action);
  expect(await found({ action: 'person' })).toEqual(['person.disabled', 'person.added']);
  expect(await found({ action: 'person.added' })).toEqual(['person.added']);
  expect(await found({ subject: 'vera' })).toEqual(['person.disabled', 'person.added']);
  expect(await found({ subject: 'nobody' })).toEqual([]);
  expect(await found({ from: '2026-03-02', to: '2026-03-02' })).toEqual(['run.paused']);
  expect(await found({ from: '2026-03-01', to: '2026-03-01' })).toEqual([]);
  expect((await listAudit(auditor, ALL)).actions).toEqual([
    'person.added',
    'person.disabled',
    'personnel.counted',
    'run.paused',
  ]);
});

test('the log is exported whole as CSV, and that is written down too', async () => {
  const workspace = await givenWorkspace();
  const auditor = await givenPerson(workspace, ['auditor'], { name: 'Vera' });
  await transact((client) =>
    appendAudit(
      client,
      Array.from({ length: 1500 }, (_, index) => ({
        workspaceId: workspace.id,
        actor: workspace.system,
        action: 'run.paused',
        subject: `run:${index}`,
        detail: { reason: `=1+1, "quoted" ${index}` },
      })),
    ),
  );
  let text = '';
  for await (const piece of exportEntries(auditor, { ...ALL, action: 'run' })) text += piece;
  const csv = text.trimEnd().split('\r\n');
  expect(csv).toHaveLength(1501);
  expect(csv[0]).toBe('entry,at,actor,actor_name,action,subject,subject_name,detail');
  const exported = await listAudit(auditor, { ...ALL, action: 'audit.exported' });
  expect(exported.entries.map((entry) => entry.detail)).toEqual([{ format: 'csv', action: 'run' }]);
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
  await expect(exportEntries(qa, ALL).next()).rejects.toMatchObject({ code: 'forbidden' });
});
