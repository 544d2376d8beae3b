'use client';

import Link from 'next/link';
import { useState } from 'react';
import type { ClauseSource } from '@/components/runs/links';
import { RecordLines } from '@/components/runs/record';
import { Words } from '@/components/runs/words';
import { Button } from '@/components/ui/button';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { formatCount, plural } from '@/lib/format';
import { entryNumber } from '@/lib/response/timeline-words';
import type { TimelineRecord } from '@/lib/services/incidents/get-timeline';

/** So much is shown of a long story at first: how it began and where it stands. */
const BEGINNING = 14;
const END = 8;

/** What happened since the breach, as the record has it, each line with the audit entry it is told from. */
export function TimelineSheet({
  number,
  timeline,
  of,
}: {
  number: number;
  timeline: TimelineRecord;
  of: ClauseSource;
}) {
  const [whole, setWhole] = useState(false);
  const { moments, left, entries } = timeline;
  const lines = moments.map((moment) => ({
    key: moment.key,
    at: moment.at,
    who: moment.who,
    text: <Words words={moment.words} of={of} />,
    ...(moment.entry === null ? {} : { source: entryNumber(moment.entry) }),
  }));
  const folded = whole || lines.length <= BEGINNING + END + 2 ? 0 : lines.length - BEGINNING - END;
  return (
    <Sheet
      title="Timeline"
      label={
        entries === null
          ? 'no audit entries'
          : entries.count === 1
            ? `audit entry ${entryNumber(entries.first)}`
            : `${formatCount(entries.count)} audit entries, ${entryNumber(entries.first)} to ${entryNumber(entries.last)}`
      }
    >
      {folded === 0 ? (
        <RecordLines lines={lines} />
      ) : (
        <>
          <RecordLines lines={lines.slice(0, BEGINNING)} />
          <div className="border-y border-line px-3.5 py-1.5 text-sm">
            <Button variant="link" onClick={() => setWhole(true)}>
              Show {plural(folded, 'more moment')} between
            </Button>
          </div>
          <RecordLines lines={lines.slice(-END)} />
        </>
      )}
      <SheetFoot>
        {left === 0
          ? null
          : `${plural(left, 'moment')} in the middle ${left === 1 ? 'is' : 'are'} left out here; the audit log has ${left === 1 ? 'it' : 'them'}. `}
        <Link href={`/incidents/${number}/postmortem`} className="prose-link">
          Read it as a postmortem
        </Link>
      </SheetFoot>
    </Sheet>
  );
}
