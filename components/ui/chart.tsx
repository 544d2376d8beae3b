'use client';

import { useRouter } from 'next/navigation';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { formatDay } from '@/lib/format';
import { CHART_HEIGHT, ChartFrame } from './chart-frame';
import {
  CHART_UNITS,
  type ChartMark,
  type ChartPoint,
  type ChartSeries,
  type ChartThreshold,
  type ChartUnit,
  hrefAt,
  marksByPlace,
} from './chart-parts';
import { type ChartAxis, ChartTable, DAYS, figureOf, noon, Reading, Signs, spoken } from './chart-reading';

interface ChartProps {
  /** What it reads, not what it is of. */
  title: string;
  label?: ReactNode;
  actions?: ReactNode;
  axis?: ChartAxis;
  unit?: ChartUnit;
  kind?: 'bar' | 'line';
  series: readonly ChartSeries[];
  points: readonly ChartPoint[];
  thresholds?: readonly ChartThreshold[];
  marks?: readonly ChartMark[];
  domain?: [number, number];
  /** Where the runs behind a place are listed, `{x}` standing for the place. */
  href?: string;
  /** Said instead when no series has a figure. */
  empty?: ReactNode;
  loading?: boolean;
  height?: number;
}

/**
 * Figures by day, or by another row of places: one question, a title that reads the answer, thresholds, marks for what
 * happened, and the same figures as a table. Bars are stacked; a line leaves places without a figure open. Left and
 * right arrows read it place by place, Enter leads to the runs behind one. All of its props are plain data.
 */
export function Chart(props: ChartProps) {
  const {
    title,
    label,
    actions,
    series,
    points,
    marks = [],
    thresholds = [],
    loading = false,
    empty,
  } = props;
  const known = points.some((point) => series.some((each) => figureOf(point, each) !== null));
  return (
    <ChartFrame
      title={title}
      series={series.map((each) => ({ ...each, kind: kindOf(each, props.kind) }))}
      signs={<Signs marks={marks} thresholds={thresholds} />}
      loading={loading}
      table={<ChartTable {...props} />}
      {...(label === undefined ? {} : { label })}
      {...(actions === undefined ? {} : { actions })}
      {...(known ? {} : { empty: empty ?? 'No figure yet.' })}
    >
      <Plot {...props} />
    </ChartFrame>
  );
}

const kindOf = (series: ChartSeries, usual: 'bar' | 'line' = 'bar') => series.kind ?? usual;

function Plot({
  title,
  axis = DAYS,
  unit = 'count',
  kind = 'bar',
  series,
  points,
  thresholds = [],
  marks = [],
  domain,
  href,
  height = CHART_HEIGHT,
}: ChartProps) {
  const router = useRouter();
  const pattern = useId().replaceAll(/[^\w-]/g, '');
  // The place the keyboard reads; null while it reads none.
  const [at, setAt] = useState<number | null>(null);
  const places = points.map((point) => point.x);
  const shown = marksByPlace(marks, places);
  const bars = series.some((each) => kindOf(each, kind) === 'bar');
  // A bar's tick stands at its middle; the label begins where the bars do.
  const edge = bars ? 8 : 0;
  const read = at === null ? undefined : points[at];
  const open = (x: string) => {
    if (href !== undefined) router.push(hrefAt(href, x));
  };

  function onKeyDown(event: KeyboardEvent) {
    const last = points.length - 1;
    const from = at ?? last + 1;
    const next = {
      ArrowLeft: from - 1,
      ArrowDown: from - 1,
      ArrowRight: (at ?? -1) + 1,
      ArrowUp: (at ?? -1) + 1,
      PageUp: (at ?? -1) + 7,
      PageDown: from - 7,
      Home: 0,
      End: last,
    }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(last, next)));
    } else if (event.key === 'Escape') setAt(null);
    else if (event.key === 'Enter' && read !== undefined) open(read.x);
  }

  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={`${title}. The arrow keys read it ${axis.kind === 'day' ? 'day by day' : 'place by place'}${
        href === undefined ? '' : ', Enter opens the runs behind it'
      }.`}
      aria-valuemin={1}
      aria-valuemax={points.length}
      aria-valuenow={(at ?? points.length - 1) + 1}
      aria-valuetext={spoken(points[at ?? points.length - 1], { axis, unit, series, marks })}
      onKeyDown={onKeyDown}
      onBlur={() => setAt(null)}
      className="relative rounded-sm focus-visible:-outline-offset-2"
    >
      <div aria-hidden="true" className={href === undefined ? '' : '[&_svg]:cursor-pointer'}>
        <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 620, height }}>
          <ComposedChart
            data={[...points]}
            margin={{ top: 18, right: 0, bottom: 0, left: 10 }}
            barCategoryGap={axis.kind === 'day' ? '18%' : '28%'}
            accessibilityLayer={false}
            onClick={({ activeLabel }) => {
              if (activeLabel !== undefined) open(String(activeLabel));
            }}
          >
            <Textures id={pattern} series={series} />
            <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="1 4" />
            <XAxis
              dataKey="x"
              tickLine={false}
              axisLine={{ stroke: 'var(--line)' }}
              tickMargin={6}
              {...(axis.kind === 'day'
                ? {
                    ticks: endsOf(places),
                    interval: 0,
                    tick: ({ x, y, payload, index }) => (
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
                    ),
                  }
                : { interval: 'preserveStartEnd' as const, tick: { fontSize: 11, fill: 'var(--ink-3)' } })}
            />
            <YAxis
              orientation="right"
              width={unit === 'money' || unit === 'duration' ? 56 : 38}
              tickLine={false}
              axisLine={false}
              tick={{ fontSize: 11, fill: 'var(--ink-3)' }}
              tickFormatter={(value: number) => CHART_UNITS[unit].tick(value)}
              tickCount={3}
              allowDecimals={unit !== 'count'}
              {...(domain === undefined ? {} : { domain })}
            />
            <Tooltip
              isAnimationActive={false}
              cursor={bars ? { fill: 'var(--sunk)' } : { stroke: 'var(--line-strong)' }}
              content={({ active, label: x }) => {
                const point =
                  active && typeof x === 'string' ? points.find((each) => each.x === x) : undefined;
                return point === undefined ? null : (
                  <Reading point={point} axis={axis} series={series} marks={marks} unit={unit} />
                );
              }}
            />
            {series.map((each) => drawn(each, kindOf(each, kind), pattern))}
            {thresholds.map((threshold) => (
              <ReferenceLine
                key={`${threshold.label} ${threshold.value}`}
                y={threshold.value}
                ifOverflow="extendDomain"
                stroke="var(--ink-2)"
                strokeDasharray="6 3"
                label={({ viewBox }) => <ThresholdLabel viewBox={viewBox} text={threshold.label} />}
              />
            ))}
            {shown.map((mark) => (
              <ReferenceLine
                key={mark.x}
                x={mark.x}
                stroke={mark.incident ? 'var(--critical)' : 'var(--ink-2)'}
                strokeDasharray="2 3"
                label={({ viewBox }) => (
                  <MarkLabel
                    viewBox={viewBox}
                    left={places.indexOf(mark.x) > places.length / 2}
                    text={mark.label}
                    incident={mark.incident}
                  />
                )}
              />
            ))}
            {read === undefined ? null : <ReferenceLine x={read.x} stroke="var(--focus)" strokeWidth={1.5} />}
          </ComposedChart>
        </ResponsiveContainer>
        {read === undefined ? null : (
          <div
            className={`pointer-events-none absolute top-1 z-10 ${(at ?? 0) > places.length / 2 ? 'left-3' : 'right-12'}`}
          >
            <Reading point={read} axis={axis} series={series} marks={marks} unit={unit} />
          </div>
        )}
      </div>
    </div>
  );
}

