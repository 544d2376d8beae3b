import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { sha256Hex } from '@/lib/evidence/digest';

export interface KeptFile {
  name: string;
  mediaType: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, hex; the bytes were held against it. */
  digest: string;
}

/** The file of a piece of evidence. Throws `not_found`; `conflict` when the stored bytes are not those that were recorded. */
export async function getFile(actor: Actor, id: string): Promise<KeptFile> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.read', { workspaceId });
  const { rows } = z.uuid().safeParse(id).success
    ? await db().query<{ name: string; mediaType: string; digest: string; bytes: Buffer }>(
        `SELECT e.file_name AS name, e.media_type AS "mediaType", e.digest, f.bytes
           FROM evidence e JOIN evidence_file f ON f.workspace_id = e.workspace_id AND f.digest = e.digest
          WHERE e.workspace_id = $1 AND e.id = $2 AND e.file_name IS NOT NULL AND ($3::uuid IS NULL OR e.agent_id = $3)`,
        [workspaceId, id, actor.kind === 'key' ? actor.agentId : null],
      )
    : { rows: [] };
  const file = rows[0];
  if (file === undefined) throw new AppError('not_found', 'There is no such file in this workspace.');
  const bytes = new Uint8Array(file.bytes);
  if (sha256Hex(bytes) !== file.digest)
    throw new AppError(
      'conflict',
      `The stored bytes of ${file.name} are not those that were recorded: somebody changed them in the database.`,
    );
  return { ...file, bytes };
}
