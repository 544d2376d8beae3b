import { conditionsImply } from '../diff-conditions';
import { type ActionClass, type Condition, type Contract, TIERS } from '../schema';
import { type Found, type LintRule, someOf } from './lint-rule';

export type Rule = Contract['authority']['rules'][number];
type Indexed = Rule & { index: number };

export function rulesOf(contract: Contract): Indexed[] {
  return contract.authority.rules.map((rule, index) => ({ ...rule, index }));
}

/** The classes of the tools a rule speaks of. */
function classesOf(contract: Contract, rule: Rule): Set<ActionClass> {
  const names = rule.tools.length === 0 ? Object.keys(contract.tools) : rule.tools;
  return new Set(
    names.flatMap((name) => {
      const action = entryOf(contract, name)?.action;
      return action === undefined || (rule.actions.length > 0 && !rule.actions.includes(action))
        ? []
        : [action];
    }),
  );
}

function entryOf(contract: Contract, name: string) {
  return Object.hasOwn(contract.tools, name) ? contract.tools[name] : undefined;
}

/** Whether `outer` speaks of every call that `inner` speaks of. */
export function covers(outer: Rule, inner: Rule): boolean {
  const listCovers = (a: readonly string[], b: readonly string[]) =>
    a.length === 0 || (b.length > 0 && b.every((name) => a.includes(name)));
  return (
    listCovers(outer.tools, inner.tools) &&
    listCovers(outer.actions, inner.actions) &&
    conditionsImply(inner.when, outer.when)
  );
}

/** Rules that could cover another: those without tools, and those that name its first. Keeps long lists quick. */
export function rivalsOf(rules: readonly Indexed[]): (rule: Indexed) => Indexed[] {
  const byTool = new Map<string, Indexed[]>();
  for (const rule of rules)
    for (const tool of rule.tools.length === 0 ? [''] : rule.tools)
      byTool.set(tool, [...(byTool.get(tool) ?? []), rule]);
  return (rule) => [...(byTool.get('') ?? []), ...(byTool.get(rule.tools[0] ?? '-') ?? [])];
}

export const rank = (rule: Rule) => TIERS.indexOf(rule.tier);
const removal = (rule: Indexed) => ({
  title: 'Remove the rule',
  edits: [{ op: 'remove' as const, path: ['authority', 'rules', rule.index] }],
});

