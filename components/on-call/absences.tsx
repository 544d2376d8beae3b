import { Sheet, SheetBody } from '@/components/ui/sheet';
import type { AbsenceList } from '@/lib/services/on-call/list-absences';
import { EnterAbsence, TakeBackAbsence } from './dialogs';
import { spanWords } from './shift-words';

const HOUR = 3_600_000;

/** Who is away, with the step to say so. */
export function Absences({
  list,
  zone,
  now,
  empty,
}: {
  list: AbsenceList;
  zone: string;
  now: number;
  empty: string;
}) {
  return (
    <Sheet
      title="Away"
      label={list.absences.length === 0 ? undefined : 'now and to come'}
      {...(list.people.length === 0
        ? {}
        : {
            actions: (
              <EnterAbsence
                zone={zone}
                people={list.people}
                me={list.me}
                from={new Date(now).toISOString()}
                to={new Date(now + 24 * HOUR).toISOString()}
              />
            ),
          })}
    >
      {list.absences.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">{empty}</SheetBody>
      ) : (
        <ul className="text-sm">
          {list.absences.map((absence) => (
            <li
              key={absence.id}
              className="flex items-start justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0"
            >
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <span className="font-medium">{absence.person.name}</span>
                <span className="block text-ink-2">{spanWords(absence, zone)}</span>
                {absence.note === null ? null : <span className="block text-ink-2">{absence.note}</span>}
              </span>
              {absence.mayCancel ? (
                <TakeBackAbsence id={absence.id} name={absence.person.name} span={spanWords(absence, zone)} />
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}
