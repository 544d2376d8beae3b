import Link from 'next/link';
import { StartAmendment } from '@/components/amendments/start-amendment';
import { ButtonLink } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { plural } from '@/lib/format';
import type { ReviewOfRun } from '@/lib/services/expert-reviews/get-review-of-run';

/** What subject experts said of a run; nothing for a run that was not drawn. */
export function RunReviewNote({ review, displayName }: { review: ReviewOfRun | null; displayName?: string }) {
  if (review === null) return null;
  const wrongAndSilent = review.because === 'silent' && review.correct === false;
  return (
    <Sheet
      title="Expert review"
      label={
        review.state === 'done'
          ? plural(review.ratings.length, 'reviewer')
          : `waits for ${plural(review.reviewers, 'reviewer')}`
      }
    >
      {review.yours ? (
        <SheetBody className="grid justify-items-start gap-2">
          <p className="text-sm text-ink-2">It waits for you. Rate it before you read on here.</p>
          <ButtonLink href={`/review/expert?run=${review.id}`} variant="primary" size="small">
            Rate this run
          </ButtonLink>
        </SheetBody>
      ) : review.ratings.length === 0 ? (
        <SheetBody>
          <p className="text-sm text-ink-2">
            Drawn by lot <RelativeTime at={review.drawnAt} />, due <RelativeTime at={review.dueAt} />.
            {review.overdue ? ' It is overdue.' : ''}
          </p>
        </SheetBody>
      ) : (
        <ul>
          {review.ratings.map((rating) => (
            <li
              key={rating.person}
              className="grid gap-1 border-b border-line px-3.5 py-2.5 text-sm last:border-b-0"
            >
              <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="font-medium">{rating.person}</span>
                <Tag tone={rating.correct ? 'low' : 'critical'}>
                  {rating.correct ? 'outcome right' : 'outcome wrong'}
                </Tag>
                <span className="ml-auto text-xs text-ink-3">
                  <RelativeTime at={rating.at} />
                </span>
              </div>
              {rating.criteria.map((criterion) => (
                <p key={criterion.statement} className="text-ink-2">
                  {criterion.statement} <span className="text-ink">{criterion.value}</span>
                </p>
              ))}
              {rating.note === null ? null : <p className="[overflow-wrap:anywhere]">{rating.note}</p>}
            </li>
          ))}
        </ul>
      )}
      {wrongAndSilent ? (
        <SheetFoot>
          <div className="grid justify-items-start gap-2">
            <p>
              Nothing noticed this run. A clause that would have is how the next one is: amend the contract,
              or{' '}
              <Link href={`/agents/${encodeURIComponent(review.agent.name)}`} className="prose-link">
                see how many more there may be
              </Link>
              .
            </p>
            {review.mayAmend ? (
              <StartAmendment
                agent={{ name: review.agent.name, displayName: displayName ?? review.agent.name }}
              />
            ) : null}
          </div>
        </SheetFoot>
      ) : null}
    </Sheet>
  );
}
