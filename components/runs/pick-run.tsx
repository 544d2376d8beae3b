'use client';

import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Input } from '@/components/ui/field';
import { PageHeader } from '@/components/ui/page-header';
import { Sheet } from '@/components/ui/sheet';
import type { RunRow } from '@/lib/services/runs/run-row';
import { compareRunsHref } from './links';
import { RunTable } from './run-table';

/** Asks which two runs to compare; beside one that is chosen, the latest of its agent. */
export function PickRun({
  a,
  b,
  others,
  missing,
}: {
  a: string;
  b: string;
  /** Latest runs of the agent of the one that is chosen. */
  others: readonly RunRow[];
  /** Why the runs asked for cannot be compared. */
  missing: string | null;
}) {
  return (
    <>
      <PageHeader
        crumbs={[{ label: 'Runs', href: '/runs' }, { label: 'Compare' }]}
        title="Compare two runs"
        facts={missing === null ? [] : [<span key="missing">{missing}</span>]}
      />
      <form method="get" action="/runs/compare" className="mb-5 flex flex-wrap items-end gap-3">
        <Input name="a" label="Run A" quiet defaultValue={a} maxLength={300} placeholder="Run key" />
        <Input name="b" label="Run B" quiet defaultValue={b} maxLength={300} placeholder="Run key" />
        <Button type="submit" variant="primary">
          Compare
        </Button>
      </form>
      {others.length === 0 ? (
        <EmptyState title="Two runs, side by side">
          Their figures, what they were made of, each step and each decision, beginning with what differs
          first. Open a run and choose Compare, or write two run keys here.
        </EmptyState>
      ) : (
        <Sheet title={`Compare ${a} with one of these`} label="latest runs of the same agent">
          <RunTable rows={others} withAgent={false} hrefOf={(run) => compareRunsHref(a, run.key)} />
        </Sheet>
      )}
    </>
  );
}
