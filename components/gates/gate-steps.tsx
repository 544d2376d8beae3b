'use client';

import Link from 'next/link';
import { useClock } from '@/components/ui/clock';
import { formatDay } from '@/lib/format';
import type { GateId } from '@/lib/lifecycle/gates';
import { STAGE_TITLES, type Stage } from '@/lib/lifecycle/stages';
import type { GateStepDto } from '@/lib/services/gates/dto';
import { reviewHref } from './words';

const BOX = 'block h-full rounded-md border px-3 py-2 text-sm';
const LOOK: Record<GateStepDto['state'], string> = {
  done: 'border-line bg-sheet text-ink-2',
  carried: 'border-line bg-sheet text-ink-2',
  adopted: 'border-line bg-sheet text-ink-2',
  open: 'border-ink bg-sheet text-ink shadow-[inset_0_-2px_0_var(--ink)]',
  next: 'border-line-strong bg-sheet text-ink',
  ahead: 'border-line text-ink-3',
};

/**
 * The six gates in a row, each under the stage it leads out of: which hold, which is open and what is ahead. `current` is the
 * gate of the page; on an agent's page `stands` is the stage it stands in and since when.
 */
export function GateSteps({
  steps,
  current,
  stands,
}: {
  steps: readonly GateStepDto[];
  current?: GateId;
  stands?: { stage: Stage; since: string };
}) {
  const { zone } = useClock();
  return (
    <ol aria-label="Gates" className="mb-[22px] grid grid-cols-3 gap-1.5 md:grid-cols-6">
      {steps.map((step) => {
        const here = step.gate === current;
        const standing = step.stage === stands?.stage ? stands : null;
        const holds = step.state === 'done' || step.state === 'carried';
        const inside = (
          <>
            <b className={`font-semibold ${holds ? 'text-low' : ''}`}>
              {step.gate}
              {holds ? <span className="sr-only">, passed</span> : null}
            </b>{' '}
            {STAGE_TITLES[step.stage]}
            <span className="block text-xs">{noteOf(step, zone)}</span>
            {standing === null ? null : (
              <span className="block text-xs">here since {formatDay(standing.since, zone)}</span>
            )}
          </>
        );
        const look = `${BOX} ${LOOK[here || standing !== null ? 'open' : step.state === 'open' ? 'next' : step.state]}`;
        return (
          <li key={step.gate} title={step.question} className="min-w-0">
            {step.reviewId === null || here ? (
              <div className={look} aria-current={here || standing !== null ? 'step' : undefined}>
                {inside}
              </div>
            ) : (
              <Link
                href={reviewHref(step.reviewId)}
                className={`${look} no-underline hover:border-line-strong hover:text-ink`}
              >
                {inside}
              </Link>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function noteOf({ state, signed, of, at }: GateStepDto, zone: string): string {
  if (state === 'adopted') return 'taken over';
  const count = `${signed} of ${of}`;
  const day = at === null ? '' : `, ${formatDay(at, zone)}`;
  if (state === 'carried') return `holds from before${day}`;
  if (state === 'done') return `${count}${day}`;
  if (state === 'open') return `${count}, open`;
  return state === 'next' ? 'asked next' : count;
}
