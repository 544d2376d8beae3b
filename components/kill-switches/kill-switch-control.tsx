'use client';

import { ReasonDialog } from '@/components/ui/dialog';
import { plural } from '@/lib/format';
import type { SwitchControl } from '@/lib/services/kill-switches/list-switches';
import { turnOnAction } from './actions';

/** Stops one agent, or the whole workspace (`target` empty). Nothing for those who may not. */
export function KillSwitchControl({
  scope,
  target,
  name,
  control,
  trigger = 'Kill switch',
  size = 'normal',
}: {
  scope: 'agent' | 'business-unit' | 'workspace';
  target: string;
  /** What it stops, for people: "Claims processor". */
  name: string;
  control: SwitchControl;
  trigger?: string;
  size?: 'normal' | 'small';
}) {
  if (!control.mayTurnOn) return null;
  return (
    <ReasonDialog
      trigger={trigger}
      title={`Stop ${name} now?`}
      consequence={`Every call ${scope === 'agent' ? 'it asks' : 'they ask'} about is blocked within a second, in runs under way and in new ones, until somebody releases the switch. A call made all the same is a critical breach.`}
      confirm="Turn on kill switch"
      size={size}
      action={turnOnAction}
      fields={
        <>
          <input type="hidden" name="scope" value={scope} />
          <input type="hidden" name="target" value={target} />
          <StopRuns underWay={control.underWay} />
        </>
      }
    />
  );
}

/** Whether runs under way are to end as well; holding them is the default, since stopping cannot be undone. */
export function StopRuns({ underWay }: { underWay: number }) {
  if (underWay === 0) return <p className="text-sm text-ink-2">No run is under way now.</p>;
  return (
    <label className="flex items-start gap-2">
      <input type="checkbox" name="stopRuns" value="yes" className="mt-0.5 size-4 accent-(--accent)" />
      <span>
        Ask {plural(underWay, 'run')} under way to stop as well
        <span className="block text-sm text-ink-2">
          Cannot be undone. Otherwise {underWay === 1 ? 'it waits and goes' : 'they wait and go'} on when the
          switch is released.
        </span>
      </span>
    </label>
  );
}
