'use client';

import { useId, useState } from 'react';
import { Button } from '@/components/ui/button';
import type { LintFinding, LintLevel } from '@/lib/contract/lint';
import { plural } from '@/lib/format';
import { ClausePath } from './clause-path';

const WORDS: Record<LintLevel, string> = { error: 'Error', warning: 'Warning', note: 'Note' };
const LOOK: Record<LintLevel, string> = {
  error: 'border-critical/40 text-critical',
  warning: 'border-medium/40 text-medium',
  note: 'border-line text-ink-2',
};

/**
 * What lint found, the worst first; notes wait folded away. `onGo` leads to a clause, `onMend` does what a finding offers;
 * without them the clause is a link to its anchor at `page`, or plain, and no mend is offered.
 */
export function LintFindings({
  findings,
  onGo,
  onMend,
  page,
}: {
  findings: readonly LintFinding[];
  onGo?: (clause: string) => void;
  onMend?: (finding: LintFinding) => void;
  page?: string;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const grave = findings.filter((finding) => finding.level !== 'note');
  const notes = findings.filter((finding) => finding.level === 'note');
  const rows = (list: readonly LintFinding[]) => (
    <ul>
      {list.map((finding) => (
        <li
          key={`${finding.rule} ${finding.clause} ${finding.message}`}
          className="border-b border-line px-3.5 py-2.5 last:border-b-0"
        >
          <FindingRow
            finding={finding}
            {...(onGo === undefined ? {} : { onGo })}
            {...(onMend === undefined ? {} : { onMend })}
            {...(page === undefined ? {} : { page })}
          />
        </li>
      ))}
    </ul>
  );
  return (
    <div className="min-w-0 text-sm">
      {grave.length === 0 ? (
        <p className="px-3.5 py-2.5 text-ink-2">Nothing to mend: every rule of the lint holds.</p>
      ) : (
        rows(grave)
      )}
      {notes.length === 0 ? null : (
        <div className="border-t border-line">
          <button
            type="button"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
            className="w-full px-3.5 py-2 text-left text-ink-2 hover:text-ink focus-visible:-outline-offset-2"
          >
            {open ? 'Hide' : 'Show'} {plural(notes.length, 'note')}
          </button>
          <div id={id} hidden={!open}>
            {rows(notes)}
          </div>
        </div>
      )}
    </div>
  );
}

function FindingRow({
  finding,
  onGo,
  onMend,
  page,
}: {
  finding: LintFinding;
  onGo?: (clause: string) => void;
  onMend?: (finding: LintFinding) => void;
  page?: string;
}) {
  const { level, clause, message, why, mend } = finding;
  const place = 'code text-left text-ink-3 [overflow-wrap:anywhere]';
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1">
      <div className="flex items-start gap-2.5">
        <span className={`flex-none rounded-full border px-[7px] text-xs leading-5 ${LOOK[level]}`}>
          {WORDS[level]}
        </span>
        <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
          {message} <span className="text-ink-2">{why}</span>
        </p>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5">
        {onGo !== undefined ? (
          <button
            type="button"
            onClick={() => onGo(clause)}
            className={`${place} hover:text-ink hover:underline`}
          >
            <ClausePath path={clause} />
          </button>
        ) : page !== undefined ? (
          <a href={`${page}#${encodeURI(clause)}`} className={`${place} hover:text-ink hover:underline`}>
            <ClausePath path={clause} />
          </a>
        ) : (
          <span className={place}>
            <ClausePath path={clause} />
          </span>
        )}
        {mend === undefined || onMend === undefined ? null : (
          <Button size="small" onClick={() => onMend(finding)}>
            {mend.title}
          </Button>
        )}
      </div>
    </div>
  );
}
