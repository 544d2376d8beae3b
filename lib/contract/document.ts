import { formatCount, formatMoney, formatNumber, formatPercent, plural } from '@/lib/format';
import {
  category,
  describeArguments,
  describeTool,
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
import { type Band, type Contract, type Response, SECTIONS, type SectionKey, type Tool } from './schema';
import { DEFAULTS_AGENT } from './workspace-defaults';

/** One clause as a person reads it: its name for the margin, a sentence, and what stands below it. */
export interface ClauseText {
  /** Also the anchor; a deeper clause (`tools/x/categories`) is read inside it. */
  path: string;
  sentence: Sentence;
  /** Further lines under the sentence, e.g. the arguments a tool takes. */
  details?: { title: string; lines: string[] };
  link?: string;
}

export interface SectionText {
  key: SectionKey;
  /** 1 to 12. */
  number: number;
  title: string;
  clauses: ClauseText[];
}

/**
 * The twelve sections as sentences, by rule from the clauses. The tables (authority rules, risk weights) are not among
 * them: a page sets those from `authorityRows` and the risk section itself.
 */
export function sectionTexts(contract: Contract): SectionText[] {
  return SECTIONS.map(({ key, title }, index) => ({
    key,
    number: index + 1,
    title,
    clauses: WRITERS[key](contract),
  }));
}

const WRITERS: Record<SectionKey, (contract: Contract) => ClauseText[]> = {
  identity,
  scope,
  tools,
  authority,
  evidence,
  policies,
  ownership,
  risk,
  quality,
  cost,
  failure,
  versioning,
};

const clause = (path: string, ...parts: Part[]): ClauseText => ({ path, sentence: parts });

function identity({ identity: it }: Contract): ClauseText[] {
  const { by, on, environments, until } = it.delegation;
  // The workspace defaults are nobody's: what they say of an agent's build and names holds for none.
  if (it.agent === DEFAULTS_AGENT)
    return [
      clause('identity/description', withStop(it.description ?? it.class)),
      clause('identity/owner', person(it.owner), ' is accountable for them.'),
    ];
  return [
    ...(it.description === undefined ? [] : [clause('identity/description', withStop(it.description))]),
    clause('identity/class', withStop(it.class)),
    clause('identity/businessUnit', `Works for ${withStop(it.businessUnit)}`),
    clause('identity/buildPattern', `Built as: ${withStop(it.buildPattern)}`),
    clause(
      'identity/agent',
      'Known in telemetry as ',
      ...listed([tool(it.agent), ...it.aliases.map(tool)]),
      '.',
    ),
    clause('identity/principal', 'Acts under an identity of its own: ', tool(it.principal), '.'),
    clause('identity/owner', person(it.owner), ' is accountable for it.'),
    clause(
      'identity/delegation',
      person(by),
      ` enabled its autonomy on ${day(on)} in `,
      ...listed(environments),
      until === undefined ? '.' : `, until ${day(until)}.`,
    ),
  ];
}

function scope({ scope: it }: Contract): ClauseText[] {
  const kinds = ['read', 'draft', 'recommend', 'execute'] as const;
  const others = kinds.filter((kind) => !it.actions.includes(kind));
  return [
    clause(
      'scope/actions',
      'May ',
      ...listed(kinds.filter((kind) => it.actions.includes(kind)).map(figure)),
      others.length === 0 ? '.' : `; it may not ${others.join(' or ')}.`,
    ),
    ...it.tasks.map((task) => clause(`scope/tasks/${task.id}`, withStop(task.statement))),
    ...it.forbidden.map((act) => {
      const means: Part[][] = [];
      if (act.tools.length > 0) means.push(['calling ', ...listed(act.tools.map(tool), ' or ')]);
      if (act.actions.length > 0) means.push([`any ${act.actions.join(' or ')} call`]);
      if (act.categories.length > 0)
        means.push(['touching ', ...listed(act.categories.map(category), ' or '), ' data']);
      return clause(
        `scope/forbidden/${act.id}`,
        figure('Forbidden: '),
        withStop(lowerFirst(act.statement.replace(/^never\s+/i, ''))),
        ...(means.length === 0
          ? [' No tool is bound to it, so no call is refused because of it.']
          : [' That is ', ...joined(means, ', or '), '.']),
      );
    }),
  ];
}

function tools({ tools: entries, data }: Contract): ClauseText[] {
  return [
    ...Object.entries(entries).map(([name, entry]): ClauseText => {
      const lines = describeArguments(entry);
      return {
        path: `tools/${name}`,
        sentence: [
          ...(name === '*' ? anyTool(entry) : describeTool(entry)),
          ...(entry.scopes.length === 0 ? [] : [' With the scopes ', ...listed(entry.scopes.map(tool)), '.']),
        ],
        ...(lines.length === 0 ? {} : { details: { title: plural(lines.length, 'argument'), lines } }),
      };
    }),
    ...data.domains.map((domain) =>
      clause(
        `data/domains/${domain.id}`,
        { read: 'Reads: ', write: 'Writes: ', 'read-write': 'Reads and writes: ' }[domain.access],
        withStop(lowerFirst(domain.statement)),
      ),
    ),
  ];
}

/** What the entry `*` says of the tools that no entry of their own speaks for. */
function anyTool(entry: Tool): Part[] {
  return [
    'A tool that is not listed is flagged, not refused. It counts as one that ',
    { read: 'reads', write: 'writes', transact: 'transacts' }[entry.action],
    ...(entry.categories.length === 0
      ? [' and may touch no data category.']
      : [' and may touch ', ...listed(entry.categories.map(category)), ' data.']),
    ...(entry.egress ? [' It can carry data out of the company.'] : []),
    ...(entry.description === undefined ? [] : [` ${withStop(entry.description)}`]),
  ];
}

const LEVELS: Record<Contract['authority']['level'], string> = {
  'suggest-only': 'It may suggest; a person does everything.',
  'read-only': 'It may read by itself; it changes nothing.',
  'human-in-the-loop': 'It may act, with a person in the loop for every change.',
  bounded: 'It may act by itself within the bounds below.',
  continuous: 'It may act by itself without end, within the bounds below.',
};

function authority({ authority: it }: Contract): ClauseText[] {
  return [
    clause('authority/level', figure(it.level.replaceAll('-', ' ')), `: ${lowerFirst(LEVELS[it.level])}`),
  ];
}

const REQUIRES: Record<Contract['evidence'][number]['requires'], string> = {
  'policy-version': 'the version of the policy that was applied',
  source: 'a source with its provenance',
  'complete-fields': 'every field',
  'no-conflict': 'records that do not contradict each other',
};

function evidence({ evidence: items }: Contract): ClauseText[] {
  return items.map((item) =>
    clause(
      `evidence/${item.id}`,
      'Before ',
      ...listed(item.before.map(tool), ' or '),
      `: ${withStop(lowerFirst(item.statement))} Needs ${REQUIRES[item.requires]}`,
      ...(item.fields.length === 0 ? [] : [' (', ...listed(item.fields.map(tool)), ')']),
      item.maxAgeMinutes === undefined ? '.' : `, at most ${minutes(item.maxAgeMinutes)} old.`,
    ),
  );
}

function policies({ policies: items }: Contract): ClauseText[] {
  return items.map((item) => ({
    ...clause(
      `policies/${item.id}`,
      item.name,
      ', version ',
      figure(item.version),
      item.scenarios === undefined ? '.' : `, tested by ${withStop(item.scenarios)}`,
    ),
    ...(item.link === undefined ? {} : { link: item.link }),
  }));
}

function ownership({ ownership: it }: Contract): ClauseText[] {
  return [
    clause('ownership/sponsor', person(it.sponsor), ' sponsors it.'),
    clause('ownership/engineeringLead', person(it.engineeringLead), ' leads its engineering.'),
    clause('ownership/qa', person(it.qa), ' tests it.'),
    clause('ownership/grc', person(it.grc), ' answers for governance, risk and compliance.'),
    clause('ownership/operator', person(it.operator), ' is the operator on call and is paged first.'),
    clause('ownership/sre', person(it.sre), ' keeps it running.'),
    ...(it.stakeholders.length === 0
      ? []
      : [clause('ownership/stakeholders', 'Kept informed: ', ...listed(it.stakeholders.map(person)), '.')]),
    ...(it.signOff.length === 0
      ? []
      : [clause('ownership/signOff', `Signed off by ${it.signOff.join(', then ')}.`)]),
    it.escalation.length === 0
      ? clause('ownership/escalation', 'An unanswered page goes to nobody else.')
      : clause(
          'ownership/escalation',
          'An unanswered page goes to ',
          ...joined(
            it.escalation.map((step) => [person(step.to), ` after ${minutes(step.afterMinutes)}`]),
            ', then to ',
          ),
          '.',
        ),
  ];
}

const AUDIENCES: Record<Contract['risk']['audience']['kind'], string> = {
  internal: 'the company itself',
  'single-user': 'a single user',
  'multi-user': 'several users',
  'customer-facing': 'customers',
};

function risk({ risk: it }: Contract): ClauseText[] {
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
  return factor === 1 ? ['as it is.'] : [figure(`${formatNumber(factor)} times`), '.'];
}

function aggregate(rule: Contract['risk']['aggregate']): Part[] {
  if (rule.rule === 'sum') return ["A run's risk is the sum of its spans' risks."];
  if (rule.rule === 'max') return ["A run's risk is that of its riskiest span."];
  return [
    "A run's risk is that of its riskiest span, and for all others together at most ",
    figure(formatPercent(rule.share)),
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

function quality({ quality: it }: Contract): ClauseText[] {
  return [
    ...(it.technical === undefined
      ? []
      : [
          clause(
            'quality/technical',
            'A run ends within ',
            figure(`${formatNumber(it.technical.latencyMs / 1000)} s`),
            ', and at most ',
            figure(formatPercent(it.technical.errorRate)),
            ' of its spans fail.',
          ),
        ]),
    ...it.criteria.map((item) =>
      clause(
        `quality/criteria/${item.id}`,
        `${withStop(item.statement)} `,
        item.metric === undefined ? 'Target ' : `Target for ${item.metric}: `,
        figure(
          `${item.comparison === '>=' ? 'at least' : 'at most'} ${formatNumber(item.target, 4)}${item.unit === undefined ? '' : ` ${item.unit}`}`,
        ),
        ` over ${days(item.windowDays)}, from ${formatCount(item.leastSamples)} samples or more, none older than ${days(item.freshnessDays)}. `,
        item.signal === undefined
          ? 'Bound to no signal yet, so it is never scored.'
          : `Measured by ${SIGNALS[item.signal] ?? item.signal}.`,
        item.weight === 1 ? '' : ` Weighs ${formatNumber(item.weight)} times.`,
      ),
    ),
  ];
}

const ON_BREACH = {
  log: 'Beyond it, the breach is recorded.',
  warn: 'Beyond it, the operator is warned; the run goes on.',
  page: 'Beyond it, the operator is paged.',
  pause: 'Beyond it, the run is paused.',
} as const;

function cost({ cost: it }: Contract): ClauseText[] {
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
        ` every ${formatNumber(it.throttle.perSeconds)} s.`,
      ),
    );
  if (it.costPerAcceptedOutput !== undefined)
    clauses.push(
      clause(
        'cost/costPerAcceptedOutput',
        'An accepted output should cost at most ',
        figure(formatMoney(it.costPerAcceptedOutput)),
        '.',
      ),
    );
  if (it.infrastructurePerHour !== undefined)
    clauses.push(
      clause(
        'cost/infrastructurePerHour',
        'Its infrastructure is reckoned at ',
        figure(formatMoney(it.infrastructurePerHour)),
        ' an hour.',
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

function failure({ failure: it }: Contract): ClauseText[] {
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
    ...(it.killSwitch.length === 0
      ? []
      : [clause('failure/killSwitch', 'May be stopped at once by ', ...listed(it.killSwitch, ' or '), '.')]),
    ...it.compensations.map((item) =>
      clause(`failure/compensations/${item.id}`, tool(item.tool), ' is undone by ', tool(item.by), '.'),
    ),
    ...(it.blastRadius === undefined ? [] : [blastRadius(it.blastRadius)]),
  ];
}

function blastRadius({ records, amount }: NonNullable<Contract['failure']['blastRadius']>): ClauseText {
  const reach: Part[] = [];
  if (records !== undefined) reach.push(figure(plural(records, 'record')));
  if (amount !== undefined) reach.push(figure(formatMoney(amount)));
  return reach.length === 0
    ? clause('failure/blastRadius', 'How far one mistake may reach is not limited.')
    : clause('failure/blastRadius', 'One mistake reaches at most ', ...listed(reach), '.');
}

function versioning({ versioning: it }: Contract): ClauseText[] {
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

function money(amount: number | undefined): string | undefined {
  return amount === undefined ? undefined : formatMoney(amount);
}

function count(amount: number | undefined, unit: string): string | undefined {
  return amount === undefined ? undefined : `at most ${plural(amount, unit)}`;
}

function days(amount: number): string {
  return amount === 1 ? 'day' : `${formatNumber(amount)} days`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A calendar day, which has no time zone: "4 Jun 2026". */
export function day(iso: string): string {
  const [year, month, date] = iso.split('-').map(Number);
  return `${date ?? ''} ${MONTHS[(month ?? 1) - 1] ?? ''} ${year ?? ''}`;
}

function joined(groups: readonly (readonly Part[])[], between: string): Part[] {
  return groups.flatMap((group, index) => (index === 0 ? [...group] : [between, ...group]));
}
