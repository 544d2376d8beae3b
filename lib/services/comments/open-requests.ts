import type { PoolClient } from 'pg';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { type CommentSubject, findSubject, THREADS_OF_SUBJECT, threadsOfSubject } from './subject';

/** Clauses of a draft or version that somebody has asked to change and nobody has resolved. */
export async function openRequests(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  about: CommentSubject,
): Promise<string[]> {
  const subject = await findSubject(client, workspaceId, about);
  const { rows } = await client.query<{ clause: string }>(
    `SELECT t.clause ${THREADS_OF_SUBJECT} AND t.kind = 'change-request' AND t.resolved_at IS NULL
      ORDER BY t.created_at LIMIT 200`,
    threadsOfSubject(workspaceId, subject),
  );
  return rows.map((row) => row.clause);
}

/**
 * A version with requested changes does not begin to decide; one that has decided before may always come back, because going
 * back to it is how an incident ends. Throws `conflict` naming the clauses.
 */
export async function refuseWithOpenRequests(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  versionId: string,
): Promise<void> {
  const clauses = await openRequests(client, workspaceId, { kind: 'version', id: versionId });
  if (clauses.length === 0) return;
  const { rowCount } = await client.query(
    `SELECT FROM contract_version v WHERE v.id = $1 AND EXISTS (
       SELECT FROM audit_entry e WHERE e.workspace_id = v.workspace_id AND e.subject = 'agent:' || v.agent_id
          AND e.action = 'contract.put-in-force' AND e.detail ->> 'number' = v.number::text)`,
    [versionId],
  );
  if (rowCount !== 0) return;
  throw new AppError(
    'conflict',
    `${plural(clauses.length, 'requested change')} must be resolved first: ${[...new Set(clauses)].slice(0, 5).join(', ')}.`,
  );
}