export const AUTHORITY_RULES: readonly LintRule[] = [
  {
    id: 'rule-speaks-of-nothing',
    level: 'error',
    what: 'a rule names classes of action that none of its tools has',
    why: 'The rule reads as if it decided something, and never does.',
    find: (contract) =>
      rulesOf(contract).flatMap((rule): Found[] =>
        classesOf(contract, rule).size > 0 || rule.tools.length + rule.actions.length === 0
          ? []
          : [
              {
                clause: `authority/${rule.id}`,
                message: `No tool the rule "${rule.id}" speaks of ${rule.actions.length === 0 ? 'is listed' : `is of the class ${rule.actions.join(' or ')}`}.`,
                mend: removal(rule),
              },
            ],
      ),
  },
  {
    id: 'rule-impossible',
    level: 'error',
    what: 'conditions of a rule that no single value can meet together',
    why: 'The rule reads as if it decided something, and never does.',
    find: (contract) =>
      rulesOf(contract).flatMap((rule): Found[] => {
        const pair = impossible(rule.when);
        if (pair === undefined) return [];
        return [
          {
            clause: `authority/${rule.id}/when`,
            message: `No ${pair.field.replace(/^arg\./, '')} can meet both conditions of the rule "${rule.id}".`,
            mend: removal(rule),
          },
        ];
      }),
  },
  {
    id: 'rule-never-reached',
    level: 'warning',
    what: 'a rule that a stricter one covers, so that it never decides',
    why: 'Whoever reads the rule believes that calls are decided by it.',
    find: (contract) => {
      const rules = rulesOf(contract);
      const rivals = rivalsOf(rules);
      return rules.flatMap((rule): Found[] => {
        const stricter = rivals(rule).find(
          (other) =>
            other.index !== rule.index && rank(other) > 0 && rank(other) > rank(rule) && covers(other, rule),
        );
        if (stricter === undefined) return [];
        return [
          {
            clause: `authority/${rule.id}`,
            message: `Every call the rule "${rule.id}" speaks of is decided by "${stricter.id}", which asks for more.`,
            mend: removal(rule),
          },
        ];
      });
    },
  },
  {
    id: 'rule-twice',
    level: 'warning',
    what: 'two rules that say the same',
    why: 'The same person is asked twice for the same call.',
    find: (contract) => {
      const rules = rulesOf(contract);
      const rivals = rivalsOf(rules);
      return rules.flatMap((rule): Found[] => {
        const first = rivals(rule).find(
          (other) =>
            other.index < rule.index &&
            rank(other) === rank(rule) &&
            other.by === rule.by &&
            covers(other, rule) &&
            covers(rule, other),
        );
        if (first === undefined) return [];
        return [
          {
            clause: `authority/${rule.id}`,
            message: `The rule "${rule.id}" says what "${first.id}" says.`,
            mend: removal(rule),
          },
        ];
      });
    },
  },
  {
    id: 'rule-idle',
    level: 'warning',
    what: 'a rule that frees calls which nobody asks for anyway',
    why: 'It reads like a limit: calls beyond it are made alone as well.',
    find: (contract) =>
      rulesOf(contract).flatMap((rule): Found[] => {
        if (rule.tier !== 'alone') return [];
        const classes = [...classesOf(contract, rule)];
        if (classes.length === 0 || classes.some((action) => contract.authority.defaults[action] !== 'alone'))
          return [];
        return [
          {
            clause: `authority/${rule.id}`,
            message: `Calls of the class ${classes.join(' or ')} are made alone by default, so the rule "${rule.id}" frees nothing.`,
          },
        ];
      }),
  },
  {
    id: 'freed-and-forbidden',
    level: 'error',
    what: 'a rule lets the agent do alone what is forbidden',
    why: 'Forbidden wins, so every such call is refused and counts as a breach.',
    find: (contract) =>
      contract.scope.forbidden.flatMap((act) =>
        rulesOf(contract).flatMap((rule): Found[] => {
          if (rule.tier === 'never') return [];
          const tools = rule.tools.filter((name) => act.tools.includes(name));
          if (tools.length === 0) return [];
          return [
            {
              clause: `authority/${rule.id}`,
              message: `The rule "${rule.id}" allows ${someOf(tools)}, which scope/forbidden/${act.id} forbids.`,
              ...(tools.length === rule.tools.length ? { mend: removal(rule) } : {}),
            },
          ];
        }),
      ),
  },
  {
    id: 'condition-on-unknown-argument',
    level: 'warning',
    what: 'a condition on an argument that none of the rule’s tools takes',
    why: 'What is never sent counts against the call: a restriction then holds for every call, a freedom for none.',
    find: (contract) =>
      rulesOf(contract).flatMap((rule): Found[] => {
        if (rule.tools.length === 0) return [];
        return rule.when.flatMap((condition): Found[] => {
          const [first] = condition.field.replace(/^arg\./, '').split('.');
          if (!condition.field.startsWith('arg.') || first === undefined) return [];
          const taken = rule.tools.some((name) => mayTake(contract, name, first));
          return taken
            ? []
            : [
                {
                  clause: `authority/${rule.id}/when`,
                  message: `${someOf(rule.tools)} takes no argument "${first}".`,
                },
              ];
        });
      }),
  },
  {
    id: 'rule-unaimed',
    level: 'warning',
    what: 'a restriction on an argument that names no tool',
    why: 'Every call that lacks the argument is held to the rule, whatever tool it is.',
    find: (contract) =>
      rulesOf(contract).flatMap((rule): Found[] =>
        rule.tier === 'alone' ||
        rule.tools.length > 0 ||
        !rule.when.some(({ field }) => field.startsWith('arg.'))
          ? []
          : [
              {
                clause: `authority/${rule.id}/tools`,
                message: `The rule "${rule.id}" tests an argument and names no tool.`,
              },
            ],
      ),
  },
  {
    id: 'tool-out-of-scope',
    level: 'error',
    what: 'a tool whose class the permitted kinds of action do not open',
    why: 'Every call of it is refused and counts as a breach.',
    find: (contract) => {
      const { actions } = contract.scope;
      const opens: Record<ActionClass, boolean> = {
        read: actions.includes('read'),
        write: actions.includes('draft') || actions.includes('execute'),
        transact: actions.includes('execute'),
      };
      return (['read', 'write', 'transact'] as const).flatMap((action): Found[] => {
        const tools = Object.keys(contract.tools).filter(
          (name) => entryOf(contract, name)?.action === action,
        );
        if (opens[action] || tools.length === 0) return [];
        const missing = action === 'read' ? 'read' : action === 'write' ? 'draft' : 'execute';
        return [
          {
            clause: 'scope/actions',
            message: `${someOf(tools)} ${tools.length === 1 ? 'is' : 'are'} of the class ${action}, which "${missing}" would permit.`,
            mend: {
              title: `Permit "${missing}"`,
              edits: [{ op: 'insert', path: ['scope', 'actions'], index: actions.length, value: missing }],
            },
          },
        ];
      });
    },
  },
  {
    id: 'level-below-tools',
    level: 'warning',
    what: 'an authority level under which some tools can never be used',
    why: 'The level stops every call that writes, so the tools stand in the contract for nothing.',
    find: (contract) => {
      const { level } = contract.authority;
      if (level !== 'suggest-only' && level !== 'read-only') return [];
      const tools = Object.keys(contract.tools).filter((name) => entryOf(contract, name)?.action !== 'read');
      if (tools.length === 0) return [];
      return [
        {
          clause: 'authority/level',
          message: `At the level ${level} it may never call ${someOf(tools)}.`,
        },
      ];
    },
  },
];

