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
            <Th>When</Th>
            <Th>Drill</Th>
            <Th>Result</Th>
            <Th>What was found</Th>
            <Th numeric>Took</Th>
            <Th>By</Th>
          </tr>
        </thead>
        <tbody>
          {drills.map((drill) => (
            <Tr key={drill.id}>
              <Td>
                <RelativeTime at={drill.startedAt} />
              </Td>
              <Td>{KIND_WORDS[drill.kind]}</Td>
              <Td>
                <Tag tone={STATE_TONES[drill.state]}>{drill.state}</Tag>
              </Td>
              <Td wrap className="min-w-72">
                {drill.summary ?? drill.steps.at(-1) ?? ''}
              </Td>
              <Td numeric>
                {drill.endedAt === null
                  ? ''
                  : formatDuration(Date.parse(drill.endedAt) - Date.parse(drill.startedAt))}
              </Td>
              <Td>{drill.startedBy ?? 'Countersign'}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Sheet>
  );
}
