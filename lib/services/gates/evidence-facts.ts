import { CLOCK_TOLERANCE_MS } from '@/lib/lifecycle/standing';
import { EVIDENCE_COLUMNS, EVIDENCE_JOINS, type EvidenceSummary } from '@/lib/services/evidence/evidence-row';
import { grouped, type Queries } from './rows';

export type EvidenceFact = EvidenceSummary;

/** How many attachments of an agent stand before its signers, the newest; each is bound into their signatures. */
const MOST_ATTACHMENTS = 50;

/**
 * By agent: of each kind the newest of each version, and the newest attachments. What says it is from the future stands beside
 * it, not in its place: a clock that was wrong once must not be in the way for ever. `upTo`: as it was then.
 */
export async function evidenceFacts(
  client: Queries,
  workspaceId: string,
  agentIds: string[] | null,
  upTo?: Date,
): Promise<Map<string, EvidenceFact[]>> {
  const { rows } = await client.query<EvidenceFact & { agentId: string }>(
    `SELECT e.agent_id AS "agentId", ${EVIDENCE_COLUMNS}
       FROM (SELECT e.*, row_number() OVER (PARTITION BY e.agent_id, e.kind, e.contract_version_id, e.produced_at > $4
                                            ORDER BY e.produced_at DESC, e.id DESC) AS nth
               FROM evidence e
              WHERE e.workspace_id = $1 AND ($2::uuid[] IS NULL OR e.agent_id = ANY($2))
                AND ($3::timestamptz IS NULL OR e.produced_at <= $3)) e ${EVIDENCE_JOINS}
      WHERE e.nth <= CASE WHEN e.kind = 'attachment' THEN ${MOST_ATTACHMENTS} ELSE 1 END
      ORDER BY e.produced_at DESC, e.id DESC`,
    [workspaceId, agentIds, upTo ?? null, new Date(Date.now() + CLOCK_TOLERANCE_MS)],
  );
  return grouped(rows, ({ agentId, ...evidence }) => [agentId, evidence]);
}
