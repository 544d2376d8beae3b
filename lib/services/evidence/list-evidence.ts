import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { EVIDENCE_COLUMNS, EVIDENCE_JOINS, type EvidenceSummary } from './evidence-row';

/** Whose evidence: what speaks of the agent itself, and of this version of its contract where one is given. */
export interface EvidenceOf {
  agentId: string;
  versionId: string | null;
}

/** How many attached files, links and notes are listed beside the kinds; the newest. */
const MOST_ATTACHMENTS = 200;

export interface ListedEvidence {
  /** The newest piece of each kind. */
  newest: EvidenceSummary[];
  /** Everything of kind `attachment`, newest first, at most 200. */
  attachments: EvidenceSummary[];
}

/** What there is for an agent and a version: the newest of each kind, and all that was attached. */
export async function listEvidence(actor: Actor, of: EvidenceOf): Promise<ListedEvidence> {
  authorize(actor, 'evidence.read', { workspaceId: actor.workspaceId, agentId: of.agentId });
  return evidenceFor(db(), actor.workspaceId, of);
}

/** The same inside a transaction, for who has authorized the actor already. */
export async function evidenceFor(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  { agentId, versionId }: EvidenceOf,
): Promise<ListedEvidence> {
  // One after the other: a client runs one query at a time.
  const newest = await client.query<EvidenceSummary>(
    `SELECT DISTINCT ON (e.kind) ${EVIDENCE_COLUMNS} FROM evidence e ${EVIDENCE_JOINS}
      WHERE e.workspace_id = $1 AND e.agent_id = $2 AND e.kind <> 'attachment'
        AND (e.contract_version_id IS NULL OR e.contract_version_id = $3)
      ORDER BY e.kind, e.produced_at DESC, e.id DESC`,
    [workspaceId, agentId, versionId],
  );
  const attachments = await client.query<EvidenceSummary>(
    `SELECT ${EVIDENCE_COLUMNS} FROM evidence e ${EVIDENCE_JOINS}
      WHERE e.workspace_id = $1 AND e.agent_id = $2 AND e.kind = 'attachment'
        AND (e.contract_version_id IS NULL OR e.contract_version_id = $3)
      ORDER BY e.produced_at DESC, e.id DESC LIMIT ${MOST_ATTACHMENTS}`,
    [workspaceId, agentId, versionId],
  );
  return { newest: newest.rows, attachments: attachments.rows };
}
