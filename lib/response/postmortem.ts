import type { Route } from '@/lib/contract/change-row';
import type { Band } from '@/lib/contract/schema';
import { formatDateTime, formatDuration, formatList, plural } from '@/lib/format';
import type { Attribution } from './attribution';
import { attributionSentence, changeWords, FACTOR_WORDS, standingWords } from './attribution-words';
import type { Interval, Moment } from './timeline';
import { CAUSE_WORDS, plainWords } from './timeline-words';

export const SECTIONS = [
  'what-happened',
  'timeline',
  'impact',
  'attribution',
  'decisions',
  'amendment',
  'open-ends',
] as const;
export type Section = (typeof SECTIONS)[number];

export const SECTION_TITLES: Record<Section, string> = {
  'what-happened': 'What happened',
  timeline: 'Timeline',
  impact: 'Impact',
  attribution: 'What had changed',
  decisions: 'What was decided, and by whom',
  amendment: 'What becomes of the contract',
  'open-ends': 'Open ends',
};

export interface Verdict {
  /** sponsor, grc, head-of-ai. */
  role: string;
  by: string;
  /** parameter, implementation, contract. */
  cause: string;
  clause: string | null;
  note: string | null;
}

export interface PostmortemFacts {
  number: number;
  title: string;
  severity: Band;
  state: 'open' | 'acknowledged' | 'resolved';
  clause: string;
  /** What the clause says in the version the run was held to, as YAML; null when it is not a part of the document. */
  clauseSays: string | null;
  agent: string;
  run: string;
  /** Runs the incident is about. */
  runs: number;
  /** Version and digest the run was held to; null when it was held to nothing. */
  contract: { name: string; digest: string } | null;
  breachedAt: string;
  recordedAt: string;
  /** What detectors found, masked: "Bank account DE** **** in the result of documents.ocr". */
  found: readonly string[];
  rollback: { from: string; to: string; state: 'done' | 'proposed' | 'reversed' } | null;
  intervals: readonly Interval[];
  moments: readonly Moment[];
  /** Moments left out of `moments`. */
  momentsLeft: number;
  /** Sentences of the undo ledger, and of compensations; null where it could not be made. */
  impact: readonly string[] | null;
  attribution: Attribution;
  /** The last word of each role. */
  verdicts: readonly Verdict[];
  amendments: readonly {
    number: number;
    state: string;
    route: Route | null;
    version: string | null;
    /** Why it ended, or what it is for. */
    reason: string | null;
  }[];
  /** Compensations that are neither done nor declined. */
  compensationsOpen: number;
}

/** A statement and the audit entries it rests on; none: it rests on what the run's spans and stored rows say. */
export interface Statement {
  text: string;
  entries: readonly number[];
  /** When it happened, ISO 8601; only in the timeline. */
  at?: string;
}

export interface PostmortemSection {
  id: Section;
  title: string;
  statements: Statement[];
  /** A part of the contract, as it was. */
  excerpt?: string;
}

export interface Postmortem {
  title: string;
  sections: PostmortemSection[];
}

/** What is a decision when a person did it. */
const DECISIONS: ReadonlySet<string> = new Set([
  'incident.acknowledged',
  'incident.reassigned',
  'incident.escalated',
  'incident.snoozed',
  'incident.resolved',
  'incident.rolled-back',
  'rollback.confirmed',
  'rollback.reversed',
  'compensation.approved',
  'compensation.declined',
  'run.paused',
  'run.resumed',
  'run.stop-requested',
  'incident.verdict-given',
  'ladder.step-taken',
  'ladder.step-ended',
]);

/**
 * An incident's postmortem, written from the record alone: the same facts give the same text. It says what happened, what had
 * changed and what was decided; it names no cause that nobody has given a verdict on.
 *
 * @param zone the time zone times are written in
 */
