import Link from 'next/link';
import { ButtonLink } from '@/components/ui/button';
import { Digest } from '@/components/ui/digest';
import { EmptyState } from '@/components/ui/empty-state';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { day } from '@/lib/contract/clause-text';
import { plural } from '@/lib/format';
import type { ContractList as List } from '@/lib/services/contracts/list-contracts';
import type { VersionRow } from '@/lib/services/contracts/version-rows';
import { contractHref } from './contract-href';

/** Every agent with a contract, the workspace defaults last, and who still runs under those. `today` is YYYY-MM-DD. */
export function ContractList({ list, today }: { list: List; today: string }) {
  const { rows, defaults, withoutContract, mayImport } = list;
  if (rows.length === 0)
    return (
      <>
        <Sheet>
          <EmptyState
            title="No agent has a contract of its own yet"
            action={
              mayImport ? (
                <ButtonLink href="/contracts/new" variant="primary">
                  Write a contract
                </ButtonLink>
              ) : undefined
            }
          >
            A contract says what one agent may do, who owns it, how it is measured and what happens when it
            breaks its limits. Until an agent has one, the workspace defaults hold for it.
          </EmptyState>
        </Sheet>
        <Underneath defaults={defaults} withoutContract={withoutContract} today={today} />
      </>
    );
  return (
    <>
      <Sheet>
        <Table label="Contracts">
          <thead>
            <tr>
              <Th>Agent</Th>
              <Th>In force</Th>
              <Th className="max-md:hidden">Digest</Th>
              <Th numeric className="max-md:hidden">
                Versions
              </Th>
              <Th className="max-md:hidden">Sponsor</Th>
              <Th className="max-md:hidden">Last reviewed</Th>
              <Th className="max-md:hidden">Next review</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ agent, inForce, latest, versions, sponsor, openIncidents }) => {
              const shown = inForce ?? latest;
              return (
                <Tr key={agent.name} linked>
                  <Td wrap className="md:min-w-56!">
                    <Link
                      prefetch={false}
                      href={contractHref(agent.name)}
                      className="row-link font-medium [overflow-wrap:anywhere]"
                    >
                      {agent.displayName}
                    </Link>
                    {openIncidents === 0 ? null : (
                      <span className="ml-2">
                        <Tag tone="critical">{plural(openIncidents, 'open incident')}</Tag>
                      </span>
                    )}
                    <span className="block text-xs text-ink-3 [overflow-wrap:anywhere]">
                      {agent.businessUnit === null ? agent.name : `${agent.name} · ${agent.businessUnit}`}
                    </span>
                    <span className="block text-xs text-ink-2 [overflow-wrap:anywhere] md:hidden">
                      {sponsor.name ?? sponsor.email}, next review <ReviewDue version={shown} today={today} />
                    </span>
                  </Td>
                  <Td>
                    {inForce === null ? (
                      <Tag tone="medium">none yet</Tag>
                    ) : (
                      <>
                        v{inForce.label}
                        {inForce.id === latest.id ? null : (
                          <span className="ml-2">
                            <Tag>v{latest.label} waits</Tag>
                          </span>
                        )}
                      </>
                    )}
                  </Td>
                  <Td className="relative max-md:hidden">
                    <Digest value={shown.digest} />
                  </Td>
                  <Td numeric className="max-md:hidden">
                    {versions}
                  </Td>
                  <Td wrap className="min-w-36! max-md:hidden">
                    <span className="[overflow-wrap:anywhere]">{sponsor.name ?? sponsor.email}</span>
                  </Td>
                  <Td className="max-md:hidden">{day(shown.lastReviewed)}</Td>
                  <Td className="max-md:hidden">
                    <ReviewDue version={shown} today={today} />
                  </Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
      </Sheet>
      <Underneath defaults={defaults} withoutContract={withoutContract} today={today} />
    </>
  );
}

/** When the next review is due; overdue says so in words. */
export function ReviewDue({ version, today }: { version: VersionRow; today: string }) {
  return version.reviewDue < today ? (
    <span className="text-high">{day(version.reviewDue)}, overdue</span>
  ) : (
    day(version.reviewDue)
  );
}

/** What holds for everybody else. */
function Underneath({
  defaults,
  withoutContract,
  today,
}: {
  defaults: VersionRow | null;
  withoutContract: List['withoutContract'];
  today: string;
}) {
  if (defaults === null && withoutContract.length === 0) return null;
  return (
    <div className="mt-5">
      <Sheet title="Workspace defaults" label="for every agent without a contract of its own">
        {defaults === null ? (
          <p className="px-3.5 py-3 text-ink-2">
            This workspace has no defaults: calls of the agents below are recorded, and judged by nothing.
          </p>
        ) : (
          <Table label="Version of the defaults in force">
            <thead>
              <tr>
                <Th>Contract</Th>
                <Th>In force</Th>
                <Th className="max-md:hidden">Digest</Th>
                <Th>Next review</Th>
              </tr>
            </thead>
            <tbody>
              <Tr linked>
                <Td>
                  <Link prefetch={false} href="/contracts/defaults" className="row-link font-medium">
                    Workspace defaults
                  </Link>
                </Td>
                <Td>v{defaults.label}</Td>
                <Td className="relative max-md:hidden">
                  <Digest value={defaults.digest} />
                </Td>
                <Td>
                  <ReviewDue version={defaults} today={today} />
                </Td>
              </Tr>
            </tbody>
          </Table>
        )}
        {withoutContract.length === 0 ? null : (
          <SheetFoot>
            {plural(withoutContract.length, 'agent')} without a contract:{' '}
            {withoutContract.slice(0, 20).map((agent, index) => (
              <span key={agent.name}>
                {index === 0 ? '' : ', '}
                <Link
                  href={`/agents/${encodeURIComponent(agent.name)}`}
                  className="prose-link [overflow-wrap:anywhere]"
                >
                  {agent.displayName}
                </Link>
              </span>
            ))}
            {withoutContract.length > 20 ? ` and ${withoutContract.length - 20} more` : ''}.
          </SheetFoot>
        )}
      </Sheet>
    </div>
  );
}
