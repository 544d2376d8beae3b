import { FILTER_ACTS } from '@/lib/decision/types';
import { formatExact, formatExactMoney, plural } from '@/lib/format';
import { day } from './clause-text';
import {
  authorityRows,
  category,
  FILTER_WORDS,
  figure,
  listed,
  lowerFirst,
  minutes,
  type Part,
  person,
  type Sentence,
  tool,
  withStop,
} from './describe';
import { describeCompensation, describeLadderStep, RUNNING_RUNS_WORDS } from './describe-failure';
import { describeReview } from './describe-review';
import type { Contract } from './schema';
import { filtersOf, ladder, recovery } from './terms';
import { DEFAULTS_AGENT } from './workspace-defaults';

/** One heading of the page a business owner reads and signs, with its sentences. */
export interface SheetPart {
  id:
    | 'is'
    | 'alone'
    | 'asks'
    | 'never'
    | 'data'
    | 'costs'
    | 'shows'
    | 'proves'
    | 'breaks'
    | 'after'
    | 'lasts';
  title: string;
  sentences: Sentence[];
}

/** Who answers for what, and the chain of those who sign. */
export interface ReadSheet {
  parts: SheetPart[];
  answers: { part: string; email: string }[];
  /** As the contract names them, e.g. "sponsor", "grc"; in order. */
  signOff: string[];
}

/** Longer lists are told by their beginning; the contract has them all. */
const SHOWN = 6;

/**
 * The contract on one page, by rule from its clauses: what the agent may do by itself, what it must ask for, what it may never
 * do, what it may cost, what happens when it breaks that, who answers. Pure: the same contract always reads the same.
 */
export function readSheet(contract: Contract): ReadSheet {
  const { ownership } = contract;
  const parts: SheetPart[] = [
    { id: 'is', title: 'What it is', sentences: is(contract) },
    { id: 'alone', title: 'What it may do by itself', sentences: alone(contract) },
    { id: 'asks', title: 'What it must ask a person for', sentences: asks(contract) },
    { id: 'never', title: 'What it may never do', sentences: never(contract) },
    { id: 'data', title: 'What data it may touch', sentences: data(contract) },
    { id: 'costs', title: 'What it may cost', sentences: costs(contract) },
    { id: 'shows', title: 'What must be shown first', sentences: shows(contract) },
    { id: 'proves', title: 'How we know it does well', sentences: proves(contract) },
    { id: 'breaks', title: 'What happens when it breaks a limit', sentences: breaks(contract) },
    { id: 'after', title: 'What is made good, and how it comes back', sentences: after(contract) },
    { id: 'lasts', title: 'How long this holds', sentences: lasts(contract) },
  ];
  return {
    parts: parts.filter((part) => part.sentences.length > 0),
    answers: [
      { part: 'Accountable', email: contract.identity.owner },
      { part: 'Sponsor', email: ownership.sponsor },
      { part: 'Engineering lead', email: ownership.engineeringLead },
      { part: 'QA', email: ownership.qa },
      { part: 'GRC', email: ownership.grc },
      { part: 'Operator on call', email: ownership.operator },
      { part: 'SRE', email: ownership.sre },
    ],
    signOff: contract.ownership.signOff,
  };
}

function is({ identity: it, scope }: Contract): Sentence[] {
  const isDefaults = it.agent === DEFAULTS_AGENT;
  return [
    [withStop(it.description ?? it.class)],
    ...(isDefaults ? [] : [[`It works for ${withStop(it.businessUnit)}`] as const]),
    [
      'Its tasks: ',
      beginning(scope.tasks.map((task) => lowerFirst(task.statement.replace(/\.$/, '')))),
      '. Anything else is out of its scope.',
    ],
  ];
}

function alone(contract: Contract): Sentence[] {
  const rows = authorityRows(contract).filter((row) => row.tier === 'alone');
  const rules = rows.filter((row) => !row.clause.startsWith('authority/defaults/'));
  const sentences = rules.map((row): Sentence => statementOr(row.statement, row.when, 'It acts alone on '));
  const free = (['read', 'write', 'transact'] as const).flatMap((action): Part[][] => {
    if (contract.authority.defaults[action] !== 'alone') return [];
    const tools = Object.entries(contract.tools)
      .filter(([name, entry]) => entry.action === action && name !== '*')
      .map(([name]) => name);
    if (tools.length === 0) return [];
    return [[VERBS[action], ' with ', ...listed(shorten(tools).map(tool))]];
  });
  if (free.length > 0)
    sentences.push([
      'It ',
      ...free.flatMap((each, index) => [...(index === 0 ? [] : [', and ']), ...each]),
      '.',
    ]);
  if (contract.authority.level === 'suggest-only')
    return [['Nothing: it suggests, and a person does everything.']];
  if (contract.authority.level === 'read-only') sentences.push(['It reads; it changes nothing.']);
  if (contract.authority.level === 'human-in-the-loop')
    sentences.push(['For every change a person is in the loop.']);
  return sentences.length === 0 ? [['Nothing: every call waits for a person.']] : sentences;
}

