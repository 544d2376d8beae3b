import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { newId } from '@/lib/db/id';
import { db } from '@/lib/db/pool';
import { listActivity } from '@/lib/services/comments/list-activity';
import { settleThread } from '@/lib/services/comments/settle-thread';
import { startThread } from '@/lib/services/comments/start-thread';
import { importContract } from '@/lib/services/contracts/import-contract';
import { aContract } from '@/lib/services/testing/a-contract';
import { givenAgent, givenPerson, givenWorkspace } from '@/lib/services/testing/given';
import { listReadings } from './list-readings';
import { recordReading } from './record-reading';

describe('who has read a contract', () => {
  it('names its owners first, with those who have not, and then everybody else who has', async () => {
    const workspace = await givenWorkspace();
    const tag = newId().slice(-6);
    const grc = await givenPerson(workspace, ['grc'], { name: 'Rasmus', email: `rasmus-${tag}@example.com` });
    const other = await givenPerson(workspace, ['sme'], { name: 'Otto' });
    const agent = await givenAgent(
      workspace,
      aContract({ ownership: { grc: `Rasmus-${tag}@Example.com`, qa: `Rasmus-${tag}@Example.com` } }),
    );
    const subject = { kind: 'version', id: agent.version.id } as const;
    expect((await listReadings(grc, subject)).every((reader) => reader.readAt === null)).toBe(true);
    await recordReading(grc, subject);
    await recordReading(grc, subject);
    await recordReading(other, subject);
    await recordReading(workspace.system, subject);
    const readers = await listReadings(grc, subject);
    expect(readers.find((reader) => reader.name === 'Rasmus')).toMatchObject({
      parts: ['QA', 'GRC'],
      readAt: expect.any(String),
      outdated: false,
    });
    expect(readers.at(-1)).toMatchObject({ name: 'Otto', parts: [] });
    expect(readers.find((reader) => reader.parts.includes('sponsor'))).toMatchObject({
      name: 'sponsor@example.com',
      readAt: null,
    });
  });

  it('of a draft says when it has changed since, and bears a text that is no contract yet', async () => {
    const workspace = await givenWorkspace();
    const reader = await givenPerson(workspace, ['engineer'], { name: 'Tomas' });
    const id = newId();
    await db().query(
      `INSERT INTO contract_draft (id, workspace_id, source, origin, created_by_id) VALUES ($1, $2, $3, 'blank', $4)`,
      [id, workspace.id, 'ownership: { sponsor: x@example.com, grc: 3 }', reader.personId],
    );
    const subject = { kind: 'draft', id } as const;
    await recordReading(reader, subject, 1);
    expect(await listReadings(reader, subject)).toMatchObject([
      { name: 'x@example.com', parts: ['sponsor'], readAt: null },
      { name: 'Tomas', outdated: false },
    ]);
    await db().query(`UPDATE contract_draft SET revision = 2, source = 'a: [' WHERE id = $1`, [id]);
    await recordReading(reader, subject, 1);
    expect(await listReadings(reader, subject)).toMatchObject([{ name: 'Tomas', outdated: true }]);
  });

  it('is kept within the workspace', async () => {
    const agent = await givenAgent(await givenWorkspace());
    const stranger = await givenPerson(await givenWorkspace(), ['sponsor']);
    const subject = { kind: 'version', id: agent.version.id } as const;
    await expect(recordReading(stranger, subject)).rejects.toMatchObject({ code: 'not_found' });
    await expect(listReadings(stranger, subject)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('what happened to a contract', () => {
  it('tells comments, what was settled and versions, the newest first', async () => {
    const workspace = await givenWorkspace();
    const sponsor = await givenPerson(workspace, ['sponsor'], { name: 'Miriam' });
    const grc = await givenPerson(workspace, ['grc'], { name: 'Rasmus' });
    await importContract(sponsor, { source: stringify(aContract()), format: 'yaml', putInForce: true });
    const { rows } = await db().query<{ id: string }>(
      'SELECT id FROM contract_version WHERE workspace_id = $1',
      [workspace.id],
    );
    const subject = { kind: 'version', id: rows[0]?.id ?? '' } as const;
    const asked = await startThread(grc, {
      subject,
      clause: 'cost/perDay',
      kind: 'change-request',
      body: 'Less',
    });
    await settleThread(grc, { threadId: asked.id, resolved: true });
    expect(
      (await listActivity(sponsor, subject)).map(({ by, what, clauses }) => [by, what, ...clauses]),
    ).toEqual([
      ['Rasmus', 'resolved the requested change of', 'cost/perDay'],
      ['Rasmus', 'asked for a change of', 'cost/perDay'],
      ['Miriam', 'put version no. 1 in force'],
      ['Miriam', 'made version no. 1'],
    ]);
  });
});
