import { always, moving, type Row } from './change-row';

/** Changes of who the agent is, what it may attempt, reach and decide, and what it is held to. */
export const MANDATE_RULES = {
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
  'tool-filter': moving(
    'Data that is filtered out of what a tool returns',
    'one more category that may occur there and is filtered',
    ['scoping', 'build'],
    [
      'Data may occur that was refused, and is filtered: nobody agreed to that yet.',
      'Data is refused that was filtered; tests show that it copes.',
    ],
  ),
  'filter-act': moving(
    'What is done with filtered data',
    'less: review, mask, withhold',
    ['scoping', 'build'],
    [
      'The agent is shown more of data it should not see.',
      'The agent is shown less of this data; tests show that it copes.',
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
    'it cannot, or what undoes it passes while the agent is held',
    ['scoping', 'build', 'build'],
    [
      'What it does can no longer be undone, or is undone by a call that passes while the agent is held.',
      'What it does can be undone, which a drill must show.',
      'It is undone in another way, which a drill must show.',
    ],
  ),
  remedy: moving(
    'What undoes an action, where it changes which calls pass while the agent is held',
    'one call more that passes then',
    ['build', 'build'],
    [
      'While the agent is held other calls pass than was agreed, because they undo an action; a drill must show them.',
      'While the agent is held a call is refused that passed then; a drill must show that it copes.',
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
} as const satisfies Record<string, Row>;
