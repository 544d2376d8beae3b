'use client';

import type { ReactNode } from 'react';
import { ChartFoot, useAsTable } from './chart-foot';
import type { ChartSeries } from './chart-parts';
import { Sheet } from './sheet';
import { Skeleton } from './skeleton';

export const CHART_HEIGHT = 168;

/**
 * What stands round every chart: a title that says what it reads, what it is of, what its colours mean, and the same
 * figures as a table. `empty` takes the place of a chart without a figure; `loading` holds its place.
 */
export function ChartFrame({
  title,
  label,
  actions,
  series,
  signs,
  empty,
  loading = false,
  table,
  children,
}: {
  title: ReactNode;
  label?: ReactNode;
  actions?: ReactNode;
  series: readonly ChartSeries[];
  signs?: ReactNode;
  empty?: ReactNode;
  loading?: boolean;
  table: ReactNode;
  children: ReactNode;
}) {
  const shown = useAsTable();
  const { asTable, id } = shown;
  return (
    <Sheet
      title={title}
      {...(label === undefined ? {} : { label })}
      {...(actions === undefined ? {} : { actions })}
    >
      {loading ? (
        <div role="status" className="px-3.5 py-3" style={{ minHeight: CHART_HEIGHT + 40 }}>
          <span className="sr-only">Loading</span>
          <Skeleton className="h-full min-h-[168px] w-full" />
        </div>
      ) : empty !== undefined && empty !== null ? (
        <div
          className="grid place-items-center px-6 text-center text-sm text-ink-2"
          style={{ minHeight: CHART_HEIGHT }}
        >
          {empty}
        </div>
      ) : (
        <>
          {asTable ? (
            <div id={id} className="max-h-[236px] overflow-y-auto">
              {table}
            </div>
          ) : (
            <div id={id} className="px-1 pt-2 pr-2">
              {children}
            </div>
          )}
          <ChartFoot series={series} shown={shown} signs={signs} />
        </>
      )}
    </Sheet>
  );
}
