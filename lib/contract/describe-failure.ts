/** Plain words for what follows when breaches add up. Made by rule, as describe.ts does. */
import { formatExact, plural } from '@/lib/format';
import { figure, minutes, type Sentence, tool } from './describe';
import type { Compensation, LadderStep, LadderTrigger, RunningRuns } from './schema';
import { compensationTerms, gateOf } from './terms';

export const STEP_WORDS: Record<LadderStep['step'], string> = {
  warn: 'the operator is warned',
  narrow: 'its authority is narrowed',
  review: 'a person approves what it writes',
  pause: 'it is paused',
  recertify: 'it is certified again',
};

export const RUNNING_RUNS_WORDS: Record<RunningRuns, string> = {
  finish: 'they finish',
  pause: 'they are paused',
  stop: 'they are stopped',
};

/** "3 high breaches within 7 days", "2 unknown tools within 1 day", "attestation 14 days overdue". */
export function triggerWords(trigger: LadderTrigger): string {
  if ('attestationOverdueDays' in trigger)
    return `attestation overdue for ${plural(trigger.attestationOverdueDays, 'day')}`;
  const within = `within ${plural(trigger.withinDays, 'day')}`;
  if ('unknownTools' in trigger)
    return `${plural(trigger.unknownTools, 'tool')} used that it does not list, ${within}`;
  const severity = trigger.severity === undefined ? '' : `${ATLEAST[trigger.severity]} `;
  return `${formatExact(trigger.breaches)} ${severity}${trigger.breaches === 1 ? 'breach' : 'breaches'} ${within}`;
}

const ATLEAST = {
  low: '',
  medium: 'medium or worse',
  high: 'high or critical',
  critical: 'critical',
} as const;

/** "3 high or critical breaches within 7 days: its authority is narrowed to read only, until G6 passes." */
export function describeLadderStep(step: LadderStep): Sentence {
  const to = step.step === 'narrow' && step.to !== undefined ? ` to ${step.to.replaceAll('-', ' ')}` : '';
  // A pause that takes no authority is lifted by a person (docs/ladder.md).
  const lifted = step.step === 'pause' && step.gate === undefined && step.to === undefined;
  const until =
    step.step === 'warn' ? '' : lifted ? ', until a person lifts it' : `, until ${gateOf(step)} passes`;
  const cause = triggerWords(step.when);
  return [figure(cause.charAt(0).toUpperCase() + cause.slice(1)), `: ${STEP_WORDS[step.step]}${to}${until}.`];
}

/** "payments.draft is undone by payments.void within 1 day, when the operator approves." */
export function describeCompensation(item: Compensation): Sentence {
  const { approval, withinMinutes } = compensationTerms(item);
  return [
    tool(item.tool),
    ' is undone by ',
    tool(item.by),
    ...(withinMinutes === null ? [] : [' within ', figure(minutes(withinMinutes))]),
    approval === 'none' ? ', and nobody is asked.' : ', when the operator approves.',
  ];
}