export function postmortem(facts: PostmortemFacts, zone: string): Postmortem {
  const time = (at: string) => formatDateTime(at, zone, 'second');
  return {
    title: `Postmortem of INC-${facts.number}: ${facts.title}`,
    sections: [
      {
        id: 'what-happened',
        title: SECTION_TITLES['what-happened'],
        statements: whatHappened(facts, time),
        ...(facts.clauseSays === null ? {} : { excerpt: `${facts.clause}:\n${indent(facts.clauseSays)}` }),
      },
      { id: 'timeline', title: SECTION_TITLES.timeline, statements: timelineOf(facts) },
      { id: 'impact', title: SECTION_TITLES.impact, statements: impactOf(facts) },
      { id: 'attribution', title: SECTION_TITLES.attribution, statements: attributionOf(facts, time) },
      { id: 'decisions', title: SECTION_TITLES.decisions, statements: decisionsOf(facts) },
      { id: 'amendment', title: SECTION_TITLES.amendment, statements: amendmentOf(facts) },
      { id: 'open-ends', title: SECTION_TITLES['open-ends'], statements: openEnds(facts) },
    ],
  };
}

const plain = (text: string): Statement => ({ text, entries: [] });

function whatHappened(facts: PostmortemFacts, time: (at: string) => string): Statement[] {
  const under =
    facts.contract === null
      ? 'under no contract'
      : `under contract version ${facts.contract.name} (sha256 ${facts.contract.digest.slice(0, 12)})`;
  const late = Date.parse(facts.recordedAt) - Date.parse(facts.breachedAt);
  return [
    plain(
      `At ${time(facts.breachedAt)} run ${facts.run} of ${facts.agent}, ${under}, broke clause ${facts.clause}: ${sentence(facts.title)}`,
    ),
    plain(
      `It was recorded ${formatDuration(Math.max(0, late))} later and classified as ${facts.severity}.` +
        (facts.runs === 1
          ? ''
          : ` ${plural(facts.runs, 'run')} in all broke the clause before it was resolved.`),
    ),
    ...facts.found.map(plain),
    ...facts.intervals.flatMap((one) => (one.ms === null ? [] : [plain(intervalWords(one))])),
  ];
}

const INTERVALS = {
  page: 'From the breach to the page',
  acknowledge: 'From the breach until somebody had acknowledged it',
  rollback: 'From the breach to the rollback',
} as const;

function intervalWords({ name, ms, sinceRecordedMs, targetMs }: Interval): string {
  const recorded =
    sinceRecordedMs === null ? '' : ` (${formatDuration(sinceRecordedMs)} after it was recorded)`;
  const target =
    targetMs === null
      ? ''
      : `; promised: ${formatDuration(targetMs)}${(ms ?? 0) <= targetMs ? '' : ', which was missed'}`;
  return `${INTERVALS[name]}: ${formatDuration(ms ?? 0)}${recorded}${target}.`;
}

function timelineOf({ moments, momentsLeft }: PostmortemFacts): Statement[] {
  const statements = moments.map((moment) => ({
    text: plainWords(moment.words),
    entries: moment.entry === null ? [] : [moment.entry],
    at: moment.at,
  }));
  return momentsLeft === 0
    ? statements
    : [
        ...statements,
        plain(`${plural(momentsLeft, 'moment')} between these are left out here; the record has them.`),
      ];
}

function impactOf({ impact }: PostmortemFacts): Statement[] {
  if (impact === null) return [plain('Which of the run’s calls can be taken back is not known.')];
  return impact.length === 0 ? [plain('The run wrote nothing.')] : impact.map(plain);
}

function attributionOf({ attribution }: PostmortemFacts, time: (at: string) => string): Statement[] {
  return [
    plain(attributionSentence(attribution)),
    ...attribution.findings.flatMap((one) =>
      one.state === 'changed'
        ? [
            plain(
              `${FACTOR_WORDS[one.factor]}: ${changeWords(one)}, first in run ${one.since.key} at ${time(one.since.startedAt)} (${standingWords(one)}).`,
            ),
          ]
        : [],
    ),
    ...(attribution.runs === 0
      ? []
      : [plain('What changed is not thereby what caused it: that is for the verdict to say.')]),
  ];
}

