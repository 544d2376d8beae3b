import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { isDraftId, noSuchDraft, speaksFor } from './draft-row';
import { draftName } from './draft-text';
import { PRESENT_SECONDS } from './note-presence';

export interface Present {
  personId: string;
  name: string;
  /** Where they are; null when they only have it open. */
  clause: string | null;
}

/** One accepted change: who made it and which clauses it touched ([''] when that could not be told). */
export interface DraftChangeRow {
  revision: number;
  clauses: string[];
  /** Null: an API key or the product itself. */
  by: { personId: string; name: string } | null;
  at: string;
}

export interface DraftDetail {
  id: string;
  name: string;
  subject: 'agent' | 'defaults';
  agentId: string | null;
  agent: { name: string; displayName: string } | null;
  source: string;
  revision: number;
  state: 'open' | 'submitted' | 'discarded';
  origin: string;
  /** The version it started from. */
  base: { number: number; label: string } | null;
  /** Whose text it is, and the incident that gave rise to it. */
  amendment: { number: number; incident: number | null } | null;
  /** The version it became. */
  submitted: { agent: string | null; number: number } | null;
  createdBy: string | null;
  createdAt: string;
  updatedBy: string | null;
  updatedAt: string;
  endedAt: string | null;
  present: Present[];
  /** The newest first. */
  changes: DraftChangeRow[];
  mayWrite: boolean;
}

/** The same for a tab that knows the text of a revision: without it while it is still that. */
export type DraftNews = Omit<DraftDetail, 'source'> & { source: string | null };

/** What is new since a revision; a tab asks often, and a text may be long. */
export async function draftNews(actor: Actor, id: string, since: number): Promise<DraftNews> {
  const draft = await getDraft(actor, id, since);
  return draft.revision === since ? { ...draft, source: null } : draft;
}

type Stored = Omit<
  DraftDetail,
  | 'name'
  | 'agent'
  | 'base'
  | 'amendment'
  | 'submitted'
  | 'present'
  | 'changes'
  | 'mayWrite'
  | 'createdAt'
  | 'updatedAt'
  | 'endedAt'
> & {
  agentName: string | null;
  agentDisplayName: string | null;
  baseNumber: number | null;
  baseLabel: string | null;
  submittedNumber: number | null;
  amendment: number | null;
  incident: number | null;
  createdAt: Date;
  updatedAt: Date;
  endedAt: Date | null;
};

/** A draft with its text, the changes after revision `since` (all that are kept, up to 200), and who has it open. */
export async function getDraft(actor: Actor, id: string, since = 0): Promise<DraftDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.read', { workspaceId });
  if (!isDraftId(id)) throw noSuchDraft();
  const { rows } = await db().query<Stored>(
    `SELECT d.id, d.subject, d.agent_id AS "agentId", a.name AS "agentName", a.display_name AS "agentDisplayName",
            d.source, d.revision, d.state, d.origin, b.number AS "baseNumber",
            coalesce(b.document #>> '{versioning,contract}', b.number::text) AS "baseLabel",
            s.number AS "submittedNumber", m.number AS amendment, i.number AS incident, c.name AS "createdBy", d.created_at AS "createdAt",
            u.name AS "updatedBy", d.updated_at AS "updatedAt", d.ended_at AS "endedAt"
       FROM contract_draft d
       LEFT JOIN agent a ON a.id = d.agent_id
       LEFT JOIN contract_version b ON b.id = d.base_version_id
       LEFT JOIN contract_version s ON s.id = d.submitted_version_id
       LEFT JOIN amendment m ON m.draft_id = d.id
       LEFT JOIN incident i ON i.id = m.incident_id
       LEFT JOIN person c ON c.id = d.created_by_id
       LEFT JOIN person u ON u.id = d.updated_by_id
      WHERE d.workspace_id = $1 AND d.id = $2`,
    [workspaceId, id],
  );
  const stored = rows[0];
  if (stored === undefined || !speaksFor(actor, stored.agentId)) throw noSuchDraft();
  const [present, changes] = await Promise.all([presentAt(id), changesSince(id, since)]);
  const {
    agentName,
    agentDisplayName,
    baseNumber,
    baseLabel,
    submittedNumber,
    amendment,
    incident,
    ...draft
  } = stored;
  return {
    ...draft,
    name: draft.subject === 'defaults' ? 'Workspace defaults' : draftName(draft.source),
    agent: agentName === null ? null : { name: agentName, displayName: agentDisplayName ?? agentName },
    base: baseNumber === null ? null : { number: baseNumber, label: baseLabel ?? String(baseNumber) },
    amendment: amendment === null ? null : { number: amendment, incident },
    submitted: submittedNumber === null ? null : { agent: agentName, number: submittedNumber },
    createdAt: draft.createdAt.toISOString(),
    updatedAt: draft.updatedAt.toISOString(),
    endedAt: draft.endedAt?.toISOString() ?? null,
    present,
    changes,
    mayWrite: draft.state === 'open' && can(actor, 'draft.write', { workspaceId }),
  };
}

async function presentAt(id: string): Promise<Present[]> {
  const { rows } = await db().query<Present>(
    `SELECT p.id AS "personId", p.name, r.clause
       FROM draft_presence r JOIN person p ON p.id = r.person_id
      WHERE r.draft_id = $1 AND r.seen_at > now() - make_interval(secs => $2) ORDER BY p.name, p.id`,
    [id, PRESENT_SECONDS],
  );
  return rows;
}

async function changesSince(id: string, since: number): Promise<DraftChangeRow[]> {
  const { rows } = await db().query<{
    revision: number;
    clauses: string[];
    personId: string | null;
    name: string | null;
    at: Date;
  }>(
    `SELECT r.revision, r.clauses, p.id AS "personId", p.name, r.at
       FROM draft_revision r LEFT JOIN person p ON p.id = r.author_id
      WHERE r.draft_id = $1 AND r.revision > $2 ORDER BY r.revision DESC LIMIT 200`,
    [id, since],
  );
  return rows.map(({ personId, name, at, ...row }) => ({
    ...row,
    by: personId === null || name === null ? null : { personId, name },
    at: at.toISOString(),
  }));
}
