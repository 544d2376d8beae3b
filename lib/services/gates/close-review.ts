import type { Actor } from '@/lib/auth/actor';
import { notify } from '@/lib/db/notify';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { settleNotifications } from '@/lib/services/notifications/settle';
import type { ReviewState } from './dto';
import type { AgentFacts } from './facts';
import type { ReviewFact } from './review-facts';
import type { Queries } from './rows';

/** Ends an open passage without its gate being passed, inside the caller's transaction with the agent locked. */
export async function closeReview(
  client: Queries,
  actor: Actor,
  agent: AgentFacts,
  review: ReviewFact,
  end: {
    state: Exclude<ReviewState, 'open' | 'passed'>;
    at: Date;
    reason?: string | undefined;
    clause?: string | undefined;
    /** For those who opened and signed it: "Rasmus Lindqvist declined G4 of Claims processor". */
    told: string;
  },
): Promise<void> {
  const { workspaceId } = actor;
  await client.query(
    `UPDATE gate_review SET state = $3, closed_at = $4, closed_by_id = $5, close_reason = $6, close_clause = $7
      WHERE workspace_id = $1 AND id = $2 AND state = 'open'`,
    [
      workspaceId,
      review.id,
      end.state,
      end.at,
      actor.kind === 'person' ? actor.personId : null,
      end.reason ?? null,
      end.clause ?? null,
    ],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: `gate.${end.state}`,
      subject: `agent:${agent.id}`,
      detail: {
        ...reviewInAudit(agent, review),
        ...(end.reason === undefined ? {} : { reason: end.reason }),
        ...(end.clause === undefined ? {} : { clause: end.clause }),
      },
    },
  ]);
  await settleNotifications(client, workspaceId, askedBy(review.id));
  await addNotifications(
    client,
    actor,
    involved(review).map((personId) => ({
      personId,
      kind: 'gate.closed',
      title: end.told,
      path: `/review/${review.id}`,
    })),
  );
  await notify(client, { workspaceId, topic: 'gate', id: review.id });
}

/** What people were told when a passage asked for their signature. */
export function askedBy(reviewId: string): { path: string; kinds: readonly string[] } {
  return { path: `/review/${reviewId}`, kinds: ['gate.requested', 'gate.reminder'] };
}

/** Who opened it and who signed it. */
export function involved(review: ReviewFact): string[] {
  return [
    ...(review.openedBy === null ? [] : [review.openedBy.id]),
    ...review.signatures.flatMap((signature) => [
      signature.person.id,
      ...(signature.onBehalfOf === null ? [] : [signature.onBehalfOf.id]),
    ]),
  ];
}

/** What the audit log says of a passage. */
export function reviewInAudit(
  agent: AgentFacts,
  review: Pick<ReviewFact, 'id' | 'gate' | 'versionId'>,
): Record<string, unknown> {
  const version = agent.versions.find((each) => each.id === review.versionId);
  const amendment =
    version === undefined ? undefined : agent.amendments.find((each) => each.versionId === version.id);
  return {
    agent: agent.name,
    gate: review.gate,
    review: review.id,
    ...(amendment === undefined ? {} : { amendment: amendment.number }),
    ...(amendment === undefined || amendment.incident === null ? {} : { incident: amendment.incident }),
    ...(version === undefined ? {} : { version: version.number, label: version.label }),
  };
}

/** "Claims processor v1.4", or the agent alone at G1. */
export function whatIsSigned(agent: AgentFacts, versionId: string | null): string {
  const version = agent.versions.find((each) => each.id === versionId);
  return version === undefined ? agent.displayName : `${agent.displayName} v${version.label}`;
}
