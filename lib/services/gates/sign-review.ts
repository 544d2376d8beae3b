import type { PoolClient } from 'pg';
import { type Actor, actorName } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { readStored } from '@/lib/contract/parse';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { type Envelope, envelopeOf, PASSKEY_PREFIX } from '@/lib/evidence/dsse';
import {
  SIGNATURE_TYPE,
  type Statement,
  statementDigest,
  statementSchema,
  statementText,
} from '@/lib/evidence/statement';
import { SIGNING_ROLES, type SigningRole } from '@/lib/lifecycle/gates';
import { afterPassing } from '@/lib/lifecycle/passages';
import type { Stage } from '@/lib/lifecycle/stages';
import { amendmentGatePassed } from '@/lib/services/amendments/after-gate';
import { appendAudit } from '@/lib/services/audit/append';
import { placeInForce } from '@/lib/services/contracts/put-in-force';
import { signWithInstance } from '@/lib/services/instance-keys/sign';
import { endByGate } from '@/lib/services/ladder/end-by-gate';
import { addNotifications } from '@/lib/services/notifications/add';
import { settleNotifications } from '@/lib/services/notifications/settle';
import type { Proof, Proven } from '@/lib/services/signing/proof';
import { checkProof } from '@/lib/services/signing/prove';
import { changeStage } from './change-stage';
import { askedBy, involved, reviewInAudit, whatIsSigned } from './close-review';
import { clockAfter, type FoundReview, lockReview } from './find-review';
import type { Standing } from './review-standing';
import { asSigner, boundToReview, statementFor } from './statement-for';

export interface Signed {
  signatureId: string;
  /** The gate was passed by this signature. */
  passed: boolean;
  /** The agent's stage after it. */
  stage: Stage;
  /** The number of the version that this signature put in force; null when it put none. */
  inForce: number | null;
}

/**
 * Signs what `beginSigning` fixed. The signature, and when it is the last one the gate's passing, the agent's next stage and the
 * version in force, are one transaction. Throws `conflict` when anything the statement says is not so any more, what
 * `checkProof` throws for a wrong or used proof.
 */
export async function signReview(actor: Actor, input: { reviewId: string; proof: Proof }): Promise<Signed> {
  authorize(actor, 'gate.sign', { workspaceId: actor.workspaceId });
  const signer = asSigner(actor);
  const checked = await checkProof(signer, input.proof, { boundTo: boundToReview(input.reviewId) });
  return transact(async (client) => {
    const proven = await checked.spend(client);
    const agreed = statementIn(proven);
    const found = await lockReview(client, actor.workspaceId, input.reviewId);
    const role = SIGNING_ROLES.find((each) => each === agreed.role) ?? 'sponsor';
    const delegationId = delegationOf(found, signer.personId, role, agreed.onBehalfOf?.id);
    const now = new Date();
    const { statement, standing } = await statementFor(
      client,
      signer,
      found,
      {
        role,
        delegationId,
        note: agreed.note ?? null,
        method: proven.method,
        signedAt: agreed.signedAt,
      },
      now.getTime(),
    );
    if (statementText(statement) !== proven.payload)
      throw new AppError(
        'conflict',
        'What you agreed to has changed meanwhile: the evidence, or who signs for whom. Look at it again.',
      );
    const signatureId = await store(client, signer, found, { statement, proven, delegationId, standing });
    await settleNotifications(client, actor.workspaceId, {
      ...askedBy(input.reviewId),
      personId: signer.personId,
    });
    const last = standing.standing.roles.every((each) => each.signature !== null || each.role === role);
    const after = last
      ? await passGate(client, signer, found, standing, clockAfter(found.agent, now))
      : { stage: found.agent.stage, inForce: null };
    await notify(client, { workspaceId: actor.workspaceId, topic: 'gate', id: input.reviewId });
    return { signatureId, passed: last, ...after };
  });
}

function statementIn(proven: Proven): Statement {
  const parsed =
    proven.payloadType === SIGNATURE_TYPE ? statementSchema.safeParse(JSON.parse(proven.payload)) : null;
  if (parsed?.success !== true)
    throw new AppError('conflict', 'This proof was given for something else. Sign again from the review.');
  return parsed.data;
}

/** The delegation by which somebody stands in for the person their statement names, the one that lasts longest. */
function delegationOf(
  { facts, agent }: FoundReview,
  personId: string,
  role: SigningRole,
  fromId: string | undefined,
): string | null {
  if (fromId === undefined) return null;
  const fitting = facts.delegations
    .filter((each) => each.toId === personId && each.fromId === fromId && each.role === role)
    .filter((each) => each.revokedAt === null && (each.agentId === null || each.agentId === agent.id))
    .toSorted((a, b) => b.endsAt - a.endsAt);
  const [delegation] = fitting;
  if (delegation === undefined) throw new AppError('conflict', 'This delegation was taken back.');
  return delegation.id;
}

