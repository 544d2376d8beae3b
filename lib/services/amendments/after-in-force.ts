import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import type { Queries } from '@/lib/services/gates/rows';
import { addNotifications } from '@/lib/services/notifications/add';
import { inAudit } from './rows';

interface Touched {
  id: string;
  number: number;
  agent: string;
  incident: number | null;
  createdById: string | null;
}

/**
 * A version has been put in force, in the caller's transaction: the amendment it belongs to is in force, the one before it is
 * superseded, and those that change an earlier version are told that they must be brought up to this one.
 */
export async function versionInForce(
  client: Queries,
  actor: Actor,
  version: { agentId: string; versionId: string },
): Promise<void> {
  const { workspaceId } = actor;
  const { agentId, versionId } = version;
  const about = `m.id, m.number, a.name AS agent, m.created_by_id AS "createdById",
    (SELECT i.number FROM incident i WHERE i.id = m.incident_id) AS incident`;
  const over = await client.query<Touched>(
    // Going back to an earlier version, as a rollback or its drill does, is no later agreement.
    `UPDATE amendment m SET state = 'superseded', ended_at = now() FROM agent a, contract_version o, contract_version v
      WHERE a.id = m.agent_id AND o.id = m.submitted_version_id AND v.id = $2 AND o.number < v.number
        AND m.agent_id = $1 AND m.state = 'in-force'
      RETURNING ${about}`,
    [agentId, versionId],
  );
  const now = await client.query<Touched>(
    `UPDATE amendment m SET state = 'in-force', in_force_at = coalesce(m.in_force_at, now()), ended_at = NULL FROM agent a
      WHERE a.id = m.agent_id AND m.agent_id = $1 AND m.submitted_version_id = $2 AND m.state IN ('open', 'superseded')
      RETURNING ${about}`,
    [agentId, versionId],
  );
  const stale = await client.query<Touched>(
    `SELECT ${about} FROM amendment m JOIN agent a ON a.id = m.agent_id
       JOIN contract_version b ON b.id = m.base_version_id JOIN contract_version v ON v.id = $2
      WHERE m.agent_id = $1 AND m.state IN ('drafting', 'open') AND m.submitted_version_id IS DISTINCT FROM $2
        AND b.number < v.number`,
    [agentId, versionId],
  );
  const entry = (action: string) => (row: Touched) => ({
    workspaceId,
    actor,
    action,
    subject: `amendment:${row.id}`,
    detail: inAudit(row),
  });
  await appendAudit(client, [
    ...over.rows.map(entry('amendment.superseded')),
    ...now.rows.map(entry('amendment.in-force')),
    ...stale.rows.map(entry('amendment.base-superseded')),
  ]);
  await addNotifications(
    client,
    actor,
    stale.rows.flatMap((row) =>
      row.createdById === null
        ? []
        : [
            {
              personId: row.createdById,
              kind: 'amendment.outdated',
              title: `AMD-${row.number} of ${row.agent} changes a version that is no longer in force: bring it up to the new one`,
              path: `/amendments/${row.number}`,
            },
          ],
    ),
  );
  for (const row of [...over.rows, ...now.rows, ...stale.rows])
    await notify(client, { workspaceId, topic: 'amendment', id: row.id });
}
