import { useId, useState } from 'react';

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
}: {
  series: readonly { key: string; label: string; colour: string }[];
  shown: ReturnType<typeof useAsTable>;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-3.5 gap-y-1 px-3.5 py-2.5 text-sm text-ink-2">
      {series.map((each) => (
        <span key={each.key} className="inline-flex items-center gap-1.5">
          <span className="size-[9px] rounded-[2px]" style={{ background: each.colour }} aria-hidden="true" />
          {each.label}
        </span>
      ))}
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
