import Link from 'next/link';
import type { ReactNode } from 'react';
import { ReviewStateTag } from '@/components/gates/review-state';
import { OnBehalf, SignatureButton } from '@/components/gates/signature';
import { reviewHref, versionName } from '@/components/gates/words';
import { ExactTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { FALLBACK_CAUSE_TITLES } from '@/lib/lifecycle/fallback';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import type { LifecycleDetail, ReviewRow, StageChangeDto } from '@/lib/services/gates/dto';

/** Everything that happened at the gates, newest first; what counts no longer is struck through and stays to be read. */
export function History({ lifecycle }: { lifecycle: LifecycleDetail }) {
  const entries = [
    ...lifecycle.history.map((change) => ({
      at: change.at,
      key: change.id,
      what: <Moved change={change} />,
    })),
    ...lifecycle.reviews.map((review) => ({
      at: review.closedAt ?? review.openedAt,
      key: review.id,
      what: <Passage review={review} />,
    })),
  ].toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <Sheet title="What happened" label="newest first">
      {entries.length === 0 ? (
        <SheetBody className="text-sm text-ink-2">
          Nothing yet: no gate was opened and the agent never changed its stage.
        </SheetBody>
      ) : (
        <ol className="text-sm">
          {entries.map(({ at, key, what }) => (
            <li
              key={key}
              className="grid gap-x-4 gap-y-0.5 border-b border-line px-3.5 py-2.5 last:border-b-0"
            >
              <span className="text-xs text-ink-3">
                <ExactTime at={at} precision="minute" />
              </span>
              {what}
            </li>
          ))}
        </ol>
      )}
    </Sheet>
  );
}

function Moved({ change }: { change: StageChangeDto }) {
  const back = change.kind === 'fallback';
  return (
    <div className="min-w-0 [overflow-wrap:anywhere]">
      <p className={back ? 'font-medium text-high' : 'font-medium'}>
        {back
          ? `Sent back from ${STAGE_TITLES[change.from]} to ${STAGE_TITLES[change.to]}`
          : change.kind === 'adopted'
            ? `Taken over in ${STAGE_TITLES[change.to]}, not signed`
            : change.from === change.to
              ? `Attested in ${STAGE_TITLES[change.to]}`
              : `From ${STAGE_TITLES[change.from]} to ${STAGE_TITLES[change.to]}`}
        <span className="font-normal text-ink-2">
          {change.gate === null ? '' : `, ${back ? 'before' : 'by'} ${change.gate}`}
          {change.by === null ? '' : `, ${change.by.name}`}
        </span>
      </p>
      {change.cause === null ? null : (
        <p className="text-ink-2">
          {FALLBACK_CAUSE_TITLES[change.cause].title}: {FALLBACK_CAUSE_TITLES[change.cause].means}
        </p>
      )}
      {change.reason === null ? null : <p className="whitespace-pre-wrap">{change.reason}</p>}
      {change.clause === null ? null : <p className="code text-ink-2">{change.clause}</p>}
    </div>
  );
}

function Passage({ review }: { review: ReviewRow }) {
  const superseded = review.supersededAt !== null;
  return (
    <div className="min-w-0 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
        <Link href={reviewHref(review.id)} className="prose-link font-medium">
          {review.gate}
          {review.version === null ? '' : ` for ${versionName(review.version)}`}
        </Link>
        <ReviewStateTag state={review.state} superseded={superseded} />
        <span className="text-ink-2">sent by {review.openedBy?.name ?? 'Countersign'}</span>
      </p>
      {review.closeReason === null ? null : <p className="whitespace-pre-wrap">{review.closeReason}</p>}
      {review.signatures.length === 0 ? null : (
        <ul className="mt-1 grid gap-0.5">
          {review.signatures.map((signature) => (
            <li key={signature.id}>
              <Struck when={superseded || (review.state !== 'open' && review.state !== 'passed')}>
                <SignatureButton id={signature.id} by={signature.person.name}>
                  {signature.person.name}
                </SignatureButton>{' '}
                as {ROLE_IN_WORDS[signature.role]}
                <OnBehalf signature={signature} />,{' '}
                <span className="text-ink-2">
                  <ExactTime at={signature.signedAt} precision="minute" />
                </span>
              </Struck>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Counts no longer, by line and by word; still readable. */
function Struck({ when, children }: { when: boolean; children: ReactNode }) {
  if (!when) return children;
  return (
    <>
      <s className="text-ink-2">{children}</s> <Tag>counts no longer</Tag>
    </>
  );
}
