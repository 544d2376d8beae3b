'use client';

import type { ReactNode } from 'react';
import { EVIDENCE_MARKS, reasonBeside } from '@/components/gates/words';
import { RelativeTime } from '@/components/ui/relative-time';
import { Tag } from '@/components/ui/tag';
import type { EvidenceSummary } from '@/lib/services/evidence/evidence-row';
import type { AskedEvidenceDto } from '@/lib/services/gates/dto';
import { kindTitle, OUTCOME_WORDS } from './words';

const ROW = 'grid gap-x-3 gap-y-1 border-b border-line px-3.5 py-2.5 last:border-b-0';

/** What a gate asks for and how it stands: present, missing, stale or failed, why, and what to do about it. */
export function AskedRow({
  asked,
  action,
  onOpen,
}: {
  asked: AskedEvidenceDto;
  /** What makes it, or makes it anew. */
  action: ReactNode;
  onOpen: (evidence: EvidenceSummary) => void;
}) {
  const { mark, word, colour } = EVIDENCE_MARKS[asked.state];
  const { evidence } = asked;
  return (
    <li className={`${ROW} grid-cols-[18px_minmax(0,1fr)_auto] items-start`}>
      <span className={colour}>
        <span aria-hidden="true">{mark}</span>
        <span className="sr-only">{word}: </span>
      </span>
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-baseline gap-x-2.5">
          {evidence === null ? (
            <span className="font-medium">{asked.title}</span>
          ) : (
            <Opener evidence={evidence} onOpen={onOpen}>
              {asked.title}
            </Opener>
          )}
          {evidence === null ? null : (
            <span className="text-ink-2">
              <RelativeTime at={evidence.producedAt} focusable={false} />
            </span>
          )}
          {asked.required ? null : <span className="text-ink-3">not required</span>}
        </p>
        <p className="text-ink-2 [overflow-wrap:anywhere]">
          <span className={asked.state === 'present' ? '' : colour}>
            {asked.state === 'present' ? asked.reason : reasonBeside(asked)}
          </span>
          {asked.carriedOver && evidence?.version != null
            ? ` From v${evidence.version.label}, and still counts.`
            : null}
          {asked.todo === null ? null : ` ${asked.todo}`}
        </p>
        {asked.state === 'present' && asked.staleAt !== null ? (
          <p className="text-ink-3">
            Goes stale <RelativeTime at={asked.staleAt} focusable={false} />
          </p>
        ) : null}
      </div>
      <div className="max-sm:col-start-2 max-sm:justify-self-start">{action}</div>
    </li>
  );
}

/** One piece of evidence in a list. */
export function EvidenceRow({
  evidence,
  onOpen,
  withKind = false,
}: {
  evidence: EvidenceSummary;
  onOpen: (evidence: EvidenceSummary) => void;
  withKind?: boolean;
}) {
  const { word, tone } = OUTCOME_WORDS[evidence.outcome];
  return (
    <li className={ROW}>
      <p className="flex flex-wrap items-baseline justify-between gap-x-2.5">
        <Opener evidence={evidence} onOpen={onOpen}>
          {withKind && evidence.kind !== 'attachment' ? kindTitle(evidence.kind) : evidence.title}
        </Opener>
        <span className="text-ink-2">
          <RelativeTime at={evidence.producedAt} focusable={false} />
        </span>
      </p>
      <p className="text-ink-2 [overflow-wrap:anywhere]">
        {evidence.outcome === 'given' ? null : (
          <>
            <Tag tone={tone}>{word}</Tag>{' '}
          </>
        )}
        {evidence.version === null ? null : `v${evidence.version.label} · `}
        {evidence.summary}
      </p>
    </li>
  );
}

function Opener({
  evidence,
  onOpen,
  children,
}: {
  evidence: EvidenceSummary;
  onOpen: (evidence: EvidenceSummary) => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      onClick={() => onOpen(evidence)}
      className="prose-link min-w-0 text-left font-medium [overflow-wrap:anywhere]"
    >
      {children}
    </button>
  );
}
