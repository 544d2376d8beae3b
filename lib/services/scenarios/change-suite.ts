import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { authorOf } from '@/lib/services/drafts/draft-row';
import { lockSuite } from './lock-suite';
import { keptName, keptSuite, nameTaken } from './suite-row';

/**
 * A suite's new text and name, made on a revision. Throws `conflict` when somebody changed it meanwhile (nothing is kept,
 * and whoever asks still has their text), `invalid` with each fault of the text.
 */
export async function changeSuite(
  actor: Actor,
  input: { id: string; revision: number; name: string; source: string },
): Promise<{ revision: number }> {
  const { workspaceId } = actor;
  authorize(actor, 'scenario.write', { workspaceId });
  const name = keptName(input.name);
  const { scenarios } = keptSuite(input.source);
  try {
    return await transact(async (client) => {
      const suite = await lockSuite(client, actor, input.id);
      if (suite.name === name && suite.source === input.source) return { revision: suite.revision };
      if (suite.revision !== input.revision)
        throw new AppError(
          'conflict',
          `${suite.updatedBy ?? 'Somebody'} changed this suite meanwhile. Nothing of yours is lost: copy it, load the page again and put it in.`,
        );
      const revision = suite.revision + 1;
      await client.query(
        `UPDATE scenario_suite SET name = $2, source = $3, revision = $4, updated_at = now(), updated_by_id = $5
          WHERE id = $1`,
        [suite.id, name, input.source, revision, authorOf(actor)],
      );
      await appendAudit(client, [
        {
          workspaceId,
          actor,
          action: 'scenarios.changed',
          subject: `agent:${suite.agentId}`,
          detail: {
            agent: suite.agent,
            suite: name,
            ...(name === suite.name ? {} : { before: suite.name }),
            scenarios: scenarios.length,
            revision,
          },
        },
      ]);
      await notify(client, { workspaceId, topic: 'scenario', id: suite.id });
      return { revision };
    });
  } catch (error) {
    throw nameTaken(error, name);
  }
}
