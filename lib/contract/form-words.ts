export interface Option {
  value: string;
  label: string;
  hint?: string;
}

/** What fills a text field or list with suggestions, or is picked from. */
export type Source = 'text' | 'role' | 'person' | 'tool' | 'category' | 'condition-field';

/** What the form says of a field beyond the schema: by its path with `*` for ids and names. */
export interface FieldWords {
  label?: string;
  /** Empty where the schema's own words would be one too many. */
  hint?: string;
  /** Behind a number. */
  unit?: string;
  source?: Source;
  /** Set in the typeface of identifiers. */
  code?: boolean;
  /** What one item of a list is called. */
  noun?: string;
}

export const FIELD_WORDS: Readonly<Record<string, FieldWords>> = {
  identity: { hint: 'Who the agent is, whose it is, and who let it act.' },
  'identity/agent': { label: 'Name in telemetry', code: true },
  'identity/class': { label: 'Kind of agent', hint: 'For example: claims triage and settlement.' },
  'identity/aliases': { label: 'Other names it sends', hint: 'Agent ids, service names.' },
  'identity/buildPattern': { hint: 'How it is built, for example: single agent with tools.' },
  'identity/principal': {
    label: 'Its own identity',
    code: true,
    hint: 'The non-human account it acts with.',
  },
  'identity/owner': { label: 'Owner' },
  'identity/delegation': { hint: 'Who enabled its autonomy, when and where.' },
  'identity/delegation/by': { label: 'Delegated by', hint: 'Who enabled its autonomy.' },
  'identity/delegation/on': { label: 'Delegated on' },
  'identity/delegation/until': { label: 'Until' },

  scope: { hint: 'What it may attempt. Anything that is not listed is out of scope.' },
  'scope/tasks': { label: 'Permitted tasks', noun: 'task', hint: 'Anything not listed is out of scope.' },
  'scope/tasks/*/id': { label: 'Id', code: true },
  'scope/actions': { label: 'Kinds of action', hint: 'What it may do at all.' },
  'scope/forbidden': { label: 'Forbidden acts', noun: 'forbidden act' },
  'scope/forbidden/*/id': { code: true },
  'scope/forbidden/*/tools': { source: 'tool' },
  'scope/forbidden/*/categories': { label: 'Data categories', source: 'category' },
  'scope/forbidden/*/actions': { label: 'Action classes' },

  tools: { label: 'Tools', hint: 'Every tool it may call, what each does and which data it touches.' },
  'tools/*/server': { label: 'Server or system' },
  'tools/*/action': { label: 'Action class' },
  'tools/*/egress': { label: 'Carries data out', hint: 'A call can carry data out of the company.' },
  'tools/*/categories': { label: 'Data categories', source: 'category' },
  'tools/*/filter': {
    label: 'Filtered out of what it returns',
    noun: 'filter',
    hint: 'Data that may occur there and that the agent should not see.',
  },
  'tools/*/filter/*/id': { code: true },
  'tools/*/filter/*/categories': { label: 'Data categories', source: 'category', hint: '' },
  'tools/*/filter/*/then': { label: 'This data', hint: '' },
  'tools/*/arguments': { label: 'Arguments', hint: 'JSON Schema, written as YAML.' },
  'tools/*/rateLimit': { label: 'Rate limit' },
  'tools/*/rateLimit/calls': { label: 'Calls at most', unit: 'calls' },
  'tools/*/rateLimit/per': { label: 'Per' },
  'tools/*/timeoutSeconds': { label: 'Timeout', unit: 's' },
  'tools/*/circuitBreaker': { label: 'Circuit breaker' },
  'tools/*/circuitBreaker/failures': { label: 'Failures in a row', unit: 'failures' },
  'tools/*/circuitBreaker/coolDownSeconds': { label: 'Cool-down', unit: 's' },
  'tools/*/idempotencyKey': { label: 'Idempotency key', code: true },
  'tools/*/reversible': { label: 'Can be undone', hint: '' },
  'data/domains': { label: 'Data domains', noun: 'data domain', hint: 'The data it works with, in words.' },
  'data/domains/*/id': { code: true },

  authority: { hint: 'What it may do by itself, and what needs a person.' },
  'authority/level': { label: 'Authority level' },
  'authority/defaults': {
    label: 'Where no rule speaks',
    hint: 'What holds for a call that no rule speaks of.',
  },
  'authority/defaults/read': { label: 'Reading' },
  'authority/defaults/write': { label: 'Writing' },
  'authority/defaults/transact': { label: 'Transacting' },
  'authority/rules': { label: 'Rules', noun: 'rule' },
  'authority/rules/*/id': { code: true },
  'authority/rules/*/tools': { source: 'tool', hint: 'None: any tool.' },
  'authority/rules/*/actions': { label: 'Action classes', hint: 'None: any.' },
  'authority/rules/*/when': { label: 'When', hint: 'All of these hold. None: always.' },
  'authority/rules/*/tier': { label: 'It acts', hint: '' },
  'authority/rules/*/by': {
    label: 'Decided by',
    source: 'role',
    hint: 'The role that approves or is escalated to.',
  },
  'authority/rules/*/withinMinutes': { label: 'Within', unit: 'minutes' },

  evidence: { label: 'Evidence', noun: 'requirement', hint: 'What must be true before an action.' },
  'evidence/*/id': { code: true },
  'evidence/*/before': { label: 'Before calling', source: 'tool' },
  'evidence/*/requires': { label: 'Needs' },
  'evidence/*/fields': { label: 'Fields' },
  'evidence/*/maxAgeMinutes': { label: 'At most this old', unit: 'minutes' },

  policies: {
    label: 'Policies',
    noun: 'policy',
    hint: 'The rules of the company it works under, by name and version.',
  },
  'policies/*/id': { code: true },
  'policies/*/scenarios': { label: 'Scenario suite' },
  'policies/*/link': { hint: 'A web address.' },

  ownership: { hint: 'Who answers for what, and who is paged.' },
  'ownership/engineeringLead': { label: 'Engineering lead' },
  'ownership/qa': { label: 'QA' },
  'ownership/grc': { label: 'GRC' },
  'ownership/sre': { label: 'SRE' },
  'ownership/operator': { label: 'Operator on call', hint: 'Is paged first.' },
  'ownership/signOff': { label: 'Sign-off chain', source: 'role', hint: 'Roles, in the order they sign.' },
  'ownership/escalation': {
    label: 'Escalation path',
    noun: 'step',
    hint: 'Who is paged next when nobody answers.',
  },
  'ownership/escalation/*/to': { label: 'Tell' },
  'ownership/escalation/*/afterMinutes': { label: 'After the first page', unit: 'minutes' },

  risk: { hint: 'How the risk of a run is reckoned and when it is too much.' },
  'risk/categories': { label: 'Weights of data categories', hint: 'From 0, harmless, to 10.' },
  'risk/actions': { label: 'Multipliers', hint: 'By action class; 1 is neutral.' },
  'risk/actions/read': { unit: '×' },
  'risk/actions/write': { unit: '×' },
  'risk/actions/transact': { unit: '×' },
  'risk/egress': { label: 'Data carried out', unit: '×' },
  'risk/audience': { label: 'Audience' },
  'risk/audience/kind': { label: 'Serves' },
  'risk/audience/factor': { label: 'Factor', unit: '×' },
  'risk/aggregate': { label: 'Risk of a run' },
  'risk/thresholds': {
    label: 'Thresholds',
    hint: 'A run is in a band from this risk on. They rise strictly.',
  },
  'risk/thresholds/medium': { label: 'Medium from' },
  'risk/thresholds/high': { label: 'High from' },
  'risk/thresholds/critical': { label: 'Critical from' },
  'risk/detectors': { label: 'Detectors' },

  quality: { hint: 'How it is measured, and what is good enough.' },
  'quality/technical': { label: 'Technical health' },
  'quality/technical/latencyMs': { label: 'A run ends within', unit: 'ms' },
  'quality/technical/errorRate': { label: 'Failing spans at most', hint: 'A share: 0.1 is 10%.' },
  'quality/criteria': { label: 'Criteria', noun: 'criterion' },
  'quality/criteria/*/id': { code: true },
  'quality/criteria/*/signal': { label: 'Measured by' },
  'quality/criteria/*/comparison': { label: 'Is' },
  'quality/criteria/*/windowDays': { label: 'Window', unit: 'days' },
  'quality/criteria/*/leastSamples': { label: 'Least samples', unit: 'samples' },
  'quality/criteria/*/freshnessDays': { label: 'None older than', unit: 'days' },
  'quality/review': {
    label: 'Review by subject experts',
    hint: 'Which of its runs people who know the subject look at.',
  },
  'quality/review/share': { label: 'Share of runs' },
  'quality/review/silentShare': { label: 'Share of silent runs' },
  'quality/review/reviewers': { label: 'Reviewers for each', unit: 'people' },
  'quality/review/withinDays': { label: 'Rated within', unit: 'days' },
  'quality/score': {
    label: 'Weights of the score',
    hint: 'How much each pillar counts in the performance score, one against the others.',
  },
  'quality/score/risk': { label: 'Risk counts' },
  'quality/score/quality': { label: 'Quality counts' },
  'quality/score/cost': { label: 'Cost counts' },

  cost: { hint: 'What it may spend, and what happens when it spends more.' },
  'cost/perRun': { label: 'Per run', unit: 'USD' },
  'cost/perDay': { label: 'Per day', unit: 'USD' },
  'cost/perMonth': { label: 'Per month', unit: 'USD' },
  'cost/tokensPerRun': { label: 'Tokens per run', unit: 'tokens' },
  'cost/callsPerRun': { label: 'Tool calls per run', unit: 'calls' },
  'cost/repeatedCalls': { label: 'Same call again at most', unit: 'times' },
  'cost/throttle/calls': { label: 'Calls at most', unit: 'calls' },
  'cost/throttle/perSeconds': { label: 'Every', unit: 's' },
  'cost/costPerAcceptedOutput': { label: 'Per accepted output', unit: 'USD' },
  'cost/infrastructurePerHour': { label: 'Infrastructure', unit: 'USD an hour' },
  'cost/acceptedWhen': { label: 'An output is accepted by', code: true },
  'cost/completedWhen': { label: 'A task is completed by', code: true },
  'cost/onBreach': { label: 'When a limit is passed' },
  'cost/onBreach/perRun': { label: 'Per run' },
  'cost/onBreach/perDay': { label: 'Per day' },
  'cost/onBreach/perMonth': { label: 'Per month' },
  'cost/onBreach/tokensPerRun': { label: 'Tokens' },
  'cost/onBreach/callsPerRun': { label: 'Tool calls' },
  'cost/onBreach/repeatedCalls': { label: 'Repeated calls' },

  failure: { hint: 'What happens when it breaks a clause or something goes wrong.' },
  'failure/low': { label: 'A low breach' },
  'failure/medium': { label: 'A medium breach' },
  'failure/high': { label: 'A high breach' },
  'failure/critical': { label: 'A critical breach' },
  'failure/kinds': { label: 'When something goes wrong' },
  'failure/kinds/missingEvidence': { label: 'Evidence is missing' },
  'failure/kinds/policyMismatch': { label: 'A policy does not fit' },
  'failure/kinds/toolFailure': { label: 'A tool fails' },
  'failure/kinds/ambiguousInput': { label: 'What it is given is ambiguous' },
  'failure/kinds/costOverrun': { label: 'A budget is overrun' },
  'failure/kinds/loop': { label: 'It goes round in circles' },
  'failure/rollback': { label: 'Roll-back' },
  'failure/killSwitch': { label: 'Kill switch', source: 'role' },
  'failure/compensations': { label: 'Compensations', noun: 'compensation' },
  'failure/compensations/*/id': { code: true },
  'failure/compensations/*/tool': { label: 'The tool', source: 'tool' },
  'failure/compensations/*/by': { label: 'Is undone by', source: 'tool' },
  'failure/compensations/*/approval': {
    label: 'Approved by',
    hint: 'Before it is sent. Left out: the operator approves.',
  },
  'failure/compensations/*/withinMinutes': {
    label: 'Within',
    unit: 'minutes of the call',
    hint: 'Left out: at any time.',
  },
  'failure/runningRuns': {
    label: 'Runs that have begun',
    hint: 'When their version is rolled back from. Left out: they finish.',
  },
  'failure/codeRollback': {
    label: 'Roll-back of the code',
    hint: 'Who is told that the code must go back too.',
  },
  'failure/codeRollback/hook': { label: 'Webhook endpoint', hint: 'By its name.' },
  'failure/codeRollback/to': {
    label: 'Code version to go back to',
    code: true,
    hint: 'Left out: the one the older version binds to.',
  },
  'failure/ladder': { label: 'Ladder', noun: 'step', hint: 'What follows when breaches add up.' },
  'failure/ladder/*/id': { code: true },
  'failure/ladder/*/when': { label: 'When', hint: '' },
  'failure/ladder/*/step': { label: 'Then', hint: '' },
  'failure/ladder/*/to': { label: 'Narrowed to', hint: 'Left out: one level lower.' },
  'failure/ladder/*/gate': { label: 'Until this gate passes', hint: 'Left out: G6.' },
  'failure/recovery': {
    label: 'Before it works again',
    noun: 'requirement',
    hint: 'What must hold before a paused agent works again.',
  },
  'failure/recovery/*/id': { code: true },
  'failure/blastRadius': { label: 'Blast radius', hint: 'How far one mistake may reach.' },
  'failure/blastRadius/records': { unit: 'records' },
  'failure/blastRadius/amount': { unit: 'USD' },

  versioning: {
    hint: 'What this version is called, what code it binds to, and how long its records are kept.',
  },
  'versioning/contract': { label: 'Version', hint: 'As people call it, for example 1.3.' },
  'versioning/code': { label: 'Code version', code: true },
  'versioning/reviewEveryDays': { label: 'Review every', unit: 'days' },
  'versioning/retentionDays': { label: 'Keep records for', unit: 'days' },
  'versioning/redact': { label: 'Never keep the content of', source: 'category' },
};

