import type { Band as BandName } from '@/lib/contract/schema';

const BARS: Record<BandName, number> = { low: 1, medium: 2, high: 3, critical: 4 };
const WORDS: Record<BandName, string> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' };
const HEIGHTS = ['h-1', 'h-1.5', 'h-[8.5px]', 'h-[11px]'];
const COLOUR: Record<BandName, string> = {
  low: 'text-low',
  medium: 'text-medium',
  high: 'text-high',
  critical: 'text-critical',
};

/** The text colour that means a band, for numbers that carry it. */
export function bandColour(band: BandName): string {
  return COLOUR[band];
}

/** Risk band: bars and word, so it reads without colour too. */
export function Band({ band, label }: { band: BandName; label?: string }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${COLOUR[band]}`}>
      <span className="inline-flex h-[11px] items-end gap-[1.5px]" aria-hidden="true">
        {HEIGHTS.map((height, index) => (
          <span
            key={height}
            className={`w-[3px] rounded-[1px] ${height} ${index < BARS[band] ? 'bg-current' : 'bg-line-strong'}`}
          />
        ))}
      </span>
      {label ?? WORDS[band]}
    </span>
  );
}
