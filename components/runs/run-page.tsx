'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type ReactNode, useMemo, useState } from 'react';
import { fetchJson } from '@/components/shell/fetch-json';
import { Band } from '@/components/ui/band';
import { Button, ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Digest } from '@/components/ui/digest';
import { LaneTag } from '@/components/ui/lane-tag';
import { PageHeader } from '@/components/ui/page-header';
import { ClockTime, ExactTime, RelativeTime } from '@/components/ui/relative-time';
import { Columns, FactRows, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatCount, formatMoney, formatNumber, plural } from '@/lib/format';
import type { RunDetail } from '@/lib/services/runs/get-run';
import type { SpanList, SpanRow } from '@/lib/services/runs/list-run-spans';
import { ClauseLink, type ClauseSource, clauseSource, contractHref } from './links';
import { Record } from './record';
import { RunActions } from './run-actions';
import { RunBand } from './run-band';
import { costText, durationText } from './run-figures';
import { RunNotices } from './run-notices';
import { HowScored, ScoreStrip } from './run-score';
import { RunStatus } from './run-status';
import { SpanPanel } from './span-panel';
import { spanKey } from './span-tree';
import { SpanTreeView, type TreeContext } from './span-tree-view';
import { StopFacts } from './stop-facts';

export function RunPage({
  initial,
  initialSpans,
  undo,
  receipt,
  signals,
  review,
}: {
  initial: RunDetail;
  initialSpans: SpanList;
  /** What the run wrote, and what of it can be taken back. */
  undo: ReactNode;
  /** The signed record of it, and the way to make one. */
  receipt: ReactNode;
  /** What was measured of it from outside. */
  signals: ReactNode;
  /** What subject experts said of it. */
  review: ReactNode;
}) {
  const { data: run } = useQuery({
    queryKey: ['run', initial.id],
    queryFn: ({ signal }) => fetchJson<RunDetail>(`/api/runs/${initial.id}`, signal),
    initialData: initial,
  });
  const context = useTreeContext(run);
  const { of } = context;
  const breaches = run.breaches.length;
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Runs', href: '/runs' }, { label: run.key }]}
        title={
          <span className="inline-flex max-w-full items-center gap-1">
            <span className="break-all">{run.key}</span>
            <CopyButton value={run.key} what="run key" />
          </span>
        }
        facts={[
          <RunBand key="band" run={run} />,
          <RunStatus key="status" status={run.status} />,
          run.lane === 'allow' ? null : (
            <span key="lane" className="inline-flex items-center gap-1.5">
              strictest answer <LaneTag lane={run.lane} />
            </span>
          ),
          <Link key="agent" href={`/agents/${encodeURIComponent(run.agent.name)}`} className="prose-link">
            {run.agent.displayName}
          </Link>,
          run.contract === null ? (
            'no contract'
          ) : (
            <span key="contract" className="inline-flex items-center gap-1">
              <Link href={contractHref(of)} className="prose-link">
                {run.contract.ofAgent
                  ? `contract v${run.versionName ?? run.contract.number}`
                  : 'workspace defaults'}
              </Link>
              <Digest value={run.contract.digest} />
            </span>
          ),
          <span key="started">
            started <RelativeTime at={run.startedAt} />
          </span>,
        ]}
        actions={
          <>
            {run.incident === null ? null : (
              <ButtonLink href={`/incidents/${run.incident.number}`}>
                Open INC-{run.incident.number}
              </ButtonLink>
            )}
            <ButtonLink href={`/runs/compare?a=${encodeURIComponent(run.key)}`}>Compare</ButtonLink>
            <RunActions run={run} />
          </>
        }
      />
      <RunNotices run={run} />
      <ScoreStrip
        score={run.score}
        pillars={run.pillars}
        coverage={run.scoreCoverage}
        label="Score of this run"
      >
        <HowScored run={run} />
      </ScoreStrip>
      <div className="mb-5">
        <RunSpans run={run} initial={initialSpans} context={context} />
      </div>
      <Columns>
        <Stack>
          <Sheet
            title="Breaches"
            label={breaches > 0 ? plural(breaches, 'clause') : run.band === null ? 'not known' : 'none'}
          >
            {breaches === 0 ? (
              <SheetBody className="text-sm text-ink-2">
                {run.band === null
                  ? 'Nothing was recorded of this run, so nobody can tell whether it kept to its contract.'
                  : 'This run kept to its contract.'}
              </SheetBody>
            ) : (
              <ul className="text-sm">
                {run.breaches.map((breach) => (
                  <li
                    key={breach.id}
                    className="grid gap-0.5 border-b border-line px-3.5 py-2.5 last:border-b-0"
                  >
                    <div className="flex flex-wrap items-center justify-between gap-x-3">
                      <Band band={breach.severity} />
                      <span className="text-ink-3">
                        <ClockTime at={breach.happenedAt} />
                      </span>
                    </div>
                    <p>{breach.message}</p>
                    <ClauseLink clause={breach.clause} of={of} />
                  </li>
                ))}
              </ul>
            )}
          </Sheet>
          {signals}
          <Decisions run={run} of={of} />
          <Sheet
            title="Record"
            label={
              run.record.length === 0
                ? 'no audit entries'
                : plural(run.record.length, 'audit entry', 'audit entries')
            }
          >
            <Record entries={run.record} breaches={run.breaches} of={of} />
          </Sheet>
        </Stack>
        <Stack>
          {review}
          {undo}
          {receipt}
          <StopFacts run={run} />
          <Sheet title="Usage">
            <FactRows
              rows={[
                {
                  name: run.band === null ? 'First asked' : 'Started',
                  value: <ExactTime at={run.startedAt} precision="millisecond" />,
                },
                { name: 'First heard of', value: <ExactTime at={run.receivedAt} precision="millisecond" /> },
                ...(run.band === null ? [] : usageOf(run)),
              ]}
            />
          </Sheet>
          <Sheet
            title={run.conversationId === null ? 'Trace' : 'Conversation'}
            label={plural(run.traces.length, 'trace')}
          >
            <FactRows
              rows={[
                ...(run.conversationId === null
                  ? []
                  : [
                      {
                        name: 'Conversation',
                        value: <span className="code break-all">{run.conversationId}</span>,
                      },
                    ]),
                ...run.traces.slice(0, 20).map((trace) => ({
                  key: trace.traceId,
                  name: (
                    <span className="inline-flex items-center gap-1">
                      <Digest value={trace.traceId} what="trace id" />
                    </span>
                  ),
                  value: plural(trace.spans, 'span'),
                })),
                ...(run.traces.length > 20
                  ? [{ name: 'and', value: plural(run.traces.length - 20, 'more trace') }]
                  : []),
              ]}
            />
          </Sheet>
        </Stack>
      </Columns>
    </>
  );
}

