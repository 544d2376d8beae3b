import { RelativeTime } from '@/components/ui/relative-time';
import { Tag, type Tone } from '@/components/ui/tag';
import type { StepKind } from '@/lib/response/ladder';
import { STEP_TITLES } from '@/lib/response/ladder-words';
import type { LadderMark as Mark } from '@/lib/services/ladder/marks';

export const STEP_TONES: Readonly<Record<StepKind, Tone>> = {
  warn: 'medium',
  narrow: 'high',
  review: 'high',
  pause: 'critical',
  recertify: 'critical',
};

/** The step of the ladder an agent stands on, beside its name; nothing when it stands on none. */
export function LadderMark({ mark, since = false }: { mark: Mark | null; since?: boolean }) {
  if (mark === null) return null;
  return (
    <Tag tone={STEP_TONES[mark.step]}>
      {STEP_TITLES[mark.step]}
      {since ? (
        <>
          {' '}
          <RelativeTime at={mark.since} />
        </>
      ) : null}
    </Tag>
  );
}