/** A series as Recharts draws it. Called, not mounted: Recharts looks at the kinds of its children. */
function drawn(series: ChartSeries, kind: 'bar' | 'line' | 'range', pattern: string): ReactNode {
  const fill = series.texture === undefined ? series.colour : `url(#${pattern}-${series.key})`;
  switch (kind) {
    case 'bar':
      return (
        <Bar key={series.key} dataKey={series.key} stackId="all" fill={fill} isAnimationActive={false} />
      );
    case 'line':
      return (
        <Line
          key={series.key}
          dataKey={series.key}
          stroke={series.colour}
          strokeWidth={1.5}
          {...(series.dashed ? { strokeDasharray: '4 3' } : {})}
          dot={{ r: 1.5, fill: series.colour, strokeWidth: 0 }}
          isAnimationActive={false}
        />
      );
    case 'range':
      return (
        <Area
          key={series.key}
          dataKey={(point: ChartPoint) => {
            const [low, high] = [point[series.low ?? ''], point[series.high ?? '']];
            return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
          }}
          stroke="none"
          fill={series.colour}
          fillOpacity={0.16}
          activeDot={false}
          isAnimationActive={false}
        />
      );
  }
}

function Textures({ id, series }: { id: string; series: readonly ChartSeries[] }) {
  return (
    <defs>
      {series.map((each) =>
        each.texture === undefined ? null : (
          <pattern
            key={each.key}
            id={`${id}-${each.key}`}
            width="4"
            height="4"
            patternUnits="userSpaceOnUse"
            {...(each.texture === 'hatch' ? { patternTransform: 'rotate(45)' } : {})}
          >
            <rect width="4" height="4" fill={each.colour} />
            {each.texture === 'hatch' ? (
              <rect width="1" height="4" fill="var(--sheet)" />
            ) : (
              <circle cx="2" cy="2" r="0.8" fill="var(--sheet)" />
            )}
          </pattern>
        ),
      )}
    </defs>
  );
}

function isBox(value: unknown): value is { x: number; y: number; height: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'x' in value &&
    'y' in value &&
    typeof value.x === 'number' &&
    typeof value.y === 'number'
  );
}

/** Above the plot, on the side where there is room; incidents carry a sign at the foot. */
function MarkLabel({
  viewBox,
  left,
  text,
  incident,
}: {
  viewBox: unknown;
  left: boolean;
  text: string;
  incident: boolean;
}) {
  if (!isBox(viewBox)) return null;
  const { x, y } = viewBox;
  return (
    <g>
      {incident ? (
        <path d={`M${x} ${y - 2}l4 7h-8z`} fill="var(--critical)" stroke="var(--sheet)" strokeWidth="1" />
      ) : null}
      <text
        x={x + (left ? -3 : 3)}
        y={y - 6}
        textAnchor={left ? 'end' : 'start'}
        fontSize={11}
        fill="var(--ink-2)"
      >
        {text}
      </text>
    </g>
  );
}

function ThresholdLabel({ viewBox, text }: { viewBox: unknown; text: string }) {
  if (!isBox(viewBox)) return null;
  return (
    <text
      x={viewBox.x + 2}
      y={viewBox.y - 4}
      fontSize={11}
      fill="var(--ink-2)"
      stroke="var(--sheet)"
      strokeWidth="3"
      paintOrder="stroke"
    >
      {text}
    </text>
  );
}

function endsOf(places: readonly string[]): string[] {
  const first = places.at(0);
  const last = places.at(-1);
  return first === undefined || last === undefined ? [] : first === last ? [first] : [first, last];
}
