import { formatCount, formatExact, formatExactMoney, formatExactPercent, plural } from '@/lib/format';
import { type ClauseText, clause, count, day, days, money } from './clause-text';
import { category, figure, listed, lowerFirst, type Part, tool, withStop } from './describe';
import { describeCompensation, describeLadderStep, RUNNING_RUNS_WORDS } from './describe-failure';
import { describeReview } from './describe-review';
import type { Band, Contract, Response } from './schema';
import { ladder, recovery } from './terms';

const AUDIENCES: Record<Contract['risk']['audience']['kind'], string> = {
  internal: 'the company itself',
  'single-user': 'a single user',
  'multi-user': 'several users',
  'customer-facing': 'customers',
};

export function risk({ risk: it }: Contract): ClauseText[] {
  return [
    clause(
      'risk/audience',
      `Serves ${AUDIENCES[it.audience.kind]}: every span's risk counts `,
      ...times(it.audience.factor),
    ),
    clause(
      'risk/egress',
      'The risk of a call that can carry data out of the company counts ',
      ...times(it.egress),
    ),
    clause('risk/aggregate', ...aggregate(it.aggregate)),
    clause(
      'risk/detectors',
      ...(it.detectors.length === 0
        ? ['Arguments and results are not searched for data categories.']
        : [
            'Arguments and results are searched, by checksum, for ',
            ...listed(it.detectors.map((name) => category(name === 'iban' ? 'bank-account' : name))),
            ' data.',
          ]),
    ),
  ];
}

function times(factor: number): Part[] {
  return factor === 1 ? ['as it is.'] : [figure(`${formatExact(factor)} times`), '.'];
}

function aggregate(rule: Contract['risk']['aggregate']): Part[] {
  if (rule.rule === 'sum') return ["A run's risk is the sum of its spans' risks."];
  if (rule.rule === 'max') return ["A run's risk is that of its riskiest span."];
  return [
    "A run's risk is that of its riskiest span, and for all others together at most ",
    figure(formatExactPercent(rule.share)),
    ' of it more.',
  ];
}

const SIGNALS: Record<string, string> = {
  technical: 'technical health',
  eval: 'evaluation',
  feedback: "people's feedback",
  outcome: 'the business outcome',
  sme: 'review by a subject expert',
};

export function quality({ quality: it }: Contract): ClauseText[] {
  return [
    ...(it.technical === undefined
      ? []
      : [
          clause(
            'quality/technical',
            'A run ends within ',
            figure(`${formatExact(it.technical.latencyMs / 1000)} s`),
            ', and at most ',
            figure(formatExactPercent(it.technical.errorRate)),
            ' of its spans fail.',
          ),
        ]),
    ...it.criteria.map((item) =>
      clause(
        `quality/criteria/${item.id}`,
        `${withStop(item.statement)} `,
        item.metric === undefined ? 'Target ' : `Target for ${item.metric}: `,
        figure(
          `${item.comparison === '>=' ? 'at least' : 'at most'} ${formatExact(item.target)}${item.unit === undefined ? '' : ` ${item.unit}`}`,
        ),
        ` over ${days(item.windowDays)}, from ${formatCount(item.leastSamples)} samples or more, none older than ${days(item.freshnessDays)}. `,
        item.signal === undefined
          ? 'Bound to no signal yet, so it is never scored.'
          : `Measured by ${SIGNALS[item.signal] ?? item.signal}.`,
        item.weight === 1 ? '' : ` Weighs ${formatExact(item.weight)} times.`,
      ),
    ),
    ...(it.review === undefined ? [] : [clause('quality/review', ...describeReview(it.review), '.')]),
    ...(it.score === undefined
      ? []
      : [
          clause(
            'quality/score',
            'In the score, risk counts ',
            figure(formatExact(it.score.risk)),
            ', quality ',
            figure(formatExact(it.score.quality)),
            ' and cost ',
            figure(formatExact(it.score.cost)),
            '.',
          ),
        ]),
  ];
}

const ON_BREACH = {
  log: 'Beyond it, the breach is recorded.',
  warn: 'Beyond it, the operator is warned; the run goes on.',
  page: 'Beyond it, the operator is paged.',
  pause: 'Beyond it, the run is paused.',
} as const;

export function cost({ cost: it }: Contract): ClauseText[] {
  const limits: [keyof typeof it.onBreach, string | undefined, string][] = [
    ['perRun', money(it.perRun), 'A run may spend '],
    ['perDay', money(it.perDay), 'All its runs of a day (UTC) may together spend '],
    ['perMonth', money(it.perMonth), 'All its runs of a month (UTC) may together spend '],
    ['tokensPerRun', count(it.tokensPerRun, 'token'), 'A run may use '],
    ['callsPerRun', count(it.callsPerRun, 'tool call'), 'A run may make '],
    ['repeatedCalls', count(it.repeatedCalls, 'time'), 'The same call with the same arguments may be made '],
  ];
  const clauses = limits.flatMap(([key, amount, before]) =>
    amount === undefined
      ? []
      : [clause(`cost/${key}`, before, figure(amount), `. ${ON_BREACH[it.onBreach[key]]}`)],
  );
  if (it.throttle !== undefined)
    clauses.push(
      clause(
        'cost/throttle',
        'At most ',
        figure(plural(it.throttle.calls, 'call')),
        ` every ${formatExact(it.throttle.perSeconds)} s.`,
      ),
    );
  if (it.costPerAcceptedOutput !== undefined)
    clauses.push(
      clause(
        'cost/costPerAcceptedOutput',
        'An accepted output should cost at most ',
        figure(formatExactMoney(it.costPerAcceptedOutput)),
        '.',
      ),
    );
  if (it.infrastructurePerHour !== undefined)
    clauses.push(
      clause(
        'cost/infrastructurePerHour',
        'Its infrastructure is reckoned at ',
        figure(formatExactMoney(it.infrastructurePerHour)),
        ' an hour.',
      ),
    );
  if (it.acceptedWhen !== undefined)
    clauses.push(
      clause(
        'cost/acceptedWhen',
        'An output counts as accepted when the outcome ',
        figure(it.acceptedWhen),
        ' is good.',
      ),
    );
  if (it.completedWhen !== undefined)
    clauses.push(
      clause(
        'cost/completedWhen',
        'A task counts as completed when the outcome ',
        figure(it.completedWhen),
        ' is good.',
      ),
    );
  return clauses;
}

