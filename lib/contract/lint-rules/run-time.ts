import { plural } from '@/lib/format';
import type { Contract } from '../schema';
import type { LintRule } from './lint-rule';

/**
 * What a contract agrees that nothing decides, scores or does while the agent runs. An entry goes when the runtime learns it;
 * docs/lint.md shows the same list.
 */
export const NOT_ENFORCED: readonly {
  clause: string;
  what: string;
  instead: string;
  count: (contract: Contract) => number;
}[] = [
  {
    clause: 'evidence',
    what: 'What must be shown before an action',
    instead: 'The agent has to keep to it; scenario suites test that.',
    count: ({ evidence }) => evidence.length,
  },
  {
    clause: 'quality/criteria',
    what: 'Quality criteria',
    instead: 'Their signals are taken in and scored; a target that is missed refuses no call.',
    count: ({ quality }) => quality.criteria.length,
  },
  {
    clause: 'tools',
    what: 'Time-outs and circuit breakers of tools',
    instead: 'The agent or its gateway has to keep to them.',
    count: ({ tools }) =>
      Object.values(tools).filter(
        (tool) => tool.timeoutSeconds !== undefined || tool.circuitBreaker !== undefined,
      ).length,
  },
  {
    clause: 'tools',
    what: 'Idempotency keys of tools',
    instead: 'The system that offers the tool has to keep to them.',
    count: ({ tools }) => Object.values(tools).filter((tool) => tool.idempotencyKey !== undefined).length,
  },
  {
    clause: 'cost/throttle',
    what: 'The throttle',
    instead: 'Rate limits of tools are enforced; this one is not.',
    count: ({ cost }) => (cost.throttle === undefined ? 0 : 1),
  },
  {
    clause: 'cost/costPerAcceptedOutput',
    what: 'Cost per accepted output',
    instead: 'It is shown against its ceiling; budgets per run, day and month are enforced.',
    count: ({ cost }) => (cost.costPerAcceptedOutput === undefined ? 0 : 1),
  },
  {
    clause: 'failure/kinds',
    what: 'What it does when it cannot comply',
    instead: 'The agent has to do it; scenario suites test that.',
    count: ({ failure }) => Object.values(failure.kinds).filter((kind) => kind !== undefined).length,
  },
  {
    clause: 'failure/blastRadius',
    what: 'The blast radius',
    instead: 'Rate limits, argument schemas and budgets bound what one run can do.',
    count: ({ failure }) => (failure.blastRadius === undefined ? 0 : 1),
  },
  {
    clause: 'versioning/retentionDays',
    what: 'How long its runs are kept',
    instead: 'Runs are kept until they are deleted by hand.',
    count: () => 1,
  },
  {
    clause: 'versioning/redact',
    what: 'Content that is never kept',
    instead: 'Content is kept as it was sent: leave it out at the source.',
    count: ({ versioning }) => (versioning.redact.length === 0 ? 0 : 1),
  },
  {
    clause: 'identity/delegation/until',
    what: 'The end of the delegation',
    instead: 'Lint tells when it is over; calls are decided as before.',
    count: ({ identity }) => (identity.delegation.until === undefined ? 0 : 1),
  },
];

export const RUN_TIME_RULES: readonly LintRule[] = [
  {
    id: 'not-enforced',
    level: 'note',
    what: 'clauses that nothing enforces while the agent runs',
    why: 'It is agreed and signed, and no call is refused because of it.',
    find: (contract) =>
      NOT_ENFORCED.flatMap(({ clause, what, instead, count }) => {
        const clauses = count(contract);
        return clauses === 0
          ? []
          : [
              {
                clause,
                message: `${what} (${plural(clauses, 'clause')}) nothing checks at run time. ${instead}`,
              },
            ];
      }),
  },
];