type OptionWord = string | Omit<Option, 'value'>;

const TIERS: Readonly<Record<string, OptionWord>> = {
  alone: 'by itself',
  approval: 'after approval',
  escalation: 'by escalation',
  never: 'never',
};
const CLASSES: Readonly<Record<string, OptionWord>> = {
  read: { label: 'Read', hint: 'Leaves the world as it is.' },
  write: { label: 'Write', hint: 'Changes it.' },
  transact: { label: 'Transact', hint: 'Moves money or commits the company.' },
};
const ANSWERS: Readonly<Record<string, OptionWord>> = {
  log: 'is recorded',
  warn: 'marks the run with a warning',
  page: 'pages the operator',
  pause: 'pauses the run',
  'roll-back': 'rolls back',
};
const FAILURES: Readonly<Record<string, OptionWord>> = {
  refuse: 'It refuses',
  escalate: 'It escalates',
  defer: 'It defers to a person',
  'fall-back': 'It falls back to a fixed path',
  pause: 'It pauses',
  'roll-back': 'It rolls back',
};

const LEVELS: Readonly<Record<string, OptionWord>> = {
  'suggest-only': { label: 'Suggest only', hint: 'A person does everything.' },
  'read-only': { label: 'Read only', hint: 'It reads by itself and changes nothing.' },
  'human-in-the-loop': { label: 'Human in the loop', hint: 'A person is in the loop for every change.' },
  bounded: { label: 'Bounded', hint: 'It acts by itself within the bounds of this contract.' },
  continuous: {
    label: 'Continuous',
    hint: 'It acts by itself without end, within the bounds of this contract.',
  },
};

