import { formatCount, formatList, plural } from '@/lib/format';
import { ROUTE_WORDS, ROUTES } from '../contract/change-row';

/** A piece of a sentence: plain, or set apart. */
export type Piece = string | { person: string } | { clause: string } | { code: string } | { said: string };

/** One entry of the audit log, as far as its sentence needs it. */
export interface Told {
  actor: 'person' | 'key' | 'system';
  actorName: string;
  action: string;
  detail: Readonly<Record<string, unknown>>;
}

/** Reads an entry's details: text of any simple value, '' when it has none. */
interface Detail {
  text: (key: string) => string;
  list: (key: string) => string[];
  number: (key: string) => number | null;
}

type Say = (entry: Told, of: Detail) => Piece[];

const who = ({ actorName }: Told): Piece => ({ person: actorName });
const people = (names: readonly string[]): Piece => ({ person: formatList(names) });
const because = (of: Detail): Piece[] =>
  of.text('reason') === '' ? ['.'] : [': ', { said: of.text('reason') }];
/** What a receiver said of how it ended. */
const inDetail = (of: Detail): Piece[] =>
  of.text('detail') === '' ? ['.'] : [': ', { said: of.text('detail') }];
/** How something that was asked for ended, and whose word that is. */
const ended = (entry: Told, of: Detail): Piece[] => [
  ...(entry.actor === 'system' ? [] : [', says ', who(entry)]),
  ...inDetail(of),
];
const byClause = (of: Detail, word = ', by clause '): Piece[] =>
  of.text('clause') === '' ? [] : [word, { clause: of.text('clause') }];
/** "Countersign" is left unsaid. */
const byWhom = (entry: Told, verb: string, without: string): Piece[] =>
  entry.actor === 'system' ? [without] : [who(entry), ` ${verb}`];

const ROLES: Record<string, string> = {
  sponsor: 'sponsor',
  grc: 'GRC',
  'head-of-ai': 'head of AI',
  engineer: 'engineering lead',
  qa: 'QA',
  operator: 'operator',
  sre: 'SRE',
};
export const CAUSE_WORDS: Record<string, string> = {
  parameter: 'a parameter was wrong',
  implementation: 'the implementation was wrong',
  contract: 'the contract was wrong',
};
const STEP_WORDS: Record<string, string> = {
  warn: 'warned',
  narrow: 'narrowed',
  review: 'put under review',
  pause: 'paused',
  recertify: 'sent to be certified again',
};
const roleWord = (role: string) => ROLES[role] ?? role;
const amendment = (of: Detail) =>
  of.text('amendment') === '' ? 'The amendment' : `AMD-${of.text('amendment')}`;
const routeWord = (of: Detail) =>
  ROUTE_WORDS[ROUTES.find((route) => route === of.text('route')) ?? 'scoping'].title;
const compensated = (of: Detail): Piece[] =>
  of.text('tool') === '' ? ['a call'] : ['the call of ', { code: of.text('tool') }];

function opened(entry: Told, of: Detail): Piece[] {
  const verb = entry.action === 'incident.opened' ? 'opened' : 'opened again';
  const told = of.list('notified');
  return [
    `INC-${of.text('number')} ${verb}`,
    ...byClause(of),
    '.',
    ...(told.length === 0 ? [] : [' ', people(told), ' notified.']),
  ];
}

function rolledBack(entry: Told, of: Detail): Piece[] {
  const held = of.number('runsHeld');
  const what = `ersion ${of.text('toName')} put back in force in place of version ${of.text('fromName')}`;
  const runs =
    held === null || held === 0
      ? ''
      : `, ${plural(held, 'run')} under way ${of.text('runningRuns') === 'stop' ? 'asked to stop' : 'paused'}`;
  return entry.actor === 'system'
    ? [`V${what}${runs}`, ...because(of)]
    : [who(entry), ` rolled back: v${what}${runs}`, ...because(of)];
}

/**
 * The one table of what entries of the audit log say to a reader of an incident. An action that is not in it is told by its
 * code; a row here is all a new one needs.
 */
