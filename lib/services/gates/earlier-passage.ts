import type { GateId } from '@/lib/lifecycle/gates';
import { livePassages } from '@/lib/lifecycle/passages';
import type { EarlierPassageDto } from './dto';
import { versionDto } from './dtos';
import type { AgentFacts, VersionFact } from './facts';

/** The last passage of a gate by an earlier version, whose signatures do not count for this one; null when there was none. */
export function earlierPassage(
  agent: AgentFacts,
  gate: GateId,
  version: Pick<VersionFact, 'id' | 'number'> | null,
): EarlierPassageDto | null {
  const before = livePassages(agent.past)
    .filter(
      ({ gate: of, versionId }) =>
        of === gate &&
        versionId !== null &&
        versionId !== version?.id &&
        (version === null || agent.past.numberOf(versionId) < version.number),
    )
    .toSorted((a, b) => b.at - a.at)[0];
  const review = agent.reviews.find((each) => each.id === before?.reviewId);
  const earlier = agent.versions.find((each) => each.id === before?.versionId);
  if (review === undefined || earlier === undefined) return null;
  return { version: versionDto(earlier), reviewId: review.id, signatures: review.signatures };
}
