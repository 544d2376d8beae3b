import Link from 'next/link';
import { Tag } from '@/components/ui/tag';
import { plural } from '@/lib/format';
import type { BoardDetail, BoardRow } from '@/lib/services/gates/dto';
import { BoardKeys } from './board-keys';
import { Waits } from './waits';
import { lifecycleHref, reviewHref, versionName } from './words';

/** Every agent at its stage, with what the next gate asks of it. On a phone the stages stand one under the other. */
export function Board({ stages }: { stages: BoardDetail['stages'] }) {
  return (
    <BoardKeys>
      <section
        aria-label="Agents by stage"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="grid gap-x-2.5 gap-y-5 focus-visible:outline-offset-4 md:grid-cols-[repeat(6,minmax(158px,1fr))] md:overflow-x-auto md:pb-1"
      >
        {stages.map(({ stage, title, agents }) => (
          <section
            key={stage}
            aria-label={`${title}, ${plural(agents.length, 'agent')}`}
            data-stage={stage}
            className={agents.length === 0 ? 'max-md:hidden' : ''}
          >
            <h2 className="mb-2 flex items-baseline justify-between gap-2 border-b border-line pb-1.5 text-sm font-medium">
              {title} <span className="font-normal text-ink-3">{agents.length}</span>
            </h2>
            {agents.length === 0 ? (
              <p className="text-sm text-ink-3">No agent</p>
            ) : (
              <ul className="grid gap-2">
                {agents.map((row) => (
                  <li key={row.agent.id}>
                    <Card row={row} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        ))}
      </section>
    </BoardKeys>
  );
}

function Card({ row }: { row: BoardRow }) {
  const { agent, next, waiting, attestation, adopted } = row;
  const version = next?.version ?? row.versionInForce;
  return (
    <div className="relative rounded-md border border-line bg-sheet p-2.5 text-sm focus-within:bg-sunk hover:border-line-strong">
      <Link
        prefetch={false}
        href={next?.reviewId == null ? lifecycleHref(agent.name) : reviewHref(next.reviewId)}
        data-card=""
        className="row-link font-semibold break-words no-underline"
      >
        {agent.displayName}
      </Link>
      <p className="text-xs break-words text-ink-2">
        {[version === null ? null : versionName(version), agent.businessUnit]
          .filter((part) => part !== null)
          .join(' · ')}
      </p>
      {next === null ? null : (
        <p className="mt-1.5">
          <span className="font-medium">{next.gate}</span> {next.question}
        </p>
      )}
      {next === null ? null : <Progress next={next} waits={waiting !== null} />}
      {waiting === null ? null : (
        <p
          className={`mt-1 text-xs ${next !== null && next.missing.length > 0 ? 'text-medium' : 'text-ink-2'}`}
        >
          <Waits waiting={waiting} />
        </p>
      )}
      {adopted || attestation?.overdue ? (
        <p className="mt-1.5 flex flex-wrap gap-1">
          {adopted ? <Tag>taken over, not signed</Tag> : null}
          {attestation?.overdue ? <Tag tone="critical">attestation overdue</Tag> : null}
        </p>
      ) : null}
    </div>
  );
}

/** How far it is, and what is missing where no waiting says so already. */
function Progress({ next, waits }: { next: NonNullable<BoardRow['next']>; waits: boolean }) {
  const of = next.signed.length + next.awaited.length;
  const [first] = next.missing;
  return (
    <p className="mt-1 text-xs text-ink-2">
      {next.reviewId === null ? 'not open' : `${next.signed.length} of ${of} signed`}
      {first === undefined || waits ? null : (
        <span className="block text-medium">
          {first} missing{next.missing.length === 1 ? '' : `, and ${next.missing.length - 1} more`}
        </span>
      )}
    </p>
  );
}
