import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { ROLE_TITLES } from '@/lib/auth/roles';
import { diffContracts } from '@/lib/contract/diff';
import { readStored } from '@/lib/contract/parse';
import { readingsOf } from '@/lib/contract/readings';
import { routeOf } from '@/lib/contract/route';
import { db } from '@/lib/db/pool';
import { formatList } from '@/lib/format';
import { chosenRoute } from '@/lib/lifecycle/amended-route';
import type { GateId } from '@/lib/lifecycle/gates';
import { GATES, meaningOf } from '@/lib/lifecycle/gates';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { openRequests } from '@/lib/services/comments/open-requests';
import { findSubject, THREADS_OF_SUBJECT, threadsOfSubject } from '@/lib/services/comments/subject';
import type { MySignatureDto, ReviewDetail, SignatureDto } from './dto';
import { agentDto, isReader, stepsOf, versionDto } from './dtos';
import { earlierPassage } from './earlier-passage';
import type { AgentFacts, VersionFact } from './facts';
import { type FoundReview, findReview } from './find-review';
import { personOf, rolesOf, waysOfReader } from './people';
import type { ReviewFact } from './review-facts';
import { waitingAt } from './review-rows';
import { closedInWords, inTheWay, type Standing, seenOf, standingOf } from './review-standing';

/** Everything the page of a gate shows. Of a passage that is closed, as it stood when it closed. Throws `not_found`. */
export async function getReview(actor: Actor, reviewId: string): Promise<ReviewDetail> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.read', { workspaceId });
  const found = await findReview(db(), workspaceId, reviewId);
  const { facts, agent, review } = found;
  authorize(actor, 'gate.read', { workspaceId, agentId: agent.id });
  const now = review.closedAt ?? Date.now();
  const standing = standingOf(facts, agent, review, now);
  const open = review.state === 'open';
  const obstacle = await inTheWay(db(), facts, agent, review, standing, now);
  const [diff, talk, visit] = await Promise.all([
    diffSince(workspaceId, agent, review, standing.version),
    talkOf(workspaceId, standing.version),
    visitOf(actor, review.id),
  ]);
  const ways = mySignatures(actor, found, standing, obstacle ?? standing.standing.obstacle, now);
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    id: review.id,
    gate: review.gate,
    question: GATES[review.gate].question,
    state: review.state,
    agent: agentDto(agent),
    version: standing.version === null ? null : versionDto(standing.version),
    subject: open ? standing.subject : { ...standing.subject, digest: review.subjectDigest },
    openedAt: new Date(review.openedAt).toISOString(),
    openedBy: review.openedBy,
    message: review.message,
    expiresAt: new Date(review.expiresAt).toISOString(),
    closedAt: iso(review.closedAt),
    closedBy: review.closedBy,
    closeReason: review.closeReason,
    closeClause: review.closeClause,
    steps: stepsOf(agent, review.versionId ?? agent.versions[0]?.id ?? null),
    evidence: standing.asked,
    attachments: standing.attachments,
    roles: rolesOf(facts, standing.context, review, now),
    ready: standing.standing.ready,
    obstacle: obstacle ?? standing.standing.obstacle,
    diff,
    earlier: standing.version === null ? null : earlierPassage(agent, review.gate, standing.version),
    amendment: amendmentOf(agent, standing.version),
    openRequests: talk.requests,
    comments: talk.comments,
    signedBefore: signedBefore(agent, review),
    mine: {
      roles: ways,
      whyNone: ways.length > 0 ? null : whyNone(review, facts.zone),
      ...visit,
      mayDecline:
        open &&
        can(actor, 'gate.decline', { workspaceId }) &&
        waysOfReader(actor, standing.context, review.roles, now).some((way) => way.whyNot === null),
      mayWithdraw:
        open &&
        can(actor, 'gate.withdraw', { workspaceId }) &&
        (isReader(actor, review.openedBy?.id) ||
          (actor.kind === 'person' && actor.roles.includes('head-of-ai'))),
      mayFallBack: open && agent.stage !== 'discovery' && can(actor, 'gate.fall-back', { workspaceId }),
    },
    waiting: !open ? null : waitingAt(actor, facts, agent, review, standing, { obstacle, now }),
    seen: seenOf(standing),
  };
}

function mySignatures(
  actor: Actor,
  { facts, review }: FoundReview,
  standing: Standing,
  obstacle: string | null,
  now: number,
): MySignatureDto[] {
  return waysOfReader(actor, standing.context, review.roles, now).map((way) => ({
    role: way.role,
    title: ROLE_TITLES[way.role],
    onBehalfOf: way.forId === null ? null : personOf(facts, way.forId),
    delegationId: way.delegationId,
    meaning: meaningOf(review.gate, way.role, standing.subject.name),
    whyNot: way.whyNot ?? obstacle,
  }));
}

