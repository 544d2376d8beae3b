import Link from 'next/link';
import { formatDate } from '@/lib/format';
import {
  CHART_UNITS,
  type ChartMark,
  type ChartPoint,
  type ChartSeries,
  type ChartThreshold,
  type ChartUnit,
  hrefAt,
} from './chart-parts';
import { Table, Td, Th } from './table';

/** Days are names here, not moments: noon in UTC falls on the same day of the calendar everywhere. */
export const noon = (day: string) => `${day}T12:00:00Z`;

export interface ChartAxis {
  /** `day`: places are YYYY-MM-DD. `text`: places are words, each shown. */
  kind: 'day' | 'text';
  /** Heads the table's first column. */
  title: string;
}
export const DAYS: ChartAxis = { kind: 'day', title: 'Day' };

/** The figure of a series, or its low end where it is a range. */
export function figureOf(point: ChartPoint, series: ChartSeries): number | null {
  const value = point[series.kind === 'range' ? (series.low ?? series.key) : series.key];
  return typeof value === 'number' ? value : null;
}

function figureText(point: ChartPoint, series: ChartSeries, unit: ChartUnit): string | null {
  const { text } = CHART_UNITS[unit];
  const value = figureOf(point, series);
  if (series.kind !== 'range') return value === null ? null : text(value);
  const high = point[series.high ?? series.key];
  return value === null || typeof high !== 'number' ? null : `${text(value)} to ${text(high)}`;
}

function placeText(x: string, axis: ChartAxis): string {
  return axis.kind === 'day' ? formatDate(noon(x), 'UTC') : x;
}

/** What the marks and lines of a chart mean. */
export function Signs({
  marks,
  thresholds,
}: {
  marks: readonly ChartMark[];
  thresholds: readonly ChartThreshold[];
}) {
  const has = (kind: ChartMark['kind']) => marks.some((mark) => mark.kind === kind);
  return (
    <>
      {thresholds.length === 0 ? null : <Sign label="limit" path="M0 5h12" dash="4 2" />}
      {has('version') ? <Sign label="contract version" path="M6 0v10" dash="2 2" /> : null}
      {has('incident') ? (
        <span className="inline-flex items-center gap-1.5">
          <svg viewBox="0 0 10 9" className="h-[9px] w-2.5" aria-hidden="true">
            <path d="M5 0l5 9H0z" fill="var(--critical)" />
          </svg>
          incident
        </span>
      ) : null}
    </>
  );
}

function Sign({ label, path, dash }: { label: string; path: string; dash: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <svg viewBox="0 0 12 10" className="h-2.5 w-3" aria-hidden="true">
        <path d={path} stroke="var(--ink-2)" strokeWidth="1.4" strokeDasharray={dash} fill="none" />
      </svg>
      {label}
    </span>
  );
}

interface ReadingOf {
  axis: ChartAxis;
  unit: ChartUnit;
  series: readonly ChartSeries[];
  marks: readonly ChartMark[];
}

/** One place in words, for those who hear it. */
export function spoken(point: ChartPoint | undefined, { axis, unit, series, marks }: ReadingOf): string {
  if (point === undefined) return 'nothing';
  const figures = series.map((each) => `${each.label} ${figureText(point, each, unit) ?? 'unknown'}`);
  const here = marks.filter((mark) => mark.x === point.x).map((mark) => mark.label);
  return `${placeText(point.x, axis)}: ${[...figures, ...here].join(', ')}`;
}

export function Reading({ point, axis, series, marks, unit }: ReadingOf & { point: ChartPoint }) {
  return (
    <div className="rounded-md border border-line bg-sheet px-2.5 py-1.5 text-xs shadow-float">
      <div className="font-medium">{placeText(point.x, axis)}</div>
      {series.map((each) => (
        <div key={each.key} className="flex justify-between gap-4">
          <span className="text-ink-2">{each.label}</span>
          <span>{figureText(point, each, unit) ?? 'unknown'}</span>
        </div>
      ))}
      {marks
        .filter((mark) => mark.x === point.x)
        .map((mark) => (
          <div key={`${mark.kind} ${mark.label}`} className={mark.kind === 'incident' ? 'text-critical' : ''}>
            {mark.label}
          </div>
        ))}
    </div>
  );
}

export function ChartTable({
  axis = DAYS,
  unit = 'count',
  series,
  points,
  marks = [],
  href,
}: {
  axis?: ChartAxis;
  unit?: ChartUnit;
  series: readonly ChartSeries[];
  points: readonly ChartPoint[];
  marks?: readonly ChartMark[];
  href?: string;
}) {
  // Days are read from the latest back; other places in their order.
  const rows = axis.kind === 'day' ? points.toReversed() : points;
  return (
    <Table label="The chart as a table">
      <thead>
        <tr>
          <Th>{axis.title}</Th>
          {series.map((each) => (
            <Th key={each.key} numeric>
              {each.label}
            </Th>
          ))}
          {marks.length === 0 ? null : <Th>What happened</Th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((point) => (
          <tr key={point.x}>
            <Td>
              {href === undefined ? (
                placeText(point.x, axis)
              ) : (
                <Link href={hrefAt(href, point.x)} prefetch={false} className="prose-link">
                  {placeText(point.x, axis)}
                </Link>
              )}
            </Td>
            {series.map((each) => (
              <Td key={each.key} numeric>
                {figureText(point, each, unit) ?? <span className="text-ink-3">unknown</span>}
              </Td>
            ))}
            {marks.length === 0 ? null : (
              <Td>
                <span className="flex gap-2">
                  {marks
                    .filter((mark) => mark.x === point.x)
                    .map((mark) =>
                      mark.href === undefined ? (
                        <span key={mark.label}>{mark.label}</span>
                      ) : (
                        <Link key={mark.label} href={mark.href} prefetch={false} className="prose-link">
                          {mark.label}
                        </Link>
                      ),
                    )}
                </span>
              </Td>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
