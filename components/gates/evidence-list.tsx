'use client';

import Link from 'next/link';
import { useState } from 'react';
import { EvidencePanel } from '@/components/evidence/evidence-panel';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import type { EvidenceSummary } from '@/lib/services/evidence/evidence-row';
import type { AskedEvidenceDto, ReviewDetail } from '@/lib/services/gates/dto';
import { noteVisit } from './note-visit';
import { EVIDENCE_MARKS, makeHref, reasonBeside } from './words';

/** Everything the gate asks for and what else was attached; opening a piece shows all of it, and is noted. */
export function EvidenceList({ review }: { review: ReviewDetail }) {
  const [open, setOpen] = useState<EvidenceSummary | null>(null);
  const [now, setNow] = useState<readonly string[]>([]);
  const opened = new Set([...review.mine.opened, ...now]);
  const required = review.evidence.filter((each) => each.required);
  const present = required.filter((each) => each.state === 'present').length;
  function look(evidence: EvidenceSummary) {
    setOpen(evidence);
    if (opened.has(evidence.id)) return;
    setNow((before) => [...before, evidence.id]);
    if (review.state === 'open') noteVisit(review.id, { seconds: 0, opened: [evidence.id] });
  }
  return (
    <Sheet
      title="Evidence"
      label={
        review.state === 'open'
          ? `${present} of ${required.length} present and fresh`
          : 'as it stands today; each signature binds what it saw'
      }
    >
      <ul className="text-sm">
        {review.evidence.map((asked) => (
          <Asked
            key={asked.kind}
            asked={asked}
            agent={review.agent.name}
            opened={asked.evidence !== null && opened.has(asked.evidence.id)}
            onOpen={look}
            over={review.state !== 'open'}
          />
        ))}
        {review.attachments.map((evidence) => (
          <li key={evidence.id} className={ROW}>
            <span aria-hidden="true" className="text-ink-3">
              ▤
            </span>
            <Opener evidence={evidence} opened={opened.has(evidence.id)} onOpen={look}>
              {evidence.title}
            </Opener>
            <span className={SUMMARY}>{evidence.summary}</span>
            <Age at={evidence.producedAt} />
          </li>
        ))}
      </ul>
      <SheetFoot>
        <Link href={makeHref(review.agent.name, 'evidence')} className="prose-link">
          All evidence of {review.agent.displayName}
        </Link>
      </SheetFoot>
      <EvidencePanel open={open} onClose={() => setOpen(null)} />
    </Sheet>
  );
}

const ROW =
  'grid min-h-9 grid-cols-[18px_minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-0.5 border-b border-line px-3.5 py-2 last:border-b-0 md:grid-cols-[18px_minmax(0,11rem)_minmax(0,1fr)_auto]';
const SUMMARY = 'max-md:order-last max-md:col-span-2 max-md:col-start-2 text-ink-2 [overflow-wrap:anywhere]';

function Asked({
  asked,
  agent,
  opened,
  onOpen,
  over,
}: {
  asked: AskedEvidenceDto;
  agent: string;
  opened: boolean;
  onOpen: (evidence: EvidenceSummary) => void;
  over: boolean;
}) {
  const { mark, word, colour } = EVIDENCE_MARKS[asked.state];
  const { evidence } = asked;
  return (
    <li className={ROW}>
      <span className={colour}>
        <span aria-hidden="true">{mark}</span>
        <span className="sr-only">{word}: </span>
      </span>
      {evidence === null ? (
        <span className="font-medium">{asked.title}</span>
      ) : (
        <Opener evidence={evidence} opened={opened} onOpen={onOpen}>
          {asked.title}
        </Opener>
      )}
      <span className={SUMMARY}>
        {asked.state === 'present' ? (
          <span className="text-ink">{evidence?.summary ?? asked.reason}</span>
        ) : (
          <span className={colour}>{reasonBeside(asked)}</span>
        )}
        {asked.carriedOver && evidence?.version != null
          ? ` From v${evidence.version.label}, and still counts.`
          : null}
        {asked.todo === null || over ? null : (
          <>
            {' '}
            <Link href={makeHref(agent, asked.where)} className="prose-link">
              {asked.todo}
            </Link>
          </>
        )}
        {asked.required ? null : ' Not required.'}
      </span>
      {evidence === null ? <span /> : <Age at={evidence.producedAt} />}
    </li>
  );
}

function Opener({
  evidence,
  opened,
  onOpen,
  children,
}: {
  evidence: EvidenceSummary;
  opened: boolean;
  onOpen: (evidence: EvidenceSummary) => void;
  children: React.ReactNode;
}) {
  return (
    <span className="min-w-0">
      <button
        type="button"
        onClick={() => onOpen(evidence)}
        className="prose-link text-left font-medium [overflow-wrap:anywhere]"
      >
        {children}
      </button>
      {opened ? <span className="ml-1.5 text-xs whitespace-nowrap text-ink-3">opened</span> : null}
    </span>
  );
}

function Age({ at }: { at: string }) {
  return (
    <span className="text-right text-ink-2">
      <RelativeTime at={at} focusable={false} />
    </span>
  );
}