/** What was recorded of its use of models and tools. */
function usageOf(run: RunDetail) {
  return [
    { name: 'Latest span ended', value: <ExactTime at={run.endedAt} precision="millisecond" /> },
    { name: 'Model calls', value: formatCount(run.modelCalls) },
    { name: 'Tool calls', value: formatCount(run.toolCalls) },
    { name: 'Failed spans', value: formatCount(run.errorCount) },
    { name: 'Tokens', value: `${formatCount(run.inputTokens)} in, ${formatCount(run.outputTokens)} out` },
    { name: run.infrastructureUsd === null ? 'Cost' : 'Models', value: costText(run) },
    ...(run.infrastructureUsd === null
      ? []
      : [
          { name: 'Infrastructure, for the time it worked', value: formatMoney(run.infrastructureUsd) },
          {
            name: 'Together',
            value: `${run.unpricedCalls > 0 ? 'at least ' : ''}${formatMoney(run.costUsd + run.infrastructureUsd)}`,
          },
        ]),
    ...(run.reportedCostUsd === null
      ? []
      : [{ name: 'Cost the client reported', value: formatMoney(run.reportedCostUsd) }]),
  ];
}

/** What the tree must know of the run around its spans. */
export function useTreeContext(run: RunDetail): TreeContext {
  const { agent, contract, unknownTools, thresholds, toolCategories, breaches, riskProfile } = run;
  return useMemo(
    () => ({
      of: clauseSource({ agent, contract }),
      unknownTools,
      thresholds,
      toolCategories,
      riskProfile,
      breached: new Set(
        breaches.flatMap((breach) =>
          breach.traceId === null || breach.spanId === null || breach.clause.startsWith('risk/')
            ? []
            : [`${breach.traceId}/${breach.spanId}`],
        ),
      ),
    }),
    [agent, contract, unknownTools, thresholds, toolCategories, breaches, riskProfile],
  );
}

