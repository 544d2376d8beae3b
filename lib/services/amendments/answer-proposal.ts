import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { notify } from '@/lib/db/notify';
import { db, transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { appendAudit } from '@/lib/services/audit/append';
import { changeDraft } from '@/lib/services/drafts/change-draft';
import { amendedText } from './changes';
import { proposalFor, withProposal } from './propose';
import { amendmentOf, inAudit, lockAmendment, noSuchAmendment } from './rows';

/**
 * Takes what is offered for an amendment into its draft, or turns it down; nothing of it is written before somebody does. Throws
 * `conflict` where nothing is offered (any more), or the draft is no contract to put it into.
 */
export async function answerProposal(
  actor: Actor,
  input: { number: number; accept: boolean },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.write', { workspaceId });
  const found = await db().query<{ draftId: string | null }>(
    'SELECT draft_id AS "draftId" FROM amendment WHERE workspace_id = $1 AND number = $2',
    [workspaceId, input.number],
  );
  if (found.rows[0] === undefined) throw noSuchAmendment(input.number);
  const { draftId } = found.rows[0];
  const row = draftId === null ? undefined : await amendmentOf(db(), workspaceId, { draftId });
  if (row === undefined || row.state !== 'drafting' || row.proposal !== 'offered' || row.incidentId === null)
    throw new AppError('conflict', 'Nothing is offered for this amendment (any more).');
  if (input.accept) {
    const text = await amendedText(db(), workspaceId, row);
    const proposed =
      text.contract === null ? null : await proposalFor(db(), workspaceId, row.incidentId, text.contract);
    if (text.contract === null || text.revision === null)
      throw new AppError(
        'conflict',
        'The draft is not a whole contract now: mend it first, then take the proposal in.',
      );
    if (proposed === null) throw new AppError('conflict', 'The draft says this already.');
    // Merged with what others write at this moment, as any change of a draft is.
    await changeDraft(actor, row.draftId ?? '', {
      revision: text.revision,
      source: withProposal(text.source, text.contract, proposed),
    });
  }
  await transact(async (client) => {
    const locked = await lockAmendment(client, workspaceId, input.number);
    if (locked.proposal !== 'offered') return;
    await client.query('UPDATE amendment SET proposal = $2 WHERE id = $1', [
      locked.id,
      input.accept ? 'accepted' : 'declined',
    ]);
    await appendAudit(client, [
      {
        workspaceId,
        actor,
        action: input.accept ? 'amendment.proposal-accepted' : 'amendment.proposal-declined',
        subject: `amendment:${locked.id}`,
        detail: inAudit(locked),
      },
    ]);
    await notify(client, { workspaceId, topic: 'amendment', id: locked.id });
  });
}
