import { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { EVIDENCE_COLUMNS, EVIDENCE_JOINS, type EvidenceSummary } from './evidence-row';

export interface EvidenceDetail extends EvidenceSummary {
  agent: { id: string; name: string; displayName: string };
  /** All of it, as its kind has it; read it with that kind's schema. */
  detail: unknown;
}

/** One piece of evidence with all its figures. Throws `not_found`. */
export async function getEvidence(actor: Actor, id: string): Promise<EvidenceDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.read', { workspaceId });
  const { rows } = z.uuid().safeParse(id).success
    ? await db().query<EvidenceDetail>(
        `SELECT ${EVIDENCE_COLUMNS}, e.detail,
                json_build_object('id', a.id, 'name', a.name, 'displayName', a.display_name) AS agent
           FROM evidence e ${EVIDENCE_JOINS} JOIN agent a ON a.id = e.agent_id
          WHERE e.workspace_id = $1 AND e.id = $2 AND ($3::uuid IS NULL OR e.agent_id = $3)`,
        [workspaceId, id, actor.kind === 'key' ? actor.agentId : null],
      )
    : { rows: [] };
  const evidence = rows[0];
  if (evidence === undefined) throw new AppError('not_found', 'There is no such evidence in this workspace.');
  return evidence;
}
