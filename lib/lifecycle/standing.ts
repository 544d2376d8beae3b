import type { Route } from '../contract/change-row';
import { formatDate, formatList, formatRelative, plural } from '../format';
import { EVIDENCE_KINDS, type EvidenceKind, type EvidenceOutcome } from './evidence-kinds';
import { asksAgain, type Fallback } from './fallback';
import type { AskedEvidence, Gate, SigningRole } from './gates';
import { CARRIES_OVER } from './required-gates';
import { STAGE_TITLES } from './stages';

const DAY = 86_400_000;
/** Clocks of two machines are never quite together: so much from the future is taken as now. */
export const CLOCK_TOLERANCE_MS = 2 * 60_000;

/** A piece of evidence as a gate looks at it. */
export interface GivenEvidence {
  id: string;
  kind: EvidenceKind;
  outcome: EvidenceOutcome;
  summary: string;
  /** SHA-256, hex. */
  digest: string;
  /** When it was found out, ms since 1970. */
  producedAt: number;
  /**
   * How the version it speaks of stands to the one at the gate: the same; an earlier one, with the route of what changed
   * since; another that tells nothing about this one; `agent` where it speaks of no version.
   */
  about: 'agent' | 'this-version' | 'other-version' | { earlier: Route };
}

export interface GivenSignature {
  role: SigningRole;
  personId: string;
  name: string;
  /** ms since 1970. */
  at: number;
}

export const EVIDENCE_STATES = ['present', 'missing', 'stale', 'failed'] as const;
export type EvidenceState = (typeof EVIDENCE_STATES)[number];

/** How a gate stands to one kind of evidence that it asks for. */
export interface EvidenceStanding {
  kind: EvidenceKind;
  title: string;
  required: boolean;
  state: EvidenceState;
  /** Why, in a sentence. */
  reason: string;
  /** What to do, in a sentence; null when there is nothing to do. */
  todo: string | null;
  /** The piece that counts, or would if it were fresh and passed. */
  evidence: GivenEvidence | null;
  /** From this moment it counts no more, ms since 1970; null when it does not age. */
  staleAt: number | null;
  /** True when it was made for an earlier version, and still counts. */
  carriedOver: boolean;
}

export interface RoleStanding {
  role: SigningRole;
  signature: GivenSignature | null;
}

export interface GateStanding {
  evidence: EvidenceStanding[];
  roles: RoleStanding[];
  /** All required evidence is present, so that it may be signed. */
  ready: boolean;
  /** Why it may not be signed yet, in one sentence; null when it may. */
  obstacle: string | null;
  /** Every role has signed. */
  complete: boolean;
}

/**
 * How a gate stands at a moment: which evidence is there, missing, stale or failed, and who has signed. Of each kind the
 * newest piece that speaks for the version counts; a newer one that failed is not outlived by an older that passed.
 * After a fallback, what it puts in doubt must be made again. `now` in ms since 1970, dates in the reader's `zone`.
 */
export function gateStanding(
  gate: Pick<Gate, 'id' | 'evidence' | 'roles'>,
  evidence: readonly GivenEvidence[],
  signatures: readonly GivenSignature[],
  now: number,
  zone: string,
  fallbacks: readonly Fallback[] = [],
): GateStanding {
  const standings = gate.evidence.map((asked) => {
    const again = (piece: GivenEvidence) => fallbacks.find((fallback) => asksAgain(fallback, gate.id, piece));
    return standingOf(asked, evidence, now, zone, again);
  });
  const roles = gate.roles.map((role) => ({
    role,
    signature: signatures.find((signature) => signature.role === role) ?? null,
  }));
  const inTheWay = standings.filter((each) => each.required && each.state !== 'present');
  return {
    evidence: standings,
    roles,
    ready: inTheWay.length === 0,
    obstacle: inTheWay.length === 0 ? null : obstacleOf(gate, inTheWay),
    complete: roles.every((role) => role.signature !== null),
  };
}

