'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { fetchJson } from '@/components/shell/fetch-json';
import { Band } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { LaneTag } from '@/components/ui/lane-tag';
import { Count } from '@/components/ui/measure';
import { ExactTime } from '@/components/ui/relative-time';
import { FactRows } from '@/components/ui/sheet';
import { SidePanel } from '@/components/ui/side-panel';
import { Skeleton } from '@/components/ui/skeleton';
import { formatNumber } from '@/lib/format';
import type { RunDetail } from '@/lib/services/runs/get-run';
import type { RunRow } from '@/lib/services/runs/run-row';
import { ClauseLink, clauseSource, runHref } from './links';
import { RunBand } from './run-band';
import { durationText, RunCost, RunRisk } from './run-figures';
import { RunStatus } from './run-status';

/** A run at the side of the list: enough to decide whether to open it. */
export function RunPreview({ run, onClose }: { run: RunRow | null; onClose: () => void }) {
  return (
    <SidePanel
      open={run !== null}
      onClose={onClose}
      label={run === null ? 'Run' : `Run ${run.key}`}
      title={run === null ? '' : <span className="code text-base! break-all">{run.key}</span>}
    >
      {run === null ? null : <Preview run={run} />}
    </SidePanel>
  );
}

function Preview({ run }: { run: RunRow }) {
  const { data, error } = useQuery({
    queryKey: ['run', run.id],
    queryFn: ({ signal }) => fetchJson<RunDetail>(`/api/runs/${run.id}`, signal),
  });
  return (
    <>
      <FactRows
        rows={[
          {
            name: 'Agent',
            value: (
              <Link href={`/agents/${encodeURIComponent(run.agent.name)}`} className="prose-link">
                {run.agent.displayName}
              </Link>
            ),
          },
          { name: 'Status', value: <RunStatus status={run.status} /> },
          { name: 'Band', value: <RunBand run={run} /> },
          { name: 'Risk', value: <RunRisk run={run} /> },
          { name: 'Score', value: run.score === null ? 'unknown' : formatNumber(run.score, 1) },
          { name: 'Strictest answer', value: <LaneTag lane={run.lane} /> },
          { name: 'Cost', value: <RunCost run={run} /> },
          { name: 'Tokens', value: <Count value={run.inputTokens + run.outputTokens} /> },
          { name: 'Duration', value: run.band === null ? 'not known' : durationText(run) },
          { name: 'Spans', value: <Count value={run.spanCount} /> },
          { name: 'Started', value: <ExactTime at={run.startedAt} /> },
        ]}
      />
      <div className="border-t border-line px-4 py-3">
        <h3 className="mb-1 text-sm font-medium">Breaches</h3>
        {error !== null ? (
          <Callout tone="critical" alert title="The rest could not be read">
            {error.message}
          </Callout>
        ) : data === undefined ? (
          <Skeleton className="h-4 w-48" />
        ) : data.breaches.length === 0 ? (
          <p className="text-sm text-ink-2">{run.band === null ? 'Nothing was recorded.' : 'None.'}</p>
        ) : (
          <ul className="grid gap-2 text-sm">
            {data.breaches.slice(0, 6).map((breach) => (
              <li key={breach.id}>
                <Band band={breach.severity} />
                <p>{breach.message}</p>
                <ClauseLink clause={breach.clause} of={clauseSource(run)} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="flex gap-2 px-4 py-3">
        <ButtonLink href={runHref(run)} variant="primary">
          Open run
        </ButtonLink>
        {run.incident === null ? null : (
          <ButtonLink href={`/incidents/${run.incident.number}`}>Open INC-{run.incident.number}</ButtonLink>
        )}
      </div>
    </>
  );
}