/** Two conditions on one field that exclude each other. */
function impossible(conditions: readonly Condition[]): Condition | undefined {
  return conditions.find(
    (one, index) =>
      one.field !== 'category' &&
      conditions.slice(index + 1).some((other) => other.field === one.field && excludes(one, other)),
  );
}

function excludes(one: Condition, other: Condition): boolean {
  if (one.op === 'absent' || other.op === 'absent') return one.op !== other.op;
  if (one.op === 'present' || other.op === 'present') return false;
  const opposite = oppositeOf(other);
  return opposite !== undefined && conditionsImply([one], [opposite]);
}

/** What holds of every value that is there when the condition does not. */
function oppositeOf(condition: Condition): Condition | undefined {
  const { field } = condition;
  switch (condition.op) {
    case '<':
      return { field, op: '>=', value: condition.value };
    case '<=':
      return { field, op: '>', value: condition.value };
    case '>':
      return { field, op: '<=', value: condition.value };
    case '>=':
      return { field, op: '<', value: condition.value };
    case '=':
      return { field, op: '!=', value: condition.value };
    case '!=':
      return { field, op: '=', value: condition.value };
    case 'in':
      return { field, op: 'not-in', value: condition.value };
    case 'not-in':
      return { field, op: 'in', value: condition.value };
    default:
      return undefined;
  }
}

/** Whether a call of the tool can carry the argument; without a closed schema it can carry any. */
function mayTake(contract: Contract, tool: string, argument: string): boolean {
  const schema = entryOf(contract, tool)?.arguments;
  if (schema === undefined) return true;
  return Object.hasOwn(schema.properties ?? {}, argument) || schema.additionalProperties !== false;
}
