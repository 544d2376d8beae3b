import { plural } from '@/lib/format';
import { ROUTE_WORDS } from './change-row';
import type { RuleId } from './change-rules';
import type { Change } from './diff';
import { sentenceOf } from './diff-words';
import { routeOf } from './route';

export const READERS = ['sponsor', 'engineer', 'grc', 'operator'] as const;
export type Reader = (typeof READERS)[number];

/** What one reader should know of a diff. */
export interface Reading {
  reader: Reader;
  title: string;
  /** One sentence on top; null when nothing concerns them. */
  lead: string | null;
  /** The changes that concern them, those that widen first. */
  lines: { change: Change; sentence: string }[];
}

/**
 * What each reader answers for, by rule. Whatever goes back to Scoping is the sponsor's too, who signs G2. What is nobody's (words, labels, order) is in no
 * reading.
 */
const CONCERNS: Readonly<Record<Reader, { title: string; asks: string; rules: readonly RuleId[] }>> = {
  sponsor: {
    title: 'Sponsor',
    asks: 'what it may do, decide and spend',
    rules: [
      'agent-class',
      'task',
      'task-words',
      'actions',
      'forbidden-act',
      'forbidden-reach',
      'tool',
      'audience',
      'authority-level',
      'authority-default',
      'authority-rule',
      'rule-tier',
      'rule-reach',
      'rule-figure',
      'rule-conditions',
      'rule-approver',
      'reversible',
      'environments',
      'delegation',
      'policy',
      'criterion',
      'quality-target',
      'quality-comparison',
      'expert-review',
      'cost-figure',
      'cost-ceiling',
      'cost-response',
      'blast-radius',
    ],
  },
  engineer: {
    title: 'Engineer',
    asks: 'what has to be built and tested again',
    rules: [
      'telemetry',
      'build',
      'actions',
      'tool',
      'tool-class',
      'egress',
      'tool-scopes',
      'tool-categories',
      'tool-arguments',
      'tool-rate',
      'tool-server',
      'tool-safety',
      'idempotency',
      'reversible',
      'remedy',
      'domain-access',
      'data-domain',
      'authority-default',
      'authority-rule',
      'rule-tier',
      'rule-conditions',
      'rule-reach',
      'evidence',
      'evidence-reach',
      'evidence-kind',
      'evidence-age',
      'policy-version',
      'criterion',
      'quality-signal',
      'failure-answer',
      'compensation',
      'cost-ceiling',
      'forbidden-act',
      'forbidden-reach',
      'tool-filter',
      'filter-act',
      'running-runs',
      'code-rollback',
      'compensation-terms',
    ],
  },
  grc: {
    title: 'GRC',
    asks: 'data, risk and who decides',
    rules: [
      'agent-class',
      'task',
      'task-words',
      'actions',
      'forbidden-act',
      'forbidden-reach',
      'tool',
      'tool-class',
      'egress',
      'tool-scopes',
      'tool-categories',
      'data-domain',
      'domain-access',
      'authority-level',
      'authority-default',
      'authority-rule',
      'rule-tier',
      'rule-reach',
      'rule-figure',
      'rule-conditions',
      'rule-approver',
      'evidence',
      'evidence-reach',
      'evidence-kind',
      'evidence-age',
      'policy',
      'policy-version',
      'audience',
      'environments',
      'delegation',
      'risk-weight',
      'risk-factor',
      'risk-threshold',
      'detectors',
      'failure-response',
      'kill-switch',
      'blast-radius',
      'retention',
      'redact',
      'review',
      'expert-review',
      'tool-filter',
      'filter-act',
      'remedy',
      'ladder',
      'ladder-trigger',
      'ladder-step',
      'recovery',
    ],
  },
  operator: {
    title: 'Operator',
    asks: 'what wakes you, what waits for you and what stops it',
    rules: [
      'owners',
      'authority-level',
      'authority-default',
      'authority-rule',
      'rule-tier',
      'rule-reach',
      'rule-figure',
      'rule-conditions',
      'rule-approver',
      'tool-rate',
      'tool-safety',
      'reversible',
      'remedy',
      'risk-threshold',
      'risk-weight',
      'risk-factor',
      'cost-figure',
      'cost-ceiling',
      'cost-response',
      'failure-response',
      'failure-answer',
      'rollback',
      'kill-switch',
      'compensation',
      'blast-radius',
      'build',
      'running-runs',
      'code-rollback',
      'compensation-terms',
      'ladder',
      'ladder-trigger',
      'ladder-step',
      'recovery',
    ],
  },
};

const ORDER = { wider: 0, narrower: 1, neutral: 2 } as const;

/** One diff, four readings: the same changes as each reader answers for them. Made by rule; the same diff reads the same. */
export function readingsOf(changes: readonly Change[]): Reading[] {
  return READERS.map((reader) => {
    const { title, asks, rules } = CONCERNS[reader];
    const theirs = changes
      .filter((change) => rules.includes(change.rule) || (reader === 'sponsor' && change.route === 'scoping'))
      .toSorted((a, b) => ORDER[a.direction] - ORDER[b.direction]);
    return {
      reader,
      title,
      lead: theirs.length === 0 ? null : leadOf(theirs, asks),
      lines: theirs.map((change) => ({ change, sentence: sentenceOf(change) })),
    };
  });
}

/** "3 changes of what it may do, decide and spend: 2 wider, 1 narrower. They go to Scoping: …" */
function leadOf(changes: readonly Change[], asks: string): string {
  const counts = (['wider', 'narrower', 'neutral'] as const).flatMap((direction) => {
    const count = changes.filter((change) => change.direction === direction).length;
    return count === 0 ? [] : [`${count} ${direction}`];
  });
  const { route } = routeOf(changes);
  const goes =
    route === null
      ? ''
      : ` ${changes.length === 1 ? 'It goes' : 'They go'} to ${ROUTE_WORDS[route].title}: ${ROUTE_WORDS[route].means}.`;
  return `${plural(changes.length, 'change')} in ${asks}: ${counts.join(', ')}.${goes}`;
}
