import Link from 'next/link';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatCount, formatDate, plural } from '@/lib/format';
import type { ObservedAgent } from '@/lib/services/observed/list-observed-agents';
import type { ProposedContract } from '@/lib/services/observed/propose-contract';
import { NewFromObserved } from './new-from-observed';
import type { Nameable } from './new-people';

/** Which agent's runs to start from. */
export function ObservedAgents({ agents }: { agents: readonly ObservedAgent[] }) {
  if (agents.length === 0)
    return (
      <Sheet>
        <EmptyState
          title="No agent has run yet"
          action={<ButtonLink href="/settings/keys">Make a key for an agent</ButtonLink>}
        >
          Once an agent sends its runs, its tools, data and figures can be proposed for a contract.
        </EmptyState>
      </Sheet>
    );
  return (
    <Sheet title="Whose runs" label={plural(agents.length, 'agent')}>
      <Table label="Agents that have run">
        <thead>
          <tr>
            <Th>Agent</Th>
            <Th>Contract</Th>
            <Th>Last run</Th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <Tr key={agent.name} linked>
              <Td wrap className="min-w-48!">
                <Link
                  href={`/contracts/new?from=observed&agent=${encodeURIComponent(agent.name)}`}
                  className="row-link font-medium [overflow-wrap:anywhere]"
                >
                  {agent.displayName}
                </Link>
                {agent.businessUnit === null ? null : (
                  <span className="block text-xs text-ink-3">{agent.businessUnit}</span>
                )}
              </Td>
              <Td>{agent.written ? 'its own' : <Tag tone="medium">workspace defaults</Tag>}</Td>
              <Td>
                <RelativeTime at={agent.lastRunAt} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}

/** What its runs propose, to be ticked one by one. */
export function ObservedProposals({
  proposed,
  asOf,
  people,
  units,
}: {
  proposed: ProposedContract;
  /** ISO */
  asOf: string;
  people: readonly Nameable[];
  units: readonly string[];
}) {
  const { agent, observed, base, notes, proposals } = proposed;
  const { runs, sampledRuns, from, to } = observed;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <p className="max-w-[68ch]">
        {runs === 0 || from === null || to === null ? (
          `${agent.displayName} has no runs in the last 90 days.`
        ) : (
          <>
            From {plural(runs, 'run')} of {agent.displayName}, {formatDate(from, 'UTC')} to{' '}
            {formatDate(to, 'UTC')}; data and arguments from the spans of the latest{' '}
            {formatCount(sampledRuns)}.{' '}
            {base === null
              ? 'It has no contract of its own: what you tick begins one.'
              : `It has a contract: what you tick changes the text of v${base.version.label} in a draft.`}{' '}
            What an agent did is no measure of what it should do, so nothing is ticked.
          </>
        )}
      </p>
      {notes.length === 0 ? null : (
        <Callout tone="medium" title="Seen, and nothing is proposed for it">
          <ul className="list-disc pl-4">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Callout>
      )}
      {proposals.length === 0 ? (
        <Sheet>
          <EmptyState
            title="Nothing to propose"
            action={<ButtonLink href="/contracts/new?from=observed">Another agent</ButtonLink>}
          >
            {runs === 0
              ? 'It has not run lately.'
              : 'Everything it did is in its contract already, and its ceilings fit.'}
          </EmptyState>
        </Sheet>
      ) : (
        <NewFromObserved
          observed={agent.name}
          asOf={asOf}
          begins={base === null ? { name: agent.displayName, agent: agent.name } : null}
          proposals={proposals.map(({ edits: _, ...proposal }) => proposal)}
          people={people}
          units={units}
        />
      )}
    </div>
  );
}
