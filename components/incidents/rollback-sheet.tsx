'use client';

import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { contractHref } from '@/components/runs/links';
import { WhoMay } from '@/components/runs/who-may';
import { ReasonDialog } from '@/components/ui/dialog';
import { ExactTime } from '@/components/ui/relative-time';
import { FactRows, Sheet, SheetBody } from '@/components/ui/sheet';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';
import type { VersionName } from '@/lib/services/incidents/last-known-good';
import { rollBackAction } from './actions';

/** Going back to the last version that is known to be good: what was done, or what can be. */
export function RollbackSheet({ incident }: { incident: IncidentDetail }) {
  const client = useQueryClient();
  const { rollback, agent, number, may } = incident;
  if (rollback === null) return null;
  const version = (one: VersionName) => (
    <Link
      href={contractHref({ agent: agent.name, ofAgent: true, version: one.number })}
      className="prose-link"
    >
      {title(one)}
    </Link>
  );
  if (rollback.state === 'done')
    return (
      <Sheet
        title="Rolled back"
        label={rollback.by === null ? 'at once, by the failure clause' : `by ${rollback.by}`}
      >
        <FactRows
          rows={[
            { name: 'Back in force', value: version(rollback.to) },
            { name: 'In place of', value: version(rollback.from) },
            { name: 'Since', value: <ExactTime at={rollback.at} precision="millisecond" /> },
          ]}
        />
        <SheetBody className="text-sm text-ink-2">
          {rollback.reason === null ? null : <p className="break-words">“{rollback.reason}”</p>}
          <p>
            Runs that had begun keep their version. To reverse it, put {title(rollback.from).toLowerCase()} in
            force again on its own page.
          </p>
        </SheetBody>
      </Sheet>
    );
  if (rollback.state === 'superseded')
    return (
      <Sheet title="Roll-back" label="not needed">
        <SheetBody className="text-sm">
          {version(rollback.inForce)} has been put in force since, in place of {version(rollback.from)}.
        </SheetBody>
      </Sheet>
    );
  if (rollback.state === 'nothing-to-go-back-to')
    return (
      <Sheet title="Roll-back" label="nothing to go back to">
        <SheetBody className="text-sm">
          The failure clause asks for it, but no earlier version has done its runs without a breach of
          severity high or critical. {version(rollback.from)} stays in force.
        </SheetBody>
      </Sheet>
    );
  return (
    <Sheet title="Roll-back" label="proposed">
      <SheetBody className="grid justify-items-start gap-3 text-sm">
        <p>
          The failure clause proposes to go back from {version(rollback.from)} to {version(rollback.to)}, the
          last version whose runs had no breach of severity high or critical.
          {incident.state === 'resolved' ? (
            <> The incident is resolved; {version(rollback.from)} is still in force.</>
          ) : null}
        </p>
        {may.rollBack.allowed ? (
          <ReasonDialog
            trigger={`Put ${title(rollback.to).toLowerCase()} back in force`}
            title={`Put ${title(rollback.to).toLowerCase()} of ${agent.displayName} back in force?`}
            consequence={`Runs that begin from now on are held to ${title(rollback.to).toLowerCase()} instead of ${title(rollback.from).toLowerCase()}. Runs that have begun keep their version. ${title(rollback.from)} can be put in force again.`}
            confirm="Put back in force"
            tone="default"
            size="small"
            action={rollBackAction}
            fields={
              <>
                <input type="hidden" name="number" value={number} />
                <input type="hidden" name="to" value={rollback.to.number} />
              </>
            }
            onDone={() => void client.invalidateQueries({ queryKey: ['incident'] })}
          />
        ) : (
          <WhoMay permission={may.rollBack} verb="roll back" />
        )}
      </SheetBody>
    </Sheet>
  );
}

/** "Version 1.2", by what it calls itself. */
function title(version: VersionName): string {
  return `Version ${version.name}`;
}
