import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { type CommentSubject, findSubject } from '@/lib/services/comments/subject';

/**
 * Notes that a person has had a draft or version before them; `revision` is that of a draft, and never goes back. Only people
 * read. Throws `not_found`.
 */
export async function recordReading(actor: Actor, about: CommentSubject, revision = 0): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'contract.read', { workspaceId });
  if (actor.kind !== 'person') return;
  await findSubject(db(), workspaceId, about);
  await db().query(
    `INSERT INTO contract_reading (workspace_id, person_id, subject_id, revision, first_at, last_at)
     VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp())
     ON CONFLICT (subject_id, person_id) DO UPDATE
       SET last_at = excluded.last_at, revision = greatest(contract_reading.revision, excluded.revision)`,
    [workspaceId, actor.personId, about.id, z.int().min(0).max(2_147_483_647).parse(revision)],
  );
}