/** The tree of a run with its details at the side; a large run shows its telling spans until all are asked for. */
export function RunSpans({
  run,
  initial,
  context,
  brief = false,
}: {
  run: RunDetail;
  initial: SpanList;
  context: TreeContext;
  brief?: boolean;
}) {
  const [part, setPart] = useState<'telling' | 'all'>('telling');
  const [chosen, setChosen] = useState<SpanRow | null>(null);
  const { data, isFetching, error, refetch } = useQuery({
    // New spans change the count, and so the key; a whole large run is read again only when asked for.
    queryKey: ['run-spans', run.id, part, part === 'all' ? 0 : run.spanCount],
    queryFn: ({ signal }) => fetchJson<SpanList>(`/api/runs/${run.id}/spans?part=${part}`, signal),
    ...(part === 'telling' && run.spanCount === initial.total ? { initialData: initial } : {}),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const list = data ?? initial;
  const missing = run.spanCount - list.spans.length;
  return (
    <Sheet
      title="What the run did"
      label={
        run.band === null
          ? 'nothing recorded'
          : `${plural(run.spanCount, 'span')} · ${durationText(run)} · ${costText(run)} · risk ${formatNumber(run.risk, 1)}${run.thresholds === null ? '' : `, critical from ${formatNumber(run.thresholds.critical, 1)}`}`
      }
    >
      {list.spans.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          No span has arrived: so far the agent only asked for decisions.
        </SheetBody>
      ) : (
        <SpanTreeView
          spans={list.spans}
          context={context}
          chosen={chosen === null ? '' : spanKey(chosen)}
          onChoose={setChosen}
          brief={brief}
        />
      )}
      {missing > 0 && list.spans.length > 0 ? (
        <div className="flex flex-wrap items-center gap-3 border-t border-line px-3.5 py-2.5 text-sm text-ink-2">
          {error === null ? (
            <span>
              {part === 'telling'
                ? `The ${formatCount(list.spans.length)} most telling of ${plural(run.spanCount, 'span')} are shown.`
                : `${plural(missing, 'span')} more.`}
            </span>
          ) : (
            <span className="text-critical">{error.message}</span>
          )}
          <Button
            size="small"
            pending={isFetching}
            onClick={() => (part === 'telling' ? setPart('all') : void refetch())}
          >
            {part === 'telling' ? `Load all ${formatCount(run.spanCount)}` : 'Load them'}
          </Button>
        </div>
      ) : null}
      <SpanPanel runId={run.id} span={chosen} context={context} onClose={() => setChosen(null)} />
    </Sheet>
  );
}

function Decisions({ run, of }: { run: RunDetail; of: ClauseSource }) {
  if (run.decisionCount === 0) return null;
  return (
    <Sheet
      title="Decisions it asked for"
      label={
        run.decisions.length < run.decisionCount
          ? `latest ${run.decisions.length} of ${formatCount(run.decisionCount)}`
          : plural(run.decisionCount, 'decision')
      }
    >
      <Table label="Decisions">
        <thead>
          <tr>
            <Th>Asked</Th>
            <Th>Tool</Th>
            <Th>Answer</Th>
            <Th>By</Th>
          </tr>
        </thead>
        <tbody>
          {run.decisions.map((decision) => (
            <Tr key={decision.id}>
              <Td className="text-ink-3">
                <ClockTime at={decision.decidedAt} />
              </Td>
              <Td>
                <span className="code">{decision.tool}</span>
              </Td>
              <Td>
                <LaneTag lane={decision.lane} />
              </Td>
              <Td wrap>
                {decision.clauses.length === 0 ? (
                  <span className="text-ink-3">no clause held it back</span>
                ) : (
                  decision.clauses.map((each) => (
                    <div key={`${each.clause} ${each.code} ${each.detail}`}>
                      <ClauseLink clause={each.clause} of={of} />
                    </div>
                  ))
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}
