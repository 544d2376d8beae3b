'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { ClauseLink, contractHref, runHref } from '@/components/runs/links';
import { RunNotices } from '@/components/runs/run-notices';
import { RunSpans, useTreeContext } from '@/components/runs/run-page';
import { StopFacts } from '@/components/runs/stop-facts';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { Band, bandColour } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { Digest } from '@/components/ui/digest';
import { PageHeader } from '@/components/ui/page-header';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { Strip } from '@/components/ui/strip';
import { formatCount, formatList, formatNumber, formatPercent } from '@/lib/format';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';
import { Conversation } from './conversation';
import { DiffSheet } from './diff-sheet';
import { Found } from './found';
import { IncidentActions, mayDoNothing } from './incident-actions';
import { IncidentRuns } from './incident-runs';
import { IncidentState } from './incident-state';
import { Intervals, Moments, WaitsSince } from './moments';
import { Named } from './named';
import { TimelineSheet } from './timeline-sheet';

/** What other parts of the product say of the incident, as they render it on the server; each keeps itself up to date. */
export interface IncidentSlots {
  rollback: ReactNode;
  compensations: ReactNode;
  undo: ReactNode;
  ladder: ReactNode;
  attribution: ReactNode;
  similar: ReactNode;
  pages: ReactNode;
  verdict: ReactNode;
  amendment: ReactNode;
}

/** One incident: what to do now first, then what happened and what had changed, then what follows from it. */
export function IncidentPage({ initial, ...slots }: { initial: IncidentDetail } & IncidentSlots) {
  const { data: incident } = useQuery({
    queryKey: ['incident', initial.number],
    queryFn: ({ signal }) => fetchJson<IncidentDetail>(`/api/incidents/${initial.number}`, signal),
    initialData: initial,
  });
  useSlowLive(
    ['incident', initial.number],
    ['run', 'agent', 'page', 'verdict', 'amendment', 'gate', 'intervention'],
  );
  const { run } = incident;
  const context = useTreeContext(run);
  // Whoever has nothing to press there gets no bar over their phone's page.
  const bar = incident.state !== 'resolved' && !mayDoNothing(incident);
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
        actions={
          <div
            className={`flex flex-wrap gap-2 print:hidden ${bar ? 'max-md:fixed max-md:inset-x-0 max-md:bottom-0 max-md:z-20 max-md:border-t max-md:border-line max-md:bg-sheet max-md:px-4 max-md:py-2.5' : ''}`}
          >
            <ButtonLink
              href={`/incidents/${incident.number}/postmortem`}
              className={bar ? 'max-md:hidden' : ''}
            >
              Postmortem
            </ButtonLink>
            <IncidentActions incident={incident} />
          </div>
        }
      />
      <Moments incident={incident} />
      <Intervals incident={incident} />
      <RunNotices run={run} brief />
      <Jumps incident={incident} />
      <Columns>
        <Stack>
          {slots.rollback}
          <IncidentRuns incident={incident} />
          <Part id="run">
            <RunSpans run={run} initial={incident.spans} context={context} brief />
          </Part>
          <Part id="changed">{slots.attribution}</Part>
          <Part id="timeline">
            <TimelineSheet number={incident.number} timeline={incident.timeline} of={context.of} />
          </Part>
          {slots.compensations}
          {slots.undo}
          <Part id="verdict">
            {slots.verdict}
            {slots.amendment}
          </Part>
          <Part id="conversation">
            <Conversation number={incident.number} conversation={incident.conversation} />
          </Part>
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
          <Part id="clause">
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
          </Part>
          {incident.diff === null ? null : (
            <DiffSheet diff={incident.diff} agent={incident.agent.name} clause={incident.clause} />
          )}
          <Part id="pages">{slots.pages}</Part>
          <StopFacts run={run} />
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
          {slots.ladder}
          <WhoIsInThis incident={incident} />
          {slots.similar}
        </Stack>
      </Columns>
      {/* What the bar of actions covers at the end of a phone's page. */}
      {bar ? <div className="h-16 md:hidden" /> : null}
    </>
  );
}

/** A part of the page that a phone's strip jumps to. */
function Part({ id, children }: { id: string; children: ReactNode }) {
  return (
    <div id={id} className="grid min-w-0 scroll-mt-14 gap-5">
      {children}
    </div>
  );
}

const PARTS = [
  { id: 'run', name: 'Run' },
  { id: 'changed', name: 'What changed' },
  { id: 'timeline', name: 'Timeline' },
  { id: 'verdict', name: 'Verdict' },
  { id: 'conversation', name: 'Conversation' },
  { id: 'clause', name: 'Clause' },
  { id: 'pages', name: 'Pages' },
] as const;

/** One column is long: a phone jumps. */
function Jumps({ incident }: { incident: IncidentDetail }) {
  const said = incident.conversation.notes.length;
  return (
    <div className="sticky top-0 z-10 -mx-4 mb-4 border-b border-line bg-ground px-4 lg:hidden print:hidden">
      <Strip label="Parts of this incident" className="gap-4 text-sm text-ink-2">
        {PARTS.map(({ id, name }) => (
          <a
            key={id}
            href={`#${id}`}
            className="py-2.5 whitespace-nowrap hover:text-ink focus-visible:-outline-offset-2"
          >
            {name}
            {id === 'conversation' && said > 0 ? ` ${formatCount(said)}` : ''}
          </a>
        ))}
      </Strip>
    </div>
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
            // Who holds it may be anybody of the path, or whom it was handed to.
            name: incident.operator === null ? 'Operator on call' : 'Paged',
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