const RESPONSE_WORDS: Record<Response, string> = {
  log: 'is recorded',
  warn: 'warns the operator',
  page: 'pages the operator',
  pause: 'pauses the run',
  'roll-back': 'calls for a return to the last known-good version',
};

const ANSWER_WORDS: Record<string, string> = {
  refuse: 'it refuses',
  escalate: 'it escalates',
  defer: 'it defers to a person',
  'fall-back': 'it falls back to a fixed path',
  pause: 'it pauses',
  'roll-back': 'it rolls back',
};

const KIND_WORDS: Record<keyof Contract['failure']['kinds'], string> = {
  missingEvidence: 'When evidence is missing',
  policyMismatch: 'When a policy does not fit',
  toolFailure: 'When a tool fails',
  ambiguousInput: 'When what it is given is ambiguous',
  costOverrun: 'When a budget is overrun',
  loop: 'When it goes round in circles',
};

export function failure(contract: Contract): ClauseText[] {
  const { failure: it } = contract;
  const bands: readonly Band[] = ['low', 'medium', 'high', 'critical'];
  const kinds = Object.entries(KIND_WORDS).flatMap(([key, words]) => {
    const answer = Object.entries(it.kinds).find(([kind]) => kind === key)?.[1];
    return answer === undefined
      ? []
      : [clause(`failure/kinds/${key}`, `${words}, ${ANSWER_WORDS[answer] ?? answer}.`)];
  });
  return [
    ...bands.map((band) =>
      clause(
        `failure/${band}`,
        'A ',
        figure(band),
        ' breach ',
        ...listed(it[band].map((response) => RESPONSE_WORDS[response])),
        '.',
      ),
    ),
    ...kinds,
    clause(
      'failure/rollback',
      it.rollback === 'at-once'
        ? 'A roll-back happens at once; the operator confirms or reverses it.'
        : 'A roll-back is proposed to the operator.',
    ),
    ...(it.runningRuns === undefined
      ? []
      : [
          clause(
            'failure/runningRuns',
            'Runs that have begun by then: ',
            `${RUNNING_RUNS_WORDS[it.runningRuns]}.`,
          ),
        ]),
    ...(it.codeRollback === undefined
      ? []
      : [
          clause(
            'failure/codeRollback',
            'The code goes back too: the webhook endpoint ',
            figure(it.codeRollback.hook),
            ' is told to go to ',
            it.codeRollback.to === undefined
              ? 'the version the older contract binds to'
              : tool(it.codeRollback.to),
            '.',
          ),
        ]),
    ...(it.killSwitch.length === 0
      ? []
      : [clause('failure/killSwitch', 'May be stopped at once by ', ...listed(it.killSwitch, ' or '), '.')]),
    ...it.compensations.map((item) =>
      clause(`failure/compensations/${item.id}`, ...describeCompensation(item)),
    ),
    ...ladder(contract).map((step) => clause(`failure/ladder/${step.id}`, ...describeLadderStep(step))),
    ...recovery(contract).map((item) =>
      clause(`failure/recovery/${item.id}`, 'Before it works again: ', withStop(lowerFirst(item.statement))),
    ),
    ...(it.blastRadius === undefined ? [] : [blastRadius(it.blastRadius)]),
  ];
}

function blastRadius({ records, amount }: NonNullable<Contract['failure']['blastRadius']>): ClauseText {
  const reach: Part[] = [];
  if (records !== undefined) reach.push(figure(plural(records, 'record')));
  if (amount !== undefined) reach.push(figure(formatExactMoney(amount)));
  return reach.length === 0
    ? clause('failure/blastRadius', 'How far one mistake may reach is not limited.')
    : clause('failure/blastRadius', 'One mistake reaches at most ', ...listed(reach), '.');
}

export function versioning({ versioning: it }: Contract): ClauseText[] {
  return [
    clause('versioning/contract', 'Called version ', figure(it.contract), '.'),
    clause('versioning/code', 'Holds for the code ', tool(it.code), '.'),
    clause(
      'versioning/lastReviewed',
      'Last reviewed on ',
      figure(day(it.lastReviewed)),
      `, and again every ${days(it.reviewEveryDays)}.`,
    ),
    clause('versioning/retentionDays', `Its records are kept for ${days(it.retentionDays)}.`),
    ...(it.redact.length === 0
      ? []
      : [
          clause(
            'versioning/redact',
            'Content is never kept of ',
            ...listed(it.redact.map(category)),
            ' data.',
          ),
        ]),
  ];
}
