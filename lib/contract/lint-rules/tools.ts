import { CATEGORY_OF } from '@/lib/scoring/detectors';
import { CATEGORIES } from '../categories';
import type { Contract, Tool } from '../schema';
import { filtersOf } from '../terms';
import { type Found, type LintRule, someOf } from './lint-rule';

/** Entries for tools by name; `*` speaks for tools nobody knows. */
function named({ tools }: Contract): [string, Tool][] {
  return Object.entries(tools).filter(([name]) => name !== '*');
}

/** Whether anything but the tools section speaks of the tool, so that its entry cannot simply go. */
function isSpokenOf(contract: Contract, name: string): boolean {
  return (
    contract.authority.rules.some((rule) => rule.tools.includes(name)) ||
    contract.evidence.some((item) => item.before.includes(name)) ||
    contract.failure.compensations.some((item) => item.tool === name || item.by === name)
  );
}

/** Tools that undo what others did: they are called once something went wrong, by whatever evidence there is then. */
function undoing({ tools, failure }: Contract): Set<string> {
  return new Set([
    ...Object.values(tools).flatMap((tool) =>
      typeof tool.reversible === 'object' ? [tool.reversible.by] : [],
    ),
    ...failure.compensations.map((item) => item.by),
  ]);
}

export const TOOL_RULES: readonly LintRule[] = [
  {
    id: 'no-tools',
    level: 'error',
    what: 'no tool is listed',
    why: 'Every call the agent makes is a breach.',
    find: ({ tools }) =>
      Object.keys(tools).length === 0 ? [{ clause: 'tools', message: 'No tool is listed.' }] : [],
  },
  {
    id: 'any-tool',
    level: 'note',
    what: '"*" lets tools in that are not listed',
    why: 'A tool nobody looked at is flagged and not refused.',
    find: ({ tools }) =>
      Object.hasOwn(tools, '*')
        ? [{ clause: 'tools/*', message: 'Tools that are not listed may be called.' }]
        : [],
  },
  {
    id: 'tool-without-categories',
    level: 'note',
    what: 'a tool without data categories (a warning when it writes or transacts)',
    why: 'Whatever data it is found to touch is a breach, and its calls count for no risk.',
    find: (contract) =>
      named(contract).flatMap(([name, tool]): Found[] =>
        tool.categories.length > 0
          ? []
          : [
              {
                clause: `tools/${name}/categories`,
                message: `${name} names no data it may touch.`,
                ...(tool.action === 'read' ? {} : { level: 'warning' as const }),
              },
            ],
      ),
  },
  {
    id: 'tool-forbidden',
    level: 'warning',
    what: 'a tool that is listed and forbidden',
    why: 'Forbidden wins, so it can never be called; readers of the tools believe it can.',
    find: (contract) =>
      contract.scope.forbidden.flatMap((act) =>
        named(contract).flatMap(([name, tool]): Found[] => {
          if (!act.tools.includes(name) && !act.actions.includes(tool.action)) return [];
          return [
            {
              clause: `tools/${name}`,
              message: `${name} is a tool of this contract, and scope/forbidden/${act.id} forbids it.`,
              ...(isSpokenOf(contract, name)
                ? {}
                : {
                    mend: {
                      title: 'Remove the tool',
                      edits: [{ op: 'remove' as const, path: ['tools', name] }],
                    },
                  }),
            },
          ];
        }),
      ),
  },
  {
    id: 'category-forbidden',
    level: 'error',
    what: 'a tool that touches data which is forbidden',
    why: 'Every call of it is refused and counts as a breach.',
    find: (contract) =>
      contract.scope.forbidden.flatMap((act) =>
        named(contract).flatMap(([name, tool]) =>
          tool.categories.flatMap((category, index): Found[] =>
            act.categories.includes(category)
              ? [
                  {
                    clause: `tools/${name}/categories`,
                    message: `${name} may touch ${category} data, and scope/forbidden/${act.id} forbids it.`,
                    mend: {
                      title: `Take ${category} from the tool`,
                      edits: [{ op: 'remove', path: ['tools', name, 'categories', index] }],
                    },
                  },
                ]
              : [],
          ),
        ),
      ),
  },
  {
    id: 'filter-idle',
    level: 'error',
    what: 'a filter of data that the tool is given, or that is forbidden',
    why: 'What the tool may touch is not filtered, and what is forbidden is refused: the filter never works.',
    find: (contract) =>
      Object.entries(contract.tools).flatMap(([name, tool]) =>
        filtersOf(tool).flatMap((filter, index) =>
          filter.categories.flatMap((category, at): Found[] => {
            const given = tool.categories.includes(category);
            const act = contract.scope.forbidden.find((each) => each.categories.includes(category));
            if (!given && act === undefined) return [];
            const filterAt = ['tools', name, 'filter', index];
            return [
              {
                clause: `tools/${name}/filter/${filter.id}`,
                message: `"${filter.id}" filters ${category} data, and ${given ? `${name} may touch it` : `scope/forbidden/${act?.id} forbids it`}.`,
                mend: {
                  title: `Take ${category} from the filter`,
                  edits: [
                    {
                      op: 'remove',
                      path: filter.categories.length === 1 ? filterAt : [...filterAt, 'categories', at],
                    },
                  ],
                },
              },
            ];
          }),
        ),
      ),
  },
  {
    id: 'filter-unseen',
    level: 'note',
    what: 'a filter of data that no detector finds',
    why: 'That it was not filtered is only known when the agent or its gateway says so.',
    find: ({ tools, risk }) => {
      const found = new Set(risk.detectors.map((name) => CATEGORY_OF[name]));
      return Object.entries(tools).flatMap(([name, tool]) =>
        filtersOf(tool).flatMap(({ id, categories }): Found[] => {
          const unseen = categories.filter((category) => !found.has(category));
          return unseen.length === 0
            ? []
            : [
                {
                  clause: `tools/${name}/filter/${id}`,
                  message: `No detector finds ${someOf(unseen)} data in what ${name} returns.`,
                },
              ];
        }),
      );
    },
  },
  {
    id: 'forbidden-unbound',
    level: 'warning',
    what: 'a forbidden act that names no tool, class or data',
    why: 'No call is refused because of it: it forbids in words only.',
    find: ({ scope }) =>
      scope.forbidden.flatMap((act): Found[] =>
        act.tools.length + act.actions.length + act.categories.length > 0
          ? []
          : [
              {
                clause: `scope/forbidden/${act.id}`,
                message: `Nothing says which call would be "${act.statement.replace(/\.$/, '')}".`,
              },
            ],
      ),
  },
  {
    id: 'category-unweighted',
    level: 'warning',
    what: 'data a tool touches or filters that has no weight in the risk profile',
    why: 'It counts with the highest weight there is, which few expect.',
    find: (contract) => {
      const unweighted = new Map<string, string>();
      for (const [name, tool] of Object.entries(contract.tools))
        for (const category of [
          ...tool.categories,
          ...filtersOf(tool).flatMap((filter) => filter.categories),
        ])
          if (!Object.hasOwn(contract.risk.categories, category) && !unweighted.has(category))
            unweighted.set(category, name);
      return [...unweighted].map(([category, tool]): Found => {
        const known = CATEGORIES.find((each) => each.slug === category);
        return {
          clause: 'risk/categories',
          message: `${tool} touches ${category} data, which has no weight.`,
          ...(known === undefined
            ? {}
            : {
                mend: {
                  title: `Weigh it ${known.weight}`,
                  edits: [{ op: 'set', path: ['risk', 'categories', category], value: known.weight }],
                },
              }),
        };
      });
    },
  },
  {
    id: 'transaction-repeatable',
    level: 'warning',
    what: 'a tool that transacts without an idempotency key, unless it undoes another',
    why: 'A call that is sent twice may be carried out twice.',
    find: (contract) => {
      const undo = undoing(contract);
      return named(contract).flatMap(([name, tool]): Found[] =>
        tool.action !== 'transact' || tool.idempotencyKey !== undefined || undo.has(name)
          ? []
          : [
              {
                clause: `tools/${name}`,
                message: `Nothing tells a repeated call of ${name} from a new one.`,
              },
            ],
      );
    },
  },
  {
    id: 'irreversible-alone',
    level: 'warning',
    what: 'a transaction that cannot be undone, made alone without any rule',
    why: 'Nobody looks before it happens, and nothing can be done after.',
    find: (contract) =>
      named(contract).flatMap(([name, tool]): Found[] => {
        if (tool.action !== 'transact' || tool.reversible !== false) return [];
        if (contract.authority.defaults.transact !== 'alone') return [];
        const restricted = contract.authority.rules.some(
          (rule) => rule.tier !== 'alone' && (rule.tools.length === 0 || rule.tools.includes(name)),
        );
        return restricted
          ? []
          : [
              {
                clause: `tools/${name}/reversible`,
                message: `${name} cannot be undone and is called without asking anyone.`,
                mend: {
                  title: 'Ask before transactions',
                  edits: [{ op: 'set', path: ['authority', 'defaults', 'transact'], value: 'approval' }],
                },
              },
            ];
      }),
  },
  {
    id: 'arguments-unchecked',
    level: 'note',
    what: 'a tool that writes or transacts and takes any arguments',
    why: 'Nothing checks what the agent sends.',
    find: (contract) => {
      const open = named(contract).flatMap(([name, tool]) =>
        tool.action !== 'read' && tool.arguments === undefined ? [name] : [],
      );
      if (open.length === 0) return [];
      return [{ clause: `tools/${open[0]}`, message: `No argument schema: ${someOf(open)}.` }];
    },
  },
  {
    id: 'evidence-missing',
    level: 'warning',
    what: 'a tool that transacts before which nothing must be shown, unless it undoes another',
    why: 'It commits the company on nobody’s evidence.',
    find: (contract) => {
      const covered = undoing(contract);
      for (const item of contract.evidence) for (const name of item.before) covered.add(name);
      return named(contract).flatMap(([name, tool]): Found[] =>
        tool.action !== 'transact' || covered.has(name)
          ? []
          : [{ clause: 'evidence', message: `Nothing has to be shown before ${name}.` }],
      );
    },
  },
  {
    id: 'evidence-without-fields',
    level: 'warning',
    what: 'evidence that asks for complete fields and names none',
    why: 'What has to be complete is left to the reader.',
    find: ({ evidence }) =>
      evidence.flatMap((item): Found[] =>
        item.requires === 'complete-fields' && item.fields.length === 0
          ? [{ clause: `evidence/${item.id}/fields`, message: `"${item.id}" names no field.` }]
          : [],
      ),
  },
];