async function store(
  client: PoolClient,
  signer: Extract<Actor, { kind: 'person' }>,
  { agent, review }: FoundReview,
  given: { statement: Statement; proven: Proven; delegationId: string | null; standing: Standing },
): Promise<string> {
  const { statement, proven, standing } = given;
  const envelope = await envelopeFor(client, proven);
  const visit = await client.query<{ seconds: number; opened: string[] }>(
    'SELECT seconds, opened FROM gate_visit WHERE gate_review_id = $1 AND person_id = $2',
    [review.id, signer.personId],
  );
  const offered = [
    ...standing.asked.flatMap((each) => each.evidence?.id ?? []),
    ...standing.attachments.map((each) => each.id),
  ];
  const opened = visit.rows[0]?.opened.filter((id) => offered.includes(id)).length ?? 0;
  const id = newId();
  const digest = statementDigest(statement);
  await client.query(
    `INSERT INTO signature (id, workspace_id, gate_review_id, person_id, role, delegation_id, meaning, note, statement,
       statement_digest, envelope, method, passkey_id, signed_at, seconds_spent, evidence_opened, evidence_offered)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      id,
      signer.workspaceId,
      review.id,
      signer.personId,
      statement.role,
      given.delegationId,
      statement.meaning,
      statement.note ?? null,
      JSON.stringify(statement),
      digest,
      JSON.stringify(envelope),
      proven.method,
      proven.passkeyId,
      statement.signedAt,
      visit.rows[0]?.seconds ?? 0,
      opened,
      offered.length,
    ],
  );
  // Until the first signature the proposal grows with its evidence; from then on it is this one.
  if (review.versionId === null && review.subjectDigest !== standing.subject.digest)
    await client.query('UPDATE gate_review SET subject_digest = $3 WHERE workspace_id = $1 AND id = $2', [
      signer.workspaceId,
      review.id,
      standing.subject.digest,
    ]);
  await appendAudit(client, [
    {
      workspaceId: signer.workspaceId,
      actor: signer,
      action: 'gate.signed',
      subject: `agent:${agent.id}`,
      detail: {
        ...reviewInAudit(agent, review),
        role: statement.role,
        signature: id,
        digest: statement.subject.digest.sha256,
        statement: digest,
        method: proven.method,
        ...(statement.onBehalfOf === undefined ? {} : { onBehalfOf: statement.onBehalfOf.name }),
      },
    },
  ]);
  return id;
}

/** The instance's countersignature always; before it the person's own where they have a passkey. */
async function envelopeFor(client: PoolClient, proven: Proven): Promise<Envelope> {
  const instance = await signWithInstance(client, proven.payloadType, proven.payload);
  const { assertion } = proven;
  return envelopeOf(proven.payloadType, proven.payload, [
    instance,
    ...(assertion === null
      ? []
      : [
          {
            keyid: `${PASSKEY_PREFIX}${assertion.credentialId}`,
            sig: Buffer.from(assertion.signature, 'base64url').toString('base64'),
            webauthn: {
              authenticatorData: assertion.authenticatorData,
              clientDataJSON: assertion.clientDataJSON,
            },
          },
        ]),
  ]);
}

/** The last signature is there: the gate is passed, and what that means for the agent happens. */
async function passGate(
  client: PoolClient,
  actor: Extract<Actor, { kind: 'person' }>,
  { agent, review }: FoundReview,
  standing: Standing,
  at: Date,
): Promise<{ stage: Stage; inForce: number | null }> {
  const { workspaceId } = actor;
  const { gate, versionId } = review;
  await settleNotifications(client, workspaceId, askedBy(review.id));
  await client.query(
    `UPDATE gate_review SET state = 'passed', closed_at = $3, closed_by_id = $4 WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, review.id, at, actor.personId],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'gate.passed',
      subject: `agent:${agent.id}`,
      detail: { ...reviewInAudit(agent, review), digest: standing.subject.digest },
    },
  ]);
  const { stage, putInForce } = afterPassing(gate, {
    stage: agent.stage,
    versionId,
    inForceId: agent.inForceId,
  });
  if (stage !== agent.stage)
    await changeStage(client, actor, agent, stage, { kind: 'gate', gate, reviewId: review.id }, at);
  const { version } = standing;
  if (putInForce && version !== null) {
    const stored = await client.query<{ document: unknown }>(
      'SELECT document FROM contract_version WHERE workspace_id = $1 AND id = $2',
      [workspaceId, version.id],
    );
    await placeInForce(client, actor, {
      agentId: agent.id,
      versionId: version.id,
      number: version.number,
      contract: readStored(stored.rows[0]?.document),
    });
    await notify(client, { workspaceId, topic: 'contract', id: version.id });
  }
  await endByGate(client, actor, {
    agentId: agent.id,
    gate,
    reviewId: review.id,
    openedAt: new Date(review.openedAt),
    at,
  });
  if (versionId !== null) await amendmentGatePassed(client, actor, { agentId: agent.id, versionId });
  await addNotifications(
    client,
    actor,
    involved(review).map((personId) => ({
      personId,
      kind: 'gate.closed',
      title: `${actorName(actor)} signed last: ${whatIsSigned(agent, versionId)} has passed ${gate}`,
      path: `/review/${review.id}`,
    })),
  );
  return { stage, inForce: putInForce ? (version?.number ?? null) : null };
}
