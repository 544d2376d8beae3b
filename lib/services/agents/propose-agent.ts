import { z } from 'zod';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { newContractSchema } from '@/lib/services/templates/new-contract';

export const proposalSchema = newContractSchema.extend({
  sponsorId: z.uuid('Choose who would answer for it.'),
});

/**
 * Puts an agent into Discovery before there is a contract or a run: G1 asks whether it is worth scoping, of the head of AI
 * and the sponsor named here. One that telemetry has found already is taken on. Throws `invalid` for a name another agent
 * goes by, and for somebody who is no sponsor.
 */
export async function proposeAgent(
  actor: Actor,
  input: z.output<typeof proposalSchema>,
): Promise<{ name: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'agent.propose', { workspaceId });
  const { name: displayName, agent: name, businessUnit, sponsorId } = input;
  const wrong = (path: string, message: string) =>
    new AppError('invalid', 'Something in the form is not right yet.', { issues: [{ path, message }] });
  await transact(async (client) => {
    const sponsor = await client.query<{ name: string }>(
      `SELECT p.name FROM membership m JOIN person p ON p.id = m.person_id
        WHERE m.workspace_id = $1 AND p.id = $2 AND 'sponsor' = ANY (m.roles) AND p.disabled_at IS NULL`,
      [workspaceId, sponsorId],
    );
    const [named] = sponsor.rows;
    if (named === undefined) throw wrong('sponsorId', 'This person is no sponsor here.');
    const kept = await client.query<{ id: string }>(
      `INSERT INTO agent (id, workspace_id, name, display_name, business_unit, proposed_sponsor_id)
       SELECT $1, $2, $3, $4, $5, $6
        WHERE NOT EXISTS (SELECT FROM agent WHERE workspace_id = $2 AND NOT discovered AND $3 = ANY (aliases))
       ON CONFLICT (workspace_id, name) DO UPDATE
         SET display_name = excluded.display_name, business_unit = excluded.business_unit,
             proposed_sponsor_id = excluded.proposed_sponsor_id, discovered = false
         WHERE agent.discovered
       RETURNING id`,
      [newId(), workspaceId, name, displayName, businessUnit, sponsorId],
    );
    const [agent] = kept.rows;
    if (agent === undefined) throw wrong('agent', 'An agent goes by this name already.');
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: 'agent.proposed',
        subject: `agent:${agent.id}`,
        detail: { name, displayName, businessUnit, sponsor: named.name },
      },
    ]);
    await notify(client, { workspaceId, topic: 'agent', id: agent.id });
    await addNotifications(client, actor, [
      {
        personId: sponsorId,
        kind: 'agent.proposed',
        title: `${actorName(actor)} proposes ${displayName} and names you as its sponsor: state the case for G1`,
        path: `/agents/${encodeURIComponent(name)}/evidence`,
      },
    ]);
  });
  return { name };
}

/** Who could answer for a new agent; null for readers who may not propose one. */
export async function sponsorsToName(actor: Actor): Promise<{ id: string; name: string }[]> {
  authorize(actor, 'agent.propose', { workspaceId: actor.workspaceId });
  const { rows } = await db().query<{ id: string; name: string }>(
    `SELECT p.id, p.name FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND 'sponsor' = ANY (m.roles) AND p.disabled_at IS NULL ORDER BY lower(p.name), p.id`,
    [actor.workspaceId],
  );
  return rows;
}
