'use client';

import { useQuery } from '@tanstack/react-query';
import { fetchJson } from '@/components/shell/fetch-json';
import { Callout } from '@/components/ui/callout';
import { CopyButton } from '@/components/ui/copy-button';
import { LaneTag } from '@/components/ui/lane-tag';
import { Count, Duration, Money } from '@/components/ui/measure';
import { ExactTime } from '@/components/ui/relative-time';
import { FactRows } from '@/components/ui/sheet';
import { SidePanel } from '@/components/ui/side-panel';
import { Skeleton } from '@/components/ui/skeleton';
import type { SpanDetail } from '@/lib/services/runs/get-run-span';
import type { SpanRow } from '@/lib/services/runs/list-run-spans';
import { ClauseLink } from './links';
import { SpanRisk } from './span-risk';
import { Touched, type TreeContext } from './span-tree-view';

/** One span with everything that was received of it. */
export function SpanPanel({
  runId,
  span,
  context,
  onClose,
}: {
  runId: string;
  span: SpanRow | null;
  context: TreeContext;
  onClose: () => void;
}) {
  return (
    <SidePanel
      open={span !== null}
      onClose={onClose}
      label="Span"
      title={span === null ? '' : <span className="code text-base!">{span.name}</span>}
    >
      {span === null ? null : <Details runId={runId} span={span} context={context} />}
    </SidePanel>
  );
}

function Details({ runId, span, context }: { runId: string; span: SpanRow; context: TreeContext }) {
  const { data, error } = useQuery({
    queryKey: ['span', runId, span.traceId, span.spanId],
    queryFn: ({ signal }) =>
      fetchJson<SpanDetail>(`/api/runs/${runId}/spans/${span.traceId}/${span.spanId}`, signal),
  });
  return (
    <>
      <FactRows
        rows={[
          { name: 'Operation', value: span.operation },
          ...(span.tool === null
            ? []
            : [
                {
                  name: 'Tool',
                  value: (
                    <>
                      <span className="code">{span.tool}</span>
                      {context.unknownTools.includes(span.tool) ? (
                        <span className="text-medium">, not in the contract</span>
                      ) : null}
                    </>
                  ),
                },
              ]),
          ...(span.model === null
            ? []
            : [{ name: 'Model', value: <span className="code">{span.model}</span> }]),
          { name: 'Touched', value: <Touched span={span} context={context} /> },
          ...(span.lane === null
            ? []
            : [{ name: 'The contract would have said', value: <LaneTag lane={span.lane} /> }]),
          ...(span.clauses.length === 0
            ? []
            : [
                {
                  name: 'By',
                  value: (
                    <span className="grid gap-1">
                      {span.clauses.map((clause) => (
                        <ClauseLink key={clause} clause={clause} of={context.of} />
                      ))}
                    </span>
                  ),
                },
              ]),
          { name: 'Risk', value: <SpanRisk span={span} context={context} /> },
          ...(span.inputTokens === null && span.outputTokens === null
            ? []
            : [
                {
                  name: 'Tokens',
                  value: (
                    <>
                      <Count value={span.inputTokens ?? 0} /> in, <Count value={span.outputTokens ?? 0} /> out
                    </>
                  ),
                },
                { name: 'Cost', value: <Money usd={span.costUsd} /> },
              ]),
          ...(data === undefined || data.reportedCostUsd === null
            ? []
            : [{ name: 'Cost the client reported', value: <Money usd={data.reportedCostUsd} /> }]),
          {
            name: 'Began',
            value:
              data === undefined ? (
                <Skeleton className="h-4 w-40" />
              ) : (
                <ExactTime at={data.startedAt} precision="millisecond" />
              ),
          },
          { name: 'Duration', value: <Duration ms={span.durationUs / 1000} /> },
          {
            name: 'Status',
            value:
              data === undefined || data.statusMessage === null
                ? span.status
                : `${span.status}: ${data.statusMessage}`,
          },
          ...(data === undefined
            ? []
            : [
                { name: 'Recognised as', value: data.dialect },
                {
                  name: 'Received',
                  value: <ExactTime at={data.receivedAt} precision="millisecond" />,
                },
              ]),
          {
            name: 'Span',
            value: (
              <span className="inline-flex items-center gap-1">
                <span className="code">{span.spanId}</span>
                <CopyButton value={span.spanId} what="span id" />
              </span>
            ),
          },
        ]}
      />
      {error === null ? null : (
        <div className="p-4">
          <Callout tone="critical" alert title="Its attributes could not be read">
            {error.message}
          </Callout>
        </div>
      )}
      {data === undefined ? null : <Body body={data.body} />}
    </>
  );
}

const TITLES: Record<string, string> = {
  attributes: 'Attributes',
  events: 'Events',
  links: 'Links',
  resource: 'Resource',
  scope: 'Scope',
};

/** What was received, section by section, as it stands. */
function Body({ body }: { body: unknown }) {
  if (typeof body !== 'object' || body === null) return null;
  const sections = Object.entries(body).filter(([, value]) => !isEmpty(value));
  return (
    <div className="grid gap-4 border-t border-line px-4 py-4">
      {sections.map(([name, value]) => (
        <section key={name}>
          <h3 className="mb-1 text-sm font-medium">{TITLES[name] ?? name}</h3>
          {isFlat(value) ? (
            <dl className="grid gap-1.5 text-sm">
              {Object.entries(value).map(([key, each]) => (
                <div key={key}>
                  <dt className="code text-ink-2">{key}</dt>
                  <dd className="code max-h-48 overflow-auto rounded-sm bg-sunk px-2 py-1 whitespace-pre-wrap [overflow-wrap:anywhere]">
                    {textOf(each)}
                  </dd>
                </div>
              ))}
            </dl>
          ) : (
            <pre className="code max-h-80 overflow-auto rounded-sm bg-sunk px-2 py-1 whitespace-pre-wrap [overflow-wrap:anywhere]">
              {JSON.stringify(value, null, 2)}
            </pre>
          )}
        </section>
      ))}
    </div>
  );
}

function isFlat(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** JSON that was sent as text reads better laid out. */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2);
  if (!/^[[{]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
