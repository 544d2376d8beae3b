import type { Key } from './expected';
import type { Contract } from './schema';
import { isSlowPattern } from './slow-pattern';
import { filtersOf, ladder, recovery } from './terms';
import { DEFAULTS_AGENT } from './workspace-defaults';

/** A fault that no single field shows: two places that do not fit together. */
export interface Misfit {
  path: Key[];
  message: string;
  expected?: string;
}

const CONDITION_FIELD = /^(arg\.[^\s]+|category|action|tool)$/;
/** Ids that would make a clause name ambiguous: `authority/level` and `authority/defaults` are clauses of their own. */
const RESERVED_RULE_IDS = new Set(['level', 'defaults']);

/** Everything in a contract that fits the schema but not itself. Pure; an empty list means it is sound. */
export function check(contract: Contract): Misfit[] {
  return [
    ...agentName(contract),
    ...extendsItself(contract),
    ...duplicateIds(contract),
    ...unknownTools(contract),
    ...rules(contract),
    ...escalation(contract),
    ...patterns(contract),
  ];
}

/** `/contracts/import` and its like are places of their own. */
export const RESERVED_AGENTS: ReadonlySet<string> = new Set(['import', 'defaults', 'drafts', 'new']);

function agentName({ identity }: Contract): Misfit[] {
  if (!RESERVED_AGENTS.has(identity.agent)) return [];
  return [
    {
      path: ['identity', 'agent'],
      message: `An agent cannot be called "${identity.agent}": the name is taken by the product itself.`,
      expected: 'another name',
    },
  ];
}

function extendsItself(contract: Contract): Misfit[] {
  return contract.extends === undefined || contract.identity.agent !== DEFAULTS_AGENT
    ? []
    : [
        {
          path: ['extends'],
          message: 'The workspace defaults cannot extend themselves.',
          expected: 'every clause written out',
        },
      ];
}

function duplicateIds(contract: Contract): Misfit[] {
  const lists: [Key[], readonly { id: string }[]][] = [
    [['scope', 'tasks'], contract.scope.tasks],
    [['scope', 'forbidden'], contract.scope.forbidden],
    [['data', 'domains'], contract.data.domains],
    [['authority', 'rules'], contract.authority.rules],
    [['evidence'], contract.evidence],
    [['policies'], contract.policies],
    [['quality', 'criteria'], contract.quality.criteria],
    [['failure', 'compensations'], contract.failure.compensations],
    [['failure', 'ladder'], ladder(contract)],
    [['failure', 'recovery'], recovery(contract)],
    ...Object.entries(contract.tools).map(([name, tool]): [Key[], readonly { id: string }[]] => [
      ['tools', name, 'filter'],
      filtersOf(tool),
    ]),
  ];
  return lists.flatMap(([path, items]) => {
    const seen = new Set<string>();
    return items.flatMap((item, index): Misfit[] => {
      if (!seen.has(item.id)) {
        seen.add(item.id);
        return [];
      }
      return [
        {
          path: [...path, index, 'id'],
          message: `The id "${item.id}" is used twice in this list; a clause must have one name.`,
          expected: 'an id no other item of the list has',
        },
      ];
    });
  });
}

function unknownTools(contract: Contract): Misfit[] {
  const known = new Set(Object.keys(contract.tools));
  const misfits: Misfit[] = [];
  const need = (tool: string, path: Key[]) => {
    if (known.has(tool)) return;
    misfits.push({
      path,
      message: `"${tool}" is not a tool of this contract.`,
      expected:
        known.size === 0 ? 'a tool listed under tools' : `one of ${[...known].slice(0, 8).join(', ')}`,
    });
  };
  contract.authority.rules.forEach((rule, index) => {
    rule.tools.forEach((tool, at) => {
      need(tool, ['authority', 'rules', index, 'tools', at]);
    });
  });
  contract.evidence.forEach((item, index) => {
    item.before.forEach((tool, at) => {
      need(tool, ['evidence', index, 'before', at]);
    });
  });
  contract.failure.compensations.forEach((item, index) => {
    need(item.tool, ['failure', 'compensations', index, 'tool']);
    need(item.by, ['failure', 'compensations', index, 'by']);
  });
  // `refund.reverse` need not be the agent's own tool: an operator may compensate with it. So `reversible.by` is free.
  return misfits;
}

function rules(contract: Contract): Misfit[] {
  return contract.authority.rules.flatMap((rule, index): Misfit[] => {
    const at: Key[] = ['authority', 'rules', index];
    const misfits: Misfit[] = [];
    if (RESERVED_RULE_IDS.has(rule.id))
      misfits.push({
        path: [...at, 'id'],
        message: `A rule cannot be called "${rule.id}": authority/${rule.id} is a clause of its own.`,
        expected: 'another id',
      });
    if ((rule.tier === 'approval' || rule.tier === 'escalation') && rule.by === undefined)
      misfits.push({
        path: at,
        message: `The rule "${rule.id}" asks for ${rule.tier} but does not say whose.`,
        expected: '"by" with the role that decides',
      });
    rule.when.forEach((condition, n) => {
      if (!CONDITION_FIELD.test(condition.field))
        misfits.push({
          path: [...at, 'when', n, 'field'],
          message: `A condition cannot test "${condition.field}".`,
          expected: 'arg.<path>, category, action or tool',
        });
    });
    return misfits;
  });
}

function escalation(contract: Contract): Misfit[] {
  const { escalation: path, operator } = contract.ownership;
  const paged = new Set([operator]);
  let last = 0;
  return path.flatMap((step, index): Misfit[] => {
    const misfits: Misfit[] = [];
    if (paged.has(step.to))
      misfits.push({
        path: ['ownership', 'escalation', index, 'to'],
        message: `${step.to} is already paged earlier: the escalation goes in a circle.`,
        expected: 'somebody who is not on the path yet',
      });
    if (step.afterMinutes <= last)
      misfits.push({
        path: ['ownership', 'escalation', index, 'afterMinutes'],
        message: 'The escalation path goes back in time.',
        expected: `more than ${last} minutes`,
      });
    paged.add(step.to);
    last = Math.max(last, step.afterMinutes);
    return misfits;
  });
}

function patterns(contract: Contract): Misfit[] {
  const misfits: Misfit[] = [];
  const visit = (schema: unknown, path: Key[]): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'pattern' && typeof value === 'string' && isSlowPattern(value))
        misfits.push({
          path: [...path, key],
          message:
            'This pattern repeats what can match the same text in several ways; some arguments would take for ever to match.',
          expected: 'a pattern in which repeated parts match one way only',
        });
      else visit(value, [...path, key]);
    }
  };
  for (const [name, tool] of Object.entries(contract.tools))
    visit(tool.arguments, ['tools', name, 'arguments']);
  return misfits;
}
