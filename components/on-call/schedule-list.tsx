import Link from 'next/link';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Sheet, Stack } from '@/components/ui/sheet';
import { formatList, plural } from '@/lib/format';
import type { AbsenceList } from '@/lib/services/on-call/list-absences';
import type { ScheduleList as List, ScheduleSummary } from '@/lib/services/on-call/list-schedules';
import { DAYS_AHEAD } from '@/lib/services/on-call/shift-dto';
import { Absences } from './absences';
import { spanWords } from './shift-words';
import { WhoNow } from './who-now';

/** Every schedule with who is on call, and who of the workspace is away. */
export function ScheduleList({
  list,
  absences,
  zone,
  now,
}: {
  list: List;
  absences: AbsenceList;
  zone: string;
  now: number;
}) {
  const { schedules, mayManage } = list;
  const uncovered = schedules.filter((schedule) => schedule.now.person === null);
  const make = (
    <ButtonLink href="/on-call/new" variant="primary">
      New schedule
    </ButtonLink>
  );
  return (
    <>
      <LiveRefresh topics={['on-call']} />
      <PageHeader
        title="On call"
        facts={[
          schedules.length === 0 ? null : plural(schedules.length, 'schedule'),
          uncovered.length === 0 ? null : (
            <span key="uncovered" className="text-critical">
              Nobody is on call on {formatList(uncovered.map(({ name }) => name))}.
            </span>
          ),
        ]}
        {...(mayManage && schedules.length > 0 ? { actions: make } : {})}
      />
      <Stack>
        <Sheet>
          {schedules.length === 0 ? (
            <EmptyState title="No schedules yet" {...(mayManage ? { action: make } : {})}>
              A contract pages a person by their e-mail address. Give a team a schedule with an address of its
              own, name that address in contracts, and whoever is on call at that minute is paged.
              {mayManage ? null : ' The head of AI, operators and SRE make schedules.'}
            </EmptyState>
          ) : (
            <ul>
              {schedules.map((schedule) => (
                <Row key={schedule.id} schedule={schedule} />
              ))}
            </ul>
          )}
        </Sheet>
        <Absences
          list={absences}
          zone={zone}
          now={now}
          empty="Nobody is away. Enter holidays here, and rotations pass over whoever has one."
        />
      </Stack>
    </>
  );
}

function Row({ schedule }: { schedule: ScheduleSummary }) {
  const { id, name, address, timeZone: zone, now, next } = schedule;
  // The one that is on now is said by itself.
  const gaps = schedule.gaps.filter((each) => each.from !== now.from);
  const [gap] = gaps;
  return (
    <li className="grid gap-x-6 gap-y-1 border-b border-line px-3.5 py-3 last:border-b-0 md:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <Link href={`/on-call/${id}`} className="font-semibold hover:underline">
          {name}
        </Link>
        <span className="block text-sm text-ink-2">{address}</span>
      </span>
      <span className="min-w-0 text-sm">
        <WhoNow now={now} next={next} lookedDays={DAYS_AHEAD} zone={zone} />
        {gap === undefined ? null : (
          <span className="mt-0.5 block text-critical">
            Nobody is on call {spanWords(gap, zone)}
            {gaps.length > 1 ? `, and ${plural(gaps.length - 1, 'time')} more` : ''}.
          </span>
        )}
      </span>
    </li>
  );
}
