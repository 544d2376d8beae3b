import type { Actor } from '@/lib/auth/actor';
import { valueAt } from '@/lib/contract/edit-value';
import { readText } from '@/lib/contract/parse';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { amendmentSubmitted } from '@/lib/services/amendments/after-submit';
import { appendAudit } from '@/lib/services/audit/append';
import { importInto } from '@/lib/services/contracts/import-contract';
import { type DraftRow, lockAgentOfDraft, lockOpenDraft } from './draft-row';

/**
 * Makes a draft the next version of its agent, which never changes, and ends the draft. `revision` is the one the person
 * has read. Throws `conflict` when it has moved on, says what a version says already, or amends a version over which another
 * came into force; `invalid_contract` with every fault. Putting the version in force is another step; workspace defaults are in force at once.
 */
export async function submitDraft(
  actor: Actor,
  id: string,
  input: { revision: number },
): Promise<{ agent: string; number: number }> {
  return transact(async (client) => {
    await lockAgentOfDraft(client, actor, id);
    const draft = await lockOpenDraft(client, actor, id);
    if (draft.revision !== input.revision)
      throw new AppError(
        'conflict',
        'Somebody changed the draft a moment ago. Look at what they changed, then submit it again.',
      );
    refuseOtherAgent(draft);
    const version = await importInto(client, actor, {
      source: draft.source,
      format: 'yaml',
      putInForce: false,
    });
    if (!version.added)
      throw new AppError(
        'conflict',
        `It says exactly what version ${version.number} of ${version.agent} says: there is nothing to submit.`,
      );
    const { rows } = await client.query<{ id: string; agentId: string | null }>(
      `SELECT v.id, v.agent_id AS "agentId" FROM contract_version v LEFT JOIN agent a ON a.id = v.agent_id
        WHERE v.workspace_id = $1 AND v.number = $2 AND CASE WHEN $4 THEN v.agent_id IS NULL ELSE a.name = $3 END`,
      [actor.workspaceId, version.number, version.agent, version.agent === DEFAULTS_AGENT],
    );
    await client.query(
      `UPDATE contract_draft SET state = 'submitted', submitted_version_id = $2, agent_id = $3, ended_at = now() WHERE id = $1`,
      [id, rows[0]?.id ?? null, rows[0]?.agentId ?? null],
    );
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'draft.submitted',
        subject: `draft:${id}`,
        detail: {
          agent: version.agent,
          number: version.number,
          digest: version.digest,
          revision: draft.revision,
        },
      },
    ]);
    await amendmentSubmitted(client, actor, { draftId: id, versionId: rows[0]?.id ?? '' });
    await notify(client, { workspaceId: actor.workspaceId, topic: 'draft', id });
    return { agent: version.agent, number: version.number };
  });
}

/** A draft of one agent's contract does not become another's. */
function refuseOtherAgent(draft: DraftRow): void {
  const text = readText(draft.source, 'yaml');
  const agent = text.ok ? valueAt(text.document, ['identity', 'agent']) : undefined;
  // What does not read, or names nobody, is refused with all its faults.
  if (typeof agent !== 'string') return;
  const wanted = draft.subject === 'defaults' ? DEFAULTS_AGENT : draft.agentName;
  if (wanted === null ? agent !== DEFAULTS_AGENT : agent === wanted) return;
  throw new AppError('invalid_contract', 'The draft names another agent than the one it is a draft for.', {
    issues: [
      {
        path: 'identity/agent',
        message: `"${agent}" is not whose contract this is.`,
        expected: wanted ?? 'the name of an agent, not that of the workspace defaults',
      },
    ],
  });
}
