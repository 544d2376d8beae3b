import Link from 'next/link';
import type { ReactNode } from 'react';
import { contractHref } from '@/components/contracts/contract-href';
import { Callout } from '@/components/ui/callout';
import { Digest } from '@/components/ui/digest';
import { PageHeader } from '@/components/ui/page-header';
import { ExactTime, RelativeTime } from '@/components/ui/relative-time';
import { Columns, Stack } from '@/components/ui/sheet';
import { GATES, type GateId } from '@/lib/lifecycle/gates';
import { STAGE_TITLES, type Stage } from '@/lib/lifecycle/stages';
import type { ReviewDetail } from '@/lib/services/gates/dto';
import type { ProofMethods } from '@/lib/services/signing/proof';
import { Discussion } from './discussion';
import { EvidenceList } from './evidence-list';
import { GateSteps } from './gate-steps';
import { VisitBeats } from './note-visit';
import { ReviewActs } from './review-acts';
import { ReviewStateTag } from './review-state';
import { SignedSoFar } from './signed-so-far';
import { Waits } from './waits';
import { WhatChanged } from './what-changed';
import { lifecycleHref, REVIEW_WORDS, versionName } from './words';
import { YourSignature } from './your-signature';

/** One passage: what is asked, on what, by whom; and the act. */
export function GatePage({
  review,
  me,
  methods,
  clauses,
  targets,
  replay,
}: {
  review: ReviewDetail;
  me: string;
  methods: ProofMethods;
  clauses: readonly string[];
  targets: readonly Stage[];
  /** What the version would have made of recorded runs, where the gate asks for it. */
  replay: ReactNode;
}) {
  const { gate, agent, version } = review;
  return (
    <>
      {review.state === 'open' && review.mine.roles.length > 0 ? <VisitBeats reviewId={review.id} /> : null}
      <PageHeader
        crumbs={[
          { label: 'Review', href: '/review' },
          { label: agent.displayName, href: lifecycleHref(agent.name) },
          { label: gate },
        ]}
        title={
          <>
            {gate}&ensp;{review.question}
          </>
        }
        facts={[
          <Link
            key="subject"
            href={
              version === null
                ? lifecycleHref(agent.name)
                : contractHref(agent.name, { version: version.number })
            }
            className="prose-link"
          >
            {agent.displayName}
            {version === null ? '' : ` ${versionName(version)}`}
          </Link>,
          <Digest key="digest" value={review.subject.digest} />,
          review.amendment === null ? null : (
            <span key="amendment">
              <Link href={`/amendments/${review.amendment.number}`} className="prose-link">
                AMD-{review.amendment.number}
              </Link>
              {review.amendment.incident === null ? '' : `, since INC-${review.amendment.incident}`}
              {review.amendment.emergency ? ', in force before it is signed' : ''}
            </span>
          ),
          `sent by ${review.openedBy?.name ?? 'Countersign'}`,
          review.state === 'open' ? (
            review.waiting === null ? null : (
              <Waits key="waits" waiting={review.waiting} />
            )
          ) : (
            <ReviewStateTag key="state" state={review.state} />
          ),
          review.state === 'open' ? (
            <span key="expires">
              expires <RelativeTime at={review.expiresAt} />
            </span>
          ) : null,
        ]}
        actions={<ReviewActs review={review} clauses={clauses} targets={targets} />}
      />
      <GateSteps steps={review.steps} current={gate} />
      <div className="mb-5 grid gap-3 empty:hidden">
        {review.state === 'open' ? null : <HowItEnded review={review} gate={gate} />}
        {review.message === null ? null : (
          <Callout title={`${review.openedBy?.name ?? 'Countersign'} writes`}>
            <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{review.message}</span>
          </Callout>
        )}
      </div>
      <Columns>
        <Stack>
          <WhatChanged review={review} />
          {replay}
          <EvidenceList review={review} />
        </Stack>
        <Stack>
          <YourSignature review={review} me={me} methods={methods} />
          <SignedSoFar review={review} />
          <Discussion review={review} />
        </Stack>
      </Columns>
    </>
  );
}

/** What became of a review that is over. */
function HowItEnded({ review, gate }: { review: ReviewDetail; gate: GateId }) {
  const { state, closedAt, closedBy, closeReason, closeClause, version, agent } = review;
  const { word } = REVIEW_WORDS[state];
  const tone = state === 'passed' ? 'low' : state === 'declined' ? 'critical' : 'medium';
  return (
    <Callout
      tone={tone}
      title={
        <>
          {word.charAt(0).toUpperCase() + word.slice(1)}
          {closedBy === null ? '' : ` by ${closedBy.name}`}
          {closedAt === null ? null : (
            <>
              , <ExactTime at={closedAt} precision="minute" />
            </>
          )}
        </>
      }
    >
      {state === 'passed' ? (
        <p>
          {GATES[gate].from === GATES[gate].to
            ? `It was attested that ${agent.displayName} still does what was agreed.`
            : `${agent.displayName} went from ${STAGE_TITLES[GATES[gate].from]} to ${STAGE_TITLES[GATES[gate].to]}, where it stood at that gate.`}
        </p>
      ) : state === 'expired' ? (
        <p>Not everybody signed in time. It can be opened again.</p>
      ) : null}
      {closeReason === null ? null : (
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{closeReason}</p>
      )}
      {closeClause === null ? null : (
        <p>
          Clause{' '}
          {version === null ? (
            <span className="code">{closeClause}</span>
          ) : (
            <Link
              href={`${contractHref(agent.name, { version: version.number })}#${encodeURI(closeClause)}`}
              className="code prose-link [overflow-wrap:anywhere]"
            >
              {closeClause}
            </Link>
          )}
        </p>
      )}
      <p className="mt-2.5">
        <Link href={lifecycleHref(agent.name)} className="prose-link">
          Where {agent.displayName} stands now
        </Link>
      </p>
    </Callout>
  );
}
