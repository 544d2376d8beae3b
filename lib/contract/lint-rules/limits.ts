import { formatCount, formatMoney, formatNumber } from '@/lib/format';
import { spanRisk } from '@/lib/scoring/risk';
import type { Contract } from '../schema';
import { type Found, type LintRule, someOf } from './lint-rule';

const FINDS: Record<Contract['risk']['detectors'][number], string> = {
  iban: 'bank-account',
  'payment-card': 'payment-card',
};
const BUDGETS = ['perRun', 'perDay', 'perMonth'] as const;
const BUDGET_WORDS = { perRun: 'A run', perDay: 'A day', perMonth: 'A month' } as const;

export const LIMIT_RULES: readonly LintRule[] = [
  {
    id: 'budgets-out-of-order',
    level: 'error',
    what: 'a budget for a short time above that for a longer one',
    why: 'The larger one can never be reached, so it limits nothing.',
    find: ({ cost }) =>
      BUDGETS.flatMap((shorter, index) =>
        BUDGETS.slice(index + 1).flatMap((longer): Found[] => {
          const short = cost[shorter];
          const long = cost[longer];
          if (short === undefined || long === undefined || short <= long) return [];
          return [
            {
              clause: `cost/${shorter}`,
              message: `${BUDGET_WORDS[shorter]} may spend ${formatMoney(short)}, ${BUDGET_WORDS[longer].toLowerCase()} only ${formatMoney(long)}.`,
              mend: {
                title: `Lower it to ${formatMoney(long)}`,
                edits: [{ op: 'set', path: ['cost', shorter], value: long }],
              },
            },
          ];
        }),
      ),
  },
  {
    id: 'no-budget',
    level: 'warning',
    what: 'no ceiling on what it spends or does',
    why: 'A loop costs until somebody looks.',
    find: ({ cost }) =>
      [...BUDGETS, 'tokensPerRun' as const, 'callsPerRun' as const].every((key) => cost[key] === undefined)
        ? [{ clause: 'cost', message: 'Nothing limits what it spends, or how many calls it makes.' }]
        : [],
  },
  {
    id: 'ceiling-out-of-reach',
    level: 'warning',
    what: 'a ceiling of calls that another one always stops first',
    why: 'It reads like a limit and is never reached.',
    find: ({ cost, tools }) => {
      const { callsPerRun, repeatedCalls } = cost;
      if (callsPerRun === undefined) return [];
      const found: Found[] = [];
      if (repeatedCalls !== undefined && repeatedCalls > callsPerRun)
        found.push({
          clause: 'cost/repeatedCalls',
          message: `The same call may be made ${formatCount(repeatedCalls)} times, a run may make ${formatCount(callsPerRun)} calls in all.`,
          mend: {
            title: `Lower it to ${callsPerRun}`,
            edits: [{ op: 'set', path: ['cost', 'repeatedCalls'], value: callsPerRun }],
          },
        });
      const beyond = Object.entries(tools).flatMap(([name, { rateLimit }]) =>
        rateLimit?.per === 'run' && rateLimit.calls > callsPerRun ? [name] : [],
      );
      if (beyond.length > 0)
        found.push({
          clause: `tools/${beyond[0]}/rateLimit`,
          message: `A run may make ${formatCount(callsPerRun)} calls in all, fewer than ${someOf(beyond)} alone may be called.`,
          level: 'note',
        });
      return found;
    },
  },
  {
    id: 'threshold-out-of-reach',
    level: 'warning',
    what: 'a risk threshold that no run of the listed tools can reach',
    why: 'Nobody ever hears of a run as that risky.',
    find: (contract) => {
      const { risk, tools } = contract;
      if (risk.aggregate.rule === 'sum') return [];
      const detected = risk.detectors.map((name) => FINDS[name]);
      const highest = Math.max(
        0,
        ...Object.values(tools).map((tool) =>
          spanRisk(risk, {
            categories: [...new Set([...tool.categories, ...detected])],
            action: tool.action,
            egress: tool.egress,
          }),
        ),
      );
      const most = highest * (risk.aggregate.rule === 'capped' ? 1 + risk.aggregate.share : 1);
      return (['medium', 'high', 'critical'] as const).flatMap((band): Found[] =>
        risk.thresholds[band] <= most
          ? []
          : [
              {
                clause: `risk/thresholds/${band}`,
                message: `A run is ${band} from ${formatNumber(risk.thresholds[band])}; its tools reach ${formatNumber(most)} at most.`,
              },
            ],
      );
    },
  },
  {
    id: 'multipliers-out-of-order',
    level: 'warning',
    what: 'a transaction weighs less than a write, or a write less than a read',
    why: 'What can do more harm counts for less risk.',
    find: ({ risk: { actions } }) =>
      (
        [
          ['write', 'read'],
          ['transact', 'write'],
        ] as const
      ).flatMap(([heavier, lighter]): Found[] =>
        actions[heavier] >= actions[lighter]
          ? []
          : [
              {
                clause: `risk/actions/${heavier}`,
                message: `A ${heavier} call counts ${formatNumber(actions[heavier])} times, a ${lighter} call ${formatNumber(actions[lighter])} times.`,
                mend: {
                  title: `Raise it to ${formatNumber(actions[lighter])}`,
                  edits: [{ op: 'set', path: ['risk', 'actions', heavier], value: actions[lighter] }],
                },
              },
            ],
      ),
  },
  {
    id: 'outcome-unknown',
    level: 'error',
    what: 'a cost counted by an outcome that is none of the criteria',
    why: 'It never comes, so the cost stays unknown.',
    find: ({ cost, quality }) =>
      (['acceptedWhen', 'completedWhen'] as const).flatMap((key): Found[] => {
        const wanted = cost[key];
        if (wanted === undefined) return [];
        const criterion = quality.criteria.find(({ id }) => id === wanted);
        if (criterion?.signal === 'outcome') return [];
        return [
          {
            clause: `cost/${key}`,
            message:
              criterion === undefined
                ? `There is no criterion "${wanted}".`
                : `"${wanted}" is not measured by an outcome.`,
          },
        ];
      }),
  },
  {
    id: 'accepted-unsaid',
    level: 'note',
    what: 'a ceiling per accepted output where nothing says what is accepted',
    why: 'Without an outcome the cost of an accepted output stays unknown, and so does whether it is kept.',
    find: ({ cost }) =>
      cost.costPerAcceptedOutput === undefined || cost.acceptedWhen !== undefined
        ? []
        : [
            {
              clause: 'cost/costPerAcceptedOutput',
              message: 'Nothing says when an output counts as accepted.',
            },
          ],
  },
  {
    id: 'redacts-nothing',
    level: 'note',
    what: 'content to redact that no tool touches and no detector finds',
    why: 'There is nothing of it to leave out, so it may be a slip of the pen.',
    find: ({ versioning, tools, risk }) => {
      const touched = new Set([
        ...Object.values(tools).flatMap((tool) => tool.categories),
        ...risk.detectors.map((name) => FINDS[name]),
      ]);
      const idle = versioning.redact.filter((category) => !touched.has(category));
      return idle.length === 0
        ? []
        : [{ clause: 'versioning/redact', message: `No tool touches ${someOf(idle)} data.` }];
    },
  },
];
