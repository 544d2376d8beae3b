import { formatNumber, plural } from '@/lib/format';
import { type Contract, RESPONSES, type Response } from '../schema';
import { DEFAULTS_AGENT } from '../workspace-defaults';
import { type Found, type LintRule, someOf } from './lint-rule';

const isDefaults = ({ identity }: Contract) => identity.agent === DEFAULTS_AGENT;

/** Days from one YYYY-MM-DD to another. */
function daysFrom(day: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${day}T00:00:00Z`)) / 86_400_000);
}

export const DUTY_RULES: readonly LintRule[] = [
  {
    id: 'criterion-unbound',
    level: 'error',
    what: 'a quality criterion without a signal',
    why: 'It is agreed and never measured.',
    find: ({ quality }) =>
      quality.criteria.flatMap((item): Found[] =>
        item.signal === undefined
          ? [{ clause: `quality/criteria/${item.id}`, message: `Nothing measures "${item.id}".` }]
          : [],
      ),
  },
  {
    id: 'criterion-without-metric',
    level: 'warning',
    what: 'a quality criterion without a metric',
    why: 'Results sent for it cannot be told from others of the same signal.',
    find: ({ quality }) =>
      quality.criteria.flatMap((item): Found[] =>
        item.signal !== undefined && item.metric === undefined
          ? [
              {
                clause: `quality/criteria/${item.id}`,
                message: `"${item.id}" does not name what its signal measures.`,
              },
            ]
          : [],
      ),
  },
  {
    id: 'window-inverted',
    level: 'warning',
    what: 'a criterion that takes samples older than its window',
    why: 'Samples count as fresh that the window has left behind.',
    find: ({ quality }) =>
      quality.criteria.flatMap((item, index): Found[] =>
        item.freshnessDays <= item.windowDays
          ? []
          : [
              {
                clause: `quality/criteria/${item.id}/freshnessDays`,
                message: `"${item.id}" looks back ${plural(item.windowDays, 'day')} and takes samples of ${plural(item.freshnessDays, 'day')}.`,
                mend: {
                  title: `Lower it to ${formatNumber(item.windowDays)}`,
                  edits: [
                    {
                      op: 'set',
                      path: ['quality', 'criteria', index, 'freshnessDays'],
                      value: item.windowDays,
                    },
                  ],
                },
              },
            ],
      ),
  },
  {
    id: 'no-criterion',
    level: 'warning',
    what: 'no quality criterion',
    why: 'Nothing says what good work is, so nobody can say that it is bad.',
    find: (contract) =>
      contract.quality.criteria.length > 0 || isDefaults(contract)
        ? []
        : [{ clause: 'quality', message: 'No criterion says what good work is.' }],
  },
  {
    id: 'no-technical-target',
    level: 'note',
    what: 'no target for latency and errors',
    why: 'Technical health stays unknown, and unknown is not good.',
    find: (contract) =>
      contract.quality.technical !== undefined || isDefaults(contract)
        ? []
        : [{ clause: 'quality', message: 'No target for how fast and how reliably it runs.' }],
  },
  {
    id: 'no-policy',
    level: 'warning',
    what: 'no policy is named',
    why: 'Nothing says which rules of the company it was tested against.',
    find: (contract) =>
      contract.policies.length > 0 || isDefaults(contract)
        ? []
        : [{ clause: 'policies', message: 'No policy is named.' }],
  },
  {
    id: 'policy-untested',
    level: 'warning',
    what: 'a policy without a scenario suite',
    why: 'G3 asks whether the agent keeps to it, and nothing tests that.',
    find: ({ policies }) =>
      policies.flatMap((item): Found[] =>
        item.scenarios === undefined
          ? [{ clause: `policies/${item.id}`, message: `No scenarios test "${item.name}".` }]
          : [],
      ),
  },
  {
    id: 'nobody-may-stop-it',
    level: 'warning',
    what: 'no role may stop the agent at once',
    why: 'In an emergency nobody is named who stops it.',
    find: (contract) =>
      contract.failure.killSwitch.length > 0 || isDefaults(contract)
        ? []
        : [
            {
              clause: 'failure/killSwitch',
              message: 'Nobody is named who may stop it at once.',
              mend: {
                title: 'Let operator, SRE and head of AI',
                edits: [
                  { op: 'set', path: ['failure', 'killSwitch'], value: ['operator', 'sre', 'head-of-ai'] },
                ],
              },
            },
          ],
  },
  {
    id: 'failure-silent',
    level: 'warning',
    what: 'critical breaches page nobody',
    why: 'The worst that can happen is found when somebody happens to look.',
    find: ({ failure }) =>
      failure.critical.includes('page')
        ? []
        : [
            {
              clause: 'failure/critical',
              message: 'A critical breach pages nobody.',
              mend: {
                title: 'Page the operator',
                edits: [
                  { op: 'set', path: ['failure', 'critical'], value: withResponse(failure.critical, 'page') },
                ],
              },
            },
          ],
  },
  {
    id: 'failure-out-of-order',
    level: 'warning',
    what: 'a worse breach that is answered by less',
    why: 'The milder breach stops the run, the worse one lets it go on.',
    find: ({ failure }) => {
      const bands = ['low', 'medium', 'high', 'critical'] as const;
      return bands.slice(1).flatMap((band, index): Found[] => {
        const milder = bands[index] ?? 'low';
        const lost = failure[milder].filter(
          (response) => (response === 'page' || response === 'pause') && !failure[band].includes(response),
        );
        // A critical breach that pages nobody has a rule of its own.
        const told = lost.filter((response) => !(band === 'critical' && response === 'page'));
        return told.map((response) => ({
          clause: `failure/${band}`,
          message: `A ${milder} breach ${response === 'page' ? 'pages the operator' : 'pauses the run'}, a ${band} one does not.`,
          mend: {
            title: response === 'page' ? 'Page the operator' : 'Pause the run',
            edits: [{ op: 'set', path: ['failure', band], value: withResponse(failure[band], response) }],
          },
        }));
      });
    },
  },
  {
    id: 'failure-unsaid',
    level: 'note',
    what: 'what it does when it cannot comply is not said for every kind',
    why: 'What is not agreed is decided by whoever built it.',
    find: (contract) => {
      const kinds = [
        'missingEvidence',
        'policyMismatch',
        'toolFailure',
        'ambiguousInput',
        'costOverrun',
        'loop',
      ] as const;
      const unsaid = kinds.filter((kind) => contract.failure.kinds[kind] === undefined);
      return unsaid.length === 0 || isDefaults(contract)
        ? []
        : [{ clause: 'failure/kinds', message: `Nothing is said for ${someOf(unsaid)}.` }];
    },
  },
  {
    id: 'delegation-over',
    level: 'error',
    what: 'a delegation that has ended, or ends before it begins',
    why: 'Nobody lets it act any more.',
    find: ({ identity: { delegation } }, { today }) => {
      if (delegation.until === undefined) return [];
      if (delegation.until < delegation.on)
        return [
          {
            clause: 'identity/delegation/until',
            message: `It ends on ${delegation.until}, before it begins on ${delegation.on}.`,
          },
        ];
      return delegation.until < today
        ? [{ clause: 'identity/delegation/until', message: `Its autonomy ended on ${delegation.until}.` }]
        : [];
    },
  },
  {
    id: 'day-to-come',
    level: 'warning',
    what: 'a review or a delegation dated in the future',
    why: 'What has not happened cannot be relied on.',
    find: ({ identity, versioning }, { today }) => [
      ...(identity.delegation.on > today
        ? [
            {
              clause: 'identity/delegation/on',
              message: `Its autonomy begins on ${identity.delegation.on} only.`,
            },
          ]
        : []),
      ...(versioning.lastReviewed > today
        ? [
            {
              clause: 'versioning/lastReviewed',
              message: `It was reviewed on ${versioning.lastReviewed}, which is to come.`,
            },
          ]
        : []),
    ],
  },
  {
    id: 'review-overdue',
    level: 'warning',
    what: 'a review that is overdue',
    why: 'Nobody has asked for too long whether this is still what was agreed.',
    find: ({ versioning }, { today }) => {
      const late = daysFrom(versioning.lastReviewed, today) - versioning.reviewEveryDays;
      return late > 0
        ? [{ clause: 'versioning/lastReviewed', message: `Its review is overdue by ${plural(late, 'day')}.` }]
        : [];
    },
  },
  {
    id: 'label-taken',
    level: 'error',
    what: 'a version label that another version has',
    why: 'People speak of versions by their label, and would not know which is meant.',
    find: ({ versioning }, { labels }) => {
      if (labels === undefined || !labels.includes(versioning.contract)) return [];
      const next = nextLabel(versioning.contract, labels);
      return [
        {
          clause: 'versioning/contract',
          message: `Another version is called "${versioning.contract}".`,
          mend: {
            title: `Call it ${next}`,
            edits: [{ op: 'set', path: ['versioning', 'contract'], value: next }],
          },
        },
      ];
    },
  },
];

function withResponse(responses: readonly Response[], added: Response): Response[] {
  return RESPONSES.filter((response) => response === added || responses.includes(response));
}

/** The label with its last number counted up until it is free: 1.2 → 1.3. */
function nextLabel(label: string, taken: readonly string[]): string {
  let next = label;
  do {
    const counted = next.replace(/\d+(?=\D*$)/, (digits) => String(BigInt(digits) + 1n));
    next = counted === next ? `${next}.1` : counted;
  } while (taken.includes(next));
  return next;
}
