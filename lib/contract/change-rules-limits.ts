import { always, moving, type Row } from './change-row';

/** Changes of how it is measured, what it may spend, and what follows when it breaks its limits. */
export const LIMIT_RULES = {
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
  'expert-review': moving(
    'How many runs subject experts review, how many of them each, and how soon',
    'fewer runs, fewer people, later',
    ['g6', 'g6'],
    [
      'Less of its work is seen by people who know the subject, which the sponsor signs.',
      'More of its work is seen by people who know the subject.',
    ],
  ),
  'score-weight': always(
    'g6',
    'How much each pillar counts in the score',
    'The same work comes to another score; nothing it may do changes.',
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
  'cost-outcome': always(
    'g6',
    'Which outcome counts as accepted, or as completed',
    'The cost of an output or a task is counted over others; nothing it may do changes.',
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
  'running-runs': moving(
    'What becomes of runs that have begun when a version is rolled back from',
    'less: finish, pause, stop',
    ['build', 'build'],
    [
      'Runs go on under a version that was taken back; the drill of G4 was of more.',
      'Runs that have begun are held or stopped, which the drill of G4 must show.',
    ],
  ),
  'code-rollback': moving(
    'Whether a rollback takes the code back too',
    'it does not',
    ['build', 'build', 'build'],
    [
      'The code stays as it is when the contract goes back.',
      'The code goes back with the contract, which the drill of G4 must show.',
      'The code goes back in another way, which the drill of G4 must show.',
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
    'one fewer, or one that nobody approves',
    ['build', 'build', 'build'],
    [
      'An action is no longer made good, or is made good without being approved.',
      'An action is made good now, which a drill must show.',
      'An action is made good in another way, which a drill must show.',
    ],
  ),
  'compensation-terms': moving(
    'Who approves a compensation, and until when it can be made',
    'nobody approves, or there is less time',
    ['build', 'build', 'build'],
    [
      'An action is made good with less asked, or for less long; a drill must show it.',
      'A person approves it, or there is more time; a drill must show that they are reached.',
    ],
  ),
  ladder: moving(
    'A step of the ladder',
    'one step fewer',
    ['build', 'g6'],
    ['Less follows when breaches add up; G4 reviewed more.', 'More follows when breaches add up.'],
  ),
  'ladder-trigger': moving(
    'What sets off a step of the ladder',
    'more breaches, in less time, of a higher severity',
    ['build', 'g6'],
    ['The step comes later; G4 reviewed a sooner one.', 'The step comes sooner.'],
  ),
  'ladder-step': moving(
    'What a step of the ladder does, and what ends it',
    'a milder step, a higher level, a later gate',
    ['build', 'g6'],
    ['The step does less; G4 reviewed more.', 'The step does more.'],
  ),
  recovery: moving(
    'What must hold before a paused agent works again',
    'one requirement fewer',
    ['build', 'g6', 'build'],
    [
      'A paused agent works again with less shown; G4 reviewed more.',
      'A paused agent must show more before it works again.',
      'Other words: people tell whether they ask for less.',
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