const SAY: Record<string, Say> = {
  'incident.opened': opened,
  'incident.reopened': opened,
  'incident.joined': (_, of) => [
    'Run ',
    { code: of.text('run') },
    ' broke the same clause and joined the incident',
    of.number('runs') === null ? '.' : `, which is now about ${plural(of.number('runs') ?? 0, 'run')}.`,
  ],
  'incident.severity-rose': (_, of) => [
    `The incident got worse: ${of.text('severity')}`,
    ...byClause(of),
    '.',
  ],
  'incident.split': (_, of) => [`Runs were told apart: this incident came out of INC-${of.text('of')}.`],
  'incident.paged': (_, of) => {
    if (of.text('channel') === 'mail') return ['Page delivered to ', people([of.text('to')]), ' by e-mail.'];
    const name = of.text('name') === '' ? of.text('host') : of.text('name');
    const channel =
      of.text('channel') === 'slack' ? 'Slack' : of.text('channel') === 'pagerduty' ? 'PagerDuty' : 'webhook';
    return [`Page delivered by ${channel}`, ...(name === '' ? [] : [' to ', { code: name }]), '.'];
  },
  'page.sent': (_, of) => [
    people(of.list('to')),
    ' paged',
    ...(of.text('via') === '' ? [] : [`, on call by ${of.text('via')}`]),
    of.text('kind') === 'escalation'
      ? ', as the next step of the escalation path.'
      : of.text('kind') === 'last-resort'
        ? ', as the last resort.'
        : of.text('kind') === 'snooze'
          ? ', as the snooze has ended.'
          : '.',
    of.list('inDigest').length === 0
      ? ''
      : ' Many came at once: this one is told with the others within half a minute.',
  ],
  'page.nobody': (_, of) => [
    'Nobody could be paged',
    of.text('address') === '' ? '' : ` at ${of.text('address')}`,
    of.text('why') === '' ? '.' : `: ${of.text('why')}`,
  ],
  'incident.acknowledged': (entry) => [who(entry), ' acknowledged.'],
  'incident.reassigned': (entry, of) => [
    who(entry),
    ' handed it on',
    ...(of.text('to') === '' && of.list('to').length === 0
      ? []
      : [' to ', people(of.list('to').length === 0 ? [of.text('to')] : of.list('to'))]),
    ...because(of),
  ],
  'incident.escalated': (entry, of) => [...byWhom(entry, 'escalated it', 'Escalated'), ...because(of)],
  'incident.snoozed': (entry, of) => [who(entry), ' snoozed it', ...because(of)],
  'incident.resolved': (entry, of) => [
    who(entry),
    ` resolved the incident by ${of.text('resolution') === 'stopped' ? 'stopping' : 'resuming'} the run`,
    ...because(of),
  ],
  'incident.noted': (entry) => [who(entry), ' wrote in the conversation.'],
  'postmortem.noted': (entry) => [who(entry), ' wrote in the postmortem.'],
  'incident.rolled-back': rolledBack,
  'incident.nothing-to-roll-back-to': (_, of) => [
    `No earlier version is known to be good: version ${of.text('fromName')} stays in force.`,
  ],
  'incident.rollback-left-to-people': (_, of) => [
    `Version ${of.text('toName')} gives the agent more authority: going back to it is proposed, not done.`,
  ],
  'rollback.confirmed': (entry, of) => [who(entry), ' confirmed the rollback', ...because(of)],
  'rollback.reversed': (entry, of) => [who(entry), ' reversed the rollback', ...because(of)],
  'compensation.proposed': (_, of) => [
    'Compensation of ',
    ...compensated(of),
    ' proposed',
    ...byClause(of),
    '.',
  ],
  'compensation.approved': (entry, of) => [
    ...byWhom(entry, 'approved', 'Approved by the contract:'),
    ' the compensation of ',
    ...compensated(of),
    ...because(of),
  ],
  'compensation.declined': (entry, of) => [
    who(entry),
    ' declined the compensation of ',
    ...compensated(of),
    ...because(of),
  ],
  'compensation.reopened': (entry, of) => [
    who(entry),
    ' proposed the compensation of ',
    ...compensated(of),
    ' again',
    ...because(of),
  ],
  'compensation.sent': (_, of) => ['Compensation of ', ...compensated(of), ' delivered to those who do it.'],
  'compensation.done': (entry, of) => ['Compensation of ', ...compensated(of), ' done', ...ended(entry, of)],
  'compensation.failed': (entry, of) => [
    'Compensation of ',
    ...compensated(of),
    ' failed',
    ...ended(entry, of),
  ],
  'compensation.expired': (_, of) => ['Compensation of ', ...compensated(of), ' not done in time.'],
  'code-rollback.requested': (entry, of) => [
    ...byWhom(entry, 'asked for', 'Asked for'),
    ` code ${of.text('toCode') === '' ? of.text('to') : of.text('toCode')} again`,
    ...because(of),
  ],
  'code-rollback.sent': (_, of) => [`“${of.text('hook')}” was asked to roll the code back.`],
  'code-rollback.done': (entry, of) => ['The code has been rolled back', ...ended(entry, of)],
  'code-rollback.failed': (_, of) => ['Rolling back the code failed', ...inDetail(of)],
  'code-rollback.expired': () => ['The code was not rolled back in time.'],
  'run.paused': (entry, of) =>
    entry.actor === 'person'
      ? [who(entry), ' paused the run', ...because(of)]
      : [
          'Run paused',
          ...byClause(of),
          ...(of.text('clause') === '' && of.text('reason') !== '' ? [`: ${of.text('reason')}`] : ['.']),
        ],
  'run.warned': (_, of) => [
    ...(of.list('notified').length === 0
      ? ['Nobody could be warned here']
      : [people(of.list('notified')), ' warned']),
    ...byClause(of),
    '.',
  ],
  'run.pause-acknowledged': (entry) => [`The agent read that it is paused (${entry.actorName}).`],
  'run.resumed': (entry, of) => [who(entry), ' resumed the run', ...because(of)],
  'run.stop-requested': (entry, of) => [
    ...byWhom(entry, 'asked the run to stop', 'The run was asked to stop'),
    ...because(of),
  ],
  'run.stop-acknowledged': (entry) => [`The agent read that it shall stop (${entry.actorName}).`],
  'run.stopped': (_, of) => ['The run has stopped.', of.text('how') === '' ? '' : ` ${of.text('how')}`],
  'ladder.step-taken': (entry, of) => [
    entry.actor === 'system' ? 'The agent was ' : who(entry),
    entry.actor === 'system'
      ? (STEP_WORDS[of.text('step')] ?? of.text('step'))
      : `: the agent is ${STEP_WORDS[of.text('step')] ?? of.text('step')}`,
    of.text('to') === '' ? '' : `, from ${of.text('from')} to ${of.text('to')}`,
    ...byClause(of),
    ...because(of),
  ],
  'ladder.step-ended': (entry, of) => [
    of.text('gate') === '' ? who(entry) : `${of.text('gate')} passed`,
    `: the agent is no longer ${STEP_WORDS[of.text('step')] ?? of.text('step')}`,
    of.text('to') === '' ? '' : `, back to ${of.text('to')}`,
    ...because(of),
  ],
  'ladder.requirement-met': (entry, of) => [
    who(entry),
    ` says that it holds: ${of.text('statement')}`,
    ...because(of),
  ],
  'incident.verdict-given': (entry, of) => [
    who(entry),
    ` as ${roleWord(of.text('role'))}: ${CAUSE_WORDS[of.text('cause')] ?? of.text('cause')}`,
    ...byClause(of, ', clause '),
    ...(of.text('note') === '' ? ['.'] : [': ', { said: of.text('note') } as const]),
  ],
  'incident.cause-settled': (_, of) => [
    `The cause is settled: ${CAUSE_WORDS[of.text('cause')] ?? of.text('cause')}.`,
  ],
  'incident.cause-reopened': () => ['The cause is open again: what was said since differs.'],
  'amendment.started': (entry, of) => [
    who(entry),
    ` began ${amendment(of)}${of.text('base') === '' ? '' : `, which changes version ${of.text('base')}`}`,
    ...because(of),
  ],
  'amendment.submitted': (entry, of) => [
    who(entry),
    ` submitted ${amendment(of)} as version ${of.text('label') === '' ? of.text('version') : of.text('label')}.`,
  ],
  'amendment.rebased': (entry, of) => [who(entry), ` brought ${amendment(of)} up to the version in force.`],
  'amendment.base-superseded': (_, of) => [`${amendment(of)} changes a version that is no longer in force.`],
  'amendment.superseded': (_, of) => [`${amendment(of)} was overtaken by a later version.`],
  'amendment.withdrawn': (entry, of) => [who(entry), ` withdrew ${amendment(of)}`, ...because(of)],
  'amendment.refused': (entry, of) => [who(entry), ` refused ${amendment(of)}`, ...because(of)],
  'amendment.in-force': (_, of) => [`${amendment(of)} is in force.`],
  'amendment.put-in-force-at-once': (entry, of) => [
    who(entry),
    ` put ${amendment(of)} in force at once, to be signed after`,
    ...because(of),
  ],
  'amendment.signed-after': (_, of) => [`${amendment(of)}, in force since an emergency, is signed.`],
  'amendment.not-signed-in-time': (_, of) => [
    `${amendment(of)} took effect in an emergency and was not signed in time.`,
  ],
  'amendment.proposal-accepted': (entry, of) => [
    who(entry),
    ` took the filter that was offered into ${amendment(of)}.`,
  ],
  'amendment.proposal-declined': (entry, of) => [
    who(entry),
    ` left the filter that was offered out of ${amendment(of)}.`,
  ],
  'amendment.route-raised': (entry, of) => [
    who(entry),
    ` raised the way back of ${amendment(of)} to ${routeWord(of)}`,
    ...because(of),
  ],
  'amendment.route-as-computed': (entry, of) => [
    who(entry),
    ` set ${amendment(of)} back to the computed way, ${routeWord(of)}`,
    ...because(of),
  ],
  'amendment.route-lowering-asked': (entry, of) => [
    who(entry),
    ` asked that ${amendment(of)} goes back to ${routeWord(of)} only`,
    ...because(of),
  ],
  'amendment.route-lowered': (entry, of) => [
    who(entry),
    ` consented that ${amendment(of)} goes back to ${routeWord(of)} only`,
    ...because(of),
  ],
  'amendment.route-lowering-declined': (entry, of) => [
    who(entry),
    ` did not consent that ${amendment(of)} goes back to ${routeWord(of)} only`,
    ...because(of),
  ],
  'gate.opened': (entry, of) => [who(entry), ` opened ${of.text('gate')}${labelled(of)}.`],
  'gate.signed': (entry, of) => [
    who(entry),
    ` signed ${of.text('gate')} as ${roleWord(of.text('role'))}${labelled(of)}.`,
  ],
  'gate.passed': (_, of) => [`${of.text('gate')} passed${labelled(of)}.`],
  'gate.declined': (entry, of) => [who(entry), ` declined ${of.text('gate')}${labelled(of)}`, ...because(of)],
  'gate.expired': (_, of) => [`The review of ${of.text('gate')} expired.`],
  'gate.superseded': (_, of) => [
    `The review of ${of.text('gate')} was closed by a later step`,
    ...because(of),
  ],
  'gate.withdrawn': (entry, of) => [who(entry), ` withdrew the review of ${of.text('gate')}`, ...because(of)],
  'contract.put-in-force': (entry, of) => [
    ...byWhom(
      entry,
      `put version no. ${of.text('number')} in force.`,
      `Version no. ${of.text('number')} in force.`,
    ),
  ],
  'agent.stage-changed': (_, of) => [
    `The agent went from ${of.text('from')} to ${of.text('to')}`,
    of.text('gate') === '' ? '' : `, by ${of.text('gate')}`,
    ...because(of),
  ],
};

