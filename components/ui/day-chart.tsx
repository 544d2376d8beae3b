'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { formatCount, formatDate, formatDay } from '@/lib/format';
import { ChartFoot, useAsTable } from './chart-foot';
import { Sheet } from './sheet';
import { Table, Td, Th } from './table';

export interface DaySeries {
  key: string;
  label: string;
  /** A CSS colour that means what the series means. */
  colour: string;
}
export interface DayMark {
  day: string;
  label: string;
}
/** `day` is YYYY-MM-DD; the other fields are the series. */
export type DayPoint = { day: string } & { [key: string]: number | string | null };

/** Days are names here, not moments: noon in UTC falls on the same day of the calendar everywhere. */
const noon = (day: string) => `${day}T12:00:00Z`;
const HEIGHT = 168;
/** Labels of marks that stand closer than this share of the width would run into each other. */
const MARK_APART = 0.16;

/**
 * Values by day: one question, a title that reads the answer, marks for what changed, and the same figures as a table.
 * Bars are stacked; a line leaves days without a value open.
 */
export function DayChart({
  title,
  label,
  series,
  points,
  marks = [],
  kind = 'bars',
  domain,
  format = formatCount,
  hrefOf,
}: {
  title: ReactNode;
  label: ReactNode;
  series: readonly DaySeries[];
  points: readonly DayPoint[];
  marks?: readonly DayMark[];
  kind?: 'bars' | 'line';
  domain?: [number, number];
  format?: (value: number) => string;
  /** Where the runs of a day are listed. */
  hrefOf?: (day: string) => string;
}) {
  const shown = useAsTable();
  const { asTable, id } = shown;
  const days = points.map((point) => point.day);
  const shownMarks = marksApart(marks, days);
  // A bar's tick stands at its middle; the label begins where the bars do.
  const edge = kind === 'bars' ? 8 : 0;
  const axes = (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="1 4" />
      <XAxis
        dataKey="day"
        tickLine={false}
        axisLine={{ stroke: 'var(--line)' }}
        tick={({ x, y, payload, index }) => (
          <text
            x={x}
            y={Number(y) + 8}
            textAnchor={index === 0 ? 'start' : 'end'}
            dx={index === 0 ? -edge : edge}
            fontSize={11}
            fill="var(--ink-3)"
          >
            {formatDay(noon(String(payload.value)), 'UTC')}
          </text>
        )}
        ticks={endsOf(days)}
        interval={0}
        tickMargin={6}
      />
      <YAxis
        orientation="right"
        width={34}
        tickLine={false}
        axisLine={false}
        tick={{ fontSize: 11, fill: 'var(--ink-3)' }}
        tickCount={3}
        allowDecimals={false}
        {...(domain === undefined ? {} : { domain })}
      />
      <Tooltip
        isAnimationActive={false}
        cursor={kind === 'bars' ? { fill: 'var(--sunk)' } : { stroke: 'var(--line-strong)' }}
        content={({ active, label: day }) => {
          const point =
            active && typeof day === 'string' ? points.find((each) => each.day === day) : undefined;
          return point === undefined ? null : (
            <Reading point={point} series={series} marks={marks} format={format} />
          );
        }}
      />
      {shownMarks.map((mark) => (
        <ReferenceLine
          key={`${mark.day} ${mark.label}`}
          x={mark.day}
          stroke="var(--ink-2)"
          strokeDasharray="2 3"
          label={({ viewBox }) => (
            <MarkLabel viewBox={viewBox} left={days.indexOf(mark.day) > days.length / 2} text={mark.label} />
          )}
        />
      ))}
    </>
  );
  const margin = { top: 18, right: 0, bottom: 0, left: 10 };
  return (
    <Sheet title={title} label={label}>
      {asTable ? (
        <div id={id} className="max-h-[236px] overflow-y-auto">
          <DayTable
            series={series}
            points={points}
            format={format}
            {...(hrefOf === undefined ? {} : { hrefOf })}
          />
        </div>
      ) : (
        <div id={id} className="px-1 pt-2 pr-2" aria-hidden="true">
          <ResponsiveContainer width="100%" height={HEIGHT} initialDimension={{ width: 620, height: HEIGHT }}>
            {kind === 'bars' ? (
              <BarChart data={[...points]} margin={margin} barCategoryGap="18%" accessibilityLayer={false}>
                {axes}
                {series.map((each) => (
                  <Bar
                    key={each.key}
                    dataKey={each.key}
                    stackId="all"
                    fill={each.colour}
                    isAnimationActive={false}
                  />
                ))}
              </BarChart>
            ) : (
              <LineChart data={[...points]} margin={margin} accessibilityLayer={false}>
                {axes}
                {series.map((each) => (
                  <Line
                    key={each.key}
                    dataKey={each.key}
                    stroke={each.colour}
                    strokeWidth={1.5}
                    dot={{ r: 1.5, fill: each.colour, strokeWidth: 0 }}
                    isAnimationActive={false}
                  />
                ))}
              </LineChart>
            )}
          </ResponsiveContainer>
        </div>
      )}
      <ChartFoot series={series} shown={shown} />
    </Sheet>
  );
}

