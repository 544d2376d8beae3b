import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { findAgent } from '@/lib/services/agents/find-agent';
import { appendAudit } from '@/lib/services/audit/append';
import { authorOf } from '@/lib/services/drafts/draft-row';
import { keptName, keptSuite, nameTaken } from './suite-row';

const MOST_SUITES = 100;

/** A new suite of an agent. Throws `invalid` with each fault of its text, `conflict` for a name that is taken. */
export async function createSuite(
  actor: Actor,
  input: { agent: string; name: string; source: string },
): Promise<{ id: string; revision: number }> {
  const { workspaceId } = actor;
  authorize(actor, 'scenario.write', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const name = keptName(input.name);
  const { scenarios } = keptSuite(input.source);
  const id = newId();
  try {
    await transact(async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO scenario_suite (id, workspace_id, agent_id, name, source, updated_by_id)
         SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM scenario_suite WHERE agent_id = $3) < ${MOST_SUITES}`,
        [id, workspaceId, agent.id, name, input.source, authorOf(actor)],
      );
      if (rowCount === 0)
        throw new AppError(
          'conflict',
          `An agent has at most ${MOST_SUITES} suites. Delete one, or add to one.`,
        );
      await appendAudit(client, [
        {
          workspaceId,
          actor,
          action: 'scenarios.created',
          subject: `agent:${agent.id}`,
          detail: { agent: agent.name, suite: name, scenarios: scenarios.length },
        },
      ]);
      await notify(client, { workspaceId, topic: 'scenario', id });
    });
  } catch (error) {
    throw nameTaken(error, name);
  }
  return { id, revision: 1 };
}
