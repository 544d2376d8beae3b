'use client';

import * as Popover from '@radix-ui/react-popover';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useClock } from '@/components/ui/clock';
import { FacetTrigger } from '@/components/ui/facet-trigger';
import { formatDate, formatDateTime } from '@/lib/format';

/** The day it is in a zone, YYYY-MM-DD, `ago` days before now. */
function dayIn(zone: string, at: number, ago: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
  const noon = new Date(`${parts}T12:00:00Z`);
  noon.setUTCDate(noon.getUTCDate() - ago);
  return noon.toISOString().slice(0, 10);
}

const PRESETS = [
  { name: 'Today', ago: 0 },
  { name: 'Last 7 days', ago: 6 },
  { name: 'Last 30 days', ago: 29 },
] as const;

/** When runs started: a few usual spans of days, or one's own, in the workspace's time zone. */
export function TimeFacet({
  from,
  to,
  onChange,
}: {
  from: string;
  to: string;
  onChange: (range: { from: string; to: string }) => void;
}) {
  const { zone } = useClock();
  const [open, setOpen] = useState(false);
  const on = from !== '' || to !== '';
  const day = (text: string) =>
    text.includes('T') ? formatDateTime(text, zone, 'second') : formatDate(`${text}T12:00:00Z`, 'UTC');
  const told = !on
    ? ''
    : from === to
      ? day(from)
      : from !== '' && to !== ''
        ? `${day(from)} to ${day(to)}`
        : from !== ''
          ? `since ${day(from)}`
          : `until ${day(to)}`;
  function choose(range: { from: string; to: string }) {
    onChange(range);
    setOpen(false);
  }
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <FacetTrigger on={on}>{on ? `Started ${told}` : 'Started'}</FacetTrigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={12}
          className="z-40 grid w-64 animate-fade-in gap-3 rounded-lg border border-line bg-sheet p-3 shadow-float"
        >
          <div className="grid gap-1">
            {PRESETS.map((preset) => (
              <button
                key={preset.name}
                type="button"
                className="min-h-8 rounded-md px-2 text-left text-sm hover:bg-sunk"
                onClick={() => choose({ from: dayIn(zone, Date.now(), preset.ago), to: '' })}
              >
                {preset.name}
              </button>
            ))}
          </div>
          <form
            className="grid gap-2 border-t border-line pt-3 text-sm"
            onSubmit={(event) => {
              event.preventDefault();
              const form = new FormData(event.currentTarget);
              choose({ from: String(form.get('from') ?? ''), to: String(form.get('to') ?? '') });
            }}
          >
            <label className="grid gap-1">
              From day
              <input
                type="date"
                name="from"
                defaultValue={from.includes('T') ? dayIn(zone, Date.parse(from), 0) : from}
                className="rounded-md border border-line-strong bg-sheet px-2 py-1"
              />
            </label>
            <label className="grid gap-1">
              To day
              <input
                type="date"
                name="to"
                defaultValue={to.includes('T') ? dayIn(zone, Date.parse(to), 0) : to}
                className="rounded-md border border-line-strong bg-sheet px-2 py-1"
              />
            </label>
            <p className="text-xs text-ink-2">Days as they are in {zone}.</p>
            <div className="flex justify-end gap-2">
              {on ? (
                <Button size="small" onClick={() => choose({ from: '', to: '' })}>
                  Any time
                </Button>
              ) : null}
              <Button size="small" variant="primary" type="submit">
                Show
              </Button>
            </div>
          </form>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