const VERBS = { read: 'reads', write: 'writes', transact: 'transacts' } as const;

function asks(contract: Contract): Sentence[] {
  return authorityRows(contract)
    .filter((row) => row.tier === 'approval' || row.tier === 'escalation')
    .map((row) => {
      if (row.statement !== undefined) return [withStop(row.statement)];
      const who: Part[] = row.decides.includes('@') ? [person(row.decides)] : [row.decides];
      return [row.tier === 'approval' ? 'Approval for ' : 'Escalated: ', ...row.when, ', by ', ...who, '.'];
    });
}

function never(contract: Contract): Sentence[] {
  const acts = contract.scope.forbidden.map((act) =>
    lowerFirst(act.statement.replace(/^never\s+/i, '').replace(/\.$/, '')),
  );
  const rules = authorityRows(contract).filter((row) => row.tier === 'never');
  return [
    ...(acts.length === 0 ? [] : [[`It may never ${acts.join(', or ')}.`] as const]),
    ...rules.map((row): Sentence => statementOr(row.statement, row.when, 'Never: ')),
    Object.hasOwn(contract.tools, '*')
      ? ['It may use tools that are not listed; each such use is flagged.']
      : ['It may use no tool that is not listed: each such call is a breach.'],
  ];
}

function statementOr(statement: string | undefined, when: Sentence, before: string): Sentence {
  return statement === undefined ? [before, ...when, '.'] : [withStop(statement)];
}

function data(contract: Contract): Sentence[] {
  const touched = [...new Set(Object.values(contract.tools).flatMap((entry) => entry.categories))].sort();
  const out = Object.entries(contract.tools).filter(([, entry]) => entry.egress);
  const filters = Object.values(contract.tools).flatMap(filtersOf);
  const filtered = FILTER_ACTS.flatMap((act): Sentence[] => {
    const kinds = [
      ...new Set(filters.flatMap((filter) => (filter.then === act ? filter.categories : []))),
    ].sort();
    return kinds.length === 0
      ? []
      : [['Where it is filtered, ', ...listed(kinds.map(category)), ` data ${FILTER_WORDS[act]}.`]];
  });
  return [
    touched.length === 0
      ? ['No category of data is listed: touching any is a breach.']
      : ['Data of the kinds ', ...listed(touched.map(category)), '. Any other is a breach.'],
    ...(out.length === 0
      ? []
      : [
          [
            'Data can leave the company by ',
            ...listed(shorten(out.map(([name]) => name)).map(tool)),
            '.',
          ] as const,
        ]),
    ...(contract.versioning.redact.length === 0
      ? []
      : [
          [
            'Content is never kept of ',
            ...listed(contract.versioning.redact.map(category)),
            ' data.',
          ] as const,
        ]),
    ...filtered,
  ];
}

function costs({ cost, failure }: Contract): Sentence[] {
  const money: Part[][] = [];
  if (cost.perRun !== undefined) money.push([figure(formatExactMoney(cost.perRun)), ' a run']);
  if (cost.perDay !== undefined) money.push([figure(formatExactMoney(cost.perDay)), ' a day']);
  if (cost.perMonth !== undefined) money.push([figure(formatExactMoney(cost.perMonth)), ' a month']);
  const limits: Part[][] = [];
  if (cost.callsPerRun !== undefined) limits.push([figure(plural(cost.callsPerRun, 'tool call')), ' a run']);
  if (cost.tokensPerRun !== undefined) limits.push([figure(plural(cost.tokensPerRun, 'token')), ' a run']);
  const reach: Part[] = [];
  if (failure.blastRadius?.records !== undefined)
    reach.push(figure(plural(failure.blastRadius.records, 'record')));
  if (failure.blastRadius?.amount !== undefined)
    reach.push(figure(formatExactMoney(failure.blastRadius.amount)));
  return [
    money.length === 0 ? ['Nothing limits what it spends.'] : ['At most ', ...series(money), '.'],
    ...(limits.length === 0 ? [] : [['At most ', ...series(limits), '.'] as const]),
    ...(reach.length === 0 ? [] : [['One mistake reaches at most ', ...listed(reach), '.'] as const]),
  ];
}

