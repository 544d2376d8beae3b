'use client';

import Link from 'next/link';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { formatDuration } from '@/lib/format';
import type { AgentDrills, DrillItem } from '@/lib/services/drills/list-drills';
import { DrillCard } from './drill-card';
import { plansOf } from './drill-plans';
import { STATE_TONES } from './state-tones';

/** The four drills of an agent: what each does, how it last went, and all that were run. */
export function DrillsPage({ drills }: { drills: AgentDrills }) {
  const plans = plansOf(drills);
  return (
    <div className="grid gap-5">
      <LiveRefresh topics={['drill', 'contract', 'agent']} />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-2">
        {plans.map((plan) => (
          <DrillCard
            key={plan.kind}
            plan={plan}
            agent={drills.agent}
            last={drills.drills.find((each) => each.kind === plan.kind) ?? null}
          />
        ))}
      </div>
      <History drills={drills.drills} agent={drills.agent.name} />
    </div>
  );
}

const KIND_WORDS: Readonly<Record<DrillItem['kind'], string>> = {
  'kill-switch': 'Kill switch',
  'failure-paths': 'Failure paths',
  rollback: 'Rollback',
  paging: 'Paging',
};

function History({ drills, agent }: { drills: readonly DrillItem[]; agent: string }) {
  if (drills.length === 0)
    return (
      <Sheet title="History">
        <EmptyState title="No drill has been run yet">
          What a drill finds becomes evidence at G4 and G5.
        </EmptyState>
      </Sheet>
    );
  return (
    <Sheet
      title="History"
      label={
        <Link href={`/agents/${encodeURIComponent(agent)}/evidence`} className="prose-link">
          All evidence
        </Link>
      }
    >
      <Table label="Drills that were run">
        <thead>
          <tr>
            <Th className="max-md:hidden">When</Th>
            <Th>Drill</Th>
            <Th>Result</Th>
            <Th className="max-md:hidden">What was found</Th>
            <Th numeric className="max-md:hidden">
              Took
            </Th>
            <Th className="max-md:hidden">By</Th>
          </tr>
        </thead>
        <tbody>
          {drills.map((drill) => (
            <Tr key={drill.id}>
              <Td className="max-md:hidden">
                <RelativeTime at={drill.startedAt} />
              </Td>
              <Td wrap className="min-w-0!">
                {KIND_WORDS[drill.kind]}
                <span className="mt-0.5 grid gap-0.5 text-ink-2 md:hidden">
                  <span className="text-ink [overflow-wrap:anywhere]">{foundBy(drill)}</span>
                  <span>
                    <RelativeTime at={drill.startedAt} />, {drill.startedBy ?? 'Countersign'}
                  </span>
                </span>
              </Td>
              <Td className="max-md:py-2 max-md:align-top">
                <Tag tone={STATE_TONES[drill.state]}>{drill.state}</Tag>
              </Td>
              <Td wrap className="min-w-72 max-md:hidden">
                {foundBy(drill)}
              </Td>
              <Td numeric className="max-md:hidden">
                {drill.endedAt === null
                  ? ''
                  : formatDuration(Date.parse(drill.endedAt) - Date.parse(drill.startedAt))}
              </Td>
              <Td className="max-md:hidden">{drill.startedBy ?? 'Countersign'}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}

/** What it ended in, or how far it has come. */
function foundBy({ summary, steps }: DrillItem): string {
  return summary ?? steps.at(-1) ?? '';
}
