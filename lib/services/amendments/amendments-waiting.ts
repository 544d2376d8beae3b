import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { db } from '@/lib/db/pool';
import { newerThanBase } from '@/lib/services/gates/amendment-facts';
import { gateFacts } from '@/lib/services/gates/facts';
import { consentersOf } from './decide-route';

export interface WaitingAmendment {
  number: number;
  agent: string;
  /** What to do, from its verb. */
  title: string;
  since: Date;
}

/** Amendments that wait for the reader: for their consent to a shorter way, or to be brought up to a newer version. */
export async function amendmentsWaiting(actor: Actor): Promise<WaitingAmendment[]> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.read', { workspaceId });
  if (actor.kind !== 'person') return [];
  const consents = can(actor, 'amendment.consent', { workspaceId });
  const { rows } = await db().query<{
    id: string;
    agentId: string;
    createdById: string | null;
    createdAt: Date;
  }>(
    `SELECT m.id, m.agent_id AS "agentId", m.created_by_id AS "createdById", m.created_at AS "createdAt" FROM amendment m
      WHERE m.workspace_id = $1
        AND (m.created_by_id = $2 OR ($3 AND 'lowering-asked' =
          (SELECT s.kind FROM amendment_route s WHERE s.amendment_id = m.id ORDER BY s.at DESC, s.id DESC LIMIT 1)))
        AND (m.state IN ('drafting', 'open') OR (m.state = 'in-force' AND m.emergency AND m.signed_at IS NULL))
      ORDER BY m.created_at LIMIT 200`,
    [workspaceId, actor.personId, consents],
  );
  if (rows.length === 0) return [];
  const facts = await gateFacts(db(), workspaceId, {
    agentIds: [...new Set(rows.map((row) => row.agentId))],
  });
  return rows.flatMap((row): WaitingAmendment[] => {
    const agent = facts.agents.find((each) => each.id === row.agentId);
    const fact = agent?.amendments.find((each) => each.id === row.id);
    if (agent === undefined || fact === undefined) return [];
    const base = { number: fact.number, agent: agent.displayName };
    const { asked } = fact.choice;
    const newer = newerThanBase(agent, fact);
    return [
      ...(asked !== null &&
      consents &&
      consentersOf(facts, agent, fact, asked.by?.id ?? null).some(({ id }) => id === actor.personId)
        ? [
            {
              ...base,
              title: `Consent, or not, that AMD-${fact.number} of ${agent.displayName} goes back to ${ROUTE_WORDS[asked.route].title} only`,
              since: new Date(asked.at),
            },
          ]
        : []),
      ...(newer !== null && row.createdById === actor.personId
        ? [
            {
              ...base,
              title: `Bring AMD-${fact.number} of ${agent.displayName} up to v${newer.label}`,
              since: row.createdAt,
            },
          ]
        : []),
    ];
  });
}
