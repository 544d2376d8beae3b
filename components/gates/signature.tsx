'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { fetchJson } from '@/components/shell/fetch-json';
import { buttonClass } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { Digest } from '@/components/ui/digest';
import { ExactTime } from '@/components/ui/relative-time';
import { Snippet } from '@/components/ui/reveal';
import { FactRows } from '@/components/ui/sheet';
import { SidePanel } from '@/components/ui/side-panel';
import { Skeleton } from '@/components/ui/skeleton';
import { formatDuration } from '@/lib/format';
import { EVIDENCE_KINDS, isEvidenceKind } from '@/lib/lifecycle/evidence-kinds';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import type { SignatureDetail, SignatureDto } from '@/lib/services/gates/dto';
import { METHOD_WORDS, reviewHref, versionName } from './words';

const envelopeHref = (id: string) => `/api/gates/signatures/${encodeURIComponent(id)}/envelope`;

/** "for Miriam Osei": whom the signer stood in for. */
export function OnBehalf({ signature }: { signature: Pick<SignatureDto, 'onBehalfOf'> }) {
  return signature.onBehalfOf === null ? null : <span> for {signature.onBehalfOf.name}</span>;
}

/** What the signer keeps of it: what was said, how and when, and the file that proves it. */
export function Receipt({ signature }: { signature: SignatureDto }) {
  return (
    <div className="grid gap-2.5">
      <p className="text-lg leading-[25px] [overflow-wrap:anywhere]">{signature.meaning}</p>
      {signature.note === null ? null : (
        <p className="text-sm whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{signature.note}</p>
      )}
      <dl className="grid grid-cols-[84px_minmax(0,1fr)] items-baseline gap-x-2 gap-y-1 text-sm">
        <dt className="text-ink-2">Signed</dt>
        <dd>
          <ExactTime at={signature.signedAt} />, {METHOD_WORDS[signature.method]}
          <OnBehalf signature={signature} />
        </dd>
        <dt className="text-ink-2">Statement</dt>
        <dd>
          <Digest value={signature.statementDigest} />
        </dd>
      </dl>
      <p className="flex flex-wrap gap-2">
        <SignatureButton id={signature.id} by={signature.person.name} look={buttonClass('default', 'small')}>
          Details
        </SignatureButton>
        <a href={envelopeHref(signature.id)} download className={buttonClass('default', 'small')}>
          Download envelope
        </a>
      </p>
    </div>
  );
}

/** Opens a signature at the side: everything that was signed, and whether it verifies. */
export function SignatureButton({
  id,
  by,
  look = 'prose-link text-left',
  children,
}: {
  id: string;
  /** The signer's name, for those who do not see the panel. */
  by: string;
  look?: string;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)} aria-expanded={open} className={look}>
        {children}
      </button>
      <SidePanel open={open} onClose={() => setOpen(false)} label={`Signature of ${by}`} title={by}>
        {open ? <Panel id={id} /> : null}
      </SidePanel>
    </>
  );
}

function Panel({ id }: { id: string }) {
  const { data, error } = useQuery({
    queryKey: ['gate', 'signature', id],
    queryFn: ({ signal }) => fetchJson<SignatureDetail>(`/api/gates/signatures/${id}`, signal),
  });
  if (error !== null)
    return (
      <div className="p-4">
        <Callout tone="critical" alert title="The signature could not be read">
          {error.message}
        </Callout>
      </div>
    );
  if (data === undefined)
    return (
      <div role="status" className="grid gap-2 p-4">
        <span className="sr-only">Loading</span>
        <Skeleton className="h-5 w-64 max-w-full" />
        <Skeleton className="h-40 w-full" />
      </div>
    );
  return <Detail signature={data} />;
}

function Detail({ signature }: { signature: SignatureDetail }) {
  const { verification } = signature;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)]">
      <div className="grid gap-2.5 px-4 py-3">
        <p className="text-lg leading-[25px] [overflow-wrap:anywhere]">{signature.meaning}</p>
        {signature.note === null ? null : (
          <p className="text-sm whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{signature.note}</p>
        )}
        <Callout
          tone={verification.ok ? 'low' : 'critical'}
          title={verification.ok ? 'It verifies' : 'It does not verify'}
        >
          {verification.words}
        </Callout>
        {signature.supersededAt === null ? null : (
          <Callout tone="medium" title="Superseded">
            Since <ExactTime at={signature.supersededAt} /> it counts no more.
          </Callout>
        )}
      </div>
      <div className="border-y border-line">
        <FactRows
          rows={[
            {
              name: 'Gate',
              value: (
                <Link href={reviewHref(signature.reviewId)} className="prose-link">
                  {signature.gate}
                </Link>
              ),
            },
            {
              name: 'Agent',
              value: `${signature.agent.displayName}${signature.version === null ? '' : ` ${versionName(signature.version)}`}`,
            },
            ...(signature.version === null
              ? []
              : [{ name: 'Contract', value: <Digest value={signature.version.digest} /> }]),
            {
              name: 'Signer',
              value: `${signature.person.name}, ${signature.email}`,
            },
            ...(signature.onBehalfOf === null ? [] : [{ name: 'For', value: signature.onBehalfOf.name }]),
            { name: 'In the role of', value: ROLE_IN_WORDS[signature.role] },
            {
              name: 'Signed',
              value: (
                <>
                  <ExactTime at={signature.signedAt} />, {METHOD_WORDS[signature.method]}
                </>
              ),
            },
            { name: 'Statement', value: <Digest value={signature.statementDigest} /> },
            {
              name: 'Before signing',
              value: `${formatDuration(signature.secondsSpent * 1000)} on screen, ${signature.evidenceOpened} of ${signature.evidenceOffered} pieces of evidence opened`,
            },
          ]}
        />
      </div>
      <section aria-labelledby={`evidence-${signature.id}`} className="px-4 py-3">
        <h3 id={`evidence-${signature.id}`} className="mb-1.5 text-sm font-medium">
          On this evidence
        </h3>
        {signature.evidence.length === 0 ? (
          <p className="text-sm text-ink-2">None was bound into it.</p>
        ) : (
          <ul className="grid gap-2 text-sm">
            {signature.evidence.map((piece) => (
              <li key={`${piece.kind} ${piece.digest}`}>
                <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                  <span className="font-medium">
                    {isEvidenceKind(piece.kind) ? EVIDENCE_KINDS[piece.kind].title : piece.kind}
                  </span>
                  <Digest value={piece.digest} what="digest of the evidence" />
                </span>
                {piece.summary === null ? null : (
                  <span className="text-ink-2 [overflow-wrap:anywhere]">{piece.summary}</span>
                )}
              </li>
            ))}
          </ul>
        )}
      </section>
      <details className="border-t border-line px-4 py-3">
        <summary className="w-fit rounded-sm text-sm font-medium">What was signed, word for word</summary>
        <div className="mt-2">
          <Snippet title="Statement" text={JSON.stringify(signature.statement, null, 2)} />
        </div>
      </details>
      <p className="border-t border-line px-4 py-3">
        <a href={envelopeHref(signature.id)} download className={buttonClass('default', 'small')}>
          Download envelope
        </a>
      </p>
    </div>
  );
}
