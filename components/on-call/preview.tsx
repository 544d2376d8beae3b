'use client';

import { useMemo } from 'react';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { plural } from '@/lib/format';
import { byPerson, scheduleSchema, shiftsBetween } from '@/lib/response/on-call';
import { DAYS_AHEAD, type PersonRef } from '@/lib/services/on-call/shift-dto';
import type { Edited } from './edited';
import { spanWords } from './shift-words';

const DAY = 86_400_000;
const SHOWN = 8;

/** What the rotations as edited would give in the next four weeks, without overrides and absences. */
export function Preview({
  edited,
  people,
  now,
}: {
  edited: Edited;
  people: readonly PersonRef[];
  now: number;
}) {
  const shifts = useMemo(() => {
    const read = scheduleSchema.safeParse({ timeZone: edited.timeZone, layers: edited.layers });
    return read.success ? byPerson(shiftsBetween(read.data, [], [], now, now + DAYS_AHEAD * DAY)) : null;
  }, [edited.timeZone, edited.layers, now]);
  const gaps = shifts?.filter((shift) => shift.person === null).length ?? 0;
  return (
    <Sheet title="As edited" label="next four weeks, without overrides and absences">
      {shifts === null ? (
        <SheetBody className="text-sm text-ink-2">
          Complete the rotations to see who would be on call.
        </SheetBody>
      ) : (
        <ol className="text-sm">
          {shifts.slice(0, SHOWN).map((shift) => (
            <li key={shift.from} className="border-b border-line px-3.5 py-2 last:border-b-0">
              <span className={shift.person === null ? 'font-medium text-critical' : 'font-medium'}>
                {shift.person === null
                  ? 'Nobody'
                  : (people.find((person) => person.id === shift.person)?.name ??
                    'Somebody who left or is disabled')}
              </span>
              <span className="block text-ink-2">
                {spanWords(
                  { from: new Date(shift.from).toISOString(), to: new Date(shift.to).toISOString() },
                  edited.timeZone,
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      {shifts === null || (gaps === 0 && shifts.length <= SHOWN) ? null : (
        <SheetFoot>
          {shifts.length > SHOWN ? `And ${plural(shifts.length - SHOWN, 'shift')} more. ` : ''}
          {gaps === 0 ? (
            ''
          ) : (
            <span className="text-critical">
              Nobody is on call {plural(gaps, 'time')}: allowed, and shown ahead.
            </span>
          )}
        </SheetFoot>
      )}
    </Sheet>
  );
}
