import Link from 'next/link';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import type { DraftListRow } from '@/lib/services/drafts/list-drafts';
import { originWords } from './origin-words';

/** Contracts that are being written, the last changed first. */
export function DraftList({ rows, mayWrite }: { rows: readonly DraftListRow[]; mayWrite: boolean }) {
  if (rows.length === 0)
    return (
      <Sheet>
        <EmptyState
          title="Nothing is being written"
          action={
            mayWrite ? (
              <ButtonLink href="/contracts/new" variant="primary">
                Write a contract
              </ButtonLink>
            ) : undefined
          }
        >
          A draft is a contract on its way: several people write it together, and submitting it makes a
          version.
        </EmptyState>
      </Sheet>
    );
  return (
    <Sheet>
      <Table label="Drafts">
        <thead>
          <tr>
            <Th>Contract</Th>
            <Th>From</Th>
            <Th>Changed</Th>
            <Th>By</Th>
            <Th>Open now</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.id} linked>
              <Td wrap className="min-w-56!">
                <Link
                  prefetch={false}
                  href={`/contracts/drafts/${row.id}`}
                  className="row-link font-medium [overflow-wrap:anywhere]"
                >
                  <bdi>{row.name}</bdi>
                </Link>
                <span className="block text-xs text-ink-3">
                  {row.agent ?? (row.subject === 'defaults' ? 'every agent without its own' : 'a new agent')}
                </span>
              </Td>
              <Td>
                {row.base === null ? originWords(row.origin) : `after v${row.base.label}`}
                {row.amendment === null ? '' : `, for AMD-${row.amendment}`}
              </Td>
              <Td className="relative">
                <RelativeTime at={row.updatedAt} focusable={false} />
              </Td>
              <Td>{row.updatedBy ?? 'API key'}</Td>
              <Td wrap className="min-w-36!">
                <span className="flex flex-wrap gap-1">
                  {row.present.map((name) => (
                    <Tag key={name} tone="accent">
                      {name}
                    </Tag>
                  ))}
                </span>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}
