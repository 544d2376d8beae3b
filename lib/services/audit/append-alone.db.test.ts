import { describe, expect, it } from 'vitest';
import { db } from '@/lib/db/pool';
import { givenWorkspace } from '@/lib/services/testing/given';
import type { AuditRecord } from './append';
import { appendAlone } from './append-alone';

const record = (workspaceId: string, note: string): AuditRecord => ({
  workspaceId,
  actor: { kind: 'system', workspaceId },
  action: 'proof.refused',
  subject: `workspace:${workspaceId}`,
  detail: { note },
});

async function notes(workspaceId: string): Promise<string[]> {
  const { rows } = await db().query<{ note: string }>(
    `SELECT detail->>'note' AS note FROM audit_entry WHERE workspace_id = $1 AND action = 'proof.refused' ORDER BY id`,
    [workspaceId],
  );
  return rows.map((row) => row.note);
}

describe('entries that belong to no transaction', () => {
  it('are all there when many come at once', async () => {
    const { id: workspaceId } = await givenWorkspace();
    const sent = Array.from({ length: 1200 }, (_, index) => String(index));
    await Promise.all(sent.map((note) => appendAlone(record(workspaceId, note))));
    expect((await notes(workspaceId)).toSorted()).toEqual(sent.toSorted());
  });

  it('are in the log when the caller is answered', async () => {
    const { id: workspaceId } = await givenWorkspace();
    await appendAlone(record(workspaceId, 'first'));
    expect(await notes(workspaceId)).toEqual(['first']);
  });

  it('do not suffer from one the database refuses, whose caller alone is told', async () => {
    const { id: workspaceId } = await givenWorkspace();
    const ends = await Promise.allSettled([
      appendAlone(record(workspaceId, 'before')),
      appendAlone(record(workspaceId, 'beside')),
      appendAlone(record(workspaceId, 'NUL \0')),
      appendAlone(record(workspaceId, 'after')),
    ]);
    expect(ends.map((end) => end.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await notes(workspaceId)).toSorted()).toEqual(['after', 'before', 'beside']);
  });
});

describe('a workspace', () => {
  it('cannot be deleted while it has a record', async () => {
    const { id: workspaceId } = await givenWorkspace();
    await appendAlone(record(workspaceId, 'kept'));
    await expect(db().query('DELETE FROM workspace WHERE id = $1', [workspaceId])).rejects.toThrow(
      'its record is kept',
    );
    const { id: unrecorded } = await givenWorkspace();
    await expect(db().query('DELETE FROM workspace WHERE id = $1', [unrecorded])).resolves.toMatchObject({
      rowCount: 1,
    });
  });
});