function labelled(of: Detail): string {
  const label = of.text('label') === '' ? of.text('version') : of.text('label');
  return label === '' ? '' : ` for version ${label}`;
}

/** What one entry says, as a sentence in pieces. */
export function wordsOf(entry: Told): Piece[] {
  const of: Detail = {
    text: (key) => {
      const value = entry.detail[key];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    },
    list: (key) => {
      const value = entry.detail[key];
      return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
    },
    number: (key) => {
      const value = entry.detail[key];
      return typeof value === 'number' ? value : null;
    },
  };
  const say = SAY[entry.action];
  const pieces =
    say === undefined
      ? [...(entry.actor === 'system' ? [] : [who(entry), ': ']), { code: entry.action }, ...because(of)]
      : say(entry, of);
  return pieces.filter((piece) => piece !== '');
}

/** A sentence as plain text, for documents. */
export function plainWords(pieces: readonly Piece[]): string {
  return pieces
    .map((piece) =>
      typeof piece === 'string'
        ? piece
        : 'person' in piece
          ? piece.person
          : 'clause' in piece
            ? piece.clause
            : 'code' in piece
              ? piece.code
              : `“${piece.said}”`,
    )
    .join('');
}

/** "no. 4,118", as entries of the audit log are referred to. */
export function entryNumber(id: number): string {
  return `no. ${formatCount(id)}`;
}
