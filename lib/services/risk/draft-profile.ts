import type { z } from 'zod';
import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { applyEdits } from '@/lib/contract/edit-source';
import { type Edit, isGroup, sameValue } from '@/lib/contract/edit-value';
import { contractSchema } from '@/lib/contract/schema';
import { AppError } from '@/lib/errors';
import type { RiskProfile } from '@/lib/scoring/risk';
import { findAgent } from '@/lib/services/agents/find-agent';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { changeDraft } from '@/lib/services/drafts/change-draft';
import { draftFromVersion } from '@/lib/services/drafts/draft-from-version';
import { getDraft } from '@/lib/services/drafts/get-draft';

/** What of a profile can be tried; who is served and what is searched for are not figures. */
export const triedProfileSchema = contractSchema.shape.risk;

/**
 * Puts a tried risk profile into a draft of the agent's contract: an open one, or a new draft of the version in force. Only
 * what differs from the profile in force is written, so that nothing else of the draft changes. Nothing is put in force
 * by it. Throws `invalid` when nothing differs, `conflict` when the agent has no contract of its own or the draft moved on.
 */
export async function draftProfile(
  actor: Actor,
  input: { agent: string; profile: z.output<typeof triedProfileSchema>; draft?: string | undefined },
): Promise<{ draftId: string; clauses: string[] }> {
  const { workspaceId } = actor;
  authorize(actor, 'draft.write', { workspaceId });
  const agent = await findAgent(actor, input.agent);
  const inForce = await contractInForce(workspaceId, agent.id);
  if (inForce === null) throw new AppError('conflict', `${agent.name} is under no contract yet.`);
  const edits = profileEdits(inForce.contract.risk, input.profile);
  if (edits.length === 0)
    throw new AppError('invalid', 'This is the profile in force: there is nothing to put into a draft.');
  const draftId = input.draft ?? (await draftFromVersion(actor, { agent: agent.name })).id;
  const draft = await getDraft(actor, draftId);
  if (draft.agentId !== agent.id)
    throw new AppError('invalid', `That draft is not one of ${agent.displayName}'s contract.`);
  await changeDraft(actor, draft.id, {
    revision: draft.revision,
    source: applyEdits(draft.source, edits),
  });
  return { draftId: draft.id, clauses: edits.map(({ path }) => path.join('/')) };
}

/** The edits that make one profile of another: figure by figure, so that comments and order stay. */
export function profileEdits(before: RiskProfile, after: RiskProfile): Edit[] {
  const edits: Edit[] = [];
  const compare = (was: unknown, is: unknown, path: string[]) => {
    if (sameValue(was, is)) return;
    // A rule and its share are one: half of one is none.
    if (isGroup(was) && isGroup(is) && path.at(-1) !== 'aggregate') {
      for (const key of Object.keys(is)) compare(was[key], is[key], [...path, key]);
      for (const key of Object.keys(was))
        if (!Object.hasOwn(is, key)) edits.push({ op: 'remove', path: [...path, key] });
    } else edits.push({ op: 'set', path, value: is });
  };
  compare(before, after, ['risk']);
  return edits;
}
