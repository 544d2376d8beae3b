'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { runHref } from '@/components/runs/links';
import { RunBand } from '@/components/runs/run-band';
import { fetchJson } from '@/components/shell/fetch-json';
import { useSlowLive } from '@/components/shell/use-slow-live';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Table, Td, Tr } from '@/components/ui/table';
import { formatCount, plural } from '@/lib/format';
import type { NeedsEyes } from '@/lib/services/agents/needs-eyes';

/** Runs that ask for a person, each with why. */
export function RunsToLookAt({ initial, agent }: { initial: NeedsEyes; agent: string }) {
  const { data: eyes } = useQuery({
    queryKey: ['agent', agent, 'eyes'],
    queryFn: ({ signal }) => fetchJson<NeedsEyes>(`/api/agents/${encodeURIComponent(agent)}/eyes`, signal),
    initialData: initial,
  });
  useSlowLive(['agent', agent, 'eyes'], ['run', 'incident']);
  const { runs, lookedAt } = eyes;
  if (lookedAt === 0) return null;
  return (
    <Sheet
      title={
        runs.length === 0
          ? 'No run needs eyes'
          : `${runs.length === 1 ? 'One run needs' : `${formatCount(runs.length)} runs need`} eyes`
      }
      label={
        <>
          of unresolved incidents, and the worst of the latest {plural(lookedAt, 'run')} ·{' '}
          <Link
            href={`/runs?agent=${encodeURIComponent(agent)}&breached=1`}
            prefetch={false}
            className="prose-link"
          >
            all that broke a clause
          </Link>
        </>
      }
    >
      {runs.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          None broke a clause, came to high risk, called an unknown tool, waits for a person or scored far
          below its usual.
        </SheetBody>
      ) : (
        <Table label="Runs that need eyes">
          <tbody>
            {runs.map((run) => (
              <Tr key={run.id} linked>
                <Td className="max-w-40">
                  <Link
                    href={runHref(run)}
                    prefetch={false}
                    className="row-link code block truncate"
                    title={run.key}
                  >
                    {run.key}
                  </Link>
                </Td>
                <Td className="max-md:hidden">
                  <RunBand run={run} />
                </Td>
                <Td wrap className="w-full">
                  {run.reasons.join('; ')}
                </Td>
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
