import Link from 'next/link';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { ReviewRow } from '@/lib/services/gates/dto';
import { Waits } from './waits';
import { reviewHref, versionName } from './words';

/** Open passages, as rows: what is asked of which agent, how far it is, on whom it waits. */
export function OpenReviews({ rows }: { rows: readonly ReviewRow[] }) {
  return (
    <Table label="Open reviews, oldest first">
      <thead>
        <tr>
          <Th>Gate</Th>
          <Th className="max-md:hidden">Agent</Th>
          <Th className="max-md:hidden">Signed</Th>
          <Th className="max-md:hidden">On whom or what</Th>
          <Th className="max-md:hidden">Sent by</Th>
          <Th numeric className="max-md:hidden">
            Expires
          </Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Tr key={row.id} linked>
            <Td wrap className="min-w-40!">
              <Link prefetch={false} href={reviewHref(row.id)} className="row-link no-underline">
                <span className="font-semibold">{row.gate}</span> {row.question}
              </Link>
              <span className="block text-ink-2 md:hidden">
                {row.agent.displayName}
                {row.version === null ? '' : ` ${versionName(row.version)}`}, {row.signatures.length} of{' '}
                {row.roles.length} signed
                {row.waiting === null ? null : (
                  <span className={`block ${row.mine ? 'font-medium text-ink' : ''}`}>
                    <Waits waiting={row.waiting} />
                  </span>
                )}
              </span>
            </Td>
            <Td wrap className="min-w-32! max-md:hidden">
              {row.agent.displayName}
              {row.version === null ? null : <span className="text-ink-2"> {versionName(row.version)}</span>}
            </Td>
            <Td className="max-md:hidden">
              {row.signatures.length} of {row.roles.length}
            </Td>
            <Td wrap className={`min-w-40! max-md:hidden ${row.mine ? 'font-medium' : 'text-ink-2'}`}>
              {row.waiting === null ? '–' : <Waits waiting={row.waiting} />}
            </Td>
            <Td className="text-ink-2 max-md:hidden">{row.openedBy?.name ?? 'Countersign'}</Td>
            <Td numeric className="text-ink-2 max-md:hidden">
              <RelativeTime at={row.expiresAt} focusable={false} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
