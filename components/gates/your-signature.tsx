'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ProveForm } from '@/components/signing/prove-form';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Digest } from '@/components/ui/digest';
import { Textarea } from '@/components/ui/field';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { toast } from '@/components/ui/toast';
import { plural } from '@/lib/format';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import type { AskedEvidenceDto, MySignatureDto, ReviewDetail } from '@/lib/services/gates/dto';
import type { ProofMethods } from '@/lib/services/signing/proof';
import { beginSigningAction, signAction } from './actions';
import { Receipt } from './signature';
import { EVIDENCE_MARKS, makeHref } from './words';

const keyOf = (way: MySignatureDto) => `${way.role} ${way.delegationId ?? ''}`;

/**
 * The one deliberate act: what the signature will mean, a note, what it binds, and how it is proved. Where it cannot be given,
 * exactly why. A note that was typed stays until it is sent, whatever happens to the review meanwhile.
 */
export function YourSignature({
  review,
  me,
  methods,
}: {
  review: ReviewDetail;
  /** The reader's id. */
  me: string;
  methods: ProofMethods;
}) {
  const router = useRouter();
  const { mine } = review;
  const [wished, setWished] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const way = mine.roles.find((each) => keyOf(each) === wished) ?? mine.roles[0];
  const given = review.roles.flatMap(({ signature }) =>
    signature !== null && signature.person.id === me ? [signature] : [],
  );
  const signable = review.state === 'open' && way !== undefined && way.whyNot === null;
  const [own] = given;
  return (
    <Sheet
      title={own === undefined ? 'Your signature' : 'You signed'}
      label={
        own === undefined ? (way === undefined ? undefined : asWords(way)) : `as ${ROLE_IN_WORDS[own.role]}`
      }
    >
      <SheetBody className="grid gap-3.5">
        {given.map((signature) => (
          <Receipt key={signature.id} signature={signature} />
        ))}
        {/* While there is a form, the form says it. */}
        {refused === null || signable ? null : (
          <Callout tone="critical" alert title={refused}>
            Nothing was signed. The page now shows how things stand.
            {note.trim() === '' ? '' : ' Your note is kept below.'}
          </Callout>
        )}
        {own !== undefined ? null : way === undefined || review.state !== 'open' ? (
          <WhyNot review={review} />
        ) : (
          <>
            <Ways ways={mine.roles} chosen={way} onChoose={(each) => setWished(keyOf(each))} />
            <p className="text-lg leading-[25px] [overflow-wrap:anywhere]">{way.meaning}</p>
          </>
        )}
        {own === undefined && (signable || note !== '') ? (
          <Textarea
            name="note"
            label="Note"
            rows={2}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        ) : null}
        {own !== undefined || way === undefined || review.state !== 'open' ? null : (
          <Binds review={review} methods={methods} />
        )}
        {way === undefined || own !== undefined || review.state !== 'open' ? null : signable ? (
          <ProveForm
            key={keyOf(way)}
            methods={methods}
            label={`Sign ${asWords(way)}`}
            note="Cannot be undone; a later version or a fallback supersedes it."
            begin={async (method) => {
              setRefused(null);
              const begun = await beginSigningAction({
                reviewId: review.id,
                role: way.role,
                delegationId: way.delegationId,
                note,
                method,
                seen: review.seen,
              });
              if (!begun.ok) {
                setRefused(begun.message);
                router.refresh();
              }
              return begun;
            }}
            finish={async (proof) => {
              const done = await signAction(review.id, proof);
              // A wrong password is the form's own matter; anything else may mean that the page is out of date.
              if (done?.ok === false && done.issues.length === 0) {
                setRefused(done.message);
                router.refresh();
              }
              return done;
            }}
            onDone={({ message }) => {
              setNote('');
              setRefused(null);
              toast(message);
            }}
          />
        ) : (
          <>
            <Obstacles review={review} way={way} />
            <Button variant="primary" disabled className="w-full">
              Sign {asWords(way)}
            </Button>
          </>
        )}
      </SheetBody>
    </Sheet>
  );
}

