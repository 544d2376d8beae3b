import type { Direction } from '@/lib/contract/change-row';

const WORDS: Record<Direction, string> = { wider: 'Wider', narrower: 'Narrower', neutral: 'Neutral' };
const COLOUR: Record<Direction, string> = {
  wider: 'text-wider',
  narrower: 'text-narrower',
  neutral: 'text-ink-2',
};
/** Arrows outwards, arrows inwards, a level line: told apart without colour. */
const PATHS: Record<Direction, string> = {
  wider: 'M5 3 2 6l3 3M11 3l3 3-3 3M2 6h12',
  narrower: 'M2 3l3 3-3 3M14 3l-3 3 3 3M1 6h4M11 6h4',
  neutral: 'M3 4.5h10M3 7.5h10',
};

/** Which way a change moves, by shape, word and colour. */
export function DirectionMark({ direction, mixed = false }: { direction: Direction; mixed?: boolean }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap ${COLOUR[direction]}`}
      title={mixed ? 'Some of it moves the other way; it counts as wider.' : undefined}
    >
      <svg viewBox="0 0 16 12" width="16" height="12" aria-hidden="true" className="flex-none">
        <path
          d={PATHS[direction]}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {mixed ? 'Wider in part' : WORDS[direction]}
    </span>
  );
}

/** "3 wider, 1 narrower": how many of each. */
export function DirectionCounts({ counts }: { counts: Readonly<Record<Direction, number>> }) {
  const shown = (['wider', 'narrower', 'neutral'] as const).filter((direction) => counts[direction] > 0);
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-3 gap-y-1">
      {shown.map((direction) => (
        <span key={direction} className={`text-sm font-medium ${COLOUR[direction]}`}>
          {counts[direction]} {direction}
        </span>
      ))}
    </span>
  );
}

export function countDirections(changes: readonly { direction: Direction }[]): Record<Direction, number> {
  const counts = { wider: 0, narrower: 0, neutral: 0 };
  for (const { direction } of changes) counts[direction] += 1;
  return counts;
}
