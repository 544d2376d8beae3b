import { LiveRefresh } from '@/components/shell/live-refresh';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { formatDuration, formatList } from '@/lib/format';
import type { AttemptDto, PageStepDto, PagesStanding, UndeliveredDto } from '@/lib/services/pages/get-pages';
import { Countdown } from './countdown';
import { EscalateNow, HandOn, Snooze } from './page-controls';

const CHANNELS: Record<AttemptDto['channel'], string> = {
  'in-app': 'In the app',
  mail: 'Mail',
  webhook: 'Webhook',
  slack: 'Slack',
  pagerduty: 'PagerDuty',
};
const KINDS: Record<PageStepDto['kind'], string> = {
  operator: 'Operator',
  escalation: 'Escalation',
  'last-resort': 'Last resort',
  reassigned: 'Handed on',
  snooze: 'After the snooze',
};

/** Who was paged of an incident when, by which channel and with what result, and what comes next. */
export function PagesPanel({ standing }: { standing: PagesStanding }) {
  const { number, steps, state, snoozed, may } = standing;
  const waiting = steps.filter((step) => step.state === 'waiting');
  const past = steps.filter((step) => step.state !== 'waiting');
  // The end of a snooze is not brought forward: whoever comes next is of the path.
  const next = waiting
    .filter(({ kind }) => kind !== 'snooze')
    .toSorted((a, b) => a.dueAt.localeCompare(b.dueAt) || a.step - b.step)[0];
  const open = state === 'open';
  return (
    <Sheet title="Pages" label={labelOf(standing, waiting.length)}>
      <LiveRefresh topics={['incident', 'page']} />
      {open ? (
        <SheetBody className="grid gap-2.5 border-b border-line">
          {snoozed === null ? null : (
            <p>
              Snoozed{snoozed.by === null ? '' : ` by ${snoozed.by}`}: nobody is paged for{' '}
              <Countdown until={snoozed.until} />.
            </p>
          )}
          {snoozed !== null ? null : next === undefined ? (
            <p className="text-ink-2">
              {past.length === 0 ? 'Nobody is to be paged of it.' : 'Nobody else is on the escalation path.'}
            </p>
          ) : (
            <p>
              Next: <span className="font-medium">{whoOf(next)}</span> in <Countdown until={next.dueAt} />
            </p>
          )}
          {may.allowed ? (
            <div className="flex flex-wrap gap-2">
              <HandOn number={number} members={standing.members} />
              <Snooze number={number} />
              <EscalateNow number={number} next={next === undefined ? null : whoOf(next)} />
            </div>
          ) : null}
        </SheetBody>
      ) : state === 'acknowledged' && may.allowed ? (
        <SheetBody className="border-b border-line">
          <HandOn number={number} members={standing.members} />
        </SheetBody>
      ) : null}
      {steps.length === 0 ? (
        open ? null : (
          <SheetBody>
            <p className="text-ink-2">Nobody was paged.</p>
          </SheetBody>
        )
      ) : (
        <ol className="text-sm">
          {[...past, ...waiting].map((step) => (
            <Step key={step.id} step={step} />
          ))}
        </ol>
      )}
    </Sheet>
  );
}

function labelOf({ state, snoozed, steps }: PagesStanding, waiting: number): string {
  if (state !== 'open') return steps.length === 0 ? '' : `ended: ${state}`;
  if (snoozed !== null) return 'snoozed';
  return waiting === 0 ? '' : 'climbing until somebody acknowledges';
}

function whoOf({ people, address, kind }: PageStepDto): string {
  if (people.length > 0) return formatList(people.map(({ name }) => name));
  return address ?? KINDS[kind];
}

function Step({ step }: { step: PageStepDto }) {
  const cancelled = step.state === 'cancelled';
  const digest = step.people.flatMap(({ inDigest }) => inDigest ?? [])[0];
  return (
    <li className="grid gap-1 border-b border-line px-3.5 py-2.5 last:border-b-0 sm:grid-cols-[6.5rem_minmax(0,1fr)]">
      <span className="text-ink-2">
        {step.state === 'waiting' ? <Due step={step} /> : <RelativeTime at={step.endedAt ?? step.dueAt} />}
      </span>
      <div className="grid min-w-0 gap-1 [overflow-wrap:anywhere]">
        <p>
          <span className={cancelled ? 'text-ink-2' : 'font-medium'}>
            {step.state === 'nobody' ? 'Nobody' : whoOf(step)}
          </span>
          <span className="text-ink-2">
            {' '}
            · {KINDS[step.kind]}
            {step.via === null ? '' : `, ${step.via}`}
            {step.state === 'waiting' ? ', not paged yet' : cancelled ? ', not paged' : ''}
          </span>
        </p>
        {step.reason === null ? null : (
          <p className={step.state === 'nobody' ? 'text-critical' : 'text-ink-2'}>{step.reason}</p>
        )}
        {digest === undefined ? null : (
          <p className="text-ink-2">
            {digest.sent ? (
              'Told together with other incidents of the same minute.'
            ) : (
              <>
                Too many at once: told together with other incidents in <Countdown until={digest.dueAt} />
              </>
            )}
          </p>
        )}
        {step.attempts.length + step.undelivered.length === 0 ? null : (
          <ul className="grid gap-0.5 text-ink-2">
            {step.attempts.map((attempt) => (
              <Attempt key={`${attempt.channel} ${attempt.recipient} ${attempt.at}`} attempt={attempt} />
            ))}
            {step.undelivered.map((message) => (
              <Undelivered
                key={`${message.channel} ${message.recipient}`}
                message={message}
                tried={step.attempts.some(
                  ({ channel, recipient }) => channel === message.channel && recipient === message.recipient,
                )}
              />
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function Due({ step }: { step: PageStepDto }) {
  return (
    <>
      in <Countdown until={step.dueAt} />
    </>
  );
}

function Attempt({ attempt }: { attempt: AttemptDto }) {
  const where =
    attempt.channel === 'in-app' ? CHANNELS['in-app'] : `${CHANNELS[attempt.channel]} ${attempt.recipient}`;
  return (
    <li>
      {where}:{' '}
      {attempt.error === null ? (
        <span className="whitespace-nowrap text-low">
          delivered{attempt.channel === 'in-app' ? '' : ` in ${formatDuration(attempt.ms)}`}
        </span>
      ) : (
        <span className="text-critical">
          attempt {attempt.attempt} failed. {attempt.error}
        </span>
      )}
    </li>
  );
}

function Undelivered({ message, tried }: { message: UndeliveredDto; tried: boolean }) {
  return (
    <li>
      {CHANNELS[message.channel]} {message.recipient}:{' '}
      {message.state === 'discarded' ? (
        'did not arrive, and need not any more'
      ) : message.nextAt === null ? (
        <span className="text-critical">given up</span>
      ) : !tried ? (
        'on its way'
      ) : (
        <>
          tried again <RelativeTime at={message.nextAt} />
        </>
      )}
    </li>
  );
}
