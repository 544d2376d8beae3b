'use client';

import Link from 'next/link';
import { ChartFrame } from '@/components/ui/chart-frame';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { Band } from '@/lib/contract/schema';
import { formatCount, formatNumber, formatPercent, plural } from '@/lib/format';
import type { RiskProfile } from '@/lib/scoring/risk';
import type { RiskBin } from '@/lib/scoring/risk-facts';
import { riskRunsHref } from './risk-runs-links';

const LINES = ['medium', 'high', 'critical'] as const;
const FILL: Record<Band, string> = {
  low: 'var(--line-strong)',
  medium: 'var(--medium)',
  high: 'var(--high)',
  critical: 'var(--critical)',
};

/** How many of the latest runs came to which risk, with the thresholds drawn where they lie. */
export function RiskHistogram({
  title,
  agent,
  bins,
  thresholds,
}: {
  title: string;
  agent: string;
  bins: readonly RiskBin[];
  thresholds: RiskProfile['thresholds'];
}) {
  const runs = bins.reduce((sum, bin) => sum + bin.runs, 0);
  const most = Math.max(1, ...bins.map((bin) => bin.runs));
  // Columns are of one width, but for those cut at a threshold; the last, without an end, is drawn as wide as the others.
  const lastFrom = bins.at(-1)?.from ?? 0;
  const width = Math.max(0, ...bins.map(({ from, to }) => (to ?? from) - from)) || thresholds.critical;
  const end = lastFrom + width;
  return (
    <ChartFrame
      title={title}
      label={
        <>
          risk of the latest{' '}
          <Link href={riskRunsHref(agent)} prefetch={false} className="prose-link">
            {plural(runs, 'run')}
          </Link>
        </>
      }
      series={[{ key: 'runs', label: 'runs', colour: 'var(--line-strong)', kind: 'bar' }]}
      {...(runs === 0 ? { empty: 'No run is recorded yet.' } : {})}
      table={<HistogramTable agent={agent} bins={bins} runs={runs} />}
    >
      <div className="px-2.5 pb-1">
        <div className="relative h-[168px] pt-11">
          <div className="flex h-full items-end gap-px border-b border-line-strong">
            {bins.map((bin) => (
              <div
                key={bin.from}
                title={`${rangeText(bin)}: ${plural(bin.runs, 'run')}`}
                className="min-w-0 rounded-t-[1px]"
                style={{
                  flex: `${(100 * ((bin.to ?? end) - bin.from)) / end} 1 0%`,
                  // One run among thousands can still be seen.
                  height: bin.runs === 0 ? 0 : `max(2px, ${(100 * bin.runs) / most}%)`,
                  background: FILL[bandFrom(bin.from, thresholds)],
                }}
              />
            ))}
          </div>
          {LINES.map((band, index) => (
            <div
              key={band}
              className="absolute bottom-0 border-l border-dashed border-ink-3"
              // The rightmost line has the topmost label, and each line begins at its own: none strikes through another's.
              style={{ left: `${(100 * thresholds[band]) / end}%`, top: (LINES.length - 1 - index) * 14 }}
            >
              <span className="absolute top-0 right-px z-10 bg-sheet pr-1 pl-0.5 text-xs leading-[14px] whitespace-nowrap text-ink-2">
                {band} from {formatNumber(thresholds[band], 1)}
              </span>
            </div>
          ))}
        </div>
        <div className="flex justify-between pt-1 text-xs text-ink-2">
          <span>0</span>
          <span>risk, points</span>
          <span>{formatNumber(lastFrom, 1)} and more</span>
        </div>
      </div>
    </ChartFrame>
  );
}

function bandFrom(from: number, { medium, high, critical }: RiskProfile['thresholds']): Band {
  if (from >= critical) return 'critical';
  if (from >= high) return 'high';
  return from >= medium ? 'medium' : 'low';
}

function rangeText({ from, to }: RiskBin): string {
  return to === null
    ? `${formatNumber(from, 2)} and more`
    : `${formatNumber(from, 2)} to below ${formatNumber(to, 2)}`;
}

function HistogramTable({ agent, bins, runs }: { agent: string; bins: readonly RiskBin[]; runs: number }) {
  return (
    <Table label="Runs by risk">
      <thead>
        <tr>
          <Th>Risk</Th>
          <Th numeric>Runs</Th>
          <Th numeric>Share</Th>
        </tr>
      </thead>
      <tbody>
        {bins.map((bin) => (
          <Tr key={bin.from}>
            <Td>{rangeText(bin)}</Td>
            <Td numeric>
              {bin.runs === 0 ? (
                '0'
              ) : (
                <Link
                  href={riskRunsHref(agent, `from=${bin.from}${bin.to === null ? '' : `&below=${bin.to}`}`)}
                  prefetch={false}
                  className="prose-link"
                >
                  {formatCount(bin.runs)}
                </Link>
              )}
            </Td>
            <Td numeric>{formatPercent(bin.runs / runs)}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
