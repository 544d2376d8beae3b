import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { draftName } from './draft-text';
import { PRESENT_SECONDS } from './note-presence';

export interface DraftListRow {
  id: string;
  /** What its text calls the agent. */
  name: string;
  subject: 'agent' | 'defaults';
  agent: string | null;
  origin: string;
  base: { label: string } | null;
  /** The number of the amendment whose text it is. */
  amendment: number | null;
  createdBy: string | null;
  createdAt: string;
  updatedBy: string | null;
  updatedAt: string;
  revision: number;
  /** Who has it open now. */
  present: string[];
}

/** Drafts that are being written, the last changed first; of one agent when `agent` names it. */
export async function listDrafts(
  actor: Actor,
  of: { agent?: string } = {},
): Promise<{ rows: DraftListRow[]; mayWrite: boolean }> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.read', { workspaceId });
  const { rows } = await db().query<
    Omit<DraftListRow, 'name' | 'base' | 'createdAt' | 'updatedAt'> & {
      head: string;
      baseLabel: string | null;
      createdAt: Date;
      updatedAt: Date;
    }
  >(
    `SELECT d.id, left(d.source, 5000) AS head, d.subject, a.name AS agent, d.origin, d.revision,
            b.document #>> '{versioning,contract}' AS "baseLabel", m.number AS amendment,
            c.name AS "createdBy", d.created_at AS "createdAt", u.name AS "updatedBy", d.updated_at AS "updatedAt",
            ARRAY(SELECT p.name FROM draft_presence r JOIN person p ON p.id = r.person_id
                   WHERE r.draft_id = d.id AND r.seen_at > now() - make_interval(secs => $4) ORDER BY p.name) AS present
       FROM contract_draft d
       LEFT JOIN agent a ON a.id = d.agent_id
       LEFT JOIN contract_version b ON b.id = d.base_version_id
       LEFT JOIN amendment m ON m.draft_id = d.id
       LEFT JOIN person c ON c.id = d.created_by_id
       LEFT JOIN person u ON u.id = d.updated_by_id
      WHERE d.workspace_id = $1 AND d.state = 'open' AND ($2::text IS NULL OR a.name = $2)
        AND ($3::uuid IS NULL OR d.agent_id = $3)
      ORDER BY d.updated_at DESC, d.id DESC LIMIT 500`,
    [workspaceId, of.agent ?? null, actor.kind === 'key' ? actor.agentId : null, PRESENT_SECONDS],
  );
  return {
    rows: rows.map(({ head, baseLabel, ...row }) => ({
      ...row,
      name: row.subject === 'defaults' ? 'Workspace defaults' : draftName(head),
      base: baseLabel === null ? null : { label: baseLabel },
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    })),
    mayWrite: can(actor, 'draft.write', { workspaceId }),
  };
}