function decisionsOf(facts: PostmortemFacts): Statement[] {
  const made = facts.moments
    .filter((moment) => moment.who === 'person' && moment.action !== null && DECISIONS.has(moment.action))
    .map((moment) => ({
      text: plainWords(moment.words),
      entries: moment.entry === null ? [] : [moment.entry],
      at: moment.at,
    }));
  return made.length === 0 ? [plain('No person has decided anything so far.')] : made;
}

const ROUTES: Record<Route, string> = {
  g6: 'a parameter: it is signed again at G6',
  build: 'the implementation: it goes back to Build',
  scoping: 'what was agreed: it goes back to Scoping',
};

function amendmentOf({ amendments, verdicts }: PostmortemFacts): Statement[] {
  const words = verdicts.map((verdict) =>
    plain(
      `Verdict of ${verdict.by}: ${CAUSE_WORDS[verdict.cause] ?? verdict.cause}${verdict.clause === null ? '' : `, clause ${verdict.clause}`}.${verdict.note === null ? '' : ` “${verdict.note}”`}`,
    ),
  );
  const changed = amendments.map((one) =>
    plain(
      `AMD-${one.number}${one.version === null ? '' : `, version ${one.version}`}, is ${STATE_WORDS[one.state] ?? one.state}.` +
        (one.route === null ? '' : ` It changes ${ROUTES[one.route]}.`) +
        (one.reason === null ? '' : ` “${one.reason}”`),
    ),
  );
  const all = [...words, ...changed];
  return all.length === 0 ? [plain('No verdict has been given, and no amendment has been begun.')] : all;
}

const STATE_WORDS: Record<string, string> = {
  drafting: 'being written',
  open: 'on its way through the gates',
  'in-review': 'before a gate',
  'in-force': 'in force',
  withdrawn: 'withdrawn',
  refused: 'refused',
  superseded: 'overtaken by a later version',
};

function openEnds(facts: PostmortemFacts): Statement[] {
  const open: string[] = [];
  if (facts.state === 'open') open.push('Nobody has acknowledged the incident.');
  if (facts.state !== 'resolved')
    open.push(
      `${facts.runs === 1 ? 'The run still waits' : 'Runs still wait'} for somebody to resume or stop.`,
    );
  if (facts.rollback?.state === 'proposed')
    open.push(
      `Version ${facts.rollback.from} is in force; to go back to ${facts.rollback.to} is proposed and not decided.`,
    );
  if (facts.compensationsOpen > 0)
    open.push(`${plural(facts.compensationsOpen, 'compensation is', 'compensations are')} not done.`);
  const missing = ['sponsor', 'grc'].filter(
    (role) => !facts.verdicts.some((verdict) => verdict.role === role),
  );
  const differ = new Set(facts.verdicts.map((verdict) => verdict.cause)).size > 1;
  if (missing.length > 0 && !facts.verdicts.some((verdict) => verdict.role === 'head-of-ai'))
    open.push(`No verdict of ${formatList(missing.map((role) => (role === 'grc' ? 'GRC' : role)))}.`);
  else if (differ && !facts.verdicts.some((verdict) => verdict.role === 'head-of-ai'))
    open.push('Sponsor and GRC differ about what was wrong, and nobody has decided.');
  else if (facts.amendments.length === 0) open.push('No amendment follows from the verdict so far.');
  for (const one of facts.amendments)
    if (one.state === 'drafting' || one.state === 'open' || one.state === 'in-review')
      open.push(`AMD-${one.number} is ${STATE_WORDS[one.state] ?? one.state}.`);
  return open.length === 0
    ? [plain('None: it is resolved, judged, and what followed is in force.')]
    : open.map(plain);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
