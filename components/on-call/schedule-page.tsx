import Link from 'next/link';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { PageHeader } from '@/components/ui/page-header';
import { Columns, Sheet, SheetBody, Stack } from '@/components/ui/sheet';
import { plural } from '@/lib/format';
import type { ScheduleDto } from '@/lib/services/on-call/get-schedule';
import type { AbsenceList } from '@/lib/services/on-call/list-absences';
import { DAYS_AHEAD, type PersonRef, type ShiftDto } from '@/lib/services/on-call/shift-dto';
import { Absences } from './absences';
import { Calendar } from './calendar';
import { ArchiveSchedule, TakeBackOverride, TakeShift } from './dialogs';
import { spanWords, turnsWords, whenWords, whyWords, windowsWords } from './shift-words';
import { WhoNow } from './who-now';

/** How many shifts stand in the open; the rest unfold. */
const LISTED = 10;
const GAPS_TOLD = 4;

export function SchedulePage({
  schedule,
  absences,
  people,
  me,
}: {
  schedule: ScheduleDto;
  absences: AbsenceList;
  /** Whom the reader may put on call. */
  people: readonly PersonRef[];
  me: string | null;
}) {
  const { id, name, address, timeZone: zone, now, next, may } = schedule;
  return (
    <>
      <LiveRefresh topics={['on-call', 'contract', 'agent']} />
      <PageHeader
        crumbs={[{ label: 'On call', href: '/on-call' }, { label: name }]}
        title={name}
        facts={[
          now === null ? null : (
            <WhoNow key="now" now={now} next={next} lookedDays={DAYS_AHEAD} zone={zone} />
          ),
          address,
          `Clocks of ${zone}`,
        ]}
        actions={
          <>
            {may.manage ? <ArchiveSchedule id={id} name={name} address={address} /> : null}
            {may.manage ? <ButtonLink href={`/on-call/${id}/edit`}>Edit</ButtonLink> : null}
            {may.takeShift && now !== null ? (
              <TakeShift scheduleId={id} zone={zone} people={people} me={me} from={now.from} to={now.to} />
            ) : null}
          </>
        }
      />
      <Stack>
        <Gaps gaps={schedule.gaps} zone={zone} />
        <Columns>
          <Stack>
            <Sheet title="Next four weeks" label="hover a shift for its reason" className="max-md:hidden">
              <Calendar schedule={schedule} me={me} />
            </Sheet>
            <Shifts schedule={schedule} people={people} me={me} />
          </Stack>
          <Stack>
            <Overrides schedule={schedule} />
            <Absences
              list={absences}
              zone={zone}
              now={Date.parse(schedule.from)}
              empty="Nobody of these rotations is away."
            />
            <Rotations schedule={schedule} />
            <Sheet title="Named by">
              {schedule.agents.length === 0 ? (
                <SheetBody className="text-sm text-ink-2">
                  No contract in force pages {address} yet. Name it there as operator or on the escalation
                  path.
                </SheetBody>
              ) : (
                <ul className="text-sm">
                  {schedule.agents.map((agent) => (
                    <li key={agent.name} className="border-b border-line px-3.5 py-2 last:border-b-0">
                      <Link href={`/contracts/${encodeURIComponent(agent.name)}`} className="hover:underline">
                        {agent.displayName}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </Sheet>
          </Stack>
        </Columns>
      </Stack>
    </>
  );
}

function Gaps({ gaps, zone }: { gaps: readonly ShiftDto[]; zone: string }) {
  if (gaps.length === 0) return null;
  return (
    <Callout
      tone="critical"
      title={`Nobody is on call ${plural(gaps.length, 'time')} in the next four weeks`}
    >
      <ul>
        {gaps.slice(0, GAPS_TOLD).map((gap) => (
          <li key={gap.from}>
            {spanWords(gap, zone)}: {whyWords(gap)}.
          </li>
        ))}
        {gaps.length > GAPS_TOLD ? (
          <li>And {plural(gaps.length - GAPS_TOLD, 'time')} more, in the calendar.</li>
        ) : null}
      </ul>
      <p className="mt-1">A page then goes to the next step of the contract’s escalation path at once.</p>
    </Callout>
  );
}

function Shifts({
  schedule,
  people,
  me,
}: {
  schedule: ScheduleDto;
  people: readonly PersonRef[];
  me: string | null;
}) {
  const rows = schedule.shifts.map((shift) => (
    <ShiftRow key={shift.from} shift={shift} schedule={schedule} people={people} me={me} />
  ));
  return (
    <Sheet title="Shifts" label={plural(rows.length, 'shift')}>
      <ol className="text-sm">{rows.slice(0, LISTED)}</ol>
      {rows.length > LISTED ? (
        <details className="border-t border-line text-sm">
          <summary className="px-3.5 py-2.5 text-ink-2 hover:text-ink">
            {plural(rows.length - LISTED, 'shift')} more, until {whenWords(schedule.to, schedule.timeZone)}
          </summary>
          <ol className="border-t border-line">{rows.slice(LISTED)}</ol>
        </details>
      ) : null}
    </Sheet>
  );
}

function ShiftRow({
  shift,
  schedule,
  people,
  me,
}: {
  shift: ShiftDto;
  schedule: ScheduleDto;
  people: readonly PersonRef[];
  me: string | null;
}) {
  const { id, timeZone: zone, may } = schedule;
  const own = shift.person !== null && shift.person.id === me;
  return (
    <li className="flex items-start justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0">
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className={shift.person === null ? 'font-medium text-critical' : 'font-medium'}>
          {shift.person === null ? 'Nobody' : shift.person.name}
          {own ? ' (you)' : ''}
        </span>{' '}
        <span className="text-ink-2">{whyWords(shift)}</span>
        <span className="block text-ink-2">
          {/* Where the calendar ends the shift goes on. */}
          {shift.to === schedule.to ? `from ${whenWords(shift.from, zone)}` : spanWords(shift, zone)}
        </span>
      </span>
      {may.takeShift && !(own && people.length === 1) ? (
        <TakeShift
          scheduleId={id}
          zone={zone}
          people={people}
          me={me}
          from={shift.from}
          to={shift.to}
          shift={`the shift ${spanWords(shift, zone)}`}
        />
      ) : null}
    </li>
  );
}

function Overrides({ schedule }: { schedule: ScheduleDto }) {
  const { overrides, timeZone: zone } = schedule;
  return (
    <Sheet title="Overrides" label={overrides.length > 1 ? 'the one made last counts' : undefined}>
      {overrides.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          The rotations hold. Taking a shift makes an override.
        </SheetBody>
      ) : (
        <ul className="text-sm">
          {overrides.map((override) => (
            <li
              key={override.id}
              className="flex items-start justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0"
            >
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <span className="font-medium">{override.person.name}</span>
                {override.madeBy === null || override.madeBy === override.person.name ? null : (
                  <span className="text-ink-2"> by {override.madeBy}</span>
                )}
                <span className="block text-ink-2">{spanWords(override, zone)}</span>
                {override.reason === null ? null : (
                  <span className="block text-ink-2">{override.reason}</span>
                )}
              </span>
              {override.mayCancel ? (
                <TakeBackOverride
                  id={override.id}
                  name={override.person.name}
                  span={spanWords(override, zone)}
                />
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

function Rotations({ schedule }: { schedule: ScheduleDto }) {
  const { layers } = schedule;
  return (
    <Sheet title="Rotations" label={layers.length > 1 ? 'the first that covers a moment decides' : undefined}>
      <ol className="text-sm">
        {layers.map((layer) => (
          <li
            key={layer.id}
            className="border-b border-line px-3.5 py-2 [overflow-wrap:anywhere] last:border-b-0"
          >
            <span className="font-medium">{layer.name}</span>
            <span className="block text-ink-2">
              {windowsWords(layer.windows)}, {turnsWords(layer)}
            </span>
            <span className="block">
              {layer.people.map((person, turn) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a turn is its place; somebody may have several
                <span key={turn}>
                  {turn === 0 ? '' : ', '}
                  {person.active ? (
                    person.name
                  ) : (
                    <span className="text-critical">{person.name} (left or disabled)</span>
                  )}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </Sheet>
  );
}