function whyNone(review: ReviewFact, zone: string): string {
  if (review.state !== 'open') return closedInWords(review, zone);
  return `${review.gate} is signed as ${formatList(review.roles.map((role) => ROLE_IN_WORDS[role]))}. You have none of these roles, and nobody has let you stand in.`;
}

/** Against the version this gate was last passed with, else the one in force, else the one before. */
async function diffSince(
  workspaceId: string,
  agent: AgentFacts,
  review: ReviewFact,
  version: VersionFact | null,
): Promise<ReviewDetail['diff']> {
  if (version === null) return null;
  const signed = agent.reviews.find(
    (each) =>
      each.gate === review.gate &&
      each.state === 'passed' &&
      each.versionId !== version.id &&
      (each.closedAt ?? 0) < review.openedAt,
  );
  const sinceId =
    signed?.versionId ??
    (agent.inForceId !== version.id ? agent.inForceId : null) ??
    agent.versions.find((each) => each.number < version.number)?.id ??
    null;
  const since = agent.versions.find((each) => each.id === sinceId);
  if (since === undefined) return null;
  const { rows } = await db().query<{ id: string; document: unknown }>(
    'SELECT id, document FROM contract_version WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
    [workspaceId, [since.id, version.id]],
  );
  const document = (id: string) => readStored(rows.find((row) => row.id === id)?.document);
  const changes = diffContracts(document(since.id), document(version.id));
  const why =
    signed !== undefined
      ? `v${since.label}, which ${formatList(signed.roles.map((role) => ROLE_IN_WORDS[role]))} last signed here`
      : since.id === agent.inForceId
        ? `v${since.label}, which is in force`
        : `v${since.label}, the version before`;
  const routed = routeOf(changes);
  // What people decided about the way of an amendment holds over what its changes ask for.
  const choice = agent.amendments.find((each) => each.versionId === version.id)?.choice;
  const route = chosenRoute(changes, {
    raisedTo: choice?.raisedTo ?? null,
    consents: choice?.consent == null ? [] : [choice.consent],
  });
  return {
    since: versionDto(since),
    why,
    changes,
    routed: route === routed.route ? routed : { route, because: [] },
    readings: readingsOf(changes),
  };
}

function amendmentOf(agent: AgentFacts, version: VersionFact | null): ReviewDetail['amendment'] {
  const amendment = agent.amendments.find((each) => version !== null && each.versionId === version.id);
  if (amendment === undefined) return null;
  const { number, incident, emergency } = amendment;
  return { number, incident, emergency };
}

async function talkOf(
  workspaceId: string,
  version: VersionFact | null,
): Promise<{ requests: string[]; comments: { threads: number; open: number } }> {
  if (version === null) return { requests: [], comments: { threads: 0, open: 0 } };
  const about = { kind: 'version', id: version.id } as const;
  const subject = await findSubject(db(), workspaceId, about);
  const { rows } = await db().query<{ threads: number; open: number }>(
    `SELECT count(*) AS threads, count(*) FILTER (WHERE t.resolved_at IS NULL) AS open ${THREADS_OF_SUBJECT}`,
    threadsOfSubject(workspaceId, subject),
  );
  return {
    requests: [...new Set(await openRequests(db(), workspaceId, about))],
    comments: rows[0] ?? { threads: 0, open: 0 },
  };
}

async function visitOf(actor: Actor, reviewId: string): Promise<{ seconds: number; opened: string[] }> {
  if (actor.kind !== 'person') return { seconds: 0, opened: [] };
  const { rows } = await db().query<{ seconds: number; opened: string[] }>(
    'SELECT seconds, opened FROM gate_visit WHERE gate_review_id = $1 AND person_id = $2',
    [reviewId, actor.personId],
  );
  return rows[0] ?? { seconds: 0, opened: [] };
}

/** What was signed for this version at other gates, and at G1 for the agent; the oldest first. */
function signedBefore(agent: AgentFacts, review: ReviewFact): (SignatureDto & { gate: GateId })[] {
  return agent.reviews
    .filter(
      (each) =>
        each.id !== review.id &&
        (each.state === 'passed' || each.state === 'open') &&
        (each.versionId === null || each.versionId === review.versionId),
    )
    .flatMap((each) => each.signatures.map((signature) => ({ ...signature, gate: each.gate })))
    .sort((a, b) => a.signedAt.localeCompare(b.signedAt));
}
