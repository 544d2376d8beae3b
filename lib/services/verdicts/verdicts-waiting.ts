import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { gateFacts } from '@/lib/services/gates/facts';
import { peopleFor } from './verdict-facts';

export interface WaitingVerdict {
  incidentId: string;
  number: number;
  role: 'sponsor' | 'grc';
  /** "sponsor". */
  as: string;
  agent: string;
  since: Date;
}

/** No list of them is longer. */
const MOST = 100;

/**
 * Incidents of severity high or critical that are over, or whose version was rolled back, and that wait for the reader's word
 * as sponsor or GRC.
 */
export async function verdictsWaiting(actor: Actor): Promise<WaitingVerdict[]> {
  const { workspaceId } = actor;
  authorize(actor, 'incident.read', { workspaceId });
  if (actor.kind !== 'person') return [];
  const { rows } = await db().query<{
    id: string;
    number: number;
    agentId: string;
    versionId: string | null;
    said: string[];
    /** Who spoke last. */
    spoke: string | null;
    since: Date;
  }>(
    `WITH waiting AS (
       (SELECT i.id, i.resolved_at AS since FROM incident i
         WHERE i.workspace_id = $1 AND i.severity IN ('high', 'critical') AND i.state = 'resolved' AND NOT i.verdict_said
         ORDER BY i.resolved_at LIMIT ${MOST})
       UNION ALL
       SELECT i.id, rolled.at FROM incident i
         CROSS JOIN LATERAL (
           SELECT min(e.at) AS at FROM audit_entry e
            WHERE e.workspace_id = i.workspace_id AND e.subject = 'incident:' || i.id AND e.action = 'incident.rolled-back'
         ) rolled
        WHERE i.workspace_id = $1 AND i.severity IN ('high', 'critical') AND i.state IN ('open', 'acknowledged')
          AND NOT i.verdict_said AND rolled.at IS NOT NULL)
     SELECT i.id, i.number, i.agent_id AS "agentId", r.contract_version_id AS "versionId",
            ARRAY(SELECT DISTINCT v.role FROM incident_verdict v WHERE v.incident_id = i.id) AS said,
            (SELECT v.person_id FROM incident_verdict v WHERE v.incident_id = i.id ORDER BY v.at DESC, v.id DESC LIMIT 1) AS spoke,
            w.since
       FROM waiting w JOIN incident i ON i.id = w.id JOIN run r ON r.id = i.run_id ORDER BY w.since LIMIT ${MOST}`,
    [workspaceId],
  );
  if (rows.length === 0) return [];
  const now = Date.now();
  const facts = await gateFacts(db(), workspaceId, {
    agentIds: [...new Set(rows.map((row) => row.agentId))],
  });
  return rows.flatMap((row) => {
    const agent = facts.agents.find((each) => each.id === row.agentId);
    // One role is said at most: whoever said it last does not speak in the other one too.
    if (agent === undefined || row.spoke === actor.personId) return [];
    return peopleFor(facts, agent, row.versionId, now)
      .filter(
        ({ role, people }) => !row.said.includes(role) && people.some(({ id }) => id === actor.personId),
      )
      .map(({ role }) => ({
        incidentId: row.id,
        number: row.number,
        role,
        as: ROLE_IN_WORDS[role],
        agent: agent.displayName,
        since: row.since,
      }));
  });
}
