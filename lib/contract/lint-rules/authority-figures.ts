import { formatExact } from '@/lib/format';
import type { Condition } from '../schema';
import { covers, type Rule, rank, rivalsOf, rulesOf } from './authority';
import { type Found, type LintRule, someOf } from './lint-rule';

/** Figures of rules, held against each other and against the words beside them. */
export const FIGURE_RULES: readonly LintRule[] = [
  {
    id: 'rule-overlapped',
    level: 'warning',
    what: 'a rule that frees calls up to a figure beyond which another asks from a lower one',
    why: 'The stricter rule decides, so it acts alone less far than whoever reads this rule believes.',
    find: (contract) => {
      const rules = rulesOf(contract);
      const rivals = rivalsOf(rules);
      return rules.flatMap((rule): Found[] =>
        rule.when.flatMap((bound, at): Found[] => {
          if (rule.tier !== 'alone' || !isFigure(bound)) return [];
          for (const other of rivals(rule)) {
            const from = cutsShort(other, rule, bound);
            if (from === undefined) continue;
            return [
              {
                clause: `authority/${rule.id}/when`,
                message: `The rule "${rule.id}" frees calls to ${formatExact(bound.value)}, and "${other.id}" asks from ${formatExact(from)}.`,
                mend: {
                  title: `End it at ${formatExact(from)}`,
                  edits: [
                    { op: 'set', path: ['authority', 'rules', rule.index, 'when', at, 'value'], value: from },
                  ],
                },
              },
            ];
          }
          return [];
        }),
      );
    },
  },
  {
    id: 'words-against-figures',
    level: 'warning',
    what: 'a rule whose words name other amounts than its conditions',
    why: 'People read and sign the words; calls are decided by the conditions.',
    find: (contract) =>
      rulesOf(contract).flatMap((rule): Found[] => {
        const figures = rule.when.flatMap((condition) => (isFigure(condition) ? [condition.value] : []));
        const named = figures.length === 0 ? [] : amountsIn(rule.statement ?? '');
        if (named.length === 0) return [];
        // A figure that no amount speaks of may be of something else, such as a number of days.
        const said = named.filter((amount) => !figures.includes(amount));
        const missing = figures.filter((figure) => !named.includes(figure));
        if (said.length === 0 || missing.length === 0) return [];
        return [
          {
            clause: `authority/${rule.id}/statement`,
            message: `The words of "${rule.id}" say ${someOf(said.map(formatExact))}, its conditions ${someOf(missing.map(formatExact))}.`,
          },
        ];
      }),
  },
];

/** Amounts of money as people write them, "$1,000" or "€2,500.50"; what is told in thousands or millions is left alone. */
function amountsIn(text: string): number[] {
  if (!/[$€£]/.test(text)) return [];
  return [
    ...text.matchAll(/[$€£]\s?(\d[\d,]*(?:\.\d+)?)(?![.,]?\d|\s?(?:k|m|bn|thousand|million|billion)\b)/gi),
  ].map((match) => Number((match[1] ?? '').replaceAll(',', '')));
}

type Figure = Extract<Condition, { op: '<' | '<=' | '>' | '>=' }>;

function isFigure(condition: Condition): condition is Figure {
  return condition.op === '<' || condition.op === '<=' || condition.op === '>' || condition.op === '>=';
}

/** The figure from which the other rule asks, by its one condition, for calls that this bound of a rule sets free. */
function cutsShort(other: Rule, rule: Rule, bound: Figure): number | undefined {
  const [from] = other.when;
  if (from === undefined || !isFigure(from) || from.field !== bound.field || other.when.length > 1) return;
  const below = bound.op.startsWith('<');
  if (rank(other) === 0 || below === from.op.startsWith('<')) return;
  if (below ? from.value >= bound.value : from.value <= bound.value) return;
  return covers({ ...other, when: [] }, { ...rule, when: [] }) ? from.value : undefined;
}
