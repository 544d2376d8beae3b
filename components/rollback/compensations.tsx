import { WhoMay } from '@/components/runs/who-may';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ReasonDialog } from '@/components/ui/dialog';
import { Digest } from '@/components/ui/digest';
import { ClockTime, ExactTime, RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Tag, type Tone } from '@/components/ui/tag';
import { formatCount, formatList, plural } from '@/lib/format';
import type { CompensationState } from '@/lib/services/compensations/compensation-row';
import type {
  Compensations as CompensationsData,
  CompensationView,
} from '@/lib/services/compensations/get-compensations';
import { declineCompensationAction, reopenCompensationAction, reportCompensationAction } from './actions';
import { Approve } from './approve';
import { OutcomeDialogs } from './outcome-dialogs';

const STATES: Record<CompensationState, { tone: Tone; words: string; counted: string }> = {
  proposed: { tone: 'medium', words: 'proposed', counted: 'to decide' },
  approved: { tone: 'medium', words: 'being sent', counted: 'being sent' },
  sent: { tone: 'medium', words: 'asked for', counted: 'asked for' },
  done: { tone: 'low', words: 'done', counted: 'done' },
  failed: { tone: 'critical', words: 'failed', counted: 'failed' },
  declined: { tone: 'plain', words: 'declined', counted: 'declined' },
  expired: { tone: 'high', words: 'expired', counted: 'expired' },
};
const ORDER = ['failed', 'proposed', 'approved', 'sent', 'expired', 'declined', 'done'] as const;

/** What is to be undone of the incident's runs: decided by the operator, asked of receivers, tracked to its end. */
export function Compensations({ data }: { data: CompensationsData | null }) {
  if (data === null) return null;
  const counts = ORDER.flatMap((state) =>
    data.counts[state] === 0 ? [] : [`${formatCount(data.counts[state])} ${STATES[state].counted}`],
  );
  const decidable = data.items.some(({ state }) => state === 'proposed');
  return (
    <Sheet title="Compensations" label={formatList(counts)}>
      <LiveRefresh topics={['incident', 'outbox']} />
      <ul className="text-sm">
        {data.items.map((item) => (
          <Item key={item.id} item={item} may={data.may} />
        ))}
      </ul>
      {decidable && !data.may.decide.allowed ? (
        <SheetFoot>
          <WhoMay permission={data.may.decide} verb="approve or decline" />
        </SheetFoot>
      ) : null}
      {data.total > data.items.length ? (
        <SheetFoot>
          {formatCount(data.items.length)} of {plural(data.total, 'compensation')} shown, those that wait
          first.
        </SheetFoot>
      ) : null}
    </Sheet>
  );
}

function Item({ item, may }: { item: CompensationView; may: CompensationsData['may'] }) {
  const { tone, words } = STATES[item.state];
  return (
    <li className="grid gap-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <p className="min-w-0 [overflow-wrap:anywhere]">
          <span className="code font-medium">{item.by}</span>
          {item.record === null ? null : (
            <>
              {' '}
              for <span className="code">{item.record.value}</span>
            </>
          )}
        </p>
        <span className="flex gap-1.5">
          {item.late ? <Tag tone="critical">late</Tag> : null}
          <Tag tone={tone}>{words}</Tag>
        </span>
      </div>
      <p className="text-ink-2 [overflow-wrap:anywhere]">
        Undoes <span className="code">{item.tool}</span> of{' '}
        <ClockTime at={item.calledAt} precision="second" />
        {item.dueAt === null ? '' : ', possible until '}
        {item.dueAt === null ? null : <ExactTime at={item.dueAt} />}
      </p>
      <Story item={item} />
      {item.arguments === null && item.argumentsDigest === null ? (
        <p className="text-ink-2">
          Its arguments were not recorded, so receivers are told only which call it was.
        </p>
      ) : (
        <details className="text-ink-2">
          <summary className="min-h-6 w-fit cursor-pointer rounded-sm hover:text-ink">
            Arguments of the call
          </summary>
          <pre className="code mt-1 overflow-x-auto rounded-md bg-sunk px-2.5 py-2 whitespace-pre-wrap [overflow-wrap:anywhere]">
            {item.arguments}
          </pre>
          {item.argumentsDigest === null ? null : <Digest value={item.argumentsDigest} />}
        </details>
      )}
      <Steps item={item} may={may} />
    </li>
  );
}