function shows({ evidence }: Contract): Sentence[] {
  return head(
    evidence.map(
      (item): Sentence => [
        'Before ',
        ...listed(shorten(item.before).map(tool), ' or '),
        `: ${withStop(lowerFirst(item.statement))}`,
      ],
    ),
  );
}

function proves({ quality }: Contract): Sentence[] {
  return [
    ...head(
      quality.criteria.map(
        (item): Sentence => [
          `${withStop(item.statement)} Target: `,
          figure(
            `${item.comparison === '>=' ? 'at least' : 'at most'} ${formatExact(item.target)}${item.unit === undefined ? '' : ` ${item.unit}`}`,
          ),
          ` over ${plural(item.windowDays, 'day')}.`,
        ],
      ),
    ),
    ...(quality.review === undefined ? [] : [[...describeReview(quality.review), '.']]),
  ];
}

const DOES = {
  log: 'is recorded',
  warn: 'marks the run',
  page: 'pages the operator',
  pause: 'pauses the run',
  'roll-back': 'rolls back',
} as const;

function breaks({ failure, ownership }: Contract): Sentence[] {
  const bands = ['high', 'critical'] as const;
  return [
    ...bands.map(
      (band): Sentence => [
        'A ',
        figure(band),
        ' breach ',
        ...listed(failure[band].map((response) => DOES[response])),
        '.',
      ],
    ),
    [
      'The page goes to ',
      person(ownership.operator),
      ...ownership.escalation.flatMap((step, index): Part[] => [
        index === 0
          ? `; unanswered for ${minutes(step.afterMinutes)}, it is passed on to `
          : `, after ${minutes(step.afterMinutes)} to `,
        person(step.to),
      ]),
      '.',
    ],
    ...(failure.killSwitch.length === 0
      ? []
      : [[`It can be stopped at once by ${failure.killSwitch.join(' or ')}.`] as const]),
    ...([...failure.high, ...failure.critical].includes('roll-back')
      ? [
          [
            failure.rollback === 'at-once'
              ? 'It goes back to the last good version at once; the operator confirms or reverses that.'
              : 'Going back to the last good version is proposed to the operator.',
          ] as const,
        ]
      : []),
  ];
}

/** What is undone, what follows when breaches add up, and what must hold before the agent works again. */
function after(contract: Contract): Sentence[] {
  const { compensations, runningRuns, codeRollback } = contract.failure;
  const needed = recovery(contract).map(({ statement }) => lowerFirst(statement.replace(/\.$/, '')));
  return [
    ...head(compensations.map(describeCompensation)),
    ...(runningRuns === undefined
      ? []
      : [
          [`Runs that have begun when a version is taken back: ${RUNNING_RUNS_WORDS[runningRuns]}.`] as const,
        ]),
    ...(codeRollback === undefined
      ? []
      : [
          [
            'The code goes back too',
            ...(codeRollback.to === undefined ? [] : [', to ', tool(codeRollback.to)]),
            '.',
          ] as const,
        ]),
    ...head(ladder(contract).map(describeLadderStep)),
    ...(needed.length === 0 ? [] : [[`Before it works again after a pause: ${beginning(needed)}.`] as const]),
  ];
}

function lasts({ identity, versioning }: Contract): Sentence[] {
  const { delegation } = identity;
  return [
    [
      person(delegation.by),
      ` enabled it on ${day(delegation.on)} in ${delegation.environments.join(', ')}`,
      delegation.until === undefined ? '.' : `, until ${day(delegation.until)}.`,
    ],
    [
      `Last reviewed on ${day(versioning.lastReviewed)}, and again every ${plural(versioning.reviewEveryDays, 'day')}. It holds for the code `,
      tool(versioning.code),
      `. Records are kept for ${plural(versioning.retentionDays, 'day')}.`,
    ],
  ];
}

function beginning(items: readonly string[]): string {
  const shown = shorten(items);
  return shown.join('; ');
}

/** The first few, and how many more there are. */
function shorten(items: readonly string[]): string[] {
  return items.length <= SHOWN
    ? [...items]
    : [...items.slice(0, SHOWN - 1), `${items.length - SHOWN + 1} more`];
}

function head(sentences: readonly Sentence[]): Sentence[] {
  return sentences.length <= SHOWN
    ? [...sentences]
    : [...sentences.slice(0, SHOWN - 1), [`And ${sentences.length - SHOWN + 1} more.`]];
}

function series(groups: readonly Part[][]): Part[] {
  return groups.flatMap((group, index) => [
    ...(index === 0 ? [] : [index === groups.length - 1 ? ' and ' : ', ']),
    ...group,
  ]);
}
