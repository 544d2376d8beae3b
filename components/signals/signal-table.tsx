import Link from 'next/link';
import { runHref } from '@/components/runs/links';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatCount, plural } from '@/lib/format';
import type { SignalRow } from '@/lib/services/signals/signal-row';
import { FAMILY_NAMES, signalValue, sourceName } from './words';

/** Signals, the latest first: what was measured, of which run, and where it came from. */
export function SignalTable({
  rows,
  of = 'workspace',
}: {
  rows: readonly SignalRow[];
  /** Of one run, agent and run need not be named. */
  of?: 'workspace' | 'run';
}) {
  return (
    <Table label="Table of signals">
      <thead>
        <tr>
          <Th>Metric</Th>
          <Th>Value</Th>
          <Th className="max-md:hidden">Family</Th>
          {of === 'run' ? null : <Th className="max-lg:hidden">Agent</Th>}
          {of === 'run' ? null : <Th>Run</Th>}
          <Th className="max-lg:hidden">Source</Th>
          <Th numeric>When</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.id}>
            <Td wrap className="max-md:min-w-36!">
              <span className="code break-words">{row.metric}</span>
              {row.note === null ? null : (
                <span className="block text-xs break-words text-ink-2">“{row.note.slice(0, 300)}”</span>
              )}
              <span className="block text-xs text-ink-2 md:hidden">{FAMILY_NAMES[row.family]}</span>
            </Td>
            <Td>
              <Value row={row} />
            </Td>
            <Td className="max-md:hidden">{FAMILY_NAMES[row.family]}</Td>
            {of === 'run' ? null : (
              <Td className="max-w-48 truncate max-lg:hidden">
                <AgentOf row={row} />
              </Td>
            )}
            {of === 'run' ? null : (
              <Td className="max-w-40">
                <RunOf row={row} />
              </Td>
            )}
            <Td className="py-1.5 max-lg:hidden">
              {sourceName(row.source)}
              {row.person === null ? null : <span className="block text-xs text-ink-2">{row.person}</span>}
              {row.externalId === null || row.externalId.startsWith('said:') || row.person !== null ? null : (
                <span className="code block max-w-40 truncate text-xs text-ink-2" title={row.externalId}>
                  {row.externalId}
                </span>
              )}
            </Td>
            <Td numeric className="text-ink-2">
              <RelativeTime at={row.at} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function Value({ row }: { row: SignalRow }) {
  const text = signalValue(row.value, row.unit);
  return (
    <span className={row.superseded || row.stray ? 'text-ink-2' : ''}>
      {row.superseded || row.stray ? <s>{text}</s> : text}
      {row.label === null || row.label.toLowerCase() === text ? null : (
        <span className="ml-1.5 text-ink-2">{row.label}</span>
      )}
      {row.samples === 1 ? null : (
        <span className="block text-xs text-ink-2">mean of {formatCount(row.samples)}</span>
      )}
      {row.superseded ? <span className="block text-xs">corrected since</span> : null}
      {row.stray ? <span className="block text-xs">counts for nobody</span> : null}
    </span>
  );
}

function AgentOf({ row: { agent } }: { row: SignalRow }) {
  if (agent === null) return <span className="text-ink-3">not known yet</span>;
  if (!agent.known) return <Tag>waits for {agent.name}</Tag>;
  return (
    <Link href={`/agents/${encodeURIComponent(agent.name)}/quality`} className="prose-link">
      {agent.displayName}
    </Link>
  );
}

function RunOf({ row: { run, isSuite, samples, stray } }: { row: SignalRow }) {
  if (run === null)
    return (
      <span className="text-ink-3">{isSuite || samples > 1 ? plural(samples, 'case') : 'none named'}</span>
    );
  if (stray)
    return (
      <>
        <Link
          href={runHref({ id: encodeURIComponent(run.key), key: run.key })}
          className="prose-link code block truncate"
        >
          {run.key}
        </Link>
        <span className="block text-xs text-ink-2">is another agent’s run</span>
      </>
    );
  if (run.id === null)
    return (
      <span className="block truncate" title={`No run ${run.key} has been heard of yet.`}>
        <Tag>waits for</Tag> <span className="code">{run.key}</span>
      </span>
    );
  return (
    <Link href={runHref({ id: run.id, key: run.key })} className="prose-link code block truncate">
      {run.key}
    </Link>
  );
}
