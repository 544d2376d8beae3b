'use client';

import { LiveRefresh } from '@/components/shell/live-refresh';
import { ReasonDialog } from '@/components/ui/dialog';
import { RelativeTime } from '@/components/ui/relative-time';
import { formatCount, formatDuration, plural } from '@/lib/format';
import type { Switches, SwitchStanding } from '@/lib/services/kill-switches/list-switches';
import { turnOffAction } from './actions';

/** Kill switches that are on, above everything else on the page; keeps itself true. Nothing when none is. */
export function SwitchBanner({ switches }: { switches: Switches }) {
  const { on, mayTurnOff } = switches;
  return (
    <>
      <LiveRefresh topics={on.length === 0 ? ['kill-switch'] : ['kill-switch', 'run']} />
      {on.length === 0 ? null : (
        <div className="mb-5 grid gap-2">
          {on.map((each) => (
            <OneSwitch key={each.id} one={each} mayTurnOff={mayTurnOff} />
          ))}
        </div>
      )}
    </>
  );
}

function OneSwitch({ one, mayTurnOff }: { one: SwitchStanding; mayTurnOff: boolean }) {
  return (
    <section
      aria-label={`Kill switch for ${one.stops}`}
      className="flex flex-col gap-3 rounded-md border border-critical/40 bg-critical-soft px-3.5 py-2.5 md:flex-row md:items-start md:justify-between md:gap-6"
    >
      <div className="min-w-0">
        <p className="font-medium break-words">{title(one)}</p>
        <p className="text-sm break-words text-ink-2">
          {one.drill ? null : <>“{one.reason}” </>}
          {one.onBy === null ? 'On' : `Turned on by ${one.onBy}`}, <RelativeTime at={one.onAt} />.{' '}
          {planesSentence(one)}
        </p>
        {one.runs.requested > 0 ? (
          <dl className="mt-1.5 flex flex-wrap gap-x-4 gap-y-0.5 text-sm">
            <Fact
              name={one.runs.requested === 1 ? 'run asked to stop' : 'runs asked to stop'}
              count={one.runs.requested}
            />
            <Fact name="acknowledged" count={one.runs.acknowledged} />
            <Fact name="confirmed stopped" count={one.runs.confirmed} />
          </dl>
        ) : null}
        {one.runs.underWay > 0 ? (
          <p className="mt-1 text-sm text-ink-2">
            {plural(one.runs.underWay, 'run')} under way {one.runs.underWay === 1 ? 'is' : 'are'} held: every
            call {one.runs.underWay === 1 ? 'it asks' : 'they ask'} about is blocked.
          </p>
        ) : null}
      </div>
      {mayTurnOff && !one.drill ? (
        <div className="flex-none">
          <ReasonDialog
            trigger="Release"
            title={`Release the kill switch for ${one.stops}?`}
            consequence="Calls are decided by the contract again, within a second. Runs that were asked to stop stay so."
            confirm="Release"
            tone="default"
            action={turnOffAction}
            fields={<input type="hidden" name="switchId" value={one.id} />}
          />
        </div>
      ) : null}
    </section>
  );
}

function Fact({ name, count }: { name: string; count: number }) {
  return (
    <div className="flex gap-1">
      <dd className="font-medium">{formatCount(count)}</dd>
      <dt className="text-ink-2">{name}</dt>
    </div>
  );
}

function title({ scope, stops, drill }: SwitchStanding): string {
  const who =
    scope === 'workspace'
      ? 'Every agent here'
      : scope === 'business-unit'
        ? `Every agent of ${stops}`
        : stops;
  return `${who} is stopped by a kill switch${drill ? ', for a drill' : ''}: every call is blocked`;
}

function planesSentence({ planes }: SwitchStanding): string {
  if (planes.alive === 0) return 'No runtime plane is running.';
  const heard = `In force on ${planes.heard} of ${plural(planes.alive, 'runtime plane')}`;
  if (planes.heard < planes.alive) return `${heard} so far.`;
  return planes.withinMs === null ? `${heard}.` : `${heard} after ${formatDuration(planes.withinMs)}.`;
}
