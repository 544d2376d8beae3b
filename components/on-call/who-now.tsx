import { RelativeTime } from '@/components/ui/relative-time';
import type { ShiftDto } from '@/lib/services/on-call/shift-dto';
import { whenWords } from './shift-words';

/** Who is on call now, until when, and who follows as far as was looked. */
export function WhoNow({
  now,
  next,
  lookedDays,
  zone,
}: {
  now: ShiftDto;
  next: ShiftDto | null;
  lookedDays: number;
  zone: string;
}) {
  return (
    <>
      <span className={now.person === null ? 'font-medium text-critical' : 'font-medium'}>
        {now.person === null ? 'Nobody' : now.person.name}
      </span>{' '}
      <span className="text-ink-2">
        {next === null ? (
          `for the next ${lookedDays} days at least`
        ) : (
          <>
            until {whenWords(now.to, zone)} (<RelativeTime at={now.to} />
            ), then {next.person === null ? <span className="text-critical">nobody</span> : next.person.name}
          </>
        )}
      </span>
    </>
  );
}
