import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { chosenRoute } from '@/lib/lifecycle/amended-route';
import { standsAt } from '@/lib/lifecycle/reentry';
import { isUnderWay, newerThanBase, owesSignatures } from '@/lib/services/gates/amendment-facts';
import { versionById } from '@/lib/services/gates/dtos';
import { gateFacts } from '@/lib/services/gates/facts';
import { amendedText } from './changes';
import type { AmendmentRowDto } from './dto';
import { dueGates } from './gates-of';
import { endOf, shownState } from './get-amendment';

const MOST = 100;

export interface AmendmentList {
  /** Those under way first, each by number, the newest first; at most 100. */
  rows: AmendmentRowDto[];
  mayWrite: boolean;
}

/** Amendments of all agents, of one, or those that an incident gave rise to. */
export async function listAmendments(
  actor: Actor,
  of: { agent?: string | undefined; incident?: number | undefined } = {},
): Promise<AmendmentList> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.read', { workspaceId });
  const { rows } = await db().query<{
    id: string;
    agentId: string;
    clause: string | null;
    draftId: string | null;
    createdBy: string | null;
    createdAt: Date;
    endedAt: Date | null;
  }>(
    `SELECT m.id, m.agent_id AS "agentId", m.clause, m.draft_id AS "draftId", c.name AS "createdBy",
            m.created_at AS "createdAt", m.ended_at AS "endedAt"
       FROM amendment m JOIN agent a ON a.id = m.agent_id LEFT JOIN incident i ON i.id = m.incident_id
       LEFT JOIN person c ON c.id = m.created_by_id
      WHERE m.workspace_id = $1 AND ($2::text IS NULL OR a.name = $2) AND ($3::int IS NULL OR i.number = $3)
        AND ($4::uuid IS NULL OR m.agent_id = $4)
      ORDER BY m.state IN ('drafting', 'open') DESC, m.number DESC LIMIT ${MOST}`,
    [workspaceId, of.agent ?? null, of.incident ?? null, actor.kind === 'key' ? actor.agentId : null],
  );
  const mayWrite = can(actor, 'amendment.write', { workspaceId });
  if (rows.length === 0) return { rows: [], mayWrite };
  const facts = await gateFacts(db(), workspaceId, {
    agentIds: [...new Set(rows.map((row) => row.agentId))],
  });
  const now = Date.now();
  const list: AmendmentRowDto[] = [];
  for (const row of rows) {
    const agent = facts.agents.find((each) => each.id === row.agentId);
    const fact = agent?.amendments.find((each) => each.id === row.id);
    if (agent === undefined || fact === undefined) continue;
    const { changes } = await amendedText(db(), workspaceId, { ...fact, draftId: row.draftId });
    const { raisedTo, consent } = fact.choice;
    const route = chosenRoute(changes, { raisedTo, consents: consent === null ? [] : [consent] });
    const base = versionById(agent, fact.baseId);
    list.push({
      number: fact.number,
      agent: { name: agent.name, displayName: agent.displayName },
      state: shownState(agent, fact),
      emergency: fact.emergency,
      overdue: owesSignatures(fact) && fact.signDueAt !== null && fact.signDueAt < now,
      incident: fact.incident,
      clause: row.clause,
      draftId: row.draftId,
      base: base ?? { id: fact.baseId, number: 0, label: '', digest: '' },
      version: versionById(agent, fact.versionId),
      route,
      standsAt: isUnderWay(fact) || owesSignatures(fact) ? standsAt(dueGates(agent, fact, route)) : null,
      outdated: newerThanBase(agent, fact) !== null,
      createdBy: row.createdBy,
      createdAt: row.createdAt.toISOString(),
      endedAt: endOf(fact, row.endedAt),
    });
  }
  return { rows: list, mayWrite };
}
