import type { Metadata } from 'next';
import Link from 'next/link';
import { BlindSpans } from '@/components/expert-review/blind-spans';
import { RatingForm } from '@/components/expert-review/rating-form';
import { SilenceOverview } from '@/components/expert-review/review-overview';
import { ReviewFrame } from '@/components/gates/review-frame';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { EmptyState } from '@/components/ui/empty-state';
import { Duration } from '@/components/ui/measure';
import { ExactTime, RelativeTime } from '@/components/ui/relative-time';
import { Columns, Sheet, SheetBody, SheetFoot, Stack } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import type { Actor } from '@/lib/auth/actor';
import { requireSession } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { plural } from '@/lib/format';
import { type BlindRun, getBlindRun } from '@/lib/services/expert-reviews/get-blind-run';
import { listQueue, type QueuedRun, type ReviewQueue } from '@/lib/services/expert-reviews/list-queue';
import { listSilence } from '@/lib/services/expert-reviews/list-silence';

export const metadata: Metadata = { title: 'Expert review' };

interface Props {
  searchParams: Promise<{ run?: string | string[] }>;
}

export default async function ExpertReviewPage({ searchParams }: Props) {
  const [{ actor }, search] = await Promise.all([requireSession(), searchParams]);
  const now = new Date();
  const [queue, silence] = await Promise.all([listQueue(actor, now), listSilence(actor, now)]);
  const wanted = typeof search.run === 'string' ? search.run : undefined;
  const run = await chosenRun(actor, queue, wanted);
  return (
    <ReviewFrame
      place="expert"
      title={
        queue.total === 0
          ? queue.mayRate
            ? 'No run waits for you'
            : 'Expert review'
          : `${plural(queue.total, 'run')} to rate`
      }
      facts={
        queue.mayRate
          ? [
              queue.overdue === 0 ? null : `${queue.overdue} overdue`,
              `${plural(queue.rated, 'run')} rated by you in 30 days`,
            ]
          : []
      }
    >
      {/* Not under the hands of whoever is rating: the run before them would give way when somebody else has rated it. */}
      {run === null ? <LiveRefresh topics={['expert-review']} /> : null}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        {run === null ? (
          <Nothing mayRate={queue.mayRate} drawn={silence.length > 0} />
        ) : (
          <OneRun run={run} queue={queue} />
        )}
        <SilenceOverview rows={silence} />
      </div>
    </ReviewFrame>
  );
}

/** The run that was asked for, else the oldest; what was rated meanwhile gives way to the next. */
async function chosenRun(
  actor: Actor,
  queue: ReviewQueue,
  wanted: string | undefined,
): Promise<BlindRun | null> {
  const ids = [...(wanted === undefined ? [] : [wanted]), ...queue.runs.slice(0, 2).map(({ id }) => id)];
  if (!queue.mayRate) return null;
  for (const id of ids)
    try {
      return await getBlindRun(actor, id);
    } catch (error) {
      if (!(error instanceof AppError) || !['not_found', 'conflict', 'forbidden'].includes(error.code))
        throw error;
    }
  return null;
}

function Nothing({ mayRate, drawn }: { mayRate: boolean; drawn: boolean }) {
  return (
    <Sheet>
      <EmptyState title={mayRate ? 'Nothing to rate' : 'Subject experts rate runs here'}>
        {mayRate
          ? 'Runs are drawn by lot, by the share that each contract names, minutes after they have finished. You see what they did, not how they were scored.'
          : drawn
            ? 'Who holds the role “Subject expert” sees the runs drawn for review, without their scores. What they found is below and on each run.'
            : 'A contract says in section 9 which share of its runs is drawn by lot. Who holds the role “Subject expert” then sees them here, without their scores.'}
      </EmptyState>
    </Sheet>
  );
}

function OneRun({ run, queue }: { run: BlindRun; queue: ReviewQueue }) {
  const others = queue.runs.filter(({ id }) => id !== run.id);
  return (
    <Columns>
      <Stack>
        <Sheet
          title={
            <>
              {run.agent.displayName}, <span className="code">{run.key}</span>
            </>
          }
          label={
            <>
              <ExactTime at={run.startedAt} /> · <Duration ms={run.durationMs} /> ·{' '}
              {plural(run.spanCount, 'step')}
            </>
          }
        >
          <BlindSpans run={run} />
        </Sheet>
      </Stack>
      <Stack>
        <div className="grid gap-5 lg:sticky lg:top-4">
          <Sheet title="Your rating">
            <SheetBody>
              <RatingForm key={run.id} run={run} />
            </SheetBody>
          </Sheet>
          {others.length === 0 ? null : <Queue runs={others} total={queue.total - 1} />}
        </div>
      </Stack>
    </Columns>
  );
}

const NEXT = 8;

function Queue({ runs, total }: { runs: readonly QueuedRun[]; total: number }) {
  return (
    <Sheet title="Then" label="oldest first">
      <ul>
        {runs.slice(0, NEXT).map((run) => (
          <li key={run.id} className="border-b border-line last:border-b-0">
            <Link
              href={`/review/expert?run=${run.id}`}
              className="flex min-h-9 flex-wrap items-center gap-x-2 px-3.5 py-2 text-sm text-ink no-underline hover:bg-sunk focus-visible:-outline-offset-2"
            >
              <span className="code min-w-0 [overflow-wrap:anywhere]">{run.key}</span>
              <span className="text-ink-2">{run.agent.displayName}</span>
              <span className="ml-auto text-xs text-ink-3">
                {run.overdue ? (
                  <Tag tone="medium">overdue</Tag>
                ) : (
                  <RelativeTime at={run.drawnAt} focusable={false} />
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {total > NEXT ? <SheetFoot>{plural(total - NEXT, 'more run')} after these.</SheetFoot> : null}
    </Sheet>
  );
}
