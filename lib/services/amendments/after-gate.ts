import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { missingAt } from '@/lib/lifecycle/passages';
import { appendAudit } from '@/lib/services/audit/append';
import { owesSignatures } from '@/lib/services/gates/amendment-facts';
import { gateFacts } from '@/lib/services/gates/facts';
import type { Queries } from '@/lib/services/gates/rows';

/**
 * A gate has been passed, in the caller's transaction: an emergency amendment for which none is due any more has been signed
 * after. Does nothing for other versions.
 */
export async function amendmentGatePassed(
  client: Queries,
  actor: Actor,
  version: { agentId: string; versionId: string },
): Promise<void> {
  const { workspaceId } = actor;
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM amendment WHERE workspace_id = $1 AND submitted_version_id = $2 AND emergency AND signed_at IS NULL`,
    [workspaceId, version.versionId],
  );
  if (rows[0] === undefined) return;
  const facts = await gateFacts(client, workspaceId, { agentIds: [version.agentId] });
  const [agent] = facts.agents;
  const amendment = agent?.amendments.find((each) => each.versionId === version.versionId);
  if (agent === undefined || amendment === undefined || !owesSignatures(amendment)) return;
  if (missingAt(agent.past, version.versionId, 'production').length > 0) return;
  await client.query('UPDATE amendment SET signed_at = now() WHERE id = $1', [amendment.id]);
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'amendment.signed-after',
      subject: `amendment:${amendment.id}`,
      detail: {
        amendment: amendment.number,
        agent: agent.name,
        ...(amendment.incident === null ? {} : { incident: amendment.incident }),
      },
    },
  ]);
  await notify(client, { workspaceId, topic: 'amendment', id: amendment.id });
}