/** What has become of it, in a sentence each. */
function Story({ item }: { item: CompensationView }) {
  return (
    <div className="grid gap-0.5 text-ink-2 empty:hidden">
      {item.decidedAt === null ? null : (
        <p>
          {item.state === 'declined' ? 'Declined' : 'Approved'} by{' '}
          {item.decidedBy ?? (item.approval === 'none' ? 'the contract, which asks nobody' : 'Countersign')},{' '}
          <RelativeTime at={item.decidedAt} />
        </p>
      )}
      {item.reason === null ? null : <p className="break-words">“{item.reason}”</p>}
      {item.state === 'approved' && item.receivers === 0 ? (
        <p className="text-critical">
          No webhook endpoint takes <span className="code">compensation.requested</span>. Add one in the
          settings, take the decision back and approve again.
        </p>
      ) : null}
      {item.problem === null ? null : (
        <p className="text-critical [overflow-wrap:anywhere]">Not delivered yet: {item.problem}</p>
      )}
      {item.sentAt === null || item.receivers === 0 ? null : (
        <p>
          Taken by a receiver{item.receivers === 1 ? '' : ` of ${item.receivers}`},{' '}
          <RelativeTime at={item.sentAt} />
        </p>
      )}
      {item.endedAt === null || item.endedBy === 'Countersign' ? null : (
        <p>
          {item.endedBy === 'The recorded call'
            ? 'The compensating call was recorded'
            : `${item.endedBy ?? 'Somebody'} said how it ended`}
          , <RelativeTime at={item.endedAt} />
        </p>
      )}
      {item.detail === null ? null : <p className="[overflow-wrap:anywhere]">{item.detail}</p>}
    </div>
  );
}

function Steps({ item, may }: { item: CompensationView; may: CompensationsData['may'] }) {
  const id = <input type="hidden" name="id" value={item.id} />;
  const late = item.state === 'expired' && item.sentAt === null;
  const decides = may.decide.allowed && (item.state === 'proposed' || late);
  const takesBack =
    may.decide.allowed && (item.state === 'declined' || (item.state === 'approved' && item.sentAt === null));
  const reports =
    may.report.allowed &&
    (item.state === 'sent' || item.state === 'failed' || (item.state === 'expired' && !late));
  if (!decides && !takesBack && !reports) return null;
  return (
    <div className="flex flex-wrap gap-2 pt-0.5">
      {decides ? <Approve id={item.id} label={late ? 'Try all the same' : 'Approve'} /> : null}
      {decides && !late ? (
        <ReasonDialog
          trigger="Decline"
          title={`Leave ${item.tool} as it is?`}
          consequence="Nothing is sent. The decision can be taken back."
          confirm="Decline"
          tone="default"
          size="small"
          action={declineCompensationAction}
          fields={id}
        />
      ) : null}
      {takesBack ? (
        <ReasonDialog
          trigger="Take decision back"
          title="Take the decision back?"
          consequence="It is proposed again. What has not been delivered is withdrawn."
          confirm="Take back"
          tone="default"
          size="small"
          action={reopenCompensationAction}
          fields={id}
        />
      ) : null}
      {reports ? (
        <OutcomeDialogs
          id={item.id}
          done={`Has ${item.by} been done?`}
          failed={item.state === 'failed' ? null : `Has ${item.by} failed?`}
          beside="what receivers say"
          action={reportCompensationAction}
        />
      ) : null}
    </div>
  );
}
