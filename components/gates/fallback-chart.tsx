'use client';

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { ChartFoot, useAsTable } from '@/components/ui/chart-foot';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th } from '@/components/ui/table';
import { formatCount } from '@/lib/format';
import { FALLBACK_CAUSE_TITLES, FALLBACK_CAUSES, type FallbackCause } from '@/lib/lifecycle/fallback';
import type { GateFallbacks } from './fallback-reading';

const HEIGHT = 200;
/** The one cause that answers the question stands out; the others are told apart by shade, place and the table. */
const COLOUR: Record<FallbackCause, string> = {
  contract: 'var(--high)',
  implementation: 'color-mix(in oklab, var(--ink) 88%, var(--sheet))',
  parameter: 'color-mix(in oklab, var(--ink) 68%, var(--sheet))',
  evidence: 'color-mix(in oklab, var(--ink) 52%, var(--sheet))',
  operation: 'color-mix(in oklab, var(--ink) 38%, var(--sheet))',
};

const SERIES = FALLBACK_CAUSES.map((cause) => ({
  key: cause,
  label: FALLBACK_CAUSE_TITLES[cause].title.toLowerCase(),
  colour: COLOUR[cause],
}));

/** Where agents fell back and why: bars by gate, stacked by cause; the same figures as a table. */
export function FallbackChart({
  title,
  label,
  gates,
}: {
  title: string;
  label: string;
  gates: readonly GateFallbacks[];
}) {
  const shown = useAsTable();
  const { asTable, id } = shown;
  return (
    <Sheet title={title} label={label}>
      <div id={id}>{asTable ? <GateTable gates={gates} /> : <Bars gates={gates} />}</div>
      <ChartFoot series={SERIES} shown={shown} />
    </Sheet>
  );
}

function Bars({ gates }: { gates: readonly GateFallbacks[] }) {
  return (
    <div className="px-1 pt-2 pr-2" aria-hidden="true">
      <ResponsiveContainer width="100%" height={HEIGHT} initialDimension={{ width: 620, height: HEIGHT }}>
        <BarChart
          data={gates.map(({ gate, causes }) => ({ gate, ...causes }))}
          margin={{ top: 10, right: 0, bottom: 0, left: 10 }}
          barCategoryGap="38%"
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="1 4" />
          <XAxis
            dataKey="gate"
            tickLine={false}
            axisLine={{ stroke: 'var(--line)' }}
            tick={{ fontSize: 11, fill: 'var(--ink-3)' }}
            interval={0}
          />
          <YAxis
            orientation="right"
            width={34}
            tickLine={false}
            axisLine={false}
            tick={{ fontSize: 11, fill: 'var(--ink-3)' }}
            tickCount={3}
            allowDecimals={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--sunk)' }}
            content={({ active, label }) => {
              const of = active ? gates.find(({ gate }) => gate === label) : undefined;
              return of === undefined ? null : <Reading of={of} />;
            }}
          />
          {FALLBACK_CAUSES.map((cause) => (
            <Bar
              key={cause}
              dataKey={cause}
              stackId="all"
              fill={COLOUR[cause]}
              maxBarSize={56}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function Reading({ of }: { of: GateFallbacks }) {
  return (
    <div className="rounded-md border border-line bg-sheet px-2.5 py-1.5 text-xs shadow-float">
      <div className="font-medium">
        {of.gate}, passed {formatCount(of.passed)} times
      </div>
      {FALLBACK_CAUSES.filter((cause) => of.causes[cause] > 0).map((cause) => (
        <div key={cause} className="flex justify-between gap-4">
          <span className="text-ink-2">{FALLBACK_CAUSE_TITLES[cause].title.toLowerCase()}</span>
          <span>{formatCount(of.causes[cause])}</span>
        </div>
      ))}
    </div>
  );
}

function GateTable({ gates }: { gates: readonly GateFallbacks[] }) {
  return (
    <Table label="The chart as a table">
      <thead>
        <tr>
          <Th>Before gate</Th>
          {FALLBACK_CAUSES.map((cause) => (
            <Th key={cause} numeric>
              {FALLBACK_CAUSE_TITLES[cause].title}
            </Th>
          ))}
          <Th numeric>All fallbacks</Th>
          <Th numeric>Times passed</Th>
        </tr>
      </thead>
      <tbody>
        {gates.map((of) => (
          <tr key={of.gate}>
            <Td>{of.gate}</Td>
            {FALLBACK_CAUSES.map((cause) => (
              <Td key={cause} numeric>
                {formatCount(of.causes[cause])}
              </Td>
            ))}
            <Td numeric>{formatCount(of.all)}</Td>
            <Td numeric>{formatCount(of.passed)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
