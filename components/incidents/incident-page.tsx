'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { ClauseLink, contractHref, runHref } from '@/components/runs/links';
import { Record } from '@/components/runs/record';
import { RunNotices } from '@/components/runs/run-notices';
import { RunSpans, useTreeContext } from '@/components/runs/run-page';
import { StopFacts } from '@/components/runs/stop-facts';
import { fetchJson } from '@/components/shell/fetch-json';
import { Band, bandColour } from '@/components/ui/band';
import { Digest } from '@/components/ui/digest';
import { PageHeader } from '@/components/ui/page-header';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { formatCount, formatList, formatNumber, formatPercent, plural } from '@/lib/format';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';
import { Escalation } from './escalation';
import { Found } from './found';
import { IncidentActions } from './incident-actions';
import { IncidentState } from './incident-state';
import { Moments, WaitsSince } from './moments';
import { Named } from './named';
import { RollbackSheet } from './rollback-sheet';

export function IncidentPage({ initial }: { initial: IncidentDetail }) {
  const { data: incident } = useQuery({
    queryKey: ['incident', initial.number],
    queryFn: ({ signal }) => fetchJson<IncidentDetail>(`/api/incidents/${initial.number}`, signal),
    initialData: initial,
  });
  const { run } = incident;
  const context = useTreeContext(run);
  const first = run.record.at(0);
  const last = run.record.at(-1);
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Incidents', href: '/incidents' }, { label: `INC-${incident.number}` }]}
        title={incident.title}
        facts={[
          <Band key="severity" band={incident.severity} />,
          <IncidentState key="state" state={incident.state} how={incident.resolution} />,
          <Link
            key="agent"
            href={`/agents/${encodeURIComponent(incident.agent.name)}`}
            className="prose-link"
          >
            {incident.agent.displayName}
          </Link>,
          <span key="run">
            run{' '}
            <Link href={runHref(run)} className="prose-link code">
              {run.key}
            </Link>
          </span>,
          run.contract === null ? null : (
            <span key="contract" className="inline-flex items-center gap-1">
              <Link href={contractHref(context.of)} className="prose-link">
                {run.contract.ofAgent
                  ? `contract v${run.versionName ?? run.contract.number}`
                  : 'workspace defaults'}
              </Link>
              <Digest value={run.contract.digest} />
            </span>
          ),
          <span key="clause">
            clause <ClauseLink clause={incident.clause} of={context.of} />
          </span>,
          incident.state === 'open' ? <WaitsSince key="waits" incident={incident} /> : null,
        ]}
        actions={<IncidentActions incident={incident} />}
      />
      <Moments incident={incident} />
      <RunNotices run={run} brief />
      <Columns>
        <Stack>
          <RunSpans run={run} initial={incident.spans} context={context} brief />
          <Sheet
            title="Record"
            label={
              first === undefined || last === undefined
                ? 'no audit entries'
                : first.id === last.id
                  ? `audit entry no. ${formatCount(first.id)}`
                  : `${plural(run.record.length, 'audit entry', 'audit entries')} between no. ${formatCount(first.id)} and no. ${formatCount(last.id)}`
            }
          >
            <Record entries={run.record} breaches={run.breaches} of={context.of} />
          </Sheet>
        </Stack>
        <Stack>
          {incident.reason === null ? null : (
            <Sheet title={incident.resolution === 'stopped' ? 'Why it was stopped' : 'Why it was resumed'}>
              <SheetBody>
                <p className="break-words whitespace-pre-wrap">{incident.reason}</p>
                <p className="mt-1 text-sm text-ink-2">{incident.resolvedBy ?? 'Countersign'}</p>
              </SheetBody>
            </Sheet>
          )}
          <Sheet
            title="The clause"
            label={run.contract === null ? undefined : `v${run.versionName ?? run.contract.number}`}
          >
            <SheetBody>
              <ClauseLink clause={incident.clause} of={context.of} />
              {incident.clauseSays === null ? (
                <p className="mt-2 text-sm text-ink-2">
                  {incident.clause === 'run/status'
                    ? 'Under every contract: a run that is paused or told to stop makes no call.'
                    : 'The contract has no such entry: that is what it says.'}
                </p>
              ) : (
                <pre className="code mt-2 overflow-x-auto rounded-md bg-sunk px-2.5 py-2">
                  {incident.clauseSays}
                </pre>
              )}
              <Found found={incident.found} />
              {incident.responses.length === 0 ? null : (
                <p className="mt-2 text-sm text-ink-2">
                  <ClauseLink clause={`failure/${incident.severity}`} of={context.of} /> says what follows:{' '}
                  {formatList(incident.responses.map((response) => RESPONSE_WORDS[response]))}.
                </p>
              )}
            </SheetBody>
          </Sheet>
          <RollbackSheet incident={incident} />
          <Sheet title="Scores">
            <FactRows
              rows={[
                {
                  name: <span className="whitespace-nowrap">This run</span>,
                  key: 'run',
                  value: (
                    <>
                      <span className={`font-medium ${bandColour(run.band ?? 'low')}`}>
                        {scoreText(run.score)}
                      </span>
                      <Pillars pillars={run.pillars} coverage={run.scoreCoverage} />
                    </>
                  ),
                },
                {
                  name: <span className="whitespace-nowrap">Agent, 30 days</span>,
                  key: 'agent',
                  value: (
                    <>
                      {scoreText(incident.agentScore.score)}
                      <Pillars
                        pillars={incident.agentScore.pillars}
                        coverage={incident.agentScore.coverage}
                      />
                    </>
                  ),
                },
                {
                  name: 'Silent runs, 30 days',
                  value: `${formatCount(incident.agentScore.silentRuns)} of ${formatCount(incident.agentScore.runs)}`,
                },
              ]}
            />
          </Sheet>
          <StopFacts run={run} />
          <Escalation incident={incident} />
          <WhoIsInThis incident={incident} />
        </Stack>
      </Columns>
    </>
  );
}

const RESPONSE_WORDS = {
  log: 'log it',
  warn: 'warn the operator',
  page: 'page the operator',
  pause: 'pause the run',
  'roll-back': 'roll back',
} as const;

const scoreText = (score: number | null) => (score === null ? 'unknown' : formatNumber(score, 1));

function Pillars({
  pillars,
  coverage,
}: {
  pillars: { risk: number | null; quality: number | null; cost: number | null };
  coverage: number;
}) {
  return (
    <span className="block text-xs text-ink-2">
      risk score {scoreText(pillars.risk)} · quality score {scoreText(pillars.quality)} · cost score{' '}
      {scoreText(pillars.cost)} · {formatPercent(coverage, 0)} measured
    </span>
  );
}

function WhoIsInThis({ incident }: { incident: IncidentDetail }) {
  const { owners } = incident;
  return (
    <Sheet title="Who is in this">
      <FactRows
        rows={[
          {
            name: 'Operator on call',
            value:
              incident.operator ?? (owners === null ? 'nobody named' : <Named person={owners.operator} />),
          },
          ...(incident.acknowledgedBy === null
            ? []
            : [{ name: 'Acknowledged by', value: incident.acknowledgedBy }]),
          ...(incident.resolvedBy === null ? [] : [{ name: 'Resolved by', value: incident.resolvedBy }]),
          ...(owners === null
            ? []
            : [
                { name: 'Sponsor', value: <Named person={owners.sponsor} /> },
                { name: 'GRC', value: <Named person={owners.grc} /> },
              ]),
        ]}
      />
    </Sheet>
  );
}
