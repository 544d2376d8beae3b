import type { EvidenceKind } from './evidence-kinds';
import { STAGES, type Stage } from './stages';

export const GATE_IDS = ['G1', 'G2', 'G3', 'G4', 'G5', 'G6'] as const;
export type GateId = (typeof GATE_IDS)[number];

/** Roles that sign at gates. lib/auth/roles.ts has the same names and two more; a test compares them. */
export const SIGNING_ROLES = ['head-of-ai', 'sponsor', 'engineer', 'qa', 'grc', 'operator', 'sre'] as const;
export type SigningRole = (typeof SIGNING_ROLES)[number];

/** A kind of evidence that a gate asks for. */
export interface AskedEvidence {
  kind: EvidenceKind;
  /** How many days it counts from the moment it was found out; left out: as long as the version does. */
  freshDays?: number;
  /** False: shown where it is there, and nobody waits for it. */
  required: boolean;
}

/** A question that named people answer by signing, so that an agent goes from one stage to the next. */
export interface Gate {
  id: GateId;
  question: string;
  from: Stage;
  to: Stage;
  /** Each signs once; all must. */
  roles: readonly SigningRole[];
  evidence: readonly AskedEvidence[];
  /** `proposal`: what is signed is the case made for the agent; there is no contract yet. */
  subject: 'proposal' | 'version';
  /** Days a review stays open before it expires. */
  openDays: number;
  /** What each role's signature means, up to the full stop; {subject} stands for what is signed. */
  meanings: Readonly<Partial<Record<SigningRole, string>>>;
}

/** Every gate as data: nothing anywhere else knows what a gate asks. */
export const GATES: Readonly<Record<GateId, Gate>> = {
  G1: {
    id: 'G1',
    question: 'Is this worth scoping?',
    from: 'discovery',
    to: 'scoping',
    roles: ['head-of-ai', 'sponsor'],
    evidence: [
      { kind: 'baseline', freshDays: 180, required: true },
      { kind: 'value', freshDays: 180, required: true },
      { kind: 'autonomy-readiness', freshDays: 180, required: true },
    ],
    subject: 'proposal',
    openDays: 30,
    meanings: {
      'head-of-ai': 'I approve scoping {subject}, with the stance that its answers imply',
      sponsor: 'I want {subject} scoped, for the value and against the baseline stated here',
    },
  },
  G2: {
    id: 'G2',
    question: 'Is the contract scoped enough to build against?',
    from: 'scoping',
    to: 'build',
    roles: ['engineer', 'sponsor'],
    evidence: [{ kind: 'lint', freshDays: 30, required: true }],
    subject: 'version',
    openDays: 14,
    meanings: {
      engineer: 'I can build against {subject} as it is written',
      sponsor: 'I agree that {subject} says what the agent may do, decide and spend',
    },
  },
  G3: {
    id: 'G3',
    question: 'Is the agent honouring its own contract in test?',
    from: 'build',
    to: 'review',
    roles: ['engineer', 'qa'],
    evidence: [
      { kind: 'scenarios', freshDays: 30, required: true },
      { kind: 'evals', freshDays: 30, required: true },
    ],
    subject: 'version',
    openDays: 14,
    meanings: {
      engineer: 'I built the agent to honour {subject}, and in test it does',
      qa: 'I tested the agent against {subject}, and it honours it',
    },
  },
  G4: {
    id: 'G4',
    question: 'Is the contract operable under real-world risk?',
    from: 'review',
    to: 'rollout',
    roles: ['grc'],
    evidence: [
      { kind: 'backtest', freshDays: 14, required: true },
      { kind: 'kill-switch-drill', freshDays: 90, required: true },
      { kind: 'failure-paths-drill', freshDays: 30, required: true },
      { kind: 'rollback-drill', freshDays: 30, required: true },
      { kind: 'risk-review', freshDays: 30, required: true },
    ],
    subject: 'version',
    openDays: 14,
    meanings: {
      grc: 'I approve {subject} to operate under real-world risk, on the evidence listed here',
    },
  },
  G5: {
    id: 'G5',
    question: 'Is the live signal trustworthy?',
    from: 'rollout',
    to: 'production',
    roles: ['operator', 'sre'],
    evidence: [
      { kind: 'rollout', freshDays: 7, required: true },
      { kind: 'paging-drill', freshDays: 30, required: true },
    ],
    subject: 'version',
    openDays: 14,
    meanings: {
      operator: 'I take {subject} on: its signals are trustworthy, and its pages reach me',
      sre: 'I take {subject} into operation: what it reports is what happens',
    },
  },
  G6: {
    id: 'G6',
    question: 'Is the agent still doing what we agreed?',
    from: 'production',
    to: 'production',
    roles: ['operator', 'sponsor'],
    evidence: [
      { kind: 'drift', freshDays: 7, required: true },
      { kind: 'signals', freshDays: 2, required: true },
    ],
    subject: 'version',
    openDays: 14,
    meanings: {
      operator: 'I attest that the agent still does what {subject} says',
      sponsor: 'I attest that {subject} is still what we want of the agent',
    },
  },
};

export function isGateId(text: string): text is GateId {
  return GATE_IDS.some((id) => id === text);
}

/** The gate that leads out of a stage. */
export function gateFrom(stage: Stage): GateId {
  return GATE_IDS.find((id) => GATES[id].from === stage) ?? 'G6';
}

/** The gates that come before one. */
export function gatesBefore(gate: GateId): GateId[] {
  return GATE_IDS.slice(0, GATE_IDS.indexOf(gate));
}

/** Gates that must be passed again once an agent has been sent back to a stage. */
export function gatesFrom(stage: Stage): GateId[] {
  return GATE_IDS.filter((id) => STAGES.indexOf(GATES[id].from) >= STAGES.indexOf(stage));
}

/** What a signature says, as a whole sentence: "I approve v1.4 of Claims processor to operate …". */
export function meaningOf(gate: GateId, role: SigningRole, subject: string): string {
  const meaning = GATES[gate].meanings[role];
  if (meaning === undefined) throw new RangeError(`${role} does not sign ${gate}.`);
  return `${meaning.replaceAll('{subject}', () => subject)}.`;
}
