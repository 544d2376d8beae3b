import { AUTHORITY_LEVELS, type Contract, LADDER_STEPS, type LadderStep } from '../schema';
import { compensationTerms, ladder, recovery } from '../terms';
import type { Found, LintRule } from './lint-rule';

const stepRank = ({ step }: LadderStep) => LADDER_STEPS.indexOf(step);
const levelRank = (level: Contract['authority']['level']) => AUTHORITY_LEVELS.indexOf(level);

/** What follows a breach: the ladder, the way back, what is made good. */
export const AFTERMATH_RULES: readonly LintRule[] = [
  {
    id: 'ladder-out-of-order',
    level: 'warning',
    what: 'a step of the ladder that is milder than the one before it',
    why: 'Readers take the ladder for what it says, from the mildest step to the strictest.',
    find: (contract) => {
      const steps = ladder(contract);
      return steps.flatMap((step, index): Found[] => {
        const before = steps[index - 1];
        if (before === undefined || stepRank(step) >= stepRank(before)) return [];
        return [
          {
            clause: `failure/ladder/${step.id}`,
            message: `"${step.id}" (${step.step}) stands behind "${before.id}" (${before.step}), which is stricter.`,
            mend: {
              title: 'Move it up',
              edits: [{ op: 'move', path: ['failure', 'ladder', index], to: index - 1 }],
            },
          },
        ];
      });
    },
  },
  {
    id: 'ladder-not-lower',
    level: 'error',
    what: 'a step that narrows to the level of the contract, or above it',
    why: 'The step takes nothing from the agent.',
    find: (contract) =>
      ladder(contract).flatMap((step, index): Found[] => {
        if (step.step !== 'narrow' || step.to === undefined) return [];
        if (levelRank(step.to) < levelRank(contract.authority.level)) return [];
        return [
          {
            clause: `failure/ladder/${step.id}/to`,
            message: `"${step.id}" narrows to ${step.to}, and the contract's level is ${contract.authority.level}.`,
            mend: {
              title: 'Let it narrow by one level',
              edits: [{ op: 'remove', path: ['failure', 'ladder', index, 'to'] }],
            },
          },
        ];
      }),
  },
  {
    id: 'ladder-level-idle',
    level: 'warning',
    what: 'a level on a step that does not narrow',
    why: 'Only a step that narrows has a level; here it says nothing.',
    find: (contract) =>
      ladder(contract).flatMap((step, index): Found[] =>
        step.step === 'narrow' || step.to === undefined
          ? []
          : [
              {
                clause: `failure/ladder/${step.id}/to`,
                message: `"${step.id}" does not narrow, and names the level ${step.to}.`,
                mend: {
                  title: 'Remove the level',
                  edits: [{ op: 'remove', path: ['failure', 'ladder', index, 'to'] }],
                },
              },
            ],
      ),
  },
  {
    id: 'recovery-unsaid',
    level: 'note',
    what: 'a ladder that pauses, and nothing that must hold before the agent works again',
    why: 'What is not agreed is decided by whoever lets it go on.',
    find: (contract) => {
      const holds = ladder(contract).find((step) => step.step === 'pause' || step.step === 'recertify');
      return holds === undefined || recovery(contract).length > 0
        ? []
        : [
            {
              clause: `failure/ladder/${holds.id}`,
              message: `"${holds.id}" holds the agent; nothing says what must hold before it works again.`,
            },
          ];
    },
  },
  {
    id: 'compensation-irreversible',
    level: 'note',
    what: 'what undoes an action cannot itself be undone (a warning when nobody approves it)',
    why: 'A compensation that was wrong stays.',
    find: ({ failure, tools }) =>
      failure.compensations.flatMap((item): Found[] => {
        const by = Object.hasOwn(tools, item.by) ? tools[item.by] : undefined;
        if (by === undefined || by.action === 'read' || by.reversible !== false) return [];
        const unasked = compensationTerms(item).approval === 'none';
        return [
          {
            clause: `failure/compensations/${item.id}`,
            message: `${item.by}, which undoes ${item.tool}, cannot itself be undone${unasked ? ', and nobody approves it' : ''}.`,
            ...(unasked ? { level: 'warning' as const } : {}),
          },
        ];
      }),
  },
  {
    id: 'compensation-by-itself',
    level: 'warning',
    what: 'an action that is to be undone by itself',
    why: 'Doing it again does not undo it.',
    find: ({ failure }) =>
      failure.compensations.flatMap((item): Found[] =>
        item.tool === item.by
          ? [
              {
                clause: `failure/compensations/${item.id}`,
                message: `${item.tool} is to be undone by ${item.by}.`,
              },
            ]
          : [],
      ),
  },
  {
    id: 'code-rollback-unheard',
    level: 'error',
    what: 'a webhook endpoint that takes the code back and that the workspace does not have',
    why: 'Nobody hears that the code must go back; the contract goes back alone.',
    find: ({ failure }, { endpoints }) =>
      failure.codeRollback === undefined ||
      endpoints === undefined ||
      endpoints.includes(failure.codeRollback.hook)
        ? []
        : [
            {
              clause: 'failure/codeRollback/hook',
              message: `No webhook endpoint is called "${failure.codeRollback.hook}".`,
            },
          ],
  },
  {
    id: 'rollback-idle',
    level: 'warning',
    what: 'a way back for code or runs where no breach rolls back',
    why: 'No breach of this contract leads to it.',
    find: ({ failure }) => {
      const rollsBack = (['low', 'medium', 'high', 'critical'] as const).some((band) =>
        failure[band].includes('roll-back'),
      );
      if (rollsBack) return [];
      const clause =
        failure.codeRollback !== undefined
          ? 'failure/codeRollback'
          : failure.runningRuns !== undefined
            ? 'failure/runningRuns'
            : null;
      return clause === null ? [] : [{ clause, message: 'No breach, however severe, rolls back.' }];
    },
  },
];