function obstacleOf(gate: Pick<Gate, 'id'>, inTheWay: readonly EvidenceStanding[]): string {
  const [first] = inTheWay;
  if (first !== undefined && inTheWay.length === 1) return `${gate.id} cannot be signed yet. ${first.reason}`;
  return `${gate.id} cannot be signed yet: ${formatList(
    inTheWay.map((each) => `${each.title} (${STATE_WORDS[each.state]})`),
  )}.`;
}

const STATE_WORDS: Readonly<Record<EvidenceState, string>> = {
  present: 'present',
  missing: 'missing',
  stale: 'no longer fresh',
  failed: 'failed',
};

function standingOf(
  asked: AskedEvidence,
  evidence: readonly GivenEvidence[],
  now: number,
  zone: string,
  /** The fallback since which a piece counts no longer. */
  again: (piece: GivenEvidence) => Fallback | undefined,
): EvidenceStanding {
  const { title, must, how, mend = how } = EVIDENCE_KINDS[asked.kind];
  const ofKind = evidence.filter((each) => each.kind === asked.kind);
  const speaking = ofKind.filter(speaksForIt);
  // A piece from the future is shown only where there is no other: newer ones must be able to take its place.
  const sane = speaking.filter((each) => each.producedAt <= now + CLOCK_TOLERANCE_MS);
  const newest = (sane.length > 0 ? sane : speaking).reduce<GivenEvidence | null>(newer, null);
  const base = { kind: asked.kind, title, required: asked.required };
  if (newest === null)
    return {
      ...base,
      state: 'missing',
      reason:
        ofKind.length === 0
          ? `${title} is missing.`
          : `${title} is missing: what there is was made for another version, and this one changed too much for it to count.`,
      todo: how,
      evidence: null,
      staleAt: null,
      carriedOver: false,
    };
  const staleAt = asked.freshDays === undefined ? null : newest.producedAt + asked.freshDays * DAY;
  const found = { ...base, evidence: newest, staleAt, carriedOver: typeof newest.about === 'object' };
  const when = `${formatDate(newest.producedAt, zone)}, ${formatRelative(newest.producedAt, now)}`;
  if (newest.producedAt > now + CLOCK_TOLERANCE_MS)
    return {
      ...found,
      state: 'stale',
      reason: `${title} says it is from the future (${when}): a clock is wrong, so it cannot count as fresh.`,
      todo: `Set the clocks right. ${how}`,
    };
  if (newest.outcome === 'failed' || (must === 'pass' && newest.outcome !== 'passed'))
    return {
      ...found,
      state: 'failed',
      reason: `${title} ${newest.outcome === 'failed' ? 'failed' : 'did not say that it passed'}: ${sentence(newest.summary)}`,
      todo: mend,
    };
  const fallback = again(newest);
  if (fallback !== undefined)
    return {
      ...found,
      state: 'stale',
      reason: `${title} is from before it fell back to ${STAGE_TITLES[fallback.to]} (${formatDate(fallback.at, zone)}): it must be made again.`,
      todo: how,
      staleAt: fallback.at,
    };
  if (staleAt !== null && now >= staleAt)
    return {
      ...found,
      state: 'stale',
      reason: `${title} is from ${when}, and counts for ${plural(asked.freshDays ?? 0, 'day')}.`,
      todo: how,
    };
  return {
    ...found,
    state: 'present',
    reason: sentence(newest.summary),
    todo: null,
  };
}

function speaksForIt(evidence: GivenEvidence): boolean {
  if (evidence.about === 'this-version') return true;
  if (evidence.about === 'agent') return EVIDENCE_KINDS[evidence.kind].speaksOf === 'agent';
  // What is known of the agent by one version is known of it by the next.
  if (EVIDENCE_KINDS[evidence.kind].speaksOf === 'agent') return true;
  if (evidence.about === 'other-version') return false;
  return CARRIES_OVER[evidence.about.earlier].includes(evidence.kind);
}

/** The one found out later; of two at one moment the worse, so that no failure hides behind a pass. */
function newer(one: GivenEvidence | null, other: GivenEvidence): GivenEvidence {
  if (one === null || other.producedAt > one.producedAt) return other;
  if (
    other.producedAt === one.producedAt &&
    (other.outcome === 'failed' || (one.outcome !== 'failed' && other.id > one.id))
  )
    return other;
  return one;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
