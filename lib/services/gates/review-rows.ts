import type { Actor } from '@/lib/auth/actor';
import { formatList } from '@/lib/format';
import { EVIDENCE_KINDS, type EvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import { bringersOf } from './bringers';
import type { AskedEvidenceDto, ReviewRow, WaitingDto } from './dto';
import { reviewRow } from './dtos';
import type { AgentFacts, GateFacts } from './facts';
import { awaitedOf, personOf, waitingOf, waysOfReader } from './people';
import type { ReviewFact } from './review-facts';
import { inTheWay, type Standing, standingOf } from './review-standing';
import type { Queries } from './rows';

/** A passage as a row of a list; of an open one, on whom it waits and whether that is the reader. */
export async function rowOf(
  client: Queries,
  actor: Actor,
  facts: GateFacts,
  agent: AgentFacts,
  review: ReviewFact,
  now: number,
): Promise<ReviewRow> {
  if (review.state !== 'open') return reviewRow(agent, review, { waiting: null, mine: false, wants: null });
  const standing = standingOf(facts, agent, review, now);
  const obstacle = await inTheWay(client, facts, agent, review, standing, now);
  const mine =
    obstacle === null &&
    standing.standing.ready &&
    waysOfReader(actor, standing.context, review.roles, now).some((way) => way.whyNot === null);
  const from = lackedFrom(facts, agent, review, standing);
  const waiting = waitingAt(actor, facts, agent, review, standing, { obstacle, now });
  const self = actor.kind === 'person' ? actor.personId : null;
  const asked = mine || waiting.on.some((person) => person.id === self);
  const brings = self === null ? [] : [...from].flatMap(([kind, ids]) => (ids.includes(self) ? [kind] : []));
  const wants = asked ? 'Sign' : brings.length > 0 ? `Bring ${inWords(brings)} to` : null;
  return reviewRow(agent, review, { waiting, mine, wants });
}

/** On whom an open passage waits, or on what and from whom. */
export function waitingAt(
  actor: Actor,
  facts: GateFacts,
  agent: AgentFacts,
  review: ReviewFact,
  standing: Standing,
  { obstacle, now }: { obstacle: string | null; now: number },
): WaitingDto {
  const from = lackedFrom(facts, agent, review, standing);
  return waitingOf(actor, {
    since: review.openedAt,
    missing: missingOf(standing.asked),
    from: [...new Set([...from.values()].flat())].map((id) => personOf(facts, id)),
    on: awaitedOf(facts, standing.context, review.roles, now),
    obstacle,
  });
}

/** Each kind of evidence it lacks, and the ids of those who are to bring it. */
function lackedFrom(
  facts: GateFacts,
  agent: AgentFacts,
  review: ReviewFact,
  standing: Standing,
): Map<EvidenceKind, string[]> {
  const lacks = standing.asked.filter(isMissing).map((each) => each.kind);
  return bringersOf(facts, agent, lacks, {
    openedById: review.openedBy?.id ?? null,
    version: standing.version,
  });
}

/** "the paging drill", "eval results and scenario suites", "what is missing" where it is much. */
function inWords(kinds: readonly EvidenceKind[]): string {
  if (kinds.length > 2) return 'what is missing';
  return formatList(
    kinds.map((kind) => {
      const { title } = EVIDENCE_KINDS[kind];
      return `${/(drill|review|lint)$/i.test(title) ? 'the ' : ''}${title.charAt(0).toLowerCase()}${title.slice(1)}`;
    }),
  );
}

function isMissing(asked: Pick<AskedEvidenceDto, 'required' | 'state'>): boolean {
  return asked.required && asked.state !== 'present';
}

/** Titles of required evidence that is not there, not fresh or failed. */
export function missingOf(asked: readonly { required: boolean; state: string; title: string }[]): string[] {
  return asked.flatMap((each) => (each.required && each.state !== 'present' ? [each.title] : []));
}
