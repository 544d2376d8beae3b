import type { Role } from '@/lib/auth/roles';
import type { Change } from '@/lib/contract/diff';
import type { Reading } from '@/lib/contract/readings';
import type { Routed } from '@/lib/contract/route';
import type { SigningMethod } from '@/lib/evidence/statement';
import type { EvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import type { FallbackCause } from '@/lib/lifecycle/fallback';
import type { GateId, SigningRole } from '@/lib/lifecycle/gates';
import type { Way } from '@/lib/lifecycle/required-gates';
import type { Stage } from '@/lib/lifecycle/stages';
import type { EvidenceState } from '@/lib/lifecycle/standing';
import type { EvidenceSummary } from '@/lib/services/evidence/evidence-row';

/** What services of gates answer with: plain JSON, times in ISO. */

export const REVIEW_STATES = ['open', 'passed', 'declined', 'withdrawn', 'expired', 'superseded'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

export interface PersonDto {
  id: string;
  name: string;
}

export interface AgentDto {
  id: string;
  /** The name it goes by in telemetry and addresses. */
  name: string;
  displayName: string;
  businessUnit: string | null;
  stage: Stage;
  stageEnteredAt: string;
}

export interface VersionDto {
  id: string;
  number: number;
  /** What its authors call it, e.g. "1.4". */
  label: string;
  /** SHA-256, hex. */
  digest: string;
}

/** How a gate stands to one kind of evidence it asks for. */
export interface AskedEvidenceDto {
  kind: EvidenceKind;
  title: string;
  required: boolean;
  state: EvidenceState;
  /** Why, in a sentence. */
  reason: string;
  /** What to do, in a sentence. */
  todo: string | null;
  /** Where it is made: the part of the agent's pages. */
  where: 'evidence' | 'scenarios' | 'drills';
  /** The piece that counts, or would. */
  evidence: EvidenceSummary | null;
  /** It counts no more from here. */
  staleAt: string | null;
  /** It was made for an earlier version and still counts. */
  carriedOver: boolean;
}

export interface SignatureDto {
  id: string;
  role: SigningRole;
  person: PersonDto;
  /** Whom the signer stood in for. */
  onBehalfOf: PersonDto | null;
  meaning: string;
  note: string | null;
  method: SigningMethod;
  signedAt: string;
  /** Of the statement, hex. */
  statementDigest: string;
}

export interface RoleDto {
  role: SigningRole;
  /** "Engineering lead". */
  title: string;
  signature: SignatureDto | null;
  /** Who may sign it: the person the contract names first; delegates with whom they stand in for. Empty when nobody may. */
  may: { person: PersonDto; onBehalfOf: PersonDto | null }[];
  /** When nobody may: why, and what to do. */
  nobody: string | null;
}

/** A gate as an earlier version passed it, where a later one is signed anew. */
export interface EarlierPassageDto {
  version: VersionDto;
  reviewId: string;
  signatures: SignatureDto[];
}

/** One of the reader's own ways to sign. */
export interface MySignatureDto {
  role: SigningRole;
  title: string;
  onBehalfOf: PersonDto | null;
  delegationId: string | null;
  /** What the signature would say, in full. */
  meaning: string;
  /** Why not, in a sentence; null when the reader may sign now. */
  whyNot: string | null;
}

/** One gate of the row of six above the screen. */
export interface GateStepDto {
  gate: GateId;
  question: string;
  stage: Stage;
  /** `done`: holds for this version; `carried`: holds because an earlier version passed it; `adopted`: taken over, not signed. */
  state: 'done' | 'carried' | 'adopted' | 'open' | 'next' | 'ahead';
  signed: number;
  of: number;
  /** When it was passed. */
  at: string | null;
  /** The passage that counts, or is open. */
  reviewId: string | null;
}

export interface ReviewDetail {
  id: string;
  gate: GateId;
  question: string;
  state: ReviewState;
  agent: AgentDto;
  /** Null at G1. */
  version: VersionDto | null;
  /** What is signed: the version's digest, at G1 that of the proposal. */
  subject: { name: string; digest: string };
  openedAt: string;
  openedBy: PersonDto | null;
  message: string | null;
  expiresAt: string;
  closedAt: string | null;
  closedBy: PersonDto | null;
  closeReason: string | null;
  closeClause: string | null;
  steps: GateStepDto[];
  evidence: AskedEvidenceDto[];
  attachments: EvidenceSummary[];
  roles: RoleDto[];
  /** All required evidence is there and fresh. */
  ready: boolean;
  /** Why nobody can sign now, in a sentence; null when signing is possible. */
  obstacle: string | null;
  /** Against the version last signed at this gate, else the one in force; null when there is none to compare with. */
  diff: {
    /** "v1.2, which GRC last signed". */
    since: VersionDto;
    why: string;
    changes: Change[];
    routed: Routed;
    readings: Reading[];
  } | null;
  /** What an earlier version was signed with at this gate: superseded for this one. */
  earlier: EarlierPassageDto | null;
  /** The change of what was agreed that this version is. */
  amendment: { number: number; incident: number | null; emergency: boolean } | null;
  /** Clauses with an open change request; a version with one cannot be put in force. */
  openRequests: string[];
  comments: { threads: number; open: number };
  /** Signatures of this version (at G1: the agent) at other gates, oldest first. */
  signedBefore: (SignatureDto & { gate: GateId })[];
  mine: {
    /** Ways the reader could sign, those possible now first; empty: no role of theirs is asked. */
    roles: MySignatureDto[];
    /** When `roles` is empty: why. */
    whyNone: string | null;
    seconds: number;
    /** Ids of evidence the reader opened. */
    opened: string[];
    mayDecline: boolean;
    mayWithdraw: boolean;
    mayFallBack: boolean;
  };
  waiting: WaitingDto | null;
  /** Sent back with begin-signing: what the reader saw. */
  seen: SeenDto;
}

export interface WaitingDto {
  since: string;
  /** On whom: those who may sign next; empty while evidence is missing. */
  on: PersonDto[];
  /** "on you and Miriam Osei", "on evidence". */
  words: string;
}

/** What somebody had before them when they decided to sign. */
export interface SeenDto {
  digest: string;
  /** Digests of the evidence, in the order of the gate. */
  evidence: string[];
}

/** What the next gate asks of an agent. */
export interface NextGateDto {
  gate: GateId;
  question: string;
  /** The version it is about; null at G1, and while there is none. */
  version: VersionDto | null;
  /** Why it is asked of it: first, or the route of its changes. */
  way: Way;
  reviewId: string | null;
  evidence: AskedEvidenceDto[];
  roles: RoleDto[];
  /** Required evidence that is not present. */
  missing: number;
  /** Why it cannot be opened now; null when it can, or is open. */
  whyNotOpen: string | null;
  mayOpen: boolean;
}

export interface StageChangeDto {
  id: string;
  from: Stage;
  to: Stage;
  kind: 'gate' | 'fallback' | 'adopted';
  gate: GateId | null;
  reviewId: string | null;
  cause: FallbackCause | null;
  reason: string | null;
  clause: string | null;
  by: PersonDto | null;
  at: string;
}

/** A passage in a list. */
export interface ReviewRow {
  id: string;
  gate: GateId;
  question: string;
  state: ReviewState;
  agent: AgentDto;
  version: VersionDto | null;
  openedAt: string;
  openedBy: PersonDto | null;
  expiresAt: string;
  closedAt: string | null;
  closeReason: string | null;
  signatures: SignatureDto[];
  roles: SigningRole[];
  /** A later fallback took its effect away. */
  supersededAt: string | null;
  waiting: WaitingDto | null;
  /** The reader may sign it now. */
  mine: boolean;
  /** What it wants of the reader, as the beginning of a sentence: "Sign", "Bring the paging drill to"; null: nothing. */
  wants: string | null;
}

export interface LifecycleDetail {
  agent: AgentDto;
  versionInForce: VersionDto | null;
  latest: VersionDto | null;
  /** In Rollout or Production without a gate ever passed. */
  adopted: boolean;
  steps: GateStepDto[];
  next: NextGateDto | null;
  /** Newest first. */
  history: StageChangeDto[];
  /** Newest first, with signatures. */
  reviews: ReviewRow[];
  /** Of G6; null before production. */
  attestation: AttestationDto | null;
  fallbackTargets: Stage[];
  mayFallBack: boolean;
}

export interface AttestationDto {
  /** YYYY-MM-DD. */
  dueOn: string;
  /** Days from today; negative when overdue. */
  inDays: number;
  overdue: boolean;
  lastAt: string | null;
  everyDays: number;
}

export interface BoardRow {
  agent: AgentDto;
  adopted: boolean;
  versionInForce: VersionDto | null;
  next: {
    gate: GateId;
    question: string;
    version: VersionDto | null;
    reviewId: string | null;
    /** Titles of required evidence not present. */
    missing: string[];
    signed: SigningRole[];
    awaited: SigningRole[];
  } | null;
  waiting: WaitingDto | null;
  attestation: AttestationDto | null;
}

export interface BoardDetail {
  stages: { stage: Stage; title: string; agents: BoardRow[] }[];
  /** Open passages, oldest first. */
  open: ReviewRow[];
  mayOpen: boolean;
}

/** One signature with everything that proves it. */
export interface SignatureDetail extends SignatureDto {
  gate: GateId;
  agent: AgentDto;
  version: VersionDto | null;
  reviewId: string;
  /** Roles of the signer when looked at. */
  email: string;
  statement: unknown;
  /** DSSE. */
  envelope: unknown;
  evidence: { kind: string; digest: string; summary: string | null; id: string | null }[];
  secondsSpent: number;
  evidenceOpened: number;
  evidenceOffered: number;
  /** Whether the envelope verifies against the instance's keys, checked when read. */
  verification: { ok: boolean; words: string };
  supersededAt: string | null;
}

export interface FallbackPattern {
  /** Newest first. */
  fallbacks: (StageChangeDto & { agent: AgentDto })[];
  counts: { gate: GateId; cause: FallbackCause; month: string; count: number }[];
  /** YYYY-MM, oldest first, without gaps. */
  months: string[];
  passed: { gate: GateId; count: number }[];
}

export interface SignerHabit {
  person: PersonDto;
  roles: Role[];
  signed: number;
  declined: number;
  /** Share of decisions that agreed with how the review ended, 0–1; null before any ended. */
  agreement: number | null;
  /** Median seconds the review was on screen before signing. */
  medianSeconds: number | null;
  /** Evidence opened ÷ offered over all signatures, 0–1; null when none was offered. */
  opened: number | null;
  /** Signed within 30 s and without opening any evidence. */
  unread: number;
  lastAt: string | null;
}

export interface RecordOfDay {
  /** YYYY-MM-DD, in the workspace's time zone. */
  day: string;
  zone: string;
  /** The end of that day, or now when it is today. */
  at: string;
  agents: {
    agent: { id: string; name: string; displayName: string };
    stage: Stage;
    /** Null: the workspace defaults decided. */
    version: VersionDto | null;
    adopted: boolean;
    /** Valid by then, by gate; those of gates still open last. */
    signatures: (SignatureDto & {
      gate: GateId;
      version: VersionDto | null;
      evidence: { kind: string; digest: string }[];
      /** The gate was still open: others had not signed yet. */
      awaited: boolean;
    })[];
    /** Gates of its stage that nobody signed. */
    unsigned: GateId[];
  }[];
}
