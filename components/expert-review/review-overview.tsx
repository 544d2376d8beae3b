import Link from 'next/link';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { formatCount, formatPercent } from '@/lib/format';
import type { Silence } from '@/lib/services/expert-reviews/get-silence';

/** How far the silence of each agent can be trusted, a line each. */
export function SilenceOverview({ rows }: { rows: readonly Silence[] }) {
  if (rows.length === 0) return null;
  return (
    <Sheet title="How far silence can be trusted" label="30 days">
      <Table label="Silent runs and reviews by agent">
        <thead>
          <tr>
            <Th>Agent</Th>
            <Th numeric>Silent runs</Th>
            <Th numeric>Reviewed</Th>
            <Th numeric>Wrong</Th>
            <Th numeric>At most wrong, at 95%</Th>
            <Th numeric>Waiting</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.agent.name}>
              <Td>
                <Link href={`/agents/${encodeURIComponent(row.agent.name)}`} className="font-medium">
                  {row.agent.displayName}
                </Link>
              </Td>
              <Td numeric>{formatCount(row.silentRuns)}</Td>
              <Td numeric>{formatCount(row.reviewed)}</Td>
              <Td numeric>{formatCount(row.wrong)}</Td>
              <Td numeric>{row.bound === null ? 'unknown' : formatPercent(row.bound)}</Td>
              <Td numeric>
                {formatCount(row.waiting)}
                {row.overdue === 0 ? '' : `, ${formatCount(row.overdue)} overdue`}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}