function asWords({ role, onBehalfOf }: MySignatureDto): string {
  return `as ${ROLE_IN_WORDS[role]}${onBehalfOf === null ? '' : `, for ${onBehalfOf.name}`}`;
}

/** In which role, where one has several. */
function Ways({
  ways,
  chosen,
  onChoose,
}: {
  ways: readonly MySignatureDto[];
  chosen: MySignatureDto;
  onChoose: (way: MySignatureDto) => void;
}) {
  if (ways.length < 2) return null;
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1 text-sm font-medium">You sign</legend>
      {ways.map((way) => (
        <label key={keyOf(way)} className="flex items-start gap-2 text-sm">
          <input
            type="radio"
            name="way"
            checked={way === chosen}
            onChange={() => onChoose(way)}
            className="mt-px size-4 accent-(--accent)"
          />
          <span>
            {asWords(way)}
            {way.whyNot === null ? null : <span className="text-ink-2">, not now</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** What the signature is bound to. */
function Binds({ review, methods }: { review: ReviewDetail; methods: ProofMethods }) {
  return (
    <dl className="grid grid-cols-[84px_minmax(0,1fr)] items-baseline gap-x-2 gap-y-1 text-sm">
      <dt className="text-ink-2">{review.version === null ? 'Proposal' : 'Contract'}</dt>
      <dd>
        <Digest value={review.subject.digest} />
      </dd>
      <dt className="text-ink-2">Evidence</dt>
      <dd>{plural(review.seen.evidence.length, 'digest')}</dd>
      <dt className="text-ink-2">Signed with</dt>
      <dd>{means(methods)}</dd>
    </dl>
  );
}

function means({ passkeys: [passkey], password, oidc, demo }: ProofMethods): string {
  if (passkey !== undefined) return `your passkey, ${passkey}`;
  if (password) return 'your password';
  if (oidc !== null) return `a fresh login at ${oidc.name}`;
  return demo === null ? 'nothing yet' : 'your name, typed: this is the demo';
}

/** Everything that stands between the reader and the signature, with the place that mends it. */
function Obstacles({ review, way }: { review: ReviewDetail; way: MySignatureDto }) {
  const inTheWay = review.evidence.filter((each) => each.required && each.state !== 'present');
  // The reason is then told piece by piece.
  const onlyEvidence = way.whyNot === review.obstacle && inTheWay.length > 0;
  return (
    <Callout tone="medium" title={onlyEvidence ? `${review.gate} cannot be signed yet.` : way.whyNot}>
      {inTheWay.length === 0 ? undefined : (
        <ul className="mt-1 grid gap-1">
          {inTheWay.map((each) => (
            <Obstacle key={each.kind} evidence={each} agent={review.agent.name} />
          ))}
        </ul>
      )}
    </Callout>
  );
}

function Obstacle({ evidence, agent }: { evidence: AskedEvidenceDto; agent: string }) {
  return (
    <li className="[overflow-wrap:anywhere]">
      {evidence.title}: {EVIDENCE_MARKS[evidence.state].word}.{' '}
      {evidence.todo === null ? null : (
        <Link href={makeHref(agent, evidence.where)} className="prose-link">
          {evidence.todo}
        </Link>
      )}
    </li>
  );
}

/** For a reader whose signature is not asked, or a review that is over. */
function WhyNot({ review }: { review: ReviewDetail }) {
  const awaited = review.roles.filter(({ signature }) => signature === null);
  return (
    <div className="grid gap-1 text-sm">
      <p>
        {review.state === 'open'
          ? (review.mine.whyNone ?? 'Your signature is not asked here.')
          : 'This review is over: nobody can sign it any more.'}
      </p>
      {review.state !== 'open' || awaited.length === 0 ? null : (
        <p className="text-ink-2">
          It is asked of {awaited.map(({ role }) => `the ${ROLE_IN_WORDS[role]}`).join(' and ')}.
        </p>
      )}
    </div>
  );
}
