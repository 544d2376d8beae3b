'use client';

import { type ReactNode, useSyncExternalStore } from 'react';
import { subscribeToSeconds, useClock } from '@/components/ui/clock';
import { FactRows, Sheet, SheetBody } from '@/components/ui/sheet';
import { formatDuration, formatNumber } from '@/lib/format';
import type { IncidentDetail } from '@/lib/services/incidents/get-incident';
import { Named } from './named';

/** Whom the contract wants told next while nobody takes the incident on, and when. */
export function Escalation({ incident }: { incident: IncidentDetail }) {
  const now = useSecond();
  const steps = incident.owners?.escalation ?? [];
  if (steps.length === 0) return null;
  const from = incident.pagedAt ?? incident.openedAt;
  const open = incident.state === 'open';
  const due = steps.map((step) => ({ ...step, at: Date.parse(from) + step.afterMinutes * 60_000 }));
  const next = open ? due.find((step) => step.at > now) : undefined;
  return (
    <Sheet
      title="Escalation"
      label={open ? (next === undefined ? 'overdue' : 'running') : 'ended: it was taken on'}
    >
      {open ? (
        <SheetBody>
          {next === undefined ? (
            <p className="text-critical">Every step of the escalation path is due.</p>
          ) : (
            <p>
              Next: <Named person={next.to} /> in <Countdown ms={next.at - now} />
            </p>
          )}
          <p className="mt-1 text-sm text-ink-2">
            Countersign pages the operator on call only. Whoever sees this passes it on to the people of this
            path.
          </p>
        </SheetBody>
      ) : null}
      <FactRows
        rows={due.map((step) => ({
          key: `${step.afterMinutes} ${step.to.email}`,
          name: `After ${formatNumber(step.afterMinutes)} min`,
          value: (
            <Step due={open && step.at <= now}>
              <Named person={step.to} />
            </Step>
          ),
        }))}
      />
    </Sheet>
  );
}

/** Milliseconds since the epoch, to the second; what the server rendered until the browser has taken over. */
function useSecond(): number {
  const { renderedAt } = useClock();
  const second = (at: number) => Math.floor(at / 1000) * 1000;
  return useSyncExternalStore(
    subscribeToSeconds,
    () => second(Date.now()),
    () => second(renderedAt),
  );
}

function Step({ due, children }: { due: boolean; children: ReactNode }) {
  return (
    <>
      {children}
      {due ? <span className="text-critical">, due</span> : null}
    </>
  );
}

/** To the second; not read out each time it changes. */
function Countdown({ ms }: { ms: number }) {
  return (
    <span className="font-medium whitespace-nowrap" role="timer" aria-live="off">
      {formatDuration(Math.ceil(ms / 1000) * 1000)}
    </span>
  );
}
