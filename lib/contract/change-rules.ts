/**
 * What a change of a contract means: which way it moves and where it re-enters the lifecycle (design: a parameter tweak is
 * re-signed at G6, an implementation fix goes back to Build, a re-scope to Scoping). One table; docs/contract-changes.md
 * is held against it by a test, and each row has an example in change-rules.test.ts.
 *
 * The principle behind the rows:
 * - What the agent may do, reach or decide grows: Scoping. What was agreed is agreed again.
 * - It shrinks, or what was built and tested is no longer what will run: Build (G3 tests it, G4 replays it).
 * - A figure moves the strict way, or people, names and dates change: G6. A figure of budgets and quality is the
 *   sponsor's, who signs G6, whichever way it moves.
 * - A figure of authority, data or risk moves the loose way: Build, because G4 is where that is replayed and reviewed.
 */

/** Whether the agent may do more, less, or the same as before; stricter duties and closer watch are narrower. */
export type Direction = 'wider' | 'narrower' | 'neutral';
/** A move of one clause; `both` permits some things more and others less, and counts as wider. */
export type Move = Direction | 'both';

/** Where a change re-enters the lifecycle, from the shortest way back to the longest. */
export const ROUTES = ['g6', 'build', 'scoping'] as const;
export type Route = (typeof ROUTES)[number];

/** How a route is called on screens, which gates are signed again and what that means. */
export const ROUTE_WORDS: Readonly<
  Record<Route, { title: string; kind: string; gates: string; means: string }>
> = {
  g6: { title: 'G6', kind: 'Parameter tweak', gates: 'G6', means: 'operator and sponsor sign again' },
  build: {
    title: 'Build',
    kind: 'Implementation change',
    gates: 'G3, G4 and G5',
    means: 'it is tested and reviewed again',
  },
  scoping: {
    title: 'Scoping',
    kind: 'Re-scope',
    gates: 'G2 to G5',
    means: 'what it may do is agreed again',
  },
};

/** A wide change takes the first, a narrow one the second, a neutral one the third; `why` likewise. */
interface Row {
  /** What the clauses have in common, for the table of the docs. */
  what: string;
  /** What moves it wider; null when it is always neutral. */
  wider: string | null;
  routes: Readonly<Record<Direction, Route>>;
  why: Readonly<Record<Direction, string>>;
}

function always(route: Route, what: string, why: string): Row {
  return {
    what,
    wider: null,
    routes: { wider: route, narrower: route, neutral: route },
    why: { wider: why, narrower: why, neutral: why },
  };
}

function moving(
  what: string,
  wider: string,
  routes: [wider: Route, narrower: Route, neutral?: Route],
  why: [wider: string, narrower: string, neutral?: string],
): Row {
  return {
    what,
    wider,
    routes: { wider: routes[0], narrower: routes[1], neutral: routes[2] ?? 'g6' },
    why: { wider: why[0], narrower: why[1], neutral: why[2] ?? 'It decides as before.' },
  };
}

