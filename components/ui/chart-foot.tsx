import { type ReactNode, useId, useState } from 'react';
import type { ChartSeries } from './chart-parts';

/** Whether a chart shows as a table, and the id of the part that changes. */
export function useAsTable(): { asTable: boolean; id: string; toggle: () => void } {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return { asTable, id, toggle: () => setAsTable(!asTable) };
}

/** Below a chart: what its colours mean, and the switch to the same figures as a table. */
export function ChartFoot({
  series,
  shown,
  signs,
}: {
  series: readonly Pick<ChartSeries, 'key' | 'label' | 'colour' | 'texture' | 'kind' | 'dashed'>[];
  shown: ReturnType<typeof useAsTable>;
  /** What the marks in it mean. */
  signs?: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-3.5 gap-y-1 px-3.5 py-2.5 text-sm text-ink-2">
      {series.map((each) => (
        <span key={each.key} className="inline-flex items-center gap-1.5">
          <Swatch series={each} />
          {each.label}
        </span>
      ))}
      {signs}
      <button
        type="button"
        className="prose-link"
        aria-expanded={shown.asTable}
        aria-controls={shown.id}
        onClick={shown.toggle}
      >
        {shown.asTable ? 'As a chart' : 'As a table'}
      </button>
    </div>
  );
}

function Swatch({ series }: { series: Pick<ChartSeries, 'colour' | 'texture' | 'kind' | 'dashed'> }) {
  const { colour, texture, kind } = series;
  return (
    <svg viewBox="0 0 12 9" className="h-[9px] w-3 flex-none" aria-hidden="true">
      {kind === 'line' ? (
        <path
          d="M0 4.5h12"
          stroke={colour}
          strokeWidth="1.8"
          {...(series.dashed ? { strokeDasharray: '3 2' } : {})}
        />
      ) : (
        <rect x="1.5" width="9" height="9" rx="2" fill={colour} fillOpacity={kind === 'range' ? 0.25 : 1} />
      )}
      {texture === 'hatch' ? <path d="M2 9l9-9M1.5 4.5l4.5-4.5M6 9l4.5-4.5" stroke="var(--sheet)" /> : null}
      {texture === 'dots' ? (
        <g fill="var(--sheet)">
          <circle cx="4" cy="2.5" r="1" />
          <circle cx="8" cy="2.5" r="1" />
          <circle cx="4" cy="6.5" r="1" />
          <circle cx="8" cy="6.5" r="1" />
        </g>
      ) : null}
    </svg>
  );
}
