import type { Actor } from '@/lib/auth/actor';
import { AppError } from '@/lib/errors';
import { type SigningMethod, type Statement, statementOf } from '@/lib/evidence/statement';
import { meaningOf, type SigningRole } from '@/lib/lifecycle/gates';
import { maySign } from '@/lib/lifecycle/may-sign';
import type { FoundReview } from './find-review';
import { inTheWay, type Standing, standingOf } from './review-standing';
import type { Queries } from './rows';

const LONGEST_NOTE = 4000;

export interface Intent {
  role: SigningRole;
  delegationId: string | null;
  note: string | null;
  method: SigningMethod;
  /** ISO. */
  signedAt: string;
}

/**
 * What the actor would say by signing this review now. The same function makes the statement that is agreed to and the one
 * that is stored: were anything different in between, their texts differ. Throws `forbidden` with the reason when the
 * person may not sign in this role, `conflict` when nobody may sign now.
 */
export async function statementFor(
  client: Queries,
  actor: Extract<Actor, { kind: 'person' }>,
  { facts, agent, review }: FoundReview,
  intent: Intent,
  now: number,
): Promise<{ statement: Statement; standing: Standing }> {
  const standing = standingOf(facts, agent, review, now);
  const obstacle =
    (await inTheWay(client, facts, agent, review, standing, now)) ?? standing.standing.obstacle;
  if (obstacle !== null) throw new AppError('conflict', obstacle);
  const verdict = maySign(
    { personId: actor.personId, role: intent.role, delegationId: intent.delegationId },
    standing.context,
    now,
  );
  if (!verdict.ok) {
    const taken = review.signatures.some((signature) => signature.role === intent.role);
    throw new AppError(taken ? 'conflict' : 'forbidden', verdict.reason);
  }
  const signer = memberOf(facts.members, actor.personId);
  if (intent.note !== null && intent.note.length > LONGEST_NOTE)
    throw new AppError('invalid', 'The note is too long.', {
      issues: [{ path: 'note', message: `Write at most ${LONGEST_NOTE} characters.` }],
    });
  const statement = statementOf({
    workspace: actor.workspaceId,
    agent: agent.name,
    gate: review.gate,
    review: review.id,
    subject: { name: standing.subject.name, digest: { sha256: standing.subject.digest } },
    role: intent.role,
    meaning: meaningOf(review.gate, intent.role, standing.subject.name),
    ...(intent.note === null ? {} : { note: intent.note }),
    evidence: standing.evidence,
    signer,
    ...(verdict.forId === null ? {} : { onBehalfOf: memberOf(facts.members, verdict.forId) }),
    method: intent.method,
    signedAt: intent.signedAt,
  });
  return { statement, standing };
}

function memberOf(
  members: readonly { id: string; name: string; email: string }[],
  id: string,
): { id: string; name: string; email: string } {
  const member = members.find((each) => each.id === id);
  if (member === undefined)
    throw new AppError('forbidden', 'You are not a member of this workspace any more.');
  return { id: member.id, name: member.name, email: member.email };
}

/** What a proof is bound to: this review and no other. */
export function boundToReview(reviewId: string): string {
  return `gate-review:${reviewId}`;
}

export function asSigner(actor: Actor): Extract<Actor, { kind: 'person' }> {
  if (actor.kind !== 'person') throw new AppError('forbidden', 'Only people sign.');
  return actor;
}

export function noteOf(text: string | undefined): string | null {
  const note = text?.trim() ?? '';
  return note === '' ? null : note;
}
