import Link from 'next/link';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { Silence } from '@/lib/services/expert-reviews/get-silence';
import { Drawn, SilentRuns } from './silence-counts';
import { atMostPercent } from './silence-reading';

/** How far the silence of each agent can be trusted, a line each. */
export function SilenceOverview({ rows }: { rows: readonly Silence[] }) {
  if (rows.length === 0) return null;
  return (
    <Sheet title="How far silence can be trusted" label="30 days">
      <Table label="Silent runs and reviews by agent">
        <thead>
          <tr>
            <Th>Agent</Th>
            <Th numeric>At most wrong</Th>
            <Th numeric>Wholly silent runs</Th>
            <Th numeric>Reviewed</Th>
            <Th numeric>Wrong</Th>
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
              <Td numeric>{row.bound === null ? 'unknown' : atMostPercent(row.bound)}</Td>
              <Td numeric>
                <SilentRuns silence={row} counts />
              </Td>
              <Td numeric>
                <Drawn agent={row.agent.name} of="reviewed" count={row.reviewed} />
              </Td>
              <Td numeric>
                <Drawn agent={row.agent.name} of="wrong" count={row.wrong} />
              </Td>
              <Td numeric>
                <Drawn agent={row.agent.name} of="waiting" count={row.waiting} />
                {row.overdue === 0 ? null : (
                  <>
                    , <Drawn agent={row.agent.name} of="overdue" count={row.overdue} /> overdue
                  </>
                )}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <SheetFoot>
        At most wrong: no more than this share of an agent’s wholly silent runs (no clause broken, nothing
        escalated or blocked) is wrong, with 95% confidence, by those that were drawn by lot and reviewed.
      </SheetFoot>
    </Sheet>
  );
}
