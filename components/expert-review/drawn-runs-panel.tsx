import Link from 'next/link';
import { runHref } from '@/components/runs/links';
import { EmptyState } from '@/components/ui/empty-state';
import { PagingFoot } from '@/components/ui/paging';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { plural } from '@/lib/format';
import type { DrawnRun, DrawnRuns, DrawnSet } from '@/lib/services/expert-reviews/list-drawn-runs';
import { drawnHref } from './silence-counts';

const SETS: readonly { of: DrawnSet; label: string; none: string }[] = [
  { of: 'reviewed', label: 'Reviewed', none: 'None of the runs that were drawn has been rated yet.' },
  { of: 'wrong', label: 'Wrong', none: 'No reviewer found one of them wrong.' },
  { of: 'waiting', label: 'Waiting', none: 'Every run that was drawn has been rated.' },
  { of: 'overdue', label: 'Overdue', none: 'No rating is overdue.' },
  { of: 'skipped', label: 'Passed on', none: 'Nobody has passed on a run that still waits.' },
  { of: 'all-wrong', label: 'Wrong under any version', none: 'No silent run was found wrong.' },
];

/** The very runs that a figure of an agent's silence counts. */
export function DrawnRunsPanel({ data }: { data: DrawnRuns }) {
  const { agent, of, runs, total, page, pages } = data;
  const set = SETS.find((each) => each.of === of);
  const hrefOf = (to: number) => {
    const href = drawnHref(agent.name, of);
    return to === 1 ? href : `${href}${href.includes('?') ? '&' : '?'}page=${to}`;
  };
  return (
    <>
      <nav aria-label="Which of them" className="mb-4 flex flex-wrap gap-1.5">
        {SETS.map((each) => (
          <Link
            key={each.of}
            href={drawnHref(agent.name, each.of)}
            prefetch={false}
            aria-current={each.of === of ? 'page' : undefined}
            className="inline-flex min-h-7 items-center rounded-md border border-line-strong px-2.5 text-sm text-ink-2 no-underline hover:bg-sunk aria-[current]:bg-sunk aria-[current]:font-medium aria-[current]:text-ink"
          >
            {each.label}
          </Link>
        ))}
      </nav>
      <Sheet
        title={`${set?.label ?? 'Drawn'}: ${plural(total, 'run')}`}
        label={pages > 1 ? `page ${page} of ${pages}, the newest first` : 'the newest first'}
      >
        {runs.length === 0 ? (
          <EmptyState title="No such run">{page > 1 ? 'There are not so many.' : set?.none}</EmptyState>
        ) : (
          <Table label="Silent runs drawn for review">
            <thead>
              <tr>
                <Th>Run</Th>
                <Th>What reviewers said</Th>
                <Th numeric>Started</Th>
                <Th numeric className="max-md:hidden">
                  Drawn
                </Th>
                <Th numeric className="max-md:hidden">
                  Due
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
                    <Said run={run} />
                  </Td>
                  <Td numeric className="text-ink-2">
                    <RelativeTime at={run.startedAt} focusable={false} />
                  </Td>
                  <Td numeric className="text-ink-2 max-md:hidden">
                    <RelativeTime at={run.drawnAt} focusable={false} />
                  </Td>
                  <Td numeric className="text-ink-2 max-md:hidden">
                    {run.correct === null ? <RelativeTime at={run.dueAt} focusable={false} /> : '–'}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        )}
        <PagingFoot first={page === 1 ? null : hrefOf(1)} next={page < pages ? hrefOf(page + 1) : null} />
      </Sheet>
    </>
  );
}

function Said({ run }: { run: DrawnRun }) {
  if (run.correct !== null)
    return (
      <Tag tone={run.correct ? 'low' : 'critical'}>{run.correct ? 'outcome right' : 'outcome wrong'}</Tag>
    );
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      <span className="text-ink-2">waits</span>
      {run.overdue ? <Tag tone="medium">overdue</Tag> : null}
      {run.passedOn ? <Tag>passed on</Tag> : null}
    </span>
  );
}
