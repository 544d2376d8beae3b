import type { PoolClient } from 'pg';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { applyEdits } from '@/lib/contract/edit-source';
import { valueAt } from '@/lib/contract/edit-value';
import { readStored, readText } from '@/lib/contract/parse';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { createDraftIn } from '@/lib/services/drafts/create-draft';
import { asYaml, nextLabel } from '@/lib/services/drafts/draft-from-version';
import { lockAgentOfDraft } from '@/lib/services/drafts/draft-row';
import type { AgentFacts } from '@/lib/services/gates/facts';
import { lockAgent } from '@/lib/services/gates/find-review';
import { clauseOf, reasonOf } from '@/lib/services/gates/reason';
import type { Queries } from '@/lib/services/gates/rows';
import { proposalFor } from './propose';
import { amendmentOf } from './rows';

export interface StartAmendment {
  /** The name the agent goes by; may be left out where an incident says it. */
  agent?: string | undefined;
  /** The number of the incident that gave rise to it. */
  incident?: number | undefined;
  /** The clause to begin at. */
  clause?: string | undefined;
  reason?: string | undefined;
}

export interface StartedAmendment {
  /** AMD-n. */
  number: number;
  draftId: string;
  clause: string | null;
}

/**
 * Begins to amend an agent's contract: a draft of its next version. It changes the version that the incident's run was
 * held to, or the one in force where that is newer. Throws `conflict` for an agent without a contract of its own.
 */
export async function startAmendment(actor: Actor, input: StartAmendment): Promise<StartedAmendment> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.write', { workspaceId });
  const clause = clauseOf(input.clause);
  const reason = optionalReason(input.reason);
  return transact(async (client) => {
    const incident =
      input.incident === undefined ? null : await incidentFor(client, workspaceId, input.incident);
    const { agent } = await lockAgent(client, workspaceId, incident?.agent ?? input.agent ?? '');
    const base = baseOf(agent, incident?.versionId ?? null);
    const stored = await versionRow(client, base.id);
    const taken = [
      ...agent.versions.map((version) => version.label),
      ...(await labelsOfDrafts(client, agent.id)),
    ];
    const source = applyEdits(asYaml(stored.source, stored.format), [
      { op: 'set', path: ['versioning', 'contract'], value: nextLabel(base.label, taken) },
    ]);
    const draft = await createDraftIn(client, actor, {
      subject: 'agent',
      agentId: agent.id,
      source,
      origin: 'version',
      baseVersionId: base.id,
    });
    const at = clause ?? incident?.clause ?? null;
    const proposal =
      incident === null
        ? null
        : await proposalFor(client, workspaceId, incident.id, readStored(stored.document));
    const { number } = await addAmendment(client, actor, {
      agent,
      incident,
      clause: at,
      reason,
      draftId: draft.id,
      baseId: base.id,
      baseLabel: base.label,
      proposal: proposal === null ? null : 'offered',
    });
    return { number, draftId: draft.id, clause: at };
  });
}

/**
 * Makes an open draft of an agent's contract an amendment. It changes the version that the draft began with, else the one in force,
 * else the latest. Throws `conflict` for one that is an amendment already, that is of no agent yet, or no longer open, and for an
 * agent without a contract of its own.
 */
export async function adoptDraft(
  actor: Actor,
  input: { draft: string; incident?: number | undefined; reason?: string | undefined },
): Promise<StartedAmendment> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.write', { workspaceId });
  const reason = optionalReason(input.reason);
  return transact(async (client) => {
    await lockAgentOfDraft(client, actor, input.draft);
    const found = await client.query<{ agent: string | null; baseId: string | null; state: string }>(
      `SELECT a.name AS agent, d.base_version_id AS "baseId", d.state FROM contract_draft d
         LEFT JOIN agent a ON a.id = d.agent_id
        WHERE d.workspace_id = $1 AND d.id::text = $2 FOR UPDATE OF d`,
      [workspaceId, input.draft],
    );
    const draft = found.rows[0];
    if (draft === undefined) throw new AppError('not_found', 'There is no such draft in this workspace.');
    if (draft.state !== 'open')
      throw new AppError('conflict', `This draft was ${draft.state}: an amendment begins with an open one.`);
    if (draft.agent === null)
      throw new AppError('conflict', 'This draft is of no agent yet: there is nothing agreed to amend.');
    const other = await amendmentOf(client, workspaceId, { draftId: input.draft });
    if (other !== undefined)
      throw new AppError('conflict', `This draft is that of AMD-${other.number} already.`);
    const incident =
      input.incident === undefined ? null : await incidentFor(client, workspaceId, input.incident);
    const { agent } = await lockAgent(client, workspaceId, draft.agent);
    if (incident !== null && incident.agent !== draft.agent)
      throw new AppError('conflict', `INC-${incident.number} is of another agent.`);
    const base = agent.versions.find((version) => version.id === draft.baseId) ?? baseOf(agent, null);
    const { number } = await addAmendment(client, actor, {
      agent,
      incident,
      clause: incident?.clause ?? null,
      reason,
      draftId: input.draft,
      baseId: base.id,
      baseLabel: base.label,
      proposal: null,
    });
    return { number, draftId: input.draft, clause: incident?.clause ?? null };
  });
}