/** Above the plot, on the side where there is room. */
function MarkLabel({ viewBox, left, text }: { viewBox: unknown; left: boolean; text: string }) {
  if (typeof viewBox !== 'object' || viewBox === null || !('x' in viewBox) || !('y' in viewBox)) return null;
  return (
    <text
      x={Number(viewBox.x) + (left ? 3 : -3)}
      y={Number(viewBox.y) - 6}
      textAnchor={left ? 'end' : 'start'}
      fontSize={11}
      fill="var(--ink-2)"
    >
      {text}
    </text>
  );
}

function endsOf(days: readonly string[]): string[] {
  const first = days.at(0);
  const last = days.at(-1);
  return first === undefined || last === undefined ? [] : first === last ? [first] : [first, last];
}

/** One label a day, and none so near the one before that both could not be read. */
function marksApart(marks: readonly DayMark[], days: readonly string[]): DayMark[] {
  const byDay = new Map<string, string[]>();
  for (const mark of marks) byDay.set(mark.day, [...(byDay.get(mark.day) ?? []), mark.label]);
  const kept: DayMark[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const [day, labels] of [...byDay].sort(([a], [b]) => a.localeCompare(b))) {
    const at = days.indexOf(day);
    if (at === -1) continue;
    const near = at - before < days.length * MARK_APART;
    const [only = ''] = labels;
    kept.push({ day, label: near ? '' : labels.length === 1 ? only : `${labels.length} versions` });
    if (!near) before = at;
  }
  return kept;
}

function Reading({
  point,
  series,
  marks,
  format,
}: {
  point: DayPoint;
  series: readonly DaySeries[];
  marks: readonly DayMark[];
  format: (value: number) => string;
}) {
  return (
    <div className="rounded-md border border-line bg-sheet px-2.5 py-1.5 text-xs shadow-float">
      <div className="font-medium">{formatDate(noon(point.day), 'UTC')}</div>
      {series.map((each) => {
        const value = point[each.key];
        return (
          <div key={each.key} className="flex justify-between gap-4">
            <span className="text-ink-2">{each.label}</span>
            <span>{typeof value === 'number' ? format(value) : 'unknown'}</span>
          </div>
        );
      })}
      {marks
        .filter((mark) => mark.day === point.day)
        .map((mark) => (
          <div key={mark.label}>{mark.label}</div>
        ))}
    </div>
  );
}

function DayTable({
  series,
  points,
  format,
  hrefOf,
}: {
  series: readonly DaySeries[];
  points: readonly DayPoint[];
  format: (value: number) => string;
  hrefOf?: (day: string) => string;
}) {
  return (
    <Table label="The chart as a table">
      <thead>
        <tr>
          <Th>Day</Th>
          {series.map((each) => (
            <Th key={each.key} numeric>
              {each.label}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {points.toReversed().map((point) => (
          <tr key={point.day}>
            <Td>
              {hrefOf === undefined ? (
                formatDate(noon(point.day), 'UTC')
              ) : (
                <Link href={hrefOf(point.day)} className="prose-link">
                  {formatDate(noon(point.day), 'UTC')}
                </Link>
              )}
            </Td>
            {series.map((each) => {
              const value = point[each.key];
              return (
                <Td key={each.key} numeric>
                  {typeof value === 'number' ? format(value) : <span className="text-ink-3">unknown</span>}
                </Td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