const TABLE = {
  // Words, names, people
  wording: always(
    'g6',
    'Names, descriptions and other words beside what decides',
    'Only words change; what decides is as it was.',
  ),
  order: always('g6', 'The order of a list', 'The entries are the same; only their order changes.'),
  inheritance: always(
    'g6',
    'Whether it takes clauses from the workspace defaults',
    'Only where clauses come from changes; what they say is compared one by one.',
  ),
  'agent-class': always('scoping', 'What kind of agent it is', 'Another kind of agent is another agreement.'),
  telemetry: always(
    'build',
    'The names it goes by in telemetry',
    'Its telemetry must arrive under the new names, and tests show that it does.',
  ),
  build: always(
    'build',
    'How it is built, what it acts as, the code it binds to',
    'The tests were of what was built before.',
  ),
  owners: always(
    'g6',
    'Who owns, signs, is told or is paged',
    'People change; what the agent may do does not.',
  ),
  review: moving(
    'How often it is reviewed',
    'longer between reviews',
    ['g6', 'g6'],
    ['It is looked at less often, and those who look at it sign that.', 'It is looked at more often.'],
  ),
  'version-label': always(
    'g6',
    'What the version is called and when it was reviewed',
    'A label or a date changes, nothing that decides.',
  ),
  environments: moving(
    'Environments it was let into',
    'one more environment',
    ['scoping', 'g6'],
    ['It is let into an environment that nobody agreed to.', 'It is let into fewer environments.'],
  ),
  delegation: moving(
    'Until when it was let',
    'later, or without an end',
    ['g6', 'g6'],
    ['It is let run for longer, which operator and sponsor attest.', 'It is let run for less long.'],
  ),

  // Scope
  task: moving(
    'A task',
    'one more task',
    ['scoping', 'build'],
    [
      'It may attempt a task that nobody agreed to.',
      'It no longer attempts a task; tests show that it leaves it.',
    ],
  ),
  'task-words': always(
    'scoping',
    'The words of a task, of a forbidden act or of a data domain',
    'These words are the scope itself, and only people can tell whether they say more.',
  ),
  actions: moving(
    'Kinds of action',
    'one more kind',
    ['scoping', 'build'],
    [
      'It may act in a way that nobody agreed to.',
      'It may no longer act in this way; tests show that it copes.',
    ],
  ),
  'forbidden-act': moving(
    'A forbidden act',
    'one act fewer',
    ['scoping', 'build'],
    [
      'What was never to be done is no longer ruled out.',
      'One more act is ruled out; tests show that it keeps to it.',
    ],
  ),
  'forbidden-reach': moving(
    'What a forbidden act covers',
    'a tool, class or category fewer',
    ['scoping', 'build'],
    [
      'A forbidden act covers less than it did.',
      'A forbidden act covers more; tests show that it keeps to it.',
    ],
  ),

  // Tools and data
  tool: moving(
    'A tool',
    'one more tool, or tools without an entry let in by "*"',
    ['scoping', 'build'],
    ['It reaches something it could not reach before.', 'It loses a tool; tests show that it copes without.'],
  ),
  'tool-class': moving(
    'The action class of a tool',
    'a class that is asked less of',
    ['scoping', 'build', 'build'],
    [
      'The tool is held to less than it was.',
      'The tool is held to more; tests show that it copes.',
      'The tool is decided as before and weighs differently in the risk.',
    ],
  ),
  egress: moving(
    'Whether a tool can carry data out',
    'it can',
    ['scoping', 'build'],
    [
      'Data can leave the company by a tool that kept it in.',
      'The tool is said to keep data in, which tests must show.',
    ],
  ),
  'tool-scopes': moving(
    'Access scopes of a tool',
    'one more scope',
    ['scoping', 'build'],
    ['The tool is given access it did not have.', 'The tool loses access; tests show that it copes.'],
  ),
  'tool-categories': moving(
    'Data categories of a tool',
    'one more category',
    ['scoping', 'build'],
    [
      'It may touch data that nobody agreed to.',
      'It may no longer touch this data; tests show that it does not.',
    ],
  ),
  'tool-arguments': moving(
    'The arguments a tool takes',
    'a call fits that did not fit',
    ['build', 'build'],
    [
      'Calls pass that were refused; tests and the replay show which.',
      'Calls are refused that passed; tests show that it copes.',
      'The same calls fit as before.',
    ],
  ),
  'tool-rate': moving(
    'The rate limit of a tool',
    'more calls, or no limit',
    ['build', 'g6'],
    ['More calls pass; the replay of G4 shows how many.', 'Fewer calls pass.'],
  ),
  'tool-server': always(
    'build',
    'The system that offers a tool',
    'Another system answers its calls, and was not tested.',
  ),
  'tool-safety': moving(
    'Time-out and circuit breaker of a tool',
    'longer, later, or none',
    ['build', 'g6'],
    ['A failing tool is used for longer before it is left alone.', 'A failing tool is left alone sooner.'],
  ),
  idempotency: moving(
    'What makes a repeated call the same call',
    'nothing does any more',
    ['build', 'build', 'build'],
    [
      'A call that is sent twice may be carried out twice.',
      'A call that is sent twice is carried out once, which tests must show.',
      'Another argument tells repeated calls, which tests must show.',
    ],
  ),
  reversible: moving(
    'Whether and how a call can be undone',
    'it cannot',
    ['scoping', 'build', 'build'],
    [
      'What it does can no longer be undone.',
      'What it does can be undone, which a drill must show.',
      'It is undone in another way, which a drill must show.',
    ],
  ),
  'data-domain': moving(
    'A data domain',
    'one more domain',
    ['scoping', 'build'],
    ['It reaches data that nobody agreed to.', 'It no longer reaches this data; tests show that it copes.'],
  ),
  'domain-access': moving(
    'Access to a data domain',
    'reading or writing that was not allowed',
    ['scoping', 'build'],
    [
      'It may do more with this data than was agreed.',
      'It may do less with this data; tests show that it copes.',
    ],
  ),

  // Authority
  'authority-level': moving(
    'The authority level',
    'a higher level',
    ['scoping', 'g6'],
    ['It may do more on its own than was agreed.', 'It may do less on its own; a level moves down at once.'],
  ),
  'authority-default': moving(
    'What holds for a call that no rule speaks of',
    'less is asked',
    ['scoping', 'build'],
    [
      'Calls that nobody wrote a rule for are asked less of.',
      'Calls that nobody wrote a rule for are asked more of; tests show that it waits for the answer.',
    ],
  ),
  'authority-rule': moving(
    'A rule',
    'one that asks is gone, or one that frees is added',
    ['scoping', 'build'],
    [
      'It decides alone where it was asked, or forbidden.',
      'It is asked, or forbidden, where it decided alone; tests show that it waits for the answer.',
    ],
  ),
  'rule-tier': moving(
    'What a rule asks',
    'less: alone, approval, escalation, never',
    ['scoping', 'build'],
    [
      'Less is asked for the same calls.',
      'More is asked for the same calls; tests show that it waits for the answer.',
    ],
  ),
  'rule-reach': moving(
    'The calls a rule speaks of, by tool or class',
    'a restriction covers fewer, a freedom more',
    ['scoping', 'build', 'build'],
    [
      'Calls are decided alone that were asked for, or forbidden.',
      'Calls are asked for, or forbidden, that were decided alone.',
      'Read with the tier of this rule, which changes too.',
    ],
  ),
  'rule-figure': moving(
    'A figure in the conditions of a rule',
    'a restriction begins later, a freedom ends later',
    ['build', 'g6', 'build'],
    [
      'The line it acts alone under moves out; the replay of G4 shows which calls pass.',
      'The line it acts alone under moves in.',
      'Read with the tier of this rule, which changes too.',
    ],
  ),
  'rule-conditions': moving(
    'The conditions of a rule',
    'a restriction covers fewer calls, a freedom more',
    ['scoping', 'build', 'build'],
    [
      'Calls are decided alone that were asked for, or forbidden.',
      'Calls are asked for, or forbidden, that were decided alone; tests show that it waits for the answer.',
      'Written differently, or read with the tier of this rule, which changes too.',
    ],
  ),
  'rule-approver': always(
    'build',
    'Who decides under a rule, and within how long',
    'Another person answers, or in another time: the drills of G4 and G5 show that they are reached.',
  ),

  // Evidence and policies
  evidence: moving(
    'What must be shown before an action',
    'one demand fewer',
    ['scoping', 'build'],
    [
      'It acts without something that had to be shown first.',
      'It must show more before it acts; tests show that it does.',
    ],
  ),
  'evidence-reach': moving(
    'The tools and fields a demand covers',
    'one fewer',
    ['scoping', 'build'],
    [
      'It acts without something that had to be shown first.',
      'It must show more before it acts; tests show that it does.',
    ],
  ),
  'evidence-kind': moving(
    'The kind of evidence',
    'never surely: another kind is both',
    ['scoping', 'scoping'],
    ['Something else is shown than what was agreed.', 'Something else is shown than what was agreed.'],
  ),
  'evidence-age': moving(
    'How old evidence may be',
    'older, or any age',
    ['build', 'g6'],
    ['It acts on older evidence; the replay of G4 shows when.', 'It acts on fresher evidence only.'],
  ),
  policy: moving(
    'A policy',
    'one fewer',
    ['scoping', 'build'],
    ['It is no longer held to a policy.', 'It is held to one more policy, whose scenarios must be green.'],
  ),
  'policy-version': always(
    'build',
    'The version of a policy and its scenarios',
    'The scenarios of G3 were run against the version before.',
  ),

  // Risk
  'risk-weight': moving(
    'The weight of a data category',
    'a lower weight',
    ['build', 'g6'],
    [
      'The same data counts for less risk, so fewer runs reach a threshold; G4 reviews the risk profile.',
      'The same data counts for more risk.',
    ],
  ),
  'risk-factor': moving(
    'Multipliers of actions, egress and audience, and how risk adds up',
    'lower',
    ['build', 'g6'],
    [
      'The same run counts for less risk, so fewer runs reach a threshold; G4 reviews the risk profile.',
      'The same run counts for more risk.',
    ],
  ),
  'risk-threshold': moving(
    'Risk thresholds',
    'higher',
    ['build', 'g6'],
    [
      'A run must be riskier before anyone hears of it; G4 reviews the risk profile.',
      'Somebody hears of a run sooner.',
    ],
  ),
  audience: moving(
    'Whom it serves',
    'more people, or people outside',
    ['scoping', 'build'],
    ['It serves people it was not agreed for.', 'It serves fewer people, which tests must show.'],
  ),
  detectors: moving(
    'Detectors run over content',
    'one fewer',
    ['build', 'g6'],
    ['Data that was found by its checksum is no longer looked for.', 'One more kind of data is looked for.'],
  ),

  // Quality
  criterion: moving(
    'A quality criterion',
    'one fewer',
    ['scoping', 'build'],
    [
      'Something that made the work good is no longer asked of it.',
      'One more thing is asked of its work, and must be measured in test first.',
    ],
  ),
  'quality-target': moving(
    'Targets, least samples and freshness',
    'a lower bar',
    ['g6', 'g6'],
    ['The bar is lower, which the sponsor signs.', 'The bar is higher.'],
  ),
  'quality-window': always(
    'g6',
    'Windows and weights of criteria',
    'The same is measured over another time or weighs differently.',
  ),
  'quality-signal': moving(
    'How a criterion is measured',
    'it is no longer bound to a signal',
    ['build', 'build', 'build'],
    [
      'Nothing measures it any more.',
      'It is measured now, and must be in test first.',
      'It is measured in another way; the figures so far say nothing about it.',
    ],
  ),
  'quality-comparison': moving(
    'Which side of the target is good',
    'never surely: the other side is both',
    ['scoping', 'scoping'],
    ['What was good becomes bad.', 'What was good becomes bad.'],
  ),

  // Cost
  'cost-figure': moving(
    'A budget or ceiling',
    'higher',
    ['g6', 'g6'],
    ['It may use more, which the sponsor signs.', 'It may use less.'],
  ),
  'cost-ceiling': moving(
    'Whether there is a ceiling',
    'none any more',
    ['build', 'g6'],
    ['Nothing limits this any more; G4 asks whether that can be run.', 'There is a limit now.'],
  ),
  'cost-response': moving(
    'What follows when a ceiling is broken',
    'less: pause, page, warn, log',
    ['build', 'g6'],
    [
      'Less follows when it spends too much; G4 asks whether that can be run.',
      'More follows when it spends too much.',
    ],
  ),
  'cost-rate': always(
    'g6',
    'What its infrastructure is reckoned at',
    'It is reckoned differently; nothing it may do changes.',
  ),

  // Failure
  'failure-response': moving(
    'What follows a breach, by its severity',
    'one response fewer',
    ['build', 'g6'],
    ['Less follows a breach; the drills of G4 were of more.', 'More follows a breach.'],
  ),
  'failure-answer': moving(
    'What it does when it cannot comply',
    'nothing is said any more',
    ['build', 'build', 'build'],
    [
      'Nothing says any more what it does then.',
      'It is said what it does then, and G3 tests it.',
      'It does something else then, and G3 tests it.',
    ],
  ),
  rollback: moving(
    'Whether a rollback waits for a person',
    'it waits',
    ['build', 'build'],
    [
      'A rollback waits for a person, and the drill of G4 was of one that did not.',
      'A rollback waits for nobody, which the drill of G4 must show.',
    ],
  ),
  'kill-switch': moving(
    'Who may stop it at once',
    'one role fewer',
    ['build', 'g6'],
    ['Fewer people can stop it; the drill of G4 was of more.', 'More people can stop it.'],
  ),
  compensation: moving(
    'What undoes an action',
    'one fewer',
    ['build', 'build', 'build'],
    [
      'An action is no longer made good.',
      'An action is made good now, which a drill must show.',
      'An action is made good in another way, which a drill must show.',
    ],
  ),
  'blast-radius': moving(
    'How much it may harm at most',
    'more, or no bound',
    ['build', 'g6'],
    ['It may harm more at once; G4 asks whether that can be run.', 'It may harm less at once.'],
  ),

  // Keeping
  retention: moving(
    'How long its runs are kept',
    'longer',
    ['build', 'g6'],
    [
      'What it touched is kept for longer, which GRC reviews at G4.',
      'What it touched is kept for less long.',
    ],
  ),
  redact: moving(
    'Data whose content is never kept',
    'one category fewer',
    ['scoping', 'g6'],
    ['Content is kept that was agreed never to be.', 'Less content is kept.'],
  ),
} as const satisfies Record<string, Row>;

export type RuleId = keyof typeof TABLE;

export interface ChangeRule extends Row {
  id: RuleId;
}

/** Every rule, in the order of the docs. */
export const CHANGE_RULES: readonly ChangeRule[] = Object.entries(TABLE).flatMap(([id, row]) =>
  isRuleId(id) ? [{ id, ...row }] : [],
);

function isRuleId(id: string): id is RuleId {
  return Object.hasOwn(TABLE, id);
}

/** The row of a rule. */
export function changeRule(id: RuleId): Row {
  return TABLE[id];
}
