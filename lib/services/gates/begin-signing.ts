import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { SIGNATURE_TYPE, type SigningMethod, statementText } from '@/lib/evidence/statement';
import type { SigningRole } from '@/lib/lifecycle/gates';
import type { ProofChallenge } from '@/lib/services/signing/proof';
import { beginProof } from '@/lib/services/signing/prove';
import type { SeenDto } from './dto';
import { findReview } from './find-review';
import { seenOf } from './review-standing';
import { asSigner, boundToReview, noteOf, statementFor } from './statement-for';

export interface BeginSigning {
  reviewId: string;
  role: SigningRole;
  /** To stand in for somebody. */
  delegationId?: string | null | undefined;
  note?: string | undefined;
  /** How the signer will prove who they are. */
  method: SigningMethod;
  /** What they had before them (`ReviewDetail.seen`). */
  seen: SeenDto;
}

/**
 * Fixes the statement a person is about to sign and asks them to prove who they are. Throws `forbidden` or `conflict` with
 * the reason when it cannot be signed, and `conflict` when what they saw is not what they would sign.
 */
export async function beginSigning(actor: Actor, input: BeginSigning): Promise<ProofChallenge> {
  authorize(actor, 'gate.sign', { workspaceId: actor.workspaceId });
  const signer = asSigner(actor);
  const now = Date.now();
  const found = await findReview(db(), actor.workspaceId, input.reviewId);
  const { statement, standing } = await statementFor(
    db(),
    signer,
    found,
    {
      role: input.role,
      delegationId: input.delegationId ?? null,
      note: noteOf(input.note),
      method: input.method,
      signedAt: new Date(now).toISOString(),
    },
    now,
  );
  refuseOther(input.seen, seenOf(standing));
  return beginProof(signer, {
    method: input.method,
    boundTo: boundToReview(input.reviewId),
    payloadType: SIGNATURE_TYPE,
    payload: statementText(statement),
  });
}

function refuseOther(seen: SeenDto, now: SeenDto): void {
  if (seen.digest !== now.digest)
    throw new AppError(
      'conflict',
      'What would be signed has changed since you opened this page. Look at it again.',
    );
  const same =
    seen.evidence.length === now.evidence.length &&
    seen.evidence.every((digest, position) => digest === now.evidence[position]);
  if (!same)
    throw new AppError('conflict', 'The evidence has changed since you opened this page. Look at it again.');
}
