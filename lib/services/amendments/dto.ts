import type { Route } from '@/lib/contract/change-row';
import type { Change } from '@/lib/contract/diff';
import type { Issue } from '@/lib/errors';
import type { GateId } from '@/lib/lifecycle/gates';
import type { Stage } from '@/lib/lifecycle/stages';
import type { VerdictCause } from '@/lib/lifecycle/verdict';
import type { ProposedFilter } from '@/lib/response/propose-filter';
import type { BacktestsOf } from '@/lib/services/backtests/get-backtest';
import type { AmendmentState } from '@/lib/services/gates/amendment-facts';
import type { AgentDto, EarlierPassageDto, PersonDto, RoleDto, VersionDto } from '@/lib/services/gates/dto';
import type { RecordEntry } from '@/lib/services/runs/list-record';

/** What services of amendments answer with: plain JSON, times in ISO. */

/** in-review: a gate of it was opened. */
export type ShownState = AmendmentState | 'in-review';

/** An amendment in a list. */
export interface AmendmentRowDto {
  number: number;
  agent: { name: string; displayName: string };
  state: ShownState;
  emergency: boolean;
  /** Of an emergency: still to be signed, and the day was passed. */
  overdue: boolean;
  incident: number | null;
  clause: string | null;
  draftId: string | null;
  base: VersionDto;
  version: VersionDto | null;
  /** The way back it takes; null while nothing is changed, or its draft is no contract yet. */
  route: Route | null;
  /** The stage whose gate it comes to next; null when none is due, or it is over. */
  standsAt: Stage | null;
  /** A version came into force over the one it changes. */
  outdated: boolean;
  createdBy: string | null;
  createdAt: string;
  /** When it came into force or ended. */
  endedAt: string | null;
}

/** One of the gates it takes. */
export interface AmendmentGateDto {
  gate: GateId;
  question: string;
  /** ahead: it comes after another one. */
  state: 'passed' | 'open' | 'due' | 'ahead';
  reviewId: string | null;
  roles: RoleDto[];
  /** Titles of required evidence that is not there, not fresh or failed. */
  missing: string[];
  /** Titles of evidence that was made for an earlier version and still counts. */
  carriedOver: string[];
  /** Signatures of an earlier version at this gate, which do not count for this one. */
  superseded: EarlierPassageDto | null;
  mayOpen: boolean;
  whyNotOpen: string | null;
}

export interface RouteStepDto {
  id: string;
  kind: 'raised' | 'computed' | 'lowering-asked' | 'consented' | 'declined';
  route: Route;
  reason: string | null;
  by: PersonDto | null;
  at: string;
}

export interface Lowering extends RouteStepDto {
  /** The changes that would go the shorter way. */
  changes: Change[];
  /** Sent back with the answer: what the reader saw. */
  seen: string;
  /** Who of GRC may consent. */
  people: PersonDto[];
}

export interface AmendmentDetail extends AmendmentRowDto {
  id: string;
  agent: AgentDto;
  reason: string | null;
  createdById: string | null;
  endReason: string | null;
  endedBy: string | null;
  inForce: VersionDto | null;
  /** What its draft calls itself, or its version. */
  label: string | null;
  draft: { id: string; revision: number | null; open: boolean } | null;
  incidentDetail: { number: number; title: string; severity: string; settled: VerdictCause | null } | null;
  changes: Change[];
  /** The way each change takes, as decided; in the order of `changes`. */
  ways: Route[];
  /** What keeps the draft from being a contract. */
  faults: Issue[];
  computed: Route | null;
  /** What the settled verdict on the incident asks for. */
  verdictRoute: Route | null;
  steps: RouteStepDto[];
  asked: Lowering | null;
  gates: AmendmentGateDto[];
  /** Gates that hold from before. */
  holding: GateId[];
  /** What each way back takes, where its agent stands. */
  gatesByRoute: Record<Route, GateId[]>;
  /** The version that came into force over the one it changes. */
  newer: VersionDto | null;
  proposal: { state: 'offered' | 'accepted' | 'declined'; proposed: ProposedFilter } | null;
  backtests: BacktestsOf;
  atOnce: {
    reason: string | null;
    by: string | null;
    signDueAt: string | null;
    signedAt: string | null;
    fellBackAt: string | null;
    overdue: boolean;
  } | null;
  /** Clauses that do more than narrow what is in force now: with one, it cannot take effect at once. */
  widens: string[];
  may: {
    write: boolean;
    /** Why it cannot be submitted now; null when it can, or when there is nothing to submit. */
    whyNotSubmit: string | null;
    consent: boolean;
    refuse: boolean;
    /** The reader may put it in force before its gates. */
    atOnce: boolean;
  };
  /** Newest first. */
  activity: RecordEntry[];
}
