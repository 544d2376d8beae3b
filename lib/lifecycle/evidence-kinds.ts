/**
 * What is shown at gates. Computed: the product finds it out by itself. Reported: a system or a person says it in a form
 * of its own (eval results, answers). Attached: a file, a link or a note.
 */
export const EVIDENCE_ORIGINS = ['computed', 'reported', 'attached'] as const;
export type EvidenceOrigin = (typeof EVIDENCE_ORIGINS)[number];

/** passed or failed; given where there is nothing to pass. */
export const EVIDENCE_OUTCOMES = ['passed', 'failed', 'given'] as const;
export type EvidenceOutcome = (typeof EVIDENCE_OUTCOMES)[number];

interface Row {
  title: string;
  /** How it mostly comes. */
  comes: EvidenceOrigin;
  /** `pass`: counts only when it passed. `be-given`: counts once it is there, unless it failed. */
  must: 'pass' | 'be-given';
  /** Whether it is about one version, or about the agent whatever its version. */
  speaksOf: 'version' | 'agent';
  /** What it must show to count, as a sentence. */
  shows: string;
  /** What to do when it is missing or too old, as an imperative sentence. */
  how: string;
  /** What to do when it is there and failed; left out: the same. */
  mend?: string;
  /** The part of the agent's pages where it is made. */
  where: 'evidence' | 'scenarios' | 'drills';
}

const TABLE = {
  baseline: {
    title: 'Baseline',
    comes: 'reported',
    must: 'be-given',
    speaksOf: 'agent',
    shows: 'How the work is done today: how often, how long, at what cost, with how many errors.',
    how: 'Describe how the work is done today.',
    where: 'evidence',
  },
  value: {
    title: 'Value',
    comes: 'reported',
    must: 'be-given',
    speaksOf: 'agent',
    shows: 'What the agent would be worth, and to whom.',
    how: 'State what the agent would be worth.',
    where: 'evidence',
  },
  'autonomy-readiness': {
    title: 'Autonomy readiness',
    comes: 'reported',
    must: 'be-given',
    speaksOf: 'agent',
    shows:
      'Answers on frequency, reversibility, observability, policy clarity and data sensitivity, and the stance they imply.',
    how: 'Answer the five questions of autonomy readiness.',
    where: 'evidence',
  },
  lint: {
    title: 'Contract lint',
    comes: 'computed',
    must: 'pass',
    speaksOf: 'version',
    shows:
      'Every section is written, every criterion bound to a signal, every critical clause to an action, every owner named.',
    how: 'Run lint on this version.',
    mend: 'Mend what lint found, in a next version where the contract must change, and run lint again.',
    where: 'evidence',
  },
  scenarios: {
    title: 'Scenario suites',
    comes: 'computed',
    must: 'pass',
    speaksOf: 'version',
    shows: 'Every scenario is decided as it expects, and each of the six behaviours is shown.',
    how: 'Run the scenario suites on this version.',
    mend: 'Add the scenarios that are missing, mend what fails, and run the suites again.',
    where: 'scenarios',
  },
  evals: {
    title: 'Eval results',
    comes: 'reported',
    must: 'pass',
    speaksOf: 'version',
    shows: 'Every eval criterion of the contract reaches its target.',
    how: 'Send eval results for this version, by file or by API.',
    mend: 'Improve the agent until every criterion reaches its target, then send results again.',
    where: 'evidence',
  },
  backtest: {
    title: 'Backtest',
    comes: 'computed',
    must: 'be-given',
    speaksOf: 'version',
    shows: 'What this version would have decided otherwise over the runs that were recorded.',
    how: 'Run the backtest of this version over recorded runs.',
    where: 'evidence',
  },
  'kill-switch-drill': {
    title: 'Kill-switch drill',
    comes: 'computed',
    must: 'pass',
    speaksOf: 'agent',
    shows: 'The kill switch stopped the agent at every evaluator.',
    how: 'Run the kill-switch drill.',
    mend: 'Mend what kept the switch from stopping the agent everywhere, and run the drill again.',
    where: 'drills',
  },
  'failure-paths-drill': {
    title: 'Failure-path drill',
    comes: 'computed',
    must: 'pass',
    speaksOf: 'version',
    shows: 'Each failure the contract speaks of is answered as it says.',
    how: 'Run the failure-path drill on this version.',
    mend: 'Mend what was not answered as the contract says, and run the drill again.',
    where: 'drills',
  },
  'rollback-drill': {
    title: 'Rollback drill',
    comes: 'computed',
    must: 'be-given',
    speaksOf: 'version',
    shows:
      'The agent went back to its earlier version and returned, in time; or there was none to go back to.',
    how: 'Run the rollback drill on this version.',
    mend: 'Mend what kept the agent from going back and returning in time, and run the drill again.',
    where: 'drills',
  },
  'risk-review': {
    title: 'Risk profile review',
    comes: 'reported',
    must: 'be-given',
    speaksOf: 'version',
    shows: 'Somebody of GRC looked at the weights and thresholds and said what they found.',
    how: 'Review the risk profile and record what you found.',
    mend: 'Change the risk profile as the review says, in a next version, and have it reviewed again.',
    where: 'evidence',
  },
  rollout: {
    title: 'Rollout statistics',
    comes: 'computed',
    must: 'pass',
    speaksOf: 'version',
    shows: 'Enough real runs under this version, and enough of them wholly silent.',
    how: 'Compute the statistics from the runs that came in so far.',
    mend: 'Let more real runs come in, mend what keeps them from being wholly silent, then compute the statistics again.',
    where: 'evidence',
  },
  'paging-drill': {
    title: 'Paging drill',
    comes: 'computed',
    must: 'pass',
    speaksOf: 'agent',
    shows: 'A page reached the named person, who acknowledged it in time.',
    how: 'Run the paging drill, and let the person named acknowledge it.',
    mend: 'Find out why nobody acknowledged in time, and run the drill again.',
    where: 'drills',
  },
  drift: {
    title: 'Drift',
    comes: 'computed',
    must: 'be-given',
    speaksOf: 'agent',
    shows: 'How scores, cost and behaviour have moved since what was last agreed.',
    how: 'Compute the drift since the last attestation.',
    where: 'evidence',
  },
  signals: {
    title: 'Signal freshness',
    comes: 'computed',
    must: 'pass',
    speaksOf: 'agent',
    shows: 'Every signal the contract relies on has come in lately.',
    how: 'Check how fresh the signals are.',
    mend: 'Bring in what the stale signals measure, then check them again.',
    where: 'evidence',
  },
  attachment: {
    title: 'Attachment',
    comes: 'attached',
    must: 'be-given',
    speaksOf: 'agent',
    shows: 'A file, a link or a note that somebody wants the signers to see.',
    how: 'Attach a file, a link or a note.',
    where: 'evidence',
  },
} as const satisfies Record<string, Row>;

export type EvidenceKind = keyof typeof TABLE;
export const EVIDENCE_KINDS: Readonly<Record<EvidenceKind, Row>> = TABLE;

export function isEvidenceKind(text: string): text is EvidenceKind {
  return Object.hasOwn(TABLE, text);
}
