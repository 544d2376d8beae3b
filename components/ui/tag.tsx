import type { ReactNode } from 'react';

const TONE = {
  plain: 'border-line text-ink-2',
  accent: 'border-accent/30 bg-accent-soft text-accent',
  low: 'border-low/30 text-low',
  medium: 'border-medium/30 text-medium',
  high: 'border-high/30 text-high',
  critical: 'border-critical/30 text-critical',
};
export type Tone = keyof typeof TONE;

/** A small fact about the thing beside it: a stage, a state, "inherited". */
export function Tag({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full border px-[7px] py-px text-xs font-normal whitespace-nowrap ${TONE[tone]}`}
    >
      {children}
    </span>
  );
}
