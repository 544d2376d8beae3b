import Link from 'next/link';
import { runHref } from '@/components/runs/links';
import { Band } from '@/components/ui/band';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { categoryTitle } from '@/lib/contract/categories';
import { formatCount, formatNumber, plural } from '@/lib/format';
import type { RiskRuns, RiskRunsWanted } from '@/lib/services/risk/list-risk-runs';
import { REASONS } from './risk-runs-links';

/** The very runs that a figure of an agent's risk counts, the newest first. */
export function RiskRunsTable({ data, wanted }: { data: RiskRuns; wanted: RiskRunsWanted }) {
  const { runs, lookedAt } = data;
  const counted = wanted.category !== '' ? 'Calls' : wanted.reason !== '' ? 'Spans' : null;
  return (
    <Sheet
      title={`${plural(runs.length, 'run')} ${inWords(wanted)}`.trim()}
      label={`of the latest ${plural(lookedAt, 'run')}`}
    >
      {runs.length === 0 ? (
        <EmptyState title="No such run">None of the latest runs is one of these.</EmptyState>
      ) : (
        <Table label="Runs">
          <thead>
            <tr>
              <Th>Run</Th>
              <Th>Band</Th>
              <Th numeric>Risk</Th>
              {counted === null ? null : <Th numeric>{counted}</Th>}
              <Th numeric className="max-md:hidden">
                Started
              </Th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <Tr key={run.id} linked>
                <Td className="max-w-44 truncate">
                  <Link href={runHref(run)} prefetch={false} className="row-link code" title={run.key}>
                    {run.key}
                  </Link>
                </Td>
                <Td>
                  <Band band={run.band} />
                </Td>
                <Td numeric>{formatNumber(run.risk, 1)}</Td>
                {run.calls === null ? null : <Td numeric>{formatCount(run.calls)}</Td>}
                <Td numeric className="text-ink-2 max-md:hidden">
                  <RelativeTime at={run.startedAt} focusable={false} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Sheet>
  );
}

/** "that touched payment data", "at high or critical risk". */
function inWords({ category, reason, withoutArguments, band, from, below }: RiskRunsWanted): string {
  return [
    category === '' ? null : `that touched ${categoryTitle(category)} data`,
    reason === '' ? null : `with ${REASONS[reason].name.replace(/^./, (letter) => letter.toLowerCase())}`,
    withoutArguments === '' ? null : 'with calls whose arguments were not sent',
    band.length === 0 ? null : `at ${band.join(' or ')} risk`,
    from === undefined
      ? null
      : below === undefined
        ? `at risk ${formatNumber(from, 2)} and more`
        : `at risk ${formatNumber(from, 2)} to below ${formatNumber(below, 2)}`,
  ]
    .flatMap((part) => part ?? [])
    .join(', ');
}
