import { formatCount, formatList, plural } from '@/lib/format';
import type { Attribution, Factor, Finding } from './attribution';

export const FACTOR_WORDS: Record<Factor, string> = {
  contract: 'Contract',
  code: 'Code',
  models: 'Model',
  prompts: 'Prompt',
  tools: 'Tools',
  categories: 'Data mix',
};

/** "4.1.0 → 4.2.0", "bank-account, new": what a run has otherwise, in short. */
export function changeWords(finding: Extract<Finding, { state: 'changed' }>): string {
  const { factor, now, before } = finding;
  if (factor === 'tools' || factor === 'categories') return `${formatList(now)}, new`;
  if (now.join() === before.join()) return `${formatList(now)}, with another text`;
  const shared = sharedStart(now, before);
  const short = (values: readonly string[]) =>
    formatList(values.map((value) => value.slice(shared))) || 'nothing';
  return `${short(before)} → ${short(now)}`;
}

/** Two versions of one service differ behind its name: "claims-agent@4.1.0", "claims-agent@4.2.0". */
function sharedStart(now: readonly string[], before: readonly string[]): number {
  const [a] = now;
  const [b] = before;
  if (now.length !== 1 || before.length !== 1 || a === undefined || b === undefined) return 0;
  const at = a.lastIndexOf('@') + 1;
  return at > 0 && b.startsWith(a.slice(0, at)) ? at : 0;
}

/** How many good runs stand on either side of a change. */
export function standingWords(finding: Finding): string {
  switch (finding.state) {
    case 'changed':
      return finding.goodSince === 0
        ? `first in this run; ${plural(finding.goodBefore, 'good run')} before it had it otherwise`
        : `${plural(finding.goodSince, 'good run')} since, ${formatCount(finding.goodBefore)} before`;
    case 'same':
      return `as in ${finding.runs === 1 ? 'the one good run' : `all ${formatCount(finding.runs)} good runs`} before`;
    case 'varies':
      return `as in ${formatCount(finding.sameIn)} of ${formatCount(finding.runs)} good runs before: it goes back and forth`;
    case 'unknown':
      return finding.why === 'not-said'
        ? 'the run’s spans carry none'
        : finding.why === 'cut'
          ? 'there were more than are kept'
          : 'no good run before says it';
  }
}

/** "Changed: contract 1.2 → 1.3. Not changed: model, tools. Not known: prompt." */
export function attributionSentence({ runs, findings }: Attribution): string {
  if (runs === 0) return 'There is no good run before this one to compare it with.';
  const name = ({ factor }: Finding) => FACTOR_WORDS[factor].toLowerCase();
  const of = (state: Finding['state']) => findings.filter((one) => one.state === state);
  const changed = findings.flatMap((one) =>
    one.state === 'changed' ? [`${name(one)} ${changeWords(one)}`] : [],
  );
  return [
    `Changed: ${changed.length === 0 ? 'nothing that is known' : changed.join('; ')}.`,
    ...(['same', 'varies', 'unknown'] as const).flatMap((state) =>
      of(state).length === 0 ? [] : [`${STATES[state]}: ${formatList(of(state).map(name))}.`],
    ),
  ].join(' ');
}

const STATES = { same: 'Not changed', varies: 'Goes back and forth', unknown: 'Not known' } as const;