interface IncidentRef {
  id: string;
  number: number;
  clause: string;
  agent: string;
  versionId: string | null;
}

async function incidentFor(client: Queries, workspaceId: string, number: number): Promise<IncidentRef> {
  const { rows } = await client.query<IncidentRef>(
    `SELECT i.id, i.number, i.clause, a.name AS agent, r.contract_version_id AS "versionId"
       FROM incident i JOIN agent a ON a.id = i.agent_id JOIN run r ON r.id = i.run_id
      WHERE i.workspace_id = $1 AND i.number = $2`,
    [workspaceId, number],
  );
  if (rows[0] === undefined)
    throw new AppError('not_found', `There is no incident INC-${number} in this workspace.`);
  return rows[0];
}

/** The version that is changed: that of the run, unless a newer one decides by now. */
function baseOf(agent: AgentFacts, runVersionId: string | null) {
  const [base] = agent.versions
    .filter((version) => version.id === runVersionId || version.id === agent.inForceId)
    .toSorted((a, b) => b.number - a.number);
  const version = base ?? agent.versions[0];
  if (version === undefined)
    throw new AppError(
      'conflict',
      `${agent.displayName} has no contract of its own: write one, there is nothing to amend.`,
    );
  return version;
}

async function versionRow(
  client: Queries,
  id: string,
): Promise<{ source: string; format: string; document: unknown }> {
  const { rows } = await client.query<{ source: string; format: string; document: unknown }>(
    'SELECT source, source_format AS format, document FROM contract_version WHERE id = $1',
    [id],
  );
  if (rows[0] === undefined) throw new AppError('internal', 'The version to amend is not there.');
  return rows[0];
}

/** What open drafts of the agent call themselves, so that two amendments do not go by one name. */
export async function labelsOfDrafts(client: Queries, agentId: string): Promise<string[]> {
  const { rows } = await client.query<{ source: string }>(
    `SELECT source FROM contract_draft WHERE agent_id = $1 AND state = 'open'`,
    [agentId],
  );
  return rows.flatMap(({ source }) => {
    const text = readText(source, 'yaml');
    const label = text.ok ? valueAt(text.document, ['versioning', 'contract']) : undefined;
    return typeof label === 'string' ? [label] : [];
  });
}

async function addAmendment(
  client: PoolClient,
  actor: Actor,
  row: {
    agent: AgentFacts;
    incident: IncidentRef | null;
    clause: string | null;
    reason: string | null;
    draftId: string;
    baseId: string;
    baseLabel: string;
    proposal: 'offered' | null;
  },
): Promise<{ number: number }> {
  const { workspaceId } = actor;
  const id = newId();
  const counted = await client.query<{ number: number }>(
    'UPDATE workspace SET next_amendment = next_amendment + 1 WHERE id = $1 RETURNING next_amendment - 1 AS number',
    [workspaceId],
  );
  const number = counted.rows[0]?.number ?? 0;
  await client.query(
    `INSERT INTO amendment (id, workspace_id, number, agent_id, incident_id, clause, reason, draft_id, base_version_id,
       proposal, created_by_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now())`,
    [
      id,
      workspaceId,
      number,
      row.agent.id,
      row.incident?.id ?? null,
      row.clause,
      row.reason,
      row.draftId,
      row.baseId,
      row.proposal,
      actor.kind === 'person' ? actor.personId : null,
    ],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'amendment.started',
      subject: `amendment:${id}`,
      detail: {
        amendment: number,
        agent: row.agent.name,
        base: row.baseLabel,
        ...(row.incident === null ? {} : { incident: row.incident.number }),
        ...(row.clause === null ? {} : { clause: row.clause }),
        ...(row.reason === null ? {} : { reason: row.reason }),
      },
    },
  ]);
  await notify(client, { workspaceId, topic: 'amendment', id });
  return { number };
}

function optionalReason(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : reasonOf(text);
}
