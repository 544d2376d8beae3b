import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { asYaml } from '@/lib/services/templates/start-from-text';

/** An open draft, as code sees it. */
export interface CodeDraft {
  id: string;
  revision: number;
  source: string;
  origin: string;
  /** Clauses that people, not code, have changed in it, the latest first; empty when none has touched it. */
  touchedByPeople: string[];
  updatedAt: string;
}

/**
 * The open draft of an agent's contract that was pushed from code, or with `any` the last changed one whoever began it, or the
 * very one that is named; null when there is none. `agent` is the name it goes by, or `workspace-defaults`.
 */
export async function codeDraft(
  actor: Actor,
  agent: string,
  which: 'code' | 'any' | { draftId: string } = 'code',
): Promise<CodeDraft | null> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.read', { workspaceId });
  const { rows } = await db().query<
    Omit<CodeDraft, 'touchedByPeople' | 'updatedAt'> & {
      agentName: string | null;
      updatedAt: Date;
      subject: string;
    }
  >(
    `SELECT d.id, d.revision, d.source, d.origin, a.name AS "agentName", d.updated_at AS "updatedAt", d.subject
       FROM contract_draft d LEFT JOIN agent a ON a.id = d.agent_id
      WHERE d.workspace_id = $1 AND d.state = 'open' AND ($2::boolean OR d.origin = 'code')
        AND ($5::uuid IS NULL OR d.id = $5)
        AND ($3::uuid IS NULL OR d.agent_id = $3)
        AND (a.name = $4 OR (d.agent_id IS NULL AND (d.subject = 'defaults') = ($4 = '${DEFAULTS_AGENT}')))
      ORDER BY d.updated_at DESC, d.id DESC LIMIT 200`,
    [
      workspaceId,
      which !== 'code',
      actor.kind === 'key' ? actor.agentId : null,
      agent,
      typeof which === 'object' ? which.draftId : null,
    ],
  );
  // An agent that does not exist yet is known by what the text calls it.
  const found = rows.find(
    (row) => row.agentName === agent || row.subject === 'defaults' || namedIn(row.source) === agent,
  );
  if (found === undefined) return null;
  const touched = await db().query<{ clauses: string[] }>(
    'SELECT clauses FROM draft_revision WHERE draft_id = $1 AND author_id IS NOT NULL ORDER BY revision DESC LIMIT 50',
    [found.id],
  );
  const { id, revision, source, origin } = found;
  return {
    id,
    revision,
    source,
    origin,
    updatedAt: found.updatedAt.toISOString(),
    touchedByPeople: [
      ...new Set(touched.rows.flatMap((row) => (row.clauses.length === 0 ? [''] : row.clauses))),
    ],
  };
}

function namedIn(source: string): string | null {
  try {
    return asYaml(source, 'yaml').agent;
  } catch (error) {
    // Somebody is in the middle of writing it.
    if (error instanceof AppError) return null;
    throw error;
  }
}
