import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type Envelope, envelopeSchema, PASSKEY_PREFIX } from '@/lib/evidence/dsse';
import { statementIn, statementSchema, statementText } from '@/lib/evidence/statement';
import { supersededAt } from '@/lib/lifecycle/passages';
import { verifyWithInstance } from '@/lib/services/instance-keys/verify';
import { supersededByAmendment } from './amendment-facts';
import type { SignatureDetail } from './dto';
import { agentDto, versionById } from './dtos';
import { findReview } from './find-review';
import { SIGNATURE_COLUMNS, SIGNATURE_JOINS, type SignatureRecord, signatureDto } from './review-facts';

interface Stored extends SignatureRecord {
  reviewId: string;
  email: string;
  statement: unknown;
  envelope: unknown;
  secondsSpent: number;
  evidenceOpened: number;
  evidenceOffered: number;
}

/** One signature with its envelope and the evidence it binds; the envelope is verified as it is read. Throws `not_found`. */
export async function getSignature(actor: Actor, id: string): Promise<SignatureDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'record.read', { workspaceId });
  const { rows } = await db().query<Stored>(
    `SELECT ${SIGNATURE_COLUMNS}, s.gate_review_id AS "reviewId", sp.email, s.statement, s.envelope,
            s.seconds_spent AS "secondsSpent", s.evidence_opened AS "evidenceOpened",
            s.evidence_offered AS "evidenceOffered"
       FROM signature s ${SIGNATURE_JOINS} WHERE s.workspace_id = $1 AND s.id::text = $2`,
    [workspaceId, id],
  );
  const stored = rows[0];
  if (stored === undefined) throw new AppError('not_found', 'There is no such signature in this workspace.');
  const { reviewId, email, statement, envelope, secondsSpent, evidenceOpened, evidenceOffered, ...record } =
    stored;
  const { agent, review } = await findReview(db(), workspaceId, reviewId);
  const read = statementSchema.safeParse(statement);
  const superseded =
    review.state === 'passed' && review.closedAt !== null
      ? (supersededAt({ gate: review.gate, at: review.closedAt }, agent.moves) ??
        supersededByAmendment(agent, { ...review, at: review.closedAt }))
      : null;
  return {
    ...signatureDto(record),
    gate: review.gate,
    agent: agentDto(agent),
    version: versionById(agent, review.versionId),
    reviewId,
    email,
    statement,
    envelope,
    evidence: await named(workspaceId, agent.id, read.success ? read.data.evidence : []),
    secondsSpent,
    evidenceOpened,
    evidenceOffered,
    verification: await verified(envelope, read.success ? statementText(read.data) : null),
    supersededAt: superseded === null ? null : new Date(superseded).toISOString(),
  };
}

async function named(
  workspaceId: string,
  agentId: string,
  bound: readonly { kind: string; digest: string }[],
): Promise<SignatureDetail['evidence']> {
  const { rows } = await db().query<{ id: string; kind: string; digest: string; summary: string }>(
    'SELECT id, kind, digest, summary FROM evidence WHERE workspace_id = $1 AND agent_id = $2 AND digest = ANY($3::text[])',
    [workspaceId, agentId, bound.map((each) => each.digest)],
  );
  return bound.map((each) => {
    const found = rows.find((row) => row.digest === each.digest && row.kind === each.kind);
    return { ...each, summary: found?.summary ?? null, id: found?.id ?? null };
  });
}

/** Whether the envelope holds the statement that is stored, and the instance signed it. Passkeys are verified by the export. */
async function verified(envelope: unknown, stored: string | null): Promise<SignatureDetail['verification']> {
  const parsed = envelopeSchema.safeParse(envelope);
  if (!parsed.success) return { ok: false, words: 'What is stored is no envelope.' };
  const inside = statementIn(parsed.data);
  if (!inside.ok) return { ok: false, words: `The envelope holds no statement: ${inside.fault}.` };
  if (stored !== statementText(inside.statement))
    return { ok: false, words: 'The envelope was made for another statement than the one stored.' };
  const outcome = await verifyWithInstance(db(), parsed.data);
  if (outcome === 'none') return { ok: false, words: 'No key of this instance has signed it.' };
  if (outcome === 'wrong') return { ok: false, words: "This instance's signature does not fit." };
  return {
    ok: true,
    words: hasPasskey(parsed.data)
      ? "Signed with the signer's passkey and countersigned by this instance."
      : 'Countersigned by this instance.',
  };
}

function hasPasskey(envelope: Envelope): boolean {
  return envelope.signatures.some((signature) => signature.keyid.startsWith(PASSKEY_PREFIX));
}