/** How options read; of all choices of a section under `<section>/*`. */
export const OPTION_WORDS: Readonly<Record<string, Readonly<Record<string, OptionWord>>>> = {
  'tools/*/action': CLASSES,
  'tools/*/rateLimit/per': { run: 'run', minute: 'minute', hour: 'hour', day: 'day' },
  'tools/*/filter/*/then': {
    review: { label: 'is reviewed', hint: 'A person looks before the agent does.' },
    mask: { label: 'is masked', hint: 'It is made unreadable.' },
    withhold: { label: 'is left out', hint: 'The agent never sees that it was there.' },
  },
  'scope/forbidden/*/actions': CLASSES,
  'authority/rules/*/actions': CLASSES,
  'authority/level': LEVELS,
  'authority/*': TIERS,
  'evidence/*/requires': {
    'policy-version': 'the version of the policy that was applied',
    source: 'a source with its provenance',
    'complete-fields': 'every field',
    'no-conflict': 'records that do not contradict each other',
  },
  'risk/audience/kind': {
    internal: 'the company itself',
    'single-user': 'a single user',
    'multi-user': 'several users',
    'customer-facing': 'customers',
  },
  'risk/detectors': { iban: 'IBAN: bank accounts', 'payment-card': 'Payment cards' },
  'quality/criteria/*/signal': {
    technical: 'technical health',
    eval: 'evaluation',
    feedback: "people's feedback",
    outcome: 'the business outcome',
    sme: 'review by a subject expert',
  },
  'quality/criteria/*/comparison': { '>=': 'at least', '<=': 'at most' },
  'cost/*': { log: 'record it', warn: 'mark the run', page: 'page the operator', pause: 'pause the run' },
  'failure/low': ANSWERS,
  'failure/medium': ANSWERS,
  'failure/high': ANSWERS,
  'failure/critical': ANSWERS,
  'failure/rollback': {
    'at-once': 'At once; the operator confirms or reverses it',
    propose: 'Proposed to the operator',
  },
  'failure/runningRuns': { finish: 'finish', pause: 'are paused', stop: 'are stopped' },
  'failure/compensations/*/approval': { operator: 'the operator', none: 'nobody' },
  'failure/ladder/*/step': {
    warn: 'the operator is warned',
    narrow: 'its authority is narrowed',
    review: 'a person approves what it writes',
    pause: 'it is paused',
    recertify: 'it is certified again',
  },
  'failure/ladder/*/to': LEVELS,
  'failure/ladder/*/gate': { G3: 'G3', G4: 'G4', G5: 'G5', G6: 'G6' },
  'failure/*': FAILURES,
};

/** A key as words: businessUnit → Business unit. */
export function humanised(key: string): string {
  const words = key
    .replaceAll('-', ' ')
    .replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
