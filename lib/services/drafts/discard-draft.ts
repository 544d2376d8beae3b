import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { amendmentDiscarded } from '@/lib/services/amendments/after-submit';
import { appendAudit } from '@/lib/services/audit/append';
import { lockAgentOfDraft, lockOpenDraft } from './draft-row';
import { draftName } from './draft-text';

/** Ends a draft without a version. Its text and its changes stay readable. */
export async function discardDraft(actor: Actor, id: string, input: { reason: string }): Promise<void> {
  await transact(async (client) => {
    await lockAgentOfDraft(client, actor, id);
    const draft = await lockOpenDraft(client, actor, id);
    await client.query(`UPDATE contract_draft SET state = 'discarded', ended_at = now() WHERE id = $1`, [id]);
    await appendAudit(client, [
      {
        workspaceId: actor.workspaceId,
        actor,
        action: 'draft.discarded',
        subject: `draft:${id}`,
        detail: { name: draftName(draft.source), reason: input.reason },
      },
    ]);
    await amendmentDiscarded(client, actor, { draftId: id, reason: input.reason });
    await notify(client, { workspaceId: actor.workspaceId, topic: 'draft', id });
  });
}
