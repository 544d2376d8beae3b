'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { BY_SCORE, RECORDED, runsByScore } from '@/components/runs/links';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { Chart } from '@/components/ui/chart';
import { WindowNav } from '@/components/ui/window-nav';
import { plural } from '@/lib/format';
import type { AgentTrend } from '@/lib/services/agents/agent-trend';
import { TREND_DAYS } from './agent-tabs';
import { bandReading, scoreReading } from './trend-reading';

/** The mean score of an agent's runs and their bands by day, with contract versions and incidents marked on them. */
export function AgentTrendCharts({ agent, initial }: { agent: string; initial: AgentTrend }) {
  const slug = encodeURIComponent(agent);
  const { days } = initial;
  const { data: trend } = useQuery({
    queryKey: ['agent', agent, 'trend', days],
    queryFn: ({ signal }) => fetchJson<AgentTrend>(`/api/agents/${slug}/trend?days=${days}`, signal),
    initialData: initial,
  });
  useSlowLive(['agent', agent, 'trend', days], ['run', 'incident', 'contract']);
  const runsOfDay = `/runs?agent=${slug}&from={x}&to={x}`;
  const marks = trend.marks.map(({ day, ...mark }) => ({ x: day, ...mark }));
  const ranged = trend.byDay.some((day) => day.scoreLow !== day.scoreHigh);
  return (
    <>
      <Chart
        title={scoreReading(trend)}
        label={
          <>
            mean score of runs by day, of{' '}
            <Link href={runsByScore(agent, trend)} prefetch={false} className="prose-link">
              {plural(trend.scoredRuns, 'run')}
            </Link>
          </>
        }
        actions={
          <WindowNav
            label="Days shown"
            windows={TREND_DAYS}
            current={days}
            hrefOf={(window) => `/agents/${slug}${window === 30 ? '' : `?days=${window}`}`}
          />
        }
        kind="line"
        unit="score"
        domain={[0, 100]}
        series={[
          { key: 'score', label: 'score', colour: 'var(--ink-2)' },
          ...(ranged
            ? [
                {
                  key: 'range',
                  kind: 'range' as const,
                  low: 'scoreLow',
                  high: 'scoreHigh',
                  label: 'what it may be, not all being measured',
                  colour: 'var(--ink-2)',
                },
              ]
            : []),
        ]}
        points={trend.byDay.map(({ day, score, scoreLow, scoreHigh }) => ({
          x: day,
          score,
          scoreLow,
          scoreHigh,
        }))}
        marks={marks}
        href={`${runsOfDay}&${BY_SCORE}`}
        empty={`No run was scored in these ${days} days.`}
      />
      <Chart
        title={bandReading(trend)}
        label={`runs a day by band, ${days} days`}
        series={[
          { key: 'low', label: 'low', colour: 'var(--line-strong)' },
          { key: 'medium', label: 'medium', colour: 'var(--medium)', texture: 'dots' },
          { key: 'high', label: 'high', colour: 'var(--high)', texture: 'hatch' },
          { key: 'critical', label: 'critical', colour: 'var(--critical)' },
        ]}
        points={trend.byDay.map(({ day, low, medium, high, critical }) => ({
          x: day,
          low,
          medium,
          high,
          critical,
        }))}
        marks={marks}
        href={`${runsOfDay}&${RECORDED}`}
      />
    </>
  );
}
