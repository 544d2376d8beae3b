import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { appendAudit } from '@/lib/services/audit/append';
import { notRight } from './schedule-input';
import { memberOf, readSpan, type SpanInput } from './span-input';

export interface NewAbsence extends SpanInput {
  /** Oneself, or anybody for head of AI, operators and SRE. */
  personId: string;
  /** Seen by everybody in the workspace; not kept in the audit log, for why somebody is away is their own. */
  note?: string;
}

const LONGEST_DAYS = 366;

/**
 * Says that a person is away: rotations pass over them, and an address of theirs reaches nobody. What has begun begins now.
 * Throws `invalid` at `from`, `to` or `personId`; `forbidden` for others.
 */
export async function addAbsence(actor: Actor, input: NewAbsence, now = new Date()): Promise<{ id: string }> {
  const { workspaceId } = actor;
  const own = actor.kind === 'person' && actor.personId === input.personId;
  authorize(actor, own ? 'absence.write' : 'absence.write-for-others', { workspaceId });
  const { from, to } = readSpan(input, now, LONGEST_DAYS);
  const note = input.note?.trim() ?? '';
  if (note.length > 200) throw notRight([{ path: 'note', message: 'At most 200 characters.' }]);
  return transact(async (client) => {
    const person = await memberOf(client, workspaceId, input.personId);
    const id = newId();
    await client.query(
      `INSERT INTO absence (id, workspace_id, person_id, starts_at, ends_at, note, created_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        id,
        workspaceId,
        person.id,
        from,
        to,
        note === '' ? null : note,
        actor.kind === 'person' ? actor.personId : null,
      ],
    );
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'absence.added',
        subject: `person:${person.id}`,
        detail: { person: person.name, from: from.toISOString(), to: to.toISOString() },
      },
    ]);
    await notify(client, { workspaceId, topic: 'on-call', id: '' });
    return { id };
  });
}
