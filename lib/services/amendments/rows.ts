import { AppError } from '@/lib/errors';
import type { AmendmentState } from '@/lib/services/gates/amendment-facts';
import type { Queries } from '@/lib/services/gates/rows';

/** An amendment that is about to be changed, locked until the transaction ends, as is its agent. */
export interface AmendmentRow {
  id: string;
  number: number;
  agentId: string;
  /** The name the agent goes by. */
  agent: string;
  agentName: string;
  incidentId: string | null;
  incident: number | null;
  clause: string | null;
  draftId: string | null;
  baseId: string;
  versionId: string | null;
  state: AmendmentState;
  proposal: string | null;
  emergency: boolean;
  createdById: string | null;
}

const SELECT = `SELECT m.id, m.number, m.agent_id AS "agentId", a.name AS agent, a.display_name AS "agentName",
    m.incident_id AS "incidentId", i.number AS incident, m.clause, m.draft_id AS "draftId",
    m.base_version_id AS "baseId", m.submitted_version_id AS "versionId", m.state, m.proposal, m.emergency,
    m.created_by_id AS "createdById"
  FROM amendment m JOIN agent a ON a.id = m.agent_id LEFT JOIN incident i ON i.id = m.incident_id
  WHERE m.workspace_id = $1`;

/** Throws `not_found`. */
export async function lockAmendment(
  client: Queries,
  workspaceId: string,
  number: number,
): Promise<AmendmentRow> {
  // The agent first, in the order gates lock: whatever changes what was agreed of one agent waits for its turn.
  await client.query(
    `SELECT FROM agent WHERE id = (SELECT agent_id FROM amendment WHERE workspace_id = $1 AND number = $2) FOR NO KEY UPDATE`,
    [workspaceId, number],
  );
  const { rows } = await client.query<AmendmentRow>(`${SELECT} AND m.number = $2 FOR UPDATE OF m`, [
    workspaceId,
    number,
  ]);
  if (rows[0] === undefined) throw noSuchAmendment(number);
  return rows[0];
}

/** The one that a draft or a version belongs to; undefined when it belongs to none. */
export async function amendmentOf(
  client: Queries,
  workspaceId: string,
  of: { draftId: string } | { versionId: string },
): Promise<AmendmentRow | undefined> {
  const [column, id] =
    'draftId' in of ? ['m.draft_id', of.draftId] : ['m.submitted_version_id', of.versionId];
  const { rows } = await client.query<AmendmentRow>(`${SELECT} AND ${column} = $2 FOR UPDATE OF m`, [
    workspaceId,
    id,
  ]);
  return rows[0];
}

export function noSuchAmendment(number: number): AppError {
  return new AppError('not_found', `There is no amendment AMD-${number} in this workspace.`);
}

/** Throws `conflict` for one that is in force, withdrawn, refused or superseded. */
export function refuseEnded({ state, number }: Pick<AmendmentRow, 'state' | 'number'>): void {
  if (state === 'drafting' || state === 'open') return;
  throw new AppError(
    'conflict',
    state === 'in-force' ? `AMD-${number} is in force already.` : `AMD-${number} was ${state} before.`,
  );
}

/** What the audit log says of an amendment, whatever was done. */
export function inAudit(row: Pick<AmendmentRow, 'number' | 'agent' | 'incident'>): Record<string, unknown> {
  return {
    amendment: row.number,
    agent: row.agent,
    ...(row.incident === null ? {} : { incident: row.incident }),
  };
}
