import { formatDateTime, formatList, plural } from '@/lib/format';
import { EVIDENCE_KINDS, isEvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import { GATES, type GateId, gatesBefore } from '@/lib/lifecycle/gates';
import type { SigningContext } from '@/lib/lifecycle/may-sign';
import { gatesAhead, holdsOf } from '@/lib/lifecycle/passages';
import { proposalDigest } from '@/lib/lifecycle/proposal';
import { isLive } from '@/lib/lifecycle/stages';
import { type GateStanding, type GivenEvidence, gateStanding } from '@/lib/lifecycle/standing';
import { openRequests } from '@/lib/services/comments/open-requests';
import { amendmentObstacle, isUnderWay, latestOf, owesSignatures } from './amendment-facts';
import type { AskedEvidenceDto, SeenDto } from './dto';
import type { EvidenceFact } from './evidence-facts';
import type { AgentFacts, GateFacts, VersionFact } from './facts';
import { type Passing, signingContext } from './people';
import type { ReviewFact } from './review-facts';
import type { Queries } from './rows';

/** How a passage of a gate stands at a moment: computed anew each time, by the same rules for reading and for signing. */
export interface Standing {
  version: VersionFact | null;
  standing: GateStanding;
  asked: AskedEvidenceDto[];
  attachments: EvidenceFact[];
  context: SigningContext;
  subject: { name: string; digest: string };
  /** What stands in a statement: all that is there and counts, in the order of the gate, then what was attached. */
  evidence: { kind: string; digest: string }[];
}

/** A passage that is open, or as it would be if it were opened now. `now` in ms since 1970. */
export function standingOf(facts: GateFacts, agent: AgentFacts, passing: Passing, now: number): Standing {
  const version = agent.versions.find((each) => each.id === passing.versionId) ?? null;
  const standing = gateStanding(
    { ...GATES[passing.gate], roles: passing.roles },
    agent.evidence.flatMap((each) => given(each, agent, version) ?? []),
    passing.signatures.map((signature) => ({
      role: signature.role,
      personId: signature.person.id,
      name: signature.person.name,
      at: Date.parse(signature.signedAt),
    })),
    now,
    facts.zone,
    agent.moves.filter((move) => move.kind === 'fallback'),
  );
  const counting = standing.evidence.flatMap((each) =>
    each.state === 'present' && each.evidence !== null
      ? [{ kind: each.kind, digest: each.evidence.digest }]
      : [],
  );
  const attachments = attachmentsOf(agent, version);
  return {
    version,
    standing,
    asked: standing.evidence.map((each) => ({
      kind: each.kind,
      title: each.title,
      required: each.required,
      state: each.state,
      reason: each.reason,
      todo: each.todo,
      where: EVIDENCE_KINDS[each.kind].where,
      evidence: agent.evidence.find((fact) => fact.id === each.evidence?.id) ?? null,
      staleAt: each.staleAt === null ? null : new Date(each.staleAt).toISOString(),
      carriedOver: each.carriedOver,
    })),
    attachments,
    context: signingContext(facts, agent, passing),
    subject:
      version === null
        ? { name: `the proposal for ${agent.displayName}`, digest: proposalDigest(agent.name, counting) }
        : { name: `${agent.displayName} v${version.label}`, digest: version.digest },
    evidence: [...counting, ...attachments.map(({ kind, digest }) => ({ kind, digest }))],
  };
}

function attachmentsOf(agent: AgentFacts, version: VersionFact | null): EvidenceFact[] {
  return agent.evidence.filter(
    (each) => each.kind === 'attachment' && (each.version === null || each.version.id === version?.id),
  );
}

function given(fact: EvidenceFact, agent: AgentFacts, version: VersionFact | null): GivenEvidence | null {
  if (!isEvidenceKind(fact.kind) || fact.kind === 'attachment') return null;
  return {
    id: fact.id,
    kind: fact.kind,
    outcome: fact.outcome,
    summary: fact.summary,
    digest: fact.digest,
    producedAt: Date.parse(fact.producedAt),
    about: aboutOf(fact, agent, version),
  };
}

function aboutOf(fact: EvidenceFact, agent: AgentFacts, version: VersionFact | null): GivenEvidence['about'] {
  if (fact.version === null) return 'agent';
  if (version === null || fact.version.number > version.number) return 'other-version';
  if (fact.version.id === version.id) return 'this-version';
  const way = agent.past.wayBetween(fact.version.id, version.id);
  return way === null ? 'this-version' : { earlier: way };
}

export function seenOf(standing: Pick<Standing, 'subject' | 'evidence'>): SeenDto {
  return { digest: standing.subject.digest, evidence: standing.evidence.map((each) => each.digest) };
}

/** What keeps everybody from signing an open review, apart from its evidence; null when nothing does. */
export async function inTheWay(
  client: Queries,
  facts: GateFacts,
  agent: AgentFacts,
  review: ReviewFact,
  standing: Standing,
  now: number,
): Promise<string | null> {
  if (review.state !== 'open') return closedInWords(review, facts.zone);
  if (now >= review.expiresAt)
    return `This review expired on ${formatDateTime(review.expiresAt, facts.zone, 'minute')}. Open it again.`;
  const { version } = standing;
  if (version === null) return changedProposal(review, standing);
  return (
    notToBeSigned(agent, review.gate, version) ??
    (await requestedChanges(client, facts.workspaceId, agent, review.gate, version))
  );
}

/** At G1 everybody signs one case: with other evidence it is another. */
function changedProposal(review: ReviewFact, { subject }: Standing): string | null {
  const [first] = review.signatures;
  if (first === undefined || review.subjectDigest === subject.digest) return null;
  return `The evidence has changed since ${first.person.name} signed, so the proposal is another. Withdraw this review and open it again.`;
}

/** Why a version is not (any more) one that this gate decides about; null when it is. */
export function notToBeSigned(agent: AgentFacts, gate: GateId, version: VersionFact): string | null {
  const latest = latestOf(agent);
  const amendment = agent.amendments.find((each) => each.versionId === version.id);
  const outdated = amendmentObstacle(agent, version.id);
  if (outdated !== null) return outdated;
  // Amendments go their ways side by side: none waits for another before it comes into force.
  const underWay = amendment !== undefined && (isUnderWay(amendment) || owesSignatures(amendment));
  if (gate === 'G6') {
    if (agent.stage !== 'production')
      return `G6 is for agents in Production; ${agent.displayName} is not there.`;
    if (version.id !== agent.inForceId && version.id !== latest?.id && !underWay)
      return `v${version.label} is neither in force nor the latest version.`;
  } else if (latest !== undefined && latest.id !== version.id && !underWay)
    return `v${latest.label} has been submitted since v${version.label}. Open a review of v${latest.label}.`;
  const holds = holdsOf(agent.past, version.id);
  const before = gatesBefore(gate).filter((each) => holds[each].state === 'due');
  if (before.length > 0) return `${formatList(before)} must be passed first for v${version.label}.`;
  return notAskedFor(agent, gate, version);
}

/**
 * Where an agent works, passing a gate puts its version in force, or signs one after that was put in force in an emergency: so only
 * a gate that is asked for can be passed, and not one that holds from before instead of it. What is in force and agreed may pass any
 * again, as a step of the ladder can ask.
 */
function notAskedFor(agent: AgentFacts, gate: GateId, version: VersionFact): string | null {
  if (!isLive(agent.stage) || gate === 'G6' || gate === gateOfRollout(agent)) return null;
  const inForce = version.id === agent.inForceId;
  const owes = agent.amendments.some((each) => each.versionId === version.id && owesSignatures(each));
  if (inForce && !owes) return null;
  const ahead = gatesAhead(agent.past, { id: version.id, inForce });
  if (ahead.includes(gate)) return null;
  return `${gate} holds for v${version.label} from before: ${ahead.length === 0 ? 'nothing asks for it again' : `it asks for ${formatList(ahead)}`}.`;
}

/** G5 always leads out of Rollout. */
function gateOfRollout({ stage }: AgentFacts): GateId | null {
  return stage === 'rollout' ? 'G5' : null;
}

/** A version somebody asks to change is not agreed to; one in force is attested all the same. */
async function requestedChanges(
  client: Queries,
  workspaceId: string,
  agent: AgentFacts,
  gate: GateId,
  version: VersionFact,
): Promise<string | null> {
  if (gate === 'G6' && version.id === agent.inForceId) return null;
  const clauses = await openRequests(client, workspaceId, { kind: 'version', id: version.id });
  if (clauses.length === 0) return null;
  return `${plural(clauses.length, 'requested change')} must be resolved first: ${[...new Set(clauses)].slice(0, 5).join(', ')}.`;
}

/** How a review ended, in a sentence. */
export function closedInWords(review: ReviewFact, zone: string): string {
  const when = review.closedAt === null ? '' : ` on ${formatDateTime(review.closedAt, zone, 'minute')}`;
  const who = review.closedBy === null ? '' : ` by ${review.closedBy.name}`;
  switch (review.state) {
    case 'passed':
      return `${review.gate} was passed${when}.`;
    case 'declined':
      return `This review was declined${who}${when}.`;
    case 'withdrawn':
      return `This review was withdrawn${who}${when}.`;
    case 'expired':
      return `This review expired${when}.`;
    default:
      return `This review was closed${when}${review.closeReason === null ? '' : `: ${review.closeReason}`}`;
  }
}
